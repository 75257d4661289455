//! The events of a streamed answer as they pass: cut at their blank lines, looked at one by one, and
//! given on as the slice of what came, changed only where a look says so.

use std::collections::VecDeque;

use bytes::{Buf, Bytes, BytesMut};
use memchr::{memchr, memchr2};

use crate::scan::{self, Span};
use crate::splice::Splice;
use crate::sse::FRAME_LIMIT;

/// What becomes of an event.
#[derive(Debug)]
pub(crate) enum Fate {
    /// It goes on as it came.
    Pass,
    /// It does not go on.
    Drop,
    /// These bytes of it are replaced.
    Edit(Span, String),
}

/// Cuts a stream into its events. An incomplete one is held back up to a limit, 1 MiB where nothing else
/// is said; a larger one goes on without a look.
#[derive(Debug)]
pub(crate) struct Passage {
    /// The most bytes that are held back.
    limit: usize,
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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LooseEnd {
    Passed,
    Dropped,
}

impl Default for Passage {
    fn default() -> Passage {
        Passage::with_limit(FRAME_LIMIT)
    }
}

impl Passage {
    /// A passage that holds back so many bytes of an event, and no more.
    pub(crate) fn with_limit(limit: usize) -> Passage {
        Passage {
            limit,
            held: BytesMut::new(),
            searched: 0,
            carriage: false,
            unread: false,
            loose_end: None,
        }
    }

    /// Takes the next bytes, cut anywhere, and appends to `out` what goes on. `look` gets each event
    /// that is complete, in order: a buffer, and where in it the event lies.
    pub(crate) fn push(
        &mut self,
        bytes: Bytes,
        out: &mut VecDeque<Bytes>,
        look: impl FnMut(&[u8], Span) -> Fate,
    ) {
        let bytes = self.tie_up(bytes, out);
        if self.held.is_empty() {
            let (used, splice) = self.pass(&bytes, look);
            let rest = bytes.get(used..).unwrap_or_default();
            self.held.extend_from_slice(rest);
            send(bytes.slice(..used), &splice, out);
        } else {
            let mut held = std::mem::take(&mut self.held);
            held.extend_from_slice(&bytes);
            let (used, splice) = self.pass(&held, look);
            send(held.split_to(used).freeze(), &splice, out);
            self.held = held;
        }
        if self.held.len() > self.limit {
            out.push_back(self.held.split().freeze());
            self.searched = 0;
            self.unread = true;
        }
    }

    /// The stream is at its end: appends the last event, where only the blank line after it is
    /// missing. One that was cut off is left out.
    pub(crate) fn finish(
        &mut self,
        out: &mut VecDeque<Bytes>,
        mut look: impl FnMut(&[u8], Span) -> Fate,
    ) {
        let mut last = Vec::from(std::mem::take(&mut self.held));
        self.searched = 0;
        if !self.unread {
            if last.is_empty() || !is_whole(&last) {
                return;
            }
            let all = Span {
                start: 0,
                end: last.len(),
            };
            match look(&last, all) {
                Fate::Drop => return,
                Fate::Pass => {}
                Fate::Edit(span, text) => {
                    let mut splice = Splice::default();
                    splice.replace(span, text);
                    last = splice.apply(&last);
                }
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
    fn pass(
        &mut self,
        buffer: &[u8],
        mut look: impl FnMut(&[u8], Span) -> Fate,
    ) -> (usize, Splice) {
        let new = buffer.get(self.searched..).unwrap_or_default();
        self.carriage = self.carriage || memchr(b'\r', new).is_some();
        let mut splice = Splice::default();
        let mut start = 0;
        let mut next = self.event_end(buffer, self.searched);
        while let Some(end) = next {
            let event = Span { start, end };
            let fate = match std::mem::take(&mut self.unread) {
                true => Fate::Pass,
                false => look(buffer, event),
            };
            let loose = end == buffer.len() && event.of(buffer).ends_with(b"\r");
            self.loose_end = loose.then_some(match fate {
                Fate::Drop => LooseEnd::Dropped,
                Fate::Pass | Fate::Edit(..) => LooseEnd::Passed,
            });
            match fate {
                Fate::Pass => {}
                Fate::Drop => splice.replace(event, ""),
                Fate::Edit(span, text) => splice.replace(span.shifted(start), text),
            }
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
}

/// The data of an event.
#[derive(Debug)]
pub(crate) enum Data {
    /// It has none.
    None,
    /// One line, where it lies in the event.
    One(Span),
    /// Several lines, joined.
    Several(Vec<u8>),
}

impl Data {
    /// The text of the data of this event.
    pub(crate) fn text<'a>(&'a self, event: &'a [u8]) -> &'a [u8] {
        match self {
            Data::None => &[],
            Data::One(span) => span.of(event),
            Data::Several(text) => text,
        }
    }
}

/// Finds the data of an event.
pub(crate) fn data_of(event: &[u8]) -> Data {
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
