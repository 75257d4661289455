//! Sessions, and attempts to begin one.

use tollgate_model::{Micros, Role};
use tollgate_store::{Attempt, Store};

use crate::folk::{LATER, NOW, join, person, sessions, sign_in, token};
use crate::place::Place;

on_both_databases! {
    a_session_shows_its_person_as_they_are_now,
    touching_a_session_tells_when_its_person_was_there,
    sessions_end_one_by_one_or_all_together,
    attempts_wait_longer_and_longer,
    attempts_at_once_are_all_counted,
    what_is_over_is_forgotten,
}

fn after(seconds: i64) -> Micros {
    NOW.plus_seconds(seconds)
}

async fn a_session_shows_its_person_as_they_are_now(place: Place) {
    let store = place.open().await;
    let ghost = person("ghost");
    let begun = store.begin_session(token("g"), &ghost, "", (NOW, LATER));
    assert!(!begun.await.unwrap());
    assert_eq!(store.session(token("g")).await.unwrap(), None);
    join(&store, "Anna", Role::Owner).await;
    join(&store, "bob", Role::Admin).await;
    let agent = format!("nul\0{}", "x".repeat(10_000));
    let begun = store
        .begin_session(token("b"), &person("BOB"), &agent, (NOW, LATER))
        .await;
    assert!(begun.unwrap());
    let session = store.session(token("b")).await.unwrap().unwrap();
    assert_eq!(session.hash, token("b"));
    assert_eq!(
        (session.person.as_str(), session.role),
        ("bob", Role::Admin)
    );
    assert_eq!(
        (session.created, session.expires, session.seen),
        (NOW, LATER, NOW)
    );
    assert!(session.agent.len() <= 256, "{}", session.agent.len());
    store.set_role(&person("bob"), Role::Viewer).await.unwrap();
    let session = store.session(token("b")).await.unwrap().unwrap();
    assert_eq!(session.role, Role::Viewer);
}

async fn seen(store: &Store, text: &str, called: &str) -> (Option<Micros>, Option<Micros>) {
    let session = store.session(token(text)).await.unwrap();
    let person = store.person(&person(called)).await.unwrap().unwrap();
    (session.map(|session| session.seen), person.last_seen)
}

async fn touching_a_session_tells_when_its_person_was_there(place: Place) {
    let store = place.open().await;
    join(&store, "anna", Role::Owner).await;
    assert_eq!(seen(&store, "a1", "anna").await, (None, None));
    sign_in(&store, "anna", "a1").await;
    sign_in(&store, "anna", "a2").await;
    assert_eq!(seen(&store, "a1", "anna").await, (Some(NOW), Some(NOW)));
    for (text, at, expected) in [
        ("a1", after(60), (after(60), after(60))),
        // One that was there before changes nothing for the person.
        ("a2", after(30), (after(30), after(60))),
        // A clock that goes back changes nothing.
        ("a2", after(20), (after(30), after(60))),
        ("a2", after(90), (after(90), after(90))),
    ] {
        store.touch_session(token(text), at).await.unwrap();
        let expected = (Some(expected.0), Some(expected.1));
        assert_eq!(seen(&store, text, "anna").await, expected, "{text} {at}");
    }
    store.touch_session(token("none"), after(99)).await.unwrap();
    let anna = person("anna");
    let begun = store.begin_session(token("a3"), &anna, "", (after(80), LATER));
    assert!(begun.await.unwrap());
    assert_eq!(
        seen(&store, "a3", "anna").await,
        (Some(after(80)), Some(after(90)))
    );
    store.end_sessions(&anna).await.unwrap();
    assert_eq!(seen(&store, "a3", "anna").await, (None, Some(after(90))));
}

async fn sessions_end_one_by_one_or_all_together(place: Place) {
    let store = place.open().await;
    join(&store, "anna", Role::Owner).await;
    join(&store, "bob", Role::Viewer).await;
    let anna = person("anna");
    for (text, at) in [("a1", 1), ("a3", 3), ("a2", 2)] {
        let begun = store.begin_session(token(text), &anna, "", (after(at), LATER));
        assert!(begun.await.unwrap());
    }
    sign_in(&store, "bob", "b1").await;
    let newest_first = [token("a3"), token("a2"), token("a1")];
    assert_eq!(sessions(&store, "ANNA").await, newest_first);
    assert!(store.end_session(token("a2")).await.unwrap());
    assert!(!store.end_session(token("a2")).await.unwrap());
    assert_eq!(sessions(&store, "anna").await, [token("a3"), token("a1")]);
    assert_eq!(store.end_sessions(&anna).await.unwrap(), 2);
    assert_eq!(store.end_sessions(&anna).await.unwrap(), 0);
    assert_eq!(sessions(&store, "bob").await, [token("b1")]);
}

