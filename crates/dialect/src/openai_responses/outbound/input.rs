//! The conversation, written as instructions and items.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use tollgate_model::Refusal;

use crate::codec::Loss;
use crate::ir::{self, Block, Media, Request, Role, Turn};
use crate::ladder::{content_of, malformed, unsupported};
use crate::openai_chat::turns::instruction;
use crate::seal;

/// Instructions and items.
pub(super) struct Conversation<'a> {
    /// Those before the first other turn; later ones stand between the items.
    pub(super) instructions: Option<String>,
    pub(super) items: Vec<Item<'a>>,
}

/// An item of the input.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Item<'a> {
    Message {
        role: &'static str,
        content: Content<'a>,
    },
    Typed(Typed<'a>),
}

/// An item that names its type.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Typed<'a> {
    FunctionCall {
        call_id: &'a str,
        name: &'a str,
        arguments: Cow<'a, str>,
    },
    FunctionCallOutput {
        call_id: &'a str,
        output: Content<'a>,
    },
    Reasoning {
        id: &'a str,
        summary: Vec<Summary<'a>>,
        encrypted_content: &'a str,
    },
}

/// A part of a summary.
#[derive(Serialize)]
pub(super) struct Summary<'a> {
    r#type: &'static str,
    text: &'a str,
}

/// Content: a text, or parts.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Content<'a> {
    Text(Cow<'a, str>),
    Parts(Vec<Part<'a>>),
}

/// A part of content.
#[derive(Serialize)]
#[serde(tag = "type")]
pub(super) enum Part<'a> {
    #[serde(rename = "input_text")]
    Text { text: Cow<'a, str> },
    #[serde(rename = "input_image")]
    Image {
        image_url: Cow<'a, str>,
        detail: &'static str,
    },
    #[serde(rename = "input_file")]
    File {
        #[serde(skip_serializing_if = "Option::is_none")]
        filename: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        file_data: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        file_url: Option<&'a str>,
    },
}

/// Writes the turns.
pub(super) fn write<'a>(
    request: &'a Request,
    loss: &mut Loss,
) -> Result<Conversation<'a>, Refusal> {
    let mut talk = Conversation {
        instructions: None,
        items: Vec::with_capacity(request.turns.len()),
    };
    for (at, turn) in request.turns.iter().enumerate() {
        if turn.blocks.iter().any(|block| block.cache.is_some()) {
            loss.dropped("cache_control");
        }
        match turn.role {
            Role::System => talk.instruct(turn, at)?,
            Role::User => talk.user(turn, at)?,
            Role::Assistant => talk.assistant(turn, at, loss)?,
        }
    }
    Ok(talk)
}

impl<'a> Conversation<'a> {
    fn say(&mut self, role: &'static str, content: Content<'a>) {
        self.items.push(Item::Message { role, content });
    }

    fn instruct(&mut self, turn: &'a Turn, at: usize) -> Result<(), Refusal> {
        let text = instruction(turn, at, "Instructions can be nothing but text.")?.into_owned();
        if !self.items.is_empty() {
            self.say("developer", Content::Text(text.into()));
        } else {
            self.instructions = Some(match self.instructions.take() {
                Some(before) => format!("{before}\n{text}"),
                None => text,
            });
        }
        Ok(())
    }

    fn user(&mut self, turn: &'a Turn, at: usize) -> Result<(), Refusal> {
        let mut said = Vec::new();
        let mut has_results = false;
        for block in &turn.blocks {
            let ir::Content::ToolResult {
                id,
                content,
                failed,
            } = &block.content
            else {
                said.push(part(block, at)?);
                continue;
            };
            has_results = true;
            let mut parts = content
                .iter()
                .map(|block| part(block, at))
                .collect::<Result<Vec<_>, _>>()?;
            if *failed {
                parts.insert(
                    0,
                    Part::Text {
                        text: "Error: ".into(),
                    },
                );
            }
            let output = joined(parts);
            self.items.push(Item::Typed(Typed::FunctionCallOutput {
                call_id: id,
                output,
            }));
        }
        if !said.is_empty() || !has_results {
            self.say("user", joined(said));
        }
        Ok(())
    }

