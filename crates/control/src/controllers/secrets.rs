//! Stored secrets: set and deleted, and never shown.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tollgate_model::Name;
use tollgate_model::resource::nearest;
use tollgate_store::Store;

use crate::access::Principal;
use crate::control::Vault;
use crate::extract::{Body, Path, name};
use crate::failure::store_failed;
use crate::plan::users_of_secret;
use crate::problem::Problem;
use crate::schema::{Page, described};

/// A secret to be kept.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecretBody {
    /// The secret itself.
    value: String,
}

/// A stored secret, without what is secret of it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "StoredSecret")]
pub(crate) struct SecretView {
    /// Its name, as `{secret: NAME}` in a spec points to it.
    pub name: Name,
}

/// Secrets.
pub(crate) type SecretPage = Page<SecretView>;

described!(SecretBody, SecretView, SecretPage);

/// The largest secret that is kept, in bytes.
const LARGEST: usize = 64 << 10;

/// The names of the stored secrets
#[utoipa::path(get, path = "/secrets", tag = "secrets", operation_id = "list_secrets",
    responses((status = 200, description = "The names.", body = SecretPage)))]
pub(crate) async fn list(State(store): State<Store>) -> Result<Json<SecretPage>, Problem> {
    let names = store.secret_names().await.map_err(store_failed)?;
    let views = names.into_iter().map(|name| SecretView { name });
    Ok(Json(Page::whole(views.collect())))
}

/// Keep a secret, whether or not there was one of this name
#[utoipa::path(put, path = "/secrets/{name}", tag = "secrets", operation_id = "put_secret",
    params(("name" = String, Path, description = "Its name.")),
    request_body = SecretBody,
    responses((status = 200, description = "It is kept.", body = SecretView)))]
pub(crate) async fn put(
    State(vault): State<Vault>,
    principal: Principal,
    Path(text): Path<String>,
    Body(body): Body<SecretBody>,
) -> Result<Json<SecretView>, Problem> {
    let name = name(&text)?;
    match body.value.len() {
        0 => return Err(Problem::bad_request("The secret is empty.").at("#/value")),
        1..=LARGEST => {}
        _ => return Err(Problem::bad_request("The secret is larger than 64 KiB.").at("#/value")),
    }
    vault
        .store
        .put_secret(&vault.sealing, &name, &body.value)
        .await
        .map_err(store_failed)?;
    tracing::info!(secret = %name, actor = principal.actor(), "a secret was set");
    vault.runtime.refresh_secrets().await;
    Ok(Json(SecretView { name }))
}

/// Delete a secret
///
/// Refused where a provider takes it.
#[utoipa::path(delete, path = "/secrets/{name}", tag = "secrets", operation_id = "delete_secret",
    params(("name" = String, Path, description = "Its name.")),
    responses((status = 200, description = "It is deleted.", body = SecretView)))]
pub(crate) async fn delete(
    State(vault): State<Vault>,
    principal: Principal,
    Path(text): Path<String>,
) -> Result<Json<SecretView>, Problem> {
    let name = name(&text)?;
    let store = &vault.store;
    let (_, resources) = store.snapshot_resources().await.map_err(store_failed)?;
    let users = users_of_secret(resources.iter(), &name);
    if !users.is_empty() {
        let users = users
            .into_iter()
            .map(Name::as_str)
            .collect::<Vec<_>>()
            .join(", ");
        let detail = format!("Secret {name} is taken by Provider {users}. Change that first.");
        return Err(Problem::conflict(detail));
    }
    if !store.delete_secret(&name).await.map_err(store_failed)? {
        return Err(unknown(store, &name).await);
    }
    tracing::info!(secret = %name, actor = principal.actor(), "a secret was deleted");
    vault.runtime.refresh_secrets().await;
    Ok(Json(SecretView { name }))
}

async fn unknown(store: &Store, name: &Name) -> Problem {
    let names = store.secret_names().await.unwrap_or_default();
    let near = nearest(name.as_str(), names.iter().map(Name::as_str));
    let hint = near
        .map(|near| format!(" Did you mean {near}?"))
        .unwrap_or_default();
    Problem::not_found(format!("There is no secret called \"{name}\".{hint}"))
}
