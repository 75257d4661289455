use std::sync::Arc;

use serde_json::{Value, json};
use tollgate_control::explain::Story;
use tollgate_model::call::CallRecord;
use tollgate_model::settled::{SettleBatch, SettledCall};

use crate::desk::Desk;

/// A refused call of the millisecond after six o'clock.
fn record(millis: u64, application: &str) -> CallRecord {
    let id = tollgate_model::CallId((1_795_500_000_000 + u128::from(millis)) << 80);
    let record = json!({
        "id": id, "at": 1_795_500_000_000_000_u64 + millis * 1_000, "revision": 2,
        "dialect": "openai-chat", "path": "/v1/chat/completions",
        "caller": { "key": "k", "application": application, "team": "acme" },
        "model": "smart", "stream": false, "status": 402, "ending": "refused",
        "refusal": { "reason": "balance_exhausted", "status": 402,
            "detail": "The wallet of team acme is empty." },
        "usage": {}, "usage_quality": "none", "cost": "0.00",
        "request_bytes": 10, "response_bytes": 20, "timings": [1, 2, 3, 4],
        "first_byte": 0, "duration": 5,
    });
    serde_json::from_value(record).unwrap()
}

async fn recorded() -> Desk {
    let desk = Desk::furnished().await;
    let calls = (0..5).map(|millis| {
        let record = record(millis, if millis == 2 { "cli" } else { "web" });
        SettledCall::of(&record).unwrap()
    });
    let batch = SettleBatch {
        calls: calls.collect(),
        cursors: Vec::new(),
    };
    desk.store.settle("node-1", Arc::new(batch)).await.unwrap();
    desk
}

fn ids(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["id"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn calls_are_listed_newest_first_and_followed_in_both_directions() {
    let desk = recorded().await;
    let all = desk.get("/api/v1/calls").await.expect(200);
    let all = ids(&all).into_iter().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(all.len(), 5);
    assert!(all.is_sorted_by(|a, b| a > b));
    let first = desk.get("/api/v1/calls?limit=2").await.expect(200);
    assert_eq!(ids(&first), all[..2]);
    let next = first["next"].as_str().unwrap();
    let second = desk
        .get(&format!("/api/v1/calls?limit=2&before={next}"))
        .await
        .expect(200);
    assert_eq!(ids(&second), all[2..4]);
    let newer = desk
        .get(&format!("/api/v1/calls?limit=2&after={}", all[4]))
        .await
        .expect(200);
    assert_eq!(ids(&newer), all[2..4]);
    let none = desk
        .get(&format!("/api/v1/calls?after={}", all[0]))
        .await
        .expect(200);
    assert_eq!(none, json!({ "items": [] }));
}

#[tokio::test]
async fn calls_are_found_by_what_they_were() {
    let desk = recorded().await;
    for (query, count) in [
        ("application=cli", 1),
        ("team=acme&reason=balance_exhausted", 5),
        ("team=other", 0),
        ("ending=completed", 0),
        ("status=402", 5),
        ("until=1h", 0),
        ("since=2020-01-01T00:00:00Z", 5),
    ] {
        let page = desk
            .get(&format!("/api/v1/calls?{query}"))
            .await
            .expect(200);
        assert_eq!(ids(&page).len(), count, "{query}");
    }
    let mut told = Vec::new();
    for query in [
        "reason=balance_exhaust",
        "ending=done",
        "since=soon",
        "before=x",
    ] {
        told.push(
            desk.get(&format!("/api/v1/calls?{query}"))
                .await
                .problem(400),
        );
    }
    insta::assert_snapshot!(told.join("\n"), @r#"
    bad_request: There is no reason "balance_exhaust". Did you mean balance_exhausted?
    bad_request: `ending`: unknown variant `done`, expected one of `completed`, `refused`, `client_gone`, `upstream_cut`, `unresolved`.
    bad_request: "soon" is neither a time such as 2026-12-31T23:59:59Z nor a span such as 1h or 7d.
    bad_request: "x" is not the id of a call: call_ and 26 letters and digits.
    "#);
}

#[tokio::test]
async fn a_call_is_shown_as_record_and_as_story() {
    let desk = recorded().await;
    let record = record(0, "web");
    let shown = desk
        .get(&format!("/api/v1/calls/{}", record.id))
        .await
        .expect(200);
    assert_eq!(serde_json::from_value::<CallRecord>(shown).unwrap(), record);
    let story = desk
        .get(&format!("/api/v1/calls/{}/explain", record.id))
        .await
        .expect(200);
    let story: Story = serde_json::from_value(story).unwrap();
    assert_eq!(story, tollgate_control::explain::explain(&record));
    let unknown = "/api/v1/calls/call_00000000000000000000000000";
    insta::assert_snapshot!(desk.get(unknown).await.problem(404), @"not_found: There is no call call_00000000000000000000000000. A call is kept when it has ended, for as long as calls are kept.");
    insta::assert_snapshot!(desk.get("/api/v1/calls/x/explain").await.problem(400), @r#"bad_request: "x" is not the id of a call: call_ and 26 letters and digits."#);
}
