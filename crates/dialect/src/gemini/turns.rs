//! The conversation: instructions to the side, turns merged, results of tools in turns of their own
//! and in the order of the calls.

use std::borrow::Cow;

use serde_json::value::RawValue;
use tollgate_model::Refusal;

use super::wire::{Answer, Blob, Call, Data, File, Outcome, Output, Part, Role, Turn};
use crate::codec::Loss;
use crate::ir::{self, Block, Content, Media, Request};
use crate::ladder::{content_of, malformed, split_thought, unsupported};

/// What the user says where the caller's conversation is nothing but instructions.
const PLACEHOLDER: &str = " ";

/// Stands for the signature of a call that has none, such as one that another model made; the
/// models that insist on signatures document this one as always accepted.
pub(super) const NO_SIGNATURE: &str = "skip_thought_signature_validator";

/// Instructions and turns.
pub(super) struct Conversation<'a> {
    pub(super) system: Vec<Part<'a>>,
    pub(super) contents: Vec<Turn<'a>>,
    /// The calls of the model's last turn, each with its result where that came.
    calls: Vec<Pending<'a>>,
    /// Media that tools returned to a model that takes none as a result: the user's next turn shows
    /// them.
    beside: Vec<Part<'a>>,
    third: bool,
}

struct Pending<'a> {
    id: &'a str,
    name: &'a str,
    result: Option<Part<'a>>,
}

/// Writes the turns. `third` says that the model is of the third generation or newer.
pub(super) fn write<'a>(
    request: &'a Request,
    third: bool,
    loss: &mut Loss,
) -> Result<Conversation<'a>, Refusal> {
    let mut talk = Conversation {
        system: Vec::new(),
        contents: Vec::new(),
        calls: Vec::new(),
        beside: Vec::new(),
        third,
    };
    for (at, turn) in request.turns.iter().enumerate() {
        if turn.blocks.iter().any(|block| block.cache.is_some()) {
            loss.dropped("cache_control");
        }
        match turn.role {
            ir::Role::System => talk.instruct(&turn.blocks, at)?,
            ir::Role::User => talk.hear(&turn.blocks, at, loss)?,
            ir::Role::Assistant => talk.answer(&turn.blocks, at, loss)?,
        }
    }
    talk.settle()?;
    if talk.contents.is_empty() {
        if talk.system.is_empty() {
            return Err(malformed("messages", "The conversation is empty."));
        }
        talk.say(Role::User, vec![Data::Text(PLACEHOLDER.into()).into()]);
    }
    Ok(talk)
}

impl<'a> Conversation<'a> {
    fn instruct(&mut self, blocks: &'a [Block], at: usize) -> Result<(), Refusal> {
        for block in blocks {
            match &block.content {
                Content::Text(words) => self.system.extend(text(words)),
                _ => {
                    let detail = "Instructions can be nothing but text at Gemini.";
                    return Err(unsupported(content_of(at), detail));
                }
            }
        }
        Ok(())
    }

    fn hear(&mut self, blocks: &'a [Block], at: usize, loss: &mut Loss) -> Result<(), Refusal> {
        let mut parts = Vec::new();
        for block in blocks {
            match &block.content {
                Content::ToolResult {
                    id,
                    content,
                    failed,
                } => {
                    self.result(id, content, *failed, at)?;
                }
                content => parts.extend(said(content, at, loss)?),
            }
        }
        if !parts.is_empty() {
            self.settle()?;
            self.say(Role::User, parts);
        }
        Ok(())
    }

