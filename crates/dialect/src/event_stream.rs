//! Messages of AWS event streams (`application/vnd.amazon.eventstream`), read piece by piece and
//! written.
//!
//! Source: the encoding of event streams in the Smithy specification. A message is a prelude (its
//! length, that of its headers, and a CRC-32 of both), headers, a payload, and a CRC-32 of all of it.
//!
//! ```
//! # use tollgate_dialect::event_stream::{Frames, Kind, event};
//! let mut bytes = Vec::new();
//! event("messageStart", br#"{"role":"assistant"}"#, &mut bytes);
//! let mut frames = Frames::default();
//! frames.push(&bytes);
//! while let Some(frame) = frames.next_frame()? {
//!     assert_eq!((frame.kind, frame.name), (Kind::Event, "messageStart"));
//! }
//! # Ok::<(), tollgate_dialect::event_stream::FrameError>(())
//! ```

use std::sync::LazyLock;

/// The most bytes of one message: 16 MiB, as AWS limits them.
pub const FRAME_LIMIT: usize = 16 << 20;

/// The lengths and their checksum.
const PRELUDE: usize = 12;
/// The checksum at the end.
const CHECKSUM: usize = 4;
/// What every message has besides headers and payload.
const AROUND: usize = PRELUDE + CHECKSUM;

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// An event.
    Event,
    /// An error that the service models; nothing follows.
    Exception,
    /// Another error, and its message; nothing follows.
    Error(&'a str),
}

/// One message of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What it is.
    pub kind: Kind<'a>,
    /// The type of the event or exception, or the code of the error; empty where it is not told.
    pub name: &'a str,
    /// What it carries.
    pub payload: &'a [u8],
}

/// A message cannot be read. Nothing more comes from this stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// It is larger than what is read.
    #[error("a message of the stream is larger than {FRAME_LIMIT} bytes")]
    TooLarge,
    /// It is not what was sent.
    #[error("a message of the stream does not match its checksum")]
    Checksum,
    /// It has not the form of one.
    #[error("a message of the stream cannot be read: its {0} are wrong")]
    Malformed(&'static str),
}

/// The message at the beginning of `bytes` and its length; `None` where it is not complete.
pub fn first(bytes: &[u8]) -> Result<Option<(Frame<'_>, usize)>, FrameError> {
    let Some(prelude) = bytes.get(..PRELUDE) else {
        return Ok(None);
    };
    let (lengths, sum) = prelude.split_at(PRELUDE - CHECKSUM);
    if crc32fast::hash(lengths) != number(sum) {
        return Err(FrameError::Checksum);
    }
    let (total, headers) = (size(lengths), size(lengths.get(4..).unwrap_or_default()));
    if total > FRAME_LIMIT {
        return Err(FrameError::TooLarge);
    }
    if total < AROUND || headers > total - AROUND {
        return Err(FrameError::Malformed("lengths"));
    }
    let Some(message) = bytes.get(..total) else {
        return Ok(None);
    };
    let (content, sum) = message.split_at(total - CHECKSUM);
    if crc32fast::hash(content) != number(sum) {
        return Err(FrameError::Checksum);
    }
    let (headers, payload) = content
        .get(PRELUDE..)
        .unwrap_or_default()
        .split_at_checked(headers)
        .ok_or(FrameError::Malformed("lengths"))?;
    let told = Told::read(headers)?;
    Ok(Some((told.frame(payload), total)))
}

fn number(bytes: &[u8]) -> u32 {
    let four = bytes.first_chunk::<4>().copied().unwrap_or_default();
    u32::from_be_bytes(four)
}

fn size(bytes: &[u8]) -> usize {
    usize::try_from(number(bytes)).unwrap_or(usize::MAX)
}

/// The headers of a message that say what it is.
#[derive(Default)]
struct Told<'a> {
    message: &'a str,
    event: &'a str,
    exception: &'a str,
    code: &'a str,
    words: &'a str,
}

