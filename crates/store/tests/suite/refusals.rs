//! Calls that were refused, grouped by what said no.

use std::sync::Arc;
use std::time::Instant;

use tollgate_model::call::{CallRecord, Ending};
use tollgate_model::refusal::Shortage;
use tollgate_model::resource::{Kind, RuleRef};
use tollgate_model::usage::Usage;
use tollgate_model::{Micros, Reason, Refusal};
use tollgate_store::{CallFilter, CallPage, Grain, RefusalFilter, RefusalGroup, ShortRange, Store};

use crate::place::Place;
use crate::records::{batch, call, dollars, id, name, time};

on_both_databases! {
    a_group_is_of_one_reason_rule_and_application,
    a_batch_that_comes_again_adds_nothing,
    the_order_of_batches_makes_no_difference,
    what_is_short_is_told_from_the_least_to_the_most,
    what_was_answered_with_402_stands_first,
    groups_are_filtered_by_all_that_tells_them_apart,
    an_answer_ends_what_it_is_like_and_nothing_else,
    after_a_day_without_refusals_it_begins_anew,
    a_failure_without_a_rule_is_put_down_to_its_provider,
    strangers_share_a_row_and_shadows_have_none,
    groups_outlive_the_records_of_their_calls,
    nodes_that_settle_at_once_add_up_in_groups,
}

const ALL: RefusalFilter = RefusalFilter {
    reasons: None,
    rule_kind: None,
    rule: None,
    team: None,
    application: None,
    model: None,
    since: Micros(0),
    until: Micros::NEVER,
};

/// A call that was refused before any attempt.
fn refused(number: u64, reason: Reason, rule: Option<(Kind, &str)>) -> CallRecord {
    let mut refusal = Refusal::new(reason, "no");
    refusal.rule = rule.map(|(kind, called)| RuleRef {
        kind,
        name: name(called),
        revision: 3,
    });
    CallRecord {
        status: refusal.status,
        refusal: Some(refusal),
        ending: Ending::Refused,
        attempts: Vec::new(),
        usage: Usage::NONE,
        ..call(number, "acme", &[])
    }
}

/// One that a budget refused with 429.
fn over(number: u64, budget: &str) -> CallRecord {
    refused(number, Reason::BudgetExceeded, Some((Kind::Budget, budget)))
}

/// One for want of money.
fn short(number: u64, needed: &str, available: &str) -> CallRecord {
    let mut record = refused(
        number,
        Reason::HoldExceedsBalance,
        Some((Kind::Team, "acme")),
    );
    if let Some(refusal) = &mut record.refusal {
        refusal.shortage = Some(Shortage {
            scope: "the wallet of team acme".to_owned(),
            needed: dollars(needed),
            available: dollars(available),
            affordable_max_tokens: None,
            resets_at: None,
        });
    }
    record
}

fn with_key(key: &str, record: CallRecord) -> CallRecord {
    let mut record = record;
    if let Some(caller) = &mut record.caller {
        caller.key = key.into();
    }
    record
}

fn at(when: &str, record: CallRecord) -> CallRecord {
    CallRecord {
        at: time(when),
        ..record
    }
}

async fn settle(store: &Store, records: impl IntoIterator<Item = CallRecord>) {
    store.settle("n1", batch(records)).await.unwrap();
}

async fn groups(store: &Store, filter: &RefusalFilter) -> Vec<RefusalGroup> {
    store.refusals(filter, Grain::Minute, 100).await.unwrap()
}

/// Reason and rule of each group, with its calls.
fn told(groups: &[RefusalGroup]) -> Vec<String> {
    let tell = |group: &RefusalGroup| {
        let (kind, name) = group
            .key
            .rule
            .as_ref()
            .map_or(("-", "-"), |(kind, name)| (kind.as_str(), name.as_str()));
        format!("{} {kind} {name}: {}", group.key.reason, group.calls)
    };
    groups.iter().map(tell).collect()
}

async fn a_group_is_of_one_reason_rule_and_application(place: Place) {
    let store = place.open().await;
    let mut other = over(6, "month");
    if let Some(caller) = &mut other.caller {
        caller.application = "batch".into();
    }
    let mut third = with_key("b", over(3, "month"));
    third.model = "large".to_owned();
    settle(
        &store,
        [
            call(1, "acme", &[]),
            over(2, "month"),
            third,
            over(4, "day"),
            refused(5, Reason::KeyExpired, Some((Kind::Key, "web-key"))),
            other,
        ],
    )
    .await;
    let found = groups(&store, &ALL).await;
    let expected = [
        "budget_exceeded Budget month: 1",
        "key_expired Key web-key: 1",
        "budget_exceeded Budget day: 1",
        "budget_exceeded Budget month: 2",
    ];
    assert_eq!(told(&found), expected);
    let month = &found[3];
    assert_eq!(month.key.team.as_deref(), Some("acme"));
    assert_eq!(month.key.application.as_deref(), Some("web"));
    assert_eq!(
        (month.first, month.last),
        (call(2, "", &[]).at, call(3, "", &[]).at)
    );
    let hit = &month.hit;
    assert_eq!((hit.keys, hit.status, hit.began), (2, 429, month.first));
    assert_eq!(hit.some_keys, ["b", "web-key"]);
    assert_eq!(hit.models, ["large", "smart"]);
    assert_eq!(hit.samples, [id(3), id(2)]);
    assert_eq!((hit.open, hit.answered), (Some(month.last), None));
}

