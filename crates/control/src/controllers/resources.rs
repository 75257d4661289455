//! Resources, one at a time.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tollgate_model::Name;
use tollgate_model::resource::{Document, Kind, Resource};
use tollgate_store::Store;

use crate::access::Principal;
use crate::configuration::{Applied, Configuration, Wish, invalid};
use crate::extract::{Body, Parameters, Path, Precondition, etag, kind, name, page_size};
use crate::failure::{missing, store_failed};
use crate::plan::{Action, Edit};
use crate::problem::Problem;
use crate::schema::{Page, described};

/// A resource as it is stored.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Resource")]
pub(crate) struct ResourceView {
    /// The kind.
    pub kind: Kind,
    /// The name, unique within the kind.
    pub name: Name,
    /// What it says; see the schema of the kind's spec.
    pub spec: Value,
    /// The revision that last changed it; also its ETag.
    pub revision: u64,
    /// When it was made, as RFC 3339; not in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// When it was last changed, as RFC 3339; not in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
}

/// A resource as a client puts it: at least its spec. What a `GET` answered may be sent back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ResourceInput")]
pub(crate) struct ResourceBody {
    /// The kind; if given, the one in the path.
    kind: Option<Kind>,
    /// The name; if given, the one in the path.
    name: Option<Name>,
    /// What it shall say.
    spec: Value,
    /// The revision at which the resource has to be, as with `If-Match`.
    revision: Option<u64>,
    /// Not looked at.
    #[serde(rename = "created_at")]
    _created_at: Option<String>,
    /// Not looked at.
    #[serde(rename = "updated_at")]
    _updated_at: Option<String>,
}

/// Resources, a page at a time.
pub(crate) type ResourcePage = Page<ResourceView>;

described!(ResourceView, ResourceBody, ResourcePage);

/// Which resources to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ResourceQuery {
    /// Only those of this kind.
    kind: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// How many, from 1 to 1000; 1000 where it is left out.
    limit: Option<u32>,
}

/// Resources, in the order of kinds and names
#[utoipa::path(get, path = "/resources", tag = "configuration", operation_id = "list_resources",
    params(ResourceQuery),
    responses((status = 200, description = "A page of them.", body = ResourcePage)))]
pub(crate) async fn list(
    State(store): State<Store>,
    Parameters(query): Parameters<ResourceQuery>,
) -> Result<Json<ResourcePage>, Problem> {
    let wanted = query.kind.as_deref().map(kind).transpose()?;
    let after = query.after.as_deref().map(cursor).transpose()?;
    let size = page_size(query.limit, 1_000)?;
    let found = store
        .list(wanted, after, size + 1)
        .await
        .map_err(store_failed)?;
    let views = found.into_iter().map(view).collect();
    Ok(Json(Page::cut(views, size, |last| {
        format!("{}/{}", last.kind, last.name)
    })))
}

/// One resource
#[utoipa::path(get, path = "/resources/{kind}/{name}", tag = "configuration",
    operation_id = "get_resource",
    params(("kind" = String, Path, description = "The kind, such as `Model`."),
        ("name" = String, Path, description = "The name.")),
    responses((status = 200, description = "The resource; its revision is its ETag.",
        body = ResourceView, headers(("etag" = String, description = "The revision, quoted.")))))]
pub(crate) async fn get(
    State(store): State<Store>,
    Path((word, text)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (kind, name) = (kind(&word)?, name(&text)?);
    let found = store.get(kind, &name).await.map_err(store_failed)?;
    let Some(found) = found else {
        return Err(missing(&store, kind, &name).await);
    };
    let tag = etag(found.resource.revision);
    let view = ResourceView {
        created_at: Some(found.created_at.to_string()),
        updated_at: Some(found.updated_at.to_string()),
        ..view(found.resource)
    };
    Ok(([(header::ETAG, tag)], Json(view)).into_response())
}

/// Create or replace a resource
///
/// Takes `If-Match` with the revision that is to be replaced, and `If-None-Match: *` where nothing
/// is to be replaced.
#[utoipa::path(put, path = "/resources/{kind}/{name}", tag = "configuration",
    operation_id = "put_resource",
    params(("kind" = String, Path, description = "The kind, such as `Model`."),
        ("name" = String, Path, description = "The name."),
        ("if-match" = Option<String>, Header, description = "The ETag that is to be replaced."),
        ("if-none-match" = Option<String>, Header, description = "`*`: create, do not replace.")),
    request_body = ResourceBody,
    responses((status = 200, description = "It was replaced, or is as it was.", body = Applied),
        (status = 201, description = "It was created.", body = Applied)))]
pub(crate) async fn put(
    State(configuration): State<Configuration>,
    principal: Principal,
    Path((word, text)): Path<(String, String)>,
    precondition: Precondition,
    Body(body): Body<ResourceBody>,
) -> Result<Response, Problem> {
    let (kind, name) = (kind(&word)?, name(&text)?);
    if body.kind.is_some_and(|given| given != kind) {
        return Err(Problem::bad_request("The kind is not the one in the path.").at("#/kind"));
    }
    if body.name.is_some_and(|given| given != name) {
        return Err(Problem::bad_request("The name is not the one in the path.").at("#/name"));
    }
    let places = vec![(format!("{kind} {name}"), "#".to_owned())];
    let spec = body.spec;
    let document = Document { kind, name, spec };
    let resource = document
        .check()
        .map_err(|fault| invalid(&[fault], &places))?;
    let wish = Wish {
        edits: vec![Edit::Put(Box::new(resource))],
        places,
        precondition: Precondition {
            revision: precondition.revision.or(body.revision),
            ..precondition
        },
        dry_run: false,
    };
    let applied = configuration.change(principal.actor(), &wish).await?;
    let created = applied
        .changes
        .iter()
        .any(|change| change.action == Action::Created);
    let status = if created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, Json(applied)).into_response())
}

/// Delete a resource
///
/// Refused where other resources name it. Takes `If-Match`.
#[utoipa::path(delete, path = "/resources/{kind}/{name}", tag = "configuration",
    operation_id = "delete_resource",
    params(("kind" = String, Path, description = "The kind, such as `Model`."),
        ("name" = String, Path, description = "The name."),
        ("if-match" = Option<String>, Header, description = "The ETag that is to be deleted.")),
    responses((status = 200, description = "It was deleted.", body = Applied)))]
pub(crate) async fn delete(
    State(configuration): State<Configuration>,
    State(store): State<Store>,
    principal: Principal,
    Path((word, text)): Path<(String, String)>,
    precondition: Precondition,
) -> Result<Json<Applied>, Problem> {
    let (kind, name) = (kind(&word)?, name(&text)?);
    if store
        .get(kind, &name)
        .await
        .map_err(store_failed)?
        .is_none()
    {
        return Err(missing(&store, kind, &name).await);
    }
    let wish = Wish {
        edits: vec![Edit::Delete(kind, name)],
        precondition,
        ..Wish::default()
    };
    configuration
        .change(principal.actor(), &wish)
        .await
        .map(Json)
}

fn cursor(text: &str) -> Result<(Kind, Name), Problem> {
    let parts = text.split_once('/');
    let read = parts.and_then(|(kind, name)| Some((Kind::parse(kind)?, name.parse().ok()?)));
    read.ok_or_else(|| Problem::bad_request("`after` is not the `next` of a page."))
}

fn view(resource: Resource) -> ResourceView {
    ResourceView {
        kind: resource.kind(),
        spec: resource.spec.to_json(),
        revision: resource.revision,
        name: resource.name,
        created_at: None,
        updated_at: None,
    }
}
