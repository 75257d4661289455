//! Leases and the windows of budgets.

use std::sync::Arc;

use tollgate_model::account::{AccountId, ByHand, Fund, Lease, TransactionKind, wallet_credit};
use tollgate_model::time::Window;
use tollgate_model::{Micros, Nanos};
use tollgate_store::{Account, Store, StoreError};

use crate::place::Place;
use crate::records::{batch, budget, call, dollars, time, wallet};

on_both_databases! {
    an_empty_wallet_grants_nothing,
    a_lease_grants_what_is_wanted_or_what_is_free,
    a_part_given_back_is_free_again,
    concurrent_leases_never_exceed_the_balance,
    a_window_opens_once_with_its_limit,
    the_next_window_closes_the_one_before,
    a_window_that_is_leased_is_closed_later,
    a_window_that_nodes_open_together_opens_once,
    a_raised_limit_is_allowed_at_once,
    a_lowered_limit_takes_what_is_free,
    a_clock_that_goes_back_opens_no_window_again,
    a_budget_whose_windows_become_longer_opens_the_rest,
    a_zone_that_is_none_is_refused,
    what_nodes_have_leased_is_told_node_by_node,
}

const ZERO: Nanos = Nanos::ZERO;

async fn lease(store: &Store, node: &str, fund: &Fund, wanted: &str) -> Lease {
    store
        .lease(node, fund, ZERO, dollars(wanted))
        .await
        .unwrap()
}

async fn top_up(store: &Store, amount: &str) {
    let id = format!("topup-{amount}");
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
}

async fn account(store: &Store, id: &AccountId) -> Account {
    store.account(id).await.unwrap().unwrap()
}

async fn sound(store: &Store) {
    assert_eq!(store.verify().await.unwrap().faults, [""; 0]);
}

async fn an_empty_wallet_grants_nothing(place: Place) {
    let store = place.open().await;
    let got = store
        .lease("n1", &wallet("acme"), dollars("1"), dollars("5"))
        .await;
    let expected = Lease {
        account: AccountId::wallet("acme"),
        granted: ZERO,
        balance: ZERO,
        leased: ZERO,
        elsewhere: ZERO,
        ends: Micros::NEVER,
    };
    assert_eq!(got.unwrap(), expected);
    sound(&store).await;
}

async fn a_lease_grants_what_is_wanted_or_what_is_free(place: Place) {
    let store = place.open().await;
    top_up(&store, "10").await;
    let fund = wallet("acme");
    let first = lease(&store, "n1", &fund, "4").await;
    assert_eq!((first.granted, first.leased), (dollars("4"), dollars("4")));
    assert_eq!(first.elsewhere, ZERO);
    let second = lease(&store, "n2", &fund, "5").await;
    assert_eq!(
        (second.granted, second.leased),
        (dollars("5"), dollars("9"))
    );
    assert_eq!(second.balance, dollars("10"));
    assert_eq!(second.elsewhere, dollars("4"));
    let useless = store
        .lease("n1", &fund, dollars("2"), dollars("7"))
        .await
        .unwrap();
    assert_eq!(useless.granted, ZERO, "a part would be of no use");
    assert_eq!(useless.elsewhere, dollars("5"));
    let third = store
        .lease("n1", &fund, dollars("1"), dollars("7"))
        .await
        .unwrap();
    assert_eq!(third.granted, dollars("1"));
    assert_eq!(lease(&store, "n1", &fund, "1").await.granted, ZERO);
    sound(&store).await;
}

