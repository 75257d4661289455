//! A streamed answer as one JSON array, which Gemini's callers get who do not ask for server-sent
//! events: each event's data is an element, and goes on as soon as it is there.

use crate::sse::{FrameTooLarge, Frames};

/// The most bytes of one element: a picture comes in one event.
const ELEMENT_LIMIT: usize = 64 << 20;

/// Makes the array of a stream's events.
#[derive(Debug)]
pub struct JsonArray {
    frames: Frames,
    begun: bool,
}

impl Default for JsonArray {
    fn default() -> JsonArray {
        JsonArray {
            frames: Frames::with_limit(ELEMENT_LIMIT),
            begun: false,
        }
    }
}

impl JsonArray {
    /// Takes the next bytes of the events, cut anywhere, and appends the elements that they complete.
    /// Fails where an event is larger than 64 MiB, and from then on.
    pub fn push(&mut self, events: &[u8], out: &mut Vec<u8>) -> Result<(), FrameTooLarge> {
        self.frames.push(events);
        while let Some(frame) = self.frames.next_frame()? {
            element(&mut self.begun, frame.data.as_bytes(), out);
        }
        Ok(())
    }

    /// Appends an element, which must be JSON.
    pub fn element(&mut self, json: &[u8], out: &mut Vec<u8>) {
        element(&mut self.begun, json, out);
    }

    /// Appends the end of the array.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(if self.begun { b"]" } else { b"[]" });
    }
}

fn element(begun: &mut bool, json: &[u8], out: &mut Vec<u8>) {
    let before: &[u8] = if std::mem::replace(begun, true) {
        b",\r\n"
    } else {
        b"["
    };
    out.extend_from_slice(before);
    out.extend_from_slice(json);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gi_01_events_become_the_elements_of_one_array_however_they_are_cut() {
        let events = b": hello\r\n\r\ndata: {\"a\":1}\r\n\r\ndata: {\"b\":\r\ndata: 2}\n\n";
        for size in 1..events.len() {
            let (mut array, mut out) = (JsonArray::default(), Vec::new());
            for piece in events.chunks(size) {
                array.push(piece, &mut out).unwrap();
            }
            array.element(b"{\"error\":{}}", &mut out);
            array.end(&mut out);
            assert_eq!(
                String::from_utf8(out).unwrap(),
                "[{\"a\":1},\r\n{\"b\":\n2},\r\n{\"error\":{}}]"
            );
        }
    }

    #[test]
    fn a_stream_without_events_is_an_empty_array() {
        let mut out = Vec::new();
        JsonArray::default().end(&mut out);
        assert_eq!(out, b"[]");
    }
}
