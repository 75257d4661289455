//! A provider's streamed answer, read into events.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tollgate_model::ServedIn;

use super::answer::{Item, Part, stop};
use crate::codec::StreamDecoder;
use crate::flow::Flow;
use crate::ir::{Delta, Event, Opening};
use crate::lenient::{count, text};
use crate::openai_chat::answer::citation;
use crate::openai_responses::forms::quoted;
use crate::openai_responses::{error, usage};
use crate::sse::Frames;
use crate::tier;

/// The most bytes of an event: the last one holds the whole answer.
const EVENT_LIMIT: usize = 64 << 20;

/// Reads a streamed answer.
#[derive(Debug)]
pub(crate) struct Decoder {
    frames: Frames,
    talk: Talk,
}

impl Default for Decoder {
    fn default() -> Decoder {
        Decoder {
            frames: Frames::with_limit(EVENT_LIMIT),
            talk: Talk::default(),
        }
    }
}

/// What was said so far.
#[derive(Debug, Default)]
struct Talk {
    flow: Flow,
    open: Option<Open>,
    /// Whether a tool was called.
    calls: bool,
}

/// The block that is open.
#[derive(Debug)]
struct Open {
    /// The place of the item in the answer, and of the part in it.
    place: (u64, u64),
    kind: Kind,
    /// Whether anything of it was told.
    told: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Refusal,
    Thinking,
    Call,
    /// A call with a text, which becomes the one member of its arguments.
    Custom,
}

#[derive(Deserialize)]
struct Told<'a> {
    #[serde(rename = "type", default, deserialize_with = "text")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "count")]
    output_index: Option<u64>,
    #[serde(default, deserialize_with = "count")]
    content_index: Option<u64>,
    #[serde(default, deserialize_with = "count")]
    summary_index: Option<u64>,
    #[serde(default, deserialize_with = "text")]
    delta: Option<String>,
    #[serde(default, deserialize_with = "text")]
    text: Option<String>,
    #[serde(default, deserialize_with = "text")]
    arguments: Option<String>,
    item: Option<Item>,
    part: Option<Part>,
    annotation: Option<Value>,
    #[serde(borrow)]
    response: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(default, deserialize_with = "text")]
    id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    model: Option<String>,
    #[serde(default, deserialize_with = "text")]
    status: Option<String>,
    incomplete_details: Option<Value>,
    #[serde(borrow)]
    usage: Option<&'a RawValue>,
    #[serde(default, deserialize_with = "tier::served_in")]
    service_tier: Option<ServedIn>,
    #[serde(borrow)]
    output: Option<&'a RawValue>,
}

impl StreamDecoder for Decoder {
    fn push(&mut self, bytes: &[u8], events: &mut Vec<Event>) {
        self.frames.push(bytes);
        self.drain(events);
    }

    fn finish(&mut self, events: &mut Vec<Event>) {
        self.frames.finish();
        self.drain(events);
        self.talk.flow.broke(
            "The provider closed the stream before the answer was complete.",
            events,
        );
    }
}

impl Decoder {
    fn drain(&mut self, events: &mut Vec<Event>) {
        while !self.talk.flow.is_over() {
            match self.frames.next_frame() {
                Ok(Some(frame)) => self.talk.frame(frame.event, frame.data, events),
                Ok(None) => break,
                Err(error) => self.talk.flow.broke(error.to_string(), events),
            }
        }
    }
}