async fn a_batch_that_comes_again_adds_nothing(place: Place) {
    let store = place.open().await;
    let records: Vec<CallRecord> = (1..9).map(|n| short(n, "0.5", "0.1")).collect();
    settle(&store, records[..5].to_vec()).await;
    settle(&store, records[..5].to_vec()).await;
    settle(&store, records.clone()).await;
    let once = groups(&store, &ALL).await;
    assert_eq!(told(&once), ["hold_exceeds_balance Team acme: 8"]);
    settle(&store, records).await;
    assert_eq!(groups(&store, &ALL).await, once);
}

/// Refusals and answers of several keys over some minutes.
fn mixed(number: u64) -> CallRecord {
    let key = format!("k{}", number % 5);
    let record = match number % 4 {
        0 => call(number, "acme", &[]),
        1 => short(
            number,
            &format!("0.{number:03}"),
            &format!("0.0{number:03}"),
        ),
        2 => over(number, "month"),
        _ => refused(number, Reason::ModelNotAllowed, Some((Kind::Key, &key))),
    };
    let later = Micros(record.at.0 + (number as i64) * 9_000_000);
    with_key(
        &key,
        CallRecord {
            at: later,
            ..record
        },
    )
}

async fn the_order_of_batches_makes_no_difference(place: Place) {
    let store = place.open().await;
    // Answers come in their order, or some would come before what they answer.
    let (answers, refusals): (Vec<u64>, Vec<u64>) = (0..200).partition(|number| number % 4 == 0);
    for batch in refusals.chunks(20).rev() {
        settle(&store, batch.iter().copied().map(mixed)).await;
    }
    settle(&store, answers.iter().copied().map(mixed)).await;
    let backwards = groups(&store, &ALL).await;
    let other = Place::sqlite();
    let store = other.open().await;
    settle(&store, refusals.into_iter().map(mixed)).await;
    settle(&store, answers.into_iter().map(mixed)).await;
    assert_eq!(groups(&store, &ALL).await, backwards);
    assert_eq!(backwards.iter().map(|group| group.calls).sum::<u64>(), 150);
}

async fn what_is_short_is_told_from_the_least_to_the_most(place: Place) {
    let store = place.open().await;
    settle(
        &store,
        [short(1, "0.5", "0.2"), short(2, "0.000000001", "0")],
    )
    .await;
    settle(&store, [short(3, "7", "0.3"), over(4, "month")]).await;
    let found = groups(&store, &ALL).await;
    let expected = ShortRange {
        least_needed: dollars("0.000000001"),
        most_needed: dollars("7"),
        least_available: dollars("0"),
        most_available: dollars("0.3"),
    };
    assert_eq!(found[0].short, Some(expected));
    assert_eq!(found[1].short, None, "where nothing was told");
}

async fn what_was_answered_with_402_stands_first(place: Place) {
    let store = place.open().await;
    let payable = CallRecord {
        status: 402,
        ..over(2, "payable")
    };
    settle(&store, [short(1, "1", "0"), payable, over(3, "month")]).await;
    let expected = [
        "budget_exceeded Budget payable: 1",
        "hold_exceeds_balance Team acme: 1",
        "budget_exceeded Budget month: 1",
    ];
    assert_eq!(told(&groups(&store, &ALL).await), expected);
    let newest = store.refusals(&ALL, Grain::Day, 1).await.unwrap();
    assert_eq!(told(&newest), expected[..1]);
}

