//! Money at work on one node: leases, holds, settlement, journal.
//!
//! A call may be made only if the most that it can cost is set aside first, in every fund on which
//! it draws. The store owns the balances; a node **leases** a part of an account and **holds** from
//! that part by compare-and-swap, without lock or I/O. When the call has ended, its [`Hold`] is
//! **settled**: the cost is taken, the rest returns to the lease, and the [`journal`] carries the
//! call to the store.
//!
//! What the store has leased to a node is at all times the sum of what is free on it, what is
//! held, and what was taken and is not yet settled in the store. The node never holds beyond its
//! leases and the store never leases beyond a balance, so that no number of nodes and calls can
//! spend more than there is. Where an answer of the store is lost, the node takes the side on which
//! money stays leased and unused; it returns when the node restarts ([`journal::recover()`]).
//!
//! A node starts with [`journal::recover()`], then opens its journals and starts a
//! [`Committer`](journal::Committer) and a [`Pump`](journal::Pump); it calls [`Ledger::refresh`]
//! after changes and [`Ledger::tend`] from time to time. It stops in the order of the money: no
//! more calls, then the pump, then the committer, then [`Ledger::close`].

pub mod book;
mod cell;
mod gate;
mod hold;
pub mod journal;
mod key;
mod ledger;
mod policy;
mod refill;
mod tend;

pub use book::{Book, BookError, BoxFuture};
pub use hold::{Hold, HoldError, Short};
pub use ledger::Ledger;
pub use policy::LeasePolicy;
pub use tend::LeaseView;
