//! Calls that have ended, as the tests need them.

use std::sync::Arc;

use serde_json::{Value, json};
use tollgate_model::call::CallRecord;
use tollgate_model::settled::{SettleBatch, SettledCall};
use tollgate_model::{CallId, Micros};

use crate::desk::Desk;

/// A call of a number of its own that `acme`'s application `web` made at a time, and that took two
/// seconds; `members` replace those of its record.
pub(crate) fn call(number: u64, at: &str, members: Value) -> CallRecord {
    let at = Micros::parse(at).unwrap();
    let millis = at.0.unsigned_abs() / 1_000;
    let id = CallId((u128::from(millis) << 80) | u128::from(number));
    let mut record = json!({
        "id": id, "at": at, "revision": 2, "dialect": "openai-chat",
        "path": "/v1/chat/completions",
        "caller": { "key": "web-key", "application": "web", "team": "acme" },
        "model": "smart", "stream": false, "status": 200, "ending": "completed",
        "attempts": [{ "provider": "openai", "model": "gpt-5", "status": 200, "began": 1,
            "took": 2 }],
        "usage": { "input": 100, "output": 20 }, "usage_quality": "exact", "cost": "0.25",
        "request_bytes": 10, "response_bytes": 20, "timings": [1, 2, 3, 4], "first_byte": 400_000,
        "duration": 2_000_000,
    });
    let Value::Object(members) = members else {
        panic!("members are an object");
    };
    record.as_object_mut().unwrap().extend(members);
    serde_json::from_value(record).unwrap()
}

/// What makes a call one that was refused for want of money.
pub(crate) fn refused() -> Value {
    json!({
        "status": 402, "ending": "refused", "attempts": [], "cost": "0.00", "usage": {},
        "usage_quality": "none",
        "refusal": { "reason": "balance_exhausted", "status": 402,
            "detail": "The wallet of team acme is empty." },
    })
}

/// Has calls arrive in the store, all at once.
pub(crate) async fn settle(desk: &Desk, calls: impl IntoIterator<Item = CallRecord>) {
    let calls = calls
        .into_iter()
        .map(|call| SettledCall::of(&call).unwrap());
    let batch = SettleBatch {
        calls: calls.collect(),
        cursors: Vec::new(),
    };
    desk.store.settle("node-1", Arc::new(batch)).await.unwrap();
}
