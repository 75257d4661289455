//! `verify` finds what is planted.

use tollgate_model::account::{AccountId, ByHand, wallet_credit};
use tollgate_model::time::Window;
use tollgate_model::{Micros, Nanos};
use tollgate_store::Store;

use crate::place::Place;
use crate::records::{batch, budget, call, dollars, wallet};

on_both_databases! {
    a_sound_ledger_has_no_fault,
    every_planted_fault_is_found,
}

async fn busy_ledger(place: &Place) -> Store {
    let store = place.open().await;
    let credit = wallet_credit(
        "t1".into(),
        "acme",
        dollars("20"),
        ByHand {
            actor: "ann",
            reason: "",
            at: Micros(0),
        },
    );
    store.post(&credit).await.unwrap();
    let wallet = wallet("acme");
    store
        .lease("n1", &wallet, Nanos::ZERO, dollars("5"))
        .await
        .unwrap();
    store
        .lease("n2", &wallet, Nanos::ZERO, dollars("2"))
        .await
        .unwrap();
    let cap = budget("cap", dollars("8"), Window::Day);
    store
        .lease("n1", &cap, Nanos::ZERO, dollars("5"))
        .await
        .unwrap();
    let id = AccountId::wallet("acme");
    let record = call(1, "acme", &[(&id, dollars("1"))]);
    store.settle("n1", batch([record])).await.unwrap();
    store
}

async fn a_sound_ledger_has_no_fault(place: Place) {
    let report = busy_ledger(&place).await.verify().await.unwrap();
    assert_eq!(report.faults, [""; 0]);
    assert_eq!(
        (report.accounts, report.transactions, report.calls),
        (7, 3, 1)
    );
}

async fn every_planted_fault_is_found(place: Place) {
    let store = busy_ledger(&place).await;
    for (plant, mend, expected) in [
        (
            "UPDATE entries SET amount = amount + 1 WHERE account = 'wallet/acme' AND tx = 't1'",
            "UPDATE entries SET amount = amount - 1 WHERE account = 'wallet/acme' AND tx = 't1'",
            &[
                "transaction t1 does not sum to zero: it makes 0.000000001 dollars",
                "account wallet/acme has a balance of 19.00 dollars and entries of 19.000000001",
                "all entries together make 0.000000001 dollars",
            ][..],
        ),
        (
            "UPDATE accounts SET balance = balance - 5000000000 WHERE id = 'wallet/acme'",
            "UPDATE accounts SET balance = balance + 5000000000 WHERE id = 'wallet/acme'",
            &["account wallet/acme has a balance of 14.00 dollars and entries of 19.00"],
        ),
        (
            "UPDATE accounts SET balance = 9223372036854775807 WHERE id = 'world/earned'",
            "UPDATE accounts SET balance = 1000000000 WHERE id = 'world/earned'",
            &["account world/earned has a balance of 9223372036.854775807 dollars"],
        ),
        (
            "UPDATE leases SET amount = amount + 1 WHERE node = 'n2'",
            "UPDATE leases SET amount = amount - 1 WHERE node = 'n2'",
            &["account wallet/acme counts 6.00 dollars as leased, nodes have leased 6.000000001"],
        ),
        (
            "UPDATE calls SET cost = cost - 1",
            "UPDATE calls SET cost = cost + 1",
            &["team acme has consumed 1.00 dollars by the ledger and 0.999999999 dollars by its"],
        ),
        (
            "UPDATE accounts SET closed = 1 WHERE id = 'wallet/acme'",
            "UPDATE accounts SET closed = 0 WHERE id = 'wallet/acme'",
            &["account wallet/acme is closed, with 19.00 dollars left and 6.00 leased"],
        ),
        (
            "INSERT INTO transactions VALUES ('lone', 'credit', 0, 'ann', '')",
            "DELETE FROM transactions WHERE id = 'lone'",
            &["transaction lone has fewer than two entries"],
        ),
        (
            "INSERT INTO entries VALUES ('x', 0, 'gone', 4, 0), ('x', 1, 'gone', -4, 0)",
            "DELETE FROM entries WHERE tx = 'x'",
            &[
                "entries belong to no transaction: x",
                "account gone has entries and no balance",
            ],
        ),
    ] {
        place.tamper(plant).await;
        let faults = store.verify().await.unwrap().faults;
        assert_eq!(faults.len(), expected.len(), "{plant}: {faults:?}");
        for (fault, expected) in faults.iter().zip(expected) {
            assert!(fault.starts_with(expected), "{plant}: {fault}");
        }
        place.tamper(mend).await;
        assert_eq!(store.verify().await.unwrap().faults, [""; 0], "{mend}");
    }
}
