//! A streamed answer: messages of an event stream, each named as its event.

use serde::Deserialize;
use serde_json::Value;

use super::error;
use super::media;
use super::response::{citation, stop};
use super::usage::{Counts, Service};
use crate::codec::StreamDecoder;
use crate::event_stream::{Frame, Frames, Kind};
use crate::flow::Flow;
use crate::ir::{Delta, Event, Media, Opening};
use crate::lenient::text;

/// Reads a streamed answer.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    frames: Frames,
    flow: Flow,
    block: Option<Open>,
    /// The reason for the end was told; what is left is the usage.
    stopped: bool,
}

/// The block that is open.
#[derive(Debug)]
struct Open {
    /// The provider's number of it.
    index: u64,
    kind: Block,
    /// The signature of thoughts so far.
    signature: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Block {
    Text,
    Thinking,
    /// A call, and whether a piece of its arguments came.
    Call(bool),
    /// A picture of this media type.
    Picture(&'static str),
    /// What belongs to tools that the provider runs.
    Foreign,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Message {
    content_block_index: u64,
    start: Option<Start>,
    delta: Option<Piece>,
    #[serde(deserialize_with = "text")]
    stop_reason: Option<String>,
    usage: Option<Counts>,
    service_tier: Option<Service>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Start {
    tool_use: Option<Call>,
    tool_result: Option<serde::de::IgnoredAny>,
    image: Option<Picture>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Picture {
    #[serde(deserialize_with = "text")]
    format: Option<String>,
    source: Option<Source>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Source {
    #[serde(deserialize_with = "text")]
    bytes: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Call {
    #[serde(deserialize_with = "text")]
    tool_use_id: Option<String>,
    #[serde(deserialize_with = "text")]
    name: Option<String>,
    #[serde(rename = "type", deserialize_with = "text")]
    kind: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Piece {
    #[serde(deserialize_with = "text")]
    text: Option<String>,
    tool_use: Option<Arguments>,
    reasoning_content: Option<Thought>,
    image: Option<Picture>,
    citation: Option<Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Arguments {
    #[serde(deserialize_with = "text")]
    input: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Thought {
    #[serde(deserialize_with = "text")]
    text: Option<String>,
    #[serde(deserialize_with = "text")]
    signature: Option<String>,
    #[serde(deserialize_with = "text")]
    redacted_content: Option<String>,
}

impl StreamDecoder for Decoder {
    fn push(&mut self, bytes: &[u8], events: &mut Vec<Event>) {
        self.frames.push(bytes);
        let mut frames = std::mem::take(&mut self.frames);
        while !self.flow.is_over() {
            match frames.next_frame() {
                Ok(Some(frame)) => self.frame(&frame, events),
                Ok(None) => break,
                Err(error) => self.flow.broke(error.to_string(), events),
            }
        }
        self.frames = frames;
    }

    /// An answer whose reason to end was told is whole, even if its usage never came.
    fn finish(&mut self, events: &mut Vec<Event>) {
        if self.stopped && !self.frames.is_cut() {
            return self.flow.end(events);
        }
        self.flow.broke(
            "The provider closed the stream before the answer was complete.",
            events,
        );
    }
}

impl Decoder {
    fn frame(&mut self, frame: &Frame<'_>, events: &mut Vec<Event>) {
        if let Some(error) = error::of_frame(frame) {
            return self.flow.fail(error, events);
        }
        let (Kind::Event, name) = (frame.kind, frame.name) else {
            return;
        };
        if !matters(name) {
            return;
        }
        let message: Message = match serde_json::from_slice(frame.payload) {
            Ok(message) => message,
            Err(error) => {
                let detail = format!("An event of the stream cannot be read: {error}");
                return self.flow.broke(detail, events);
            }
        };
        let index = message.content_block_index;
        match name {
            "messageStart" => self.flow.start(None, None, events),
            "contentBlockStart" => self.begin(index, message.start.unwrap_or_default(), events),
            "contentBlockDelta" => self.piece(index, message.delta.unwrap_or_default(), events),
            "contentBlockStop" if self.is_open(index) => self.close(events),
            "messageStop" => {
                self.close(events);
                self.stopped = true;
                if message.stop_reason.as_deref() == Some("stop_sequence") {
                    self.flow.stop_text(String::new(), events);
                }
                self.flow.stop(stop(message.stop_reason.as_deref()), events);
            }
            "metadata" => {
                if let Some(counts) = message.usage {
                    let served_in = Service::told(message.service_tier);
                    self.flow.usage(counts.usage().in_tier(served_in), events);
                }
                if self.stopped {
                    self.flow.end(events);
                }
            }
            _ => {}
        }
    }

    fn is_open(&self, index: u64) -> bool {
        self.block
            .as_ref()
            .is_some_and(|block| block.index == index)
    }

    /// A block begins. Only calls say at their start what they are; of others the first piece does.
    fn begin(&mut self, index: u64, start: Start, events: &mut Vec<Event>) {
        self.close(events);
        let Some(call) = start.tool_use else {
            let format = start.image.map(|image| image.format.unwrap_or_default());
            if let Some(format) = format {
                let mime = media::image_type(&format).unwrap_or("image/png");
                self.enter(index, Block::Picture(mime));
            } else if start.tool_result.is_some() {
                self.enter(index, Block::Foreign);
            }
            return;
        };
        if call.kind.is_some() {
            return self.enter(index, Block::Foreign);
        }
        let Some(name) = call.name.filter(|name| !name.is_empty()) else {
            return self
                .flow
                .broke("The provider called a tool without a name.", events);
        };
        let id = call.tool_use_id.filter(|id| !id.is_empty());
        let opening = Opening::ToolUse {
            id: id.unwrap_or_else(|| format!("tooluse_{index}")),
            name,
            signature: None,
        };
        self.flow.open(opening, events);
        self.enter(index, Block::Call(false));
    }

    fn enter(&mut self, index: u64, kind: Block) {
        self.block = Some(Open {
            index,
            kind,
            signature: String::new(),
        });
    }

    fn piece(&mut self, index: u64, piece: Piece, events: &mut Vec<Event>) {
        if let Some(text) = piece.text {
            if self.inside(index, Block::Text, Opening::Text, events) {
                self.flow.delta(Delta::Text(text), events);
            }
        } else if let Some(thought) = piece.reasoning_content {
            if let Some(data) = thought.redacted_content {
                self.close(events);
                self.flow.open(Opening::Redacted(data), events);
                return self.flow.close(events);
            }
            if thought.text.is_none() && thought.signature.is_none() {
                return;
            }
            if self.inside(index, Block::Thinking, Opening::Thinking, events) {
                self.flow
                    .delta(Delta::Text(thought.text.unwrap_or_default()), events);
                if let (Some(block), Some(signature)) = (&mut self.block, thought.signature) {
                    block.signature.push_str(&signature);
                }
            }
        } else if let Some(told) = piece.citation {
            if let Some(citation) = citation(&told).filter(|_| self.is_open(index)) {
                self.flow.cite(citation, events);
            }
        } else if let Some(Open {
            index: open,
            kind: Block::Picture(mime),
            ..
        }) = &self.block
            && *open == index
        {
            let source = piece.image.and_then(|image| image.source);
            if let Some(base64) = source.and_then(|source| source.bytes) {
                let mime = (*mime).to_owned();
                let picture = Opening::Image(Media::Inline { mime, base64 });
                self.flow.open(picture, events);
                self.flow.close(events);
            }
        } else if let Some(arguments) = piece.tool_use
            && let Some(Open {
                index: open,
                kind: Block::Call(came),
                ..
            }) = &mut self.block
            && *open == index
        {
            let json = arguments.input.unwrap_or_default();
            *came |= !json.is_empty();
            self.flow.delta(Delta::Arguments(json), events);
        }
    }

    /// Whether a block of this kind is open under this number; it is opened where none is.
    fn inside(
        &mut self,
        index: u64,
        kind: Block,
        opening: Opening,
        events: &mut Vec<Event>,
    ) -> bool {
        if let Some(block) = self.block.as_ref().filter(|block| block.index == index) {
            return block.kind == kind;
        }
        self.close(events);
        self.flow.open(opening, events);
        self.enter(index, kind);
        true
    }

    fn close(&mut self, events: &mut Vec<Event>) {
        let Some(block) = self.block.take() else {
            return;
        };
        if matches!(block.kind, Block::Foreign | Block::Picture(_)) {
            return;
        }
        if block.kind == Block::Call(false) {
            self.flow.delta(Delta::Arguments("{}".to_owned()), events);
        }
        self.flow.delta(Delta::Signature(block.signature), events);
        self.flow.close(events);
    }
}

/// Whether an event says something that is needed; others may look as they like.
fn matters(name: &str) -> bool {
    let known = ["message", "contentBlock", "metadata"];
    known.iter().any(|prefix| name.starts_with(prefix))
}
