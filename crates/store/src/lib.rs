//! Persistence: resources and their revisions, secrets, settings, the ledger and the calls, on
//! SQLite and on PostgreSQL. The only crate with SQL.
//!
//! Every operation is one transaction: it happens as a whole or not at all. The same queries, the
//! same migrations and the same tests run on both databases.

mod calls;
mod clock;
mod error;
mod feed;
mod ledger;
mod migrate;
mod resources;
mod revision;
mod sealing;
mod secrets;
mod settings;
mod sql;
mod store;

pub use calls::{CallFilter, CallPage};
pub use clock::Clock;
pub use error::{Outage, StoreError};
pub use ledger::{Account, Applied, TransactionCursor};
pub use resources::{Change, HistoryFilter, Stored};
pub use revision::Revision;
pub use sealing::{SealingError, SealingKey};
pub use store::{Location, Store};
