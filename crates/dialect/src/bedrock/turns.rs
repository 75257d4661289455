//! The conversation: instructions to the top, turns merged, blocks in the order that is taken.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;
use tollgate_model::Refusal;

use super::call_ids;
use super::family::Family;
use super::media::{self, Names};
use super::wire::{
    Bytes, CachePoint, Document, Image, Message, Part, Role, Thought, ToolResult, ToolUse,
};
use crate::codec::Loss;
use crate::ir::{self, Block, Content, Media, Request, Turn};
use crate::ladder::{malformed, unsupported};
use crate::seal;

/// What a turn says that stands where one is needed and the caller has none: the conversation must
/// begin with the user, no text may be empty, and beside a document there must be one.
const PLACEHOLDER: &str = ".";

/// Instructions and turns.
#[derive(Default)]
pub(super) struct Conversation<'a> {
    pub(super) system: Vec<Part<'a>>,
    pub(super) messages: Vec<Message<'a>>,
}

/// Writes the turns. Two turns of one side in a row are one, which Bedrock would refuse otherwise.
pub(super) fn write<'a>(
    request: &'a Request,
    family: Family,
    loss: &mut Loss,
) -> Result<Conversation<'a>, Refusal> {
    let mut talk = Conversation::default();
    let mut writer = Writer {
        family,
        names: Names::default(),
        at: 0,
        loss,
    };
    for (at, turn) in request.turns.iter().enumerate() {
        writer.at = at;
        match turn.role {
            ir::Role::System => talk.system.extend(writer.parts(turn, Writer::instruction)?),
            ir::Role::User => talk.say(Role::User, writer.parts(turn, Writer::said)?),
            ir::Role::Assistant => talk.say(Role::Assistant, writer.parts(turn, Writer::answered)?),
        }
    }
    talk.finish()?;
    Ok(talk)
}

impl<'a> Conversation<'a> {
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
        let begins = self.messages.first().map(|first| first.role);
        if begins != Some(Role::User) {
            let opening = Message {
                role: Role::User,
                content: vec![placeholder()],
            };
            self.messages.insert(0, opening);
        }
        for message in &mut self.messages {
            results_first(&mut message.content);
            let has = |wanted: fn(&Part<'_>) -> bool| message.content.iter().any(wanted);
            let has_document = has(|part| matches!(part, Part::Document(_)));
            if has_document && !has(|part| matches!(part, Part::Text(_))) {
                message.content.push(placeholder());
            }
        }
        if let Some(Message {
            role: Role::Assistant,
            content,
        }) = self.messages.last_mut()
            && let Some(Part::Text(text)) = content.last_mut()
        {
            *text = Cow::Owned(text.trim_end().to_owned());
        }
        Ok(())
    }
}

fn placeholder<'a>() -> Part<'a> {
    Part::Text(PLACEHOLDER.into())
}

/// Puts results of tools before all else; a mark for the cache stays behind its block.
fn results_first(parts: &mut Vec<Part<'_>>) {
    let (mut results, mut others) = (Vec::new(), Vec::new());
    let mut is_result = false;
    for part in parts.drain(..) {
        is_result = match part {
            Part::ToolResult(_) => true,
            Part::CachePoint(_) => is_result,
            _ => false,
        };
        match is_result {
            true => results.push(part),
            false => others.push(part),
        }
    }
    parts.extend(results);
    parts.extend(others);
}

/// A mark up to which the prompt is cached, with the life that its original in Anthropic's form asks
/// for; five minutes where it does not say.
pub(super) fn cache_point(mark: &RawValue) -> CachePoint {
    #[derive(Deserialize)]
    struct Mark<'a> {
        #[serde(borrow)]
        ttl: Option<Cow<'a, str>>,
    }
    let mark = serde_json::from_str::<Mark<'_>>(mark.get()).ok();
    let long = mark.is_some_and(|mark| mark.ttl.as_deref() == Some("1h"));
    CachePoint {
        kind: "default",
        ttl: long.then_some("1h"),
    }
}

/// Writes the blocks of one turn after another.
struct Writer<'w> {
    family: Family,
    names: Names,
    /// The place of the turn.
    at: usize,
    loss: &'w mut Loss,
}

type Written<'a> = Result<Option<Part<'a>>, Refusal>;

