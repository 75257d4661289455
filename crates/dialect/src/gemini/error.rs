//! Errors, as answers of their own and in place of answers: `google.rpc.Status`.

use serde_json::Value;

use crate::codec::ProviderError;
use crate::fault;
use crate::sse::Frames;

/// Reads an error answer, which may stand in an array.
pub(super) fn read(status: u16, body: &[u8]) -> ProviderError {
    let (fault, inner) = fault::read(status, body);
    complete(fault, &inner)
}

/// The error that an object tells in place of an answer, which may stand in an array; `None` where it
/// has none. What follows the object is not read.
pub(super) fn in_place_of_answer(text: &[u8]) -> Option<ProviderError> {
    let text = text.trim_ascii_start();
    let text = text.strip_prefix(b"[").unwrap_or(text);
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<Value>();
    let whole = values.next()?.ok()?;
    let inner = whole.get("error").filter(|inner| !inner.is_null())?;
    Some(told(inner))
}

/// The error under `error` of an answer that is one.
pub(super) fn told(error: &Value) -> ProviderError {
    let fault = fault::from_json(error).unwrap_or_else(|| ProviderError {
        message: "The provider told of an error and did not say which.".to_owned(),
        ..ProviderError::default()
    });
    complete(fault, error)
}

/// Adds what an error says besides its message: status word, reason and when to retry.
fn complete(mut fault: ProviderError, error: &Value) -> ProviderError {
    let text = |value: &Value, name: &str| value.get(name)?.as_str().map(str::to_owned);
    fault.kind = text(error, "status").or(fault.kind);
    let details = error.get("details").and_then(Value::as_array);
    for detail in details.into_iter().flatten() {
        let kind = text(detail, "@type").unwrap_or_default();
        if kind.ends_with("google.rpc.ErrorInfo") {
            fault.code = text(detail, "reason").or(fault.code);
        }
        if kind.ends_with("google.rpc.RetryInfo") {
            fault.retry_after = text(detail, "retryDelay").and_then(|delay| seconds(&delay));
        }
    }
    fault
}

/// Whole seconds of a duration such as `34.07s`, rounded up.
fn seconds(duration: &str) -> Option<u64> {
    let number = duration.strip_suffix('s')?;
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let more = part.bytes().any(|digit| digit != b'0');
    whole.parse::<u64>().ok()?.checked_add(u64::from(more))
}

/// The error with which a stream begins: `None` where its first frame is something else or has not
/// come yet. A body that is no stream but JSON counts too, in an array as well.
pub(super) fn leading(first: &[u8]) -> Option<ProviderError> {
    let begins = first.trim_ascii_start();
    if begins.starts_with(b"{") || begins.starts_with(b"[") {
        return in_place_of_answer(begins);
    }
    let mut frames = Frames::default();
    frames.push(first);
    let frame = frames.next_frame().ok()??;
    in_place_of_answer(frame.data.as_bytes())
}
