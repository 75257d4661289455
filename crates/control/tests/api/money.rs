use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use tollgate_model::Nanos;
use tollgate_model::account::{Fund, FundKind};
use tollgate_model::resource::{Kind, RuleRef};
use tollgate_model::time::Window;

use crate::desk::{Answer, Desk};

async fn credit(desk: &Desk, key: &str, amount: &str, reason: &str) -> Answer {
    let body = json!({ "amount": amount, "reason": reason });
    let headers = [("idempotency-key", key)];
    desk.ask("POST", "/api/v1/wallets/acme/credit", &headers, Some(body))
        .await
}

fn money(wallet: &Value) -> [&str; 3] {
    ["balance", "leased", "available"].map(|member| wallet[member].as_str().unwrap())
}

#[tokio::test]
async fn a_credit_is_made_once_however_often_it_is_sent() {
    let desk = Desk::furnished().await;
    let first = credit(&desk, "k1", "25.00", "first top-up")
        .await
        .expect(201);
    assert_eq!(
        (money(&first), &first["repeated"]),
        (["25.00", "0.00", "25.00"], &json!(false))
    );
    assert_eq!(
        first["transaction"]["entries"][0],
        json!({ "account": "wallet/acme", "amount": "25.00" })
    );
    assert_eq!(first["transaction"]["actor"], "operator");
    desk.clock.fetch_add(1_000_000, Ordering::Relaxed);
    let again = credit(&desk, "k1", "25.00", "first top-up")
        .await
        .expect(200);
    assert_eq!(
        (money(&again), &again["repeated"]),
        (["25.00", "0.00", "25.00"], &json!(true))
    );
    assert_eq!(again["transaction"], first["transaction"]);
    let other = credit(&desk, "k1", "26.00", "first top-up")
        .await
        .problem(409);
    insta::assert_snapshot!(other, @"conflict: This Idempotency-Key was used for another credit; choose a new one.");
    let reason = credit(&desk, "k1", "25.00", "another reason")
        .await
        .problem(409);
    insta::assert_snapshot!(reason, @"conflict: This Idempotency-Key was used for a credit with another reason.");
    assert_eq!(desk.runtime.funds_refreshed.load(Ordering::Relaxed), 2);
    let without_key = json!({ "amount": "1", "reason": "more" });
    desk.post("/api/v1/wallets/acme/credit", without_key.clone())
        .await
        .expect(201);
    let wallet = desk
        .post("/api/v1/wallets/acme/credit", without_key)
        .await
        .expect(201);
    assert_eq!(wallet["balance"], "27.00");
}

#[tokio::test]
async fn money_can_be_taken_back_but_not_more_than_is_there() {
    let desk = Desk::furnished().await;
    credit(&desk, "a", "10", "top-up").await.expect(201);
    let back = credit(&desk, "b", "-4.5", "correction").await.expect(201);
    assert_eq!(back["balance"], "5.50");
    let too_much = credit(&desk, "c", "-5.500000001", "correction")
        .await
        .problem(409);
    insta::assert_snapshot!(too_much, @"conflict: Account wallet/acme has only 5.50 dollars that are not leased.");
    assert_eq!(
        desk.get("/api/v1/wallets/acme").await.json()["balance"],
        "5.50"
    );
    let report = desk.get("/api/v1/ledger/verify").await.expect(200);
    assert_eq!(report["faults"], json!([]));
}

#[tokio::test]
async fn amounts_are_strings_and_reasons_are_needed() {
    let desk = Desk::furnished().await;
    for (body, status) in [
        (json!({ "amount": 25, "reason": "r" }), 400),
        (json!({ "amount": "1e3", "reason": "r" }), 400),
        (json!({ "amount": "0.0000000001", "reason": "r" }), 400),
        (json!({ "amount": "0", "reason": "r" }), 400),
        (json!({ "amount": "1", "reason": " " }), 400),
        (json!({ "amount": "1" }), 400),
        (json!({ "amount": "1", "reason": "r", "note": "n" }), 400),
    ] {
        let answer = desk.post("/api/v1/wallets/acme/credit", body.clone()).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text);
    }
    let nobody = desk.post(
        "/api/v1/wallets/acmee/credit",
        json!({ "amount": "1", "reason": "r" }),
    );
    insta::assert_snapshot!(nobody.await.problem(404), @r#"not_found: There is no Team called "acmee". Did you mean acme?"#);
    let bad_key = credit(&desk, "a key", "1", "r").await.problem(400);
    insta::assert_snapshot!(bad_key, @"bad_request: Idempotency-Key takes 1 to 200 visible ASCII characters.");
}

