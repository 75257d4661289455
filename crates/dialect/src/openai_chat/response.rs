//! A whole answer, written for a caller.

use serde::Serialize;

use super::usage;
use super::wire::{self, Address, Annotation, ExtraContent, Function, ToolCall};
use crate::codec::Reply;
use crate::ir::{Block, Citation, Content, Response};
use crate::ladder::with_thought;

/// Appends the answer. The cost stands in a header, not here.
pub(super) fn encode(response: &Response, reply: &Reply<'_>, out: &mut Vec<u8>) {
    let mut message = Message::of(&response.blocks);
    message.annotations = annotations(response);
    if reply.older_tools {
        message.only_call();
    }
    let message = serde_json::to_string(&message).unwrap_or_default();
    let text = format!(
        "{{\"id\":\"{}\",\"object\":\"chat.completion\",\"created\":{},\"model\":{},\
         \"choices\":[{{\"index\":0,\"message\":{message},\"logprobs\":null,\
         \"finish_reason\":\"{}\"}}],\"usage\":",
        wire::answer_id(reply.call),
        reply.at.0.div_euclid(1_000_000),
        wire::quoted(reply.model),
        wire::finish_reason(response.stop, reply.older_tools),
    );
    out.extend_from_slice(text.as_bytes());
    usage::write(&response.usage, None, out);
    out.push(b'}');
}

#[derive(Default, Serialize)]
struct Message<'a> {
    role: &'static str,
    content: Option<String>,
    refusal: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    reasoning_content: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    thinking_blocks: Vec<ThinkingBlock<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<ToolCall<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    function_call: Option<Function<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    images: Vec<Image<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    annotations: Vec<Annotation<'a>>,
}

/// What the words rest on. The content is all texts, one after another.
fn annotations(response: &Response) -> Vec<Annotation<'_>> {
    let length = |at: usize| match response.blocks.get(at).map(|block| &block.content) {
        Some(Content::Text(text)) => text.chars().count(),
        _ => 0,
    };
    let mut annotations = Vec::with_capacity(response.citations.len());
    for citation in &response.citations {
        let Citation { block, span, .. } = citation;
        let begin: usize = (0..*block).map(length).sum();
        let (from, to) = span.unwrap_or_else(|| (0, length(*block)));
        annotations.extend(Annotation::of(citation, (begin + from, begin + to)));
    }
    annotations
}

/// Thoughts with what the provider needs to know them again.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ThinkingBlock<'a> {
    Thinking {
        thinking: &'a str,
        signature: &'a str,
    },
    RedactedThinking {
        data: &'a str,
    },
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Image<'a> {
    ImageUrl { image_url: Address<'a> },
}

impl<'a> Message<'a> {
    fn of(blocks: &'a [Block]) -> Message<'a> {
        let mut message = Message {
            role: "assistant",
            ..Message::default()
        };
        for block in blocks {
            message.add(&block.content);
        }
        let says_otherwise = message.refusal.is_some() || !message.tool_calls.is_empty();
        if message.content.is_none() && !says_otherwise {
            message.content = Some(String::new());
        }
        message
    }

    /// Tells the call in the older form, which has room for one: the provider was asked for no more.
    fn only_call(&mut self) {
        let calls = std::mem::take(&mut self.tool_calls);
        self.function_call = calls.into_iter().next().map(|call| call.function);
    }

    fn add(&mut self, content: &'a Content) {
        match content {
            Content::Text(text) => self.content.get_or_insert_default().push_str(text),
            Content::Refusal(text) => self.refusal.get_or_insert_default().push_str(text),
            Content::Thinking { text, signature } => {
                self.reasoning_content.push_str(text);
                if let Some(signature) = signature {
                    let block = ThinkingBlock::Thinking {
                        thinking: text,
                        signature,
                    };
                    self.thinking_blocks.push(block);
                }
            }
            Content::RedactedThinking(data) => {
                self.thinking_blocks
                    .push(ThinkingBlock::RedactedThinking { data });
            }
            Content::ToolUse {
                id,
                name,
                input,
                signature,
            } => {
                let signature = signature.as_deref();
                self.tool_calls.push(ToolCall {
                    id: with_thought(id, signature),
                    r#type: "function",
                    function: Function {
                        name,
                        arguments: wire::arguments(input),
                    },
                    extra_content: ExtraContent::of(signature),
                });
            }
            Content::Image(media) => {
                let image_url = Address {
                    url: wire::url(media),
                };
                self.images.push(Image::ImageUrl { image_url });
            }
            // The dialect has no place for these in an answer, and no model of text gives them.
            Content::Document { .. } | Content::Audio(_) | Content::ToolResult { .. } => {}
        }
    }
}
