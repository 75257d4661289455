//! The tap on a streamed answer that passes as it came: it reads the usage, counts what was
//! delivered, takes out the chunk that is there only because we asked for it, and tells the cost.
//!
//! Every complete event goes on at once, byte for byte. JSON is decoded only in the few events that
//! carry a usage or an error; all others are looked at with a handful of searches.

use std::collections::VecDeque;
use std::sync::LazyLock;

use bytes::Bytes;
use memchr::memmem::Finder;
use tollgate_model::{Nanos, Usage};

use super::{error, usage};
use crate::codec::{CostOf, ProviderError, Tap};
use crate::passage::{Data, Fate, Passage, data_of};
use crate::scan::{self, Span};
use crate::tier;

/// Reads a streamed answer as it passes. Whatever the bytes are, none is changed but in the usage
/// and none is lost but the chunk that nobody asked for.
#[derive(Debug)]
pub(crate) struct Watch {
    passage: Passage,
    seen: Seen,
}

/// What was seen of the answer.
#[derive(Debug, Default)]
struct Seen {
    keep_usage: bool,
    begun: bool,
    usage: Option<Usage>,
    done: bool,
    finished: bool,
    events: u64,
    failed: Option<ProviderError>,
}

/// Where, from a point in a buffer on, the next event worth a look is.
#[derive(Default)]
struct Marks {
    usage: Next,
    finish: Next,
}

/// What an event has in it.
#[derive(Clone, Copy)]
struct Marked {
    usage: bool,
    finish: bool,
}

/// Where something is next.
#[derive(Clone, Copy, Default)]
enum Next {
    #[default]
    Unknown,
    At(usize),
    Nowhere,
}

static USAGE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"usage\""));
static FINISH: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"finish_reason\""));
static ERROR: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"error\""));
static CONTENT: LazyLock<[Finder<'static>; 6]> = LazyLock::new(|| {
    [
        "\"content\"",
        "\"reasoning_content\"",
        "\"reasoning\"",
        "\"arguments\"",
        "\"refusal\"",
        "\"text\"",
    ]
    .map(Finder::new)
});

impl Watch {
    /// A tap on a stream. `keep_usage` says that the caller asked for the usage: it stays, and its
    /// cost is told in it.
    pub(crate) fn new(keep_usage: bool) -> Watch {
        Watch {
            passage: Passage::default(),
            seen: Seen {
                keep_usage,
                ..Seen::default()
            },
        }
    }
}

impl Tap for Watch {
    fn push(&mut self, bytes: Bytes, cost: &mut CostOf<'_>, out: &mut VecDeque<Bytes>) {
        let Watch { passage, seen } = self;
        let mut marks = Marks::default();
        passage.push(bytes, out, |buffer, event| {
            marks.advance(buffer, event.start, seen.finished);
            seen.look(event.of(buffer), marks.within(event), cost)
        });
    }

    fn finish(&mut self, cost: &mut CostOf<'_>, out: &mut VecDeque<Bytes>) {
        let Watch { passage, seen } = self;
        passage.finish(out, |buffer, event| {
            let mut marks = Marks::default();
            marks.advance(buffer, event.start, seen.finished);
            seen.look(event.of(buffer), marks.within(event), cost)
        });
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
    fn look(&mut self, event: &[u8], marked: Marked, cost: &mut CostOf<'_>) -> Fate {
        if self.failed.is_some() {
            return Fate::Drop;
        }
        let blank = event
            .iter()
            .take_while(|byte| matches!(byte, b'\n' | b'\r'))
            .count();
        let text = event.get(blank..).unwrap_or_default();
        let Some(data) = text.strip_prefix(b"data:").map(<[u8]>::trim_ascii_start) else {
            return match data_of(event) {
                Data::None => Fate::Pass,
                data => self.decode(event, &data, cost),
            };
        };
        if data.starts_with(b"[DONE]") {
            self.done = true;
            return Fate::Pass;
        }
        self.finished |= marked.finish;
        let usual = data.starts_with(b"{\"id\"") || data.starts_with(b"{\"choices\"");
        let suspect = marked.finish || !usual;
        if marked.usage || (suspect && ERROR.find(data).is_some()) {
            return self.decode(event, &data_of(event), cost);
        }
        self.count(data);
        Fate::Pass
    }

    /// Counts an event with content. Only the first and the last ones may have none.
    fn count(&mut self, event: &[u8]) {
        let first = !std::mem::replace(&mut self.begun, true);
        if !(first || self.finished) || has_content(event) {
            self.events += 1;
        }
    }

    /// Decodes an event that carries a usage or an error, or does not begin as usual.
    fn decode(&mut self, event: &[u8], data: &Data, cost: &mut CostOf<'_>) -> Fate {
        let text = data.text(event);
        if text.starts_with(b"[DONE]") {
            self.done = true;
            return Fate::Pass;
        }
        let Ok(object) = scan::scan(text, ["usage", "choices", "x_groq", "error", tier::NAME])
        else {
            return Fate::Pass;
        };
        let [told, choices, groq, fault, tier] = object.values;
        if fault.is_some_and(|fault| fault.of(text) != b"null") {
            let told = error::in_place_of_answer(text);
            self.failed = Some(told.unwrap_or_else(error::unsaid));
            return Fate::Drop;
        }
        let read = told.map(|span| span.of(text)).and_then(usage::read);
        let beside = groq.map(|span| span.of(text)).and_then(usage::read_groq);
        if let Some(latest) = read.or(beside) {
            let served_in = tier::told_in(tier.map(|tier| tier.of(text)));
            let latest = latest.in_tier(served_in);
            self.usage.get_or_insert(Usage::NONE).update(&latest);
        }
        let extra = choices.is_some_and(|span| is_empty_array(span.of(text)));
        if !extra {
            self.finished |= finish_in(text, 0).is_some();
            self.count(text);
        }
        match (read, told, data) {
            (Some(_), ..) if extra && !self.keep_usage => Fate::Drop,
            (Some(_), Some(told), Data::One(span)) if self.keep_usage => {
                let total = cost(&self.usage.unwrap_or(Usage::NONE));
                price(told.of(text), told.start + span.start, total)
            }
            _ => Fate::Pass,
        }
    }
}

impl Marks {
    /// Finds the marks from `at` on, as far as they are not known.
    fn advance(&mut self, buffer: &[u8], at: usize, finished: bool) {
        if self.usage.is_stale(at) {
            self.usage = Next::of(usage_in(buffer, at));
        }
        if finished {
            self.finish = Next::Nowhere;
        } else if self.finish.is_stale(at) {
            self.finish = Next::of(finish_in(buffer, at));
        }
    }

