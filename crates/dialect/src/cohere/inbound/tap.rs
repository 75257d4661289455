//! The tap on a streamed answer that passes as it came. Nothing in it is changed: the dialect tells
//! its usage to everybody.
//!
//! Events of content, which are nearly all, are known by their name and not looked into.

use std::collections::VecDeque;

use bytes::Bytes;
use serde::Deserialize;
use tollgate_model::Usage;

use crate::codec::{CostOf, ProviderError, Tap};
use crate::cohere::error;
use crate::cohere::usage::Counts;
use crate::lenient::text;
use crate::passage::{Fate, Passage, data_of};

/// With these the events begin that bring more of an answer.
const PIECES: [&[u8]; 3] = [
    b"event: content-delta",
    b"event: tool-call-delta",
    b"event: tool-plan-delta",
];

/// Reads a streamed answer as it passes.
#[derive(Debug, Default)]
pub(super) struct Watch {
    passage: Passage,
    seen: Seen,
}

/// What was seen of the answer.
#[derive(Debug, Default)]
struct Seen {
    usage: Option<Usage>,
    events: u64,
    finished: bool,
    done: bool,
    failed: Option<ProviderError>,
}

#[derive(Deserialize)]
struct Told {
    #[serde(rename = "type", default, deserialize_with = "text")]
    kind: Option<String>,
    #[serde(default)]
    delta: Option<End>,
}

/// What the last event says.
#[derive(Default, Deserialize)]
#[serde(default)]
struct End {
    #[serde(deserialize_with = "text")]
    finish_reason: Option<String>,
    #[serde(deserialize_with = "text")]
    error: Option<String>,
    usage: Option<Counts>,
}

impl Tap for Watch {
    fn push(&mut self, bytes: Bytes, _cost: &mut CostOf<'_>, out: &mut VecDeque<Bytes>) {
        let Watch { passage, seen } = self;
        passage.push(bytes, out, |buffer, event| seen.look(event.of(buffer)));
    }

    fn finish(&mut self, _cost: &mut CostOf<'_>, out: &mut VecDeque<Bytes>) {
        let Watch { passage, seen } = self;
        passage.finish(out, |buffer, event| seen.look(event.of(buffer)));
    }

    fn usage(&self) -> Option<Usage> {
        self.seen.usage
    }

    fn done(&self) -> bool {
        self.seen.done
    }

    fn finished(&self) -> bool {
        self.seen.finished
    }

    fn events(&self) -> u64 {
        self.seen.events
    }

    fn failed(&self) -> Option<&ProviderError> {
        self.seen.failed.as_ref()
    }
}

impl Seen {
    fn look(&mut self, event: &[u8]) -> Fate {
        if self.failed.is_some() {
            return Fate::Drop;
        }
        if PIECES.iter().any(|piece| event.starts_with(piece)) {
            self.events += 1;
            return Fate::Pass;
        }
        let data = data_of(event);
        let text = data.text(event);
        if text.starts_with(b"[DONE]") {
            self.done = self.finished;
            return Fate::Pass;
        }
        // What cannot be read is for the caller to judge, who gets it as it came.
        let Ok(told) = serde_json::from_slice::<Told>(text) else {
            return Fate::Pass;
        };
        match told.kind.as_deref() {
            Some("content-delta" | "tool-call-delta" | "tool-plan-delta") => self.events += 1,
            Some("message-end") => return self.end(told.delta.unwrap_or_default()),
            Some(_) => {}
            None => {
                self.failed = error::in_place_of_answer(text);
                if self.failed.is_some() {
                    return Fate::Drop;
                }
            }
        }
        Fate::Pass
    }

    fn end(&mut self, end: End) -> Fate {
        let usage = end.usage.unwrap_or_default().usage();
        if !usage.is_empty() {
            self.usage.get_or_insert(Usage::NONE).update(&usage);
        }
        self.failed = error::of_finish(end.finish_reason.as_deref(), end.error.as_deref());
        if self.failed.is_some() {
            return Fate::Drop;
        }
        self.finished = true;
        Fate::Pass
    }
}
