//! A whole answer, written for a caller.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;
use tollgate_model::{Nanos, Usage};

use super::shape::Shape;
use crate::codec::Reply;
use crate::ir::{Content, Response, Stop};
use crate::ladder::with_thought;
use crate::openai_chat::wire::quoted;

/// Appends the answer. The cost stands in a header, not here.
pub(super) fn encode(response: &Response, reply: &Reply<'_>, shape: Shape, out: &mut Vec<u8>) {
    let mut said = Said::default();
    for block in &response.blocks {
        said.add(&block.content);
    }
    let text = format!("{}{}", head(reply), said.members(shape));
    out.extend_from_slice(text.as_bytes());
    end(response.stop, &response.usage, None, out);
}

/// Everything of an answer, or of a line of one, before what it says.
pub(super) fn head(reply: &Reply<'_>) -> String {
    format!(
        "{{\"model\":{},\"created_at\":\"{}\",",
        quoted(reply.model),
        reply.at
    )
}

/// Appends what follows what an answer says. How long Ollama took is not known, and so not told.
pub(super) fn end(stop: Stop, usage: &Usage, cost: Option<Nanos>, out: &mut Vec<u8>) {
    let text = format!(
        ",\"done\":true,\"done_reason\":\"{}\",\"prompt_eval_count\":{},\"eval_count\":{}",
        done_reason(stop),
        usage.prompt_tokens(),
        usage.output_tokens()
    );
    out.extend_from_slice(text.as_bytes());
    if let Some(cost) = cost {
        out.extend_from_slice(format!(",\"cost\":{cost}").as_bytes());
    }
    out.push(b'}');
}

/// The dialect's word for why an answer ended. It has none for one that was filtered, which must not
/// be taken for whole.
const fn done_reason(stop: Stop) -> &'static str {
    match stop {
        Stop::End | Stop::ToolUse => "stop",
        Stop::Length => "length",
        Stop::Filtered => "content_filter",
    }
}

/// What an answer, or a line of one, says.
#[derive(Default)]
pub(super) struct Said<'a> {
    pub(super) words: Cow<'a, str>,
    pub(super) thoughts: Cow<'a, str>,
    pub(super) calls: Vec<Call<'a>>,
}

/// A call of a tool.
#[derive(Serialize)]
pub(super) struct Call<'a> {
    pub(super) id: Cow<'a, str>,
    pub(super) function: Function<'a>,
}

/// The function that is called, and its arguments, an object.
#[derive(Serialize)]
pub(super) struct Function<'a> {
    pub(super) name: &'a str,
    pub(super) arguments: Cow<'a, RawValue>,
}

impl<'a> Said<'a> {
    fn add(&mut self, content: &'a Content) {
        match content {
            Content::Text(text) | Content::Refusal(text) => self.words.to_mut().push_str(text),
            Content::Thinking { text, .. } => self.thoughts.to_mut().push_str(text),
            Content::ToolUse {
                id,
                name,
                input,
                signature,
            } => self.calls.push(Call {
                id: with_thought(id, signature.as_deref()),
                function: Function {
                    name,
                    arguments: object(input),
                },
            }),
            // The dialect has no place for these in an answer.
            Content::RedactedThinking(_)
            | Content::Image(_)
            | Content::Document { .. }
            | Content::Audio(_)
            | Content::ToolResult { .. } => {}
        }
    }

    /// Its members. One prompt is answered with words only.
    pub(super) fn members(&self, shape: Shape) -> String {
        let words = quoted(&self.words);
        let thoughts = match self.thoughts.is_empty() {
            true => String::new(),
            false => format!(",\"thinking\":{}", quoted(&self.thoughts)),
        };
        if shape == Shape::Generate {
            return format!("\"response\":{words}{thoughts}");
        }
        let calls = match self.calls.is_empty() {
            true => String::new(),
            false => {
                let calls = serde_json::to_string(&self.calls).unwrap_or_default();
                format!(",\"tool_calls\":{calls}")
            }
        };
        format!("\"message\":{{\"role\":\"assistant\",\"content\":{words}{thoughts}{calls}}}")
    }
}

/// The arguments of a call, which must be an object. What a model wrote that is none is put into one,
/// so that it reaches the caller.
fn object(input: &RawValue) -> Cow<'_, RawValue> {
    if input.get().starts_with('{') {
        return Cow::Borrowed(input);
    }
    let wrapped = format!("{{\"arguments\":{}}}", input.get());
    RawValue::from_string(wrapped).map_or(Cow::Borrowed(input), Cow::Owned)
}

/// The arguments of a call that came in pieces, as an object likewise.
pub(super) fn gathered<'a>(text: &str) -> Cow<'a, RawValue> {
    let text = match text.trim() {
        "" => "{}",
        text => text,
    };
    let given = serde_json::from_str::<&RawValue>(text);
    let is_object = given.is_ok_and(|given| given.get().starts_with('{'));
    let text = match is_object {
        true => text.to_owned(),
        false => format!("{{\"arguments\":{}}}", quoted(text)),
    };
    RawValue::from_string(text).map_or(Cow::Borrowed(RawValue::NULL), Cow::Owned)
}