async fn a_part_given_back_is_free_again(place: Place) {
    let store = place.open().await;
    top_up(&store, "10").await;
    let (fund, id) = (wallet("acme"), AccountId::wallet("acme"));
    lease(&store, "n1", &fund, "6").await;
    lease(&store, "n2", &fund, "4").await;
    store.give_back("n1", &id, dollars("2")).await.unwrap();
    assert_eq!(account(&store, &id).await.leased, dollars("8"));
    // More than the node has: its lease ends at nothing, and that of the other node stays.
    store.give_back("n1", &id, dollars("100")).await.unwrap();
    store.give_back("n1", &id, dollars("-3")).await.unwrap();
    store.give_back("nobody", &id, dollars("1")).await.unwrap();
    store
        .give_back("n1", &AccountId::wallet("none"), dollars("1"))
        .await
        .unwrap();
    assert_eq!(account(&store, &id).await.leased, dollars("4"));
    store.release_node("n2").await.unwrap();
    assert_eq!(account(&store, &id).await.leased, ZERO);
    assert_eq!(account(&store, &id).await.balance, dollars("10"));
    sound(&store).await;
}

async fn concurrent_leases_never_exceed_the_balance(place: Place) {
    let (one, two) = (place.open().await, place.open().await);
    top_up(&one, "10").await;
    let funds = [wallet("acme"), budget("cap", dollars("10"), Window::Day)];
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..12 {
        let store = if number % 2 == 0 { &one } else { &two }.clone();
        let funds = funds.clone();
        tasks.spawn(async move {
            let mut granted = [0i64; 2];
            for round in 0..6 {
                let node = format!("n{number}");
                for (fund, sum) in funds.iter().zip(&mut granted) {
                    let lease = lease(&store, &node, fund, "0.77").await;
                    *sum += lease.granted.get();
                    if round == 3 {
                        store
                            .give_back(&node, &lease.account, dollars("0.5"))
                            .await
                            .unwrap();
                        *sum -= dollars("0.5").get().min(*sum);
                    }
                }
            }
            granted
        });
    }
    let mut sums = [0i64; 2];
    while let Some(granted) = tasks.join_next().await {
        for (sum, granted) in sums.iter_mut().zip(granted.unwrap()) {
            *sum += granted;
        }
    }
    let limit = dollars("10").get();
    for (fund, sum) in funds.iter().zip(sums) {
        assert!(sum <= limit, "{sum} of {fund:?}");
        let rest = lease(&one, "last", fund, "100").await;
        assert_eq!(sum + rest.granted.get(), limit);
    }
    sound(&one).await;
}

async fn a_window_opens_once_with_its_limit(place: Place) {
    let store = place.open().await;
    let fund = budget("cap", dollars("25"), Window::Month);
    let first = lease(&store, "n1", &fund, "1").await;
    let opens = time("2026-11-01T00:00:00Z");
    assert_eq!(first.account, AccountId::budget("cap", opens));
    assert_eq!(first.ends, time("2026-12-01T00:00:00Z"));
    assert_eq!(first.balance, dollars("25"));
    lease(&store, "n2", &fund, "1").await;
    let found = store.transactions(None, None, 10).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].kind, TransactionKind::Allowance);
    assert_eq!(found[0].id, format!("allow/{}/1", first.account));
    let account = account(&store, &first.account).await;
    assert_eq!(account.opens, Some(opens));
    assert_eq!(account.closes, Some(first.ends));
    assert!(!account.closed);
    sound(&store).await;
}

async fn the_next_window_closes_the_one_before(place: Place) {
    let store = place.open().await;
    let fund = budget("cap", dollars("10"), Window::Day);
    let today = lease(&store, "n1", &fund, "4").await;
    let spent = call(1, "acme", &[(&today.account, dollars("4"))]);
    store.settle("n1", batch([spent])).await.unwrap();
    place.set_clock("2026-11-25T00:00:00Z");
    let tomorrow = lease(&store, "n1", &fund, "10").await;
    assert_ne!(tomorrow.account, today.account);
    assert_eq!(tomorrow.granted, dollars("10"));
    let closed = account(&store, &today.account).await;
    assert!(closed.closed);
    assert_eq!((closed.balance, closed.leased), (ZERO, ZERO));
    let found = store
        .transactions(Some(&today.account), None, 10)
        .await
        .unwrap();
    let close = found
        .iter()
        .find(|t| t.kind == TransactionKind::Close)
        .unwrap();
    assert_eq!(close.id, format!("close/{}", today.account));
    assert_eq!(close.entries[0].amount, dollars("-6"));
    lease(&store, "n2", &fund, "1").await;
    let again = store
        .transactions(Some(&today.account), None, 10)
        .await
        .unwrap();
    assert_eq!(again, found, "it is closed once");
    sound(&store).await;
}

