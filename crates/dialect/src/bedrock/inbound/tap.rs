//! The tap on a streamed answer that passes as it came: whole messages, none of which is changed.
//! What a message says is read from a few of them; those of unknown types pass unread.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};
use memchr::memmem;
use serde::Deserialize;
use tollgate_model::Usage;

use crate::bedrock::error;
use crate::bedrock::usage::{Counts, Service};
use crate::codec::{CostOf, ProviderError, Tap};
use crate::event_stream::{self, Frame};

/// Reads a streamed answer as it passes.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// The beginning of a message whose end has not come.
    held: BytesMut,
    seen: Seen,
}

/// What was seen of the answer.
#[derive(Debug, Default)]
struct Seen {
    usage: Option<Usage>,
    events: u64,
    finished: bool,
    done: bool,
    failed: Option<ProviderError>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    usage: Option<Counts>,
    service_tier: Option<Service>,
}

impl Tap for Watch {
    fn push(&mut self, bytes: Bytes, _cost: &mut CostOf<'_>, out: &mut VecDeque<Bytes>) {
        if self.seen.failed.is_some() {
            return;
        }
        if self.held.is_empty() {
            let used = self.seen.look_at_all(&bytes);
            self.held
                .extend_from_slice(bytes.get(used..).unwrap_or_default());
            give(bytes.slice(..used), out);
        } else {
            self.held.extend_from_slice(&bytes);
            let used = self.seen.look_at_all(&self.held);
            give(self.held.split_to(used).freeze(), out);
        }
    }

    /// What was cut off is left out, so that an error may follow in its place.
    fn finish(&mut self, _cost: &mut CostOf<'_>, _out: &mut VecDeque<Bytes>) {
        self.held.clear();
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

fn give(bytes: Bytes, out: &mut VecDeque<Bytes>) {
    if !bytes.is_empty() {
        out.push_back(bytes);
    }
}

impl Seen {
    /// Looks at the messages that end in these bytes; tells how many bytes of them go on.
    fn look_at_all(&mut self, bytes: &[u8]) -> usize {
        let mut used = 0;
        while self.failed.is_none() {
            match event_stream::first(bytes.get(used..).unwrap_or_default()) {
                Ok(Some((frame, length))) => {
                    self.look(&frame);
                    if self.failed.is_none() {
                        used += length;
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    self.failed = Some(ProviderError {
                        message: error.to_string(),
                        ..ProviderError::default()
                    });
                }
            }
        }
        used
    }

    fn look(&mut self, frame: &Frame<'_>) {
        self.failed = error::of_frame(frame);
        match frame.name {
            "contentBlockDelta" if has_content(frame.payload) => self.events += 1,
            "messageStop" => self.finished = true,
            "metadata" => {
                let told = serde_json::from_slice::<Metadata>(frame.payload).ok();
                let usage = told.and_then(|told| {
                    let served_in = Service::told(told.service_tier);
                    Some(told.usage?.usage().in_tier(served_in))
                });
                self.usage = usage.filter(|usage| !usage.is_empty()).or(self.usage);
                self.done = self.finished;
            }
            _ => {}
        }
    }
}

/// Whether an event brings words or arguments; signatures and what is hidden are none. A text with
/// these words in it has them with escaped quotes.
fn has_content(payload: &[u8]) -> bool {
    let is_there = |name: &[u8]| memmem::find(payload, name).is_some();
    !is_there(b"\"signature\":") && !is_there(b"\"redactedContent\":")
}
