//! Settlement: batches of calls become entries of the ledger, once.

use std::sync::Arc;

use tollgate_model::account::{AccountId, ByHand, wallet_credit};
use tollgate_model::settled::SettleBatch;
use tollgate_model::time::Window;
use tollgate_model::{Micros, Nanos};
use tollgate_store::{Applied, Store};

use crate::place::Place;
use crate::records::{batch, budget, call, dollars, settled, wallet};

on_both_databases! {
    a_batch_moves_money_leases_and_cursors,
    a_batch_applied_again_has_no_effect,
    a_call_is_settled_once_in_whatever_batch,
    a_charge_beyond_the_lease_is_written_down,
    an_empty_batch_moves_the_cursors_only,
    the_ledger_tells_how_many_calls_an_entry_is_for,
    nodes_may_settle_at_once,
}

async fn balance(store: &Store, id: AccountId) -> Nanos {
    let account = store.account(&id).await.unwrap();
    account.map_or(Nanos::ZERO, |account| account.balance)
}

async fn with_wallet(place: &Place, amount: &str) -> Store {
    let store = place.open().await;
    let id = "topup".to_owned();
    let credit = wallet_credit(
        id,
        "acme",
        dollars(amount),
        ByHand {
            actor: "ann",
            reason: "",
            at: Micros(0),
        },
    );
    store.post(&credit).await.unwrap();
    store
}

async fn sound(store: &Store) {
    assert_eq!(store.verify().await.unwrap().faults, [""; 0]);
}

/// Two calls that take from a wallet and a budget, and one that takes nothing.
async fn three_calls(store: &Store) -> (SettleBatch, AccountId) {
    let wallet = store
        .lease("n1", &wallet("acme"), Nanos::ZERO, dollars("5"))
        .await
        .unwrap();
    let fund = budget("cap", dollars("8"), Window::Day);
    let budget = store
        .lease("n1", &fund, Nanos::ZERO, dollars("5"))
        .await
        .unwrap();
    let (one, two) = (dollars("1.000000001"), dollars("2"));
    let accounts = [&wallet.account, &budget.account];
    let calls = [
        call(1, "acme", &accounts.map(|account| (account, one))),
        call(2, "acme", &accounts.map(|account| (account, two))),
        call(3, "bolt", &[]),
    ];
    let batch = SettleBatch {
        calls: calls.map(settled).to_vec(),
        cursors: vec![("b".to_owned(), 77), ("a".to_owned(), 4_096)],
    };
    (batch, budget.account)
}

async fn a_batch_moves_money_leases_and_cursors(place: Place) {
    let store = with_wallet(&place, "10").await;
    let (batch, budget) = three_calls(&store).await;
    let applied = store.settle("n1", Arc::new(batch)).await.unwrap();
    assert_eq!(
        applied,
        Applied {
            settled: 3,
            repeated: 0
        }
    );
    let taken = dollars("3.000000001");
    for (account, expected) in [
        (AccountId::wallet("acme"), dollars("6.999999999")),
        (budget.clone(), dollars("4.999999999")),
        (AccountId::world("earned"), taken),
        (AccountId::world("spent"), taken),
        (AccountId::usage("acme"), taken),
        (AccountId::world("consumed"), taken.negated()),
        (AccountId::usage("bolt"), Nanos::ZERO),
    ] {
        assert_eq!(
            balance(&store, account.clone()).await,
            expected,
            "{account}"
        );
    }
    let left = dollars("1.999999999");
    for account in [AccountId::wallet("acme"), budget] {
        let account = store.account(&account).await.unwrap().unwrap();
        assert_eq!(account.leased, left);
    }
    let cursors = store.cursors("n1").await.unwrap();
    assert_eq!(cursors, [("a".to_owned(), 4_096), ("b".to_owned(), 77)]);
    assert_eq!(store.cursors("n2").await.unwrap(), []);
    sound(&store).await;
    store.release_node("n1").await.unwrap();
    assert_eq!(store.cursors("n1").await.unwrap(), []);
    sound(&store).await;
}

async fn the_ledger_tells_how_many_calls_an_entry_is_for(place: Place) {
    let store = with_wallet(&place, "10").await;
    let account = AccountId::wallet("acme");
    let cent = dollars("0.01");
    let taking = |number| call(number, "acme", &[(&account, cent)]);
    for (clock, numbers, told) in [
        ("2026-11-24T12:00:01Z", 1..=1, "1 call"),
        ("2026-11-24T12:00:02Z", 2..=3, "2 calls"),
    ] {
        place.set_clock(clock);
        store
            .settle("n1", batch(numbers.map(taking)))
            .await
            .unwrap();
        let newest = store.transactions(None, None, 1).await.unwrap();
        assert_eq!(newest[0].reason, told);
    }
}

