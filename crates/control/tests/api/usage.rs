use serde_json::{Value, json};

use crate::desk::Desk;
use crate::records::{call, refused, settle};

/// Calls of this morning and of the day before.
async fn used() -> Desk {
    let desk = Desk::furnished().await;
    let other = json!({
        "caller": { "key": "k", "application": "cli", "team": "ops" }, "model": "other",
        "duration": 1_000_000, "cost": "1.00",
    });
    let failed = json!({ "status": 502, "ending": "upstream_cut" });
    let stranger = json!({
        "caller": null, "status": 401, "ending": "refused", "attempts": [], "usage": {},
        "usage_quality": "none", "cost": "0.00",
    });
    let calls = [
        call(1, "2026-11-24T05:50:10Z", json!({})),
        call(2, "2026-11-24T05:50:50Z", json!({ "duration": 4_000_000 })),
        call(3, "2026-11-24T05:52:00Z", refused()),
        call(4, "2026-11-24T05:55:00Z", failed),
        call(5, "2026-11-24T03:30:00Z", other),
        call(6, "2026-11-24T05:57:00Z", stranger),
        call(7, "2026-11-22T12:00:00Z", json!({})),
    ];
    settle(&desk, calls).await;
    desk
}

fn calls(report: &Value) -> Vec<(&str, u64)> {
    let points = report["points"].as_array().unwrap().iter();
    let told = points.map(|point| {
        (
            point["at"].as_str().unwrap(),
            point["calls"].as_u64().unwrap(),
        )
    });
    told.collect()
}

