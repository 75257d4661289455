//! What the words of the configuration mean: the schemas of the kinds, and the reasons.

use axum::Json;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::extract::{Path, kind};
use crate::problem::Problem;
use crate::reasons::{ReasonPage, of_calls};
use crate::schema::{Page, described};

/// A JSON Schema (draft 2020-12).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct SpecSchema(pub Value);

described!(SpecSchema);

/// The JSON Schema of a kind's spec
#[utoipa::path(get, path = "/schemas/{kind}", tag = "configuration", operation_id = "get_schema",
    params(("kind" = String, Path, description = "The kind, such as `Model`.")),
    responses((status = 200, description = "The schema.", body = SpecSchema)))]
pub(crate) async fn schema(Path(word): Path<String>) -> Result<Json<SpecSchema>, Problem> {
    let kind = kind(&word)?;
    Ok(Json(SpecSchema(kind.schema().to_value())))
}

/// Why calls are refused or fail
#[utoipa::path(get, path = "/reasons", tag = "calls", operation_id = "list_reasons",
    responses((status = 200, description = "Every reason.", body = ReasonPage)))]
pub(crate) async fn reasons() -> Json<ReasonPage> {
    Json(Page::whole(of_calls()))
}
