//! What the control plane needs of the running data plane. The binary implements it; this crate
//! never sees the gateway.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use tollgate_doctor::Known;
use tollgate_doctor::facts::ServerFacts;
use tollgate_model::call::FailureClass;
use tollgate_model::probe::Probe;
use tollgate_model::resources::CredentialLimits;
use tollgate_model::snapshot::{ProviderPlan, Secrets};
use tollgate_model::{Micros, Name, Snapshot};

/// A wait for the data plane to take in a change.
pub type Refreshed<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// A wait for something that opens secrets.
pub type Opening<'a> = Pin<Box<dyn Future<Output = Box<dyn Secrets + Send + Sync>> + Send + 'a>>;

/// A wait for a provider's answer to a [`Runtime::probe`].
pub type Probing<'a> = Pin<Box<dyn Future<Output = Probe> + Send + 'a>>;

/// The running data plane of this node.
///
/// The data plane follows the store by its change feed, whoever makes the change. The `refresh_*`
/// calls only let an answer wait until this node acts on what was just changed, so that a caller
/// who creates a key can use it at once. They end when the node has taken the change in, or when
/// it is clear that it cannot; they never fail a change that is stored.
pub trait Runtime: Send + Sync {
    /// The configuration that is being served.
    fn snapshot(&self) -> Arc<Snapshot>;

    /// The state of every credential of every provider.
    fn credentials(&self) -> Vec<CredentialHealth>;

    /// What is known of each target among which a model chose.
    fn targets(&self) -> Vec<TargetHealth>;

    /// The state of this node.
    fn status(&self) -> NodeStatus;

    /// Something that opens secrets as they are now, the stored ones included.
    fn secrets(&self) -> Opening<'_>;

    /// Waits until the node serves this revision, keys included.
    fn refresh_configuration(&self, revision: u64) -> Refreshed<'_>;

    /// Waits until stored secrets are read anew.
    fn refresh_secrets(&self) -> Refreshed<'_>;

    /// Waits until wallets and budgets that seemed exhausted are asked for again.
    fn refresh_funds(&self) -> Refreshed<'_>;

    /// Where this machine reaches the gateway of this process; `None` where there is none.
    fn gateway(&self) -> Option<SocketAddr>;

    /// A key with which the gateway of this process takes calls on behalf of an application, for
    /// half an hour at most. `holder` names whoever calls with it. The error is a sentence.
    fn pass(&self, application: &Name, holder: &Name) -> Result<String, String>;

    /// What is to be known of the process and its machine; the error says why nothing is.
    fn server(&self) -> Known<ServerFacts>;

    /// Takes the rights of others than its owner on an entry of the data folder away; an empty name
    /// is the folder itself. The error is a sentence.
    fn make_private(&self, entry: &str) -> Result<(), String>;

    /// Asks a provider, with one of its credentials or none, which models it has.
    fn probe(&self, provider: Arc<ProviderPlan>, credential: Option<Arc<str>>) -> Probing<'_>;
}

/// The state of one credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialHealth {
    /// The provider's name.
    pub provider: Arc<str>,
    /// The credential's name; `None` for a provider that is called without one.
    pub credential: Option<Arc<str>>,
    /// Why it is not used right now, or was not until it is tried again; `None` where it is well.
    pub cooling: Option<Cooling>,
    /// Whether it is switched off in the provider's spec.
    pub disabled: bool,
    /// How much of its limits is left.
    pub limits: LimitsLeft,
}

/// What a credential is doing, and how much of its limits is left on this node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LimitsLeft {
    /// Calls under way.
    pub under_way: u32,
    /// The limits of its spec.
    pub spec: CredentialLimits,
    /// Requests that may still be sent within this minute; `None` where there is no limit.
    pub requests: Option<u32>,
    /// Tokens that may still be used within this minute; `None` where there is no limit.
    pub tokens: Option<u32>,
    /// Until when nothing is left, as its provider says.
    pub used_up_until: Option<Micros>,
    /// How many tokens are left, as its provider says, and until when that holds.
    pub tokens_told: Option<(u64, Micros)>,
}

/// What is known of a target among which a model chooses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetHealth {
    /// The provider's name.
    pub provider: Arc<str>,
    /// The provider's name for the model.
    pub model: Arc<str>,
    /// How many calls are under way there.
    pub under_way: u64,
    /// Microseconds until a streamed answer begins, of late.
    pub streamed: Option<u32>,
    /// Microseconds until a whole answer is there, of late.
    pub whole: Option<u32>,
    /// Until when other targets go first, since it failed.
    pub behind_until: Option<Micros>,
}

/// Why a credential is set aside for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cooling {
    /// How its last call failed.
    pub class: FailureClass,
    /// Since when.
    pub since: Micros,
    /// Until when it is not used; the next call after that tries it.
    pub until: Micros,
    /// What the provider or the network said, redacted, for the operator.
    pub error: String,
}

/// The state of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeStatus {
    /// The node's name.
    pub node: String,
    /// When the process began.
    pub started: Micros,
    /// The revision of the configuration that it serves.
    pub revision: u64,
    /// Bytes of the journal that the store does not have yet.
    pub backlog: u64,
    /// Whether it takes calls.
    pub ready: bool,
    /// What does not work as it should, in sentences: a database that is away, a revision that
    /// does not compile.
    pub troubles: Vec<String>,
}
