//! Resources by a part of their names.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tollgate_model::{Kind, Name};
use tollgate_store::Store;

use crate::extract::{Parameters, page_size};
use crate::failure::store_failed;
use crate::problem::Problem;
use crate::schema::{Page, described};

/// A resource by its kind and name.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Found {
    /// The kind.
    pub kind: Kind,
    /// The name.
    pub name: Name,
}

/// What was found.
pub(crate) type FoundPage = Page<Found>;

described!(Found, FoundPage);

/// What to look for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchQuery {
    /// A part of the name, in small letters or capitals.
    q: String,
    /// How many, from 1 to 1000; 20 where it is left out.
    limit: Option<u32>,
}

/// Resources whose names contain a text
#[utoipa::path(get, path = "/search", tag = "configuration", operation_id = "search",
    params(SearchQuery),
    responses((status = 200, description = "Those that begin with it first.", body = FoundPage)))]
pub(crate) async fn search(
    State(store): State<Store>,
    Parameters(query): Parameters<SearchQuery>,
) -> Result<Json<FoundPage>, Problem> {
    let size = page_size(query.limit, 20)?;
    let found = store.search(&query.q, size).await.map_err(store_failed)?;
    let found = found.into_iter().map(|(kind, name)| Found { kind, name });
    Ok(Json(Page::whole(found.collect())))
}