impl<'a> Told<'a> {
    fn read(mut left: &'a [u8]) -> Result<Told<'a>, FrameError> {
        let mut told = Told::default();
        while !left.is_empty() {
            let (name, value, rest) = header(left).ok_or(FrameError::Malformed("headers"))?;
            left = rest;
            let Some(text) = value.and_then(|value| std::str::from_utf8(value).ok()) else {
                continue;
            };
            match name {
                b":message-type" => told.message = text,
                b":event-type" => told.event = text,
                b":exception-type" => told.exception = text,
                b":error-code" => told.code = text,
                b":error-message" => told.words = text,
                _ => {}
            }
        }
        Ok(told)
    }

    fn frame(&self, payload: &'a [u8]) -> Frame<'a> {
        let (kind, name) = match self.message {
            "exception" => (Kind::Exception, self.exception),
            "error" => (Kind::Error(self.words), self.code),
            _ => (Kind::Event, self.event),
        };
        Frame {
            kind,
            name,
            payload,
        }
    }
}

type Header<'a> = (&'a [u8], Option<&'a [u8]>, &'a [u8]);

/// The first header: its name, its value where that is a string, and what follows it.
fn header(bytes: &[u8]) -> Option<Header<'_>> {
    let (length, rest) = bytes.split_first()?;
    let (name, rest) = rest.split_at_checked(usize::from(*length))?;
    let (kind, rest) = rest.split_first()?;
    let fixed = match kind {
        0 | 1 => 0,
        2 => 1,
        3 => 2,
        4 => 4,
        5 | 8 => 8,
        9 => 16,
        6 | 7 => {
            let (length, rest) = rest.split_first_chunk::<2>()?;
            let length = usize::from(u16::from_be_bytes(*length));
            let (value, rest) = rest.split_at_checked(length)?;
            return Some((name, (*kind == 7).then_some(value), rest));
        }
        _ => return None,
    };
    let (_, rest) = rest.split_at_checked(fixed)?;
    Some((name, None, rest))
}

/// Reads messages from bytes that come in pieces.
#[derive(Debug, Default)]
pub struct Frames {
    /// What came and is not read yet begins at `read`.
    buffer: Vec<u8>,
    read: usize,
    failed: Option<FrameError>,
}

impl Frames {
    /// Takes the next bytes of the stream. Call [`Frames::next_frame`] until it has none.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.failed.is_none() {
            self.buffer.drain(..self.read);
            self.read = 0;
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// The next complete message; `None` until more bytes come.
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, FrameError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let left = self.buffer.get(self.read..).unwrap_or_default();
        match first(left) {
            Ok(Some((frame, length))) => {
                self.read += length;
                Ok(Some(frame))
            }
            Ok(None) => Ok(None),
            Err(error) => {
                self.failed = Some(error);
                Err(error)
            }
        }
    }

    /// Whether the beginning of a message is there, and its end is not.
    pub fn is_cut(&self) -> bool {
        self.failed.is_none() && self.buffer.len() > self.read
    }
}

/// Appends an event whose payload is JSON.
pub fn event(name: &str, payload: &[u8], out: &mut Vec<u8>) {
    write(("event", ":event-type", name), payload, out);
}

/// Appends an exception whose payload is JSON.
pub fn exception(name: &str, payload: &[u8], out: &mut Vec<u8>) {
    write(("exception", ":exception-type", name), payload, out);
}

/// An event of a type that no client knows, and so passes over: what keeps a silent stream open.
pub fn keep_alive() -> &'static [u8] {
    static QUIET: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let mut quiet = Vec::new();
        event("keepAlive", b"{}", &mut quiet);
        quiet
    });
    &QUIET
}

