//! The change feed: how others learn of a change.

use std::time::Duration;

use tollgate_model::Micros;
use tollgate_store::{Change, Store};

use crate::place::Place;
use crate::records::team;

on_both_databases! {
    a_watcher_learns_of_each_change,
}

async fn change(store: &Store, title: &str) {
    let changes = [Change::Put(team("acme", title))];
    store
        .change(&changes, "ann", Micros(0), None)
        .await
        .unwrap();
}

async fn a_watcher_learns_of_each_change(place: Place) {
    let store = place.open().await;
    let mut watch = store.watch();
    change(&store, "one").await;
    assert!(watch.has_changed().unwrap());
    assert_eq!(*watch.borrow_and_update(), 1);
    change(&store, "one").await;
    assert!(!watch.has_changed().unwrap(), "nothing has changed");
    drop(store);
    let again = place.open().await;
    assert_eq!(*again.watch().borrow(), 1);
}

/// Waits until a revision is known, as long as another process may take to learn of it.
async fn learns(watch: &mut tokio::sync::watch::Receiver<u64>, revision: u64, within: Duration) {
    let learnt = watch.wait_for(|newest| *newest >= revision);
    let learnt = tokio::time::timeout(within, learnt).await;
    assert!(
        learnt.is_ok(),
        "revision {revision} was not learnt of within {within:?}"
    );
}

#[tokio::test]
async fn another_process_learns_of_a_change_at_once() {
    let place = Place::postgres();
    let (here, there) = (place.open().await, place.open().await);
    let mut watch = there.watch();
    // The first change may come before the other process listens; the poll finds that one.
    change(&here, "one").await;
    learns(&mut watch, 1, Duration::from_secs(3)).await;
    change(&here, "two").await;
    learns(&mut watch, 2, Duration::from_secs(2)).await;
}

#[tokio::test]
async fn the_feed_and_the_pool_recover_from_lost_connections() {
    let place = Place::postgres();
    let (here, there) = (place.open().await, place.open().await);
    let mut watch = there.watch();
    change(&here, "one").await;
    learns(&mut watch, 1, Duration::from_secs(3)).await;
    place
        .tamper(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .await;
    let mut tries = 0;
    let changes = [Change::Put(team("acme", "two"))];
    while let Err(error) = here.change(&changes, "ann", Micros(0), None).await {
        tries += 1;
        assert!(tries < 20, "still failing: {error}");
        tokio::task::yield_now().await;
    }
    learns(&mut watch, 2, Duration::from_secs(3)).await;
    assert!(there.setting("none").await.is_ok());
}

#[tokio::test]
async fn a_transaction_that_nobody_waits_for_is_rolled_back() {
    let place = Place::postgres();
    let store = place.open().await;
    for round in 0..20 {
        let changes = [Change::Put(team("acme", &format!("{round}")))];
        let change = store.change(&changes, "ann", Micros(0), None);
        // Given up somewhere between its first and its last query.
        let _ = tokio::time::timeout(Duration::from_micros(200 * round), change).await;
    }
    change(&store, "last").await;
    let acme = store.export().await.unwrap();
    assert_eq!(acme[0].spec, team("acme", "last").spec);
    let newest = *store.watch().borrow();
    let all = store.history(&Default::default(), None, 100).await.unwrap();
    assert_eq!(all.len() as u64, newest, "no revision is missing");
}
