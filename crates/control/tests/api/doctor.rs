//! The doctor on a control plane without a gateway.

use serde_json::{Value, json};

use crate::desk::{Answer, Desk};

async fn run(desk: &Desk, body: Value) -> Answer {
    desk.post("/api/v1/doctor", body).await
}

/// The check of this id, wherever it stands.
fn check<'a>(report: &'a Value, id: &str) -> &'a Value {
    let steps = report["steps"].as_array().unwrap().iter();
    let mut checks = steps.flat_map(|step| step["checks"].as_array().unwrap());
    checks.find(|check| check["id"] == id).unwrap()
}

#[tokio::test]
async fn all_steps_are_run_and_what_cannot_be_told_says_why() {
    let desk = Desk::furnished().await;
    let report = run(&desk, json!({})).await.expect(200);
    let numbers: Vec<&Value> = report["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| &step["number"])
        .collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
    assert_eq!(report["at"], "2026-11-24T06:00:00Z");
    let empty = check(&report, "wallet_empty");
    assert_eq!(empty["findings"][0]["subject"], "Team acme");
    assert_eq!(empty["findings"][0]["severity"], "notice", "no key works");
    let paid = check(&report, "paid_call_is_answered");
    assert_eq!(paid["state"], "unknown");
    assert!(
        paid["unknown"]
            .as_str()
            .unwrap()
            .contains("no gateway runs")
    );
    assert_eq!(check(&report, "ledger_faulty")["state"], "passed");
    assert_eq!(check(&report, "disk_nearly_full")["state"], "unknown");
}

#[tokio::test]
async fn a_budget_that_asks_for_payment_in_vain_is_found_and_mended() {
    let desk = Desk::furnished().await;
    let documents = json!([
        { "kind": "Team", "name": "inner" },
        { "kind": "Budget", "name": "cap", "spec": { "scope": { "team": "inner" },
            "limit": "1.00", "window": "day", "on_exhausted": 402 } },
    ]);
    let applied = desk.post("/api/v1/apply", json!({ "documents": documents }));
    applied.await.expect(200);
    let id = "budget_asks_for_payment_in_vain";
    let found = run(&desk, json!({ "steps": [2] })).await.expect(200);
    assert_eq!(check(&found, id)["findings"][0]["fixable"], true);
    assert_eq!(found.get("fixed"), None, "nothing was asked for");
    let other = run(
        &desk,
        json!({ "steps": [2], "fix": ["lease_of_dead_node"] }),
    )
    .await;
    assert_eq!(check(&other.expect(200), id)["state"], "found");
    let mended = run(&desk, json!({ "steps": [2], "fix": [id] }))
        .await
        .expect(200);
    assert_eq!(check(&mended, id)["state"], "passed");
    let told = &mended["fixed"][0];
    assert_eq!((&told["check"], &told["done"]), (&json!(id), &json!(true)));
    assert!(
        told["did"].as_str().unwrap().contains("answers 429"),
        "{told}"
    );
    let budget = desk.get("/api/v1/resources/Budget/cap").await.expect(200);
    assert_eq!(budget["spec"].get("on_exhausted"), None);
}

#[tokio::test]
async fn what_a_node_left_that_is_gone_is_found_and_given_back() {
    let desk = Desk::furnished().await;
    let credit = json!({ "amount": "5.00", "reason": "start" });
    desk.post("/api/v1/wallets/acme/credit", credit)
        .await
        .expect(201);
    let fund = desk
        .runtime_funds()
        .into_iter()
        .find(|fund| fund.key() == "wallet/acme")
        .unwrap();
    let amount = "2.00".parse().unwrap();
    desk.store
        .lease("node-0", &fund, amount, amount)
        .await
        .unwrap();
    let found = run(&desk, json!({ "steps": [1] })).await.expect(200);
    let lease = &check(&found, "lease_of_dead_node")["findings"][0];
    assert_eq!(lease["subject"], "Node node-0");
    assert_eq!(found["worst"], "error");
    let mended = run(&desk, json!({ "steps": [1], "fix": ["all"] }))
        .await
        .expect(200);
    assert_eq!(check(&mended, "lease_of_dead_node")["state"], "passed");
    let wallet = desk.get("/api/v1/wallets/acme").await.expect(200);
    assert_eq!(wallet["available"], "5.00");
}

#[tokio::test]
async fn providers_are_asked_only_when_that_is_wanted() {
    let desk = Desk::furnished().await;
    let spec = json!({ "dialect": "openai-chat", "base_url": "https://up.example",
        "credentials": [{ "name": "bad", "key": { "secret": "up" } }] });
    desk.put("/api/v1/secrets/up", json!({ "value": "sk-1" }))
        .await;
    desk.put("/api/v1/resources/Provider/up", json!({ "spec": spec }))
        .await
        .expect(201);
    let quiet = run(&desk, json!({ "steps": [2] })).await.expect(200);
    let id = "provider_probe_fails";
    assert!(
        check(&quiet, id)["unknown"]
            .as_str()
            .unwrap()
            .contains("--probe")
    );
    let asked = run(&desk, json!({ "steps": [2], "probe": true }))
        .await
        .expect(200);
    let finding = &check(&asked, id)["findings"][0];
    assert_eq!(finding["subject"], "Provider up, credential bad");
}

#[tokio::test]
async fn a_wrong_wish_is_told_as_such() {
    let desk = Desk::new().await;
    let told = run(&desk, json!({ "steps": [5] })).await.problem(400);
    insta::assert_snapshot!(told, @"bad_request: There is no step 5; there are 1 to 4.");
    let told = run(&desk, json!({ "fix": ["wallet_empty"] }))
        .await
        .problem(400);
    insta::assert_snapshot!(told, @r#"bad_request: The check "wallet_empty" can mend nothing; `all` and these can: lease_of_dead_node, budget_asks_for_payment_in_vain, data_readable_by_others."#);
}
