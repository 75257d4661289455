//! How many calls are under way at a target, over all workers.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// As many as workers seldom share one; a power of two.
const SHARDS: usize = 16;

/// A count to which each worker adds in a place of its own, so that none waits for another's cache
/// line.
#[derive(Debug, Default)]
pub(crate) struct Busy([Shard; SHARDS]);

#[derive(Debug, Default)]
#[repr(align(128))]
struct Shard(AtomicI64);

impl Busy {
    /// How many calls are under way.
    pub(crate) fn count(&self) -> u64 {
        let sum: i64 = self
            .0
            .iter()
            .map(|shard| shard.0.load(Ordering::Relaxed))
            .sum();
        u64::try_from(sum).unwrap_or(0)
    }

    fn add(&self, worker: usize, change: i64) {
        if let Some(shard) = self.0.get(worker % SHARDS) {
            shard.0.fetch_add(change, Ordering::Relaxed);
        }
    }
}

/// One call under way, from its creation to its drop.
#[derive(Debug)]
pub(crate) struct UnderWay {
    busy: Arc<Busy>,
    worker: usize,
}

impl UnderWay {
    /// Counts a call of this worker.
    pub(crate) fn begin(busy: &Arc<Busy>, worker: usize) -> UnderWay {
        busy.add(worker, 1);
        UnderWay {
            busy: Arc::clone(busy),
            worker,
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.busy.add(self.worker, -1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_from_their_beginning_to_their_end_over_all_workers() {
        let busy = Arc::new(Busy::default());
        let calls: Vec<UnderWay> = (0..40)
            .map(|worker| UnderWay::begin(&busy, worker))
            .collect();
        assert_eq!(busy.count(), 40);
        drop(calls);
        assert_eq!(busy.count(), 0);
    }
}
