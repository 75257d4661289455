//! The console: its files, and its one page under every address that nothing else has.

use axum::extract::{Request, State};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{Method, header};

use super::frame::wants_html;
use super::{assets, unbuilt};
use crate::control::{Asset, Console};
use crate::problem::Problem;
use crate::random;

/// The page of the console.
const INDEX: &str = "/index.html";
/// What stands in it where the nonce of the answer belongs.
const NONCE: &str = "__CSP_NONCE__";

/// What is never an address of the console, with all that lies below.
const OTHERS: [&str; 3] = ["/api", "/assets", "/problems"];

/// Answers what no route does: with a file of the console, with its page, or that there is nothing.
pub(crate) async fn serve(
    State(console): State<Console>,
    request: Request,
) -> Result<Response, Problem> {
    let (path, headers) = (request.uri().path(), request.headers());
    let reads = [Method::GET, Method::HEAD].contains(request.method());
    if let Some(asset) = console.find(path).filter(|_| reads && path != INDEX) {
        return Ok(assets::serve(asset, headers));
    }
    // The root is a page for whoever asks: there is no other sign of life in the same place.
    if reads && (path == "/" || is_address(path) && wants_html(headers)) {
        return match console.find(INDEX) {
            Some(index) => page(index),
            None => Ok(unbuilt::page()),
        };
    }
    Err(Problem::not_found(format!(
        "There is nothing at {path}; /openapi.json lists what there is."
    )))
}

/// Whether the console may know an address; it knows itself whether it does.
fn is_address(path: &str) -> bool {
    !OTHERS.iter().any(|other| {
        path.strip_prefix(other)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// The page with a nonce of its own, by which it may add styles and nobody else may.
fn page(index: &Asset) -> Result<Response, Problem> {
    let nonce = STANDARD.encode(random::bytes::<16>()?);
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; \
         img-src 'self' data:; media-src data:; font-src 'self'; connect-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    );
    let html = String::from_utf8_lossy(index.plain).replace(NONCE, &nonce);
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy.as_str()),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Html(html)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_console_has_every_address_but_those_of_others() {
        for path in [
            "/",
            "/signin",
            "/calls/call_1",
            "/problem",
            "/apis",
            "/x/api",
        ] {
            assert!(is_address(path), "{path}");
        }
        for path in [
            "/api",
            "/api/v1/nowhere",
            "/assets/gone.js",
            "/problems/a/b",
        ] {
            assert!(!is_address(path), "{path}");
        }
    }
}
