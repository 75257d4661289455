#![allow(clippy::unwrap_used, clippy::panic)]
//! Many calls at once on several threads.

mod memory_book;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};

use memory_book::records::{batch, settled};
use memory_book::{Fault, MemoryBook, WINDOW, budget, wallet};
use tollgate_ledger::{Book, HoldError, LeasePolicy, Ledger, Short};
use tollgate_model::account::{AccountId, Fund};
use tollgate_model::{Micros, Nanos};

const NOW: Micros = Micros(1);

fn ledger(book: &Arc<MemoryBook>, node: &str, policy: LeasePolicy) -> Arc<Ledger> {
    Ledger::new(node.into(), Arc::clone(book) as Arc<dyn Book>, policy)
}

/// Lets 64 tasks hold and settle until they are refused; says how many calls were made. Each third
/// hold is dropped, so that what it held is there for another call.
async fn rush(ledgers: &[Arc<Ledger>], book: &Arc<MemoryBook>, funds: &[Arc<Fund>]) -> i64 {
    let (made, holds) = (Arc::new(AtomicI64::new(0)), Arc::new(AtomicI64::new(0)));
    let mut tasks = tokio::task::JoinSet::new();
    for index in 0..64 {
        let at = index % ledgers.len();
        let (ledger, node) = (Arc::clone(&ledgers[at]), ["one", "two"][at]);
        let (book, funds) = (Arc::clone(book), funds.to_vec());
        let (made, holds) = (Arc::clone(&made), Arc::clone(&holds));
        tasks.spawn(async move {
            loop {
                match ledger.hold(&funds, Nanos::new(7), NOW).await {
                    Ok(hold) if holds.fetch_add(1, SeqCst) % 3 == 0 => {
                        tokio::task::yield_now().await;
                        drop(hold);
                    }
                    Ok(hold) => {
                        let id = made.fetch_add(1, SeqCst) as u128;
                        let calls = [settled(id, hold.settle(Nanos::new(7)))];
                        book.settle(node, batch(calls)).await.unwrap();
                    }
                    Err(HoldError::Short(Short { in_flight, .. })) if in_flight.get() > 0 => {
                        tokio::task::yield_now().await;
                    }
                    Err(HoldError::Short(_)) => return,
                    Err(error) => panic!("{error}"),
                }
            }
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended.unwrap();
    }
    made.load(SeqCst)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_wallet_for_2000_calls_pays_for_2000_calls() {
    let book = MemoryBook::new();
    book.credit("w", 7 * 2_000);
    let policy = LeasePolicy {
        memory: std::time::Duration::ZERO,
        ..LeasePolicy::ALONE
    };
    let ledgers = [ledger(&book, "one", policy)];
    assert_eq!(rush(&ledgers, &book, &[wallet("w")]).await, 2_000);
    let state = book.state();
    state.verify();
    assert_eq!(state.balances[&AccountId::wallet("w")], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_nodes_share_a_budget_to_the_last_nano_and_no_further() {
    let book = MemoryBook::new();
    book.credit("w", 7 * 3_000);
    let ledgers = [
        ledger(&book, "one", LeasePolicy::CLUSTER),
        ledger(&book, "two", LeasePolicy::CLUSTER),
    ];
    let funds = [budget("b", 7 * 1_000 + 6, 1), wallet("w")];
    let mut made = rush(&ledgers, &book, &funds).await;
    assert!(made <= 1_000, "{made}");
    // What one node had leased and did not need is there for the other once it is given back.
    for at in [0, 1] {
        ledgers[1 - at].close().await;
        let book = Arc::clone(&book);
        while let Ok(hold) = ledgers[at].hold(&funds, Nanos::new(7), NOW).await {
            let calls = [settled(
                1_000_000 + made as u128,
                hold.settle(Nanos::new(7)),
            )];
            let node = ["one", "two"][at];
            book.settle(node, batch(calls)).await.unwrap();
            made += 1;
        }
        // Its refusal is remembered for a moment.
        ledgers[1 - at].refresh(&funds).await;
    }
    assert_eq!(made, 1_000);
    let state = book.state();
    state.verify();
    assert_eq!(state.balances[&AccountId::budget("b", Micros(0))], 6);
    assert_eq!(state.balances[&AccountId::wallet("w")], 7 * 2_000);
}

#[tokio::test]
async fn a_thousand_calls_at_an_empty_wallet_ask_once_and_a_credit_is_seen_at_once() {
    tokio::time::pause();
    let book = MemoryBook::new();
    let ledger = ledger(&book, "one", LeasePolicy::ALONE);
    let funds = [wallet("w")];
    let calls = |n: usize| {
        let tasks: Vec<_> = (0..n)
            .map(|_| {
                let (ledger, funds) = (Arc::clone(&ledger), funds.clone());
                tokio::spawn(async move { ledger.hold(&funds, Nanos::new(5), NOW).await.is_ok() })
            })
            .collect();
        async move {
            let mut admitted = 0;
            for task in tasks {
                admitted += usize::from(task.await.unwrap());
            }
            admitted
        }
    };
    assert_eq!(calls(1_000).await, 0);
    assert_eq!(book.state().leases_asked, 1);
    tokio::time::advance(LeasePolicy::ALONE.memory).await;
    assert_eq!(calls(10).await, 0);
    assert_eq!(
        book.state().leases_asked,
        2,
        "it is asked again after a moment"
    );
    book.credit("w", 500);
    ledger.refresh(&funds).await;
    assert_eq!(calls(1).await, 1);
}

#[tokio::test]
async fn a_store_that_is_away_is_asked_by_one_call_for_all() {
    let book = MemoryBook::new();
    book.credit("w", 500);
    book.state().faults_ahead.push_back(Fault::Away);
    let ledger = ledger(&book, "one", LeasePolicy::ALONE);
    let refused = ledger
        .hold(&[wallet("w")], Nanos::new(5), NOW)
        .await
        .unwrap_err();
    assert_eq!(
        refused.to_string(),
        "no money could be set aside, and the call was not sent: \
         the ledger's store is away: scripted"
    );
    tokio::time::pause();
    assert!(
        ledger
            .hold(&[wallet("w")], Nanos::new(5), NOW)
            .await
            .is_err(),
        "remembered"
    );
    tokio::time::advance(LeasePolicy::ALONE.memory).await;
    assert!(
        ledger
            .hold(&[wallet("w")], Nanos::new(5), NOW)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_call_that_is_short_in_one_fund_holds_nothing_in_the_others() {
    let book = MemoryBook::new();
    book.credit("w", 10);
    let ledger = ledger(&book, "one", LeasePolicy::ALONE);
    let funds = [budget("b", 100, 1), wallet("w")];
    let refused = ledger.hold(&funds, Nanos::new(11), NOW).await.unwrap_err();
    let HoldError::Short(short) = refused else {
        panic!("{refused}")
    };
    assert_eq!(short.fund.key(), "wallet/w");
    assert_eq!(short.available, Nanos::new(10));
    assert!(ledger.leases().iter().all(|lease| lease.held.is_zero()));
    let hold = ledger.hold(&funds, short.available, NOW).await.unwrap();
    let held: Vec<String> = hold.holds().map(|(a, n)| format!("{a} {n}")).collect();
    assert_eq!(held, ["budget/b@0 0.00000001", "wallet/w 0.00000001"]);
    let refused = ledger.hold(&funds, Nanos::new(1), NOW).await.unwrap_err();
    assert!(matches!(refused, HoldError::Short(s) if s.in_flight == Nanos::new(10)));
}

#[tokio::test]
async fn what_another_node_has_leased_is_told_to_whoever_is_short_of_it() {
    let book = MemoryBook::new();
    book.credit("w", 10);
    let [one, two] = ["one", "two"].map(|node| ledger(&book, node, LeasePolicy::CLUSTER));
    let funds = [wallet("w")];
    let hold = one.hold(&funds, Nanos::new(8), NOW).await.unwrap();
    for _ in ["asked", "remembered"] {
        let refused = two.hold(&funds, Nanos::new(5), NOW).await.unwrap_err();
        let HoldError::Short(short) = refused else {
            panic!("{refused}")
        };
        assert_eq!(short.available, Nanos::new(2));
        assert_eq!(short.in_flight, Nanos::ZERO);
        assert_eq!(short.elsewhere, Nanos::new(8));
    }
    drop(hold);
}

#[tokio::test]
async fn a_call_of_an_ended_window_is_charged_to_it() {
    let book = MemoryBook::new();
    let ledger = ledger(&book, "one", LeasePolicy::ALONE);
    let funds = [budget("b", 100, 1)];
    let old = ledger.hold(&funds, Nanos::new(80), NOW).await.unwrap();
    book.state().now = WINDOW;
    let new = ledger
        .hold(&funds, Nanos::new(90), Micros(WINDOW))
        .await
        .unwrap();
    let charges = [old.settle(Nanos::new(70)), new.settle(Nanos::new(60))].concat();
    let charged: Vec<String> = charges
        .iter()
        .map(|c| format!("{} {}", c.account, c.taken.get()))
        .collect();
    assert_eq!(charged, ["budget/b@0 70", "budget/b@1 60"]);
    ledger.tend(Micros(WINDOW)).await;
    let account = AccountId::budget("b", Micros(0));
    assert_eq!(
        book.state().lease_of("one", &account),
        70,
        "only what is not settled yet"
    );
}

#[tokio::test]
async fn a_clock_ahead_of_the_stores_does_not_open_a_window_early_nor_ask_each_time() {
    let book = MemoryBook::new();
    let ledger = ledger(&book, "one", LeasePolicy::ALONE);
    let funds = [budget("b", 100, 1)];
    let ahead = Micros(WINDOW + 5);
    let mut spent = 0;
    while let Ok(hold) = ledger.hold(&funds, Nanos::new(10), ahead).await {
        hold.settle(Nanos::new(10));
        spent += 10;
    }
    assert_eq!(spent, 100);
    assert!(
        book.state().leases_asked < 8,
        "{}",
        book.state().leases_asked
    );
}

#[tokio::test]
async fn holding_from_a_lease_asks_nobody() {
    let book = MemoryBook::new();
    book.credit("w", 1_000);
    let ledger = ledger(&book, "one", LeasePolicy::ALONE);
    let funds = [wallet("w")];
    assert!(
        ledger.try_hold(&funds, Nanos::new(5), NOW).is_none(),
        "nothing is leased yet"
    );
    ledger
        .hold(&funds, Nanos::new(5), NOW)
        .await
        .unwrap()
        .settle(Nanos::ZERO);
    assert!(ledger.try_hold(&funds, Nanos::new(5), NOW).is_some());
    assert_eq!(book.state().leases_asked, 1);
    assert!(
        ledger
            .try_hold(&[], Nanos::new(5), NOW)
            .unwrap()
            .settle(Nanos::new(5))
            .is_empty()
    );
    let free = ledger
        .try_hold(&[wallet("other")], Nanos::ZERO, NOW)
        .unwrap();
    assert!(free.settle(Nanos::ZERO).is_empty());
}