    fn answer(&mut self, blocks: &'a [Block], at: usize, loss: &mut Loss) -> Result<(), Refusal> {
        if self.calls.iter().any(|call| call.result.is_some()) {
            self.settle()?;
        }
        for block in blocks {
            match &block.content {
                Content::Text(words) | Content::Refusal(words) => {
                    self.say(Role::Model, text(words).into_iter().collect());
                }
                Content::ToolUse {
                    id,
                    name,
                    input,
                    signature,
                } => {
                    check_arguments(name, input, at)?;
                    let part = self.call(id, name, input, signature.as_deref());
                    self.say(Role::Model, vec![part]);
                }
                // Thoughts are not read back, and those of other providers least of all.
                Content::Thinking { .. } | Content::RedactedThinking(_) => {
                    loss.dropped("reasoning_content");
                }
                Content::Image(media) | Content::Document { media, .. } | Content::Audio(media) => {
                    self.say(Role::Model, vec![medium(media, at)?]);
                }
                Content::ToolResult { .. } => {
                    let detail = "The result of a tool stands in a turn of the model.";
                    return Err(malformed(content_of(at), detail));
                }
            }
        }
        Ok(())
    }

    fn call(
        &mut self,
        id: &'a str,
        name: &'a str,
        args: &'a RawValue,
        signature: Option<&'a str>,
    ) -> Part<'a> {
        let (id, carried) = split_thought(id);
        // Of calls made at once only the first is signed.
        let first = self.calls.is_empty();
        self.calls.push(Pending {
            id,
            name,
            result: None,
        });
        let made_up = (self.third && first).then_some(NO_SIGNATURE);
        let thought_signature = signature.or(carried).or(made_up);
        let data = Data::FunctionCall(Call { name, args });
        Part {
            data,
            thought_signature,
        }
    }

    fn result(
        &mut self,
        id: &'a str,
        content: &'a [Block],
        failed: bool,
        at: usize,
    ) -> Result<(), Refusal> {
        let (id, _) = split_thought(id);
        let mut calls = self.calls.iter_mut();
        let Some(call) = calls.find(|call| call.id == id && call.result.is_none()) else {
            let detail =
                format!("There is no call `{id}` just before its result, as Gemini needs it.");
            return Err(malformed(format!("messages[{at}].tool_call_id"), detail));
        };
        let (mut words, mut parts) = returned(content, at)?;
        if !self.third && !parts.is_empty() {
            let count = parts.len();
            let note = format!("{words}\n[{count} attached to the next message of the user]");
            words = note.trim_start().to_owned().into();
            self.beside.append(&mut parts);
        }
        let answer = Answer {
            name: call.name,
            response: outcome(words, failed),
            parts,
        };
        call.result = Some(Data::FunctionResponse(answer).into());
        Ok(())
    }

    /// Writes the results of the calls that were made, all of them in the order of the calls.
    fn settle(&mut self) -> Result<(), Refusal> {
        let calls = std::mem::take(&mut self.calls);
        if calls.iter().all(|call| call.result.is_none()) {
            return Ok(());
        }
        if let Some(open) = calls.iter().find(|call| call.result.is_none()) {
            let detail = format!(
                "The call `{}` of `{}` has no result, while others made at once have one.",
                open.id, open.name
            );
            return Err(malformed("messages", detail));
        }
        let parts = calls.into_iter().filter_map(|call| call.result).collect();
        self.contents.push(Turn {
            role: Role::User,
            parts,
        });
        let beside = std::mem::take(&mut self.beside);
        self.say(Role::User, beside);
        Ok(())
    }

    /// Adds to the turn of the same side; a turn of results stays alone.
    fn say(&mut self, role: Role, parts: Vec<Part<'a>>) {
        match self.contents.last_mut() {
            Some(last) if last.role == role && !has_results(last) => last.parts.extend(parts),
            _ if parts.is_empty() => {}
            _ => self.contents.push(Turn { role, parts }),
        }
    }
}

fn check_arguments(name: &str, args: &RawValue, at: usize) -> Result<(), Refusal> {
    if args.get().starts_with('{') {
        return Ok(());
    }
    let detail = format!("The arguments of the call of `{name}` are no JSON object.");
    Err(malformed(format!("messages[{at}].tool_calls"), detail))
}

fn has_results(turn: &Turn<'_>) -> bool {
    turn.parts
        .iter()
        .any(|part| matches!(part.data, Data::FunctionResponse(_)))
}

fn text(words: &str) -> Option<Part<'_>> {
    (!words.is_empty()).then(|| Data::Text(words.into()).into())
}

