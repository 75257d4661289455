//! What calls add up to.

use std::sync::Arc;

use tollgate_model::call::{CallRecord, Ending};
use tollgate_model::usage::{Usage, UsageClass};
use tollgate_model::{Micros, Nanos, Reason, Refusal};
use tollgate_store::durations::{bucket, quantile};
use tollgate_store::{Arrived, Dimension, Grain, Store, UsageFilter, UsagePoint, UsageSums};

use crate::place::Place;
use crate::records::{batch, call, dollars, id, time};

on_both_databases! {
    calls_are_added_to_their_slots_once,
    usage_is_filtered_by_all_that_tells_calls_apart,
    usage_is_told_by_each_dimension,
    failures_and_refusals_are_counted_apart,
    a_strangers_words_make_no_rows,
    a_provider_that_tells_of_nonsense_overflows_nothing,
    durations_are_kept_of_what_was_delivered_whole,
    old_slots_are_pruned_by_their_length,
    nodes_that_settle_at_once_add_up,
    what_was_there_before_is_added_up_likewise,
}

const ALL: UsageFilter = UsageFilter {
    team: None,
    application: None,
    model: None,
    provider: None,
    status: None,
    ending: None,
    reason: None,
    since: Micros(0),
    until: Micros::NEVER,
};

/// A call of a team at a time, for a cent.
fn at(number: u64, team: &str, when: &str) -> CallRecord {
    CallRecord {
        at: time(when),
        cost: dollars("0.01"),
        ..call(number, team, &[])
    }
}

fn refused(number: u64, reason: Reason, status: u16) -> CallRecord {
    CallRecord {
        refusal: Some(Refusal::new(reason, "no")),
        status,
        ending: Ending::Refused,
        recalled: None,
        attempts: Vec::new(),
        usage: Usage::NONE,
        ..call(number, "acme", &[])
    }
}

async fn settle(store: &Store, records: impl IntoIterator<Item = CallRecord>) {
    store.settle("n1", batch(records)).await.unwrap();
}

/// Slots with their calls.
async fn slots(store: &Store, filter: &UsageFilter, grain: Grain) -> Vec<(String, u64)> {
    let points = store.usage(filter, grain).await.unwrap();
    let slot = |point: &UsagePoint| (point.at.to_string(), point.sums.calls);
    points.iter().map(slot).collect()
}

/// The sums over all calls of a filter.
async fn total(store: &Store, filter: &UsageFilter) -> UsageSums {
    let points = store.usage(filter, Grain::Day).await.unwrap();
    assert!(points.len() <= 1, "{points:?}");
    points
        .first()
        .map_or(UsageSums::default(), |point| point.sums)
}

