//! The conversation: instructions to the top, turns merged, blocks in the order that is taken.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tollgate_model::Refusal;

use super::wire::{Message, Outcome, Part, Role, Source};
use crate::codec::Loss;
use crate::ir::{self, Block, Content, Media, Request, Turn};
use crate::ladder::{content_of, malformed, split_thought, unsupported};
use crate::seal;

/// What a turn says that stands where one is needed and the caller has none: the conversation must
/// begin with the user, and no text may be empty.
const PLACEHOLDER: &str = ".";

/// Instructions and turns.
pub(super) struct Conversation<'a> {
    pub(super) system: Vec<Part<'a>>,
    pub(super) messages: Vec<Message<'a>>,
}

/// Writes the turns. Instructions between them are hoisted, unless the model takes them where they
/// stand: hoisting changes the beginning of the prompt, and with it what is found in the cache.
pub(super) fn write<'a>(
    request: &'a Request,
    system_between: bool,
    loss: &mut Loss,
) -> Result<Conversation<'a>, Refusal> {
    let mut talk = Conversation {
        system: Vec::new(),
        messages: Vec::new(),
    };
    for (at, turn) in request.turns.iter().enumerate() {
        let blocks = turn.blocks.iter();
        match turn.role {
            ir::Role::System => {
                let parts = parts(blocks, at, instruction)?;
                let rest = request.turns.get(at + 1..).unwrap_or_default();
                talk.instruct(parts, system_between && may_stand(rest));
            }
            ir::Role::User => {
                let parts = parts(blocks, at, said)?;
                if parts.is_empty() && !merges(request, at) {
                    let detail = "A turn of the user is empty, which Anthropic does not take.";
                    return Err(malformed(content_of(at), detail));
                }
                talk.say(Role::User, parts);
            }
            ir::Role::Assistant => {
                let parts = parts(blocks, at, |block, at| answered(block, at, loss))?;
                talk.say(Role::Assistant, parts);
            }
        }
    }
    talk.finish()?;
    Ok(talk)
}

impl<'a> Conversation<'a> {
    fn instruct(&mut self, parts: Vec<Part<'a>>, between: bool) {
        match self.messages.last_mut() {
            Some(last) if between && last.role == Role::System => last.content.extend(parts),
            Some(last) if between && last.role == Role::User && !parts.is_empty() => {
                self.messages.push(Message {
                    role: Role::System,
                    content: parts,
                });
            }
            _ => self.system.extend(parts),
        }
    }

    fn say(&mut self, role: Role, parts: Vec<Part<'a>>) {
        match self.messages.last_mut() {
            Some(last) if last.role == role => last.content.extend(parts),
            _ if parts.is_empty() => {}
            _ => self.messages.push(Message {
                role,
                content: parts,
            }),
        }
    }

    /// What holds for the conversation as a whole.
    fn finish(&mut self) -> Result<(), Refusal> {
        if self.messages.is_empty() && self.system.is_empty() {
            return Err(malformed("messages", "The conversation is empty."));
        }
        if self
            .messages
            .first()
            .is_none_or(|first| first.role != Role::User)
        {
            let content = vec![Part::text(PLACEHOLDER)];
            self.messages.insert(
                0,
                Message {
                    role: Role::User,
                    content,
                },
            );
        }
        for message in &mut self.messages {
            message
                .content
                .sort_by_key(|part| !matches!(part, Part::ToolResult { .. }));
        }
        if let Some(Message {
            role: Role::Assistant,
            content,
        }) = self.messages.last_mut()
            && let Some(Part::Text { text, .. }) = content.last_mut()
        {
            *text = Cow::Owned(text.trim_end().to_owned());
        }
        Ok(())
    }
}

/// Whether an instruction may stand before these turns: only before an answer or at the end.
fn may_stand(rest: &[Turn]) -> bool {
    let next = rest.iter().find(|turn| turn.role != ir::Role::System);
    next.is_none_or(|turn| turn.role == ir::Role::Assistant)
}

/// Whether a turn has a neighbour of the user's to merge with.
fn merges(request: &Request, at: usize) -> bool {
    let user = |turn: Option<&Turn>| turn.is_some_and(|turn| turn.role == ir::Role::User);
    let before = at
        .checked_sub(1)
        .and_then(|before| request.turns.get(before));
    user(before) || user(request.turns.get(at + 1))
}

type Written<'a> = Result<Option<Part<'a>>, Refusal>;

fn parts<'a>(
    blocks: impl Iterator<Item = &'a Block>,
    at: usize,
    mut write: impl FnMut(&'a Block, usize) -> Written<'a>,
) -> Result<Vec<Part<'a>>, Refusal> {
    blocks
        .filter_map(|block| write(block, at).transpose())
        .collect()
}

fn instruction(block: &Block, at: usize) -> Written<'_> {
    match &block.content {
        Content::Text(words) => Ok(text(words, block)),
        _ => Err(unsupported(
            content_of(at),
            "Instructions can be nothing but text at Anthropic.",
        )),
    }
}