async fn a_window_that_is_leased_is_closed_later(place: Place) {
    let store = place.open().await;
    let fund = budget("cap", dollars("10"), Window::Day);
    let today = lease(&store, "n1", &fund, "4").await;
    place.set_clock("2026-11-25T08:00:00Z");
    lease(&store, "n2", &fund, "1").await;
    assert!(!account(&store, &today.account).await.closed);
    // A call that began yesterday is charged to yesterday.
    let late = call(1, "acme", &[(&today.account, dollars("3"))]);
    store.settle("n1", batch([late])).await.unwrap();
    store.release_node("n1").await.unwrap();
    lease(&store, "n2", &fund, "1").await;
    assert!(account(&store, &today.account).await.closed);
    // So is one of which nobody knew when yesterday was closed.
    let later = call(2, "acme", &[(&today.account, dollars("0.5"))]);
    store.settle("n1", batch([later])).await.unwrap();
    let spent = account(&store, &AccountId::world("spent")).await;
    assert_eq!(spent.balance, dollars("3.5"));
    sound(&store).await;
}

async fn a_window_that_nodes_open_together_opens_once(place: Place) {
    let (one, two) = (place.open().await, place.open().await);
    let fund = Arc::new(budget("cap", dollars("10"), Window::Day));
    lease(&one, "n0", &fund, "1").await;
    one.release_node("n0").await.unwrap();
    place.set_clock("2026-11-25T00:00:01Z");
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..10 {
        let store = if number % 2 == 0 { &one } else { &two }.clone();
        let fund = Arc::clone(&fund);
        tasks.spawn(async move { lease(&store, &format!("n{number}"), &fund, "3").await });
    }
    let mut granted = 0;
    while let Some(lease) = tasks.join_next().await {
        granted += lease.unwrap().granted.get();
    }
    assert_eq!(granted, dollars("10").get());
    let found = one.transactions(None, None, 100).await.unwrap();
    let kinds: Vec<TransactionKind> = found.iter().map(|t| t.kind).collect();
    let allowances = kinds.iter().filter(|k| **k == TransactionKind::Allowance);
    assert_eq!((allowances.count(), kinds.len()), (2, 3), "{kinds:?}");
    sound(&one).await;
}

async fn a_raised_limit_is_allowed_at_once(place: Place) {
    let store = place.open().await;
    lease(
        &store,
        "n1",
        &budget("cap", dollars("10"), Window::Day),
        "10",
    )
    .await;
    let more = lease(
        &store,
        "n1",
        &budget("cap", dollars("12"), Window::Day),
        "10",
    )
    .await;
    assert_eq!((more.granted, more.balance), (dollars("2"), dollars("12")));
    let found = store
        .transactions(Some(&more.account), None, 10)
        .await
        .unwrap();
    assert_eq!(found[0].id, format!("allow/{}/2", more.account));
    assert_eq!(found[0].entries[0].amount, dollars("2"));
    sound(&store).await;
}

async fn a_lowered_limit_takes_what_is_free(place: Place) {
    let store = place.open().await;
    let first = lease(
        &store,
        "n1",
        &budget("cap", dollars("10"), Window::Day),
        "8",
    )
    .await;
    let spent = call(1, "acme", &[(&first.account, dollars("5"))]);
    store.settle("n1", batch([spent])).await.unwrap();
    // 5 are spent, 3 leased, 2 free: of a limit of 4 nothing can be granted any more.
    let lowered = budget("cap", dollars("4"), Window::Day);
    let got = lease(&store, "n2", &lowered, "1").await;
    assert_eq!(
        (got.granted, got.balance, got.leased),
        (ZERO, dollars("3"), dollars("3"))
    );
    store.release_node("n1").await.unwrap();
    let got = lease(&store, "n2", &lowered, "1").await;
    assert_eq!((got.granted, got.balance, got.leased), (ZERO, ZERO, ZERO));
    // With a limit of 6, of which 5 are spent, one can be spent.
    let raised = budget("cap", dollars("6"), Window::Day);
    assert_eq!(
        lease(&store, "n2", &raised, "9").await.granted,
        dollars("1")
    );
    sound(&store).await;
}

