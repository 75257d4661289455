//! A provider's streamed answer, read into events.

use serde::Deserialize;
use serde_json::value::RawValue;
use tollgate_model::ServedIn;

use crate::codec::StreamDecoder;
use crate::flow::Flow;
use crate::ir::{Delta, Event, Opening};
use crate::lenient::text;
use crate::openai_chat::{error, usage, wire};
use crate::sse::Frames;
use crate::tier;

/// Reads pieces. Of several choices only the first is followed.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    frames: Frames,
    talk: Talk,
}

/// What was said so far.
#[derive(Debug, Default)]
struct Talk {
    flow: Flow,
    begun: bool,
    speaks: bool,
    finish: Option<String>,
}

#[derive(Deserialize)]
struct Piece<'a> {
    #[serde(default, deserialize_with = "text")]
    id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    model: Option<String>,
    #[serde(default)]
    choices: Option<Vec<Choice>>,
    #[serde(borrow)]
    usage: Option<&'a RawValue>,
    #[serde(default, deserialize_with = "tier::served_in")]
    service_tier: Option<ServedIn>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    index: u64,
    #[serde(default, deserialize_with = "text")]
    text: Option<String>,
    #[serde(default, deserialize_with = "text")]
    finish_reason: Option<String>,
}

impl StreamDecoder for Decoder {
    fn push(&mut self, bytes: &[u8], events: &mut Vec<Event>) {
        self.frames.push(bytes);
        self.drain(events);
    }

    fn finish(&mut self, events: &mut Vec<Event>) {
        self.frames.finish();
        self.drain(events);
        match self.talk.finish.is_some() {
            true => self.talk.end(events),
            false => {
                let why = "the stream broke off before its end";
                self.talk.flow.broke(why, events);
            }
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

impl Talk {
    fn frame(&mut self, data: &str, events: &mut Vec<Event>) {
        match data.trim() {
            "" => return,
            "[DONE]" if self.begun => return self.end(events),
            "[DONE]" => {
                let why = "the stream ended without an answer";
                return self.flow.broke(why, events);
            }
            _ => {}
        }
        if let Some(error) = error::in_place_of_answer(data.as_bytes()) {
            self.flow.close(events);
            return self.flow.fail(error, events);
        }
        match serde_json::from_str::<Piece<'_>>(data) {
            Ok(piece) => self.piece(piece, events),
            Err(error) => {
                let message = format!("an event of the stream is unreadable: {error}");
                self.flow.broke(message, events);
            }
        }
    }

    fn piece(&mut self, piece: Piece<'_>, events: &mut Vec<Event>) {
        let choices = piece.choices.unwrap_or_default();
        if !choices.is_empty() {
            self.begun = true;
            let named = |text: Option<String>| text.filter(|text| !text.is_empty());
            let (id, model) = (named(piece.id), named(piece.model));
            self.flow.start(id.as_deref(), model.as_deref(), events);
        }
        for choice in choices.into_iter().filter(|choice| choice.index == 0) {
            self.say(choice.text.unwrap_or_default(), events);
            if let Some(reason) = choice.finish_reason.filter(|reason| !reason.is_empty()) {
                self.flow.stop(wire::stop(Some(&reason), false), events);
                self.finish.get_or_insert(reason);
            }
        }
        let read = |raw: &RawValue| usage::read(raw.get().as_bytes());
        if let Some(usage) = piece.usage.and_then(read) {
            self.flow.usage(usage.in_tier(piece.service_tier), events);
        }
    }

    fn say(&mut self, text: String, events: &mut Vec<Event>) {
        if text.is_empty() {
            return;
        }
        if !std::mem::replace(&mut self.speaks, true) {
            self.flow.open(Opening::Text, events);
        }
        self.flow.delta(Delta::Text(text), events);
    }

    fn end(&mut self, events: &mut Vec<Event>) {
        self.flow
            .stop(wire::stop(self.finish.as_deref(), false), events);
        self.flow.end(events);
    }
}
