//! The conversation, written as messages: results of tools each as a message of its own and before
//! everything else of their turn.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use tollgate_model::Refusal;

use super::wire::{self, Address, Audio, Content, File, Function, Part, ToolCall};
use crate::codec::Loss;
use crate::ir::{self, Block, Media, Request, Role, Turn};
use crate::ladder::{content_of, malformed, unsupported};

/// A message.
#[derive(Serialize)]
#[serde(tag = "role", rename_all = "lowercase")]
pub(super) enum Message<'a> {
    /// Instructions.
    System { content: Cow<'a, str> },
    /// The user.
    User { content: Content<'a> },
    /// The model.
    Assistant {
        content: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        refusal: Option<&'a str>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        tool_calls: Vec<ToolCall<'a>>,
    },
    /// What a tool returned.
    Tool {
        tool_call_id: &'a str,
        content: String,
    },
}

/// Writes the turns.
pub(super) fn write<'a>(
    request: &'a Request,
    loss: &mut Loss,
) -> Result<Vec<Message<'a>>, Refusal> {
    let mut messages = Vec::with_capacity(request.turns.len());
    for (at, turn) in request.turns.iter().enumerate() {
        if turn.blocks.iter().any(|block| block.cache.is_some()) {
            loss.dropped("cache_control");
        }
        match turn.role {
            Role::System => messages.push(Message::System {
                content: instruction(turn, at, "Instructions can be nothing but text.")?,
            }),
            Role::User => user(turn, at, &mut messages)?,
            Role::Assistant => messages.push(assistant(turn, at, loss)?),
        }
    }
    Ok(messages)
}

/// Instructions as one text: not every provider takes them in parts. `detail` says that they can be
/// nothing else.
pub(crate) fn instruction<'a>(
    turn: &'a Turn,
    at: usize,
    detail: &str,
) -> Result<Cow<'a, str>, Refusal> {
    let texts = turn.blocks.iter().map(|block| match &block.content {
        ir::Content::Text(text) => Ok(text.as_str()),
        _ => Err(unsupported(content_of(at), detail)),
    });
    let texts: Vec<&str> = texts.collect::<Result<_, _>>()?;
    Ok(match texts.as_slice() {
        [text] => Cow::Borrowed(*text),
        texts => Cow::Owned(texts.join("\n")),
    })
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

fn user<'a>(turn: &'a Turn, at: usize, messages: &mut Vec<Message<'a>>) -> Result<(), Refusal> {
    let mut said = Vec::new();
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
            messages.push(Message::Tool {
                tool_call_id: id,
                content,
            });
        }
    }
    for block in &turn.blocks {
        if !matches!(block.content, ir::Content::ToolResult { .. }) {
            said.push(part(block, at)?);
        }
    }
    if !said.is_empty() || !has_results {
        messages.push(Message::User {
            content: content(said),
        });
    }
    Ok(())
}

/// What a tool returned, as text. Its pictures follow in the user's message, since the dialect takes
/// none here.
fn result<'a>(
    blocks: &'a [Block],
    failed: bool,
    at: usize,
    beside: &mut Vec<Part<'a>>,
) -> Result<String, Refusal> {
    let mut lines: Vec<&str> = Vec::new();
    let mut moved = 0;
    for block in blocks {
        match &block.content {
            ir::Content::Text(text) => lines.push(text),
            _ => {
                beside.push(part(block, at)?);
                moved += 1;
            }
        }
    }
    let note = format!("[{moved} attached to the next message of the user]");
    if moved > 0 {
        lines.push(&note);
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
            image_url: Address {
                url: wire::url(media),
            },
        }),
        ir::Content::Document { media, title } => document(media, title.as_deref(), at),
        ir::Content::Audio(Media::Inline { mime, base64 }) => {
            let input_audio = Audio {
                data: base64,
                format: audio_format(mime),
            };
            Ok(Part::InputAudio { input_audio })
        }
        ir::Content::Audio(Media::Url(_)) => Err(unsupported(
            content_of(at),
            "The provider takes recordings only in the request.",
        )),
        _ => Err(malformed(
            content_of(at),
            "The user's turn has what only the model can say.",
        )),
    }
}

fn audio_format(mime: &str) -> &str {
    match mime.split_once('/').map_or(mime, |(_, format)| format) {
        "mpeg" | "mp3" => "mp3",
        "x-wav" | "wave" | "vnd.wave" => "wav",
        other => other,
    }
}

fn document<'a>(media: &'a Media, title: Option<&'a str>, at: usize) -> Result<Part<'a>, Refusal> {
    match media {
        Media::Url(_) => Err(unsupported(
            content_of(at),
            "The provider takes documents only in the request.",
        )),
        Media::Inline { mime, base64 } if mime.starts_with("text/") => {
            let bytes = STANDARD.decode(base64).ok();
            let text = bytes
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .ok_or_else(|| {
                    malformed(
                        content_of(at),
                        "A text document is not base64 of UTF-8 text.",
                    )
                })?;
            Ok(Part::Text { text: text.into() })
        }
        Media::Inline { .. } => {
            let filename = title.unwrap_or("document.pdf");
            let file_data = wire::url(media).into_owned();
            Ok(Part::File {
                file: File {
                    filename,
                    file_data,
                },
            })
        }
    }
}

fn assistant<'a>(turn: &'a Turn, at: usize, loss: &mut Loss) -> Result<Message<'a>, Refusal> {
    let mut text: Option<String> = None;
    let mut refusal = None;
    let mut tool_calls = Vec::new();
    for block in &turn.blocks {
        match &block.content {
            ir::Content::Text(words) => text.get_or_insert_default().push_str(words),
            ir::Content::Refusal(words) => refusal = Some(words.as_str()),
            ir::Content::ToolUse {
                id, name, input, ..
            } => tool_calls.push(ToolCall {
                id: id.into(),
                r#type: "function",
                function: Function {
                    name,
                    arguments: wire::arguments(input),
                },
                // A signature is of use to no one but who gave it.
                extra_content: None,
            }),
            ir::Content::Thinking { .. } | ir::Content::RedactedThinking(_) => {
                loss.dropped("reasoning_content");
            }
            _ => {
                let detail = "The provider takes no media in a turn of the model.";
                return Err(unsupported(content_of(at), detail));
            }
        }
    }
    if text.is_none() && refusal.is_none() && tool_calls.is_empty() {
        text = Some(String::new());
    }
    let text = text.filter(|text| !text.is_empty() || tool_calls.is_empty());
    Ok(Message::Assistant {
        content: text,
        refusal,
        tool_calls,
    })
}