#[tokio::test]
async fn what_was_used_is_added_up_by_slots_that_suit_the_time() {
    let desk = used().await;
    let day = desk.get("/api/v1/usage").await.expect(200);
    let wanted = [("2026-11-24T03:00:00Z", 1), ("2026-11-24T05:00:00Z", 5)];
    assert_eq!(calls(&day), wanted);
    let head = ["slot", "since", "until"].map(|member| day[member].as_str().unwrap());
    assert_eq!(
        head,
        ["hour", "2026-11-23T06:00:00Z", "2026-11-24T06:00:00Z"]
    );
    insta::assert_snapshot!(day["total"], @r#"{"calls":6,"cost":"1.75","errors":1,"output_tokens":80,"p50":2097151,"p99":4194303,"prompt_tokens":400,"refused":2}"#);
    let hour = desk.get("/api/v1/usage?since=30m").await.expect(200);
    assert_eq!(hour["slot"], "minute");
    assert_eq!(hour["since"], "2026-11-24T05:30:00Z");
    let minutes = ["50", "52", "55", "57"].map(|minute| format!("2026-11-24T05:{minute}:00Z"));
    let minutes: Vec<_> = minutes
        .iter()
        .map(String::as_str)
        .zip([2, 1, 1, 1])
        .collect();
    assert_eq!(calls(&hour), minutes);
    insta::assert_snapshot!(hour["points"][0], @r#"{"at":"2026-11-24T05:50:00Z","calls":2,"cost":"0.50","errors":0,"output_tokens":40,"p50":2097151,"p99":4194303,"prompt_tokens":200,"refused":0}"#);
    assert!(hour["points"][1].get("p50").is_none(), "none was completed");
    let days = desk.get("/api/v1/usage?since=20d").await.expect(200);
    let wanted = [("2026-11-22T00:00:00Z", 1), ("2026-11-24T00:00:00Z", 6)];
    assert_eq!(
        (days["slot"].as_str(), calls(&days)),
        (Some("day"), wanted.to_vec())
    );
    let past = "/api/v1/usage?since=2026-11-22T11:30:00Z&until=2026-11-22T12:30:00Z&slot=hour";
    let past = desk.get(past).await.expect(200);
    assert_eq!(calls(&past), [("2026-11-22T12:00:00Z", 1)]);
}

#[tokio::test]
async fn only_calls_that_are_asked_for_are_added_up_and_not_all_have_percentiles() {
    let desk = used().await;
    for (query, calls, has_percentiles) in [
        ("team=acme", 4, true),
        ("team=ops&model=other", 1, true),
        ("application=web", 4, false),
        ("provider=openai", 4, false),
        ("status=402", 1, false),
        ("ending=completed", 3, false),
        ("reason=balance_exhausted", 1, false),
        ("team=nobody", 0, false),
    ] {
        let report = desk
            .get(&format!("/api/v1/usage?{query}"))
            .await
            .expect(200);
        let total = &report["total"];
        assert_eq!(total["calls"], calls, "{query}");
        assert_eq!(total.get("p99").is_some(), has_percentiles, "{query}");
        assert_eq!(total.get("p50").is_some(), has_percentiles, "{query}");
    }
}

#[tokio::test]
async fn what_was_used_is_told_by_value_and_most_calls_come_first() {
    let desk = used().await;
    for (query, groups) in [
        ("by=team", json!([["acme", 4], [null, 1], ["ops", 1]])),
        ("by=application", json!([["web", 4], [null, 1], ["cli", 1]])),
        ("by=provider&team=acme", json!([["openai", 3], [null, 1]])),
        ("by=status&limit=1", json!([["200", 3]])),
        (
            "by=reason&reason=balance_exhausted",
            json!([["balance_exhausted", 1]]),
        ),
        (
            "by=ending&since=10m",
            json!([["refused", 2], ["completed", 2], ["upstream_cut", 1]]),
        ),
        (
            "by=model&since=20d&slot=day&team=acme",
            json!([["smart", 5]]),
        ),
    ] {
        let page = desk
            .get(&format!("/api/v1/usage/by?{query}"))
            .await
            .expect(200);
        let items = page["items"].as_array().unwrap().iter();
        let told: Vec<_> = items
            .map(|item| json!([item["value"], item["calls"]]))
            .collect();
        let wanted = groups.as_array().unwrap();
        assert_eq!(told.len(), wanted.len(), "{query}: {told:?}");
        assert!(
            wanted.iter().all(|group| told.contains(group)),
            "{query}: {told:?}"
        );
        assert!(
            told.is_sorted_by(|a, b| a[1].as_u64() >= b[1].as_u64()),
            "{query}"
        );
    }
    let page = desk.get("/api/v1/usage/by?by=team").await.expect(200);
    insta::assert_snapshot!(page["items"][0], @r#"{"calls":4,"cost":"0.75","errors":1,"output_tokens":60,"prompt_tokens":300,"refused":1,"value":"acme"}"#);
}

#[tokio::test]
async fn a_query_that_cannot_be_answered_is_told_why() {
    let desk = Desk::new().await;
    let mut told = Vec::new();
    for path in [
        "usage?since=2d&slot=minute",
        "usage?since=1h&until=2h",
        "usage?slot=week",
        "usage?by=team",
        "usage/by",
        "usage/by?by=modle",
        "usage/by?by=team&limit=0",
        "usage?ending=done",
        "usage?reason=balance_exhaust",
    ] {
        told.push(desk.get(&format!("/api/v1/{path}")).await.problem(400));
    }
    insta::assert_snapshot!(told.join("\n"), @r#"
    bad_request: From 2026-11-22T06:00:00Z to 2026-11-24T06:00:00Z there are more than 2000 slots of this length; ask for a shorter time, or for longer slots with `slot`.
    bad_request: `since` (2026-11-24T05:00:00Z) is not before `until` (2026-11-24T04:00:00Z).
    bad_request: `slot`: unknown variant `week`, expected one of `minute`, `hour`, `day`.
    bad_request: `by` and `limit` are parameters of /usage/by, not of /usage.
    bad_request: Say `by` what to add up: team, application, model, provider, status, ending or reason.
    bad_request: `by`: unknown variant `modle`, expected one of `team`, `application`, `model`, `provider`, `status`, `ending`, `reason`; did you mean `model`?
    bad_request: `limit` is a number from 1 to 1000.
    bad_request: `ending`: unknown variant `done`, expected one of `completed`, `refused`, `client_gone`, `upstream_cut`, `unresolved`.
    bad_request: There is no reason "balance_exhaust". Did you mean balance_exhausted?
    "#);
}