    /// Whether they lie in an event.
    fn within(&self, event: Span) -> Marked {
        Marked {
            usage: self.usage.is_in(event),
            finish: self.finish.is_in(event),
        }
    }
}

impl Next {
    fn of(found: Option<usize>) -> Next {
        found.map_or(Next::Nowhere, Next::At)
    }

    fn is_stale(self, at: usize) -> bool {
        match self {
            Next::Unknown => true,
            Next::At(mark) => mark < at,
            Next::Nowhere => false,
        }
    }

    fn is_in(self, event: Span) -> bool {
        matches!(self, Next::At(mark) if (event.start..event.end).contains(&mark))
    }
}

/// The first `"usage"` from `at` on that is not null.
fn usage_in(buffer: &[u8], at: usize) -> Option<usize> {
    marked(buffer, at, &USAGE, |value| !value.starts_with(b"null"))
}

/// The first `"finish_reason"` from `at` on that is not null.
fn finish_in(buffer: &[u8], at: usize) -> Option<usize> {
    marked(buffer, at, &FINISH, |value| value.starts_with(b"\""))
}

/// The first member of a name from `at` on whose value is `wanted`. Inside a text the quotes of the
/// name would be escaped, so that it is not found there.
fn marked(
    buffer: &[u8],
    at: usize,
    name: &Finder<'_>,
    wanted: impl Fn(&[u8]) -> bool,
) -> Option<usize> {
    let text = buffer.get(at..)?;
    let length = name.needle().len();
    let is_wanted = |found: &usize| {
        let after = text.get(found + length..).unwrap_or_default();
        let value = after_blanks(after).strip_prefix(b":");
        value.is_some_and(|value| wanted(after_blanks(value)))
    };
    name.find_iter(text).find(is_wanted).map(|found| at + found)
}

/// The text behind spaces; a line never reaches into the next.
fn after_blanks(text: &[u8]) -> &[u8] {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    text.get(text.iter().take_while(|byte| blank(byte)).count()..)
        .unwrap_or_default()
}

/// Whether a delta has text, thoughts or arguments that are not empty.
fn has_content(event: &[u8]) -> bool {
    let full = |value: &[u8]| value.starts_with(b"\"") && !value.starts_with(b"\"\"");
    CONTENT
        .iter()
        .any(|name| marked(event, 0, name, full).is_some())
}

fn is_empty_array(text: &[u8]) -> bool {
    text.strip_prefix(b"[")
        .is_some_and(|inside| inside.trim_ascii() == b"]")
}

/// Tells the cost in a usage object that begins at `offset` of its event.
fn price(object: &[u8], offset: usize, cost: Nanos) -> Fate {
    let Ok(members) = scan::scan(object, ["cost"]) else {
        return Fate::Pass;
    };
    match members.values {
        [Some(old)] => Fate::Edit(old.shifted(offset), cost.to_string()),
        [None] => {
            let place = members.place.shifted(offset);
            let (start, end) = (place.at, place.at);
            Fate::Edit(Span { start, end }, place.member("cost", &cost.to_string()))
        }
    }
}
