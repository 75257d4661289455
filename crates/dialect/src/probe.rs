//! Single members of a scanned request, read where they lie.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use tollgate_model::Refusal;

use crate::ladder::malformed;
use crate::scan::Span;

/// The longest name of a model, in bytes.
const MODEL_LIMIT: usize = 256;
/// The largest limit of tokens that is taken for meant.
pub(crate) const MAX_TOKENS_LIMIT: u64 = u32::MAX as u64;

/// A member that must be there is not.
pub(crate) fn missing(name: &str) -> Refusal {
    let detail = format!("The body has no member `{name}`, which every chat request needs.");
    malformed(name, detail)
}

/// A member is not what it should be.
pub(crate) fn wrong_type(name: &str, expected: &str) -> Refusal {
    malformed(name, format!("`{name}` must be {expected}."))
}

/// The name of a model, which must be there, and where it stands.
pub(crate) fn model(body: &[u8], span: Option<Span>) -> Result<(String, Span), Refusal> {
    let span = span.ok_or_else(|| missing("model"))?;
    let name: String =
        serde_json::from_slice(span.of(body)).map_err(|_| wrong_type("model", "a string"))?;
    if name.is_empty() || name.len() > MODEL_LIMIT {
        let detail = format!("`model` must be a name of 1 to {MODEL_LIMIT} bytes.");
        return Err(malformed("model", detail));
    }
    Ok((name, span))
}

/// The conversation, which must be an array with something in it.
pub(crate) fn conversation<'a>(
    body: &'a [u8],
    span: Option<Span>,
    name: &str,
) -> Result<&'a [u8], Refusal> {
    let text = span.ok_or_else(|| missing(name))?.of(body);
    let inside = text
        .strip_prefix(b"[")
        .ok_or_else(|| wrong_type(name, "an array"))?;
    if inside.trim_ascii_start().starts_with(b"]") {
        let detail = format!("`{name}` is empty; send at least one message.");
        return Err(malformed(name, detail));
    }
    Ok(text)
}

/// `true` or `false`, where it is there and not null.
pub(crate) fn flag(body: &[u8], span: Option<Span>, name: &str) -> Result<Option<bool>, Refusal> {
    match span.map(|span| span.of(body)) {
        None | Some(b"null") => Ok(None),
        Some(b"true") => Ok(Some(true)),
        Some(b"false") => Ok(Some(false)),
        Some(_) => Err(wrong_type(name, "true or false")),
    }
}

/// A whole number from 1 to `limit`, where it is there and not null.
pub(crate) fn number(
    body: &[u8],
    span: Option<Span>,
    name: &str,
    limit: u64,
) -> Result<Option<u64>, Refusal> {
    let text = span.map(|span| span.of(body));
    let Some(text) = text.filter(|text| *text != b"null") else {
        return Ok(None);
    };
    let number = std::str::from_utf8(text)
        .ok()
        .and_then(|text| text.parse().ok());
    match number.filter(|number| (1..=limit).contains(number)) {
        Some(number) => Ok(Some(number)),
        None => {
            let detail = format!("`{name}` must be a whole number from 1 to {limit}.");
            Err(malformed(name, detail))
        }
    }
}

/// How many members there are whose name ends in `_url`: pictures and the like that may lie elsewhere.
/// A quote inside a text is escaped, so a name in quotes before a colon is a key.
pub(crate) fn urls(text: &[u8]) -> usize {
    static STEM: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("_url\""));
    let is_key = |at: &usize| {
        let rest = text.get(at + STEM.needle().len()..);
        rest.is_some_and(is_before_colon)
    };
    STEM.find_iter(text).filter(is_key).count()
}

/// The key whose opening quote stands at `at`; `None` where it is not the key of a member. A quote
/// inside a text is escaped, so that a name in quotes before a colon is a key.
pub(crate) fn key_at(text: &[u8], at: usize) -> Option<&[u8]> {
    let text = text.get(at + 1..)?;
    let end = memchr::memchr(b'"', text)?;
    let (key, rest) = text.split_at_checked(end)?;
    let is_key = !key.contains(&b'\\') && rest.get(1..).is_some_and(is_before_colon);
    is_key.then_some(key)
}

/// How many members of a name, which is given in its quotes, hold an object.
pub(crate) fn objects(text: &[u8], name: &Finder<'_>) -> usize {
    let is_object = |at: &usize| {
        let rest = text.get(at + name.needle().len()..);
        let value = rest.and_then(|rest| rest.trim_ascii_start().strip_prefix(b":"));
        value.is_some_and(|value| value.trim_ascii_start().starts_with(b"{"))
    };
    name.find_iter(text).filter(is_object).count()
}

/// Whether a colon comes next.
pub(crate) fn is_before_colon(rest: &[u8]) -> bool {
    rest.trim_ascii_start().starts_with(b":")
}

/// Escapes of ASCII letters and underscores, which no honest writer makes and behind which a key
/// could hide.
pub(crate) fn escaped_letters(text: &[u8]) -> usize {
    static ESCAPE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\\u00"));
    ESCAPE
        .find_iter(text)
        .filter(|at| {
            let before = text.get(..*at).unwrap_or_default();
            let slashes = before
                .iter()
                .rev()
                .take_while(|byte| **byte == b'\\')
                .count();
            slashes % 2 == 0 && matches!(text.get(at + 4), Some(b'4'..=b'7'))
        })
        .count()
}
