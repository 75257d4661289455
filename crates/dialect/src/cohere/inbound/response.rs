//! A whole answer, written for a caller.

use std::borrow::Cow;

use serde::Serialize;

use crate::codec::Reply;
use crate::cohere::usage;
use crate::ir::{Block, Content, Response, Stop};
use crate::ladder::with_thought;
use crate::openai_chat::wire::arguments;

/// Appends the answer. The cost stands in a header, not here.
pub(super) fn encode(response: &Response, reply: &Reply<'_>, out: &mut Vec<u8>) {
    let message = Message::of(&response.blocks);
    let text = format!(
        "{{\"id\":\"{}\",\"finish_reason\":\"{}\",\"message\":{},\"usage\":",
        reply.call,
        finish_reason(response.stop),
        serde_json::to_string(&message).unwrap_or_default(),
    );
    out.extend_from_slice(text.as_bytes());
    usage::write(&response.usage, None, out);
    out.push(b'}');
}

/// The dialect's word for why an answer ended. It has none for an answer that was filtered, and only
/// that of a failure keeps a part from being taken for the whole.
pub(super) const fn finish_reason(stop: Stop) -> &'static str {
    match stop {
        Stop::End => "COMPLETE",
        Stop::Length => "MAX_TOKENS",
        Stop::ToolUse => "TOOL_CALL",
        Stop::Filtered => "ERROR",
    }
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    content: Vec<Item<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<Call<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Item<'a> {
    Text { text: &'a str },
    Thinking { thinking: &'a str },
}

#[derive(Serialize)]
struct Call<'a> {
    id: Cow<'a, str>,
    r#type: &'static str,
    function: Function<'a>,
}

#[derive(Serialize)]
struct Function<'a> {
    name: &'a str,
    arguments: Cow<'a, str>,
}

impl<'a> Message<'a> {
    fn of(blocks: &'a [Block]) -> Message<'a> {
        let mut message = Message {
            role: "assistant",
            content: Vec::new(),
            tool_calls: Vec::new(),
        };
        for block in blocks {
            message.add(&block.content);
        }
        // Callers read the first piece of an answer without asking whether there is one.
        if message.content.is_empty() && message.tool_calls.is_empty() {
            message.content.push(Item::Text { text: "" });
        }
        message
    }

    fn add(&mut self, content: &'a Content) {
        match content {
            Content::Text(text) | Content::Refusal(text) => {
                self.content.push(Item::Text { text });
            }
            Content::Thinking { text, .. } => {
                self.content.push(Item::Thinking { thinking: text });
            }
            Content::ToolUse {
                id,
                name,
                input,
                signature,
            } => self.tool_calls.push(Call {
                id: with_thought(id, signature.as_deref()),
                r#type: "function",
                function: Function {
                    name,
                    arguments: arguments(input),
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
}
