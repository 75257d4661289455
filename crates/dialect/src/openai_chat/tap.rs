//! The tap on a streamed answer that passes as it came: it reads the usage, counts what was
//! delivered, takes out the chunk that is there only because we asked for it, and tells the cost.
//!
//! Every complete event goes on at once, byte for byte. JSON is decoded only in the few events that
//! carry a usage or an error; all others are looked at with a handful of searches.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use memchr::{memchr, memchr2};
use tollgate_model::{Nanos, Usage};

pub use super::error::leading_error;
use super::{error, usage};
use crate::codec::ProviderError;
use crate::scan::{self, Span};
use crate::splice::Splice;
use crate::sse::FRAME_LIMIT;

/// Gives the cost of a usage.
pub type CostOf<'a> = dyn FnMut(&Usage) -> Nanos + 'a;

/// Reads a streamed answer as it passes. Whatever the bytes are, none is changed but in the usage
/// and none is lost but the chunk that nobody asked for.
#[derive(Debug)]
pub struct Tap {
    keep_usage: bool,
    /// The beginning of an event whose end has not come; no blank line ends before `searched`.
    held: Vec<u8>,
    searched: usize,
    /// Whether the stream has ended a line with a carriage return.
    carriage: bool,
    /// The beginning of this event was too large to hold and has gone on unread.
    unread: bool,
    /// What became of an event whose last byte was a carriage return, at the end of what came: a
    /// line feed that comes now still belongs to it.
    loose_end: Option<LooseEnd>,
    begun: bool,
    usage: Option<Usage>,
    done: bool,
    finished: bool,
    events: u64,
    failed: Option<ProviderError>,
}

/// What becomes of an event.
enum Fate {
    Pass,
    Drop,
    Edit(Splice),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LooseEnd {
    Passed,
    Dropped,
}

/// Where, from a point in the buffer on, the next event worth a look is.
struct Marks {
    usage: Option<usize>,
    finish: Option<usize>,
}

static USAGE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"usage\""));
static FINISH: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"finish_reason\""));
static ERROR: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"error\""));
static BLANK_LINE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\n\n"));
static CONTENT: LazyLock<[Finder<'static>; 5]> = LazyLock::new(|| {
    [
        "\"content\"",
        "\"reasoning_content\"",
        "\"reasoning\"",
        "\"arguments\"",
        "\"refusal\"",
    ]
    .map(Finder::new)
});

impl Tap {
    /// A tap on a stream. `keep_usage` says that the caller asked for the usage: it stays, and its
    /// cost is told in it.
    pub fn new(keep_usage: bool) -> Tap {
        Tap {
            keep_usage,
            held: Vec::new(),
            searched: 0,
            carriage: false,
            unread: false,
            loose_end: None,
            begun: false,
            usage: None,
            done: false,
            finished: false,
            events: 0,
            failed: None,
        }
    }

    /// Takes the next bytes, cut anywhere, and appends to `out` what goes on to the caller: every
    /// event that is complete. Only an incomplete one is held back, and only up to 1 MiB; a larger
    /// one goes on unread.
    pub fn push(&mut self, bytes: &[u8], cost: &mut CostOf<'_>, out: &mut Vec<u8>) {
        let bytes = self.tie_up(bytes, out);
        if self.held.is_empty() {
            let used = self.pass(bytes, cost, out);
            self.held
                .extend_from_slice(bytes.get(used..).unwrap_or_default());
        } else {
            let mut held = std::mem::take(&mut self.held);
            held.extend_from_slice(bytes);
            let used = self.pass(&held, cost, out);
            held.drain(..used);
            self.held = held;
        }
        if self.held.len() > FRAME_LIMIT {
            out.append(&mut self.held);
            self.searched = 0;
            self.unread = true;
        }
    }

