//! What can go wrong in the store, told to the person who runs it.

use std::fmt;

use tollgate_model::account::AccountId;
use tollgate_model::{Name, Nanos};

/// Why the store did not do what it was asked to do. Nothing of a failed change is kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached or cannot write now: no connection, no disk space, a lock
    /// that is not released. The same request may succeed later; see [`Outage::is_unsure`].
    #[error("the database is not available: {0}")]
    Unavailable(Outage),
    /// Someone else was first, or the name or id is taken. The message says what to do.
    #[error("{0}")]
    Conflict(String),
    /// The data were written by a newer version of Tollgate.
    #[error(
        "the data are at migration {found} and this version knows only {known}: start a version \
         of Tollgate at least as new as the one that wrote them"
    )]
    NewerData {
        /// The newest migration that was applied to the data.
        found: u64,
        /// The newest migration that this binary has.
        known: u64,
    },
    /// An account does not cover a transaction.
    #[error("account {account} has only {available} dollars that are not leased")]
    Short {
        /// The account that would fall below what is leased of it.
        account: AccountId,
        /// What could be taken: the balance without the leased part.
        available: Nanos,
    },
    /// The request can never succeed as it is.
    #[error("{0}")]
    Refused(String),
    /// A stored secret was sealed with another key.
    #[error(
        "secret {name} was sealed with key {sealed_with}, and the key file holds {held}: put the \
         former key file back, or set the secret again"
    )]
    OtherKey {
        /// The secret's name.
        name: Name,
        /// The id of the key that sealed it.
        sealed_with: String,
        /// The id of the key at hand.
        held: String,
    },
    /// The data are damaged, or were changed by something else than Tollgate.
    #[error("the stored data are damaged: {0}")]
    Corrupt(String),
    /// An error of the database that Tollgate does not expect.
    #[error("the database failed: {0}")]
    Other(String),
}

impl StoreError {
    /// The database is not there, and nothing was changed.
    pub(crate) fn away(told: impl Into<String>) -> StoreError {
        StoreError::Unavailable(Outage {
            told: told.into(),
            doubt: Doubt::None,
        })
    }
}

/// Why a database is not available, and what that leaves open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    pub(crate) told: String,
    pub(crate) doubt: Doubt,
}

/// What is not known after an outage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// Nothing: nothing was changed.
    None,
    /// Nothing: another transaction was first, and the same one may be run again at once.
    Raced,
    /// Whether the transaction was committed.
    Commit,
}

impl Outage {
    /// Whether the change may have been made all the same: the connection was lost between the
    /// commit and its confirmation. Only an idempotent change is safe to repeat then. Otherwise
    /// nothing was changed.
    pub fn is_unsure(&self) -> bool {
        self.doubt == Doubt::Commit
    }
}

impl fmt::Display for Outage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told)?;
        if self.is_unsure() {
            f.write_str("; it is not known whether the change was made")?;
        }
        Ok(())
    }
}