async fn a_batch_applied_again_has_no_effect(place: Place) {
    let store = with_wallet(&place, "10").await;
    let (batch, _) = three_calls(&store).await;
    let batch = Arc::new(batch);
    store.settle("n1", Arc::clone(&batch)).await.unwrap();
    let accounts = store.accounts("", None, 100).await.unwrap();
    let transactions = store.transactions(None, None, 100).await.unwrap();
    let applied = store.settle("n1", batch).await.unwrap();
    assert_eq!(
        applied,
        Applied {
            settled: 0,
            repeated: 3
        }
    );
    assert_eq!(store.accounts("", None, 100).await.unwrap(), accounts);
    assert_eq!(
        store.transactions(None, None, 100).await.unwrap(),
        transactions
    );
    sound(&store).await;
}

async fn a_call_is_settled_once_in_whatever_batch(place: Place) {
    let store = with_wallet(&place, "10").await;
    let id = AccountId::wallet("acme");
    let paid = |number| call(number, "acme", &[(&id, dollars("1"))]);
    store
        .settle("n1", batch([paid(1), paid(1), paid(2)]))
        .await
        .unwrap();
    assert_eq!(balance(&store, id.clone()).await, dollars("8"));
    // Another cut of the journal, by another node even.
    let applied = store.settle("n2", batch([paid(2), paid(3)])).await.unwrap();
    assert_eq!(
        applied,
        Applied {
            settled: 1,
            repeated: 1
        }
    );
    assert_eq!(balance(&store, id.clone()).await, dollars("7"));
    sound(&store).await;
}

async fn a_charge_beyond_the_lease_is_written_down(place: Place) {
    let store = with_wallet(&place, "3").await;
    let id = AccountId::wallet("acme");
    store
        .lease("n1", &wallet("acme"), Nanos::ZERO, dollars("2"))
        .await
        .unwrap();
    let record = call(1, "acme", &[(&id, dollars("2.5"))]);
    store.settle("n1", batch([record])).await.unwrap();
    let account = store.account(&id).await.unwrap().unwrap();
    assert_eq!(
        (account.balance, account.leased),
        (dollars("0.5"), Nanos::ZERO)
    );
    sound(&store).await;
    // What the wallet does not have is a fault that verification tells, and no lost call.
    let record = call(2, "acme", &[(&id, dollars("1"))]);
    store.settle("n1", batch([record])).await.unwrap();
    let faults = store.verify().await.unwrap().faults;
    assert!(
        faults[0].contains("wallet/acme is below its floor: -0.50"),
        "{faults:?}"
    );
}

async fn an_empty_batch_moves_the_cursors_only(place: Place) {
    let store = place.open().await;
    let empty = SettleBatch {
        calls: Vec::new(),
        cursors: vec![("a".to_owned(), 9)],
    };
    let applied = store.settle("n1", Arc::new(empty)).await.unwrap();
    assert_eq!(applied, Applied::default());
    assert_eq!(store.cursors("n1").await.unwrap(), [("a".to_owned(), 9)]);
    assert_eq!(store.transactions(None, None, 10).await.unwrap(), []);
}

async fn nodes_may_settle_at_once(place: Place) {
    const NODES: u64 = 6;
    const BATCHES: u64 = 5;
    let (one, two) = (with_wallet(&place, "1000").await, place.open().await);
    let mut tasks = tokio::task::JoinSet::new();
    for node in 0..NODES {
        let store = if node % 2 == 0 { &one } else { &two }.clone();
        tasks.spawn(async move {
            let name = format!("n{node}");
            let funds = [wallet("acme"), budget("cap", dollars("1000"), Window::Day)];
            for round in 0..BATCHES {
                let mut accounts = Vec::new();
                for fund in &funds {
                    let lease = store.lease(&name, fund, Nanos::ZERO, dollars("3")).await;
                    accounts.push(lease.unwrap().account);
                }
                // Each node names the accounts in another order.
                if node % 3 == 0 {
                    accounts.reverse();
                }
                let calls = (0..10).map(|place| {
                    let number = node * 1_000 + round * 10 + place;
                    let taken: Vec<_> = accounts.iter().map(|a| (a, dollars("0.25"))).collect();
                    call(number, &format!("team-{}", place % 3), &taken)
                });
                store.settle(&name, batch(calls)).await.unwrap();
            }
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended.unwrap();
    }
    let spent = dollars("0.25").get() * i64::try_from(NODES * BATCHES * 10).unwrap();
    let rest = dollars("1000").get() - spent;
    assert_eq!(balance(&one, AccountId::wallet("acme")).await.get(), rest);
    sound(&one).await;
}
