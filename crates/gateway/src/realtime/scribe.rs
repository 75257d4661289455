//! Writing down what is heard: a second model of the provider's does it beside the one that talks, at a
//! price of its own.

use std::sync::Arc;

use tollgate_dialect::realtime::{heard, seconds};
use tollgate_ledger::Hold;
use tollgate_model::price::Asked;
use tollgate_model::snapshot::TargetPlan;
use tollgate_model::{Micros, Nanos, UsageClass};

/// Tokens of a text to a second of speech, more than anybody speaks.
const WORDS_PER_SECOND: u64 = 10;
/// Tokens besides those of the sound that it may read and write.
const MARGIN: u64 = 4_096;
/// The least time for which money is set aside, in seconds.
const LEAST_SECONDS: u64 = 64;
/// The most parts of the conversation that may wait to be written down.
const WAITING_MOST: usize = 256;

/// The model that writes, and what it has still to write.
pub(super) struct Scribe {
    /// The model as the caller names it.
    pub(super) model: Arc<str>,
    pub(super) target: TargetPlan,
    pub(super) hold: Option<Hold>,
    /// Whether what is heard from now on is written down.
    pub(super) listens: bool,
    /// Bytes of sound since the last part.
    heard: u64,
    /// The parts that wait, and how many bytes of sound each has.
    waiting: Vec<(String, u64)>,
}

impl Scribe {
    pub(super) fn new(model: &str, target: TargetPlan) -> Scribe {
        Scribe {
            model: model.into(),
            target,
            hold: None,
            listens: true,
            heard: 0,
            waiting: Vec::new(),
        }
    }

    /// So many bytes of sound are to be heard.
    pub(super) fn hears(&mut self, bytes: u64) {
        if self.listens {
            self.heard = self.heard.saturating_add(bytes);
        }
    }

    /// What was heard is a part of the conversation now.
    pub(super) fn committed(&mut self, item: String) {
        let heard = std::mem::take(&mut self.heard);
        if self.waiting.len() >= WAITING_MOST {
            self.waiting.remove(0);
        }
        self.waiting.push((item, heard));
    }

    /// A part is written down, or will not be.
    pub(super) fn wrote(&mut self, item: &str) {
        self.waiting.retain(|(known, _)| known != item);
    }

    /// Whether something that was heard may still have to be written down.
    pub(super) fn is_busy(&self) -> bool {
        self.heard > 0 || !self.waiting.is_empty()
    }

    /// The most that it can cost to write down what was heard until now and a while longer.
    pub(super) fn bound(&self, now: Micros) -> Nanos {
        let waiting = self.waiting.iter().map(|(_, bytes)| *bytes);
        let bytes = waiting.fold(self.heard, u64::saturating_add);
        let time = seconds(bytes).max(LEAST_SECONDS);
        let time = time.checked_next_power_of_two().unwrap_or(time);
        let asked = Asked {
            prompt_tokens: heard(time).saturating_add(MARGIN),
            ..Asked::default()
        };
        let asked = asked.with(UsageClass::AudioSeconds, time);
        let words = time.saturating_mul(WORDS_PER_SECOND).saturating_add(MARGIN);
        let price = self.target.price.as_ref();
        price.map_or(Nanos::ZERO, |price| price.at(now).bound(&asked, words))
    }
}
