//! The rows of the ledger. Money moves only by transactions whose entries sum to zero; balances are
//! kept beside the entries and follow from them.
//!
//! Whoever changes an account's balance or what is leased of it has locked the account's row first,
//! by updating it, and rows are locked in the order of their ids.

mod batches;
mod book;
mod burndown;
mod lease;
mod read;
mod settle;
mod verify;
mod window;

pub use batches::BatchEnd;
pub use read::{Account, TransactionCursor};
pub use settle::Applied;
