//! Resources: changes, revisions, conflicts, keys.

use std::collections::BTreeSet;

use serde_json::json;
use tollgate_model::resource::{Kind, Resource};
use tollgate_model::{KeyHash, Micros};
use tollgate_store::{Change, HistoryFilter, Revision, Store, StoreError, Subject};

use crate::place::Place;
use crate::records::{key, name, resource, team};

on_both_databases! {
    each_real_change_gets_the_next_revision,
    a_change_happens_as_a_whole_or_not_at_all,
    a_change_for_another_revision_is_a_conflict,
    concurrent_changes_leave_no_gap,
    history_tells_who_changed_what_from_what,
    the_past_can_be_seen,
    lists_are_paged_in_the_order_of_kinds_and_names,
    a_snapshot_holds_everything_but_keys,
    keys_are_found_by_their_hash,
    a_hash_belongs_to_one_key,
}

const NOON: Micros = Micros(1_795_521_600_000_000);

async fn put(store: &Store, resource: Resource) -> Vec<Revision> {
    let changes = [Change::Put(resource)];
    store.change(&changes, "ann", NOON, None).await.unwrap()
}

async fn each_real_change_gets_the_next_revision(place: Place) {
    let store = place.open().await;
    let first = put(&store, team("acme", "Acme")).await;
    assert_eq!(first[0].revision, 1);
    assert_eq!(first[0].before, None);
    assert_eq!(first[0].after, Some(json!({ "title": "Acme" })));
    assert_eq!(put(&store, team("acme", "Acme")).await, []);
    let later = Micros(NOON.0 + 1);
    let changes = [
        Change::Put(team("acme", "ACME")),
        Change::Delete(Kind::Team, name("nobody")),
        Change::Put(team("bolt", "")),
    ];
    let made = store.change(&changes, "bob", later, Some(1)).await.unwrap();
    let revisions: Vec<u64> = made.iter().map(|made| made.revision).collect();
    assert_eq!(revisions, [2, 3]);
    let acme = store.get(Kind::Team, &name("acme")).await.unwrap().unwrap();
    assert_eq!(acme.resource.revision, 2);
    assert_eq!((acme.created_at, acme.updated_at), (NOON, later));
    assert_eq!(store.get(Kind::Team, &name("nobody")).await.unwrap(), None);
    let changes = [Change::Delete(Kind::Team, name("acme"))];
    let made = store.change(&changes, "bob", later, None).await.unwrap();
    assert_eq!((made[0].revision, &made[0].after), (4, &None));
    assert_eq!(store.get(Kind::Team, &name("acme")).await.unwrap(), None);
}

async fn a_change_happens_as_a_whole_or_not_at_all(place: Place) {
    let store = place.open().await;
    put(&store, key("one", "tg_a")).await;
    let changes = [
        Change::Put(team("acme", "Acme")),
        Change::Put(key("two", "tg_a")),
    ];
    let error = store.change(&changes, "ann", NOON, None).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict(_)), "{error}");
    assert_eq!(store.get(Kind::Team, &name("acme")).await.unwrap(), None);
    assert_eq!(*store.watch().borrow(), 1);
    assert_eq!(put(&store, team("bolt", "")).await[0].revision, 2);
}

async fn a_change_for_another_revision_is_a_conflict(place: Place) {
    let store = place.open().await;
    put(&store, team("acme", "Acme")).await;
    let changes = [Change::Put(team("acme", "Other"))];
    let error = store
        .change(&changes, "ann", NOON, Some(0))
        .await
        .unwrap_err();
    let StoreError::Conflict(told) = error else {
        panic!("{error}");
    };
    assert!(
        told.contains("at revision 1") && told.contains("for revision 0"),
        "{told}"
    );
    assert_eq!(
        store
            .change(&changes, "ann", NOON, Some(1))
            .await
            .unwrap()
            .len(),
        1
    );
}

