//! Calls as they arrive in the store, each told once.

use std::collections::HashMap;

use tollgate_model::call::CallRecord;
use tollgate_model::{CallId, Micros};
use tollgate_store::{CallFilter, Store, StoreError};

/// How many calls are read at once.
const AT_ONCE: u32 = 1_000;
/// How many calls are told at once, one by one.
const TOLD: usize = 100;
/// By how many seconds a call may become visible later than one that arrived after it: nodes
/// commit when they can.
const OVERLAP: i64 = 2;

/// A reader of calls as they arrive, to be asked about once a second.
///
/// Nothing is told twice. Where a thousand calls arrive in one moment, those beyond are not told.
#[derive(Debug)]
pub(crate) struct Arrivals {
    /// From when on the store is asked.
    since: Micros,
    /// The latest arrival that is known.
    newest: Micros,
    /// The calls that are known of the time that is asked for again, with their arrivals.
    known: HashMap<CallId, Micros>,
    /// Whether the store has more than was read.
    behind: bool,
    /// How often the same was read again and nothing else.
    again: i64,
}

/// What has arrived since the last time.
#[derive(Debug)]
pub(crate) struct News {
    /// The calls, the newest last.
    pub(crate) calls: Vec<CallRecord>,
    /// How many more there are, which are older than these.
    pub(crate) missed: u64,
}

impl Arrivals {
    /// A reader of what arrives from now on.
    pub(crate) async fn from_now(store: &Store, now: Micros) -> Result<Arrivals, StoreError> {
        // The store's clock may be ahead of this one: whatever it has by now is not news.
        Arrivals::begin(store, now, Micros::NEVER).await
    }

    /// A reader of what arrived after a time, which another reader came to.
    pub(crate) async fn after(store: &Store, at: Micros) -> Result<Arrivals, StoreError> {
        Arrivals::begin(store, at, at).await
    }

    async fn begin(store: &Store, at: Micros, known: Micros) -> Result<Arrivals, StoreError> {
        let since = at.plus_seconds(-OVERLAP);
        let page = page(store, since).await?;
        let old = page.iter().filter(|(arrived, _)| *arrived <= known);
        let known: HashMap<_, _> = old.map(|(arrived, call)| (call.id, *arrived)).collect();
        Ok(Arrivals {
            since,
            newest: known.values().copied().fold(at, Micros::max),
            known,
            behind: false,
            again: 0,
        })
    }

    /// The latest arrival that was read: where another reader can go on.
    pub(crate) fn newest(&self) -> Micros {
        self.newest
    }

    /// Whether it is known that there is more to read.
    pub(crate) fn is_behind(&self) -> bool {
        self.behind
    }

    /// Reads what has arrived; `None` where nothing has.
    pub(crate) async fn read(&mut self, store: &Store) -> Result<Option<News>, StoreError> {
        let page = page(store, self.since).await?;
        self.advance(&page);
        let fresh = page.into_iter().filter_map(|(arrived, call)| {
            let is_new = self.known.insert(call.id, arrived).is_none();
            is_new.then_some(call)
        });
        let mut calls: Vec<CallRecord> = fresh.collect();
        let overlap = self.newest.plus_seconds(-OVERLAP);
        self.known.retain(|_, arrived| *arrived >= overlap);
        let missed = calls.len().saturating_sub(TOLD);
        calls.drain(..missed);
        Ok((!calls.is_empty()).then_some(News {
            calls,
            missed: missed as u64,
        }))
    }

    /// Says from when on to ask the next time.
    fn advance(&mut self, page: &[(Micros, CallRecord)]) {
        let Some(((first, _), (last, _))) = page.first().zip(page.last()) else {
            self.behind = false;
            return;
        };
        self.behind = page.len() >= AT_ONCE as usize;
        self.again = match self.behind || *last > self.newest {
            true => 0,
            false => self.again + 1,
        };
        self.newest = self.newest.max(*last);
        let after = |at: Micros| Micros(at.0.saturating_add(1));
        self.since = match self.behind {
            // More than is read at once arrived in one moment: it would be read again for ever.
            true if first == last => after(*last),
            true => *last,
            // Whatever was late has come by now.
            false if self.again > OVERLAP => after(self.newest),
            false => self.newest.plus_seconds(-OVERLAP),
        };
    }
}

