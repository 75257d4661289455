//! Errors: `{"error": …}` as an answer of its own, and as a line of a stream.

use serde_json::Value;

use crate::codec::ProviderError;
use crate::fault;

/// Reads an error answer.
pub(super) fn read(status: u16, body: &[u8]) -> ProviderError {
    fault::read(status, body).0
}

/// The error under `error` of a line or an answer that is one.
pub(super) fn told(error: &Value) -> ProviderError {
    fault::from_json(error).unwrap_or_else(|| ProviderError {
        message: "The provider told of an error and did not say which.".to_owned(),
        ..ProviderError::default()
    })
}

/// The error that an object tells in place of an answer; `None` where it has none.
pub(super) fn in_place_of_answer(text: &[u8]) -> Option<ProviderError> {
    let whole: Value = serde_json::from_slice(text).ok()?;
    let error = whole.get("error").filter(|error| !error.is_null())?;
    Some(told(error))
}

/// The error with which a stream begins: `None` where its first line is something else or has not
/// come yet.
pub(super) fn leading(first: &[u8]) -> Option<ProviderError> {
    let mut lines = first.split(|byte| *byte == b'\n');
    in_place_of_answer(lines.find(|line| !line.trim_ascii().is_empty())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn er_07_a_stream_that_begins_with_an_error_has_failed() {
        let error = |bytes: &str| leading(bytes.as_bytes()).map(|error| error.message);
        let told = error("\n{\"error\":\"model runner has unexpectedly stopped\"}\n");
        assert_eq!(
            told.as_deref(),
            Some("model runner has unexpectedly stopped")
        );
        assert!(error(r#"{"error":{}}"#).is_some());
        assert_eq!(
            error("{\"message\":{\"content\":\"x\"},\"done\":false}\n"),
            None
        );
        assert_eq!(error("{\"error\":\"mod"), None);
        assert_eq!(error(""), None);
    }
}
