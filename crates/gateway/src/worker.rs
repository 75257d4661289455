//! A worker: what one core of the gateway has for itself.

use std::cell::Cell;
use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::Notify;
use tollgate_ledger::Ledger;
use tollgate_ledger::journal::Journal;
use tollgate_model::call::CallRecord;
use tollgate_model::{CallId, KeyPairs, Micros, Snapshot};

use crate::cabinet::FileCabinet;
use crate::cache::Answers;
use crate::health::HealthBook;
use crate::keys::KeyRing;
use crate::open::Open;
use crate::pool::Pool;
use crate::routing::target::TargetBook;
use crate::sandbox_files::SandboxFiles;
use crate::settings::{Clock, Settings};
use crate::shelf::AnswerShelf;
use crate::tls::Tls;
use crate::tokens::TokenBook;

/// What all workers share.
pub(crate) struct Shared {
    pub(crate) snapshot: Arc<ArcSwap<Snapshot>>,
    pub(crate) keys: KeyRing,
    pub(crate) kept: Arc<dyn AnswerShelf>,
    pub(crate) cabinet: Arc<dyn FileCabinet>,
    /// Where files lie on their way through.
    pub(crate) uploads: PathBuf,
    pub(crate) sandbox: SandboxFiles,
    pub(crate) pairs: KeyPairs,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) health: HealthBook,
    pub(crate) targets: TargetBook,
    pub(crate) tls: Arc<Tls>,
    pub(crate) tokens: TokenBook,
    pub(crate) answers: Answers,
    pub(crate) clock: Clock,
    pub(crate) ready: Arc<dyn Fn() -> bool + Send + Sync>,
    pub(crate) settings: Settings,
}

/// One core's share of the gateway.
pub(crate) struct Worker {
    /// Its place among the workers, from 0.
    pub(crate) index: usize,
    pub(crate) shared: Arc<Shared>,
    pub(crate) journal: Journal,
    pub(crate) pool: Pool,
    pub(crate) retries: RetryBudget,
    ids: Ids,
    draining: Cell<bool>,
    drain_told: Notify,
    /// The connections and sessions that are open.
    pub(crate) open: Rc<Open>,
    /// How many shadows are under way.
    pub(crate) shadows: Cell<u32>,
    /// The second in which strangers were recorded, and how many of them.
    strangers: Cell<(i64, u32)>,
}

/// The most refusals of unknown callers that are recorded in a second: guessing at keys must not
/// fill the store.
const STRANGERS_MOST: u32 = 20;

/// Resolves once what was written to the journal is on disk.
pub(crate) type Durable = Pin<Box<dyn Future<Output = ()>>>;

impl Worker {
    /// A worker with nothing under way. Fails where the system has no randomness.
    pub(crate) fn new(index: usize, shared: Arc<Shared>, journal: Journal) -> io::Result<Worker> {
        Ok(Worker {
            index,
            shared,
            journal,
            pool: Pool::default(),
            retries: RetryBudget::default(),
            ids: Ids::seeded()?,
            draining: Cell::new(false),
            drain_told: Notify::new(),
            open: Rc::default(),
            shadows: Cell::new(0),
            strangers: Cell::new((0, 0)),
        })
    }

    /// Takes no new work from now on.
    pub(crate) fn drain(&self) {
        self.draining.set(true);
        self.drain_told.notify_waiters();
    }

    /// Waits until the worker is told to stop.
    pub(crate) async fn drained(&self) {
        let mut told = pin!(self.drain_told.notified());
        told.as_mut().enable();
        if !self.is_draining() {
            told.await;
        }
    }

    /// The time.
    pub(crate) fn now(&self) -> Micros {
        (self.shared.clock)()
    }

    /// Whether the worker has been told to stop.
    pub(crate) fn is_draining(&self) -> bool {
        self.draining.get()
    }

    /// A new id for a call that began at `at`.
    pub(crate) fn call_id(&self, at: Micros) -> CallId {
        self.ids.next(at)
    }

    /// Writes the record of a call to the journal, which keeps what the disk does not take and
    /// offers it again.
    pub(crate) fn append(&self, record: &CallRecord) -> Option<Durable> {
        match self.journal.append_call(record) {
            Ok(position) => Some(Box::pin(async move {
                if let Err(error) = position.durable().await {
                    tracing::error!(%error, "a settlement is not on disk");
                }
            })),
            Err(error) => {
                tracing::error!(%error, call = %record.id, "the journal cannot be written");
                None
            }
        }
    }

    /// Whether the refusal of an unknown caller is recorded.
    pub(crate) fn may_record_stranger(&self, now: Micros) -> bool {
        let second = now.0.div_euclid(1_000_000);
        let (known, count) = self.strangers.get();
        let count = if known == second { count } else { 0 };
        self.strangers.set((second, count.saturating_add(1)));
        count < STRANGERS_MOST
    }

    /// A number at random below `bound`, for choosing by weight. Not for secrets.
    pub(crate) fn random_below(&self, bound: u64) -> u64 {
        if bound == 0 {
            0
        } else {
            self.ids.random() % bound
        }
    }
}

/// Makes ids that no other worker makes: UUID version 7, whose random part is a generator's that
/// was seeded from the system.
struct Ids(Cell<u64>);

impl Ids {
    fn seeded() -> io::Result<Ids> {
        let mut seed = [0; 8];
        aws_lc_rs::rand::fill(&mut seed)
            .map_err(|_| io::Error::other("no randomness to be had"))?;
        Ok(Ids(Cell::new(u64::from_le_bytes(seed))))
    }

    /// SplitMix64 (Steele, Lea and Flood 2014): every state once before it repeats.
    fn random(&self) -> u64 {
        let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn next(&self, at: Micros) -> CallId {
        let millis = u128::from(at.0.div_euclid(1000).max(0).unsigned_abs()) & 0xffff_ffff_ffff;
        let (high, low) = (self.random(), self.random());
        let version = 0x7000 | u128::from(high & 0x0fff);
        let variant = (u128::from(low) & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000;
        CallId((millis << 80) | (version << 64) | variant)
    }
}

/// How many attempts beyond the first ones are allowed: a fifth of the calls, and a few in a burst.
/// Without it, a provider in trouble would get several times its load.
pub(crate) struct RetryBudget(Cell<u32>);

/// What one call earns, and one retry costs.
const EARNED: u32 = 1;
const SPENT: u32 = 5;
const MOST: u32 = 250;

impl Default for RetryBudget {
    fn default() -> RetryBudget {
        RetryBudget(Cell::new(MOST))
    }
}

impl RetryBudget {
    pub(crate) fn earn(&self) {
        self.0.set((self.0.get() + EARNED).min(MOST));
    }

    pub(crate) fn spend(&self) -> bool {
        let left = self.0.get().checked_sub(SPENT);
        if let Some(left) = left {
            self.0.set(left);
        }
        left.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_uuids_of_version_7_in_the_order_of_time() {
        let ids = Ids::seeded().unwrap();
        let (early, late) = (ids.next(Micros(1_000_000)), ids.next(Micros(2_000_000)));
        assert!(early < late);
        assert_eq!((early.0 >> 76) & 0xf, 7);
        assert_eq!((early.0 >> 62) & 0b11, 0b10);
    }

    #[test]
    fn retries_run_out_and_are_earned_back_by_calls() {
        let budget = RetryBudget::default();
        let burst = std::iter::from_fn(|| budget.spend().then_some(())).count();
        assert_eq!(burst, 50);
        (0..4).for_each(|_| budget.earn());
        assert!(!budget.spend());
        budget.earn();
        assert!(budget.spend());
    }
}
