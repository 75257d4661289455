//! The conversation, written as messages: results of tools each as a message of its own and before
//! everything else of their turn.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tollgate_model::Refusal;

use super::wire::{Called, Message, ToolCall};
use crate::codec::Loss;
use crate::ir::{Block, Content, Media, Request, Role, Turn};
use crate::ladder::{content_of, malformed, unsupported};

/// Writes the turns.
pub(super) fn write<'a>(
    request: &'a Request,
    loss: &mut Loss,
) -> Result<Vec<Message<'a>>, Refusal> {
    let mut talk = Talk {
        messages: Vec::with_capacity(request.turns.len()),
        calls: Vec::new(),
    };
    for (at, turn) in request.turns.iter().enumerate() {
        if turn.blocks.iter().any(|block| block.cache.is_some()) {
            loss.dropped("cache_control");
        }
        match turn.role {
            Role::System => {
                let said = said(turn.blocks.iter(), at)?;
                talk.messages.push(said.into_message("system"));
            }
            Role::User => talk.user(turn, at)?,
            Role::Assistant => talk.assistant(turn, at, loss)?,
        }
    }
    Ok(talk.messages)
}

struct Talk<'a> {
    messages: Vec<Message<'a>>,
    /// The ids of the calls so far, and what they call.
    calls: Vec<(&'a str, &'a str)>,
}

impl<'a> Talk<'a> {
    fn user(&mut self, turn: &'a Turn, at: usize) -> Result<(), Refusal> {
        let mut has_results = false;
        let mut beside = Vec::new();
        for block in &turn.blocks {
            if let Content::ToolResult {
                id,
                content,
                failed,
            } = &block.content
            {
                has_results = true;
                self.result(id, content, *failed, at)?;
            } else {
                beside.push(block);
            }
        }
        if !beside.is_empty() || !has_results {
            let said = said(beside.into_iter(), at)?;
            self.messages.push(said.into_message("user"));
        }
        Ok(())
    }

    /// What a tool returned; pictures stand in the same message.
    fn result(
        &mut self,
        id: &'a str,
        content: &'a [Block],
        failed: bool,
        at: usize,
    ) -> Result<(), Refusal> {
        let said = said(content.iter(), at)?;
        let named = self.calls.iter().rfind(|(known, _)| *known == id);
        let tool_name = named.map(|(_, name)| *name);
        let mut message = said.into_message("tool");
        if failed {
            message.content = format!("Error: {}", message.content);
        }
        self.messages.push(Message {
            tool_name,
            tool_call_id: Some(id),
            ..message
        });
        Ok(())
    }

    /// What the model said. Thoughts that another vendor signed are of use to nobody else.
    fn assistant(&mut self, turn: &'a Turn, at: usize, loss: &mut Loss) -> Result<(), Refusal> {
        let mut message = Message {
            role: "assistant",
            ..Message::default()
        };
        for block in &turn.blocks {
            match &block.content {
                Content::Text(text) | Content::Refusal(text) => message.content.push_str(text),
                Content::Thinking {
                    text,
                    signature: None,
                } => message.thinking.push_str(text),
                Content::Thinking { .. } | Content::RedactedThinking(_) => {
                    loss.dropped("reasoning_content");
                }
                Content::ToolUse {
                    id, name, input, ..
                } => {
                    if !input.get().starts_with('{') {
                        let detail =
                            format!("The arguments of the call of `{name}` are no JSON object.");
                        return Err(malformed(format!("messages[{at}].tool_calls"), detail));
                    }
                    self.calls.push((id, name));
                    message.tool_calls.push(ToolCall {
                        id,
                        function: Called {
                            name,
                            arguments: input,
                        },
                    });
                }
                _ => {
                    let detail = "Ollama takes no media in a turn of the model.";
                    return Err(unsupported(content_of(at), detail));
                }
            }
        }
        self.messages.push(message);
        Ok(())
    }
}

/// Texts and pictures of a message.
#[derive(Default)]
pub(super) struct Spoken<'a> {
    texts: Vec<String>,
    pub(super) images: Vec<&'a str>,
}

impl<'a> Spoken<'a> {
    /// All texts, a line each.
    pub(super) fn text(&self) -> String {
        self.texts.join("\n")
    }

    fn into_message(self, role: &'static str) -> Message<'a> {
        Message {
            role,
            content: self.text(),
            images: self.images,
            ..Message::default()
        }
    }
}

/// What blocks say.
pub(super) fn said<'a>(
    blocks: impl Iterator<Item = &'a Block>,
    at: usize,
) -> Result<Spoken<'a>, Refusal> {
    let mut spoken = Spoken::default();
    for block in blocks {
        match &block.content {
            Content::Text(text) => spoken.texts.push(text.clone()),
            Content::Image(Media::Inline { base64, .. }) => spoken.images.push(base64),
            Content::Image(Media::Url(_)) => {
                let detail = "Ollama takes pictures only in the request, not at an address.";
                return Err(unsupported(content_of(at), detail));
            }
            Content::Document { media, .. } => spoken.texts.push(document(media, at)?),
            Content::Audio(_) => {
                return Err(unsupported(content_of(at), "Ollama does not take audio."));
            }
            _ => {
                let detail = "This turn has what only the model can say.";
                return Err(malformed(content_of(at), detail));
            }
        }
    }
    Ok(spoken)
}

fn document(media: &Media, at: usize) -> Result<String, Refusal> {
    let inline = match media {
        Media::Inline { mime, base64 } if mime.starts_with("text/") => base64,
        _ => {
            let detail = "Ollama takes documents only as text in the request.";
            return Err(unsupported(content_of(at), detail));
        }
    };
    let bytes = STANDARD.decode(inline).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    text.ok_or_else(|| {
        malformed(
            content_of(at),
            "A text document is not base64 of UTF-8 text.",
        )
    })
}