fn said(block: &Block, at: usize) -> Written<'_> {
    let cache_control = block.cache.as_deref();
    match &block.content {
        Content::Text(words) => Ok(text(words, block)),
        Content::Image(media) => Ok(Some(Part::Image {
            source: image(media),
            cache_control,
        })),
        Content::Document { media, title } => {
            let (source, title) = (document(media, at)?, title.as_deref());
            Ok(Some(Part::Document {
                source,
                title,
                cache_control,
            }))
        }
        Content::Audio(_) => Err(unsupported(
            content_of(at),
            "Anthropic does not take audio.",
        )),
        Content::ToolResult {
            id,
            content,
            failed,
        } => Ok(Some(Part::ToolResult {
            tool_use_id: call_id(id),
            content: outcome(content, at)?,
            is_error: *failed,
            cache_control,
        })),
        _ => Err(malformed(
            content_of(at),
            "The user's turn has what only the model can say.",
        )),
    }
}

fn answered<'a>(block: &'a Block, at: usize, loss: &mut Loss) -> Written<'a> {
    match &block.content {
        Content::Text(words) | Content::Refusal(words) => Ok(text(words, block)),
        Content::ToolUse {
            id, name, input, ..
        } => {
            if !input.get().starts_with('{') {
                let detail = format!("The arguments of the call of `{name}` are no JSON object.");
                return Err(malformed(format!("messages[{at}].tool_calls"), detail));
            }
            let (id, cache_control) = (call_id(id), block.cache.as_deref());
            Ok(Some(Part::ToolUse {
                id,
                name,
                input,
                cache_control,
            }))
        }
        // OpenAI's reasoning, which only OpenAI can read.
        Content::Thinking {
            signature: Some(signature),
            ..
        } if seal::open_item(signature).is_some() => {
            loss.dropped("reasoning_content");
            Ok(None)
        }
        Content::Thinking {
            text,
            signature: Some(signature),
        } => Ok(Some(Part::Thinking {
            thinking: text,
            signature,
        })),
        // Unsigned thoughts are refused, and a signature cannot be made up.
        Content::Thinking {
            signature: None, ..
        } => {
            loss.dropped("reasoning_content");
            Ok(None)
        }
        Content::RedactedThinking(data) => Ok(Some(Part::RedactedThinking { data })),
        Content::ToolResult { .. } => Err(malformed(
            content_of(at),
            "The result of a tool stands in a turn of the model.",
        )),
        Content::Image(_) | Content::Document { .. } | Content::Audio(_) => {
            let detail = "Anthropic takes no media in a turn of the model.";
            Err(unsupported(content_of(at), detail))
        }
    }
}

fn text<'a>(words: &'a str, block: &'a Block) -> Option<Part<'a>> {
    let cache_control = block.cache.as_deref();
    (!words.trim().is_empty()).then(|| Part::Text {
        text: words.into(),
        cache_control,
    })
}

fn outcome(content: &[Block], at: usize) -> Result<Outcome<'_>, Refusal> {
    let mut parts = Vec::new();
    for block in content {
        match &block.content {
            Content::Text(_) | Content::Image(_) | Content::Document { .. } => {
                parts.extend(said(block, at)?);
            }
            _ => {
                let detail = "Anthropic takes text, images and documents as a tool's result.";
                return Err(unsupported(content_of(at), detail));
            }
        }
    }
    Ok(match (parts.as_slice(), content) {
        ([], _) => Outcome::Text(""),
        (
            _,
            [
                Block {
                    content: Content::Text(text),
                    cache: None,
                },
            ],
        ) => Outcome::Text(text),
        _ => Outcome::Parts(parts),
    })
}

/// The id of a call as Anthropic takes it: letters, digits, `_` and `-`. Other characters are
/// written as their codes, in the call and in its result alike.
fn call_id(id: &str) -> Cow<'_, str> {
    let (id, _) = split_thought(id);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if id.chars().all(plain) {
        return Cow::Borrowed(id);
    }
    let coded = |c: char| {
        if plain(c) {
            c.to_string()
        } else {
            format!("_{:x}", u32::from(c))
        }
    };
    Cow::Owned(id.chars().map(coded).collect())
}

fn image(media: &Media) -> Source<'_> {
    match media {
        Media::Inline { mime, base64 } => Source::Base64 {
            media_type: image_type(mime),
            data: base64,
        },
        Media::Url(url) => Source::Url { url },
    }
}

fn image_type(mime: &str) -> &str {
    if mime.eq_ignore_ascii_case("image/jpg") {
        "image/jpeg"
    } else {
        mime
    }
}

fn document(media: &Media, at: usize) -> Result<Source<'_>, Refusal> {
    match media {
        Media::Url(url) => Ok(Source::Url { url }),
        Media::Inline { mime, base64 } if mime.eq_ignore_ascii_case("application/pdf") => {
            Ok(Source::Base64 {
                media_type: "application/pdf",
                data: base64,
            })
        }
        Media::Inline { mime, base64 } if mime.starts_with("text/") => {
            let bytes = STANDARD.decode(base64).ok();
            let data = bytes
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .ok_or_else(|| {
                    malformed(
                        content_of(at),
                        "A text document is not base64 of UTF-8 text.",
                    )
                })?;
            Ok(Source::Text {
                media_type: "text/plain",
                data,
            })
        }
        Media::Inline { mime, .. } => {
            let detail = format!("Anthropic takes PDF and text as documents, not `{mime}`.");
            Err(unsupported(content_of(at), detail))
        }
    }
}