async fn calls_are_added_to_their_slots_once(place: Place) {
    let store = place.open().await;
    let records = [
        at(1, "acme", "2026-11-24T12:00:00Z"),
        at(2, "bolt", "2026-11-24T12:00:59.999999Z"),
        at(3, "acme", "2026-11-24T12:01:00Z"),
        at(4, "acme", "2026-11-24T13:30:00Z"),
        at(5, "acme", "2026-11-25T00:00:00Z"),
    ];
    settle(&store, records[..4].to_vec()).await;
    // A batch that comes again, and one in which some calls are new.
    settle(&store, records[..4].to_vec()).await;
    settle(&store, records.to_vec()).await;
    let slot = |at: &str, calls| (at.to_owned(), calls);
    let minutes = [
        slot("2026-11-24T12:00:00Z", 2),
        slot("2026-11-24T12:01:00Z", 1),
        slot("2026-11-24T13:30:00Z", 1),
        slot("2026-11-25T00:00:00Z", 1),
    ];
    assert_eq!(slots(&store, &ALL, Grain::Minute).await, minutes);
    let hours = [
        slot("2026-11-24T12:00:00Z", 3),
        slot("2026-11-24T13:00:00Z", 1),
        slot("2026-11-25T00:00:00Z", 1),
    ];
    assert_eq!(slots(&store, &ALL, Grain::Hour).await, hours);
    let days = [
        slot("2026-11-24T00:00:00Z", 4),
        slot("2026-11-25T00:00:00Z", 1),
    ];
    assert_eq!(slots(&store, &ALL, Grain::Day).await, days);
    let points = store.usage(&ALL, Grain::Day).await.unwrap();
    let expected = UsageSums {
        calls: 4,
        errors: 0,
        refused: 0,
        prompt_tokens: 4 * 1_200,
        output_tokens: 4 * 340,
        cost: dollars("0.04"),
    };
    assert_eq!(points[0].sums, expected);
    // The time begins with the slot that holds its first moment, and ends before the slot that
    // begins at its last.
    for (since, until, grain, expected) in [
        ("12:00:30", "12:01:00", Grain::Minute, &minutes[..1]),
        ("12:00:30", "12:01:00.000001", Grain::Minute, &minutes[..2]),
        ("12:01:00", "13:30:00", Grain::Minute, &minutes[1..2]),
        ("12:59:59", "13:00:00", Grain::Hour, &hours[..1]),
        ("13:00:00", "23:00:00", Grain::Hour, &hours[1..2]),
        ("23:00:00", "23:00:00", Grain::Day, &days[..1]),
    ] {
        let filter = UsageFilter {
            since: time(&format!("2026-11-24T{since}Z")),
            until: time(&format!("2026-11-24T{until}Z")),
            ..ALL
        };
        assert_eq!(
            slots(&store, &filter, grain).await,
            expected,
            "{since} {until}"
        );
    }
}

async fn usage_is_filtered_by_all_that_tells_calls_apart(place: Place) {
    let store = place.open().await;
    let mut other = call(3, "bolt", &[]);
    other.model = "m".repeat(400);
    other.ending = Ending::ClientGone;
    other.status = 499;
    let reason = Reason::BalanceExhausted;
    settle(
        &store,
        [call(1, "acme", &[]), refused(2, reason, 402), other],
    )
    .await;
    let word = |text: &str| Some(text.to_owned());
    for (filter, expected) in [
        (
            UsageFilter {
                team: word("acme"),
                ..ALL
            },
            2,
        ),
        (
            UsageFilter {
                application: word("web"),
                ..ALL
            },
            3,
        ),
        (
            UsageFilter {
                application: word(""),
                ..ALL
            },
            0,
        ),
        (
            UsageFilter {
                model: word("smart"),
                ..ALL
            },
            2,
        ),
        (
            UsageFilter {
                model: Some("m".repeat(400)),
                ..ALL
            },
            1,
        ),
        (
            UsageFilter {
                provider: word("openai"),
                ..ALL
            },
            2,
        ),
        (
            UsageFilter {
                provider: word(""),
                ..ALL
            },
            1,
        ),
        (
            UsageFilter {
                status: Some(499),
                ..ALL
            },
            1,
        ),
        (
            UsageFilter {
                ending: word("client_gone"),
                ..ALL
            },
            1,
        ),
        (
            UsageFilter {
                reason: word(reason.code()),
                ..ALL
            },
            1,
        ),
        (
            UsageFilter {
                reason: word(""),
                ..ALL
            },
            2,
        ),
        (
            UsageFilter {
                team: word("bolt"),
                status: Some(200),
                ..ALL
            },
            0,
        ),
    ] {
        assert_eq!(total(&store, &filter).await.calls, expected, "{filter:?}");
    }
}

