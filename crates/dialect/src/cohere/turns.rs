//! The conversation, written as messages; documents of text stand beside it.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tollgate_model::Refusal;

use super::abilities;
use super::wire::{Address, Called, Content, Data, Document, Message, Part, ToolCall};
use crate::codec::Loss;
use crate::ir::{self, Block, Media, Request, Role, Turn};
use crate::ladder::{content_of, malformed, unsupported};
use crate::openai_chat::turns::instruction;
use crate::openai_chat::wire::{arguments, url};

/// Messages and documents.
pub(super) struct Conversation<'a> {
    pub(super) messages: Vec<Message<'a>>,
    pub(super) documents: Vec<Document<'a>>,
}

/// Writes the turns for the model of this name.
pub(super) fn write<'a>(
    request: &'a Request,
    model: &str,
    loss: &mut Loss,
) -> Result<Conversation<'a>, Refusal> {
    let mut talk = Conversation {
        messages: Vec::with_capacity(request.turns.len()),
        documents: Vec::new(),
    };
    let thinks = abilities::thinks(model);
    for (at, turn) in request.turns.iter().enumerate() {
        if turn.blocks.iter().any(|block| block.cache.is_some()) {
            loss.dropped("cache_control");
        }
        match turn.role {
            Role::System => talk.messages.push(Message::System {
                content: instruction(turn, at, "Instructions can be nothing but text at Cohere.")?,
            }),
            Role::User => talk.user(turn, at)?,
            Role::Assistant => talk.messages.push(assistant(turn, at, thinks, loss)?),
        }
    }
    Ok(talk)
}

/// One text alone is written as a text.
fn content(mut parts: Vec<Part<'_>>) -> Content<'_> {
    match parts.pop() {
        None => Content::Text(Cow::Borrowed("")),
        Some(Part::Text { text }) if parts.is_empty() => Content::Text(text),
        Some(last) => {
            parts.push(last);
            Content::Parts(parts)
        }
    }
}

impl<'a> Conversation<'a> {
    /// Results of tools come first, each as a message of its own. A document stands beside the
    /// conversation, unless nothing else is said.
    fn user(&mut self, turn: &'a Turn, at: usize) -> Result<(), Refusal> {
        let (mut said, mut documents) = (Vec::new(), Vec::new());
        let mut has_results = false;
        for block in &turn.blocks {
            if let ir::Content::ToolResult {
                id,
                content,
                failed,
            } = &block.content
            {
                has_results = true;
                let content = result(content, *failed, at, &mut said)?;
                self.messages.push(Message::Tool {
                    tool_call_id: id,
                    content,
                });
            }
        }
        for block in &turn.blocks {
            match &block.content {
                ir::Content::ToolResult { .. } => {}
                ir::Content::Document { media, title } => {
                    let (title, text) = (title.as_deref(), words_of(media, at)?);
                    documents.push(Data { title, text });
                }
                _ => said.push(part(block, at)?),
            }
        }
        if said.is_empty() && !has_results {
            let text = |document: Data<'_>| Part::Text {
                text: document.text.into(),
            };
            said = std::mem::take(&mut documents)
                .into_iter()
                .map(text)
                .collect();
        }
        let documents = documents.into_iter().map(|data| Document { data });
        self.documents.extend(documents);
        if !said.is_empty() || !has_results {
            self.messages.push(Message::User {
                content: content(said),
            });
        }
        Ok(())
    }
}

/// What a tool returned, as text. Its pictures follow in the user's message.
fn result<'a>(
    blocks: &'a [Block],
    failed: bool,
    at: usize,
    beside: &mut Vec<Part<'a>>,
) -> Result<String, Refusal> {
    let mut lines: Vec<Cow<'_, str>> = Vec::new();
    let mut moved = 0;
    for block in blocks {
        match &block.content {
            ir::Content::Text(text) => lines.push(text.into()),
            ir::Content::Document { media, .. } => lines.push(words_of(media, at)?.into()),
            _ => {
                beside.push(part(block, at)?);
                moved += 1;
            }
        }
    }
    if moved > 0 {
        lines.push(format!("[{moved} attached to the next message of the user]").into());
    }
    let text = lines.join("\n");
    Ok(if failed {
        format!("Error: {text}")
    } else {
        text
    })
}

fn part(block: &Block, at: usize) -> Result<Part<'_>, Refusal> {
    match &block.content {
        ir::Content::Text(text) => Ok(Part::Text { text: text.into() }),
        ir::Content::Image(media) => Ok(Part::ImageUrl {
            image_url: Address { url: url(media) },
        }),
        ir::Content::Audio(_) => Err(unsupported(content_of(at), "Cohere does not take audio.")),
        _ => Err(malformed(
            content_of(at),
            "The user's turn has what only the model can say.",
        )),
    }
}

/// The words of a document.
fn words_of(media: &Media, at: usize) -> Result<String, Refusal> {
    let Media::Inline { mime, base64 } = media else {
        let detail = "Cohere takes documents only in the request.";
        return Err(unsupported(content_of(at), detail));
    };
    if !mime.starts_with("text/") {
        let detail = format!("Cohere takes documents of text, not `{mime}`.");
        return Err(unsupported(content_of(at), detail));
    }
    let bytes = STANDARD.decode(base64).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    text.ok_or_else(|| {
        malformed(
            content_of(at),
            "A text document is not base64 of UTF-8 text.",
        )
    })
}

/// What the model said. Words before calls of tools are its plan for them; thoughts go back to models
/// that think, unless another vendor signed them.
fn assistant<'a>(
    turn: &'a Turn,
    at: usize,
    thinks: bool,
    loss: &mut Loss,
) -> Result<Message<'a>, Refusal> {
    let mut parts = Vec::new();
    let mut words: Option<String> = None;
    let mut tool_calls = Vec::new();
    for block in &turn.blocks {
        match &block.content {
            ir::Content::Text(text) | ir::Content::Refusal(text) => {
                words.get_or_insert_default().push_str(text);
            }
            ir::Content::Thinking {
                text,
                signature: None,
            } if thinks => parts.push(Part::Thinking { thinking: text }),
            ir::Content::Thinking { .. } | ir::Content::RedactedThinking(_) => {
                loss.dropped("reasoning_content");
            }
            ir::Content::ToolUse {
                id, name, input, ..
            } => tool_calls.push(ToolCall {
                id,
                r#type: "function",
                function: Called {
                    name,
                    arguments: arguments(input),
                },
            }),
            _ => {
                let detail = "Cohere takes no media in a turn of the model.";
                return Err(unsupported(content_of(at), detail));
            }
        }
    }
    let words = words.filter(|text| !text.is_empty());
    let (plan, words) = match tool_calls.is_empty() {
        true => (None, Some(words.unwrap_or_default())),
        false => (words, None),
    };
    parts.extend(words.map(|text| Part::Text { text: text.into() }));
    Ok(Message::Assistant {
        content: (!parts.is_empty()).then(|| content(parts)),
        tool_plan: plan,
        tool_calls,
    })
}
