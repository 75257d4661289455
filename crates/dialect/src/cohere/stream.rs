//! A streamed answer, read into events.

use serde::Deserialize;
use serde_json::Value;

use super::error;
use super::response::{citations, stop};
use super::usage::Counts;
use crate::codec::StreamDecoder;
use crate::flow::Flow;
use crate::ir::{Delta, Event, Opening};
use crate::lenient::{count, text};
use crate::openai_chat::calls::{Calls, Piece};
use crate::sse::Frames;

/// Reads events.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    frames: Frames,
    talk: Talk,
}

/// What was said so far.
#[derive(Debug, Default)]
struct Talk {
    flow: Flow,
    /// The words whose block is open.
    words: Option<Words>,
    calls: Calls,
}

/// Which words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Words {
    /// Those of a piece of content, and its place.
    Text(u64),
    /// Thoughts, likewise.
    Thinking(u64),
    /// The plan for the tools.
    Plan,
}

#[derive(Deserialize)]
struct Told {
    #[serde(rename = "type", default, deserialize_with = "text")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "text")]
    id: Option<String>,
    #[serde(default, deserialize_with = "count")]
    index: Option<u64>,
    #[serde(default)]
    delta: Option<Change>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Change {
    message: Option<Message>,
    #[serde(deserialize_with = "text")]
    finish_reason: Option<String>,
    #[serde(deserialize_with = "text")]
    error: Option<String>,
    usage: Option<Counts>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Message {
    content: Value,
    #[serde(deserialize_with = "text")]
    tool_plan: Option<String>,
    tool_calls: Value,
    citations: Value,
}

impl StreamDecoder for Decoder {
    fn push(&mut self, bytes: &[u8], events: &mut Vec<Event>) {
        self.frames.push(bytes);
        self.drain(events);
    }

    fn finish(&mut self, events: &mut Vec<Event>) {
        self.frames.finish();
        self.drain(events);
        let why = "the stream broke off before its end";
        self.talk.flow.broke(why, events);
    }
}

impl Decoder {
    fn drain(&mut self, events: &mut Vec<Event>) {
        while !self.talk.flow.is_over() {
            match self.frames.next_frame() {
                Ok(Some(frame)) => self.talk.frame(frame.data, events),
                Ok(None) => break,
                Err(error) => self.talk.flow.broke(error.to_string(), events),
            }
        }
    }
}

impl Talk {
    fn frame(&mut self, data: &str, events: &mut Vec<Event>) {
        if data.trim().is_empty() || data.trim() == "[DONE]" {
            return;
        }
        if let Some(error) = error::in_place_of_answer(data.as_bytes()) {
            return self.flow.fail(error, events);
        }
        match serde_json::from_str::<Told>(data) {
            Ok(told) => self.event(told, events),
            Err(error) => {
                let message = format!("an event of the stream is unreadable: {error}");
                self.flow.broke(message, events);
            }
        }
    }

    fn event(&mut self, told: Told, events: &mut Vec<Event>) {
        let change = told.delta.unwrap_or_default();
        let message = change.message.unwrap_or_default();
        let index = told.index.unwrap_or(0);
        match told.kind.as_deref() {
            Some("message-start") => self.flow.start(told.id.as_deref(), None, events),
            Some("content-start" | "content-delta") => self.content(index, &message, events),
            Some("content-end") => self.hush(events),
            Some("tool-plan-delta") => {
                self.say(Words::Plan, message.tool_plan.unwrap_or_default(), events);
            }
            Some("tool-call-start" | "tool-call-delta") => {
                self.words = None;
                let piece = serde_json::from_value::<Piece>(message.tool_calls);
                let piece = piece.unwrap_or_default().at(index);
                self.calls.take(piece, &mut self.flow, events);
            }
            Some("message-end") => {
                let usage = change.usage.unwrap_or_default().usage();
                let reason = change.finish_reason.as_deref();
                match error::of_finish(reason, change.error.as_deref()) {
                    Some(error) => {
                        self.flow.usage(usage, events);
                        self.flow.fail(error, events);
                    }
                    None => {
                        self.calls.close_all(&mut self.flow, events);
                        self.flow.usage(usage, events);
                        if reason == Some("STOP_SEQUENCE") {
                            self.flow.stop_text(String::new(), events);
                        }
                        self.flow.stop(stop(reason, self.calls.any()), events);
                        self.flow.end(events);
                    }
                }
            }
            Some("citation-start") => {
                for citation in citations(&message.citations) {
                    self.flow.cite(citation, events);
                }
            }
            // Ends of calls and citations, and what is newer than this.
            _ => {}
        }
    }

    /// The open words end, where there are any.
    fn hush(&mut self, events: &mut Vec<Event>) {
        if self.words.take().is_some() {
            self.flow.close(events);
        }
    }

    fn content(&mut self, index: u64, message: &Message, events: &mut Vec<Event>) {
        let said = |name: &str| {
            let text = message.content.get(name).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        self.say(Words::Thinking(index), said("thinking"), events);
        self.say(Words::Text(index), said("text"), events);
    }

    fn say(&mut self, words: Words, text: String, events: &mut Vec<Event>) {
        if text.is_empty() {
            return;
        }
        if self.words != Some(words) {
            self.calls.close_all(&mut self.flow, events);
            self.words = Some(words);
            let opening = match words {
                Words::Thinking(_) => Opening::Thinking,
                Words::Text(_) | Words::Plan => Opening::Text,
            };
            self.flow.open(opening, events);
        }
        self.flow.delta(Delta::Text(text), events);
    }
}
