//! The records of calls: found, filtered, paged, pruned.

use tollgate_model::call::{CallRecord, Ending};
use tollgate_model::{Reason, Refusal};
use tollgate_store::{Arrived, CallFilter, CallPage, Store};

use crate::place::Place;
use crate::records::{batch, call, dollars, id, time};

on_both_databases! {
    a_call_is_found_by_its_id,
    calls_are_paged_in_both_directions,
    calls_are_filtered,
    calls_are_followed_as_they_arrive,
    a_rare_call_is_found_among_many,
    what_a_caller_writes_cannot_make_a_batch_fail,
    pruned_calls_stay_in_the_books,
}

fn refused(number: u64) -> CallRecord {
    CallRecord {
        refusal: Some(Refusal::new(Reason::ALL[0], "no")),
        status: 402,
        ending: Ending::Refused,
        caller: None,
        recalled: None,
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
        (
            CallFilter {
                team: word("bolt"),
                ending: word("completed"),
                since: at("2026-11-24T12:00:00.002Z"),
                ..none()
            },
            vec![3],
        ),
        (
            CallFilter {
                reason: word(Reason::ALL[0].code()),
                status: Some(402),
                ..none()
            },
            vec![2],
        ),
        (
            CallFilter {
                reason: word(Reason::ALL[0].code()),
                team: word("acme"),
                ..none()
            },
            vec![],
        ),
    ] {
        let found = numbers(&store, &filter, CallPage::Newest, 10).await;
        assert_eq!(found, expected, "{filter:?}");
    }
}

async fn arrived(
    store: &Store,
    from: Arrived,
    filter: &CallFilter,
    limit: u32,
) -> Vec<(String, u64)> {
    let found = store.calls_arrived(from, filter, limit).await;
    let found = found.unwrap().into_iter();
    found
        .map(|(at, call)| (at.to_string(), (call.id.0 >> 80) as u64 - 1_795_521_600_000))
        .collect()
}

async fn calls_are_followed_as_they_arrive(place: Place) {
    let store = place.open().await;
    for (clock, calls) in [
        // Calls arrive when they are settled, whenever they were accepted.
        (
            "2026-11-24T12:00:01Z",
            vec![call(8, "acme", &[]), refused(7)],
        ),
        ("2026-11-24T12:00:02Z", vec![call(2, "acme", &[])]),
        (
            "2026-11-24T12:00:03Z",
            vec![call(8, "acme", &[]), call(5, "bolt", &[])],
        ),
    ] {
        place.set_clock(clock);
        store.settle("n1", batch(calls)).await.unwrap();
    }
    let at = |clock: &str, number| (clock.to_owned(), number);
    let all = CallFilter::default();
    let expected = [
        at("2026-11-24T12:00:01Z", 7),
        at("2026-11-24T12:00:01Z", 8),
        at("2026-11-24T12:00:02Z", 2),
        at("2026-11-24T12:00:03Z", 5),
    ];
    let since = |clock: &str| Arrived::Since(time(clock));
    let start = since("2026-11-24T12:00:01Z");
    assert_eq!(arrived(&store, start, &all, 9).await, expected);
    assert_eq!(arrived(&store, start, &all, 2).await, expected[..2]);
    let later = since("2026-11-24T12:00:01.000001Z");
    assert_eq!(arrived(&store, later, &all, 9).await, expected[2..]);
    for (number, left) in [(7, 1), (8, 2), (9, 2)] {
        let after = Arrived::After(time("2026-11-24T12:00:01Z"), id(number));
        assert_eq!(arrived(&store, after, &all, 9).await, expected[left..]);
    }
    let acme = CallFilter {
        team: Some("acme".to_owned()),
        ..CallFilter::default()
    };
    assert_eq!(arrived(&store, start, &acme, 9).await, expected[1..3]);
    let reason = CallFilter {
        reason: Some(Reason::ALL[0].code().to_owned()),
        ..CallFilter::default()
    };
    assert_eq!(arrived(&store, start, &reason, 9).await, expected[..1]);
}

async fn a_rare_call_is_found_among_many(place: Place) {
    let store = place.open().await;
    let records = (0..3_000).map(|number| {
        let mut record = call(number, "acme", &[]);
        if [70, 1_500].contains(&number) {
            record.attempts[0].provider = "rare".into();
        }
        record
    });
    store.settle("n1", batch(records)).await.unwrap();
    let provider = |name: &str| CallFilter {
        provider: Some(name.to_owned()),
        ..CallFilter::default()
    };
    let rare = provider("rare");
    assert_eq!(
        numbers(&store, &rare, CallPage::Newest, 9).await,
        [1_500, 70]
    );
    let page = CallPage::After(id(70));
    assert_eq!(numbers(&store, &rare, page, 9).await, [1_500]);
    let none = provider("none");
    assert_eq!(numbers(&store, &none, CallPage::Newest, 9).await, [0; 0]);
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
