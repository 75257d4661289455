//! How failures of the store, and what it does not have, are told to whoever uses the API.

use tollgate_model::Name;
use tollgate_model::resource::{Kind, nearest};
use tollgate_store::{Store, StoreError};

use crate::problem::Problem;

/// The problem of a failed store.
pub(crate) fn store_failed(error: StoreError) -> Problem {
    match error {
        StoreError::Unavailable(_) => {
            tracing::warn!(%error, "the store cannot be reached");
            Problem::unavailable("The store cannot be reached or written right now.")
        }
        StoreError::Conflict(told) => Problem::conflict(told),
        StoreError::Refused(told) => Problem::invalid(told, Vec::new()),
        StoreError::Short { .. } => Problem::conflict(error.to_string()),
        StoreError::OtherKey { .. } => {
            tracing::warn!(%error, "a secret cannot be opened");
            Problem::conflict(error.to_string())
        }
        StoreError::NewerData { .. } | StoreError::Corrupt(_) | StoreError::Other(_) => {
            Problem::internal(error)
        }
    }
}

/// The problem of a resource that is not there, with the nearest that is.
pub(crate) async fn missing(store: &Store, kind: Kind, name: &Name) -> Problem {
    let known = store
        .list(Some(kind), None, 1_000)
        .await
        .unwrap_or_default();
    let names = known.iter().map(|resource| resource.name.as_str());
    let hint = nearest(name.as_str(), names).map(|near| format!(" Did you mean {near}?"));
    let hint = hint.unwrap_or_default();
    Problem::not_found(format!("There is no {kind} called \"{name}\".{hint}"))
}
