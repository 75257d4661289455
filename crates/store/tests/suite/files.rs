//! Files that providers keep for applications.

use tollgate_model::Micros;
use tollgate_model::file::{FilePage, KeptFile};
use tollgate_model::kept::Origin;
use tollgate_store::StoreError;

use crate::place::Place;
use crate::records::time;

on_both_databases! {
    a_file_is_shown_to_its_application_only,
    files_come_in_pages_of_one_purpose,
    an_expired_file_is_gone,
    an_id_does_not_move_to_another_provider,
}

fn file(application: &str, id: &str, at: i64) -> KeptFile {
    KeptFile {
        id: id.to_owned(),
        application: application.into(),
        origin: Origin {
            provider: "openai".into(),
            credential: Some("main".into()),
        },
        purpose: "user_data".to_owned(),
        at: Micros(at),
        expires: None,
        object: format!("{{\"id\":\"{id}\"}}"),
        batch: None,
    }
}

fn page(after: Option<&str>, limit: u32) -> FilePage {
    FilePage {
        purpose: None,
        after: after.map(str::to_owned),
        ascending: false,
        limit,
    }
}

async fn a_file_is_shown_to_its_application_only(place: Place) {
    let store = place.open().await;
    let kept = file("web", "file-1", 1);
    store.keep_file(&kept).await.unwrap();
    assert_eq!(store.file("web", "file-1").await.unwrap(), Some(kept));
    assert_eq!(store.file("desk", "file-1").await.unwrap(), None);
    assert_eq!(store.files("desk", &page(None, 9)).await.unwrap(), []);
    assert!(!store.delete_file("desk", "file-1").await.unwrap());
    assert!(store.delete_file("web", "file-1").await.unwrap());
    assert_eq!(store.file("web", "file-1").await.unwrap(), None);
}

async fn files_come_in_pages_of_one_purpose(place: Place) {
    let store = place.open().await;
    for at in 1..=5 {
        let mut kept = file("web", &format!("file-{at}"), at);
        if at == 3 {
            kept.purpose = "batch".to_owned();
        }
        store.keep_file(&kept).await.unwrap();
    }
    let ids = async |page: FilePage| -> Vec<String> {
        let found = store.files("web", &page).await.unwrap();
        found.into_iter().map(|file| file.id).collect()
    };
    assert_eq!(ids(page(None, 2)).await, ["file-5", "file-4"]);
    assert_eq!(
        ids(page(Some("file-4"), 9)).await,
        ["file-3", "file-2", "file-1"]
    );
    assert_eq!(ids(page(Some("file-9"), 9)).await, [""; 0]);
    let rising = FilePage {
        ascending: true,
        ..page(Some("file-2"), 2)
    };
    assert_eq!(ids(rising).await, ["file-3", "file-4"]);
    let of_batches = FilePage {
        purpose: Some("batch".to_owned()),
        ..page(None, 9)
    };
    assert_eq!(ids(of_batches).await, ["file-3"]);
}

async fn an_expired_file_is_gone(place: Place) {
    let store = place.open().await;
    place.set_clock("2026-11-24T12:00:00Z");
    let mut kept = file("web", "file-1", 1);
    kept.expires = Some(time("2026-11-24T13:00:00Z"));
    store.keep_file(&kept).await.unwrap();
    assert!(store.file("web", "file-1").await.unwrap().is_some());
    place.set_clock("2026-11-24T13:00:00Z");
    assert_eq!(store.file("web", "file-1").await.unwrap(), None);
    assert_eq!(store.files("web", &page(None, 9)).await.unwrap(), []);
    let now = time("2026-11-24T13:00:00Z");
    assert_eq!(store.prune_files(now).await.unwrap(), 1);
}

async fn an_id_does_not_move_to_another_provider(place: Place) {
    let store = place.open().await;
    store.keep_file(&file("web", "file-1", 1)).await.unwrap();
    let mut foreign = file("desk", "file-1", 2);
    foreign.origin.provider = "other".into();
    let refused = store.keep_file(&foreign).await.unwrap_err();
    assert!(matches!(refused, StoreError::Conflict(_)), "{refused}");
    // The same provider has forgotten the file of that id, and gives the id anew.
    store.keep_file(&file("desk", "file-1", 3)).await.unwrap();
    assert_eq!(store.file("web", "file-1").await.unwrap(), None);
}
