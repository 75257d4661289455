//! One door per fund to the store, and what was learnt there.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::Instant;

use crate::cell::Cell;

/// Lets one call at a time ask the store about a fund: of a thousand calls that find a lease used
/// up, one asks, and the others find a new lease or a fresh refusal.
pub(crate) type Gate = Arc<Mutex<Lessons>>;

/// The right to ask the store about a fund.
pub(crate) type Turn = OwnedMutexGuard<Lessons>;

/// What the store said last about a fund, and what is to go back to it.
#[derive(Default)]
pub(crate) struct Lessons {
    /// Leases from which no new call may hold: their window ended, or the fund changed. Kept until
    /// the last call that holds from them has settled and all of it was given back.
    pub(crate) retired: Vec<Arc<Cell>>,
    /// What no node had leased, in nano-dollars.
    pub(crate) free: i64,
    /// What other nodes had leased, in nano-dollars.
    pub(crate) elsewhere: i64,
    last: Option<(i64, Instant)>,
    refusal: Option<(Refusal, Instant, u64)>,
}

/// Why the store gave nothing.
#[derive(Debug, Clone)]
pub(crate) enum Refusal {
    /// Less than was needed is left; how much is [`Lessons::free`].
    Short,
    /// It did not answer.
    Away(String),
}

impl Lessons {
    /// The last lease that was granted and how long ago that is.
    pub(crate) fn last(&self) -> Option<(i64, Duration)> {
        self.last.map(|(granted, at)| (granted, at.elapsed()))
    }

    pub(crate) fn granted(&mut self, amount: i64) {
        if amount > 0 {
            self.last = Some((amount, Instant::now()));
        }
        self.refusal = None;
    }

    /// Notes a refusal of a question that was asked in `epoch`.
    pub(crate) fn refused(&mut self, refusal: Refusal, epoch: u64) {
        self.refusal = Some((refusal, Instant::now(), epoch));
    }

    /// The refusal, where it is younger than `memory` and nothing was credited or changed since.
    pub(crate) fn refusal(&self, memory: Duration, epoch: u64) -> Option<&Refusal> {
        let (refusal, at, of) = self.refusal.as_ref()?;
        (*of == epoch && at.elapsed() < memory).then_some(refusal)
    }
}
