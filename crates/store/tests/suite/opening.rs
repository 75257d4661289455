//! Opening a store: migrations, newer data, permissions, the host's clock.

use tollgate_model::Nanos;
use tollgate_model::time::Window;
use tollgate_store::{Location, Store, StoreError};

use crate::place::Place;
use crate::records::{budget, dollars};

on_both_databases! {
    opening_again_keeps_everything,
    many_may_open_an_empty_database_at_once,
    newer_data_are_refused_and_left_alone,
    the_hosts_clock_opens_a_window_around_the_present,
}

async fn opening_again_keeps_everything(place: Place) {
    let store = place.open().await;
    store.set_setting("node", "n1").await.unwrap();
    drop(store);
    let store = place.open().await;
    assert_eq!(store.setting("node").await.unwrap().as_deref(), Some("n1"));
    store.set_setting("node", "n2").await.unwrap();
    assert_eq!(store.setting("node").await.unwrap().as_deref(), Some("n2"));
    assert!(store.remove_setting("node").await.unwrap());
    assert!(!store.remove_setting("node").await.unwrap());
    assert_eq!(store.setting("node").await.unwrap(), None);
}

async fn many_may_open_an_empty_database_at_once(place: Place) {
    let (a, b, c) = tokio::join!(place.open(), place.open(), place.open());
    for store in [a, b, c] {
        assert_eq!(*store.watch().borrow(), 0);
    }
}

async fn newer_data_are_refused_and_left_alone(place: Place) {
    drop(place.open().await);
    place
        .tamper("INSERT INTO migrations VALUES (9999, 0)")
        .await;
    let error = Store::open(&place.location).await.unwrap_err();
    let StoreError::NewerData { found, known } = error else {
        panic!("{error}");
    };
    assert_eq!((found, known), (9999, 6));
    assert!(error.to_string().contains("at migration 9999"), "{error}");
    place
        .tamper("DELETE FROM migrations WHERE number = 9999")
        .await;
    place.open().await;
}

async fn the_hosts_clock_opens_a_window_around_the_present(place: Place) {
    let store = Store::open(&place.location).await.unwrap();
    let fund = budget("hourly", dollars("1"), Window::Hour);
    let lease = store
        .lease("n1", &fund, Nanos::ZERO, dollars("1"))
        .await
        .unwrap();
    let metadata = tempfile::tempfile().unwrap().metadata().unwrap();
    let now = metadata.modified().unwrap();
    let now = now.duration_since(std::time::UNIX_EPOCH).unwrap();
    let now = i64::try_from(now.as_micros()).unwrap();
    let left = lease.ends.0 - now;
    assert!((-5_000_000..=3_600_000_000).contains(&left), "{left}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tollgate.db");
    let store = Store::open(&Location::Sqlite(path)).await.unwrap();
    store.set_setting("a", "b").await.unwrap();
    let mut files = 0;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let metadata = entry.unwrap().metadata().unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
        files += 1;
    }
    assert_eq!(
        files, 3,
        "the database, its write-ahead log and the index of that"
    );
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tollgate.db");
    std::fs::write(&path, "x".repeat(5_000)).unwrap();
    let error = Store::open(&Location::Sqlite(path)).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt(_)), "{error}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_unavailable() {
    let location = Location::Postgres("postgres://user:hunter2@127.0.0.1:1/x".to_owned());
    let error = Store::open(&location).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    assert!(!format!("{error} {error:?} {location:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_url_that_demands_tls_is_refused_with_the_way_out() {
    let url = "postgres://user:hunter2@localhost/x?sslmode=require";
    let location = Location::Postgres(url.to_owned());
    let error = Store::open(&location).await.unwrap_err().to_string();
    assert!(error.contains("sslmode=disable"), "{error}");
    let location = Location::Postgres("postgres://user:hunter2@localhost/x?port=y".to_owned());
    let error = Store::open(&location).await.unwrap_err().to_string();
    assert!(
        error.contains("URL") && !error.contains("hunter2"),
        "{error}"
    );
}