async fn usage_is_told_by_each_dimension(place: Place) {
    let store = place.open().await;
    let reason = Reason::BalanceExhausted;
    let other = CallRecord {
        model: "other".to_owned(),
        ..call(4, "bolt", &[])
    };
    let records = [
        call(1, "acme", &[]),
        refused(2, reason, 402),
        call(3, "acme", &[]),
        other,
    ];
    settle(&store, records).await;
    for (dimension, expected) in [
        (Dimension::Team, &[("acme", 3), ("bolt", 1)][..]),
        (Dimension::Application, &[("web", 4)]),
        (Dimension::Model, &[("smart", 3), ("other", 1)]),
        (Dimension::Provider, &[("openai", 3), ("", 1)]),
        (Dimension::Status, &[("200", 3), ("402", 1)]),
        (Dimension::Ending, &[("completed", 3), ("refused", 1)]),
        (Dimension::Reason, &[("", 3), (reason.code(), 1)]),
    ] {
        for (limit, expected) in [(9, expected), (1, &expected[..1])] {
            let found = store.usage_by(&ALL, Grain::Hour, dimension, limit).await;
            let found = found.unwrap();
            let found: Vec<(&str, u64)> = found
                .iter()
                .map(|(value, sums)| (value.as_str(), sums.calls))
                .collect();
            assert_eq!(found, expected, "{dimension:?}");
        }
    }
}

async fn failures_and_refusals_are_counted_apart(place: Place) {
    let store = place.open().await;
    let ended = |number, ending, status| CallRecord {
        ending,
        status,
        ..call(number, "acme", &[])
    };
    settle(
        &store,
        [
            ended(1, Ending::Completed, 200),
            ended(2, Ending::ClientGone, 200),
            ended(3, Ending::UpstreamCut, 200),
            ended(4, Ending::Unresolved, 200),
            ended(5, Ending::UpstreamCut, 502),
            refused(6, Reason::BalanceExhausted, 402),
            refused(7, Reason::BalanceExhausted, 502),
        ],
    )
    .await;
    let sums = total(&store, &ALL).await;
    assert_eq!((sums.calls, sums.errors, sums.refused), (7, 4, 1));
}

async fn a_strangers_words_make_no_rows(place: Place) {
    let store = place.open().await;
    let mut records: Vec<CallRecord> = (0..20)
        .map(|number| {
            let reason = if number % 2 == 0 {
                Reason::KeyInvalid
            } else {
                Reason::ModelNotFound
            };
            let mut record = refused(number, reason, reason.row().status);
            record.model = format!("word {number}");
            if reason == Reason::KeyInvalid {
                record.caller = None;
            }
            record
        })
        .collect();
    records.push(CallRecord {
        model: format!("nul\0{}", "é".repeat(3_000)),
        ..call(20, "acme", &[])
    });
    settle(&store, records).await;
    let models = store.usage_by(&ALL, Grain::Day, Dimension::Model, 99).await;
    let models = models.unwrap();
    assert_eq!(models.len(), 2);
    assert_eq!((models[0].0.as_str(), models[0].1.calls), ("", 20));
    assert!(models[1].0.chars().count() <= 256);
}

async fn a_provider_that_tells_of_nonsense_overflows_nothing(place: Place) {
    let store = place.open().await;
    let nonsense = |number| CallRecord {
        usage: Usage::NONE
            .with(UsageClass::Input, u64::MAX)
            .with(UsageClass::Output, u64::MAX),
        ..call(number, "acme", &[])
    };
    settle(&store, (0..3).map(nonsense)).await;
    settle(&store, (3..6).map(nonsense)).await;
    let sums = total(&store, &ALL).await;
    let most = 6 * u64::from(u32::MAX);
    assert_eq!((sums.prompt_tokens, sums.output_tokens), (most, most));
}

