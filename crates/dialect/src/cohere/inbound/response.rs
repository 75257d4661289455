//! A whole answer, written for a caller.

use std::borrow::Cow;

use serde::Serialize;

use crate::cited::between;
use crate::codec::Reply;
use crate::cohere::usage;
use crate::ir::{Block, Citation, Content, Response, Stop};
use crate::ladder::with_thought;
use crate::openai_chat::wire::arguments;

/// Appends the answer. The cost stands in a header, not here.
pub(super) fn encode(response: &Response, reply: &Reply<'_>, out: &mut Vec<u8>) {
    let mut message = Message::of(&response.blocks);
    message.citations = cited(response);
    let text = format!(
        "{{\"id\":\"{}\",\"finish_reason\":\"{}\",\"message\":{},\"usage\":",
        reply.call,
        met(finish_reason(response.stop), response.stop_text.is_some()),
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

/// The word for why an answer ended, where it may have met a stop text.
pub(super) fn met(reason: &'static str, stop_text: bool) -> &'static str {
    match reason {
        "COMPLETE" if stop_text => "STOP_SEQUENCE",
        reason => reason,
    }
}

/// What words rest on.
#[derive(Serialize)]
pub(super) struct Cited<'a> {
    start: usize,
    end: usize,
    text: &'a str,
    sources: [Source<'a>; 1],
    content_index: usize,
    r#type: &'static str,
}

#[derive(Serialize)]
struct Source<'a> {
    r#type: &'static str,
    id: &'a str,
    document: Document<'a>,
}

#[derive(Serialize)]
struct Document<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

impl<'a> Cited<'a> {
    /// The citation of a text, which is the piece of content at a place.
    pub(super) fn of(citation: &'a Citation, text: &'a str, content_index: usize) -> Cited<'a> {
        let (start, end) = citation.span.unwrap_or_else(|| (0, text.chars().count()));
        let id = citation.document.as_deref().or(citation.url.as_deref());
        let id = id.unwrap_or_default();
        Cited {
            start,
            end,
            text: between(text, (start, end)),
            sources: [Source {
                r#type: "document",
                id,
                document: Document {
                    id,
                    title: citation.title.as_deref(),
                    url: citation.url.as_deref(),
                },
            }],
            content_index,
            r#type: "TEXT_CONTENT",
        }
    }
}

fn cited(response: &Response) -> Vec<Cited<'_>> {
    let is_content = |block: &&Block| {
        matches!(
            block.content,
            Content::Text(_) | Content::Refusal(_) | Content::Thinking { .. }
        )
    };
    let cited = response.citations.iter().filter_map(|citation| {
        let block = response.blocks.get(citation.block)?;
        let Content::Text(text) = &block.content else {
            return None;
        };
        let before = response.blocks.iter().take(citation.block);
        Some(Cited::of(citation, text, before.filter(is_content).count()))
    });
    cited.collect()
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    content: Vec<Item<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<Call<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    citations: Vec<Cited<'a>>,
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
            citations: Vec::new(),
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
