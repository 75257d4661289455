//! Error answers of providers: JSON in one of the known shapes, or anything else, made safe to show
//! and to keep.

use serde_json::Value;

use crate::codec::ProviderError;

/// The most bytes of an error answer that are read.
const READ: usize = 64 * 1024;
/// The most characters of a message.
const SHOWN: usize = 1000;
/// The most characters of a code or type word.
const WORD: usize = 100;

/// Reads an error answer: what all dialects have in common, and the object under `error` for what
/// one has besides.
pub(crate) fn read(status: u16, body: &[u8]) -> (ProviderError, Value) {
    let body = body.get(..READ).unwrap_or(body);
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    let value = match value {
        Value::Array(mut list) if !list.is_empty() => list.swap_remove(0),
        other => other,
    };
    let inner = match value {
        Value::Object(mut object) => object.remove("error").unwrap_or(Value::Object(object)),
        other => other,
    };
    let fault = from_json(&inner).unwrap_or_else(|| from_anything(status, body));
    (fault, inner)
}

/// The error that an object or text under `error` tells, where it has a message.
pub(crate) fn from_json(inner: &Value) -> Option<ProviderError> {
    let shown = |text: &str| Some(safe(text, SHOWN)).filter(|text| !text.is_empty());
    if let Value::String(message) = inner {
        return Some(ProviderError {
            message: shown(message)?,
            ..ProviderError::default()
        });
    }
    let message = ["message", "detail"]
        .iter()
        .find_map(|name| shown(inner.get(name)?.as_str()?));
    let word = |name: &str| match inner.get(name)? {
        Value::String(word) => Some(safe(word, WORD)).filter(|word| !word.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let kind = word("type");
    let message = message.or_else(|| kind.clone())?;
    let fault = ProviderError {
        message,
        code: word("code"),
        kind,
        param: word("param"),
        retry_after: None,
    };
    Some(fault)
}

fn from_anything(status: u16, body: &[u8]) -> ProviderError {
    let text = std::str::from_utf8(body).map(|text| safe(text, SHOWN));
    let message = match text {
        Ok(text) if text.is_empty() => {
            format!("The provider answered with status {status} and no body.")
        }
        Ok(page) if page.starts_with('<') => {
            format!("The provider answered with status {status} and a page instead of JSON.")
        }
        Ok(text) => text,
        Err(_) => format!("The provider answered with status {status} and a body that is no text."),
    };
    ProviderError {
        message,
        ..ProviderError::default()
    }
}

/// A text without control characters, keys and addresses, of at most `most` characters.
pub(crate) fn safe(text: &str, most: usize) -> String {
    let printable = |c: char| if c.is_control() { ' ' } else { c };
    let text: String = text.chars().take(4 * most).map(printable).collect();
    let words: Vec<&str> = text.split_whitespace().map(redacted).collect();
    let mut out = words.join(" ");
    if out.chars().count() > most {
        out = out.chars().take(most.saturating_sub(1)).collect();
        out.push('…');
    }
    out
}

fn redacted(word: &str) -> &str {
    let plain = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    let secret = ["sk-", "sk_", "tg_", "ya29.", "eyJ"]
        .iter()
        .any(|p| plain.starts_with(p));
    if (secret && plain.len() >= 12) || word.contains("AIza") {
        "[key]"
    } else if word.contains("://") {
        "[address]"
    } else {
        word
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn er_06_whatever_an_error_body_is_the_message_is_bounded_and_plain() {
        let long = "x".repeat(100_000);
        let nested = format!("{{\"error\":{{\"message\":\"{long}\"}}}}");
        let cases: [(&[u8], &str); 10] = [
            (
                br#"{"error":{"type":"api_error","message":" "}}"#,
                "api_error",
            ),
            (br#"{"error":""}"#, r#"{"error":""}"#),
            (b"", "The provider answered with status 502 and no body."),
            (
                b"<html><title>Bad gateway</title></html>",
                "The provider answered with status 502 and a page instead of JSON.",
            ),
            (
                b"\x1f\x8b\x08\x00\xff",
                "The provider answered with status 502 and a body that is no text.",
            ),
            (b"upstream\x07 connect\r\n error", "upstream connect error"),
            (br#"{"error":"model is loading"}"#, "model is loading"),
            (br#"{"message":"no such route"}"#, "no such route"),
            (
                br#"{"error":{"message":"bad key (sk-abcdefghijkl) at https://10.0.0.1/v1"}}"#,
                "bad key [key] at [address]",
            ),
            (
                br#"{"error":{"type":"overloaded_error"}}"#,
                "overloaded_error",
            ),
        ];
        for (body, want) in cases {
            assert_eq!(read(502, body).0.message, want);
        }
        for body in [long.as_bytes(), nested.as_bytes()] {
            assert!(read(500, body).0.message.chars().count() <= SHOWN);
        }
    }

    #[test]
    fn codes_may_be_words_or_numbers() {
        let read = |body: &str| read(429, body.as_bytes()).0;
        let word = read(r#"{"error":{"message":"m","type":"t","code":"c","param":"p"}}"#);
        assert_eq!(word.code.as_deref(), Some("c"));
        assert_eq!(word.kind.as_deref(), Some("t"));
        assert_eq!(word.param.as_deref(), Some("p"));
        let number = read(r#"[{"error":{"message":"m","code":429}}]"#);
        assert_eq!(number.code.as_deref(), Some("429"));
    }
}
