//! What is asked of answers that are kept: to read one, what it was given, to forget it. Those that a
//! provider keeps under its own id are asked of it.

use std::sync::Arc;

use http::{Response, StatusCode};
use tollgate_dialect::openai_responses::thread::{self as items, Order};
use tollgate_dialect::outbound;
use tollgate_dialect::scan::scan;
use tollgate_model::kept::{KeptAnswer, Origin};
use tollgate_model::{Dialect, Reason, Refusal};

use crate::address::{KeptAsk, Operation, parameters};
use crate::answer::{self, refuse};
use crate::body::Reply;
use crate::errand::Place;
use crate::exchange::{Exchange, impossible};
use crate::outgoing;
use crate::pieces::Pieces;
use crate::thread;
use crate::upstream::read_whole;
use crate::worker::Worker;

/// How many items a page has where the caller does not say, and at most.
const PAGE: usize = 20;
const PAGE_MOST: usize = 100;

/// Answers a question about an answer that is kept.
pub(crate) async fn answer(worker: &Worker, mut call: Exchange) -> Response<Reply> {
    match asked(worker, &call).await {
        Ok((status, body)) => {
            // A look at an answer is no call: nothing is recorded.
            call.closed = true;
            let mut response = answer::json(&call, body.into());
            *response.status_mut() = status;
            response
        }
        Err(refusal) => refuse(call, refusal),
    }
}

type Told = Result<(StatusCode, Vec<u8>), Refusal>;

async fn asked(worker: &Worker, call: &Exchange) -> Told {
    let (Some(Operation::Kept(ask)), Some(id), Some(caller)) =
        (call.address.operation, &call.address.kept, &call.caller)
    else {
        return Err(impossible("asked of no answer"));
    };
    if parameters(&call.uri, "stream").any(|value| value == "true") {
        let detail = "An answer that is kept is given as a whole.";
        return Err(Refusal::new(Reason::ParameterUnsupported, detail).at("stream"));
    }
    let application = &caller.application;
    let kept = thread::find(worker, application, id).await?;
    let kept = kept.ok_or_else(|| not_found(id))?;
    let elsewhere = match kept.origin.as_ref().and_then(|origin| place(call, origin)) {
        Some(place) => Some(ask_provider(worker, call, &place, ask, id).await?),
        None => None,
    };
    if ask == KeptAsk::Delete {
        let removed = worker.shared.kept.remove(application, id).await;
        removed.map_err(|error| thread::unavailable(&error))?;
    }
    match elsewhere {
        Some(told) if told.0 != StatusCode::NOT_FOUND => Ok(told),
        // What the provider has forgotten, but was told once, is told again.
        _ => own(call, &kept, ask),
    }
}

/// What we know of it ourselves.
fn own(call: &Exchange, kept: &Arc<KeptAnswer>, ask: KeptAsk) -> Told {
    let body = match ask {
        KeptAsk::Get => kept.answer.clone().into_bytes(),
        KeptAsk::Delete => {
            let gone = serde_json::json!({ "id": kept.id, "object": "response", "deleted": true });
            gone.to_string().into_bytes()
        }
        KeptAsk::Items => {
            let parameter = |name| parameters(&call.uri, name).next();
            let (order, after, limit) =
                (parameter("order"), parameter("after"), parameter("limit"));
            let order = Order {
                descending: order.as_deref() != Some("asc"),
                after: after.as_deref(),
                limit: page_size(limit.as_deref())?,
            };
            items::page(&kept.input, order, &kept.id).into_bytes()
        }
        KeptAsk::Cancel => {
            let detail = "Only an answer that is made in the background can be cancelled.";
            return Err(Refusal::new(Reason::RequestMalformed, detail));
        }
    };
    Ok((StatusCode::OK, body))
}

fn page_size(text: Option<&str>) -> Result<usize, Refusal> {
    let size = text.map_or(Some(PAGE), |text| text.parse().ok());
    size.filter(|size| (1..=PAGE_MOST).contains(size))
        .ok_or_else(|| {
            let detail = format!("`limit` must be a whole number from 1 to {PAGE_MOST}.");
            Refusal::new(Reason::RequestMalformed, detail).at("limit")
        })
}

/// The provider that keeps an answer. Clouds have other addresses for what they keep, where they have
/// any.
fn place(call: &Exchange, origin: &Origin) -> Option<Place> {
    Place::of(&call.snapshot, origin).filter(Place::is_plain)
}

async fn ask_provider(
    worker: &Worker,
    call: &Exchange,
    place: &Place,
    ask: KeptAsk,
    id: &str,
) -> Told {
    let provider = &*place.provider;
    let path = path(call, ask, id)?;
    let method = Operation::Kept(ask).method();
    let request = outgoing::kept_request(provider, Dialect::OpenaiResponses, method, &path)?;
    let failed = |why: String| {
        let detail = format!("Provider {} cannot be asked: {why}.", provider.name);
        Refusal::new(Reason::UpstreamUnreachable, detail).by(provider.rule.clone())
    };
    let response = place.send(worker, request, &Pieces::default()).await;
    let response = response.map_err(|failure| failed(failure.note))?;
    let (parts, mut incoming) = response.into_parts();
    let body = read_whole(&mut incoming, provider.timeouts.idle_ms)
        .await
        .map_err(|failure| failed(failure.note))?;
    let status = parts.status;
    let is_told = status.is_success() || matches!(status.as_u16(), 400 | 404 | 409);
    let is_json = scan(&body, []).is_ok();
    if is_told && is_json {
        return Ok((status, body.to_vec()));
    }
    let detail = format!("Provider {} answered with status {status}.", provider.name);
    Err(Refusal::new(Reason::UpstreamError, detail).by(provider.rule.clone()))
}

/// The path at the provider, with what the caller's query says.
fn path(call: &Exchange, ask: KeptAsk, id: &str) -> Result<String, Refusal> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    if !id.bytes().all(plain) {
        return Err(not_found(id));
    }
    let base = outbound(Dialect::OpenaiResponses).path("", false)?;
    let end = match ask {
        KeptAsk::Get | KeptAsk::Delete => "",
        KeptAsk::Items => "/input_items",
        KeptAsk::Cancel => "/cancel",
    };
    // A caller may put its key there.
    let kept = call.uri.query().unwrap_or_default().split('&');
    let query: Vec<&str> = kept
        .filter(|pair| !pair.is_empty() && !pair.starts_with("key="))
        .collect();
    let mark = if query.is_empty() { "" } else { "?" };
    Ok(format!("{base}/{id}{end}{mark}{}", query.join("&")))
}

fn not_found(id: &str) -> Refusal {
    let id: String = id.chars().take(100).collect();
    let detail = format!("Response with id '{id}' not found.");
    Refusal::new(Reason::AnswerNotFound, detail)
}
