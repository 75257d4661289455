//! Errors: `{"message": …, "id": …}` as an answer of its own, a reason to finish in place of a whole
//! answer, an event at the end of a stream.

use serde_json::Value;

use crate::codec::ProviderError;
use crate::fault;
use crate::sse::Frames;

/// Reads an error answer.
pub(super) fn read(status: u16, body: &[u8]) -> ProviderError {
    fault::read(status, body).0
}

/// The error that a reason to finish tells of, with what the provider says of it.
pub(super) fn of_finish(reason: Option<&str>, told: Option<&str>) -> Option<ProviderError> {
    let told = told.filter(|told| !told.is_empty());
    let why = match reason {
        Some("ERROR") => "The model failed before its answer was complete.",
        Some("TIMEOUT") => "The model did not complete its answer in time.",
        _ => told?,
    };
    let said = Value::String(told.unwrap_or(why).to_owned());
    Some(fault::from_json(&said).unwrap_or_else(|| ProviderError {
        message: why.to_owned(),
        ..ProviderError::default()
    }))
}

/// The error that an object tells in place of an answer or an event: its message is a text, where an
/// answer has one of the model.
pub(super) fn in_place_of_answer(text: &[u8]) -> Option<ProviderError> {
    let whole: Value = serde_json::from_slice(text).ok()?;
    of_object(&whole)
}

fn of_object(whole: &Value) -> Option<ProviderError> {
    if let Some(error) = whole.get("error").filter(|error| !error.is_null()) {
        return Some(fault::from_json(error).unwrap_or_else(unsaid));
    }
    let said = whole.get("message").and_then(Value::as_str)?;
    let is_error = whole.get("delta").is_none() && whole.get("finish_reason").is_none();
    is_error.then(|| match said {
        "" => unsaid(),
        _ => fault::from_json(whole).unwrap_or_else(unsaid),
    })
}

/// An error of which nothing is known.
pub(super) fn unsaid() -> ProviderError {
    ProviderError {
        message: "The provider told of an error and did not say which.".to_owned(),
        ..ProviderError::default()
    }
}

/// The error with which a stream begins: `None` where its first event is something else or has not
/// come yet. A body that is no stream but one JSON object counts too.
pub(super) fn leading(first: &[u8]) -> Option<ProviderError> {
    if first.trim_ascii_start().starts_with(b"{") {
        return in_place_of_answer(first);
    }
    let mut frames = Frames::default();
    frames.push(first);
    let frame = frames.next_frame().ok()??;
    let whole: Value = serde_json::from_str(frame.data).ok()?;
    let text = |path: &str| whole.pointer(path).and_then(Value::as_str);
    let told = (text("/delta/finish_reason"), text("/delta/error"));
    of_object(&whole).or_else(|| of_finish(told.0, told.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn er_07_a_stream_that_begins_with_an_error_has_failed() {
        let error = |bytes: &str| leading(bytes.as_bytes()).map(|error| error.message);
        let told = error(r#"{"message":"invalid api token","id":"x"}"#);
        assert_eq!(told.as_deref(), Some("invalid api token"));
        let end = concat!(
            r#"data: {"type":"message-end","delta":{"finish_reason":"ERROR","error":"Full"}}"#,
            "\n\n"
        );
        assert_eq!(error(end).as_deref(), Some("Full"));
        let start = r#"data: {"type":"message-start","delta":{"message":{"role":"assistant"}}}"#;
        assert_eq!(error(&format!("{start}\n\n")), None);
        assert_eq!(error(r#"data: {"message":"no"#), None);
    }
}
