//! Server-sent events, as the admin API sends them.

use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::Value;
use tokio::time::timeout;

use crate::failure::Failure;

/// How long nothing may come: the admin API sends a comment every fifteen seconds.
const SILENCE: Duration = Duration::from_secs(60);

/// An event.
#[derive(Debug, PartialEq)]
pub(crate) struct Event {
    /// Its type, such as `calls`.
    pub kind: String,
    /// Its data.
    pub data: Value,
}

/// A stream of events.
pub(crate) struct Events {
    body: Incoming,
    /// What came and is no whole event yet.
    rest: Vec<u8>,
    address: String,
}

impl Events {
    /// The events of an answer from an address.
    pub(crate) fn new(body: Incoming, address: &str) -> Events {
        Events {
            body,
            rest: Vec::new(),
            address: address.to_owned(),
        }
    }

    /// Waits for the next event. Fails where the stream ends.
    pub(crate) async fn next(&mut self) -> Result<Event, Failure> {
        loop {
            while let Some(block) = take_block(&mut self.rest) {
                if let Some(event) = read(&block) {
                    return Ok(event);
                }
            }
            let address = &self.address;
            let frame = timeout(SILENCE, self.body.frame()).await;
            let frame = frame
                .map_err(|_| Failure::Absent(format!("nothing comes from {address} any more")))?;
            // A gateway that is stopped may end its streams in the middle.
            let Some(Ok(frame)) = frame else {
                return Err(Failure::Absent(format!(
                    "{address} has ended its events: the gateway was stopped, or the connection broke"
                )));
            };
            if let Some(bytes) = frame.data_ref() {
                self.rest.extend_from_slice(bytes);
            }
        }
    }
}

/// Takes the first block of lines that is whole.
fn take_block(text: &mut Vec<u8>) -> Option<String> {
    let end = text.windows(2).position(|pair| pair == b"\n\n")?;
    let block: Vec<u8> = text.drain(..end + 2).collect();
    Some(String::from_utf8_lossy(&block).into_owned())
}

/// The event of a block; `None` where it is a comment, or no event of ours.
fn read(block: &str) -> Option<Event> {
    let (mut kind, mut data) = ("message", Vec::new());
    for line in block.lines() {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "event" => kind = value,
            "data" => data.push(value),
            _ => {}
        }
    }
    Some(Event {
        kind: kind.to_owned(),
        data: serde_json::from_str(&data.join("\n")).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn events_are_read_however_they_are_cut() {
        let sent = "event: calls\nid: 7\ndata: {\"items\":[]}\n\n:\n\nevent: revision\n\
                    data: {\"revision\":\ndata: 3}\n\ndata: 1\n\nevent: calls\ndata";
        let wanted = [
            ("calls", json!({ "items": [] })),
            ("revision", json!({ "revision": 3 })),
            ("message", json!(1)),
        ];
        let wanted = wanted.map(|(kind, data)| Event {
            kind: kind.to_owned(),
            data,
        });
        for size in [1, 2, 7, sent.len()] {
            let (mut rest, mut events) = (Vec::new(), Vec::new());
            for piece in sent.as_bytes().chunks(size) {
                rest.extend_from_slice(piece);
                while let Some(block) = take_block(&mut rest) {
                    events.extend(read(&block));
                }
            }
            assert_eq!(events, wanted);
            assert_eq!(rest, b"event: calls\ndata");
        }
    }
}
