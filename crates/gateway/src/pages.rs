//! Pages that need no key: the health of the node, and what a reason means.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use tollgate_model::Reason;

use crate::body::Reply;
use crate::worker::Worker;

/// Answers a request for a page; `None` where it is none.
pub(crate) fn serve<B>(worker: &Worker, request: &Request<B>) -> Option<Response<Reply>> {
    let path = request.uri().path();
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return None;
    }
    match path {
        "/healthz" => Some(page(StatusCode::OK, "text/plain", "ok\n".to_owned())),
        "/readyz" => {
            let ready = (worker.shared.ready)() && !worker.is_draining();
            Some(if ready {
                page(StatusCode::OK, "text/plain", "ready\n".to_owned())
            } else {
                page(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "text/plain",
                    "not ready\n".to_owned(),
                )
            })
        }
        _ => {
            let reason = Reason::from_code(path.strip_prefix("/problems/")?)?;
            Some(page(
                StatusCode::OK,
                "text/plain; charset=utf-8",
                text(reason),
            ))
        }
    }
}

/// What a reason means and what to do, for the person who follows the link of a refusal.
fn text(reason: Reason) -> String {
    let row = reason.row();
    format!(
        "{}\n\n{}\n\n{}\n\nReason: {}\n",
        row.title, row.meaning, row.fix, row.code
    )
}

fn page(status: StatusCode, kind: &'static str, body: String) -> Response<Reply> {
    let mut response = Response::new(Reply::Whole(Bytes::from(body)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response
}