impl Writer<'_> {
    fn parts<'a>(
        &mut self,
        turn: &'a Turn,
        write: fn(&mut Self, &'a Content) -> Written<'a>,
    ) -> Result<Vec<Part<'a>>, Refusal> {
        let mut parts = Vec::with_capacity(turn.blocks.len());
        for block in &turn.blocks {
            let Some(part) = write(self, &block.content)? else {
                continue;
            };
            parts.push(part);
            match block.cache.as_deref() {
                Some(mark) if self.family.caches() => {
                    parts.push(Part::CachePoint(cache_point(mark)))
                }
                Some(_) => self.loss.dropped("cache_control"),
                None => {}
            }
        }
        Ok(parts)
    }

    fn place(&self) -> String {
        format!("messages[{}].content", self.at)
    }

    fn instruction<'a>(&mut self, content: &'a Content) -> Written<'a> {
        match content {
            Content::Text(words) => Ok(text(words)),
            _ => {
                let detail = "Instructions can be nothing but text at Bedrock.";
                Err(unsupported(self.place(), detail))
            }
        }
    }

    fn said<'a>(&mut self, content: &'a Content) -> Written<'a> {
        match content {
            Content::Text(words) => Ok(text(words)),
            Content::Image(media) => self.image(media).map(Some),
            Content::Document { media, title } => self.document(media, title.as_deref()).map(Some),
            Content::Audio(_) => {
                let detail = "Recordings are not carried to Bedrock.";
                Err(unsupported(self.place(), detail))
            }
            Content::ToolResult {
                id,
                content,
                failed,
            } => self.outcome(id, content, *failed).map(Some),
            _ => {
                let detail = "The user's turn has what only the model can say.";
                Err(malformed(self.place(), detail))
            }
        }
    }

    fn answered<'a>(&mut self, content: &'a Content) -> Written<'a> {
        match content {
            Content::Text(words) | Content::Refusal(words) => Ok(text(words)),
            Content::ToolUse {
                id, name, input, ..
            } => {
                if !input.get().starts_with('{') {
                    let place = format!("messages[{}].tool_calls", self.at);
                    let detail =
                        format!("The arguments of the call of `{name}` are no JSON object.");
                    return Err(malformed(place, detail));
                }
                Ok(Some(Part::ToolUse(ToolUse {
                    tool_use_id: call_ids::sent(id),
                    name,
                    input,
                })))
            }
            Content::Thinking { text, signature } => {
                let signature = signature.as_deref();
                // OpenAI's reasoning can be read by OpenAI alone.
                let signed = signature
                    .filter(|text| self.family.takes_thoughts() && seal::open_item(text).is_none());
                let thought = signed.map(|signature| Thought::ReasoningText { text, signature });
                Ok(self.thought(thought))
            }
            Content::RedactedThinking(data) => {
                let taken = self.family.takes_thoughts() && is_base64(data);
                Ok(self.thought(taken.then_some(Thought::RedactedContent(data))))
            }
            Content::ToolResult { .. } => {
                let detail = "The result of a tool stands in a turn of the model.";
                Err(malformed(self.place(), detail))
            }
            Content::Image(_) | Content::Document { .. } | Content::Audio(_) => {
                let detail = "Bedrock takes no media in a turn of the model.";
                Err(unsupported(self.place(), detail))
            }
        }
    }

    /// A thought, or the loss of one: unsigned ones are refused, and a signature cannot be made up.
    fn thought<'a>(&mut self, thought: Option<Thought<'a>>) -> Option<Part<'a>> {
        if thought.is_none() {
            self.loss.dropped("reasoning_content");
        }
        thought.map(Part::ReasoningContent)
    }

    fn outcome<'a>(
        &mut self,
        id: &'a str,
        content: &'a [Block],
        failed: bool,
    ) -> Result<Part<'a>, Refusal> {
        let mut parts = Vec::with_capacity(content.len());
        let in_words = failed && !self.family.takes_failures();
        if in_words {
            parts.push(Part::Text("Error:".into()));
        }
        for block in content {
            match &block.content {
                Content::Text(_) | Content::Image(_) | Content::Document { .. } => {
                    parts.extend(self.said(&block.content)?);
                }
                _ => {
                    let detail = "Bedrock takes text, images and documents as a tool's result.";
                    return Err(unsupported(self.place(), detail));
                }
            }
        }
        if parts.is_empty() {
            parts.push(placeholder());
        }
        Ok(Part::ToolResult(ToolResult {
            tool_use_id: call_ids::sent(id),
            content: parts,
            status: (failed && !in_words).then_some("error"),
        }))
    }

    fn image<'a>(&self, media: &'a Media) -> Result<Part<'a>, Refusal> {
        let (mime, bytes) = self.inline(media)?;
        let Some(format) = media::image_format(mime) else {
            let detail = format!("Bedrock takes images in PNG, JPEG, GIF and WebP, not `{mime}`.");
            return Err(unsupported(self.place(), detail));
        };
        let source = Bytes { bytes };
        Ok(Part::Image(Image { format, source }))
    }

    fn document<'a>(&mut self, media: &'a Media, title: Option<&str>) -> Result<Part<'a>, Refusal> {
        let (mime, bytes) = self.inline(media)?;
        let Some(format) = media::document_format(mime) else {
            let detail = format!("Bedrock takes PDF, text and Office documents, not `{mime}`.");
            return Err(unsupported(self.place(), detail));
        };
        Ok(Part::Document(Document {
            format,
            name: self.names.of(title, format),
            source: Bytes { bytes },
        }))
    }

    /// Type and base64 of a medium, which must be in the request.
    fn inline<'a>(&self, media: &'a Media) -> Result<(&'a str, &'a str), Refusal> {
        match media {
            Media::Inline { mime, base64 } => Ok((mime, base64)),
            Media::Url(_) => {
                let detail = "Bedrock fetches nothing from an address; send the bytes in base64.";
                Err(unsupported(self.place(), detail))
            }
        }
    }
}

fn text(words: &str) -> Option<Part<'_>> {
    (!words.trim().is_empty()).then(|| Part::Text(words.into()))
}

fn is_base64(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    !text.is_empty() && text.len().is_multiple_of(4) && text.bytes().all(plain)
}
