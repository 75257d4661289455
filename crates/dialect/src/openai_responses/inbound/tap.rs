//! The tap on a streamed answer that passes as it came. Nothing in it is changed: the dialect tells
//! its usage to everybody.
//!
//! Events of content, which are nearly all, are known by their name and not looked into.

use std::collections::VecDeque;

use bytes::Bytes;
use memchr::memmem;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tollgate_model::Usage;

use super::encoder;
use crate::codec::{CostOf, ProviderError, Tap};
use crate::lenient::{count, text};
use crate::openai_responses::{error, usage};
use crate::passage::{Fate, Passage, data_of};
use crate::refusal::{self, View};
use crate::scan::{self, Span};
use crate::splice::Splice;
use crate::tier;

/// The most bytes of an event that are held back: the last one holds the whole answer.
const EVENT_LIMIT: usize = 16 << 20;
/// The events that are read.
const TELLING: [&[u8]; 7] = [
    b"response.created",
    b"response.queued",
    b"response.in_progress",
    b"response.completed",
    b"response.incomplete",
    b"response.failed",
    b"error",
];
/// In so many bytes from its beginning an event has its name.
const NAME: usize = 128;

/// Reads a streamed answer as it passes.
#[derive(Debug)]
pub(super) struct Watch {
    passage: Passage,
    seen: Seen,
}

impl Default for Watch {
    fn default() -> Watch {
        Watch {
            passage: Passage::with_limit(EVENT_LIMIT),
            seen: Seen::default(),
        }
    }
}

/// What was seen of the answer.
#[derive(Debug, Default)]
struct Seen {
    usage: Option<Usage>,
    /// The answer as the first event tells it.
    begun: Option<String>,
    /// How many events have passed.
    passed: u64,
    /// The number that the next event would have, after the last one that was read.
    sequence: Option<u64>,
    events: u64,
    whole: Option<Bytes>,
    failed: Option<ProviderError>,
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(rename = "type", default, deserialize_with = "text")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "count")]
    sequence_number: Option<u64>,
    #[serde(borrow)]
    response: Option<&'a RawValue>,
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
        self.seen.whole.is_some()
    }

    fn finished(&self) -> bool {
        self.seen.whole.is_some()
    }

    fn events(&self) -> u64 {
        self.seen.events
    }

    fn failed(&self) -> Option<&ProviderError> {
        self.seen.failed.as_ref()
    }

    fn whole(&self) -> Option<Bytes> {
        self.seen.whole.clone()
    }

    fn broken(&self, view: &View<'_>) -> Option<Vec<u8>> {
        let answer = failed(self.seen.begun.as_deref()?, view)?;
        let sequence = self.seen.sequence.unwrap_or(self.seen.passed);
        let members = format!("\"response\":{answer}");
        Some(encoder::event("response.failed", sequence, &members).into_bytes())
    }
}

/// An answer that had begun so, as one that failed.
fn failed(begun: &str, view: &View<'_>) -> Option<String> {
    let object = scan::scan(begun.as_bytes(), ["status", "error"]).ok()?;
    let ([_, key], [status, value]) = (object.keys, object.values);
    let error = refusal::failed_response(view);
    let mut splice = Splice::default();
    splice.replace(status?, "\"failed\"");
    match key.zip(value) {
        Some((key, value)) => {
            let (start, end) = (key.start, value.end);
            splice.replace(Span { start, end }, error);
        }
        None => splice.insert(object.place.at, format!("{error},")),
    }
    String::from_utf8(splice.apply(begun.as_bytes())).ok()
}

/// The name of an event: that of its line, or the type at the beginning of its data.
fn name_of(event: &[u8]) -> &[u8] {
    let head = event.get(..NAME).unwrap_or(event);
    let (after, end) = match memmem::find(head, b"event:") {
        Some(at) => (head.get(at + 6..), b'\n'),
        None => match memmem::find(head, b"\"type\":") {
            Some(at) => (head.get(at + 7..), b'"'),
            None => return b"",
        },
    };
    let value = after.unwrap_or_default().trim_ascii_start();
    let value = value.strip_prefix(b"\"").unwrap_or(value);
    let end = memchr::memchr(end, value).unwrap_or(value.len());
    value.get(..end).unwrap_or_default().trim_ascii_end()
}

impl Seen {
    fn look(&mut self, event: &[u8]) -> Fate {
        if self.failed.is_some() {
            return Fate::Drop;
        }
        let name = name_of(event);
        let next = self.passed;
        self.passed += u64::from(name.starts_with(b"response."));
        if name.ends_with(b".delta") {
            self.events += 1;
            return Fate::Pass;
        }
        if !name.is_empty() && !TELLING.contains(&name) {
            return Fate::Pass;
        }
        let data = data_of(event);
        let text = data.text(event);
        // What cannot be read is for the caller to judge, who gets it as it came.
        let Ok(told) = serde_json::from_slice::<Event<'_>>(text) else {
            return Fate::Pass;
        };
        match told.kind.as_deref() {
            Some("response.created" | "response.in_progress" | "response.queued") => {
                self.begun = told.response.map(|answer| answer.get().to_owned());
            }
            Some("response.completed" | "response.incomplete") => {
                let answer = told.response.map_or("{}", RawValue::get);
                self.count(answer.as_bytes());
                self.whole = Some(Bytes::copy_from_slice(answer.as_bytes()));
            }
            Some("response.failed" | "error") => {
                let answer = told.response.map_or("{}", RawValue::get);
                self.count(answer.as_bytes());
                self.sequence = Some(told.sequence_number.unwrap_or(next));
                let event: Value = serde_json::from_slice(text).unwrap_or_default();
                self.failed = Some(error::told(&event));
                return Fate::Drop;
            }
            _ => {}
        }
        Fate::Pass
    }

    fn count(&mut self, answer: &[u8]) {
        let Ok(object) = scan::scan(answer, ["usage", "output", tier::NAME]) else {
            return;
        };
        let [counts, output, tier] = object.values.map(|span| span.map(|span| span.of(answer)));
        if let Some(latest) = usage::read(counts, output) {
            let latest = latest.in_tier(tier::told_in(tier));
            self.usage.get_or_insert(Usage::NONE).update(&latest);
        }
    }
}
