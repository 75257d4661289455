//! Answers that callers may read again and go on from.

use std::sync::Arc;

use tollgate_model::Micros;
use tollgate_model::kept::{KeptAnswer, Origin};
use tollgate_store::SealingKey;

use crate::place::Place;

on_both_databases! {
    an_answer_is_kept_for_its_application_only,
    an_answer_is_sealed_and_another_key_finds_none,
    answers_that_are_too_old_are_deleted,
}

fn sealing_key(byte: u8) -> SealingKey {
    SealingKey::new(&[byte; 32]).unwrap()
}

fn answer(application: &str, id: &str, at: i64) -> Arc<KeptAnswer> {
    Arc::new(KeptAnswer {
        application: application.into(),
        id: id.into(),
        at: Micros(at),
        origin: Some(Origin {
            provider: "openai".into(),
            credential: Some("main".into()),
        }),
        tokens: 12,
        input: "[\"confidential\"]".into(),
        answer: format!("{{\"id\":\"{id}\"}}"),
    })
}

async fn an_answer_is_kept_for_its_application_only(place: Place) {
    let (store, key) = (place.open().await, sealing_key(1));
    let (web, desk) = (answer("web", "resp_1", 1), answer("desk", "resp_1", 2));
    let both = [Arc::clone(&web), Arc::clone(&desk)];
    store.keep_answers(&key, &both).await.unwrap();
    let found = store.kept_answer(&key, "web", "resp_1").await.unwrap();
    assert_eq!(found.as_ref(), Some(&*web));
    let later = answer("web", "resp_1", 3);
    store
        .keep_answers(&key, &[Arc::clone(&later)])
        .await
        .unwrap();
    let found = store.kept_answer(&key, "web", "resp_1").await.unwrap();
    assert_eq!(found.as_ref(), Some(&*later));
    for (application, id) in [("web", "resp_2"), ("other", "resp_1")] {
        let found = store.kept_answer(&key, application, id).await.unwrap();
        assert_eq!(found, None, "{application} {id}");
    }
    assert!(store.delete_answer("web", "resp_1").await.unwrap());
    assert!(!store.delete_answer("web", "resp_1").await.unwrap());
    let found = store.kept_answer(&key, "desk", "resp_1").await.unwrap();
    assert_eq!(found.as_ref(), Some(&*desk));
}

async fn an_answer_is_sealed_and_another_key_finds_none(place: Place) {
    let (store, key) = (place.open().await, sealing_key(1));
    let kept = [answer("web", "resp_1", 1)];
    store.keep_answers(&key, &kept).await.unwrap();
    let other = sealing_key(2);
    let found = store.kept_answer(&other, "web", "resp_1").await.unwrap();
    assert_eq!(found, None);
}

async fn answers_that_are_too_old_are_deleted(place: Place) {
    let (store, key) = (place.open().await, sealing_key(1));
    let many: Vec<_> = (0..1_100)
        .map(|at| answer("web", &format!("resp_{at}"), at))
        .collect();
    store.keep_answers(&key, &many).await.unwrap();
    assert_eq!(store.prune_answers(Micros(1_099)).await.unwrap(), 1_099);
    assert_eq!(store.prune_answers(Micros(1_099)).await.unwrap(), 0);
    let last = store.kept_answer(&key, "web", "resp_1099").await.unwrap();
    assert!(last.is_some());
}