#[tokio::test]
async fn wallets_show_what_nodes_have_set_aside() {
    let desk = Desk::furnished().await;
    desk.put("/api/v1/resources/Team/internal", json!({ "spec": {} }))
        .await
        .expect(201);
    let empty = desk.get("/api/v1/wallets").await.expect(200);
    assert_eq!(empty["items"].as_array().unwrap().len(), 1);
    assert_eq!(money(&empty["items"][0]), ["0.00"; 3]);
    credit(&desk, "a", "10", "top-up").await.expect(201);
    let fund = Fund {
        kind: FundKind::Wallet {
            team: "acme".into(),
        },
        rule: rule(Kind::Team, "acme"),
        on_exhausted: 402,
    };
    let wanted: Nanos = "4".parse().unwrap();
    desk.store
        .lease("node-1", &fund, Nanos::ZERO, wanted)
        .await
        .unwrap();
    let wallet = desk.get("/api/v1/wallets/acme").await.expect(200);
    assert_eq!(money(&wallet), ["10.00", "4.00", "6.00"]);
    let leased = credit(&desk, "b", "-7", "too much").await.problem(409);
    insta::assert_snapshot!(leased, @"conflict: Account wallet/acme has only 6.00 dollars that are not leased.");
}

fn rule(kind: Kind, name: &str) -> RuleRef {
    RuleRef {
        kind,
        name: name.parse().unwrap(),
        revision: 1,
    }
}

#[tokio::test]
async fn budgets_show_their_window_and_what_is_left_of_it() {
    let desk = Desk::furnished().await;
    let spec = json!({
        "scope": { "team": "acme" }, "limit": "250", "window": "month", "time_zone": "Europe/Zurich",
    });
    desk.put("/api/v1/resources/Budget/month", json!({ "spec": spec }))
        .await
        .expect(201);
    let untouched = desk.get("/api/v1/budgets").await.expect(200);
    insta::assert_snapshot!(serde_json::to_string_pretty(&untouched["items"][0]).unwrap(), @r#"
    {
      "available": "250.00",
      "ends": "2026-11-30T23:00:00Z",
      "leased": "0.00",
      "left": "250.00",
      "limit": "250.00",
      "name": "month",
      "scope": "team acme",
      "spent": "0.00",
      "starts": "2026-10-31T23:00:00Z",
      "time_zone": "Europe/Zurich",
      "window": "month"
    }
    "#);
    let fund = Fund {
        kind: FundKind::Budget {
            name: "month".into(),
            limit: "250".parse().unwrap(),
            window: Window::Month,
            time_zone: "Europe/Zurich".into(),
            scope: "team acme".into(),
        },
        rule: rule(Kind::Budget, "month"),
        on_exhausted: 429,
    };
    let wanted: Nanos = "5".parse().unwrap();
    let lease = desk
        .store
        .lease("node-1", &fund, Nanos::ZERO, wanted)
        .await
        .unwrap();
    let leased = desk.get("/api/v1/budgets").await.expect(200)["items"][0].clone();
    let members = ["spent", "leased", "left", "available"];
    assert_eq!(
        members.map(|m| leased[m].as_str().unwrap()),
        ["0.00", "5.00", "250.00", "245.00"]
    );
    desk.store
        .give_back("node-1", &lease.account, wanted)
        .await
        .unwrap();
    let mut lower = spec.clone();
    lower["limit"] = json!("100");
    desk.put("/api/v1/resources/Budget/month", json!({ "spec": lower }))
        .await
        .expect(200);
    let lowered = desk.get("/api/v1/budgets").await.expect(200)["items"][0].clone();
    assert_eq!(
        members.map(|m| lowered[m].as_str().unwrap()),
        ["0.00", "0.00", "100.00", "100.00"]
    );
    let accounts = desk
        .get("/api/v1/ledger/accounts?prefix=budget/")
        .await
        .expect(200);
    assert_eq!(
        accounts["items"][0]["opens"],
        untouched["items"][0]["starts"]
    );
}

#[tokio::test]
async fn transactions_are_listed_newest_first_and_by_account() {
    let desk = Desk::furnished().await;
    for at in 0..3 {
        credit(&desk, &format!("k{at}"), "1", "top-up")
            .await
            .expect(201);
        desk.clock.fetch_add(1, Ordering::Relaxed);
    }
    let mut ids = Vec::new();
    let mut path = "/api/v1/ledger/transactions?account=wallet/acme&limit=2".to_owned();
    loop {
        let page = desk.get(&path).await.expect(200);
        let items = page["items"].as_array().unwrap();
        ids.extend(
            items
                .iter()
                .map(|item| item["id"].as_str().unwrap().to_owned()),
        );
        match page["next"].as_str() {
            Some(next) => {
                path = format!(
                    "/api/v1/ledger/transactions?account=wallet/acme&limit=2&before={next}"
                );
            }
            None => break,
        }
    }
    assert_eq!(ids, ["credit/k2", "credit/k1", "credit/k0"]);
    let others = desk
        .get("/api/v1/ledger/transactions?account=wallet/other")
        .await
        .expect(200);
    assert_eq!(others["items"], json!([]));
    let wrong = desk
        .get("/api/v1/ledger/transactions?before=x")
        .await
        .problem(400);
    insta::assert_snapshot!(wrong, @"bad_request: `before` is not the `next` of a page.");
}
