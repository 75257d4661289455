//! What was spent from an account, step by step.

use tollgate_model::account::{AccountId, ByHand, wallet_credit};
use tollgate_model::time::Window;
use tollgate_model::{Micros, Nanos};
use tollgate_store::{Store, StoreError};

use crate::place::Place;
use crate::records::{batch, budget, call, dollars, time, wallet};

on_both_databases! {
    spending_from_a_budget_is_told_by_steps,
    what_a_wallet_gets_or_gives_back_is_not_spent,
    a_step_of_no_length_is_refused,
}

const MINUTE: i64 = 60_000_000;

async fn steps(
    store: &Store,
    account: &AccountId,
    (since, until): (&str, &str),
) -> Vec<(String, Nanos)> {
    let window = (time(since), time(until));
    let steps = store.account_steps(account, window, 10 * MINUTE).await;
    let steps = steps.unwrap().into_iter();
    steps.map(|(at, spent)| (at.to_string(), spent)).collect()
}

async fn spending_from_a_budget_is_told_by_steps(place: Place) {
    let store = place.open().await;
    let fund = |limit| budget("cap", dollars(limit), Window::Day);
    place.set_clock("2026-11-24T12:00:00Z");
    let lease = store
        .lease("n1", &fund("9"), Nanos::ZERO, dollars("6"))
        .await;
    let account = lease.unwrap().account;
    for (number, at, cost) in [
        (1, "12:00:00", "1"),
        (2, "12:09:59.999999", "0.000000001"),
        (3, "12:10:00", "0.5"),
        (4, "12:55:00", "2"),
    ] {
        place.set_clock(&format!("2026-11-24T{at}Z"));
        let record = call(number, "acme", &[(&account, dollars(cost))]);
        store.settle("n1", batch([record])).await.unwrap();
    }
    // A lower limit takes back what is free, and the closing what is left: nobody has spent that.
    store.release_node("n1").await.unwrap();
    store
        .lease("n1", &fund("4"), Nanos::ZERO, Nanos::ZERO)
        .await
        .unwrap();
    place.set_clock("2026-11-25T00:00:01Z");
    store
        .lease("n1", &fund("4"), Nanos::ZERO, Nanos::ZERO)
        .await
        .unwrap();
    assert!(store.account(&account).await.unwrap().unwrap().closed);
    // What comes late, after the window is closed, was spent all the same.
    let late = call(5, "acme", &[(&account, dollars("0.25"))]);
    store.settle("n1", batch([late])).await.unwrap();
    let at = |text: &str| text.to_owned();
    let whole = ("2026-11-24T12:00:00Z", "2026-11-25T01:00:00Z");
    let expected = [
        (at("2026-11-24T12:00:00Z"), dollars("1.000000001")),
        (at("2026-11-24T12:10:00Z"), dollars("0.5")),
        (at("2026-11-24T12:50:00Z"), dollars("2")),
        (at("2026-11-25T00:00:00Z"), dollars("0.25")),
    ];
    assert_eq!(steps(&store, &account, whole).await, expected);
    // Steps are counted from the time that is given, and the end is not part of the time.
    let part = ("2026-11-24T12:05:00Z", "2026-11-24T12:55:00Z");
    let expected = [(at("2026-11-24T12:05:00Z"), dollars("0.500000001"))];
    assert_eq!(steps(&store, &account, part).await, expected);
    let other = AccountId::budget("other", Micros(0));
    assert_eq!(steps(&store, &other, whole).await, []);
}

async fn what_a_wallet_gets_or_gives_back_is_not_spent(place: Place) {
    let store = place.open().await;
    let account = AccountId::wallet("acme");
    for (id, amount) in [("t1", "10"), ("t2", "-3")] {
        let by = ByHand {
            actor: "ann",
            reason: "",
            at: time("2026-11-24T12:00:00Z"),
        };
        let credit = wallet_credit(id.into(), "acme", dollars(amount), by);
        store.post(&credit).await.unwrap();
    }
    let fund = wallet("acme");
    let lease = store.lease("n1", &fund, Nanos::ZERO, dollars("5"));
    lease.await.unwrap();
    let record = call(1, "acme", &[(&account, dollars("2"))]);
    store.settle("n1", batch([record])).await.unwrap();
    let day = ("2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z");
    let expected = [("2026-11-24T12:00:00Z".to_owned(), dollars("2"))];
    assert_eq!(steps(&store, &account, day).await, expected);
}

async fn a_step_of_no_length_is_refused(place: Place) {
    let store = place.open().await;
    let account = AccountId::wallet("acme");
    for step in [0, -1] {
        let steps = store.account_steps(&account, (Micros(0), Micros(9)), step);
        assert!(matches!(steps.await, Err(StoreError::Refused(_))));
    }
}
