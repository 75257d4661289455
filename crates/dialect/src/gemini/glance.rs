//! What a piece of a streamed answer tells without its content being decoded.

use memchr::memmem;
use tollgate_model::Usage;

use super::error;
use super::response::consumed;
use crate::codec::ProviderError;
use crate::scan;

/// What a look at a piece finds.
#[derive(Debug, Default)]
pub(super) struct Glance {
    /// The error, where it is one.
    pub(super) error: Option<ProviderError>,
    /// What was consumed so far.
    pub(super) usage: Option<Usage>,
    /// Whether it says why the answer ended.
    pub(super) is_end: bool,
    /// Whether it has text, a call or a medium.
    pub(super) has_content: bool,
}

impl Glance {
    /// Looks at a piece; `None` where it is no object.
    pub(super) fn at(data: &[u8]) -> Option<Glance> {
        let names = ["error", "usageMetadata", "candidates", "promptFeedback"];
        let object = scan::scan(data, names).ok()?;
        let [fault, usage, candidates, feedback] =
            object.values.map(|span| span.map(|span| span.of(data)));
        if fault.is_some_and(|fault| fault != b"null") {
            return Some(Glance {
                error: error::in_place_of_answer(data),
                ..Glance::default()
            });
        }
        let usage = consumed(data, usage);
        let said = candidates.unwrap_or_default();
        let blocked = feedback.is_some_and(|text| has(text, "\"blockReason\"", is_full));
        Some(Glance {
            error: None,
            usage,
            is_end: blocked || has(said, "\"finishReason\"", is_full),
            has_content: has(said, "\"text\"", is_full)
                || has(said, "\"functionCall\"", |value| value.starts_with(b"{"))
                || has(said, "\"inlineData\"", |value| value.starts_with(b"{"))
                || has(said, "\"code\"", is_full),
        })
    }
}

/// Whether a value is a text that is not empty.
fn is_full(value: &[u8]) -> bool {
    value.starts_with(b"\"") && !value.starts_with(b"\"\"")
}

/// Whether a member of this name, given in its quotes, has a value that is `wanted`. Inside a text
/// the quotes of the name would be escaped, so that it is not found there.
fn has(text: &[u8], name: &str, wanted: impl Fn(&[u8]) -> bool) -> bool {
    let is_wanted = |at: usize| {
        let after = text.get(at + name.len()..).unwrap_or_default();
        let value = after.trim_ascii_start().strip_prefix(b":");
        value.is_some_and(|value| wanted(value.trim_ascii_start()))
    };
    memmem::find_iter(text, name.as_bytes()).any(is_wanted)
}
