//! Keys, as the gateway looks them up: in the store.

use std::future::Future;
use std::pin::Pin;

use tokio::runtime::Handle;
use tollgate_gateway::{KeyFound, KeyLookup};
use tollgate_model::KeyHash;
use tollgate_store::Store;

/// Looks up keys in the store.
pub(crate) struct StoredKeys {
    /// The store.
    pub store: Store,
    /// The runtime that carries the store's connections; the gateway has others.
    pub runtime: Handle,
}

impl KeyLookup for StoredKeys {
    fn find<'a>(
        &'a self,
        hash: &'a KeyHash,
    ) -> Pin<Box<dyn Future<Output = KeyFound> + Send + 'a>> {
        let (store, hash) = (self.store.clone(), *hash);
        let asked = self
            .runtime
            .spawn(async move { store.key_by_hash(&hash).await });
        Box::pin(async {
            match asked.await {
                Ok(found) => found.map_err(|why| why.to_string()),
                Err(ended) => Err(ended.to_string()),
            }
        })
    }
}