async fn durations_are_kept_of_what_was_delivered_whole(place: Place) {
    let store = place.open().await;
    let took = |number, team: &str, duration| CallRecord {
        duration,
        ..call(number, team, &[])
    };
    let cut = CallRecord {
        ending: Ending::UpstreamCut,
        ..took(4, "acme", 7)
    };
    let without_provider = CallRecord {
        recalled: None,
        attempts: Vec::new(),
        ..took(5, "acme", 7)
    };
    let later = CallRecord {
        at: time("2026-11-24T12:02:00Z"),
        ..took(7, "acme", u64::MAX)
    };
    settle(
        &store,
        [took(1, "acme", 1_000), took(2, "acme", 1_001), cut],
    )
    .await;
    let rest = [
        without_provider,
        took(3, "acme", 50_000),
        took(6, "bolt", 9),
        later,
    ];
    settle(&store, rest).await;
    let filter = UsageFilter {
        team: Some("acme".to_owned()),
        // Not heeded.
        provider: Some("none".to_owned()),
        status: Some(500),
        ..ALL
    };
    let minutes = store.durations(&filter, Grain::Minute).await.unwrap();
    let at: Vec<String> = minutes.iter().map(|slot| slot.at.to_string()).collect();
    assert_eq!(at, ["2026-11-24T12:00:00Z", "2026-11-24T12:02:00Z"]);
    assert_eq!(
        minutes[0].buckets,
        [(bucket(1_000), 2), (bucket(50_000), 1)]
    );
    assert_eq!(minutes[1].buckets, [(bucket(i64::MAX as u64 * 2), 1)]);
    let hours = store.durations(&ALL, Grain::Hour).await.unwrap();
    assert_eq!(hours.len(), 1);
    assert_eq!(hours[0].buckets.len(), 4);
    let median = quantile(&hours[0].buckets, 500).unwrap();
    assert!((1_001..1_130).contains(&median), "{median}");
    let other = UsageFilter {
        model: Some("other".to_owned()),
        ..ALL
    };
    assert_eq!(store.durations(&other, Grain::Day).await.unwrap(), []);
}

async fn old_slots_are_pruned_by_their_length(place: Place) {
    let store = place.open().await;
    let when = |number| {
        let record = at(number, "acme", "2026-11-24T12:00:00Z");
        let minutes = i64::try_from(number).unwrap() * Grain::Minute.micros();
        CallRecord {
            at: Micros(record.at.0 + minutes),
            ..record
        }
    };
    // More than are deleted at once.
    settle(&store, (0..5_010).map(when)).await;
    let hours = slots(&store, &ALL, Grain::Hour).await;
    let kept = time("2026-11-24T12:00:00Z").plus_seconds(5_005 * 60);
    // A row of sums and one of durations for each minute.
    let pruned = store.prune_usage(Grain::Minute, kept).await.unwrap();
    assert_eq!(pruned, 2 * 5_005);
    assert_eq!(store.prune_usage(Grain::Minute, kept).await.unwrap(), 0);
    let minutes = slots(&store, &ALL, Grain::Minute).await;
    assert_eq!(minutes.len(), 5);
    assert_eq!(minutes[0], (kept.to_string(), 1));
    let durations = store.durations(&ALL, Grain::Minute).await.unwrap();
    assert_eq!(durations.len(), 5);
    assert_eq!(slots(&store, &ALL, Grain::Hour).await, hours);
}