fn write((kind, type_of, name): (&str, &str, &str), payload: &[u8], out: &mut Vec<u8>) {
    let told = [
        (type_of, name),
        (":content-type", "application/json"),
        (":message-type", kind),
    ];
    let headers: usize = told
        .map(|(name, value)| name.len() + value.len() + 4)
        .iter()
        .sum();
    let total = AROUND + headers + payload.len();
    let start = out.len();
    out.reserve(total);
    out.extend_from_slice(&length(total));
    out.extend_from_slice(&length(headers));
    seal(start, out);
    for (name, value) in told {
        // All of them are ours and short.
        out.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
        out.extend_from_slice(name.as_bytes());
        out.push(7);
        let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(value.as_bytes());
    }
    out.extend_from_slice(payload);
    seal(start, out);
}

fn length(bytes: usize) -> [u8; 4] {
    u32::try_from(bytes).unwrap_or(u32::MAX).to_be_bytes()
}

/// Appends the checksum of what was written from `start` on.
fn seal(start: usize, out: &mut Vec<u8>) {
    let sum = crc32fast::hash(out.get(start..).unwrap_or_default());
    out.extend_from_slice(&sum.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Read = (Vec<(bool, String, Vec<u8>)>, Option<FrameError>, bool);

    fn read<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Read {
        let (mut frames, mut all) = (Frames::default(), Vec::new());
        for piece in pieces {
            frames.push(piece);
            loop {
                match frames.next_frame() {
                    Ok(Some(frame)) => {
                        let is_event = frame.kind == Kind::Event;
                        all.push((is_event, frame.name.to_owned(), frame.payload.to_vec()));
                    }
                    Ok(None) => break,
                    Err(error) => return (all, Some(error), false),
                }
            }
        }
        let cut = frames.is_cut();
        (all, None, cut)
    }

    /// An empty message, as the specification's own examples have it.
    const EMPTY: [u8; 16] = [
        0, 0, 0, 0x10, 0, 0, 0, 0, 0x05, 0xc2, 0x48, 0xeb, 0x7d, 0x98, 0xc8, 0xff,
    ];
    /// One with the payload `{'foo':'bar'}` and no headers.
    const PAYLOAD: [u8; 29] = [
        0x00, 0x00, 0x00, 0x1d, 0x00, 0x00, 0x00, 0x00, 0xfd, 0x52, 0x8c, 0x5a, 0x7b, 0x27, 0x66,
        0x6f, 0x6f, 0x27, 0x3a, 0x27, 0x62, 0x61, 0x72, 0x27, 0x7d, 0xc3, 0x65, 0x39, 0x36,
    ];

    #[test]
    fn the_examples_of_the_specification_are_read() {
        let (frame, length) = first(&EMPTY).unwrap().unwrap();
        assert_eq!((frame.name, frame.payload, length), ("", &b""[..], 16));
        let (frame, _) = first(&PAYLOAD).unwrap().unwrap();
        assert_eq!(frame.payload, b"{'foo':'bar'}");
    }

    #[test]
    fn headers_of_every_type_are_passed_over_and_those_that_tell_are_read() {
        let mut headers = Vec::new();
        let plain: [(u8, &[u8]); 9] = [
            (0, b""),
            (1, b""),
            (2, b"1"),
            (3, b"12"),
            (4, b"1234"),
            (5, b"12345678"),
            (8, b"12345678"),
            (9, b"1234567890123456"),
            (6, b"\x00\x03abc"),
        ];
        for (kind, value) in plain {
            headers.extend_from_slice(b"\x01x");
            headers.push(kind);
            headers.extend_from_slice(value);
        }
        let texts = [
            (":message-type", "error"),
            (":error-code", "Bad"),
            (":error-message", "no"),
        ];
        for (name, value) in texts {
            headers.push(u8::try_from(name.len()).unwrap());
            headers.extend_from_slice(name.as_bytes());
            headers.extend_from_slice(&[7, 0, u8::try_from(value.len()).unwrap()]);
            headers.extend_from_slice(value.as_bytes());
        }
        let message = with_headers(&headers);
        let (frame, _) = first(&message).unwrap().unwrap();
        assert_eq!((frame.kind, frame.name), (Kind::Error("no"), "Bad"));
        for broken in [
            &b"\x05x"[..],
            b"\x01x\x0a",
            b"\x01x\x07\x00\x09a",
            b"\x01x\x05123",
        ] {
            let fault = first(&with_headers(broken)).unwrap_err();
            assert_eq!(fault, FrameError::Malformed("headers"));
        }
    }

    fn with_headers(headers: &[u8]) -> Vec<u8> {
        let mut message = Vec::new();
        message.extend_from_slice(&length(AROUND + headers.len()));
        message.extend_from_slice(&length(headers.len()));
        seal(0, &mut message);
        message.extend_from_slice(headers);
        seal(0, &mut message);
        message
    }

    fn prelude(total: u32, headers: u32) -> Vec<u8> {
        let mut bytes = [total.to_be_bytes(), headers.to_be_bytes()].concat();
        seal(0, &mut bytes);
        bytes
    }

    #[test]
    fn a_message_that_is_too_large_or_lies_about_its_length_ends_the_stream() {
        let all = [
            (prelude(u32::MAX, 0), FrameError::TooLarge),
            (prelude(16 * 1024 * 1024 + 1, 0), FrameError::TooLarge),
            (prelude(15, 0), FrameError::Malformed("lengths")),
            (prelude(20, 5), FrameError::Malformed("lengths")),
        ];
        for (bytes, want) in all {
            let (_, fault, _) = read(bytes.chunks(1));
            assert_eq!(fault, Some(want));
        }
    }

    #[test]
    fn a_reader_that_failed_takes_no_more_bytes() {
        let mut frames = Frames::default();
        frames.push(&[0; 12]);
        assert_eq!(frames.next_frame(), Err(FrameError::Checksum));
        frames.push(&EMPTY);
        assert_eq!(frames.next_frame(), Err(FrameError::Checksum));
        assert!(!frames.is_cut());
    }

    #[test]
    fn what_keeps_a_stream_open_is_an_event_that_nobody_knows() {
        let (frame, length) = first(keep_alive()).unwrap().unwrap();
        assert_eq!((frame.kind, frame.name), (Kind::Event, "keepAlive"));
        assert_eq!(length, keep_alive().len());
    }

    fn messages() -> impl Strategy<Value = Vec<(bool, String, Vec<u8>)>> {
        let payload = prop::collection::vec(any::<u8>(), 0..40);
        prop::collection::vec((any::<bool>(), "[a-zA-Z]{0,20}", payload), 0..6)
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_however_it_is_cut(all in messages(), size in 1usize..40) {
            let mut bytes = Vec::new();
            for (is_event, name, payload) in &all {
                match is_event {
                    true => event(name, payload, &mut bytes),
                    false => exception(name, payload, &mut bytes),
                }
            }
            let want: Read = (all, None, false);
            prop_assert_eq!(&read(bytes.chunks(size)), &want);
            prop_assert_eq!(&read(std::iter::once(&bytes[..])), &want);
        }

        #[test]
        fn a_message_that_breaks_off_is_no_message(at in 1usize..60) {
            let mut bytes = Vec::new();
            event("metadata", b"{}", &mut bytes);
            let at = at.min(bytes.len() - 1);
            prop_assert_eq!(read(bytes[..at].chunks(7)), (vec![], None, true));
        }

        #[test]
        fn a_changed_byte_is_noticed(at in 0usize..200, change in 1u8..) {
            let mut bytes = Vec::new();
            event("metadata", br#"{"usage":{"inputTokens":1}}"#, &mut bytes);
            let at = at % bytes.len();
            bytes[at] ^= change;
            let (all, fault, cut) = read(bytes.chunks(5));
            prop_assert!(all.is_empty() && (fault.is_some() || cut));
        }
    }
}
