//! The 402 desk.

use serde_json::{Value, json};
use tollgate_model::call::CallRecord;

use crate::desk::Desk;
use crate::records::{call, settle};

/// A desk with a budget whose limit was lowered a minute before six.
async fn furnished() -> Desk {
    let desk = Desk::furnished().await;
    let budget = |limit: &str| json!({ "spec": { "scope": { "application": "web" }, "limit": limit, "window": "month" } });
    at(&desk, "2026-11-24T05:00:00Z");
    desk.put("/api/v1/resources/Budget/month", budget("250.00"))
        .await
        .expect(201);
    at(&desk, "2026-11-24T05:59:00Z");
    desk.put("/api/v1/resources/Budget/month", budget("0.10"))
        .await
        .expect(200);
    at(&desk, "2026-11-24T06:05:00Z");
    desk
}

fn at(desk: &Desk, when: &str) {
    let now = tollgate_model::Micros::parse(when).unwrap();
    desk.clock
        .store(now.0, std::sync::atomic::Ordering::Relaxed);
}

/// A call that was refused.
fn refused(number: u64, when: &str, refusal: Value) -> CallRecord {
    let status = refusal["status"].clone();
    let members = json!({ "status": status, "ending": "refused", "attempts": [], "cost": "0.00",
        "usage": {}, "usage_quality": "none", "refusal": refusal });
    call(number, when, members)
}

fn over_budget() -> Value {
    json!({ "reason": "budget_exceeded", "status": 429,
        "detail": "This call may cost up to 0.50 USD, but budget month has 0.02 USD left.",
        "rule": { "kind": "Budget", "name": "month", "revision": 4 },
        "shortage": { "scope": "budget month", "needed": "0.50", "available": "0.02" } })
}

fn out_of_money() -> Value {
    json!({ "reason": "hold_exceeds_balance", "status": 402, "detail": "Not enough.",
        "rule": { "kind": "Team", "name": "acme", "revision": 1 },
        "shortage": { "scope": "the wallet of team acme", "needed": "0.30", "available": "0.10" } })
}

/// Pretty JSON of the groups, without what every group of its reason says.
async fn groups(desk: &Desk, query: &str) -> Vec<Value> {
    let answer = desk.get(&format!("/api/v1/refusals{query}")).await;
    let answer = answer.expect(200);
    answer["items"].as_array().unwrap().clone()
}