/// Two seconds after the first failure, four after the second, and so on.
fn doubling(failures: u32) -> i64 {
    1_000_000 << failures
}

async fn attempts_wait_longer_and_longer(place: Place) {
    let store = place.open().await;
    let long = "n".repeat(5_000);
    // Nobody needs to have the name.
    for name in ["anna", &long] {
        for (at, expected) in [
            (0, Attempt::Go),
            (0, Attempt::Wait(after(2))),
            (1, Attempt::Wait(after(2))),
            (2, Attempt::Go),
            (5, Attempt::Wait(after(6))),
            (6, Attempt::Go),
            (13, Attempt::Wait(after(14))),
        ] {
            let attempt = store.begin_attempt(name, after(at), doubling).await;
            assert_eq!(attempt.unwrap(), expected, "{name} {at}");
        }
    }
    store.clear_attempts(&long).await.unwrap();
    store.clear_attempts("nobody").await.unwrap();
    for (name, expected) in [
        (long.as_str(), Attempt::Go),
        ("anna", Attempt::Wait(after(14))),
    ] {
        let attempt = store.begin_attempt(name, after(13), doubling).await;
        assert_eq!(attempt.unwrap(), expected);
    }
}

async fn attempts_at_once_are_all_counted(place: Place) {
    let (one, two) = (place.open().await, place.open().await);
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..12 {
        let store = if number % 2 == 0 { &one } else { &two }.clone();
        tasks.spawn(async move { store.begin_attempt("anna", NOW, |_| 9_000_000).await });
    }
    let mut went = 0;
    while let Some(ended) = tasks.join_next().await {
        match ended.unwrap().unwrap() {
            Attempt::Go => went += 1,
            Attempt::Wait(until) => assert_eq!(until, after(9)),
        }
    }
    assert_eq!(went, 1);
    // Failures that may follow at once are counted one by one.
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..12 {
        let store = if number % 2 == 0 { &one } else { &two }.clone();
        let delay = |failures| if failures < 12 { 0 } else { 7_000_000 };
        tasks.spawn(async move { store.begin_attempt("bob", NOW, delay).await });
    }
    while let Some(ended) = tasks.join_next().await {
        assert_eq!(ended.unwrap().unwrap(), Attempt::Go);
    }
    let attempt = one.begin_attempt("bob", NOW, |_| 0).await.unwrap();
    assert_eq!(attempt, Attempt::Wait(after(7)));
}

async fn what_is_over_is_forgotten(place: Place) {
    let store = place.open().await;
    join(&store, "anna", Role::Owner).await;
    let anna = person("anna");
    for (text, expires) in [("over", after(10)), ("open", after(11))] {
        let begun = store.begin_session(token(text), &anna, "", (NOW, expires));
        assert!(begun.await.unwrap());
    }
    assert!(store.session(token("over")).await.unwrap().is_some());
    store.prune_sign_in(after(10)).await.unwrap();
    assert_eq!(sessions(&store, "anna").await, [token("open")]);
    let attempt = store.begin_attempt("anna", NOW, doubling).await;
    assert_eq!(attempt.unwrap(), Attempt::Go);
    let day = 86_400;
    // It waited until the second second; it is remembered for a day after that.
    for (pruned, expected) in [(2 + day, 4), (3 + day, 2)] {
        store.prune_sign_in(after(pruned)).await.unwrap();
        let at = after(pruned);
        let attempt = store.begin_attempt("anna", at, doubling).await.unwrap();
        assert_eq!(attempt, Attempt::Go);
        let attempt = store.begin_attempt("anna", at, doubling).await.unwrap();
        assert_eq!(attempt, Attempt::Wait(at.plus_seconds(expected)));
        store.clear_attempts("anna").await.unwrap();
        store.begin_attempt("anna", NOW, doubling).await.unwrap();
    }
}
