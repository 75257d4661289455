//! What the router is made of.

use std::sync::Arc;

use tollgate_model::catalogue::Catalogue;
use tollgate_model::{KeyHash, Micros};
use tollgate_store::{SealingKey, Store};

use crate::runtime::Runtime;

/// The clock of the process.
pub type Clock = Arc<dyn Fn() -> Micros + Send + Sync>;

/// What the router is made of.
#[derive(Clone)]
pub struct Control {
    /// Resources, ledger and calls.
    pub store: Store,
    /// The key with which stored secrets are sealed.
    pub sealing: Arc<SealingKey>,
    /// What is known of providers and models.
    pub catalogue: Arc<dyn Catalogue>,
    /// The data plane of this node.
    pub runtime: Arc<dyn Runtime>,
    /// The time.
    pub clock: Clock,
    /// The hash of the operator's token.
    pub operator: KeyHash,
    /// The names under which this listener is reached, besides loopback names and IP addresses.
    pub hosts: Vec<String>,
    /// The version of the program.
    pub version: &'static str,
}

/// The version of the program.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Version(pub(crate) &'static str);

/// What secrets are kept with.
#[derive(Clone)]
pub(crate) struct Vault {
    /// Where they lie.
    pub(crate) store: Store,
    /// The key with which they are sealed.
    pub(crate) sealing: Arc<SealingKey>,
    /// Who has to know that they are others.
    pub(crate) runtime: Arc<dyn Runtime>,
}

/// The description of the API as it is sent.
#[derive(Clone, Debug)]
pub(crate) struct Description(pub(crate) Arc<str>);

/// What money is moved with.
#[derive(Clone)]
pub(crate) struct Till {
    /// The ledger.
    pub(crate) store: Store,
    /// Who has to know that there is money.
    pub(crate) runtime: Arc<dyn Runtime>,
    /// When it is moved.
    pub(crate) clock: Clock,
}
