//! The store, as the ledger sees it. The binary implements [`Book`] over the store.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tollgate_model::Nanos;
use tollgate_model::account::{AccountId, Fund, Lease};
use tollgate_model::settled::SettleBatch;

/// A boxed future that may move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Why the store did not do what it was asked to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BookError {
    /// Nothing was changed: the store was not reached, or it rolled back.
    #[error("the ledger's store is away: {0}")]
    Away(String),
    /// The store was asked and the answer was lost: it may have been done or not.
    #[error("the ledger's store did not confirm: {0}")]
    Unsure(String),
}

/// The accounts, as one node uses them. Each method is one transaction of the store.
///
/// For every account with a floor the store keeps a balance and what each node has leased of it,
/// and refuses whatever would make the leases exceed the balance.
pub trait Book: Send + Sync + 'static {
    /// Leases from the account of `fund` whose window is open by the store's clock, opening the
    /// window first where a new one begins. Grants `wanted` or, where less is free, what is free;
    /// nothing where not even `at_least` is, lest a node keep from others what is of no use to it.
    /// The reply is the state after the grant. A node that is behind may pass an older revision of
    /// a fund than the store has seen.
    fn lease<'a>(
        &'a self,
        node: &'a str,
        fund: &'a Fund,
        at_least: Nanos,
        wanted: Nanos,
    ) -> BoxFuture<'a, Result<Lease, BookError>>;

    /// Reduces what the node has leased of an account by `amount`. The window of the account may
    /// have closed since.
    fn give_back<'a>(
        &'a self,
        node: &'a str,
        account: &'a AccountId,
        amount: Nanos,
    ) -> BoxFuture<'a, Result<(), BookError>>;

    /// Settles calls: what each one took leaves the balance of its account and the node's lease of
    /// it, and the record is kept. All or nothing; a call whose id was settled before is passed
    /// over, whoever settled it. Nothing in a call may make it fail for good: what does not fit the
    /// node's lease is for the store to note, not to refuse.
    fn settle<'a>(
        &'a self,
        node: &'a str,
        batch: Arc<SettleBatch>,
    ) -> BoxFuture<'a, Result<(), BookError>>;

    /// The cursors of this node, as its batches left them.
    fn cursors<'a>(&'a self, node: &'a str)
    -> BoxFuture<'a, Result<Vec<(String, u64)>, BookError>>;

    /// Ends every lease of this node and forgets its cursors.
    fn release_node<'a>(&'a self, node: &'a str) -> BoxFuture<'a, Result<(), BookError>>;
}
