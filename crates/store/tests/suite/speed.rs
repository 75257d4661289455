//! What settling costs. Run by hand, in release: it says nothing on a busy machine or unoptimised.

use std::sync::Arc;

use tollgate_model::account::{AccountId, ByHand, wallet_credit};
use tollgate_model::time::Window;
use tollgate_model::{Micros, Nanos};

use crate::place::Place;
use crate::records::{batch, budget, call, dollars};

const BATCHES: u64 = 60;
const CALLS: u64 = 1_000;

/// Microseconds of CPU that this process has used, to the hundredth of a second.
fn cpu() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let ticks = fields.split_whitespace().skip(11).take(2);
    ticks
        .map(|ticks| ticks.parse::<u64>().unwrap() * 10_000)
        .sum()
}

#[tokio::test]
#[ignore = "a measurement"]
async fn a_settled_call_costs_less_than_ten_microseconds_of_cpu() {
    let place = Place::sqlite();
    let store = place.open().await;
    let credit = wallet_credit(
        "t".into(),
        "acme",
        dollars("1000000"),
        ByHand {
            actor: "ann",
            reason: "",
            at: Micros(0),
        },
    );
    store.post(&credit).await.unwrap();
    let fund = budget("cap", dollars("1000000"), Window::Day);
    let lease = store
        .lease("n1", &fund, Nanos::ZERO, dollars("100000"))
        .await
        .unwrap();
    let wallet = AccountId::wallet("acme");
    let taken = [
        (&wallet, dollars("0.01")),
        (&lease.account, dollars("0.01")),
    ];
    let batches: Vec<_> = (0..BATCHES)
        .map(|b| batch((0..CALLS).map(|c| call(b * CALLS + c, &format!("team-{}", c % 7), &taken))))
        .collect();
    let json: usize = batches[0].calls.iter().map(|call| call.json.len()).sum();
    let before = cpu();
    for batch in &batches {
        store.settle("n1", Arc::clone(batch)).await.unwrap();
    }
    let nanos = (cpu() - before) * 1_000 / (BATCHES * CALLS);
    println!(
        "{nanos} ns of CPU a call, {} bytes of JSON each",
        json / CALLS as usize
    );
    assert!(
        cfg!(debug_assertions) || nanos < 10_000,
        "{nanos} ns a call"
    );
    assert_eq!(store.verify().await.unwrap().faults, [""; 0]);
}
