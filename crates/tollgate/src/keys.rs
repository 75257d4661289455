//! Keys, as the gateway looks them up: among the passes, then in the store.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio::runtime::Handle;
use tollgate_gateway::{KeyFound, KeyLookup};
use tollgate_model::KeyHash;
use tollgate_store::Store;

use crate::passes::Passes;

/// Looks up keys among the passes of this process and in the store.
pub(crate) struct StoredKeys {
    /// Keys that no store has.
    pub passes: Arc<Passes>,
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
        if let Some(pass) = self.passes.find(hash) {
            return Box::pin(async { Ok(Some(pass)) });
        }
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

#[cfg(test)]
mod tests {
    use tollgate_model::Micros;
    use tollgate_store::Location;

    use super::*;

    #[tokio::test]
    async fn a_pass_is_found_as_any_key_is_and_what_nobody_was_given_is_not() {
        let place = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(place.path().join("t.db"));
        let keys = StoredKeys {
            passes: Arc::new(Passes::new()),
            store: Store::open(&location).await.unwrap(),
            runtime: Handle::current(),
        };
        let (web, ann) = ("web".parse().unwrap(), "ann".parse().unwrap());
        let pass = keys.passes.issue(&web, &ann, Micros(1)).unwrap();
        let found = keys.find(&KeyHash::of(pass.as_bytes())).await.unwrap();
        assert_eq!(found.unwrap().application, web);
        let other = keys.find(&KeyHash::of(b"tg_other")).await.unwrap();
        assert_eq!(other, None);
    }
}