fn actions(group: &Value) -> String {
    let actions = group["actions"].as_array().unwrap();
    let says = actions.iter().map(|action| {
        let text = |member: &str| action[member].as_str().unwrap_or_default().to_owned();
        format!("{} ({}): {}", text("deed"), text("needs"), text("says"))
    });
    says.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_group_says_who_is_hit_since_when_what_changed_and_what_ends_it() {
    let desk = furnished().await;
    settle(
        &desk,
        [
            refused(1, "2026-11-24T06:00:00Z", over_budget()),
            refused(2, "2026-11-24T06:04:00Z", over_budget()),
        ],
    )
    .await;
    let answer = desk.get("/api/v1/refusals").await.expect(200);
    insta::assert_snapshot!(serde_json::to_string_pretty(&answer).unwrap(), @r#"
    {
      "happening": 1,
      "items": [
        {
          "actions": [
            {
              "amount": "1.00",
              "deed": "raise_budget",
              "kind": "Budget",
              "name": "month",
              "needs": "configuration:change",
              "says": "Raises the limit of budget month from 0.10 to 1.00 USD per month: calls go through until that is spent.",
              "spends": true
            },
            {
              "deed": "open_history",
              "kind": "Budget",
              "name": "month",
              "needs": "configuration:read",
              "revision": 4,
              "says": "Shows revision 4, which changed Budget month before this began; what was there can be restored.",
              "spends": false
            }
          ],
          "application": "web",
          "began": "2026-11-24T06:00:00Z",
          "calls": 2,
          "cause": "policy",
          "changes": [
            {
              "action": "updated",
              "actor": "operator",
              "at": "2026-11-24T05:59:00Z",
              "kind": "Budget",
              "name": "month",
              "revision": 4,
              "when": "before"
            },
            {
              "action": "created",
              "actor": "operator",
              "at": "2026-11-24T05:00:00Z",
              "kind": "Budget",
              "name": "month",
              "revision": 3,
              "when": "before"
            },
            {
              "action": "created",
              "actor": "operator",
              "at": "2026-11-24T06:00:00Z",
              "kind": "Application",
              "name": "web",
              "revision": 2,
              "when": "before"
            }
          ],
          "first": "2026-11-24T06:00:00Z",
          "fix": "Wait until the budget's window ends, or have its limit raised.",
          "id": "budget_exceeded~Budget/month~acme~web",
          "keys": 1,
          "last": "2026-11-24T06:04:00Z",
          "meaning": "A spending limit has been reached, or what is left of it does not cover the most that this call could cost.",
          "models": [
            "smart"
          ],
          "providers": [],
          "reason": "budget_exceeded",
          "rule": {
            "kind": "Budget",
            "name": "month"
          },
          "samples": [
            "call_01m862ev400000000000000002",
            "call_01m8627gr00000000000000001"
          ],
          "short": {
            "least_available": "0.02",
            "least_needed": "0.50",
            "most_available": "0.02",
            "most_needed": "0.50"
          },
          "some_keys": [
            "web-key"
          ],
          "state": "happening",
          "status": 429,
          "team": "acme",
          "title": "The budget is spent",
          "told": "This call may cost up to 0.50 USD, but budget month has 0.02 USD left.",
          "who": "key_owner"
        }
      ],
      "more": false,
      "since": "2026-11-23T06:05:00Z",
      "until": "2026-11-24T06:05:01Z"
    }
    "#);
}

#[tokio::test]
async fn what_is_answered_again_is_over_and_what_nobody_tries_goes_quiet() {
    let desk = furnished().await;
    let state = async |desk: &Desk| {
        let answer = desk.get("/api/v1/refusals").await.expect(200);
        (
            answer["items"][0]["state"].clone(),
            answer["happening"].clone(),
        )
    };
    settle(&desk, [refused(1, "2026-11-24T06:00:00Z", over_budget())]).await;
    assert_eq!(state(&desk).await, (json!("happening"), json!(1)));
    at(&desk, "2026-11-24T06:15:00.000001Z");
    assert_eq!(state(&desk).await, (json!("quiet"), json!(0)));
    settle(&desk, [refused(2, "2026-11-24T06:16:00Z", over_budget())]).await;
    assert_eq!(state(&desk).await, (json!("happening"), json!(1)));
    settle(&desk, [call(3, "2026-11-24T06:17:00Z", json!({}))]).await;
    assert_eq!(state(&desk).await, (json!("answered"), json!(0)));
}

#[tokio::test]
async fn each_reason_has_the_deeds_that_fit_it() {
    let desk = furnished().await;
    let key = json!({ "spec": { "application": "web", "hash": format!("sha256:{}", "00".repeat(32)),
        "models": ["smart", "cheap-*"] } });
    desk.put("/api/v1/resources/Key/web-key", key)
        .await
        .expect(201);
    let by_key = |reason: &str, status: u16| {
        json!({ "reason": reason, "status": status, "detail": "No.",
            "rule": { "kind": "Key", "name": "web-key", "revision": 5 } })
    };
    let mut not_allowed = refused(2, "2026-11-24T06:02:00Z", by_key("model_not_allowed", 403));
    not_allowed.model = "large".to_owned();
    let unfunded = json!({ "status": 503, "ending": "refused", "cost": "0.00",
        "attempts": [{ "provider": "openai", "model": "m", "began": 1, "took": 2 }],
        "refusal": { "reason": "upstream_account_unfunded", "status": 503, "detail": "No." } });
    let missing = json!({ "status": 401, "ending": "refused", "attempts": [], "caller": null,
        "refusal": { "reason": "key_missing", "status": 401, "detail": "No." } });
    let records = [
        refused(1, "2026-11-24T06:01:00Z", out_of_money()),
        not_allowed,
        refused(3, "2026-11-24T06:01:30Z", by_key("key_expired", 401)),
        refused(4, "2026-11-24T06:01:20Z", by_key("key_revoked", 401)),
        call(5, "2026-11-24T06:01:10Z", unfunded),
        call(6, "2026-11-24T06:01:05Z", missing),
    ];
    settle(&desk, records).await;
    let told: Vec<String> = groups(&desk, "")
        .await
        .iter()
        .map(|group| format!("{}\n{}", group["reason"], actions(group)))
        .collect();
    insta::assert_snapshot!(told.join("\n\n"), @r#"
    "hold_exceeds_balance"
    credit_wallet (money:credit): Adds 2.00 USD to the wallet of team acme. Write down where the money came from.

    "model_not_allowed"
    allow_model (configuration:change): Adds large to the models that key web-key may ask for: calls for it are let through and cost what it costs.

    "key_expired"
    renew_key (configuration:change): Gives key web-key a later date: it works again at once, for whoever has it.
    create_key (keys:manage): Makes another key for application web, which has to be given to the program.

    "key_revoked"
    create_key (keys:manage): Makes another key for application web, which has to be given to the program.

    "upstream_account_unfunded"
    open_resource (configuration:read): Opens provider openai: its account has to be paid there, or another target added to the model.

    "key_missing"
    "#);
}

#[tokio::test]
async fn groups_are_found_by_reason_cause_actor_rule_application_team_model_and_time() {
    let desk = furnished().await;
    settle(
        &desk,
        [
            refused(1, "2026-11-24T06:00:00Z", over_budget()),
            refused(2, "2026-11-24T03:00:00Z", out_of_money()),
        ],
    )
    .await;
    for (query, expected) in [
        ("", 2),
        ("?reason=budget_exceeded", 1),
        ("?cause=payment_info", 1),
        ("?cause=upstream", 0),
        ("?who=key_owner", 2),
        ("?who=operator", 0),
        ("?reason=budget_exceeded&cause=payment_info", 0),
        ("?kind=Budget&rule=month", 1),
        ("?rule=other", 0),
        ("?application=web&team=acme&model=smart", 2),
        ("?application=cli", 0),
        ("?since=1h", 1),
        ("?since=2026-11-24T00:00:00Z&until=2026-11-24T04:00:00Z", 1),
        ("?limit=1", 1),
    ] {
        assert_eq!(groups(&desk, query).await.len(), expected, "{query}");
    }
    let first = groups(&desk, "?limit=1").await;
    assert_eq!(first[0]["status"], 402, "what can be paid stands first");
    let page = desk.get("/api/v1/refusals?limit=1").await.expect(200);
    assert_eq!(
        (&page["more"], &page["happening"]),
        (&json!(true), &json!(1))
    );
    for (query, told) in [
        ("?reason=budget_exceded", "Did you mean budget_exceeded?"),
        ("?cause=nobody", "`cause`"),
        ("?who=somebody", "`who`"),
        ("?since=soon", "neither a time"),
        ("?since=1h&until=2h", "is not before"),
    ] {
        let problem = desk.get(&format!("/api/v1/refusals{query}")).await;
        assert!(problem.problem(400).contains(told), "{query}: {problem:?}");
    }
}

#[tokio::test]
async fn what_was_refused_is_told_when_its_record_is_gone() {
    let desk = furnished().await;
    settle(&desk, [refused(1, "2026-11-24T06:00:00Z", over_budget())]).await;
    desk.store
        .prune_calls(tollgate_model::Micros::NEVER)
        .await
        .unwrap();
    let group = groups(&desk, "").await.remove(0);
    assert_eq!((&group["told"], &group["calls"]), (&Value::Null, &json!(1)));
    assert_eq!(group["short"]["most_needed"], "0.50");
}