    /// The provider closed the stream: appends the last event, where only the blank line after it
    /// is missing. One that was cut off is left out, so that an error may follow in its place.
    pub fn finish(&mut self, cost: &mut CostOf<'_>, out: &mut Vec<u8>) {
        let held = std::mem::take(&mut self.held);
        self.searched = 0;
        if self.unread {
            out.extend_from_slice(&held);
            out.extend_from_slice(b"\n\n");
        } else if !held.is_empty() && is_whole(&held) {
            let marks = Marks::from(&held, 0, self.finished);
            match self.look(&held, &marks, cost) {
                Fate::Drop => return,
                Fate::Pass => out.extend_from_slice(&held),
                Fate::Edit(splice) => out.extend_from_slice(&splice.apply(&held)),
            }
            let end: &[u8] = if held.ends_with(b"\n") {
                b"\n"
            } else {
                b"\n\n"
            };
            out.extend_from_slice(end);
        }
    }

    /// What the provider counted, by its latest word.
    pub fn usage(&self) -> Option<Usage> {
        self.usage
    }

    /// Whether `[DONE]` was seen.
    pub fn done(&self) -> bool {
        self.done
    }

    /// Whether a reason to finish was seen: the answer is whole, even if the stream breaks now.
    pub fn finished(&self) -> bool {
        self.finished
    }

    /// How many events with content were delivered. Each holds at least a token.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// The error that the provider told in the stream.
    pub fn failed(&self) -> Option<&ProviderError> {
        self.failed.as_ref()
    }