async fn groups_are_filtered_by_all_that_tells_them_apart(place: Place) {
    let store = place.open().await;
    let mut bolt = over(3, "month");
    if let Some(caller) = &mut bolt.caller {
        (caller.team, caller.application) = ("bolt".into(), "batch".into());
    }
    bolt.model = "large".to_owned();
    bolt.at = time("2026-11-24T15:00:00Z");
    settle(&store, [short(1, "1", "0"), over(2, "month"), bolt]).await;
    let word = |text: &str| Some(text.to_owned());
    let reasons = |reasons: &[Reason]| Some(reasons.to_vec());
    for (filter, expected) in [
        (ALL, 3),
        (
            RefusalFilter {
                reasons: reasons(&[]),
                ..ALL
            },
            0,
        ),
        (
            RefusalFilter {
                reasons: reasons(&[Reason::BudgetExceeded]),
                ..ALL
            },
            2,
        ),
        (
            RefusalFilter {
                rule_kind: Some(Kind::Team),
                ..ALL
            },
            1,
        ),
        (
            RefusalFilter {
                rule: word("month"),
                ..ALL
            },
            2,
        ),
        (
            RefusalFilter {
                team: word("bolt"),
                ..ALL
            },
            1,
        ),
        (
            RefusalFilter {
                application: word("web"),
                ..ALL
            },
            2,
        ),
        (
            RefusalFilter {
                model: word("large"),
                ..ALL
            },
            1,
        ),
        (
            RefusalFilter {
                since: time("2026-11-24T14:59:00Z"),
                ..ALL
            },
            1,
        ),
        (
            RefusalFilter {
                since: time("2026-11-24T15:00:00.5Z"),
                ..ALL
            },
            0,
        ),
        (
            RefusalFilter {
                until: time("2026-11-24T15:00:00Z"),
                ..ALL
            },
            2,
        ),
    ] {
        for grain in Grain::ALL {
            let found = store.refusals(&filter, grain, 100).await.unwrap();
            assert_eq!(found.len(), expected, "{grain:?} {filter:?}");
        }
        let timed = filter.since != ALL.since || filter.until != ALL.until;
        let open = store.open_refusals(&filter, filter.since).await.unwrap();
        assert!(timed || open == expected as u64, "{open} {filter:?}");
    }
}

async fn an_answer_ends_what_it_is_like_and_nothing_else(place: Place) {
    let store = place.open().await;
    let large = |number| CallRecord {
        model: "large".to_owned(),
        ..over(number, "month")
    };
    settle(
        &store,
        [
            over(10, "month"),
            large(11),
            with_key("b", over(12, "month")),
        ],
    )
    .await;
    let open = async |store: &Store| {
        let budgets = RefusalFilter {
            rule_kind: Some(Kind::Budget),
            ..ALL
        };
        let group = groups(store, &budgets).await.remove(0);
        (group.hit.open, group.hit.answered)
    };
    let when = |number| Some(call(number, "acme", &[]).at);
    // One that began before the refusal proves nothing, and one that failed does not.
    let cut = CallRecord {
        ending: Ending::UpstreamCut,
        refusal: Some(Refusal::new(Reason::UpstreamBadResponse, "cut")),
        ..call(19, "acme", &[])
    };
    settle(&store, [call(9, "acme", &[]), cut]).await;
    assert_eq!(open(&store).await.0, when(12));
    settle(&store, [with_key("b", call(20, "acme", &[]))]).await;
    assert_eq!(open(&store).await, (when(11), when(20)));
    settle(&store, [call(21, "acme", &[])]).await;
    assert_eq!(open(&store).await, (when(11), when(21)));
    let answered = CallRecord {
        model: "large".to_owned(),
        ..call(22, "acme", &[])
    };
    settle(&store, [answered]).await;
    assert_eq!(open(&store).await, (None, when(22)));
    let open_ones = store.open_refusals(&ALL, Micros(0)).await.unwrap();
    assert_eq!(
        open_ones, 0,
        "the answer to call 21 ended what was cut, too"
    );
    settle(&store, [over(30, "month")]).await;
    assert_eq!(open(&store).await, (when(30), when(22)));
}

async fn after_a_day_without_refusals_it_begins_anew(place: Place) {
    let store = place.open().await;
    let began = async |store: &Store| groups(store, &ALL).await.remove(0).hit.began.to_string();
    settle(&store, [at("2026-11-20T10:00:00Z", over(1, "month"))]).await;
    settle(&store, [at("2026-11-21T10:00:00Z", over(2, "month"))]).await;
    assert_eq!(began(&store).await, "2026-11-20T10:00:00Z");
    settle(
        &store,
        [at("2026-11-22T10:00:00.000001Z", over(3, "month"))],
    )
    .await;
    assert_eq!(began(&store).await, "2026-11-22T10:00:00.000001Z");
}

async fn a_failure_without_a_rule_is_put_down_to_its_provider(place: Place) {
    let store = place.open().await;
    let attempts = call(1, "acme", &[]).attempts;
    let failed = CallRecord {
        attempts: attempts.clone(),
        ..refused(1, Reason::UpstreamAuthFailed, None)
    };
    let unread = CallRecord {
        attempts,
        ..refused(2, Reason::RequestMalformed, None)
    };
    settle(&store, [failed, unread]).await;
    let found = groups(&store, &ALL).await;
    let expected = [
        "request_malformed - -: 1",
        "upstream_auth_failed Provider openai: 1",
    ];
    assert_eq!(told(&found), expected);
    assert_eq!(found[1].hit.providers, ["openai"]);
}