async fn nodes_that_settle_at_once_add_up(place: Place) {
    let (one, two) = (place.open().await, place.open().await);
    let mut tasks = tokio::task::JoinSet::new();
    for node in 0..6 {
        let store = if node % 2 == 0 { &one } else { &two }.clone();
        tasks.spawn(async move {
            for round in 0..4 {
                let calls = (0..10).map(|place| {
                    let number = node * 1_000 + round * 10 + place;
                    // Each node names the teams in another order.
                    at(
                        number,
                        &format!("team-{}", (place + node) % 3),
                        "2026-11-24T12:00:00Z",
                    )
                });
                store
                    .settle(&format!("n{node}"), batch(calls))
                    .await
                    .unwrap();
            }
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended.unwrap();
    }
    let sums = total(&one, &ALL).await;
    let cost = dollars("0.01").get() * 240;
    assert_eq!((sums.calls, sums.cost), (240, Nanos::new(cost)));
    assert_eq!(one.verify().await.unwrap().faults, [""; 0]);
}

/// Calls of every kind, as many as there are numbers.
fn mixed(number: u64) -> CallRecord {
    let record = match number % 7 {
        0 => refused(number, Reason::ModelNotFound, 404),
        1 => CallRecord {
            caller: None,
            ..refused(number, Reason::KeyInvalid, 401)
        },
        2 => refused(number, Reason::BalanceExhausted, 503),
        3 => CallRecord {
            ending: Ending::UpstreamCut,
            usage: Usage::NONE.with(UsageClass::Input, u64::MAX),
            ..call(number, "acme", &[])
        },
        4 => CallRecord {
            model: "x".repeat(900),
            ..call(number, "bolt", &[])
        },
        5 => CallRecord {
            ending: Ending::Unresolved,
            recalled: None,
            attempts: Vec::new(),
            ..call(number, "bolt", &[])
        },
        _ => CallRecord {
            cost: dollars("0.000000007"),
            ..call(number, "acme", &[])
        },
    };
    let minutes = i64::try_from(number * 37).unwrap();
    CallRecord {
        id: id(number),
        at: Micros(record.at.0 + minutes * Grain::Minute.micros() - 1),
        ..record
    }
}

async fn what_was_there_before_is_added_up_likewise(place: Place) {
    let store = place.open().await;
    settle(&store, (0..100).map(mixed)).await;
    let mut kept = Vec::new();
    for grain in Grain::ALL {
        kept.push(store.usage(&ALL, grain).await.unwrap());
    }
    let by = [
        Dimension::Team,
        Dimension::Application,
        Dimension::Model,
        Dimension::Provider,
        Dimension::Status,
        Dimension::Ending,
        Dimension::Reason,
    ];
    let mut kept_by = Vec::new();
    for dimension in by {
        kept_by.push(
            store
                .usage_by(&ALL, Grain::Day, dimension, 99)
                .await
                .unwrap(),
        );
    }
    assert!(
        !store
            .calls_arrived(Arrived::Since(Micros(1)), &Default::default(), 1)
            .await
            .unwrap()
            .is_empty()
    );
    drop(store);
    place.tamper(BEFORE_THE_CONSOLE).await;
    let store = place.open().await;
    for (grain, kept) in Grain::ALL.into_iter().zip(kept) {
        assert_eq!(store.usage(&ALL, grain).await.unwrap(), kept);
    }
    for (dimension, kept) in by.into_iter().zip(kept_by) {
        let found = store.usage_by(&ALL, Grain::Day, dimension, 99).await;
        assert_eq!(found.unwrap(), kept, "{dimension:?}");
    }
    assert_eq!(store.durations(&ALL, Grain::Day).await.unwrap(), []);
    let arrived = store
        .calls_arrived(Arrived::Since(Micros(1)), &Default::default(), 9)
        .await;
    assert_eq!(arrived.unwrap(), [], "when they arrived is not known");
    let batch = Arc::clone(&batch((0..101).map(mixed)));
    let applied = store.settle("n1", batch).await.unwrap();
    assert_eq!((applied.settled, applied.repeated), (1, 100));
}

/// What was there before migration 2.
const BEFORE_THE_CONSOLE: &str = "
    DROP TABLE people; DROP TABLE sessions; DROP TABLE invitations; DROP TABLE signin_attempts;
    DROP TABLE usage; DROP TABLE durations; DROP TABLE catalogue_updates; DROP TABLE answers;
    DROP TABLE files; DROP TABLE batches;
    DROP TABLE refusals; DROP TABLE refused;
    DROP INDEX resources_by_name; DROP INDEX calls_by_arrival; DROP INDEX calls_seen;
    ALTER TABLE calls DROP COLUMN arrived;
    DELETE FROM migrations WHERE number >= 2";