    fn assistant(&mut self, turn: &'a Turn, at: usize, loss: &mut Loss) -> Result<(), Refusal> {
        let before = self.items.len();
        let mut text = String::new();
        for block in &turn.blocks {
            let item = match &block.content {
                ir::Content::Text(words) | ir::Content::Refusal(words) => {
                    text.push_str(words);
                    continue;
                }
                ir::Content::ToolUse {
                    id, name, input, ..
                } => Typed::FunctionCall {
                    call_id: id,
                    name,
                    arguments: input.get().into(),
                },
                ir::Content::Thinking { text, signature } => {
                    let item = signature.as_deref().and_then(seal::open_item);
                    let Some((id, encrypted_content)) = item else {
                        // What another model thought cannot be told to this one.
                        loss.dropped("reasoning_content");
                        continue;
                    };
                    let text = text.as_str();
                    let summary = Summary {
                        r#type: "summary_text",
                        text,
                    };
                    Typed::Reasoning {
                        id,
                        summary: if text.is_empty() {
                            Vec::new()
                        } else {
                            vec![summary]
                        },
                        encrypted_content,
                    }
                }
                ir::Content::RedactedThinking(_) => {
                    loss.dropped("reasoning_content");
                    continue;
                }
                _ => {
                    let detail = "The provider takes no media in a turn of the model.";
                    return Err(unsupported(content_of(at), detail));
                }
            };
            self.answer(&mut text);
            self.items.push(Item::Typed(item));
        }
        if self.items.len() == before && text.is_empty() {
            self.say("assistant", Content::Text("".into()));
        }
        self.answer(&mut text);
        Ok(())
    }

    /// What the model said until now.
    fn answer(&mut self, text: &mut String) {
        if !text.is_empty() {
            let said = std::mem::take(text);
            self.say("assistant", Content::Text(said.into()));
        }
    }
}

/// Text alone is written as a text.
fn joined(parts: Vec<Part<'_>>) -> Content<'_> {
    let is_text = |part: &Part<'_>| matches!(part, Part::Text { .. });
    if !parts.iter().all(is_text) {
        return Content::Parts(parts);
    }
    let mut texts = parts.into_iter().filter_map(|part| match part {
        Part::Text { text } => Some(text),
        _ => None,
    });
    match (texts.next(), texts.next()) {
        (None, _) => Content::Text("".into()),
        (Some(text), None) => Content::Text(text),
        (Some(first), Some(second)) => {
            let rest: String = texts.collect();
            Content::Text(Cow::Owned(format!("{first}{second}{rest}")))
        }
    }
}

fn part(block: &Block, at: usize) -> Result<Part<'_>, Refusal> {
    match &block.content {
        ir::Content::Text(text) => Ok(Part::Text { text: text.into() }),
        ir::Content::Image(media) => Ok(Part::Image {
            image_url: url(media),
            detail: "auto",
        }),
        ir::Content::Document { media, title } => document(media, title.as_deref(), at),
        ir::Content::Audio(_) => Err(unsupported(
            content_of(at),
            "The provider takes no recordings.",
        )),
        _ => Err(malformed(
            content_of(at),
            "The user's turn has what only the model can say.",
        )),
    }
}

fn url(media: &Media) -> Cow<'_, str> {
    match media {
        Media::Url(url) => Cow::Borrowed(url),
        Media::Inline { mime, base64 } => Cow::Owned(format!("data:{mime};base64,{base64}")),
    }
}

fn document<'a>(media: &'a Media, title: Option<&'a str>, at: usize) -> Result<Part<'a>, Refusal> {
    match media {
        Media::Url(url) => Ok(Part::File {
            filename: None,
            file_data: None,
            file_url: Some(url),
        }),
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
        Media::Inline { .. } => Ok(Part::File {
            filename: Some(title.unwrap_or("document.pdf")),
            file_data: Some(url(media).into_owned()),
            file_url: None,
        }),
    }
}