async fn strangers_share_a_row_and_shadows_have_none(place: Place) {
    let store = place.open().await;
    let stranger = |number: u64| CallRecord {
        caller: None,
        model: format!("made-up-{number}"),
        ..refused(number, Reason::KeyMissing, None)
    };
    let shadow = CallRecord {
        attempts: call(9, "acme", &[]).attempts,
        ..stranger(9)
    };
    settle(&store, [stranger(1), stranger(2), stranger(3), shadow]).await;
    let found = groups(&store, &ALL).await;
    assert_eq!(told(&found), ["key_missing - -: 3"]);
    assert_eq!((found[0].hit.keys, &found[0].key.team), (0, &None));
    assert_eq!(found[0].hit.models, [""; 0]);
}

async fn groups_outlive_the_records_of_their_calls(place: Place) {
    let store = place.open().await;
    settle(&store, [over(1, "month"), over(2, "month")]).await;
    let before = groups(&store, &ALL).await;
    assert_eq!(store.prune_calls(Micros::NEVER).await.unwrap(), 2);
    assert_eq!(groups(&store, &ALL).await, before);
    let calls = store
        .calls(&CallFilter::default(), CallPage::Newest, 9)
        .await;
    assert_eq!(calls.unwrap(), []);
    store
        .prune_usage(Grain::Minute, Micros::NEVER)
        .await
        .unwrap();
    assert_eq!(groups(&store, &ALL).await, []);
    let days = store.refusals(&ALL, Grain::Day, 9).await.unwrap();
    assert_eq!(told(&days), ["budget_exceeded Budget month: 2"]);
    assert_eq!(
        store.prune_refused(call(2, "acme", &[]).at).await.unwrap(),
        0
    );
    assert_eq!(store.prune_refused(Micros::NEVER).await.unwrap(), 1);
    let days = store.refusals(&ALL, Grain::Day, 9).await.unwrap();
    assert_eq!(
        (days[0].calls, days[0].hit.keys, days[0].hit.status),
        (2, 0, 429)
    );
}

async fn nodes_that_settle_at_once_add_up_in_groups(place: Place) {
    let stores = [place.open().await, place.open().await, place.open().await];
    let mut tasks = tokio::task::JoinSet::new();
    for (node, store) in stores.iter().cloned().enumerate() {
        tasks.spawn(async move {
            for round in 0..10 {
                let numbers = (0..40).map(|n| (n * 10 + round) * 3 + node as u64);
                let batch = batch(numbers.map(mixed));
                store.settle(&format!("n{node}"), batch).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    let found = groups(&stores[0], &ALL).await;
    assert_eq!(found.iter().map(|group| group.calls).sum::<u64>(), 900);
    let keys: Vec<u64> = found.iter().map(|group| group.hit.keys).collect();
    assert_eq!(keys, [5, 1, 5, 1, 1, 1, 1]);
}

/// What the desk costs with a million calls, of which one in ten was refused. Run by hand.
async fn a_million_calls(place: Place) {
    const BATCHES: u64 = 500;
    const CALLS: u64 = 2_000;
    let store = place.open().await;
    let began = Instant::now();
    for b in 0..BATCHES {
        let record = |n: u64| {
            let number = b * CALLS + n;
            let spread = Micros(call(number, "", &[]).at.0 + (number as i64) * 80_000);
            let mut record = match number % 10 {
                0 => short(number, "0.5", "0.1"),
                _ => call(number, "acme", &[]),
            };
            if let Some(caller) = &mut record.caller {
                caller.application = format!("app-{}", number % 97).into();
                caller.key = format!("key-{}", number % 970).into();
            }
            CallRecord {
                at: spread,
                ..record
            }
        };
        let records = batch((0..CALLS).map(record));
        store.settle("n1", Arc::clone(&records)).await.unwrap();
    }
    println!("{store:?}: settled in {:?}", began.elapsed());
    for grain in [Grain::Minute, Grain::Hour] {
        let began = Instant::now();
        let found = store.refusals(&ALL, grain, 100).await.unwrap();
        let took = began.elapsed();
        let open = store.open_refusals(&ALL, Micros(0)).await.unwrap();
        println!(
            "{grain:?}: {} groups, {open} open, in {took:?}",
            found.len()
        );
        assert!(took.as_millis() < 2_000, "{took:?}");
    }
}

#[tokio::test]
#[ignore = "a measurement"]
async fn the_desk_is_quick_with_a_million_calls_on_sqlite() {
    a_million_calls(Place::sqlite()).await;
}

#[tokio::test]
#[ignore = "a measurement"]
async fn the_desk_is_quick_with_a_million_calls_on_postgres() {
    a_million_calls(Place::postgres()).await;
}
