//! Calls from the console, on behalf of an application.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::uri::PathAndQuery;
use http::{HeaderValue, header};
use serde::Deserialize;
use tollgate_model::{Kind, Name};
use tollgate_store::Store;

use crate::access::Principal;
use crate::calling::{Relay, send};
use crate::extract::{Parameters, name};
use crate::failure::missing;
use crate::problem::Problem;
use crate::runtime::Runtime;

/// The most characters of a caller's name that stand in records.
const LONGEST_HOLDER: usize = 100;

/// What is called where the query does not say.
const CHAT: &str = "/v1/chat/completions";

/// For whom to call, and what.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PlaygroundQuery {
    /// The application that calls, and whose team pays.
    application: String,
    /// The path of the gateway that is called, with its query, such as `/v1/embeddings` or
    /// `/v1beta/models/NAME:streamGenerateContent?alt=sse`; `/v1/chat/completions` where it is left out.
    path: Option<String>,
}

/// Try a model
///
/// The body goes to the gateway as a call by the application, in whichever dialect the path speaks, with
/// a key that lives in this process only, and the gateway's answer comes back as it is, headers included.
/// It costs what any call costs.
#[utoipa::path(post, path = "/playground", tag = "models", operation_id = "try_model",
    params(PlaygroundQuery),
    request_body(content = String, content_type = "application/json",
        description = "What the path takes, such as a chat completion; forms with files too."),
    responses((status = 200, description = "The gateway's answer.", body = String)))]
pub(crate) async fn call(
    State(runtime): State<Arc<dyn Runtime>>,
    State(store): State<Store>,
    principal: Principal,
    Parameters(query): Parameters<PlaygroundQuery>,
    request: Request,
) -> Result<Response, Problem> {
    let application = name(&query.application)?;
    let path = target(query.path.as_deref().unwrap_or(CHAT))?;
    if runtime
        .snapshot()
        .application(application.as_str())
        .is_none()
    {
        return Err(missing(&store, Kind::Application, &application).await);
    }
    let gateway = runtime.gateway().ok_or_else(|| {
        Problem::conflict(
            "This process runs no gateway that could take the call; open the console of a process \
             with role all.",
        )
    })?;
    let holder = holder(principal.actor())?;
    let pass = runtime
        .pass(&application, &holder)
        .map_err(Problem::internal)?;
    let call = addressed(request, gateway, path, &pass)?;
    let answer = send(gateway, call).await.map_err(|error| {
        Problem::unavailable(format!(
            "The gateway at {gateway} does not answer: {error}."
        ))
    })?;
    Ok(relayed(answer))
}

/// The name of whoever calls, as the name of a resource.
fn holder(actor: &str) -> Result<Name, Problem> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-:@".contains(c);
    let letters = actor.chars().map(|c| if allowed(c) { c } else { '-' });
    let text: String = letters.take(LONGEST_HOLDER).collect();
    let text = match text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        true => text,
        false => format!("x{text}"),
    };
    name(&text)
}

/// A path of the gateway's, with its query.
fn target(text: &str) -> Result<PathAndQuery, Problem> {
    let path = text.parse::<PathAndQuery>().ok();
    path.filter(|path| path.path().starts_with('/'))
        .ok_or_else(|| {
            Problem::bad_request(format!(
                "{text:?} is no path of the gateway; write one such as {CHAT}."
            ))
        })
}

/// The request as a call of the gateway: of what came with it, only the body and its type go on.
fn addressed(
    request: Request,
    gateway: SocketAddr,
    path: PathAndQuery,
    pass: &str,
) -> Result<Request, Problem> {
    let (head, body) = request.into_parts();
    let json = HeaderValue::from_static("application/json");
    let form = head.headers.get(header::CONTENT_TYPE).cloned();
    Request::post(path)
        .header(header::HOST, gateway.to_string())
        .header(header::AUTHORIZATION, format!("Bearer {pass}"))
        .header(header::CONTENT_TYPE, form.unwrap_or(json))
        .body(body)
        .map_err(|_| Problem::internal("a call of the playground cannot be written"))
}

/// The gateway's answer, without what concerns only the connection to it.
fn relayed(answer: Response<Relay>) -> Response {
    let (head, body) = answer.into_parts();
    let mut response = Response::new(Body::new(body));
    *response.status_mut() = head.status;
    let kept = head.headers.iter().filter(|(name, _)| {
        [header::CONTENT_TYPE, header::RETRY_AFTER].contains(name)
            || name.as_str() == "x-request-id"
            || name.as_str().starts_with("x-tollgate-")
    });
    let kept = kept.map(|(name, value)| (name.clone(), value.clone()));
    response.headers_mut().extend(kept);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_calls_has_a_name_that_a_key_can_have() {
        for (actor, name) in [
            ("operator", "operator"),
            ("ann@acme.example", "ann@acme.example"),
            ("jörg+test", "j-rg-test"),
            ("-x", "x-x"),
            ("日本", "x--"),
        ] {
            assert_eq!(holder(actor).unwrap().as_str(), name);
        }
        let longest = holder(&"é".repeat(500)).unwrap();
        assert!(format!("playground:{longest}").parse::<Name>().is_ok());
    }
}
