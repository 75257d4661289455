//! Calls, their sums, answers, and what is left of signing in are kept for a while, and then no
//! longer.

use std::sync::Arc;
use std::time::Duration;

use tollgate_model::Micros;
use tollgate_store::{Grain, Store, StoreError};

use crate::clock;
use crate::node::Node;

/// How long after the start the first look comes: the start has better things to do.
const FIRST: Duration = Duration::from_secs(60);
/// How often it is looked what is too old.
const PACE: Duration = Duration::from_secs(60 * 60);

const DAY_SECONDS: i64 = 86_400;
/// How long sums by the minute are kept, in seconds.
const MINUTES: i64 = 7 * DAY_SECONDS;
/// How long sums by the hour are kept, in seconds. Those by the day stay.
const HOURS: i64 = 400 * DAY_SECONDS;

/// Deletes what is too old, for ever; calls and answers are kept for so long.
pub(crate) async fn keep(node: Arc<Node>, calls: Duration, answers: Option<Duration>) {
    let mut pause = FIRST;
    loop {
        tokio::time::sleep(pause).await;
        let now = clock::now();
        prune(&node.store, calls, now).await;
        let answers = before(answers.unwrap_or_default(), now);
        note("answers", node.store.prune_answers(answers).await);
        note("files", node.store.prune_files(now).await);
        let batches = node.store.prune_batches(before(calls, now)).await;
        note("batches", batches);
        pause = PACE;
    }
}

/// What is older than this was kept for so long.
fn before(kept: Duration, now: Micros) -> Micros {
    let seconds = i64::try_from(kept.as_secs()).unwrap_or(i64::MAX);
    now.plus_seconds(seconds.saturating_neg())
}

/// Deletes what is too old by now. What fails is tried again the next time.
async fn prune(store: &Store, calls: Duration, now: Micros) {
    note("calls", store.prune_calls(before(calls, now)).await);
    let minutes = store
        .prune_usage(Grain::Minute, now.plus_seconds(-MINUTES))
        .await;
    note("sums by the minute", minutes);
    let hours = store
        .prune_usage(Grain::Hour, now.plus_seconds(-HOURS))
        .await;
    note("sums by the hour", hours);
    let refused = store.prune_refused(now.plus_seconds(-HOURS)).await;
    note("who was refused", refused);
    let ended = store.prune_sign_in(now).await;
    note("what is left of signing in", ended.map(|()| 0));
}

fn note(what: &str, pruned: Result<u64, StoreError>) {
    match pruned {
        Ok(0) => {}
        Ok(rows) => tracing::info!(rows, "{what}: deleted what was too old"),
        Err(error) => {
            tracing::warn!(%error, "{what}: cannot delete what is too old; trying again in an hour")
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tollgate_model::CallId;
    use tollgate_model::call::CallRecord;
    use tollgate_model::settled::{SettleBatch, SettledCall};
    use tollgate_store::{CallFilter, CallPage, Location, UsageFilter};

    use super::*;

    /// A call that was accepted at a time.
    fn call(at: Micros) -> SettledCall {
        let id = CallId(u128::from(at.0.unsigned_abs() / 1_000) << 80);
        let record = json!({
            "id": id, "at": at, "revision": 2, "dialect": "openai-chat",
            "path": "/v1/chat/completions", "model": "smart", "stream": false, "status": 401,
            "ending": "refused", "usage": {}, "usage_quality": "none", "cost": "0.00",
            "request_bytes": 10, "response_bytes": 20, "timings": [1, 2, 3, 4], "first_byte": 0,
            "duration": 5,
        });
        let record: CallRecord = serde_json::from_value(record).unwrap();
        SettledCall::of(&record).unwrap()
    }

    /// How many calls are kept, and how many of them the sums of each length of slot count.
    async fn kept(store: &Store) -> (usize, [u64; 3]) {
        let every = CallFilter::default();
        let calls = store.calls(&every, CallPage::Newest, 10).await.unwrap();
        let all = UsageFilter {
            until: Micros::NEVER,
            ..UsageFilter::default()
        };
        let mut sums = [0; 3];
        for (sum, grain) in sums.iter_mut().zip(Grain::ALL) {
            let points = store.usage(&all, grain).await.unwrap();
            *sum = points.iter().map(|point| point.sums.calls).sum();
        }
        (calls.len(), sums)
    }

    #[tokio::test]
    async fn what_is_too_old_goes_and_the_days_stay() {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("test.db"));
        let store = Store::open(&location).await.unwrap();
        let now = Micros::parse("2026-11-24T06:00:00Z").unwrap();
        let ago = |days: i64| call(now.plus_seconds(-days * DAY_SECONDS));
        let batch = SettleBatch {
            calls: vec![ago(401), ago(31), ago(29), ago(8), ago(6)],
            cursors: Vec::new(),
        };
        store.settle("node-1", Arc::new(batch)).await.unwrap();
        assert_eq!(kept(&store).await, (5, [5, 5, 5]));
        let days = |days: u64| Duration::from_secs(days * 86_400);
        prune(&store, days(30), now).await;
        assert_eq!(kept(&store).await, (3, [1, 4, 5]));
        prune(&store, days(7), now).await;
        assert_eq!(kept(&store).await, (1, [1, 4, 5]));
        prune(&store, Duration::MAX, now).await;
        assert_eq!(kept(&store).await, (1, [1, 4, 5]));
    }
}
