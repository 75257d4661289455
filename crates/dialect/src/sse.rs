//! Server-sent events, read piece by piece (WHATWG HTML, section 9.2.6).
//!
//! Bytes go in by [`Frames::push`], cut anywhere; [`Frames::next_frame`] gives what they complete:
//!
//! ```
//! # use tollgate_dialect::sse::Frames;
//! let mut frames = Frames::default();
//! frames.push(b"event: ping\ndata: {}\n\nda");
//! while let Some(frame) = frames.next_frame()? {
//!     assert_eq!((frame.event, frame.data), ("ping", "{}"));
//! }
//! frames.push(b"ta: [DONE]");
//! frames.finish();
//! assert_eq!(frames.next_frame()?.map(|frame| frame.data), Some("[DONE]"));
//! # Ok::<(), tollgate_dialect::sse::FrameTooLarge>(())
//! ```

use std::ops::Range;

use memchr::{memchr, memchr2};

/// The most bytes of one frame where nothing else is said: 1 MiB.
pub const FRAME_LIMIT: usize = 1 << 20;

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// One event of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The name that `event:` gave; empty where there was none.
    pub event: &'a str,
    /// The `data:` lines, joined by line feeds. Bytes that are not UTF-8 are replaced.
    pub data: &'a str,
}

/// A frame is larger than what is read. Nothing more comes from this stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event of the stream is larger than {limit} bytes")]
pub struct FrameTooLarge {
    /// The most bytes that a frame may have.
    pub limit: usize,
}

/// Reads frames from bytes that come in pieces. Lines may end in LF, CRLF or CR; a byte order mark
/// at the start, comments and fields other than `event` and `data` are passed over.
#[derive(Debug)]
pub struct Frames {
    /// What came and is not read yet begins at `read`; no line end lies before `searched`.
    buffer: Vec<u8>,
    read: usize,
    searched: usize,
    event: String,
    data: String,
    has_data: bool,
    given: bool,
    begun: bool,
    skip_line_feed: bool,
    finished: bool,
    failed: bool,
    limit: usize,
}

impl Default for Frames {
    fn default() -> Frames {
        Frames::with_limit(FRAME_LIMIT)
    }
}

impl Frames {
    /// A reader that refuses frames of more than `limit` bytes.
    pub fn with_limit(limit: usize) -> Frames {
        Frames {
            buffer: Vec::new(),
            read: 0,
            searched: 0,
            event: String::new(),
            data: String::new(),
            has_data: false,
            given: false,
            begun: false,
            skip_line_feed: false,
            finished: false,
            failed: false,
            limit,
        }
    }

