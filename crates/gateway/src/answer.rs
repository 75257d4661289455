//! Answers and their headers. The only place of the gateway where a status is written.

use bytes::Bytes;
use http::header::{
    AGE, ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_TYPE, RETRY_AFTER, SEC_WEBSOCKET_ACCEPT,
    SEC_WEBSOCKET_PROTOCOL, UPGRADE, WWW_AUTHENTICATE,
};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use tollgate_dialect::{inbound, refusal};
use tollgate_model::{Dialect, Nanos, Reason, Refusal};

use crate::body::Reply;
use crate::exchange::Exchange;
use crate::settlement::close_refused;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const CALL: HeaderName = HeaderName::from_static("x-tollgate-call");
const PROVIDER: HeaderName = HeaderName::from_static("x-tollgate-provider");
const MODEL: HeaderName = HeaderName::from_static("x-tollgate-model");
const ATTEMPTS: HeaderName = HeaderName::from_static("x-tollgate-attempts");
const COST: HeaderName = HeaderName::from_static("x-tollgate-cost-usd");
const DROPPED: HeaderName = HeaderName::from_static("x-tollgate-dropped");
const MAX_TOKENS: HeaderName = HeaderName::from_static("x-tollgate-max-tokens");
const CACHE: HeaderName = HeaderName::from_static("x-tollgate-cache");
const ESTIMATE: HeaderName = HeaderName::from_static("x-tollgate-estimate");
const REASON: HeaderName = HeaderName::from_static("x-tollgate-reason");
const SHOULD_RETRY: HeaderName = HeaderName::from_static("x-should-retry");

/// The head of a streamed answer; its cost comes with its last usage.
pub(crate) fn stream_head(call: &Exchange) -> Response<()> {
    let mut response = Response::new(());
    let headers = response.headers_mut();
    headers.reserve(12);
    let kind = if call.address.array {
        "application/json"
    } else {
        inbound(call.dialect).stream_type()
    };
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    // nginx and its kin would otherwise hold events back.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    served(call, &mut response);
    response
}

/// The head of an answer after which the connection is a session's (RFC 6455, section 4.2.2).
pub(crate) fn switching(
    call: &Exchange,
    accept: HeaderValue,
    protocol: Option<HeaderValue>,
) -> Response<Reply> {
    let mut response = Response::new(Reply::Whole(Bytes::new()));
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.reserve(12);
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    if let Some(protocol) = protocol {
        headers.insert(SEC_WEBSOCKET_PROTOCOL, protocol);
    }
    served(call, &mut response);
    response
}

/// A whole answer of a model, whose cost is not known yet.
pub(crate) fn whole(call: &Exchange, body: Bytes) -> Response<Reply> {
    let mut response = Response::new(Reply::Whole(body));
    let headers = response.headers_mut();
    headers.reserve(12);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    served(call, &mut response);
    response
}

/// Adds what the call cost.
pub(crate) fn tell_cost(response: &mut Response<Reply>, cost: Nanos) {
    set(response, COST, &cost.to_string());
}

/// Says what an answer is.
pub(crate) fn set_type(response: &mut Response<Reply>, kind: HeaderValue) {
    response.headers_mut().insert(CONTENT_TYPE, kind);
}

/// Says that what is told is an estimate of ours.
pub(crate) fn tell_estimate(response: &mut Response<Reply>) {
    let headers = response.headers_mut();
    headers.insert(ESTIMATE, HeaderValue::from_static("true"));
}

/// A list, or another answer that is not a model's.
pub(crate) fn json(call: &Exchange, body: Bytes) -> Response<Reply> {
    let mut response = Response::new(Reply::Whole(body));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    identified(call, &mut response);
    response
}

/// Ends a call with a refusal, in the caller's dialect.
pub(crate) fn refuse(mut call: Exchange, refused: Refusal) -> Response<Reply> {
    let response = refusal(&call, &refused);
    close_refused(&mut call, refused);
    response
}

fn refusal(call: &Exchange, refused: &Refusal) -> Response<Reply> {
    let view = refusal::View {
        refusal: refused,
        call: call.id,
        reveal: call.caller.is_some(),
        explain: None,
    };
    const OURS: [&str; 4] = ["/v1", "/v2/", "/api/", "/openai/"];
    let is_ours = OURS.iter().any(|start| call.uri.path().starts_with(start))
        || call.dialect == Dialect::BedrockConverse;
    let is_foreign = refused.reason == Reason::RouteNotFound && !is_ours;
    let (body, kind) = if is_foreign {
        (refusal::problem(&view), "application/problem+json")
    } else {
        (refusal::body(call.dialect, &view), "application/json")
    };
    let mut response = Response::new(Reply::Whole(body.into()));
    *response.status_mut() =
        StatusCode::from_u16(refused.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Some((name, value)) = refusal::error_header(call.dialect, refused) {
        set(&mut response, HeaderName::from_static(name), value);
    }
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REASON, HeaderValue::from_static(refused.reason.code()));
    let retry = if refused.should_retry() {
        "true"
    } else {
        "false"
    };
    headers.insert(SHOULD_RETRY, HeaderValue::from_static(retry));
    if let Some(seconds) = refused.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    match refused.status {
        401 => {
            let challenge = HeaderValue::from_static("Bearer realm=\"tollgate\"");
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        405 => set(
            &mut response,
            ALLOW,
            refused.param.as_deref().unwrap_or_default(),
        ),
        _ => {}
    }
    if !call.attempts.is_empty() {
        set(&mut response, ATTEMPTS, &call.attempts.len().to_string());
    }
    identified(call, &mut response);
    response
}

/// What is answered where a stream cannot be made: a mistake of ours. The exchange has settled
/// itself.
pub(crate) fn broken() -> Response<Reply> {
    let mut response = Response::new(Reply::Whole(Bytes::new()));
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}

/// Who answered, after how many attempts, and what got lost on the way.
fn served<B>(call: &Exchange, response: &mut Response<B>) {
    if let Some(target) = &call.served {
        set(response, PROVIDER, &target.provider.name);
        set(response, MODEL, &target.model);
    }
    let attempts = u64::try_from(call.attempts.len()).unwrap_or(u64::MAX);
    response
        .headers_mut()
        .insert(ATTEMPTS, HeaderValue::from(attempts));
    if !call.dropped.is_empty() {
        set(response, DROPPED, &call.dropped.join(", "));
    }
    if let Some(word) = call.cache.word() {
        let headers = response.headers_mut();
        headers.insert(CACHE, HeaderValue::from_static(word));
        if let Some(hit) = call.cache.hit() {
            headers.insert(AGE, HeaderValue::from(hit.age));
        }
    }
    if let Some(tokens) = call.max_tokens_set {
        response
            .headers_mut()
            .insert(MAX_TOKENS, HeaderValue::from(tokens));
    }
    identified(call, response);
}

fn identified<B>(call: &Exchange, response: &mut Response<B>) {
    let text = call.id.text();
    if let Ok(id) = HeaderValue::from_bytes(&text) {
        response.headers_mut().insert(CALL, id.clone());
        if let Some(name) = inbound(call.dialect).id_header() {
            let name = HeaderName::from_static(name);
            response.headers_mut().insert(name, id.clone());
        }
        let request = call
            .request_id
            .as_deref()
            .and_then(|text| HeaderValue::from_str(text).ok());
        response
            .headers_mut()
            .insert(REQUEST_ID, request.unwrap_or(id));
    }
}

/// Sets a header; one whose value no header can carry is left out.
fn set<B>(response: &mut Response<B>, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