async fn a_clock_that_goes_back_opens_no_window_again(place: Place) {
    let store = place.open().await;
    let fund = budget("cap", dollars("10"), Window::Hour);
    lease(&store, "n1", &fund, "10").await;
    store.release_node("n1").await.unwrap();
    place.set_clock("2026-11-24T13:00:00Z");
    let next = lease(&store, "n1", &fund, "7").await;
    place.set_clock("2026-11-24T12:59:59Z");
    let back = lease(&store, "n1", &fund, "7").await;
    assert_eq!(back.account, next.account);
    assert_eq!(back.granted, dollars("3"));
    assert_eq!(back.ends, time("2026-11-24T14:00:00Z"));
    sound(&store).await;
}

async fn a_budget_whose_windows_become_longer_opens_the_rest(place: Place) {
    let store = place.open().await;
    let day = budget("cap", dollars("10"), Window::Day);
    let month = budget("cap", dollars("100"), Window::Month);
    lease(&store, "n1", &month, "1").await;
    store.release_node("n1").await.unwrap();
    let today = lease(&store, "n1", &day, "1").await;
    store.release_node("n1").await.unwrap();
    place.set_clock("2026-11-24T18:00:00Z");
    let still = lease(&store, "n1", &month, "1").await;
    assert_eq!(still.account, today.account, "the day is not over");
    store.release_node("n1").await.unwrap();
    place.set_clock("2026-11-25T00:00:00Z");
    let rest = lease(&store, "n1", &month, "1").await;
    assert_eq!(
        rest.account,
        AccountId::budget("cap", time("2026-11-25T00:00:00Z"))
    );
    assert_eq!(rest.ends, time("2026-12-01T00:00:00Z"));
    sound(&store).await;
}

async fn a_zone_that_is_none_is_refused(place: Place) {
    let store = place.open().await;
    let mut fund = budget("cap", dollars("10"), Window::Day);
    let tollgate_model::account::FundKind::Budget { time_zone, .. } = &mut fund.kind else {
        panic!("a budget");
    };
    *time_zone = "Atlantis".into();
    let error = store
        .lease("n1", &fund, ZERO, dollars("1"))
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Refused(_)), "{error}");
}

async fn what_nodes_have_leased_is_told_node_by_node(place: Place) {
    let store = place.open().await;
    top_up(&store, "1.00").await;
    lease(&store, "node-b", &wallet("acme"), "0.30").await;
    lease(&store, "node-a", &wallet("acme"), "0.20").await;
    let told = |leases: Vec<tollgate_store::NodeLease>| {
        let told = leases.into_iter();
        told.map(|lease| format!("{} {} {}", lease.node, lease.account, lease.amount))
            .collect::<Vec<_>>()
    };
    let all = told(store.leases(10).await.unwrap());
    let wanted = ["node-a wallet/acme 0.20", "node-b wallet/acme 0.30"];
    assert_eq!(all, wanted);
    assert_eq!(told(store.leases(1).await.unwrap()), wanted[..1]);
    store.release_node("node-a").await.unwrap();
    assert_eq!(told(store.leases(10).await.unwrap()), wanted[1..]);
    let told = store.examine().await.unwrap();
    let shared = ["PostgreSQL"].contains(&told.engine);
    assert_eq!(store.is_shared(), shared);
    assert!(
        told.version.starts_with(|c: char| c.is_ascii_digit()),
        "{told:?}"
    );
}