    /// Takes the next bytes of the stream. Call [`Frames::next_frame`] until it has none.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.failed {
            return;
        }
        self.buffer.drain(..self.read);
        self.searched = self.searched.saturating_sub(self.read);
        self.read = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The stream has ended: what is left counts as a line and as a frame, even where the blank
    /// line after it is missing.
    pub fn finish(&mut self) {
        self.finished = true;
    }

    /// The next complete frame; `None` until more bytes come.
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, FrameTooLarge> {
        if std::mem::take(&mut self.given) {
            self.reset();
        }
        if !self.pass_byte_order_mark() {
            return Ok(None);
        }
        while let Some(line) = self.next_line() {
            self.check_size(line.len())?;
            if !line.is_empty() {
                self.field(line);
            } else if self.has_data {
                return Ok(Some(self.give()));
            } else {
                self.reset();
            }
        }
        self.check_size(self.buffer.len() - self.read)?;
        if self.finished && self.has_data {
            return Ok(Some(self.give()));
        }
        Ok(None)
    }

    fn give(&mut self) -> Frame<'_> {
        self.given = true;
        Frame {
            event: &self.event,
            data: &self.data,
        }
    }

    fn reset(&mut self) {
        self.event.clear();
        self.data.clear();
        self.has_data = false;
    }

    fn check_size(&mut self, line: usize) -> Result<(), FrameTooLarge> {
        if self.failed || self.data.len() + line > self.limit {
            self.failed = true;
            self.buffer = Vec::new();
            (self.read, self.searched) = (0, 0);
            return Err(FrameTooLarge { limit: self.limit });
        }
        Ok(())
    }

    /// Whether the start of the stream is known to be past its byte order mark, if it has one.
    fn pass_byte_order_mark(&mut self) -> bool {
        if self.begun || self.failed {
            return true;
        }
        if self.buffer.len() < BOM.len() && BOM.starts_with(&self.buffer) && !self.finished {
            return false;
        }
        if self.buffer.starts_with(BOM) {
            self.read = BOM.len();
        }
        self.begun = true;
        true
    }

    /// The next whole line, without its end.
    fn next_line(&mut self) -> Option<Range<usize>> {
        if self.skip_line_feed && self.read < self.buffer.len() {
            self.skip_line_feed = false;
            if self.buffer.get(self.read) == Some(&b'\n') {
                self.read += 1;
            }
        }
        let from = self.searched.max(self.read);
        let start = self.read;
        let found = self
            .buffer
            .get(from..)
            .and_then(|rest| memchr2(b'\n', b'\r', rest));
        let end = match found {
            Some(at) => from + at,
            None if self.finished && start < self.buffer.len() => self.buffer.len(),
            None => {
                self.searched = self.buffer.len();
                return None;
            }
        };
        self.skip_line_feed = self.buffer.get(end) == Some(&b'\r');
        self.read = (end + 1).min(self.buffer.len());
        Some(start..end)
    }

    fn field(&mut self, line: Range<usize>) {
        let line = self.buffer.get(line).unwrap_or_default();
        let (name, value) = match memchr(b':', line) {
            Some(at) => line.split_at(at),
            None => (line, &line[line.len()..]),
        };
        let value = value.strip_prefix(b":").unwrap_or(value);
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match name {
            b"data" => {
                if self.has_data {
                    self.data.push('\n');
                }
                self.has_data = true;
                self.data.push_str(&String::from_utf8_lossy(value));
            }
            b"event" => {
                self.event.clear();
                self.event.push_str(&String::from_utf8_lossy(value));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Read = (Vec<(String, String)>, bool);

    /// Every frame of the pieces, and whether one was too large.
    fn read<'a>(pieces: impl Iterator<Item = &'a [u8]>, limit: usize) -> Read {
        let mut frames = Frames::with_limit(limit);
        let mut all = Vec::new();
        for piece in pieces {
            frames.push(piece);
            if drain(&mut frames, &mut all) {
                return (all, true);
            }
        }
        frames.finish();
        let failed = drain(&mut frames, &mut all);
        (all, failed)
    }

    fn drain(frames: &mut Frames, all: &mut Vec<(String, String)>) -> bool {
        loop {
            match frames.next_frame() {
                Ok(Some(frame)) => all.push((frame.event.to_owned(), frame.data.to_owned())),
                Ok(None) => return false,
                Err(_) => return true,
            }
        }
    }

    fn whole(text: &[u8]) -> Vec<(String, String)> {
        let (frames, failed) = read(std::iter::once(text), FRAME_LIMIT);
        assert!(!failed);
        frames
    }

    fn data(text: &str) -> Vec<String> {
        whole(text.as_bytes())
            .into_iter()
            .map(|(_, data)| data)
            .collect()
    }

    #[test]
    fn every_line_end_is_understood() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["event: a", "data: 1", "", "data:2", "", ""].join(end);
            let got = whole(text.as_bytes());
            assert_eq!(
                got,
                [("a".into(), "1".into()), ("".into(), "2".into())],
                "{end:?}"
            );
        }
    }

    #[test]
    fn data_lines_are_joined_and_one_space_is_taken_off() {
        assert_eq!(data("data:a\ndata:  b\ndata\ndata: c\n\n"), ["a\n b\n\nc"]);
    }

    #[test]
    fn comments_unknown_fields_and_empty_frames_give_nothing() {
        assert_eq!(
            data(": ping\n\nid: 7\nretry: 3\n\nevent: x\n\n\n\ndata: 1\n\n"),
            ["1"]
        );
        let got = whole(b"event: lost\n\ndata: 1\n\n");
        assert_eq!(
            got,
            [(String::new(), "1".into())],
            "a name does not outlive its frame"
        );
    }

    #[test]
    fn an_empty_data_line_is_a_frame() {
        assert_eq!(data("data:\n\n"), [""]);
    }

    #[test]
    fn a_byte_order_mark_is_passed_over_only_at_the_start() {
        assert_eq!(data("\u{feff}data: 1\n\n\u{feff}data: 2\n\n"), ["1"]);
    }

    #[test]
    fn the_last_frame_needs_no_blank_line() {
        assert_eq!(data("data: 1\n\ndata: 2"), ["1", "2"]);
        assert_eq!(data("data: 1\n\ndata: 2\n"), ["1", "2"]);
        assert_eq!(data("data: 1\r\n\r\nda"), ["1"]);
    }

    #[test]
    fn bytes_that_are_not_utf8_are_replaced() {
        assert_eq!(
            whole(b"data: a\xFFb\n\n"),
            [(String::new(), "a\u{fffd}b".into())]
        );
    }

    #[test]
    fn a_frame_over_the_limit_ends_the_stream() {
        let text = b"data: 1\n\ndata: 0123456789\n\ndata: 2\n\n";
        assert_eq!(
            read(std::iter::once(&text[..]), 12),
            (vec![("".into(), "1".into())], true)
        );
        assert_eq!(
            read(text.chunks(1), 12),
            (vec![("".into(), "1".into())], true)
        );
        let many = b"data: 0123\ndata: 4567\n\n";
        assert!(
            read(std::iter::once(&many[..]), 12).1,
            "lines of one frame add up"
        );
    }

    #[test]
    fn a_reader_that_failed_takes_no_more_bytes() {
        let mut frames = Frames::with_limit(4);
        frames.push(b"data: 12345");
        assert!(frames.next_frame().is_err());
        frames.push(b"\n\ndata: 1\n\n");
        assert_eq!(frames.next_frame(), Err(FrameTooLarge { limit: 4 }));
    }

    proptest! {
        #[test]
        fn cuts_change_nothing(
            lines in prop::collection::vec(
                prop_oneof![
                    Just(""), Just("data: a"), Just("data:é\u{1F600}"), Just("event: x"),
                    Just(": c"), Just("\u{feff}data: b"), Just("id: 1"), Just("data"),
                ],
                0..12,
            ),
            ends in prop::collection::vec(prop_oneof![Just("\n"), Just("\r"), Just("\r\n")], 12),
            size in 1usize..9,
            limit in prop_oneof![Just(FRAME_LIMIT), 1usize..24],
        ) {
            let text: String = lines.iter().zip(&ends).flat_map(|(l, e)| [*l, *e]).collect();
            let one = read(std::iter::once(text.as_bytes()), limit);
            prop_assert_eq!(&one, &read(text.as_bytes().chunks(size), limit));
            prop_assert_eq!(&one, &read(text.as_bytes().chunks(1), limit));
        }
    }
}
