//! A whole answer, written for a caller.

use super::wire::{Answer, Call, Data, Part, answer_id};
use crate::codec::Reply;
use crate::ir::{Content, Response};
use crate::seal::{self, Thought};

/// Appends the answer. The cost stands in a header, not here: Google's clients refuse members that
/// they do not know.
pub(super) fn encode(response: &Response, reply: &Reply<'_>, out: &mut Vec<u8>) {
    let id = answer_id(reply.call);
    let mut parts = Vec::with_capacity(response.blocks.len());
    let mut said = Said::default();
    for block in &response.blocks {
        match &block.content {
            Content::Thinking { text, signature } => {
                said.thought(text, signature.as_deref());
                if !reply.hide_thoughts && !text.is_empty() {
                    parts.push(Part::thought(text));
                }
            }
            Content::RedactedThinking(data) => said.thoughts.push(Thought::Redacted(data.clone())),
            Content::ToolUse {
                id,
                name,
                input: args,
                signature,
            } => match args.get().starts_with('{') {
                true => parts.push(Part {
                    thought_signature: said.sign(signature.as_deref()).map(Into::into),
                    ..Data::FunctionCall(Call { id, name, args }).into()
                }),
                false => said.broken = true,
            },
            Content::Text(text) | Content::Refusal(text) if !text.is_empty() => {
                parts.push(Data::Text(text).into());
            }
            Content::Image(media) | Content::Audio(media) => parts.push(Part::medium(media)),
            // No answer has documents or results of tools in it.
            Content::Text(_)
            | Content::Refusal(_)
            | Content::Document { .. }
            | Content::ToolResult { .. } => {}
        }
    }
    let cited = response.citations.iter().filter_map(|citation| {
        match &response.blocks.get(citation.block)?.content {
            Content::Text(text) => Some((citation, text.as_str())),
            _ => None,
        }
    });
    let answer = Answer::of(parts, reply.model, &id).resting_on(cited);
    let answer = answer.ended(response.stop, said.broken, &response.usage);
    // Writing to memory fails for no value of these types.
    out.extend(serde_json::to_vec(&answer).unwrap_or_default());
}

/// What was said that later parts of an answer depend on.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Thoughts that the next call carries.
    pub(super) thoughts: Vec<Thought>,
    /// Whether a tool was called.
    called: bool,
    /// Whether a call could not be carried.
    pub(super) broken: bool,
}

impl Said {
    /// Keeps a thought, which is of use to nobody without its signature.
    pub(super) fn thought(&mut self, text: &str, signature: Option<&str>) {
        let signed = signature.map(|signature| Thought::Signed(text.into(), signature.into()));
        self.thoughts.extend(signed);
    }

    /// The signature of a call: Gemini's own where it gave one, else the seal of the thoughts before
    /// it. Of calls made at once only the first has one.
    pub(super) fn sign(&mut self, own: Option<&str>) -> Option<String> {
        let first = !std::mem::replace(&mut self.called, true);
        let thoughts = std::mem::take(&mut self.thoughts);
        match own {
            Some(own) => Some(own.to_owned()),
            None => (first || !thoughts.is_empty()).then(|| seal::seal(&thoughts)),
        }
    }
}
