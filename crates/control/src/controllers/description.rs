//! The description of the API itself.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;

use crate::control::Description;

/// The description of this API
#[utoipa::path(get, path = "/openapi.json", tag = "pages", operation_id = "openapi",
    responses((status = 200, description = "OpenAPI 3.1.", content_type = "application/json",
        body = String)))]
pub(crate) async fn openapi(State(description): State<Description>) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (kind, description.0.to_string()).into_response()
}
