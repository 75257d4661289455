//! The tap on a streamed answer that passes as it came. Nothing in it is changed: the dialect tells
//! its usage to everybody.
//!
//! Events of content, which are nearly all, are known by their name and not looked into.

use std::collections::VecDeque;

use bytes::Bytes;
use memchr::memmem;
use serde::Deserialize;
use serde_json::Value;
use tollgate_model::Usage;

use crate::anthropic::error::told;
use crate::anthropic::usage::Counts;
use crate::codec::{CostOf, ProviderError, Tap};
use crate::lenient::text;
use crate::passage::{Fate, Passage, data_of};

/// With this an event of content begins.
const CONTENT: &[u8] = b"event: content_block_";
/// With this one that brings more of it.
const DELTA: &[u8] = b"event: content_block_delta";
/// Where in such an event its kind stands.
const KIND: usize = 128;

/// Reads a streamed answer as it passes.
#[derive(Debug, Default)]
pub(super) struct Watch {
    passage: Passage,
    seen: Seen,
}

/// What was seen of the answer.
#[derive(Debug, Default)]
struct Seen {
    /// All counts so far.
    counts: Counts,
    events: u64,
    finished: bool,
    done: bool,
    failed: Option<ProviderError>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "type", default, deserialize_with = "text")]
    kind: Option<String>,
    message: Option<Head>,
    delta: Option<Piece>,
    usage: Option<Counts>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Head {
    usage: Option<Counts>,
}

#[derive(Deserialize)]
struct Piece {
    #[serde(default, deserialize_with = "text")]
    stop_reason: Option<String>,
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
        Some(self.seen.counts.usage()).filter(|usage| !usage.is_empty())
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
        if event.starts_with(CONTENT) {
            if event.starts_with(DELTA) {
                self.count(event);
            }
            return Fate::Pass;
        }
        let data = data_of(event);
        // What cannot be read is for the caller to judge, who gets it as it came.
        let Ok(message) = serde_json::from_slice::<Message>(data.text(event)) else {
            return Fate::Pass;
        };
        match message.kind.as_deref() {
            Some("content_block_delta") => self.count(event),
            Some("message_start") => {
                let usage = message.message.and_then(|head| head.usage);
                self.counts.update(&usage.unwrap_or_default());
            }
            Some("message_delta") => {
                self.counts.update(&message.usage.unwrap_or_default());
                self.finished |= message
                    .delta
                    .is_some_and(|delta| delta.stop_reason.is_some());
            }
            Some("message_stop") => (self.finished, self.done) = (true, true),
            _ if message.error.as_ref().is_some_and(|error| !error.is_null()) => {
                self.failed = message.error.as_ref().map(told);
                return Fate::Drop;
            }
            Some("error") => {
                self.failed = Some(told(&Value::Null));
                return Fate::Drop;
            }
            _ => {}
        }
        Fate::Pass
    }

    /// Counts an event with content, of which signatures are none.
    fn count(&mut self, event: &[u8]) {
        let head = event.get(..KIND).unwrap_or(event);
        let empty = memmem::find(head, b"\"signature_delta\"").is_some();
        self.events += u64::from(!empty);
    }
}
