//! Persistence: resources and their revisions, updates of the catalogue, secrets, settings, the ledger,
//! the calls and what they add up to, answers, files and batches, and the people who use the console, on
//! SQLite and on PostgreSQL. The only crate with SQL.
//!
//! Every operation is one transaction: it happens as a whole or not at all. The same queries, the
//! same migrations and the same tests run on both databases.

mod answers;
mod calls;
mod catalogue;
mod clock;
pub mod durations;
mod error;
mod examine;
mod feed;
mod files;
mod foreign;
mod invitations;
mod ledger;
mod migrate;
mod people;
mod refusals;
mod resources;
mod revision;
mod rollup;
mod sealing;
mod search;
mod secrets;
mod sessions;
mod settings;
mod sql;
mod store;
mod usage;

pub use calls::{Arrived, CallFilter, CallPage};
pub use catalogue::{CatalogueChange, CatalogueUpdate};
pub use clock::Clock;
pub use error::{Outage, StoreError};
pub use examine::{Examined, NodeLease};
pub use foreign::{ForeignTable, read_foreign};
pub use invitations::{Invitation, Purpose, Redeemed};
pub use ledger::{Account, Applied, BatchEnd, TransactionCursor};
pub use people::{Person, PersonChange};
pub use refusals::{Hit, RefusalFilter, RefusalGroup, RefusalKey, ShortRange};
pub use resources::{Change, HistoryFilter, Stored};
pub use revision::{ChangedKind, Revision, Subject};
pub use sealing::{SealingError, SealingKey};
pub use sessions::{Attempt, Session};
pub use store::{Location, Store};
pub use usage::{Dimension, Durations, Grain, UsageFilter, UsagePoint, UsageSums};