    /// Gives a line feed that was cut off its event to where the event went.
    fn tie_up<'a>(&mut self, bytes: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
        if bytes.is_empty() {
            return bytes;
        }
        match (self.loose_end.take(), bytes) {
            (Some(end), [b'\n', rest @ ..]) => {
                if end == LooseEnd::Passed {
                    out.push(b'\n');
                }
                rest
            }
            _ => bytes,
        }
    }

    /// Passes the events that end in `buffer`; tells how many bytes they are.
    fn pass(&mut self, buffer: &[u8], cost: &mut CostOf<'_>, out: &mut Vec<u8>) -> usize {
        let new = buffer.get(self.searched..).unwrap_or_default();
        self.carriage = self.carriage || memchr(b'\r', new).is_some();
        let mut start = 0;
        let mut copied = 0;
        let mut next = self.event_end(buffer, self.searched);
        let mut marks = match next {
            Some(_) => Marks::from(buffer, 0, self.finished),
            None => Marks {
                usage: None,
                finish: None,
            },
        };
        while let Some(end) = next {
            let event = buffer.get(start..end).unwrap_or_default();
            let marked = marks.within(start, end);
            let fate = match std::mem::take(&mut self.unread) {
                true => Fate::Pass,
                false => self.look(event, &marked, cost),
            };
            if !matches!(fate, Fate::Pass) {
                out.extend_from_slice(buffer.get(copied..start).unwrap_or_default());
                copied = end;
            }
            self.loose_end =
                (end == buffer.len() && event.ends_with(b"\r")).then_some(match fate {
                    Fate::Drop => LooseEnd::Dropped,
                    Fate::Pass | Fate::Edit(_) => LooseEnd::Passed,
                });
            if let Fate::Edit(splice) = fate {
                out.extend_from_slice(&splice.apply(event));
            }
            marks.advance(buffer, end, self.finished);
            start = end;
            next = self.event_end(buffer, end);
        }
        out.extend_from_slice(buffer.get(copied..start).unwrap_or_default());
        self.searched = (buffer.len() - start).saturating_sub(3);
        start
    }

    /// Where the first event that ends at or after `from` ends: behind its blank line.
    fn event_end(&self, buffer: &[u8], from: usize) -> Option<usize> {
        if !self.carriage {
            return BLANK_LINE.find(buffer.get(from..)?).map(|at| from + at + 2);
        }
        let mut at = from;
        loop {
            at += memchr2(b'\n', b'\r', buffer.get(at..)?)?;
            at = line_end(buffer, at);
            if matches!(buffer.get(at), Some(b'\n' | b'\r')) {
                return Some(line_end(buffer, at));
            }
        }
    }

    fn look(&mut self, event: &[u8], marks: &Marks, cost: &mut CostOf<'_>) -> Fate {
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
        self.finished |= marks.finish.is_some();
        let usual = data.starts_with(b"{\"id\"") || data.starts_with(b"{\"choices\"");
        let suspect = marks.finish.is_some() || !usual;
        if marks.usage.is_some() || (suspect && ERROR.find(data).is_some()) {
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
        let Ok(object) = scan::scan(text, ["usage", "choices", "x_groq", "error"]) else {
            return Fate::Pass;
        };
        let [told, choices, groq, fault] = object.values;
        if fault.is_some_and(|fault| fault.of(text) != b"null") {
            self.failed = self
                .failed
                .take()
                .or_else(|| error::in_place_of_answer(text));
            return Fate::Pass;
        }
        let read = told.map(|span| span.of(text)).and_then(usage::read);
        let beside = groq.map(|span| span.of(text)).and_then(groq_usage);
        if let Some(latest) = read.or(beside) {
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
    fn from(buffer: &[u8], at: usize, finished: bool) -> Marks {
        let finish = if finished {
            None
        } else {
            finish_in(buffer, at)
        };
        Marks {
            usage: usage_in(buffer, at),
            finish,
        }
    }

    /// The marks that lie in an event.
    fn within(&self, start: usize, end: usize) -> Marks {
        let inside = |at: &usize| (start..end).contains(at);
        Marks {
            usage: self.usage.filter(inside),
            finish: self.finish.filter(inside),
        }
    }

    /// Finds new marks for those that lie before `at`.
    fn advance(&mut self, buffer: &[u8], at: usize, finished: bool) {
        if self.usage.is_some_and(|mark| mark < at) {
            self.usage = usage_in(buffer, at);
        }
        if finished {
            self.finish = None;
        } else if self.finish.is_some_and(|mark| mark < at) {
            self.finish = finish_in(buffer, at);
        }
    }
}

/// The data of an event.
enum Data {
    None,
    /// One line, where it lies in the event.
    One(Span),
    /// Several lines, joined.
    Several(Vec<u8>),
}

impl Data {
    fn text<'a>(&'a self, event: &'a [u8]) -> &'a [u8] {
        match self {
            Data::None => &[],
            Data::One(span) => span.of(event),
            Data::Several(text) => text,
        }
    }
}

fn data_of(event: &[u8]) -> Data {
    let mut data = Data::None;
    let mut start = 0;
    while start < event.len() {
        let rest = event.get(start..).unwrap_or_default();
        let end = start + memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let line = event.get(start..end).unwrap_or_default();
        if let Some(value) = line.strip_prefix(b"data:") {
            let value = value.strip_prefix(b" ").unwrap_or(value);
            data = match data {
                Data::None => Data::One(Span {
                    start: end - value.len(),
                    end,
                }),
                Data::One(first) => Data::Several([first.of(event), &b"\n"[..], value].concat()),
                Data::Several(mut text) => {
                    text.push(b'\n');
                    text.extend_from_slice(value);
                    Data::Several(text)
                }
            };
        }
        start = end + 1;
    }
    data
}

/// Whether an event is all there, although its end is not.
fn is_whole(event: &[u8]) -> bool {
    let data = data_of(event);
    let text = data.text(event);
    matches!(data, Data::None) || text.starts_with(b"[DONE]") || scan::scan(text, []).is_ok()
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

fn groq_usage(text: &[u8]) -> Option<Usage> {
    let [inner] = scan::scan(text, ["usage"]).ok()?.values;
    usage::read(inner?.of(text))
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
    let mut splice = Splice::default();
    match members.values {
        [Some(old)] => splice.replace(old.shifted(offset), cost.to_string()),
        [None] => {
            let place = members.place.shifted(offset);
            splice.insert(place.at, place.member("cost", &cost.to_string()));
        }
    }
    Fate::Edit(splice)
}

fn line_end(buffer: &[u8], at: usize) -> usize {
    let pair = buffer.get(at) == Some(&b'\r') && buffer.get(at + 1) == Some(&b'\n');
    at + 1 + usize::from(pair)
}
