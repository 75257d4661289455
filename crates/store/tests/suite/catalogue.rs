//! Updates of the catalogue.

use serde_json::json;
use tollgate_model::Micros;
use tollgate_store::{CatalogueChange, Change, HistoryFilter, StoreError, Subject};

use crate::place::Place;
use crate::records::team;

on_both_databases! {
    an_update_is_in_force_from_its_revision_on,
    what_was_in_force_can_be_again,
    the_same_update_twice_is_one,
    a_revision_that_brought_no_update_cannot_be_restored,
}

const NOON: Micros = Micros(1_795_521_600_000_000);

fn bring(text: &str) -> CatalogueChange {
    CatalogueChange::Bring(text.to_owned(), json!({ "source": text }))
}

async fn an_update_is_in_force_from_its_revision_on(place: Place) {
    let store = place.open().await;
    let changes = [Change::Put(team("acme", "Acme"))];
    store.change(&changes, "ann", NOON, None).await.unwrap();
    let watch = store.watch();
    let made = store.change_catalogue(bring("one"), "bob", NOON).await;
    let made = made.unwrap().unwrap();
    assert_eq!((made.revision, &made.subject), (2, &Subject::Catalogue));
    assert_eq!(made.before, None);
    assert_eq!(made.after, Some(json!({ "source": "one", "update": 2 })));
    assert_eq!(*watch.borrow(), 2);
    assert_eq!(store.catalogue_at(1).await.unwrap(), None);
    assert_eq!(store.catalogue_at(2).await.unwrap(), Some(2));
    let update = store.catalogue_update(2).await.unwrap().unwrap();
    assert_eq!(
        (update.text.as_str(), update.actor.as_str()),
        ("one", "bob")
    );
    assert_eq!(
        (update.at, update.about["source"].as_str()),
        (NOON, Some("one"))
    );
    let history = store
        .history(&HistoryFilter::default(), None, 9)
        .await
        .unwrap();
    assert_eq!(history[0], made);
    let resources = store.at_revision(2).await.unwrap();
    assert_eq!(resources.len(), 1, "the catalogue is no resource");
    let reopened = place.open().await;
    assert_eq!(reopened.catalogue_at(9).await.unwrap(), Some(2));
}

async fn what_was_in_force_can_be_again(place: Place) {
    let store = place.open().await;
    for text in ["one", "two"] {
        store
            .change_catalogue(bring(text), "ann", NOON)
            .await
            .unwrap();
    }
    let reset = store
        .change_catalogue(CatalogueChange::Reset, "ann", NOON)
        .await;
    let reset = reset.unwrap().unwrap();
    assert_eq!((reset.revision, &reset.after), (3, &None));
    assert_eq!(store.catalogue_at(3).await.unwrap(), None);
    let again = store
        .change_catalogue(CatalogueChange::Restore(1), "ann", NOON)
        .await;
    let again = again.unwrap().unwrap();
    assert_eq!(again.after, Some(json!({ "source": "one", "update": 1 })));
    assert_eq!(store.catalogue_at(4).await.unwrap(), Some(1));
    assert_eq!(store.catalogue_at(2).await.unwrap(), Some(2));
}

async fn the_same_update_twice_is_one(place: Place) {
    let store = place.open().await;
    let reset = store
        .change_catalogue(CatalogueChange::Reset, "ann", NOON)
        .await;
    assert_eq!(reset.unwrap(), None, "nothing was in force");
    store
        .change_catalogue(bring("one"), "ann", NOON)
        .await
        .unwrap();
    let again = store.change_catalogue(bring("one"), "ann", NOON).await;
    assert_eq!(again.unwrap(), None);
    let restored = store
        .change_catalogue(CatalogueChange::Restore(1), "ann", NOON)
        .await;
    assert_eq!(restored.unwrap(), None);
}

async fn a_revision_that_brought_no_update_cannot_be_restored(place: Place) {
    let store = place.open().await;
    let changes = [Change::Put(team("acme", "Acme"))];
    store.change(&changes, "ann", NOON, None).await.unwrap();
    for revision in [1, 7] {
        let made = store
            .change_catalogue(CatalogueChange::Restore(revision), "ann", NOON)
            .await;
        assert!(matches!(made, Err(StoreError::Conflict(_))), "{made:?}");
    }
    assert_eq!(*store.watch().borrow(), 1, "no number was used up");
}