async fn concurrent_changes_leave_no_gap(place: Place) {
    const WRITERS: u64 = 8;
    const EACH: u64 = 5;
    let (one, two) = (place.open().await, place.open().await);
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let store = if writer % 2 == 0 { &one } else { &two }.clone();
        tasks.spawn(async move {
            for round in 0..EACH {
                let changes = [
                    Change::Put(team("shared", &format!("{writer}-{round}"))),
                    Change::Put(team(&format!("team-{writer}"), &format!("{round}"))),
                ];
                store.change(&changes, "ann", NOON, None).await.unwrap();
            }
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended.unwrap();
    }
    let history = one
        .history(&HistoryFilter::default(), None, 1_000)
        .await
        .unwrap();
    let found: BTreeSet<u64> = history.iter().map(|made| made.revision).collect();
    assert_eq!(found, (1..=WRITERS * EACH * 2).collect());
    let mut last = serde_json::Value::Null;
    for made in history
        .iter()
        .rev()
        .filter(|made| made.subject == Subject::Resource(Kind::Team, name("shared")))
    {
        let before = made.before.clone().unwrap_or_default();
        assert_eq!(before, last, "each change sees the one before it");
        last = made.after.clone().unwrap_or_default();
    }
}

async fn history_tells_who_changed_what_from_what(place: Place) {
    let store = place.open().await;
    put(&store, team("acme", "Acme")).await;
    put(&store, team("bolt", "Bolt")).await;
    let changes = [Change::Put(team("acme", "ACME"))];
    store
        .change(&changes, "bob", Micros(5), None)
        .await
        .unwrap();
    let acme = HistoryFilter {
        kind: Some(tollgate_store::ChangedKind::Resource(Kind::Team)),
        name: Some(name("acme")),
    };
    let history = store.history(&acme, None, 10).await.unwrap();
    let told: Vec<(u64, &str)> = history.iter().map(|r| (r.revision, &*r.actor)).collect();
    assert_eq!(told, [(3, "bob"), (1, "ann")]);
    assert_eq!(history[0].before, history[1].after);
    assert_eq!(history[0].at, Micros(5));
    let older = store.history(&acme, Some(3), 10).await.unwrap();
    assert_eq!(older, history[1..]);
    let all = HistoryFilter::default();
    assert_eq!(store.history(&all, None, 2).await.unwrap().len(), 2);
}

async fn the_past_can_be_seen(place: Place) {
    let store = place.open().await;
    put(&store, team("acme", "Acme")).await;
    put(&store, team("bolt", "Bolt")).await;
    put(&store, team("acme", "ACME")).await;
    let changes = [Change::Delete(Kind::Team, name("bolt"))];
    store.change(&changes, "ann", NOON, None).await.unwrap();
    let seen = |resources: Vec<Resource>| -> Vec<(String, u64)> {
        let seen = resources.iter().map(|r| (r.name.to_string(), r.revision));
        seen.collect()
    };
    let then = seen(store.at_revision(2).await.unwrap());
    assert_eq!(then, [("acme".to_owned(), 1), ("bolt".to_owned(), 2)]);
    let now = seen(store.at_revision(4).await.unwrap());
    assert_eq!(now, [("acme".to_owned(), 3)]);
    assert_eq!(now, seen(store.export().await.unwrap()));
    assert_eq!(store.at_revision(0).await.unwrap(), []);
}

async fn lists_are_paged_in_the_order_of_kinds_and_names(place: Place) {
    let store = place.open().await;
    // Capitals sort before small letters on both databases, whatever their locale.
    for called in ["beta", "Zeta", "alpha", "a-1", "a.1"] {
        put(&store, team(called, "")).await;
    }
    put(&store, key("k", "tg_k")).await;
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = store.list(None, after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        assert!(page.len() <= 2);
        after = Some((last.kind(), last.name.clone()));
        seen.extend(page.iter().map(|r| format!("{} {}", r.kind(), r.name)));
    }
    let expected = [
        "Key k",
        "Team Zeta",
        "Team a-1",
        "Team a.1",
        "Team alpha",
        "Team beta",
    ];
    assert_eq!(seen, expected);
    let teams = store.list(Some(Kind::Team), None, 100).await.unwrap();
    assert_eq!(teams.len(), 5);
}

async fn a_snapshot_holds_everything_but_keys(place: Place) {
    let store = place.open().await;
    let application = resource(Kind::Application, "web", json!({ "team": "acme" }));
    put(&store, application.clone()).await;
    put(&store, key("k", "tg_k")).await;
    put(&store, team("acme", "")).await;
    let (revision, resources) = store.snapshot_resources().await.unwrap();
    assert_eq!(revision, 3);
    let kinds: Vec<Kind> = resources.iter().map(Resource::kind).collect();
    assert_eq!(kinds, [Kind::Team, Kind::Application]);
    assert_eq!(resources[1].spec, application.spec);
    let exported = store.export().await.unwrap();
    assert_eq!(exported.len(), 3);
    assert!(exported.iter().any(|r| r.kind() == Kind::Key));
}

async fn keys_are_found_by_their_hash(place: Place) {
    let store = place.open().await;
    put(&store, key("k", "tg_old")).await;
    let old = KeyHash::of(b"tg_old");
    let found = store.key_by_hash(&old).await.unwrap().unwrap();
    assert_eq!(found.hash, old);
    assert_eq!(found.rule.to_string(), "Key k (revision 1)");
    assert_eq!(found.application.as_str(), "web");
    assert!(found.allows("gpt-5") && !found.revoked);
    assert_eq!(found.expires, Micros::NEVER);

    put(&store, key("k", "tg_new")).await;
    assert_eq!(store.key_by_hash(&old).await.unwrap(), None);
    let new = KeyHash::of(b"tg_new");
    assert_eq!(
        store
            .key_by_hash(&new)
            .await
            .unwrap()
            .unwrap()
            .rule
            .revision,
        2
    );

    let changes = [Change::Delete(Kind::Key, name("k"))];
    store.change(&changes, "ann", NOON, None).await.unwrap();
    assert_eq!(store.key_by_hash(&new).await.unwrap(), None);
}

async fn a_hash_belongs_to_one_key(place: Place) {
    let store = place.open().await;
    put(&store, key("one", "tg_a")).await;
    let second = [Change::Put(key("two", "tg_a"))];
    let error = store.change(&second, "ann", NOON, None).await.unwrap_err();
    assert!(
        error.to_string().contains("Key two has the hash"),
        "{error}"
    );
    let moved = [
        Change::Delete(Kind::Key, name("one")),
        Change::Put(key("two", "tg_a")),
    ];
    store.change(&moved, "ann", NOON, None).await.unwrap();
    let found = store.key_by_hash(&KeyHash::of(b"tg_a")).await.unwrap();
    assert_eq!(found.unwrap().rule.name, name("two"));
}
