//! The first start: a team, an application and a key to begin with, and the providers for which the
//! environment has a key.

use serde_json::json;
use tollgate_catalog::Found;
use tollgate_control::random;
use tollgate_model::ids::key_text;
use tollgate_model::resource::{Document, Resource};
use tollgate_model::{KeyHash, Kind, Micros, Name};
use tollgate_store::{Change, ChangedKind, HistoryFilter, Store, StoreError};

use crate::failure::Failure;

/// Who makes these changes, for the history.
const ACTOR: &str = "start";
const DEFAULT: &str = "default";
const FIRST_KEY: &str = "first";

/// What was made.
#[derive(Debug, Default)]
pub(crate) struct Made {
    /// The first key; it is shown this once.
    pub key: Option<String>,
    /// The providers that were registered.
    pub providers: Vec<Found>,
}

/// Makes what is missing. The team, the application and the key are made where there was never a
/// resource; a provider where there was never one of its name, so that a deleted one stays deleted.
pub(crate) async fn begin(store: &Store, found: Vec<Found>, now: Micros) -> Result<Made, Failure> {
    let refused = |why: StoreError| Failure::fault("cannot make the first resources", why);
    let (revision, _) = store.snapshot_resources().await.map_err(refused)?;
    let mut made = Made::default();
    let mut changes = Vec::new();
    if revision == 0 {
        let key = random::key()?;
        changes.extend(beginnings(&key)?);
        made.key = Some(key);
    }
    for found in found {
        let spec = found.spec.clone();
        let Some(provider) = resource(Kind::Provider, found.provider, spec) else {
            tracing::warn!(
                "{} is set to something that no provider can be made of",
                found.variable
            );
            continue;
        };
        if !was_ever_there(store, &provider.name)
            .await
            .map_err(refused)?
        {
            changes.push(Change::Put(provider));
            made.providers.push(found);
        }
    }
    if !changes.is_empty() {
        store
            .change(&changes, ACTOR, now, Some(revision))
            .await
            .map_err(refused)?;
    }
    Ok(made)
}

fn beginnings(key: &str) -> Result<Vec<Change>, Failure> {
    let hash = KeyHash::of(key.as_bytes());
    let specs = [
        (Kind::Team, DEFAULT, json!({})),
        (Kind::Application, DEFAULT, json!({ "team": DEFAULT })),
        (
            Kind::Key,
            FIRST_KEY,
            json!({ "application": DEFAULT, "hash": hash, "hint": key_text::hint(key) }),
        ),
    ];
    let resources = specs
        .into_iter()
        .map(|(kind, name, spec)| resource(kind, name, spec));
    let resources: Option<Vec<Resource>> = resources.collect();
    let resources =
        resources.ok_or_else(|| Failure::Fault("the first resources are not valid".to_owned()))?;
    Ok(resources.into_iter().map(Change::Put).collect())
}

fn resource(kind: Kind, name: &str, spec: serde_json::Value) -> Option<Resource> {
    let name = name.parse().ok()?;
    Document { kind, name, spec }.check().ok()
}

async fn was_ever_there(store: &Store, name: &Name) -> Result<bool, StoreError> {
    let filter = HistoryFilter {
        kind: Some(ChangedKind::Resource(Kind::Provider)),
        name: Some(name.clone()),
    };
    Ok(!store.history(&filter, None, 1).await?.is_empty())
}

#[cfg(test)]
mod tests {
    use tollgate_store::Location;

    use super::*;

    fn openai() -> Vec<Found> {
        vec![Found {
            provider: "openai",
            variable: "OPENAI_API_KEY",
            spec: json!({ "credentials": [{ "name": "main", "key": { "env": "OPENAI_API_KEY" } }] }),
        }]
    }

    #[tokio::test]
    async fn the_first_start_makes_a_key_and_later_ones_only_new_providers() {
        let place = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(place.path().join("t.db"));
        let store = Store::open(&location).await.unwrap();
        let first = begin(&store, Vec::new(), Micros(1)).await.unwrap();
        let key = first.key.unwrap();
        let entry = store
            .key_by_hash(&KeyHash::of(key.as_bytes()))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(entry.application.as_str(), DEFAULT);

        let second = begin(&store, openai(), Micros(2)).await.unwrap();
        assert_eq!((second.key, second.providers), (None, openai()));
        let third = begin(&store, openai(), Micros(3)).await.unwrap();
        assert_eq!(third.providers, []);

        let name: Name = "openai".parse().unwrap();
        let gone = Change::Delete(Kind::Provider, name.clone());
        store
            .change(&[gone], "test", Micros(4), None)
            .await
            .unwrap();
        begin(&store, openai(), Micros(5)).await.unwrap();
        let stored = store.get(Kind::Provider, &name).await.unwrap();
        assert!(stored.is_none(), "a deleted provider stays deleted");
    }
}
