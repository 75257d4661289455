//! The tap on a streamed answer that passes as it came: it reads the usage, counts what was
//! delivered, takes out the chunk that is there only because we asked for it, and tells the cost.
//!
//! Every complete event goes on at once, byte for byte. JSON is decoded only in the few events that
//! carry a usage or an error; all others are looked at with a handful of searches.

use std::collections::VecDeque;
use std::sync::LazyLock;

use bytes::{Buf, Bytes, BytesMut};
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
    held: BytesMut,
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
    /// These bytes of it are replaced.
    Edit(Span, String),
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
            held: BytesMut::new(),
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
    /// event that is complete, as the slice of what came where nothing in it changes. Only an
    /// incomplete one is held back, and only up to 1 MiB; a larger one goes on unread.
    pub fn push(&mut self, bytes: Bytes, cost: &mut CostOf<'_>, out: &mut VecDeque<Bytes>) {
        let bytes = self.tie_up(bytes, out);
        if self.held.is_empty() {
            let (used, splice) = self.pass(&bytes, cost);
            let rest = bytes.get(used..).unwrap_or_default();
            self.held.extend_from_slice(rest);
            send(bytes.slice(..used), &splice, out);
        } else {
            let mut held = std::mem::take(&mut self.held);
            held.extend_from_slice(&bytes);
            let (used, splice) = self.pass(&held, cost);
            send(held.split_to(used).freeze(), &splice, out);
            self.held = held;
        }
        if self.held.len() > FRAME_LIMIT {
            out.push_back(self.held.split().freeze());
            self.searched = 0;
            self.unread = true;
        }
    }

    /// The provider closed the stream: appends the last event, where only the blank line after it
    /// is missing. One that was cut off is left out, so that an error may follow in its place.
    pub fn finish(&mut self, cost: &mut CostOf<'_>, out: &mut VecDeque<Bytes>) {
        let held = std::mem::take(&mut self.held);
        self.searched = 0;
        let mut last = Vec::from(held);
        if !self.unread {
            if last.is_empty() || !is_whole(&last) {
                return;
            }
            let marks = Marks::from(&last, 0, self.finished);
            let mut splice = Splice::default();
            match self.look(&last, &marks, cost) {
                Fate::Drop => return,
                Fate::Pass => {}
                Fate::Edit(span, text) => splice.replace(span, text),
            }
            if !splice.is_empty() {
                last = splice.apply(&last);
            }
        }
        let end: &[u8] = if last.ends_with(b"\n") {
            b"\n"
        } else {
            b"\n\n"
        };
        last.extend_from_slice(end);
        out.push_back(last.into());
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

    /// The error that the provider told in the stream. Neither it nor what follows goes on: it may
    /// tell what is not for the caller, and an end after it would make a whole answer of a part.
    pub fn failed(&self) -> Option<&ProviderError> {
        self.failed.as_ref()
    }

    /// Gives a line feed that was cut off its event to where the event went.
    fn tie_up(&mut self, mut bytes: Bytes, out: &mut VecDeque<Bytes>) -> Bytes {
        if bytes.is_empty() {
            return bytes;
        }
        if let Some(end) = self.loose_end.take()
            && bytes.starts_with(b"\n")
        {
            bytes.advance(1);
            if end == LooseEnd::Passed {
                out.push_back(Bytes::from_static(b"\n"));
            }
        }
        bytes
    }

    /// Looks at the events that end in `buffer`; tells how many bytes they are, and what in them is
    /// to be changed.
    fn pass(&mut self, buffer: &[u8], cost: &mut CostOf<'_>) -> (usize, Splice) {
        let new = buffer.get(self.searched..).unwrap_or_default();
        self.carriage = self.carriage || memchr(b'\r', new).is_some();
        let mut splice = Splice::default();
        let mut start = 0;
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
            self.loose_end =
                (end == buffer.len() && event.ends_with(b"\r")).then_some(match fate {
                    Fate::Drop => LooseEnd::Dropped,
                    Fate::Pass | Fate::Edit(..) => LooseEnd::Passed,
                });
            match fate {
                Fate::Pass => {}
                Fate::Drop => splice.replace(Span { start, end }, ""),
                Fate::Edit(span, text) => splice.replace(span.shifted(start), text),
            }
            marks.advance(buffer, end, self.finished);
            start = end;
            next = self.event_end(buffer, end);
        }
        self.searched = (buffer.len() - start).saturating_sub(3);
        (start, splice)
    }

    /// Where the first event that ends at or after `from` ends: behind its blank line.
    fn event_end(&self, buffer: &[u8], from: usize) -> Option<usize> {
        let mut at = from;
        if !self.carriage {
            loop {
                at += memchr(b'\n', buffer.get(at..)?)? + 1;
                if buffer.get(at) == Some(&b'\n') {
                    return Some(at + 1);
                }
            }
        }
        loop {
            at += memchr2(b'\n', b'\r', buffer.get(at..)?)?;
            at = line_end(buffer, at);
            if matches!(buffer.get(at), Some(b'\n' | b'\r')) {
                return Some(line_end(buffer, at));
            }
        }
    }

    fn look(&mut self, event: &[u8], marks: &Marks, cost: &mut CostOf<'_>) -> Fate {
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
            let told = error::in_place_of_answer(text);
            self.failed = Some(told.unwrap_or_else(error::unsaid));
            return Fate::Drop;
        }
        let read = told.map(|span| span.of(text)).and_then(usage::read);
        let beside = groq.map(|span| span.of(text)).and_then(usage::read_groq);
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

/// Gives events on: as they are, or changed.
fn send(events: Bytes, splice: &Splice, out: &mut VecDeque<Bytes>) {
    let events = if splice.is_empty() {
        events
    } else {
        splice.apply(&events).into()
    };
    if !events.is_empty() {
        out.push_back(events);
    }
}

fn line_end(buffer: &[u8], at: usize) -> usize {
    let pair = buffer.get(at) == Some(&b'\r') && buffer.get(at + 1) == Some(&b'\n');
    at + 1 + usize::from(pair)
}
