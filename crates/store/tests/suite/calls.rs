//! The records of calls: found, filtered, paged, pruned.

use tollgate_model::call::{CallRecord, Ending};
use tollgate_model::{Reason, Refusal};
use tollgate_store::{CallFilter, CallPage, Store};

use crate::place::Place;
use crate::records::{batch, call, dollars, id, time};

on_both_databases! {
    a_call_is_found_by_its_id,
    calls_are_paged_in_both_directions,
    calls_are_filtered,
    what_a_caller_writes_cannot_make_a_batch_fail,
    pruned_calls_stay_in_the_books,
}

fn refused(number: u64) -> CallRecord {
    CallRecord {
        refusal: Some(Refusal::new(Reason::ALL[0], "no")),
        status: 402,
        ending: Ending::Refused,
        caller: None,
        attempts: Vec::new(),
        ..call(number, "bolt", &[])
    }
}

async fn numbers(store: &Store, filter: &CallFilter, page: CallPage, limit: u32) -> Vec<u64> {
    let found = store.calls(filter, page, limit).await.unwrap();
    let number = |call: &CallRecord| (call.id.0 >> 80) as u64 - 1_795_521_600_000;
    found.iter().map(number).collect()
}

async fn a_call_is_found_by_its_id(place: Place) {
    let store = place.open().await;
    let record = call(1, "acme", &[]);
    store.settle("n1", batch([record.clone()])).await.unwrap();
    assert_eq!(store.call(id(1)).await.unwrap(), Some(record));
    assert_eq!(store.call(id(2)).await.unwrap(), None);
}

async fn calls_are_paged_in_both_directions(place: Place) {
    let store = place.open().await;
    store
        .settle("n1", batch((1..=7).rev().map(|n| call(n, "acme", &[]))))
        .await
        .unwrap();
    let all = CallFilter::default();
    assert_eq!(numbers(&store, &all, CallPage::Newest, 3).await, [7, 6, 5]);
    let page = CallPage::Before(id(5));
    assert_eq!(numbers(&store, &all, page, 3).await, [4, 3, 2]);
    assert_eq!(numbers(&store, &all, CallPage::Before(id(2)), 3).await, [1]);
    assert_eq!(
        numbers(&store, &all, CallPage::After(id(5)), 9).await,
        [6, 7]
    );
    let page = CallPage::After(id(1));
    assert_eq!(numbers(&store, &all, page, 2).await, [2, 3]);
}

async fn calls_are_filtered(place: Place) {
    let store = place.open().await;
    let mut other = call(3, "bolt", &[]);
    other.model = "m".repeat(400);
    store
        .settle("n1", batch([call(1, "acme", &[]), refused(2), other]))
        .await
        .unwrap();
    let none = CallFilter::default;
    let word = |text: &str| Some(text.to_owned());
    let at = |text| Some(time(text));
    for (filter, expected) in [
        (
            CallFilter {
                team: word("acme"),
                ..none()
            },
            vec![1],
        ),
        (
            CallFilter {
                application: word("web"),
                ..none()
            },
            vec![3, 1],
        ),
        (
            CallFilter {
                key: word("web-key"),
                team: word("bolt"),
                ..none()
            },
            vec![3],
        ),
        (
            CallFilter {
                model: Some("m".repeat(400)),
                ..none()
            },
            vec![3],
        ),
        (
            CallFilter {
                provider: word("openai"),
                ..none()
            },
            vec![3, 1],
        ),
        (
            CallFilter {
                status: Some(402),
                ..none()
            },
            vec![2],
        ),
        (
            CallFilter {
                ending: word("completed"),
                ..none()
            },
            vec![3, 1],
        ),
        (
            CallFilter {
                reason: word(Reason::ALL[0].code()),
                ..none()
            },
            vec![2],
        ),
        (
            CallFilter {
                since: at("2026-11-24T12:00:00.002Z"),
                ..none()
            },
            vec![3, 2],
        ),
        (
            CallFilter {
                until: at("2026-11-24T12:00:00.002Z"),
                ..none()
            },
            vec![1],
        ),
        (
            CallFilter {
                team: word("nobody\0"),
                ..none()
            },
            vec![],
        ),
    ] {
        let found = numbers(&store, &filter, CallPage::Newest, 10).await;
        assert_eq!(found, expected, "{filter:?}");
    }
}

async fn what_a_caller_writes_cannot_make_a_batch_fail(place: Place) {
    let store = place.open().await;
    let mut record = call(1, "acme", &[]);
    record.model = format!("nul\0é{}", "x".repeat(100_000));
    store.settle("n1", batch([record.clone()])).await.unwrap();
    assert_eq!(store.call(id(1)).await.unwrap(), Some(record));
}

async fn pruned_calls_stay_in_the_books(place: Place) {
    let store = place.open().await;
    let mut records: Vec<CallRecord> = (1..=5).map(|n| call(n, "acme", &[])).collect();
    for record in &mut records {
        record.cost = dollars("0.01");
    }
    records.push(refused(6));
    store.settle("n1", batch(records)).await.unwrap();
    let before = time("2026-11-24T12:00:00.004Z");
    assert_eq!(store.prune_calls(before).await.unwrap(), 3);
    assert_eq!(store.prune_calls(before).await.unwrap(), 0);
    let all = CallFilter::default();
    assert_eq!(numbers(&store, &all, CallPage::Newest, 9).await, [6, 5, 4]);
    let report = store.verify().await.unwrap();
    assert_eq!(report.faults, [""; 0]);
    assert_eq!(report.calls, 3);
    let later = time("2026-11-25T00:00:00Z");
    assert_eq!(store.prune_calls(later).await.unwrap(), 3);
    assert_eq!(store.verify().await.unwrap().faults, [""; 0]);
}
