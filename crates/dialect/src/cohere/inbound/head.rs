//! What must be known of a request before it is served, and the few edits of one that goes to a
//! provider of its own dialect.

use tollgate_model::Refusal;

use crate::codec::{Forward, Head, Target};
use crate::openai_chat::wire::quoted;
use crate::probe;
use crate::scan::{self, Place, Span};
use crate::splice::Splice;
use crate::tier::Wish;

/// Reads the head. Fails with `request_malformed`, naming the member at fault; the whole body is
/// checked to be JSON.
pub(super) fn read(body: &[u8]) -> Result<Head, Refusal> {
    let object = scan::scan(body, ["model", "stream", "max_tokens", "messages"])?;
    let [model, stream, max_tokens, messages] = object.values;
    let (name, model) = probe::model(body, model)?;
    let messages = probe::conversation(body, messages, "messages")?;
    let parts = probe::urls(messages) + probe::escaped_letters(messages);
    Ok(Head {
        model: name,
        stream: probe::flag(body, stream, "stream")?.unwrap_or(false),
        stream_usage: true,
        max_tokens: probe::number(body, max_tokens, "max_tokens", probe::MAX_TOKENS_LIMIT)?,
        answers: 1,
        remote_parts: u32::try_from(parts).unwrap_or(u32::MAX),
        searches: 0,
        tier: Wish::Usual,
        forward: Box::new(Places {
            model,
            member: object.place,
            max_tokens,
        }),
    })
}

/// Where the members lie that a request on its way may have to change.
#[derive(Clone, Copy, Debug)]
struct Places {
    /// The value of `model`.
    model: Span,
    /// Where a member can be added.
    member: Place,
    /// The value of `max_tokens`.
    max_tokens: Option<Span>,
}

impl Forward for Places {
    fn edits(
        &self,
        head: &Head,
        target: &Target<'_>,
        limit: Option<u64>,
    ) -> Result<Splice, Refusal> {
        let mut splice = Splice::default();
        if head.model != target.model {
            splice.replace(self.model, quoted(target.model));
        }
        if let Some(limit) = limit.map(|limit| limit.to_string()) {
            match self.max_tokens {
                Some(value) => splice.replace(value, limit),
                None => splice.insert(self.member.at, self.member.member("max_tokens", &limit)),
            }
        }
        Ok(splice)
    }
}
