//! The tap on a streamed answer that passes as it came: it reads the usage and why the answer ended,
//! counts what was delivered, and changes no byte.

use std::collections::VecDeque;

use bytes::Bytes;
use tollgate_model::Usage;

use crate::codec::{self, CostOf, ProviderError};
use crate::gemini::glance::Glance;
use crate::passage::{Fate, Passage, data_of};

/// The most bytes of an event that is held back: a picture comes in one.
const EVENT_LIMIT: usize = 16 << 20;

/// Reads a streamed answer as it passes.
#[derive(Debug)]
pub(super) struct Tap {
    passage: Passage,
    seen: Seen,
    closed: bool,
}

/// What was seen in the events so far.
#[derive(Debug, Default)]
struct Seen {
    usage: Option<Usage>,
    finished: bool,
    events: u64,
    failed: Option<ProviderError>,
}

impl Tap {
    /// A tap on a stream. The dialect tells the usage in every stream, so that nothing of it is there
    /// only because we asked.
    pub(super) fn new() -> Tap {
        Tap {
            passage: Passage::with_limit(EVENT_LIMIT),
            seen: Seen::default(),
            closed: false,
        }
    }
}

impl codec::Tap for Tap {
    fn push(&mut self, bytes: Bytes, _cost: &mut CostOf<'_>, out: &mut VecDeque<Bytes>) {
        let seen = &mut self.seen;
        self.passage
            .push(bytes, out, |buffer, span| seen.look(span.of(buffer)));
    }

    fn finish(&mut self, _cost: &mut CostOf<'_>, out: &mut VecDeque<Bytes>) {
        let seen = &mut self.seen;
        self.passage
            .finish(out, |buffer, span| seen.look(span.of(buffer)));
        self.closed = true;
    }

    fn usage(&self) -> Option<Usage> {
        self.seen.usage
    }

    /// The dialect has no last event: the usage may be told again after the reason to finish.
    fn done(&self) -> bool {
        self.closed && self.finished()
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
    fn look(&mut self, event: &[u8]) -> Fate {
        if self.failed.is_some() {
            return Fate::Drop;
        }
        let data = data_of(event);
        let Some(glance) = Glance::at(data.text(event)) else {
            return Fate::Pass;
        };
        if let Some(error) = glance.error {
            self.failed = Some(error);
            return Fate::Drop;
        }
        if let Some(usage) = glance.usage {
            self.usage.get_or_insert(Usage::NONE).update(&usage);
        }
        self.finished |= glance.is_end;
        self.events += u64::from(glance.has_content);
        Fate::Pass
    }
}
