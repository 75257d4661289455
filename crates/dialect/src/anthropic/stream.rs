//! A streamed answer: server-sent events named as their `type`.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::error::told;
use super::response::{citation, stop};
use super::usage::Counts;
use crate::codec::StreamDecoder;
use crate::flow::Flow;
use crate::ir::{Delta, Event, Opening};
use crate::lenient::text;
use crate::sse::Frames;

/// Reads a streamed answer.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    frames: Frames,
    flow: Flow,
    block: Option<Open>,
    /// All counts so far.
    counts: Counts,
}

/// The block that is open.
#[derive(Debug)]
struct Open {
    /// The provider's number of it.
    index: u64,
    /// The arguments that the block began with, where it is a call and they are not empty.
    eager: Option<String>,
    kind: Kind,
    /// The signature so far.
    signature: String,
}

#[derive(Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Thinking,
    /// A call, and whether a piece of its arguments came.
    Call(bool),
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(rename = "type", default, deserialize_with = "text")]
    kind: Option<String>,
    #[serde(default)]
    index: u64,
    message: Option<Head>,
    #[serde(borrow)]
    content_block: Option<Begin<'a>>,
    delta: Option<Piece>,
    usage: Option<Counts>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Head {
    #[serde(default, deserialize_with = "text")]
    id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    model: Option<String>,
    usage: Option<Counts>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Begin<'a> {
    #[serde(rename = "type", deserialize_with = "text")]
    kind: Option<String>,
    #[serde(deserialize_with = "text")]
    text: Option<String>,
    #[serde(deserialize_with = "text")]
    thinking: Option<String>,
    #[serde(deserialize_with = "text")]
    signature: Option<String>,
    #[serde(deserialize_with = "text")]
    id: Option<String>,
    #[serde(deserialize_with = "text")]
    name: Option<String>,
    #[serde(borrow)]
    input: Option<&'a RawValue>,
    #[serde(deserialize_with = "text")]
    data: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Piece {
    #[serde(rename = "type", deserialize_with = "text")]
    kind: Option<String>,
    #[serde(deserialize_with = "text")]
    text: Option<String>,
    #[serde(deserialize_with = "text")]
    thinking: Option<String>,
    #[serde(deserialize_with = "text")]
    signature: Option<String>,
    #[serde(deserialize_with = "text")]
    partial_json: Option<String>,
    #[serde(deserialize_with = "text")]
    stop_reason: Option<String>,
    #[serde(deserialize_with = "text")]
    stop_sequence: Option<String>,
    citation: Option<Value>,
}

impl StreamDecoder for Decoder {
    fn push(&mut self, bytes: &[u8], events: &mut Vec<Event>) {
        self.frames.push(bytes);
        self.drain(events);
    }

    fn finish(&mut self, events: &mut Vec<Event>) {
        self.frames.finish();
        self.drain(events);
        self.flow.broke(
            "The provider closed the stream before the answer was complete.",
            events,
        );
    }
}

impl Decoder {
    fn drain(&mut self, events: &mut Vec<Event>) {
        let mut frames = std::mem::take(&mut self.frames);
        while !self.flow.is_over() {
            match frames.next_frame() {
                Ok(Some(frame)) => self.frame(frame.event, frame.data, events),
                Ok(None) => break,
                Err(error) => self.flow.broke(error.to_string(), events),
            }
        }
        self.frames = frames;
    }

    fn frame(&mut self, name: &str, data: &str, events: &mut Vec<Event>) {
        let message: Message<'_> = match serde_json::from_str(data) {
            Ok(message) => message,
            // Nothing of a ping or of a newer event is needed, so it may look as it likes.
            Err(_) if !matters(name) || data == "[DONE]" => return,
            Err(error) => {
                let detail = format!("An event of the stream cannot be read: {error}");
                return self.flow.broke(detail, events);
            }
        };
        match message.kind.as_deref().unwrap_or(name) {
            "message_start" => self.start(message.message, events),
            "content_block_start" => {
                self.begin(
                    message.index,
                    message.content_block.unwrap_or_default(),
                    events,
                );
            }
            "content_block_delta" => {
                self.piece(message.index, message.delta.unwrap_or_default(), events);
            }
            "content_block_stop" if self.is_open(message.index) => self.close(events),
            "message_delta" => {
                self.close(events);
                self.count(message.usage, events);
                let delta = message.delta.unwrap_or_default();
                if let Some(reason) = delta.stop_reason {
                    if reason == "stop_sequence" {
                        let met = delta.stop_sequence.unwrap_or_default();
                        self.flow.stop_text(met, events);
                    }
                    self.flow.stop(stop(Some(&reason)), events);
                }
            }
            "message_stop" => {
                self.close(events);
                self.flow.end(events);
            }
            "error" => self
                .flow
                .fail(told(&message.error.unwrap_or_default()), events),
            _ => {}
        }
    }

    fn is_open(&self, index: u64) -> bool {
        self.block
            .as_ref()
            .is_some_and(|block| block.index == index)
    }

    fn start(&mut self, head: Option<Head>, events: &mut Vec<Event>) {
        let Some(head) = head else {
            return self.flow.start(None, None, events);
        };
        self.flow
            .start(head.id.as_deref(), head.model.as_deref(), events);
        self.count(head.usage, events);
    }

    fn count(&mut self, counts: Option<Counts>, events: &mut Vec<Event>) {
        if let Some(counts) = counts {
            self.counts.update(&counts);
            self.flow.usage(self.counts.usage(), events);
        }
    }

    fn begin(&mut self, index: u64, begin: Begin<'_>, events: &mut Vec<Event>) {
        self.close(events);
        let (opening, kind) = match begin.kind.as_deref() {
            Some("text") => (Opening::Text, Kind::Text),
            Some("thinking") => (Opening::Thinking, Kind::Thinking),
            Some("tool_use") => {
                let Some(name) = begin.name.filter(|name| !name.is_empty()) else {
                    return self
                        .flow
                        .broke("The provider called a tool without a name.", events);
                };
                let id = begin.id.unwrap_or_else(|| format!("toolu_{index}"));
                (
                    Opening::ToolUse {
                        id,
                        name,
                        signature: None,
                    },
                    Kind::Call(false),
                )
            }
            Some("redacted_thinking") => {
                let data = begin.data.unwrap_or_default();
                self.flow.open(Opening::Redacted(data), events);
                return self.flow.close(events);
            }
            // Tools that the provider runs.
            _ => return,
        };
        self.flow.open(opening, events);
        let words = begin.text.or(begin.thinking).unwrap_or_default();
        self.flow.delta(Delta::Text(words), events);
        let input = begin
            .input
            .map(RawValue::get)
            .filter(|text| text.starts_with('{'));
        let eager = input.map(str::to_owned);
        let signature = begin
            .signature
            .filter(|_| kind == Kind::Thinking)
            .unwrap_or_default();
        self.block = Some(Open {
            index,
            eager,
            kind,
            signature,
        });
    }

    fn piece(&mut self, index: u64, piece: Piece, events: &mut Vec<Event>) {
        let Some(block) = self.block.as_mut().filter(|block| block.index == index) else {
            return;
        };
        match (piece.kind.as_deref(), &mut block.kind) {
            (Some("text_delta"), Kind::Text) => {
                self.flow
                    .delta(Delta::Text(piece.text.unwrap_or_default()), events);
            }
            (Some("citations_delta"), Kind::Text) => {
                if let Some(citation) = piece.citation.as_ref().and_then(citation) {
                    self.flow.cite(citation, events);
                }
            }
            (Some("thinking_delta"), Kind::Thinking) => {
                self.flow
                    .delta(Delta::Text(piece.thinking.unwrap_or_default()), events);
            }
            (Some("signature_delta"), Kind::Thinking) => {
                block
                    .signature
                    .push_str(&piece.signature.unwrap_or_default());
            }
            (Some("input_json_delta"), Kind::Call(came)) => {
                let json = piece.partial_json.unwrap_or_default();
                *came |= !json.is_empty();
                self.flow.delta(Delta::Arguments(json), events);
            }
            _ => {}
        }
    }

    fn close(&mut self, events: &mut Vec<Event>) {
        let Some(block) = self.block.take() else {
            return;
        };
        if block.kind == Kind::Call(false) {
            let arguments = block.eager.unwrap_or_else(|| "{}".to_owned());
            self.flow.delta(Delta::Arguments(arguments), events);
        }
        self.flow.delta(Delta::Signature(block.signature), events);
        self.flow.close(events);
    }
}

fn matters(name: &str) -> bool {
    let known = ["message_", "content_block_", "error"];
    name.is_empty() || known.iter().any(|prefix| name.starts_with(prefix))
}