impl Talk {
    fn frame(&mut self, name: &str, data: &str, events: &mut Vec<Event>) {
        if data.trim() == "[DONE]" || data.trim().is_empty() {
            return;
        }
        let told: Told<'_> = match serde_json::from_str(data) {
            Ok(told) => told,
            Err(error) => {
                let detail = format!("An event of the stream cannot be read: {error}");
                return self.flow.broke(detail, events);
            }
        };
        let kind = told.kind.clone();
        match kind.as_deref().unwrap_or(name) {
            "response.created" | "response.in_progress" | "response.queued" => {
                let answer = told.response.and_then(read);
                let (id, model) = answer.map_or((None, None), |answer| (answer.id, answer.model));
                self.flow.start(id.as_deref(), model.as_deref(), events);
            }
            "response.completed" | "response.incomplete" | "response.done" => {
                self.end(told.response.and_then(read), events);
            }
            "response.failed" | "error" => {
                if let Some(answer) = told.response.and_then(read) {
                    self.count(&answer, events);
                }
                let event = serde_json::from_str(data).unwrap_or_default();
                self.flow.fail(error::told(&event), events);
            }
            other => self.piece(other, told, events),
        }
    }

    fn piece(&mut self, kind: &str, told: Told<'_>, events: &mut Vec<Event>) {
        let (item, part) = (
            told.output_index.unwrap_or(0),
            told.content_index.unwrap_or(0),
        );
        let delta = told.delta.unwrap_or_default();
        match kind {
            "response.output_item.added" => {
                self.begin(item, &told.item.unwrap_or_default(), events);
            }
            "response.output_item.done" => {
                self.done(item, &told.item.unwrap_or_default(), events);
            }
            "response.content_part.added" => {
                let part_kind = told.part.unwrap_or_default().kind;
                match part_kind.as_deref() {
                    Some("output_text") => self.words(Kind::Text, (item, part), events),
                    Some("refusal") => self.words(Kind::Refusal, (item, part), events),
                    _ => {}
                }
            }
            "response.output_text.delta" => {
                self.words(Kind::Text, (item, part), events);
                self.tell(Delta::Text(delta), events);
            }
            "response.output_text.annotation.added" => {
                if let Some(citation) = told.annotation.as_ref().and_then(citation) {
                    self.flow.cite(citation, events);
                }
            }
            "response.refusal.delta" => {
                self.words(Kind::Refusal, (item, part), events);
                self.tell(Delta::Text(delta), events);
            }
            "response.reasoning_summary_part.added" => {
                self.words(Kind::Thinking, (item, 0), events);
                if told.summary_index.unwrap_or(0) > 0 {
                    self.tell(Delta::Text("\n\n".to_owned()), events);
                }
            }
            "response.reasoning_summary_text.delta" | "response.reasoning_text.delta" => {
                self.words(Kind::Thinking, (item, 0), events);
                self.tell(Delta::Text(delta), events);
            }
            "response.function_call_arguments.delta" if self.is_open(item, Kind::Call) => {
                self.tell(Delta::Arguments(delta), events);
            }
            "response.function_call_arguments.done" if self.is_open(item, Kind::Call) => {
                self.rest(told.arguments, events);
            }
            "response.custom_tool_call_input.delta" if self.is_open(item, Kind::Custom) => {
                let quoted = quoted(&delta);
                let inside = quoted.get(1..quoted.len().saturating_sub(1));
                self.tell(
                    Delta::Arguments(inside.unwrap_or_default().to_owned()),
                    events,
                );
            }
            "response.output_text.done" if told.text.is_some() => {
                self.words(Kind::Text, (item, part), events);
                self.rest_of_text(told.text, events);
            }
            _ => {}
        }
    }

    fn is_open(&self, item: u64, kind: Kind) -> bool {
        self.open
            .as_ref()
            .is_some_and(|open| open.kind == kind && open.place.0 == item)
    }

    /// Opens a block of words, unless it is open.
    fn words(&mut self, kind: Kind, place: (u64, u64), events: &mut Vec<Event>) {
        if self
            .open
            .as_ref()
            .is_some_and(|open| open.kind == kind && open.place == place)
        {
            return;
        }
        let opening = match kind {
            Kind::Refusal => Opening::Refusal,
            Kind::Thinking => Opening::Thinking,
            Kind::Text | Kind::Call | Kind::Custom => Opening::Text,
        };
        self.start(kind, place, opening, events);
    }

    fn start(&mut self, kind: Kind, place: (u64, u64), opening: Opening, events: &mut Vec<Event>) {
        self.close(events);
        self.flow.open(opening, events);
        self.open = Some(Open {
            place,
            kind,
            told: false,
        });
    }

    fn tell(&mut self, delta: Delta, events: &mut Vec<Event>) {
        let (Delta::Text(text) | Delta::Arguments(text) | Delta::Signature(text)) = &delta;
        if let Some(open) = self.open.as_mut().filter(|_| !text.is_empty()) {
            if open.kind == Kind::Custom && !open.told {
                let begin = Delta::Arguments("{\"input\":\"".to_owned());
                self.flow.delta(begin, events);
            }
            open.told = true;
            self.flow.delta(delta, events);
        }
    }

    /// All of a call's arguments, where no piece of them came.
    fn rest(&mut self, whole: Option<String>, events: &mut Vec<Event>) {
        if self.open.as_ref().is_some_and(|open| !open.told) {
            self.tell(Delta::Arguments(whole.unwrap_or_default()), events);
        }
    }

    /// All of a text, where no piece of it came.
    fn rest_of_text(&mut self, whole: Option<String>, events: &mut Vec<Event>) {
        if self.open.as_ref().is_some_and(|open| !open.told) {
            self.tell(Delta::Text(whole.unwrap_or_default()), events);
        }
    }

    fn begin(&mut self, at: u64, item: &Item, events: &mut Vec<Event>) {
        let kind = match item.kind.as_deref() {
            Some("function_call") => Kind::Call,
            Some("custom_tool_call") => Kind::Custom,
            _ => return,
        };
        let Some(name) = item.name.clone().filter(|name| !name.is_empty()) else {
            return self
                .flow
                .broke("The provider called a tool without a name.", events);
        };
        self.calls = true;
        let opening = Opening::ToolUse {
            id: item.call(),
            name,
            signature: None,
        };
        self.start(kind, (at, 0), opening, events);
    }

    /// An item is complete. What of it did not come in pieces comes now.
    fn done(&mut self, at: u64, item: &Item, events: &mut Vec<Event>) {
        match item.kind.as_deref() {
            Some("reasoning") => {
                let (thoughts, signature) = (item.thoughts(), item.signature());
                if self.is_open(at, Kind::Thinking) || !thoughts.is_empty() || signature.is_some() {
                    self.words(Kind::Thinking, (at, 0), events);
                    self.rest_of_text(Some(thoughts), events);
                    self.tell(Delta::Signature(signature.unwrap_or_default()), events);
                }
            }
            Some("image_generation_call") => {
                self.close(events);
                if let Some(media) = item.picture() {
                    self.flow.open(Opening::Image(media), events);
                    self.flow.close(events);
                }
            }
            Some("function_call") => {
                if !self.is_open(at, Kind::Call) {
                    self.begin(at, item, events);
                }
                self.rest(item.arguments.clone(), events);
            }
            Some("custom_tool_call") => {
                if !self.is_open(at, Kind::Custom) {
                    self.begin(at, item, events);
                }
                let text = quoted(item.input.as_deref().unwrap_or_default());
                let inside = text.get(1..text.len().saturating_sub(1));
                self.rest(inside.map(str::to_owned), events);
            }
            _ => {}
        }
        self.close(events);
    }

    fn close(&mut self, events: &mut Vec<Event>) {
        let Some(open) = self.open.take() else {
            return;
        };
        let end = match (open.kind, open.told) {
            (Kind::Custom, true) => "\"}",
            (Kind::Custom, false) => "{\"input\":\"\"}",
            (Kind::Call, false) => "{}",
            _ => "",
        };
        self.flow.delta(Delta::Arguments(end.to_owned()), events);
        self.flow.close(events);
    }

    fn count(&mut self, answer: &Answer<'_>, events: &mut Vec<Event>) {
        let text = |raw: Option<&'_ RawValue>| raw.map(|raw| raw.get().as_bytes().to_vec());
        let (counts, output) = (text(answer.usage), text(answer.output));
        if let Some(usage) = usage::read(counts.as_deref(), output.as_deref()) {
            self.flow.usage(usage.in_tier(answer.service_tier), events);
        }
    }

    fn end(&mut self, answer: Option<Answer<'_>>, events: &mut Vec<Event>) {
        self.close(events);
        let Some(answer) = answer else {
            return self.flow.end(events);
        };
        self.flow
            .start(answer.id.as_deref(), answer.model.as_deref(), events);
        self.count(&answer, events);
        let reason = answer.incomplete_details.as_ref();
        let reason = reason.and_then(|details| details.get("reason")?.as_str());
        let stop = stop(answer.status.as_deref(), reason, self.calls);
        self.flow.stop(stop, events);
        self.flow.end(events);
    }
}

fn read(raw: &RawValue) -> Option<Answer<'_>> {
    serde_json::from_str(raw.get()).ok()
}
