//! Lines of JSON, one value each, read piece by piece or passed on as they came.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};
use memchr::memchr;

/// The most bytes of a line: a call of a tool comes in one.
const LINE_LIMIT: usize = 16 << 20;

/// A line is larger than what is read. Nothing more comes from this stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a line of the stream is larger than {LINE_LIMIT} bytes")]
pub(crate) struct LineTooLarge;

/// Reads lines from bytes that come in pieces.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    held: Vec<u8>,
    failed: bool,
}

impl Lines {
    /// Takes the next bytes, cut anywhere, and gives each line that they complete and that is not
    /// blank. Fails where one is too large, and from then on.
    pub(crate) fn push(
        &mut self,
        bytes: &[u8],
        mut each: impl FnMut(&[u8]),
    ) -> Result<(), LineTooLarge> {
        let mut rest = bytes;
        while let (false, Some(at)) = (self.failed, memchr(b'\n', rest)) {
            let (line, after) = rest.split_at(at);
            rest = after.get(1..).unwrap_or_default();
            if self.held.is_empty() {
                give(line, &mut each);
            } else {
                self.held.extend_from_slice(line);
                give(&std::mem::take(&mut self.held), &mut each);
            }
        }
        self.failed |= self.held.len() + rest.len() > LINE_LIMIT;
        if self.failed {
            self.held = Vec::new();
            return Err(LineTooLarge);
        }
        self.held.extend_from_slice(rest);
        Ok(())
    }

    /// The stream has ended: what is left is a line.
    pub(crate) fn finish(&mut self, mut each: impl FnMut(&[u8])) {
        give(&std::mem::take(&mut self.held), &mut each);
    }
}

fn give(line: &[u8], each: &mut impl FnMut(&[u8])) {
    if !line.trim_ascii().is_empty() {
        each(line);
    }
}

/// Passes lines on as the slices of what came. Only an incomplete one is held back, up to a limit; a
/// larger one goes on without a look.
#[derive(Debug, Default)]
pub(crate) struct Passing {
    held: BytesMut,
    /// The beginning of this line was too large to hold and has gone on unread.
    unread: bool,
}

impl Passing {
    /// Takes the next bytes, cut anywhere, and appends to `out` what goes on. `look` gets each line
    /// that is complete, in order, and says whether it goes on.
    pub(crate) fn push(
        &mut self,
        bytes: Bytes,
        out: &mut VecDeque<Bytes>,
        mut look: impl FnMut(&[u8]) -> bool,
    ) {
        let whole = if self.held.is_empty() {
            bytes
        } else {
            self.held.extend_from_slice(&bytes);
            std::mem::take(&mut self.held).freeze()
        };
        let (mut from, mut at) = (0, 0);
        while let Some(end) = whole.get(at..).and_then(|rest| memchr(b'\n', rest)) {
            let line = whole.get(at..at + end).unwrap_or_default();
            let next = at + end + 1;
            if !(std::mem::take(&mut self.unread) || line.trim_ascii().is_empty() || look(line)) {
                send(whole.slice(from..at), out);
                from = next;
            }
            at = next;
        }
        send(whole.slice(from..at), out);
        let rest = whole.slice(at..);
        if rest.len() > LINE_LIMIT {
            self.unread = true;
            out.push_back(rest);
        } else {
            self.held.extend_from_slice(&rest);
        }
    }

    /// The stream is at its end: appends the last line, where only its end is missing. One that was
    /// cut off is left out.
    pub(crate) fn finish(
        &mut self,
        out: &mut VecDeque<Bytes>,
        mut look: impl FnMut(&[u8]) -> bool,
    ) {
        let mut last = Vec::from(std::mem::take(&mut self.held));
        let is_whole = |line: &[u8]| crate::scan::scan(line, []).is_ok();
        if self.unread || (is_whole(&last) && look(&last)) {
            last.push(b'\n');
            out.push_back(last.into());
        }
    }
}

fn send(bytes: Bytes, out: &mut VecDeque<Bytes>) {
    if !bytes.is_empty() {
        out.push_back(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pieces: &[&str]) -> Vec<String> {
        let (mut lines, mut all) = (Lines::default(), Vec::new());
        let mut each = |line: &[u8]| all.push(String::from_utf8(line.to_vec()).unwrap());
        for piece in pieces {
            lines.push(piece.as_bytes(), &mut each).unwrap();
        }
        lines.finish(&mut each);
        all
    }

    #[test]
    fn lines_are_the_same_however_they_are_cut() {
        let want = ["{\"a\":1}", "{}\r", "x"];
        assert_eq!(read(&["{\"a\":1}\n\n \n{}\r\nx"]), want);
        assert_eq!(read(&["{\"a", "\":1}", "\n", "\n \n{}\r\n", "x"]), want);
    }

    #[test]
    fn a_line_that_is_too_large_ends_the_stream() {
        let mut lines = Lines::default();
        let half = vec![b'x'; LINE_LIMIT / 2 + 1];
        assert_eq!(lines.push(&half, |_| {}), Ok(()));
        assert_eq!(lines.push(&half, |_| {}), Err(LineTooLarge));
        let mut told = 0;
        assert_eq!(lines.push(b"\n{}\n", |_| told += 1), Err(LineTooLarge));
        assert_eq!(told, 0);
    }

    #[test]
    fn a_passing_line_that_is_too_large_goes_on_without_a_look() {
        let (mut passing, mut out, mut looked) = (Passing::default(), VecDeque::new(), 0);
        let large = vec![b'x'; LINE_LIMIT + 1];
        let mut look = |_: &[u8]| {
            looked += 1;
            true
        };
        passing.push(Bytes::from(large.clone()), &mut out, &mut look);
        passing.push(Bytes::from_static(b"y\n{}\n"), &mut out, &mut look);
        let told: Vec<u8> = out.into_iter().flatten().collect();
        assert_eq!(told.len(), large.len() + 5);
        assert_eq!(looked, 1);
    }
}
