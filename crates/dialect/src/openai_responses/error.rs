//! Errors, as answers of their own, as events, and as the end of an answer that had begun.

use serde_json::Value;

use crate::codec::ProviderError;
use crate::fault;
use crate::sse::Frames;

/// Reads an error answer.
pub(super) fn read(status: u16, body: &[u8]) -> ProviderError {
    fault::read(status, body).0
}

/// An error of which nothing is known.
fn unsaid() -> ProviderError {
    ProviderError {
        message: "The provider told of an error and did not say which.".to_owned(),
        ..ProviderError::default()
    }
}

/// The error that an event tells: in itself (`error`), under `error`, or in the answer that failed.
pub(super) fn told(event: &Value) -> ProviderError {
    let places = ["/response/error", "/error"];
    let inner = places.iter().find_map(|place| event.pointer(place));
    let inner = inner.filter(|inner| !inner.is_null()).unwrap_or(event);
    let mut error = match inner.get("message") {
        Some(_) => fault::from_json(inner).unwrap_or_else(unsaid),
        None => unsaid(),
    };
    // The type of the event is not that of the error.
    error.kind = error.kind.filter(|kind| kind != "error");
    error
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
    let event: Value = serde_json::from_slice(text).ok()?;
    let kind = event.get("type").and_then(Value::as_str);
    let has_error = event.get("error").is_some_and(|error| !error.is_null());
    (has_error || matches!(kind, Some("error" | "response.failed"))).then(|| told(&event))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn er_07_a_stream_that_begins_with_an_error_has_failed() {
        let error = |bytes: &str| leading(bytes.as_bytes()).map(|error| error.message);
        let event = r#"{"type":"error","code":"server_error","message":"Full","param":null}"#;
        assert_eq!(
            error(&format!("event: error\ndata: {event}\n\n")).as_deref(),
            Some("Full")
        );
        let failed =
            r#"{"type":"response.failed","response":{"error":{"code":"x","message":"Bad"}}}"#;
        assert_eq!(
            error(&format!("data: {failed}\n\n")).as_deref(),
            Some("Bad")
        );
        assert_eq!(
            error(r#"{"error":{"message":"No"}}"#).as_deref(),
            Some("No")
        );
        assert!(error("data: {\"type\":\"error\"}\n\n").is_some());
        let begun = r#"{"type":"response.created","response":{"error":null}}"#;
        assert_eq!(
            error(&format!("event: response.created\ndata: {begun}\n\n")),
            None
        );
        assert_eq!(error("event: error\ndata: {\"type\":\"err"), None);
    }
}
