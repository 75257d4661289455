//! Accounts and transactions.

use tollgate_model::account::{
    AccountId, ByHand, Entry, Transaction, TransactionKind, wallet_credit,
};
use tollgate_model::{Micros, Nanos};
use tollgate_store::{Store, StoreError};

use crate::place::Place;
use crate::records::{dollars, wallet};

on_both_databases! {
    a_transaction_is_posted_once,
    another_transaction_of_the_same_id_is_a_conflict,
    entries_that_do_not_sum_to_zero_are_refused,
    a_wallet_does_not_fall_below_what_is_leased,
    an_amount_beyond_64_bits_is_refused_and_changes_nothing,
    transactions_are_listed_by_time_and_account,
    accounts_are_listed_by_prefix,
}

fn credit(id: &str, amount: &str, at: i64) -> Transaction {
    let amount = dollars(amount);
    wallet_credit(
        id.to_owned(),
        "acme",
        amount,
        ByHand {
            actor: "ann",
            reason: "invoice 7",
            at: Micros(at),
        },
    )
}

async fn balance(store: &Store, account: &AccountId) -> Nanos {
    store.account(account).await.unwrap().unwrap().balance
}

async fn a_transaction_is_posted_once(place: Place) {
    let store = place.open().await;
    let credit = credit("t1", "25", 5);
    assert!(store.post(&credit).await.unwrap());
    assert!(!store.post(&credit).await.unwrap());
    assert_eq!(
        balance(&store, &AccountId::wallet("acme")).await,
        dollars("25")
    );
    assert_eq!(
        balance(&store, &AccountId::world("topups")).await,
        dollars("-25")
    );
    assert_eq!(
        store.account(&AccountId::wallet("bolt")).await.unwrap(),
        None
    );
    assert_eq!(store.transactions(None, None, 10).await.unwrap(), [credit]);
    assert_eq!(store.verify().await.unwrap().faults, [""; 0]);
}

async fn another_transaction_of_the_same_id_is_a_conflict(place: Place) {
    let store = place.open().await;
    store.post(&credit("t1", "25", 5)).await.unwrap();
    let error = store.post(&credit("t1", "26", 5)).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict(_)), "{error}");
    assert_eq!(
        balance(&store, &AccountId::wallet("acme")).await,
        dollars("25")
    );
}

async fn entries_that_do_not_sum_to_zero_are_refused(place: Place) {
    let store = place.open().await;
    let mut crooked = credit("t1", "25", 5);
    crooked.entries[1].amount = dollars("-24.999999999");
    let error = store.post(&crooked).await.unwrap_err();
    assert!(matches!(error, StoreError::Refused(_)), "{error}");
    crooked.entries.clear();
    assert!(store.post(&crooked).await.is_err());
    assert_eq!(store.accounts("", None, 10).await.unwrap(), []);
}

async fn a_wallet_does_not_fall_below_what_is_leased(place: Place) {
    let store = place.open().await;
    store.post(&credit("t1", "10", 5)).await.unwrap();
    store
        .lease("n1", &wallet("acme"), Nanos::ZERO, dollars("4"))
        .await
        .unwrap();
    let error = store
        .post(&credit("t2", "-6.000000001", 6))
        .await
        .unwrap_err();
    let expected = StoreError::Short {
        account: AccountId::wallet("acme"),
        available: dollars("6"),
    };
    assert_eq!(error, expected);
    assert!(store.post(&credit("t2", "-6", 6)).await.unwrap());
    assert_eq!(
        balance(&store, &AccountId::wallet("acme")).await,
        dollars("4")
    );
    assert_eq!(store.verify().await.unwrap().faults, [""; 0]);
}

async fn an_amount_beyond_64_bits_is_refused_and_changes_nothing(place: Place) {
    let store = place.open().await;
    let most = "9223372036.854775807";
    assert!(store.post(&credit("t1", most, 5)).await.unwrap());
    assert!(store.post(&credit("t2", "0.000000001", 5)).await.is_err());
    assert_eq!(
        balance(&store, &AccountId::wallet("acme")).await,
        dollars(most)
    );
    assert_eq!(store.transactions(None, None, 10).await.unwrap().len(), 1);
    assert_eq!(store.verify().await.unwrap().faults, [""; 0]);
}

async fn transactions_are_listed_by_time_and_account(place: Place) {
    let store = place.open().await;
    // Posted out of order, two at the same time, one that names an account twice.
    for (id, at) in [("b", 5), ("a", 5), ("d", 9), ("c", 7)] {
        store.post(&credit(id, "1", at)).await.unwrap();
    }
    let bolt = AccountId::wallet("bolt");
    let amounts = [dollars("1"), dollars("2"), dollars("-3")];
    let accounts = [&bolt, &bolt, &AccountId::world("topups")];
    let entries = accounts
        .into_iter()
        .zip(amounts)
        .map(|(account, amount)| Entry {
            account: account.clone(),
            amount,
        });
    let twice = Transaction {
        kind: TransactionKind::Correction,
        entries: entries.collect(),
        ..credit("e", "1", 6)
    };
    store.post(&twice).await.unwrap();
    let ids = |found: Vec<Transaction>| -> Vec<String> {
        found.into_iter().map(|found| found.id).collect()
    };
    let all = ids(store.transactions(None, None, 10).await.unwrap());
    assert_eq!(all, ["d", "c", "e", "b", "a"]);
    let acme = AccountId::wallet("acme");
    let page = store.transactions(Some(&acme), None, 2).await.unwrap();
    assert_eq!(ids(page), ["d", "c"]);
    let before = Some((Micros(7), "c".to_owned()));
    let page = store.transactions(Some(&acme), before, 10).await.unwrap();
    assert_eq!(ids(page), ["b", "a"]);
    let before = Some((Micros(5), "b".to_owned()));
    let page = store.transactions(None, before, 10).await.unwrap();
    assert_eq!(ids(page), ["a"]);
    let of_bolt = store.transactions(Some(&bolt), None, 10).await.unwrap();
    assert_eq!(of_bolt, [twice]);
}

async fn accounts_are_listed_by_prefix(place: Place) {
    let store = place.open().await;
    for team in ["b", "a", "Z"] {
        let credit = wallet_credit(
            team.to_owned(),
            team,
            dollars("1"),
            ByHand {
                actor: "ann",
                reason: "",
                at: Micros(0),
            },
        );
        store.post(&credit).await.unwrap();
    }
    let found = store.accounts("wallet/", None, 2).await.unwrap();
    let ids: Vec<&str> = found.iter().map(|account| account.id.as_str()).collect();
    assert_eq!(ids, ["wallet/Z", "wallet/a"]);
    let after = Some(&found[1].id);
    let rest = store.accounts("wallet/", after, 10).await.unwrap();
    assert_eq!(rest.len(), 1);
    assert_eq!(store.accounts("", None, 10).await.unwrap().len(), 4);
}