async fn page(store: &Store, since: Micros) -> Result<Vec<(Micros, CallRecord)>, StoreError> {
    store
        .calls_arrived(since, &CallFilter::default(), AT_ONCE)
        .await
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    use serde_json::json;
    use tempfile::TempDir;
    use tollgate_model::settled::{SettleBatch, SettledCall};
    use tollgate_store::{Clock, Location};

    use super::*;

    const SECOND: i64 = 1_000_000;

    /// A store whose clock is set by hand.
    struct Desk {
        store: Store,
        clock: Arc<AtomicI64>,
        _folder: TempDir,
    }

    impl Desk {
        async fn new() -> Desk {
            let folder = tempfile::tempdir().unwrap();
            let clock = Arc::new(AtomicI64::new(100 * SECOND));
            let now = Arc::clone(&clock);
            let now = Clock::Given(Arc::new(move || Micros(now.load(Ordering::Relaxed))));
            let location = Location::Sqlite(folder.path().join("test.db"));
            Desk {
                store: Store::open_with(&location, now).await.unwrap(),
                clock,
                _folder: folder,
            }
        }

        /// Has a call of this number arrive at a second.
        async fn arrive(&self, number: u64, second: i64) {
            self.clock.store(second * SECOND, Ordering::Relaxed);
            let record = json!({
                "id": CallId(u128::from(number)), "at": 0, "revision": 2,
                "dialect": "openai-chat", "path": "/", "model": "m", "stream": false,
                "status": 401, "ending": "refused", "usage": {}, "usage_quality": "none",
                "cost": "0.00", "request_bytes": 1, "response_bytes": 1, "timings": [1],
                "first_byte": 0, "duration": 1,
            });
            let record: CallRecord = serde_json::from_value(record).unwrap();
            let batch = SettleBatch {
                calls: vec![SettledCall::of(&record).unwrap()],
                cursors: Vec::new(),
            };
            self.store.settle("n1", Arc::new(batch)).await.unwrap();
        }

        /// The numbers of the calls that are news.
        async fn news(&self, arrivals: &mut Arrivals) -> Vec<u128> {
            let news = arrivals.read(&self.store).await.unwrap();
            let calls = news.map(|news| news.calls).unwrap_or_default();
            calls.iter().map(|call| call.id.0).collect()
        }
    }

    #[tokio::test]
    async fn what_becomes_visible_late_is_told_and_nothing_twice() {
        let desk = Desk::new().await;
        let now = Micros(100 * SECOND);
        let mut arrivals = Arrivals::from_now(&desk.store, now).await.unwrap();
        desk.arrive(1, 101).await;
        desk.arrive(2, 103).await;
        assert_eq!(desk.news(&mut arrivals).await, [1, 2]);
        desk.arrive(3, 102).await;
        assert_eq!(desk.news(&mut arrivals).await, [3]);
        desk.arrive(4, 105).await;
        assert_eq!(desk.news(&mut arrivals).await, [4]);
        assert_eq!(desk.news(&mut arrivals).await, [0; 0]);
    }

    #[tokio::test]
    async fn where_nothing_more_comes_nothing_is_read_again() {
        let desk = Desk::new().await;
        let now = Micros(100 * SECOND);
        let mut arrivals = Arrivals::from_now(&desk.store, now).await.unwrap();
        desk.arrive(1, 101).await;
        assert_eq!(desk.news(&mut arrivals).await, [1]);
        for _ in 0..3 {
            assert!(arrivals.since < arrivals.newest());
            assert_eq!(desk.news(&mut arrivals).await, [0; 0]);
        }
        assert!(arrivals.since > arrivals.newest());
        desk.arrive(2, 102).await;
        assert_eq!(desk.news(&mut arrivals).await, [2]);
        assert_eq!(desk.news(&mut arrivals).await, [0; 0]);
    }
}
