//! Errors: as answers of their own, as messages of a stream, and in place of answers.

use serde_json::Value;

use crate::codec::ProviderError;
use crate::event_stream::{self, Frame, Kind};
use crate::fault;

/// Exceptions that a stream may end with; the names are those of its members.
const IN_STREAMS: [&str; 5] = [
    "internalServerException",
    "modelStreamErrorException",
    "validationException",
    "throttlingException",
    "serviceUnavailableException",
];

/// Reads an error answer: `{"message": …}`, with the type in `__type` where it is in no header.
pub(super) fn read(status: u16, body: &[u8]) -> ProviderError {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    told(&value).unwrap_or_else(|| fault::read(status, body).0)
}

/// The error that an object tells; `None` where it tells none.
fn told(value: &Value) -> Option<ProviderError> {
    let text = |name: &str| value.get(name)?.as_str();
    let kind = text("__type").map(type_name);
    let words = text("message").or_else(|| text("Message"));
    let original = text("originalMessage");
    let message = words.or(original).or(kind)?;
    Some(ProviderError {
        message: fault::safe(message, 1000),
        kind: kind.map(|kind| fault::safe(kind, 100)),
        ..ProviderError::default()
    })
}

/// The name of a type of error without its namespace and address:
/// `com.amazon.coral.service#ThrottlingException:http://…`.
pub fn type_name(text: &str) -> &str {
    let name = text.split(':').next().unwrap_or_default();
    name.rsplit_once('#').map_or(name, |(_, name)| name).trim()
}

/// The error of a message that is one.
pub(super) fn of_frame(frame: &Frame<'_>) -> Option<ProviderError> {
    let words = match frame.kind {
        Kind::Event => return None,
        Kind::Exception => "",
        Kind::Error(words) => words,
    };
    let value: Value = serde_json::from_slice(frame.payload).unwrap_or_default();
    let known = told(&value).unwrap_or_else(|| {
        let message = match words {
            "" => "The provider ended the stream with an error and did not say which.",
            words => words,
        };
        ProviderError {
            message: fault::safe(message, 1000),
            ..ProviderError::default()
        }
    });
    let name = Some(frame.name).filter(|name| !name.is_empty());
    let original = value.get("originalStatusCode").and_then(Value::as_u64);
    let status = original.or_else(|| status_of(frame.name));
    Some(ProviderError {
        kind: name.map(|name| fault::safe(name, 100)).or(known.kind),
        code: status.map(|status| status.to_string()),
        ..known
    })
}

/// The status with which an exception would have been an answer of its own.
fn status_of(exception: &str) -> Option<u64> {
    match exception {
        "validationException" => Some(400),
        "modelStreamErrorException" => Some(424),
        "throttlingException" => Some(429),
        "internalServerException" => Some(500),
        "serviceUnavailableException" => Some(503),
        _ => None,
    }
}

/// The error that an object tells in place of an answer; `None` where it is an answer.
pub(super) fn in_place_of_answer(body: &[u8]) -> Option<ProviderError> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let answers = value.get("output").is_some();
    if answers {
        return None;
    }
    let inner = value.get("error").and_then(fault::from_json);
    told(&value).or(inner)
}

/// The error with which a stream begins: `None` where its first message is something else or has not
/// come yet. A body that is no stream but one JSON object counts too.
pub(super) fn leading(first: &[u8]) -> Option<ProviderError> {
    if first.trim_ascii_start().starts_with(b"{") {
        return in_place_of_answer(first);
    }
    match event_stream::first(first) {
        Ok(first) => first.and_then(|(frame, _)| of_frame(&frame)),
        Err(error) => Some(ProviderError {
            message: error.to_string(),
            ..ProviderError::default()
        }),
    }
}

/// The message by which a stream that breaks off says so.
pub(super) fn written(error: &ProviderError, out: &mut Vec<u8>) {
    let kind = error
        .kind
        .as_deref()
        .filter(|kind| IN_STREAMS.contains(kind));
    let payload = serde_json::json!({ "message": error.message }).to_string();
    let name = kind.unwrap_or("modelStreamErrorException");
    event_stream::exception(name, payload.as_bytes(), out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn er_03_the_type_of_an_error_is_read_without_its_namespace() {
        let error = |body: &str| {
            let error = read(400, body.as_bytes());
            (error.message, error.kind.unwrap_or_default())
        };
        let both = |message: &str, kind: &str| (message.to_owned(), kind.to_owned());
        assert_eq!(
            error(
                r#"{"__type":"com.amazon.coral.service#ThrottlingException:http://x/","message":"Slow down"}"#
            ),
            both("Slow down", "ThrottlingException")
        );
        assert_eq!(
            error(r#"{"Message":"Not allowed"}"#),
            both("Not allowed", "")
        );
        assert_eq!(
            error(r#"{"__type":"UnrecognizedClientException"}"#),
            both("UnrecognizedClientException", "UnrecognizedClientException")
        );
        let page = "The provider answered with status 400 and a page instead of JSON.";
        assert_eq!(error("<html>"), both(page, ""));
    }

    #[test]
    fn er_07_a_stream_that_begins_with_an_exception_has_failed() {
        let mut bytes = Vec::new();
        let payload = br#"{"message":"Full","originalStatusCode":529}"#;
        event_stream::exception("modelStreamErrorException", payload, &mut bytes);
        let error = leading(&bytes).unwrap();
        assert_eq!(error.message, "Full");
        assert_eq!(error.kind.as_deref(), Some("modelStreamErrorException"));
        assert_eq!(error.code.as_deref(), Some("529"));
        assert_eq!(leading(&bytes[..20]), None);
        assert_eq!(leading(br#"{"message":"No"}"#).unwrap().message, "No");
        bytes.clear();
        event_stream::event("messageStart", b"{\"role\":\"assistant\"}", &mut bytes);
        assert_eq!(leading(&bytes), None);
        assert!(leading(&[0; 12]).is_some(), "what is no stream is an error");
    }
}
