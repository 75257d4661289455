//! The few edits of a request that goes to a provider of its own dialect. Everything else stays as
//! the caller wrote it, byte for byte.

use memchr::memmem;
use serde::Deserialize;
use serde_json::value::RawValue;
use tollgate_model::Refusal;

use crate::codec::{Forward, Head, Target, Thread};
use crate::ladder::unsupported;
use crate::openai_responses::forms::quoted;
use crate::scan::{Place, Span};
use crate::seal;
use crate::splice::Splice;

/// Where the members lie that a request on its way may have to change.
#[derive(Debug)]
pub(super) struct Places {
    pub(super) thread: Thread,
    /// A tool that has a price of its own.
    pub(super) unpriced: Option<&'static str>,
    /// The value of `model`.
    pub(super) model: Span,
    /// Where a member of the request can be added.
    pub(super) member: Place,
    /// The value of `max_output_tokens`.
    pub(super) limit: Option<Span>,
    /// The value of `previous_response_id`, where the provider is not to read it.
    pub(super) stale: Option<Span>,
    /// See [`without_seals`].
    pub(super) unsealed: Option<(Span, String)>,
}

impl Forward for Places {
    fn edits(
        &self,
        head: &Head,
        target: &Target<'_>,
        limit: Option<u64>,
    ) -> Result<Splice, Refusal> {
        if let Some(tool) = self.unpriced {
            let detail = format!(
                "What the provider does with the tool `{tool}` has a price of its own, which is not \
                 known here."
            );
            return Err(unsupported("tools", detail));
        }
        let mut splice = Splice::default();
        if head.model != target.model {
            splice.replace(self.model, quoted(target.model));
        }
        if let Some(stale) = self.stale {
            splice.replace(stale, "null");
        }
        if let Some((place, input)) = &self.unsealed {
            splice.replace(*place, input.as_str());
        }
        match (limit, self.limit) {
            (None, _) => {}
            (Some(limit), Some(place)) => splice.replace(place, limit.to_string()),
            (Some(limit), None) => {
                let member = self.member.member("max_output_tokens", &limit.to_string());
                splice.insert(self.member.at, member);
            }
        }
        Ok(splice)
    }

    fn thread(&self) -> Option<&Thread> {
        Some(&self.thread)
    }
}

/// Where the input stands, and what it is without the reasoning of other providers, which we sealed:
/// a provider of this dialect refuses what it has not encrypted itself. `None` where there is none.
pub(super) fn without_seals(body: &[u8], input: Option<Span>) -> Option<(Span, String)> {
    let place = input?;
    let text = place.of(body);
    memmem::find(text, seal::MARK.as_bytes())?;
    let items: Vec<&RawValue> = serde_json::from_slice(text).ok()?;
    let kept: Vec<&str> = items
        .iter()
        .map(|item| item.get())
        .filter(|item| !is_sealed(item))
        .collect();
    (kept.len() < items.len()).then(|| (place, format!("[{}]", kept.join(","))))
}

fn is_sealed(item: &str) -> bool {
    #[derive(Deserialize)]
    struct Item {
        encrypted_content: String,
    }
    item.contains(seal::MARK)
        && serde_json::from_str::<Item>(item)
            .is_ok_and(|item| item.encrypted_content.starts_with(seal::MARK))
}
