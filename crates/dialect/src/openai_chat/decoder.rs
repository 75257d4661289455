//! A provider's streamed answer, read into events.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tollgate_model::ServedIn;

use super::calls::{Calls, Piece};
use super::{answer, error, usage, wire};
use crate::codec::StreamDecoder;
use crate::flow::Flow;
use crate::ir::{Content, Delta, Event, Opening};
use crate::lenient;
use crate::sse::Frames;
use crate::tier;

/// Reads chunks. Of several choices only the first is followed.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    frames: Frames,
    talk: Talk,
}

/// What was said so far.
#[derive(Debug, Default)]
struct Talk {
    flow: Flow,
    words: Words,
    calls: Calls,
    begun: bool,
    finish: Option<String>,
}

/// Which block of words is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Words {
    #[default]
    None,
    Text,
    Thinking,
    Refusal,
}

impl StreamDecoder for Decoder {
    fn push(&mut self, bytes: &[u8], events: &mut Vec<Event>) {
        self.frames.push(bytes);
        self.drain(events);
    }

    fn finish(&mut self, events: &mut Vec<Event>) {
        self.frames.finish();
        self.drain(events);
        if self.talk.finish.is_some() {
            self.talk.end(events);
        } else {
            self.talk
                .flow
                .broke("the stream broke off before its end", events);
        }
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

#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(default, deserialize_with = "lenient::text")]
    id: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    model: Option<String>,
    #[serde(default)]
    choices: Option<Vec<Choice>>,
    #[serde(borrow)]
    usage: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    #[serde(default, deserialize_with = "tier::served_in")]
    service_tier: Option<ServedIn>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    index: u64,
    #[serde(default)]
    delta: Option<ChoiceDelta>,
    #[serde(default, deserialize_with = "lenient::text")]
    finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
struct ChoiceDelta {
    #[serde(default)]
    content: Option<Value>,
    #[serde(default, deserialize_with = "lenient::text")]
    reasoning_content: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    reasoning: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    refusal: Option<String>,
    #[serde(default)]
    tool_calls: Option<Vec<Piece>>,
    #[serde(default)]
    function_call: Option<Value>,
    #[serde(default)]
    annotations: Option<Vec<Value>>,
}

impl Talk {
    fn frame(&mut self, data: &str, events: &mut Vec<Event>) {
        if data.trim() == "[DONE]" {
            return match self.begun {
                true => self.end(events),
                false => self
                    .flow
                    .broke("the stream ended without an answer", events),
            };
        }
        if data.trim().is_empty() {
            return;
        }
        let chunk: Chunk<'_> = match serde_json::from_str(data) {
            Ok(chunk) => chunk,
            Err(error) => {
                let message = format!("an event of the stream is unreadable: {error}");
                return self.flow.broke(message, events);
            }
        };
        if chunk.error.is_some()
            && let Some(error) = error::in_place_of_answer(data.as_bytes())
        {
            self.close_all(events);
            return self.flow.fail(error, events);
        }
        self.chunk(chunk, events);
    }

    fn chunk(&mut self, chunk: Chunk<'_>, events: &mut Vec<Event>) {
        let named = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let choices = chunk.choices.unwrap_or_default();
        if !choices.is_empty() {
            self.begun = true;
            let (id, model) = (named(&chunk.id), named(&chunk.model));
            self.flow.start(id.as_deref(), model.as_deref(), events);
        }
        for choice in choices.into_iter().filter(|choice| choice.index == 0) {
            self.delta(choice.delta.unwrap_or_default(), events);
            if let Some(reason) = choice.finish_reason.filter(|reason| !reason.is_empty()) {
                self.stop(reason, events);
            }
        }
        if let Some(usage) = chunk
            .usage
            .and_then(|raw| usage::read(raw.get().as_bytes()))
        {
            self.flow.usage(usage.in_tier(chunk.service_tier), events);
        }
    }

    fn delta(&mut self, delta: ChoiceDelta, events: &mut Vec<Event>) {
        let thoughts = delta.reasoning_content.filter(|text| !text.is_empty());
        if let Some(text) = thoughts.or(delta.reasoning) {
            self.say(Words::Thinking, text, events);
        }
        for block in delta
            .content
            .as_ref()
            .map(answer::words)
            .unwrap_or_default()
        {
            match block.content {
                Content::Thinking { text, .. } => self.say(Words::Thinking, text, events),
                Content::Text(text) => self.say(Words::Text, text, events),
                _ => {}
            }
        }
        for annotation in delta.annotations.iter().flatten() {
            if let Some(citation) = answer::citation(annotation) {
                self.flow.cite(citation, events);
            }
        }
        if let Some(text) = delta.refusal {
            self.say(Words::Refusal, text, events);
        }
        let legacy = delta.function_call.map(Piece::legacy);
        for piece in delta
            .tool_calls
            .unwrap_or_default()
            .into_iter()
            .chain(legacy)
        {
            self.words = Words::None;
            self.calls.take(piece, &mut self.flow, events);
        }
    }

    fn say(&mut self, words: Words, text: String, events: &mut Vec<Event>) {
        if text.is_empty() {
            return;
        }
        if self.words != words {
            self.calls.close_all(&mut self.flow, events);
            self.words = words;
            let opening = match words {
                Words::Thinking => Opening::Thinking,
                Words::Refusal => Opening::Refusal,
                Words::Text | Words::None => Opening::Text,
            };
            self.flow.open(opening, events);
        }
        self.flow.delta(Delta::Text(text), events);
    }

    fn stop(&mut self, reason: String, events: &mut Vec<Event>) {
        self.close_all(events);
        self.flow
            .stop(wire::stop(Some(&reason), self.calls.any()), events);
        self.finish.get_or_insert(reason);
    }

    fn close_all(&mut self, events: &mut Vec<Event>) {
        self.calls.close_all(&mut self.flow, events);
        self.words = Words::None;
    }

    fn end(&mut self, events: &mut Vec<Event>) {
        self.close_all(events);
        let stop = wire::stop(self.finish.as_deref(), self.calls.any());
        self.flow.stop(stop, events);
        self.flow.end(events);
    }
}
