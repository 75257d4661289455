//! Errors of providers that speak the dialect: as the body of an answer, or as a frame of a stream.

use serde_json::Value;

use crate::codec::ProviderError;
use crate::fault;
use crate::sse::Frames;

/// Reads an error answer.
pub(crate) fn decode(status: u16, body: &[u8]) -> ProviderError {
    let (error, inner) = fault::read(status, body);
    let whole = serde_json::from_slice(body).unwrap_or_default();
    complete(error, &inner, &whole)
}

/// The error that an object tells in place of an answer; `None` where it has none.
pub(crate) fn in_place_of_answer(text: &[u8]) -> Option<ProviderError> {
    let whole: Value = serde_json::from_slice(text).ok()?;
    let inner = whole
        .get("error")
        .filter(|inner| !matches!(inner, Value::Null))?;
    let told = fault::from_json(inner).unwrap_or_else(unsaid);
    Some(complete(told, inner, &whole))
}

/// An error of which nothing is known.
pub(crate) fn unsaid() -> ProviderError {
    ProviderError {
        message: "The provider told of an error and did not say which.".to_owned(),
        ..ProviderError::default()
    }
}

/// The error with which a stream begins (`HTTP 200` and then an error): `None` where its first frame
/// is something else or has not come yet. A body that is no stream but one JSON object counts too.
pub(crate) fn leading_error(first_bytes: &[u8]) -> Option<ProviderError> {
    if first_bytes.trim_ascii_start().starts_with(b"{") {
        return in_place_of_answer(first_bytes);
    }
    let mut frames = Frames::default();
    frames.push(first_bytes);
    let frame = frames.next_frame().ok()??;
    in_place_of_answer(frame.data.as_bytes())
}

/// Adds what some providers write beside the error or deeper in it.
fn complete(mut error: ProviderError, inner: &Value, whole: &Value) -> ProviderError {
    if error.code.is_none() {
        error.code = whole
            .get("code")
            .and_then(Value::as_str)
            .map(|code| fault::safe(code, 100));
    }
    let waits = [
        inner.pointer("/metadata/retry_after_seconds"),
        inner.pointer("/metadata/retry_after"),
        inner.get("retry_after"),
        whole.get("retry_after"),
    ];
    let seconds = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
    error.retry_after = error
        .retry_after
        .or(waits.into_iter().flatten().find_map(seconds));
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_answers_of_every_shape_are_read() {
        let read = |body: &str| decode(402, body.as_bytes());
        let openai = read(
            r#"{"error":{"message":"Too many","type":"requests","param":"n","code":"rate_limit"}}"#,
        );
        assert_eq!(openai.message, "Too many");
        assert_eq!(openai.code.as_deref(), Some("rate_limit"));
        assert_eq!(openai.kind.as_deref(), Some("requests"));
        assert_eq!(openai.param.as_deref(), Some("n"));
        let flat = read(r#"{"code":"blocked:spending-limit","error":"You have run out"}"#);
        assert_eq!(flat.message, "You have run out");
        assert_eq!(flat.code.as_deref(), Some("blocked:spending-limit"));
        let router =
            read(r#"{"error":{"code":402,"message":"In flight","metadata":{"retry_after":7}}}"#);
        assert_eq!(
            (router.code.as_deref(), router.retry_after),
            (Some("402"), Some(7))
        );
        let list = read(r#"[{"error":{"code":400,"message":"bad","status":"INVALID"}}]"#);
        assert_eq!(list.message, "bad");
    }

    #[test]
    fn er_06_bodies_that_are_no_json_give_a_safe_message() {
        for body in [&b""[..], b"<html>", b"\xFF\xFE", &[b'x'; 100_000]] {
            let message = decode(500, body).message;
            assert!(
                !message.is_empty() && message.chars().count() <= 1000,
                "{message}"
            );
            assert!(!message.chars().any(char::is_control));
        }
    }

    #[test]
    fn er_07_a_stream_that_begins_with_an_error_has_failed() {
        let error = |bytes: &str| leading_error(bytes.as_bytes()).map(|error| error.message);
        let frame = ": hello\n\ndata: {\"error\":{\"code\":402,\"message\":\"no\"}}\n\n";
        assert_eq!(error(frame).as_deref(), Some("no"));
        assert_eq!(
            error("event: error\ndata: {\"error\":\"no\"}\n\n").as_deref(),
            Some("no")
        );
        assert_eq!(
            error("{\"error\":{\"message\":\"no\"}}").as_deref(),
            Some("no")
        );
        assert_eq!(error("data: {\"id\":\"x\",\"choices\":[]}\n\n"), None);
        assert_eq!(error("data: {\"error\":null,\"choices\":[]}\n\n"), None);
        assert_eq!(error("data: {\"error\":{\"mess"), None);
    }
}
