//! Calls as they arrive in the store, each told once.

use std::collections::HashMap;

use tollgate_model::call::CallRecord;
use tollgate_model::{CallId, Micros};
use tollgate_store::{Arrived, CallFilter, Store, StoreError};

/// How many calls are read at once.
const AT_ONCE: u32 = 1_000;
/// How many calls of those that are read at once are told one by one.
const TOLD: usize = 100;
/// By how many seconds a call may become visible later than one that arrived after it: nodes
/// commit when they can.
const OVERLAP: i64 = 2;

/// A reader of calls as they arrive, to be asked about once a second.
///
/// Nothing is told twice. Where many calls arrive at once, the newest are told and the others
/// counted.
#[derive(Debug)]
pub(crate) struct Arrivals {
    /// From where on the store is asked.
    from: Arrived,
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
        let from = Arrived::Since(at.plus_seconds(-OVERLAP));
        let known = old(store, from, known).await?;
        Ok(Arrivals {
            from,
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
        let page = page(store, self.from).await?;
        let was_behind = std::mem::replace(&mut self.behind, is_full(&page));
        let last = page.last().map(|(arrived, call)| (*arrived, call.id));
        let fresh = page.into_iter().filter_map(|(arrived, call)| {
            let is_new = self.known.insert(call.id, arrived).is_none();
            is_new.then_some(call)
        });
        let mut calls: Vec<CallRecord> = fresh.collect();
        if was_behind || last.is_some() {
            self.advance(last, !calls.is_empty());
        }
        let overlap = self.newest.plus_seconds(-OVERLAP);
        self.known.retain(|_, arrived| *arrived >= overlap);
        let missed = calls.len().saturating_sub(TOLD);
        calls.drain(..missed);
        Ok((!calls.is_empty()).then_some(News {
            calls,
            missed: missed as u64,
        }))
    }

    /// Says from where on to ask the next time: after the last that was read, if there may be more,
    /// else a little before the latest arrival.
    fn advance(&mut self, last: Option<(Micros, CallId)>, has_news: bool) {
        self.newest = last.map_or(self.newest, |(arrived, _)| self.newest.max(arrived));
        match has_news {
            true => self.again = 0,
            false => self.again += i64::from(!self.behind),
        }
        self.from = match last {
            Some((arrived, id)) if self.behind => Arrived::After(arrived, id),
            // Whatever was late has come by now.
            _ if self.again > OVERLAP => Arrived::Since(Micros(self.newest.0.saturating_add(1))),
            _ => Arrived::Since(self.newest.plus_seconds(-OVERLAP)),
        };
    }
}

/// Whether there may be more than was read.
fn is_full(page: &[(Micros, CallRecord)]) -> bool {
    page.len() >= AT_ONCE as usize
}

async fn page(store: &Store, from: Arrived) -> Result<Vec<(Micros, CallRecord)>, StoreError> {
    store
        .calls_arrived(from, &CallFilter::default(), AT_ONCE)
        .await
}

/// The calls that arrived from there on and up to a time.
async fn old(
    store: &Store,
    mut from: Arrived,
    until: Micros,
) -> Result<HashMap<CallId, Micros>, StoreError> {
    let mut old = HashMap::new();
    loop {
        let page = page(store, from).await?;
        let until_then = page.iter().filter(|(arrived, _)| *arrived <= until);
        old.extend(until_then.map(|(arrived, call)| (call.id, *arrived)));
        match page.last() {
            Some((last, call)) if is_full(&page) && *last <= until => {
                from = Arrived::After(*last, call.id);
            }
            _ => return Ok(old),
        }
    }
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
            self.arrive_at_once([number], second).await;
        }

        /// Has calls of these numbers arrive in one moment.
        async fn arrive_at_once(&self, numbers: impl IntoIterator<Item = u64>, second: i64) {
            self.clock.store(second * SECOND, Ordering::Relaxed);
            let batch = SettleBatch {
                calls: numbers.into_iter().map(settled).collect(),
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

        /// How many calls are told and how many are only counted, until nothing more comes.
        async fn tally(&self, arrivals: &mut Arrivals) -> (usize, u64) {
            let mut tally = (0, 0);
            loop {
                if let Some(news) = arrivals.read(&self.store).await.unwrap() {
                    tally = (tally.0 + news.calls.len(), tally.1 + news.missed);
                }
                if !arrivals.is_behind() {
                    return tally;
                }
            }
        }
    }

    fn settled(number: u64) -> SettledCall {
        let record = json!({
            "id": CallId(u128::from(number)), "at": 0, "revision": 2, "dialect": "openai-chat",
            "path": "/", "model": "m", "stream": false, "status": 401, "ending": "refused",
            "usage": {}, "usage_quality": "none", "cost": "0.00", "request_bytes": 1,
            "response_bytes": 1, "timings": [1], "first_byte": 0, "duration": 1,
        });
        let record: CallRecord = serde_json::from_value(record).unwrap();
        SettledCall::of(&record).unwrap()
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
            assert_eq!(arrivals.from, Arrived::Since(Micros(99 * SECOND)));
            assert_eq!(desk.news(&mut arrivals).await, [0; 0]);
        }
        assert_eq!(arrivals.from, Arrived::Since(Micros(101 * SECOND + 1)));
        desk.arrive(2, 102).await;
        assert_eq!(desk.news(&mut arrivals).await, [2]);
        assert_eq!(desk.news(&mut arrivals).await, [0; 0]);
    }

    #[tokio::test]
    async fn of_thousands_that_arrive_in_one_moment_each_is_told_or_counted_once() {
        let desk = Desk::new().await;
        let now = Micros(100 * SECOND);
        let mut arrivals = Arrivals::from_now(&desk.store, now).await.unwrap();
        desk.arrive_at_once(1..=2_500, 101).await;
        assert_eq!(desk.tally(&mut arrivals).await, (300, 2_200));
        desk.arrive_at_once(2_501..=4_501, 102).await;
        assert_eq!(desk.tally(&mut arrivals).await, (300, 1_701));
        for _ in 0..3 {
            assert_eq!(arrivals.from, Arrived::Since(Micros(100 * SECOND)));
            assert_eq!(desk.tally(&mut arrivals).await, (0, 0));
        }
        let end = Arrived::Since(Micros(102 * SECOND + 1));
        assert_eq!(arrivals.from, end, "nothing is read again");
    }

    #[tokio::test]
    async fn what_was_there_is_no_news_however_much_it_was() {
        let desk = Desk::new().await;
        desk.arrive_at_once(1..=2_500, 100).await;
        let now = Micros(101 * SECOND);
        let mut fresh = Arrivals::from_now(&desk.store, now).await.unwrap();
        let mut again = Arrivals::after(&desk.store, now).await.unwrap();
        desk.arrive(2_501, 102).await;
        assert_eq!(desk.tally(&mut fresh).await, (1, 0));
        assert_eq!(desk.tally(&mut again).await, (1, 0));
    }
}