fn said<'a>(content: &'a Content, at: usize, loss: &mut Loss) -> Result<Option<Part<'a>>, Refusal> {
    match content {
        Content::Text(words) => Ok(text(words)),
        Content::Image(media) | Content::Audio(media) => medium(media, at).map(Some),
        Content::Document { media, title } => {
            if title.is_some() {
                loss.dropped("filename");
            }
            medium(media, at).map(Some)
        }
        _ => Err(malformed(
            content_of(at),
            "The user's turn has what only the model can say.",
        )),
    }
}

fn medium(media: &Media, at: usize) -> Result<Part<'_>, Refusal> {
    match media {
        Media::Inline { mime, base64 } => {
            let mime_type = match mime.as_str() {
                "image/jpg" => "image/jpeg",
                "audio/mpeg" => "audio/mp3",
                other => other,
            };
            Ok(Data::Inline(Blob {
                mime_type,
                data: base64,
            })
            .into())
        }
        Media::Url(url) => Ok(Data::Remote(file(url, at)?).into()),
    }
}

/// Addresses that Gemini reads itself.
const READABLE: [&str; 4] = [
    "https://generativelanguage.googleapis.com/",
    "https://www.youtube.com/",
    "https://youtube.com/",
    "https://youtu.be/",
];

const TYPES: [(&str, &str); 16] = [
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("webp", "image/webp"),
    ("heic", "image/heic"),
    ("heif", "image/heif"),
    ("gif", "image/gif"),
    ("pdf", "application/pdf"),
    ("txt", "text/plain"),
    ("mp3", "audio/mp3"),
    ("wav", "audio/wav"),
    ("flac", "audio/flac"),
    ("ogg", "audio/ogg"),
    ("mp4", "video/mp4"),
    ("mov", "video/quicktime"),
    ("webm", "video/webm"),
];

fn file(url: &str, at: usize) -> Result<File<'_>, Refusal> {
    if READABLE.iter().any(|prefix| url.starts_with(prefix)) {
        return Ok(File {
            mime_type: None,
            file_uri: url,
        });
    }
    if !url.starts_with("gs://") {
        let detail = "Gemini does not fetch media from this address. Send the bytes as a data URL, \
                      or an address of Google storage (`gs://…`), a Gemini file or YouTube.";
        return Err(unsupported(content_of(at), detail));
    }
    let ending = url
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    let known = TYPES
        .iter()
        .find(|(name, _)| ending.as_deref() == Some(name));
    let (_, mime_type) = known.ok_or_else(|| {
        let detail = "Gemini wants the media type of what lies in Google storage, and the ending \
                      of this address tells none.";
        unsupported(content_of(at), detail)
    })?;
    Ok(File {
        mime_type: Some(mime_type),
        file_uri: url,
    })
}

/// What a tool returned: its texts as one, and its media.
fn returned(content: &[Block], at: usize) -> Result<(Cow<'_, str>, Vec<Part<'_>>), Refusal> {
    let (mut texts, mut parts) = (Vec::new(), Vec::new());
    for block in content {
        match &block.content {
            Content::Text(words) => texts.push(words.as_str()),
            Content::Image(media) | Content::Audio(media) | Content::Document { media, .. } => {
                parts.push(medium(media, at)?);
            }
            _ => {
                let detail = "Gemini takes text and media as a tool's result.";
                return Err(unsupported(content_of(at), detail));
            }
        }
    }
    let words = match texts.as_slice() {
        [one] => Cow::Borrowed(*one),
        many => Cow::Owned(many.join("\n")),
    };
    Ok((words, parts))
}

fn outcome(words: Cow<'_, str>, failed: bool) -> Outcome<'_> {
    if failed {
        return Outcome::Error(words);
    }
    let json = match words.trim_start().chars().next() {
        Some('{' | '[') => serde_json::from_str::<Box<RawValue>>(&words).ok(),
        _ => None,
    };
    match json {
        Some(object) if object.get().starts_with('{') => Outcome::Whole(object),
        Some(array) => Outcome::Output(Output::Json(array)),
        None => Outcome::Output(Output::Text(words)),
    }
}
