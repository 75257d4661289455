//! What an import comes to.

use serde::Serialize;
use tollgate_model::resource::Document;
use tollgate_model::snapshot::SecretText;
use tollgate_model::{Name, Nanos};

use crate::report::Report;

/// What an import comes to: pure, nothing of it is done yet.
#[derive(Debug, Default)]
pub struct Plan {
    /// The resources, those that others name first.
    pub documents: Vec<Document>,
    /// The secrets to which the resources point.
    pub secrets: Vec<StoredSecret>,
    /// Keys that cannot be taken over and have to be made anew.
    pub keys: Vec<FreshKey>,
    /// Money to be put into wallets.
    pub credits: Vec<Credit>,
    /// What became of the source.
    pub report: Report,
}

/// A secret of the store that the resources need.
#[derive(Debug)]
pub struct StoredSecret {
    /// Its name, as `{secret: NAME}` points to it.
    pub name: Name,
    /// The secret; `None` where the source does not hold it, so that somebody has to set it.
    pub value: Option<SecretText>,
}

/// A key to be made anew.
#[derive(Clone, Debug, Serialize)]
pub struct FreshKey {
    /// Its name, which is that of the key in the source.
    pub name: Name,
    /// The application that calls with it.
    pub application: Name,
    /// RFC 3339 time from which on it no longer works.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
}

/// Money to be put into a wallet, once.
#[derive(Clone, Debug, Serialize)]
pub struct Credit {
    /// The team.
    pub team: Name,
    /// Dollars.
    pub amount: Nanos,
    /// Why, for whoever reads the ledger.
    pub reason: String,
    /// The id with which the credit is made once, however often it is asked for.
    pub id: String,
}
