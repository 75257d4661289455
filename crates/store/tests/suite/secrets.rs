//! Secrets and the key that seals them.

use std::sync::Arc;

use tollgate_store::{SealingError, SealingKey, StoreError};

use crate::place::Place;
use crate::records::name;

on_both_databases! {
    a_secret_is_kept_sealed,
    a_secret_of_another_key_is_named,
    the_key_can_be_rotated,
    a_sealed_secret_cannot_be_moved_to_another_name,
}

fn sealing_key(byte: u8) -> Arc<SealingKey> {
    Arc::new(SealingKey::new(&[byte; 32]).unwrap())
}

async fn a_secret_is_kept_sealed(place: Place) {
    let store = place.open().await;
    let key = sealing_key(1);
    assert_eq!(store.secret(&key, &name("openai")).await.unwrap(), None);
    store
        .put_secret(&key, &name("openai"), "sk-1")
        .await
        .unwrap();
    store
        .put_secret(&key, &name("openai"), "sk-2")
        .await
        .unwrap();
    store.put_secret(&key, &name("gemini"), "").await.unwrap();
    let secret = store.secret(&key, &name("openai")).await.unwrap();
    assert_eq!(secret.as_deref(), Some("sk-2"));
    let names = store.secret_names().await.unwrap();
    assert_eq!(names, [name("gemini"), name("openai")]);
    assert!(store.delete_secret(&name("openai")).await.unwrap());
    assert!(!store.delete_secret(&name("openai")).await.unwrap());
    assert_eq!(store.secret(&key, &name("openai")).await.unwrap(), None);
}

async fn a_secret_of_another_key_is_named(place: Place) {
    let store = place.open().await;
    let (key, other) = (sealing_key(1), sealing_key(2));
    store.put_secret(&key, &name("a"), "sk").await.unwrap();
    let error = store.secret(&other, &name("a")).await.unwrap_err();
    let expected = StoreError::OtherKey {
        name: name("a"),
        sealed_with: key.id().to_owned(),
        held: other.id().to_owned(),
    };
    assert_eq!(error, expected);
}

async fn the_key_can_be_rotated(place: Place) {
    let store = place.open().await;
    let (old, new) = (sealing_key(1), sealing_key(2));
    for called in ["a", "b"] {
        store.put_secret(&old, &name(called), called).await.unwrap();
    }
    store.put_secret(&new, &name("c"), "c").await.unwrap();
    let resealed = store.reseal(Arc::clone(&old), Arc::clone(&new)).await;
    assert_eq!(resealed.unwrap(), 2);
    for called in ["a", "b", "c"] {
        let secret = store.secret(&new, &name(called)).await.unwrap();
        assert_eq!(secret.as_deref(), Some(called));
    }
    assert_eq!(store.reseal(old, new).await.unwrap(), 0);
}

async fn a_sealed_secret_cannot_be_moved_to_another_name(place: Place) {
    let store = place.open().await;
    let key = sealing_key(1);
    store.put_secret(&key, &name("a"), "sk").await.unwrap();
    place.tamper("UPDATE secrets SET name = 'b'").await;
    let error = store.secret(&key, &name("b")).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt(_)), "{error}");
}

#[test]
fn the_key_file_is_made_once_and_kept_from_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sealing.key");
    let made = SealingKey::load_or_create(&path).unwrap();
    let read = SealingKey::load_or_create(&path).unwrap();
    assert_eq!(made.id(), read.id());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    let second = SealingKey::load_or_create(&folder.path().join("other.key")).unwrap();
    assert_ne!(made.id(), second.id());
}

#[cfg(unix)]
#[test]
fn a_key_file_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sealing.key");
    SealingKey::load_or_create(&path).unwrap();
    let mode = |mode| std::fs::Permissions::from_mode(mode);
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    std::fs::set_permissions(&path, mode(0o640)).unwrap();
    let error = SealingKey::load_or_create(&path).unwrap_err();
    assert!(error.to_string().contains("chmod 600"), "{error}");
    std::fs::set_permissions(&path, mode(0o600)).unwrap();
    std::fs::write(&path, [0; 31]).unwrap();
    let error = SealingKey::load_or_create(&path).unwrap_err();
    assert!(
        matches!(error, SealingError::NoKey { length: 31, .. }),
        "{error}"
    );
}
