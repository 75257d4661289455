//! Errors, as answers of their own and in place of answers.

use serde_json::Value;

use super::wire::quoted;
use crate::codec::ProviderError;
use crate::fault;
use crate::sse::Frames;

/// The types of errors that callers know.
const TYPES: [&str; 9] = [
    "invalid_request_error",
    "authentication_error",
    "billing_error",
    "permission_error",
    "not_found_error",
    "request_too_large",
    "rate_limit_error",
    "timeout_error",
    "overloaded_error",
];

/// Reads an error answer.
pub(super) fn read(status: u16, body: &[u8]) -> ProviderError {
    fault::read(status, body).0
}

/// The error under `error` of an answer or event that is one.
pub(super) fn told(error: &Value) -> ProviderError {
    fault::from_json(error).unwrap_or_else(|| ProviderError {
        message: "The provider told of an error and did not say which.".to_owned(),
        ..ProviderError::default()
    })
}

/// The error with which a stream begins (`HTTP 200` and then an error): `None` where its first event
/// is something else or has not come yet. A body that is no stream but one JSON object counts too.
pub(super) fn leading(first: &[u8]) -> Option<ProviderError> {
    if first.trim_ascii_start().starts_with(b"{") {
        return in_place_of_answer(first);
    }
    let mut frames = Frames::default();
    frames.push(first);
    let frame = frames.next_frame().ok()??;
    in_place_of_answer(frame.data.as_bytes())
}

fn in_place_of_answer(text: &[u8]) -> Option<ProviderError> {
    let whole: Value = serde_json::from_slice(text).ok()?;
    let inner = whole.get("error").filter(|inner| !inner.is_null());
    let is_error = whole.get("type").and_then(Value::as_str) == Some("error");
    (inner.is_some() || is_error).then(|| told(inner.unwrap_or(&Value::Null)))
}

/// The event by which a stream that breaks off says so; what would end it properly never follows.
pub(super) fn written(error: &ProviderError) -> String {
    let kind = error.kind.as_deref().filter(|kind| TYPES.contains(kind));
    format!(
        "event: error\ndata: {{\"type\":\"error\",\"error\":{{\"type\":\"{}\",\"message\":{}}}}}\n\n",
        kind.unwrap_or("api_error"),
        quoted(&error.message),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn er_07_a_stream_that_begins_with_an_error_has_failed() {
        let error = |bytes: &str| leading(bytes.as_bytes()).map(|error| error.message);
        let overloaded = r#"{"type":"error","error":{"type":"overloaded_error","message":"Full"}}"#;
        let frame = format!(": hello\n\nevent: error\ndata: {overloaded}\n\n");
        assert_eq!(error(&frame).as_deref(), Some("Full"));
        assert_eq!(error(overloaded).as_deref(), Some("Full"));
        assert!(error("event: error\ndata: {\"type\":\"error\"}\n\n").is_some());
        let start = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{}}\n\n";
        assert_eq!(error(start), None);
        assert_eq!(error("event: error\ndata: {\"type\":\"err"), None);
    }
}
