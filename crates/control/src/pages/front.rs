//! The first page, and what a one-time sign-in link leads to.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tollgate_store::Store;

use super::frame::{escape, page};
use crate::control::Clock;
use crate::extract::{Parameters, Path};
use crate::problem::Problem;
use crate::signin::{Judgement, judge};

/// The query of the first page.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FrontQuery {
    /// The token of a one-time sign-in link.
    signin: Option<String>,
}

/// The first page
///
/// Says how to begin. With a sign-in token it also says whether the link is good.
#[utoipa::path(get, path = "/", tag = "pages", operation_id = "front_page",
    params(FrontQuery),
    responses((status = 200, description = "A page.", content_type = "text/html", body = String)))]
pub(crate) async fn front(
    State(store): State<Store>,
    State(clock): State<Clock>,
    Parameters(query): Parameters<FrontQuery>,
) -> Result<Response, Problem> {
    match query.signin {
        None => Ok(page(StatusCode::OK, "Welcome", &body(""))),
        Some(token) => signed(&store, &clock, &token).await,
    }
}

/// The page of a sign-in link
#[utoipa::path(get, path = "/signin/{token}", tag = "pages", operation_id = "signin_page",
    params(("token" = String, Path, description = "The token of a one-time sign-in link.")),
    responses((status = 200, description = "A page.", content_type = "text/html", body = String)))]
pub(crate) async fn signin(
    State(store): State<Store>,
    State(clock): State<Clock>,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    signed(&store, &clock, &token).await
}

async fn signed(store: &Store, clock: &Clock, token: &str) -> Result<Response, Problem> {
    let (status, class, text) = match judge(store, token, clock()).await? {
        Judgement::Good => (
            StatusCode::OK,
            "note",
            "Your sign-in link is valid. Setting a password comes with the console; until then the \
             command line and the admin API do everything, with the token of the data folder.",
        ),
        Judgement::Expired => (
            StatusCode::GONE,
            "note bad",
            "This sign-in link has expired. Start the gateway again to get a new one.",
        ),
        Judgement::Unknown => (
            StatusCode::NOT_FOUND,
            "note bad",
            "This is not the current sign-in link. Use the one that the gateway printed last.",
        ),
    };
    let note = format!("<p class=\"{class}\" role=\"status\">{}</p>", escape(text));
    Ok(page(status, "Sign in", &body(&note)))
}

const FIRST_CALL: &str = r#"curl http://localhost:8402/v1/chat/completions \
  -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \
  -d '{"model": "sandbox/echo",
       "messages": [{"role": "user", "content": "hello"}]}'"#;

fn body(note: &str) -> String {
    let call = escape(FIRST_CALL);
    format!(
        "<h1>Tollgate is running</h1>\
         <p class=\"soft\">One door for every model, with a till in it. The web console will be \
         here; until then, these three commands show what there is.</p>{note}\
         <h2>1. Make a key</h2><pre><code>KEY=$(tollgate key create --application default -q)\
         </code></pre>\
         <h2>2. Make a call</h2><pre><code>{call}</code></pre>\
         <p class=\"soft\">The sandbox answers without any provider; the answer says what it cost \
         in <code>x-tollgate-cost-usd</code>, and which call it was in \
         <code>x-tollgate-call</code>.</p>\
         <h2>3. Have it explained</h2><pre><code>tollgate explain CALL</code></pre>\
         <h2>More</h2><p>The admin API is described at <a href=\"/openapi.json\">/openapi.json</a> \
         (OpenAPI 3.1); every reason for a refusal has a page under \
         <a href=\"/problems\">/problems</a>.</p>"
    )
}
