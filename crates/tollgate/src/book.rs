//! The accounts, as the ledger uses them: in the store.

use std::future::Future;
use std::sync::Arc;

use tokio::runtime::Handle;
use tollgate_ledger::{Book, BookError, BoxFuture};
use tollgate_model::Nanos;
use tollgate_model::account::{AccountId, Fund, Lease};
use tollgate_model::settled::SettleBatch;
use tollgate_store::{Store, StoreError};

/// The accounts in the store.
pub(crate) struct StoredBook {
    /// The store.
    pub store: Store,
    /// The runtime that carries the store's connections; the gateway has others.
    pub runtime: Handle,
}

impl StoredBook {
    fn ask<'a, T: Send + 'static>(
        &self,
        asked: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> BoxFuture<'a, Result<T, BookError>> {
        let asked = self.runtime.spawn(asked);
        Box::pin(async {
            match asked.await {
                Ok(answer) => answer.map_err(|why| failed(&why)),
                Err(ended) => Err(BookError::Unsure(ended.to_string())),
            }
        })
    }
}

fn failed(why: &StoreError) -> BookError {
    match why {
        StoreError::Unavailable(outage) if outage.is_unsure() => BookError::Unsure(why.to_string()),
        _ => BookError::Away(why.to_string()),
    }
}

impl Book for StoredBook {
    fn lease<'a>(
        &'a self,
        node: &'a str,
        fund: &'a Fund,
        at_least: Nanos,
        wanted: Nanos,
    ) -> BoxFuture<'a, Result<Lease, BookError>> {
        let (store, node, fund) = (self.store.clone(), node.to_owned(), fund.clone());
        self.ask(async move { store.lease(&node, &fund, at_least, wanted).await })
    }

    fn give_back<'a>(
        &'a self,
        node: &'a str,
        account: &'a AccountId,
        amount: Nanos,
    ) -> BoxFuture<'a, Result<(), BookError>> {
        let (store, node, account) = (self.store.clone(), node.to_owned(), account.clone());
        self.ask(async move { store.give_back(&node, &account, amount).await })
    }

    fn settle<'a>(
        &'a self,
        node: &'a str,
        batch: Arc<SettleBatch>,
    ) -> BoxFuture<'a, Result<(), BookError>> {
        let (store, node) = (self.store.clone(), node.to_owned());
        self.ask(async move { store.settle(&node, batch).await.map(drop) })
    }

    fn cursors<'a>(
        &'a self,
        node: &'a str,
    ) -> BoxFuture<'a, Result<Vec<(String, u64)>, BookError>> {
        let (store, node) = (self.store.clone(), node.to_owned());
        self.ask(async move { store.cursors(&node).await })
    }

    fn release_node<'a>(&'a self, node: &'a str) -> BoxFuture<'a, Result<(), BookError>> {
        let (store, node) = (self.store.clone(), node.to_owned());
        self.ask(async move { store.release_node(&node).await })
    }
}
