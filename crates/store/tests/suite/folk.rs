//! People, invitations and sessions, as the tests need them.

use tollgate_model::{KeyHash, Micros, PersonName, Role};
use tollgate_store::{Invitation, Person, Purpose, Redeemed, Store};

/// When the tests take place.
pub(crate) const NOW: Micros = Micros(1_795_521_600_000_000);
/// When what they make expires.
pub(crate) const LATER: Micros = Micros(NOW.0 + 3_600_000_000);

pub(crate) fn person(text: &str) -> PersonName {
    text.parse().unwrap()
}

pub(crate) fn token(text: &str) -> KeyHash {
    KeyHash::of(text.as_bytes())
}

pub(crate) fn invitation(text: &str, purpose: Purpose) -> Invitation {
    Invitation {
        hash: token(text),
        purpose,
        made_by: "anna".to_owned(),
        created: NOW,
        expires: LATER,
    }
}

/// Lets somebody in, with the password `first`.
pub(crate) async fn join(store: &Store, called: &str, role: Role) -> Person {
    let link = format!("link of {called}");
    let invitation = invitation(&link, Purpose::Join(role));
    store.invite(&invitation).await.unwrap();
    let redeemed = store
        .redeem(invitation.hash, &person(called), "first", NOW)
        .await
        .unwrap();
    let Redeemed::Person(person) = redeemed else {
        panic!("{redeemed:?}");
    };
    person
}

/// Begins a session.
pub(crate) async fn sign_in(store: &Store, called: &str, text: &str) {
    let begun = store
        .begin_session(token(text), &person(called), "a browser", (NOW, LATER))
        .await
        .unwrap();
    assert!(begun);
}

/// The sessions of somebody, by hash.
pub(crate) async fn sessions(store: &Store, called: &str) -> Vec<KeyHash> {
    let sessions = store.sessions(&person(called)).await.unwrap();
    sessions.iter().map(|session| session.hash).collect()
}
