//! Invitations: made, listed, revoked, and good for once.

use tollgate_model::{Micros, Role};
use tollgate_store::{Attempt, Invitation, Purpose, Redeemed, StoreError};

use crate::folk::{LATER, NOW, invitation, join, person, sessions, sign_in, token};
use crate::place::Place;

on_both_databases! {
    open_invitations_are_listed_the_oldest_first,
    an_invitation_lets_one_person_in,
    a_name_that_is_taken_leaves_the_invitation_good,
    a_reset_sets_the_password_of_its_person_only,
    nobody_can_be_invited_to_set_the_password_of_nobody,
    of_two_who_redeem_at_once_one_comes_in,
}

async fn open_invitations_are_listed_the_oldest_first(place: Place) {
    let store = place.open().await;
    let anna = join(&store, "Anna", Role::Owner).await.name;
    let old = Invitation {
        created: Micros(NOW.0 - 5),
        ..invitation("old", Purpose::Reset(person("ANNA")))
    };
    let over = Invitation {
        expires: NOW,
        ..invitation("over", Purpose::Join(Role::Viewer))
    };
    let new = invitation("new", Purpose::Join(Role::Admin));
    for invitation in [&new, &over, &old] {
        store.invite(invitation).await.unwrap();
    }
    let listed = store.invitations(NOW).await.unwrap();
    assert_eq!(listed, [old.clone(), new.clone()]);
    let Purpose::Reset(named) = &listed[0].purpose else {
        panic!("{listed:?}");
    };
    assert_eq!(named.as_str(), anna.as_str(), "as the person wrote it");
    assert_eq!(store.invitation(token("over")).await.unwrap(), Some(over));
    assert!(store.revoke_invitation(token("old")).await.unwrap());
    assert!(!store.revoke_invitation(token("old")).await.unwrap());
    assert_eq!(store.invitations(NOW).await.unwrap(), [new]);
    store.prune_sign_in(NOW).await.unwrap();
    assert_eq!(store.invitation(token("over")).await.unwrap(), None);
    assert!(store.invitation(token("new")).await.unwrap().is_some());
}

async fn an_invitation_lets_one_person_in(place: Place) {
    let store = place.open().await;
    let (anna, bob) = (person("anna"), person("bob"));
    let link = invitation("link", Purpose::Join(Role::Admin));
    let gone = store.redeem(link.hash, &anna, "x", NOW).await.unwrap();
    assert_eq!(gone, Redeemed::Gone, "never made");
    store.invite(&link).await.unwrap();
    let gone = store.redeem(link.hash, &anna, "x", LATER).await.unwrap();
    assert_eq!(gone, Redeemed::Gone, "expired");
    let last = Micros(LATER.0 - 1);
    let redeemed = store.redeem(link.hash, &anna, "x", last).await.unwrap();
    let Redeemed::Person(made) = redeemed else {
        panic!("{redeemed:?}");
    };
    assert_eq!(
        (made.role, made.created, made.last_seen),
        (Role::Admin, last, None)
    );
    assert_eq!(store.person(&anna).await.unwrap(), Some(made));
    let gone = store.redeem(link.hash, &bob, "x", NOW).await.unwrap();
    assert_eq!(gone, Redeemed::Gone, "used");
    assert_eq!(store.person(&bob).await.unwrap(), None);
}

async fn a_name_that_is_taken_leaves_the_invitation_good(place: Place) {
    let store = place.open().await;
    join(&store, "anna", Role::Owner).await;
    let link = invitation("link", Purpose::Join(Role::Viewer));
    store.invite(&link).await.unwrap();
    let taken = store.redeem(link.hash, &person("ANNA"), "mine", NOW).await;
    assert_eq!(taken.unwrap(), Redeemed::NameTaken);
    let anna = store.person(&person("anna")).await.unwrap().unwrap();
    assert_eq!(anna.role, Role::Owner);
    let password = store.password(&anna.name).await.unwrap();
    assert_eq!(password.as_deref(), Some("first"));
    let made = store.redeem(link.hash, &person("anne"), "mine", NOW).await;
    assert!(matches!(made.unwrap(), Redeemed::Person(_)));
}

async fn a_reset_sets_the_password_of_its_person_only(place: Place) {
    let store = place.open().await;
    let anna = join(&store, "Anna", Role::Owner).await;
    join(&store, "bob", Role::Viewer).await;
    sign_in(&store, "anna", "a1").await;
    sign_in(&store, "bob", "b1").await;
    for name in ["anna", "bob"] {
        store.begin_attempt(name, NOW, |_| 9_000_000).await.unwrap();
    }
    let link = invitation("link", Purpose::Reset(anna.name.clone()));
    let other = invitation("other", Purpose::Reset(anna.name.clone()));
    store.invite(&link).await.unwrap();
    store.invite(&other).await.unwrap();
    let bob = person("bob");
    let gone = store.redeem(link.hash, &bob, "second", NOW).await.unwrap();
    assert_eq!(gone, Redeemed::Gone);
    assert_eq!(sessions(&store, "anna").await, [token("a1")]);
    let redeemed = store
        .redeem(link.hash, &person("anna"), "second", NOW)
        .await;
    let Redeemed::Person(found) = redeemed.unwrap() else {
        panic!("the link is good");
    };
    assert_eq!(found.name.as_str(), "Anna");
    assert_eq!((found.role, found.created), (anna.role, anna.created));
    let password = store.password(&anna.name).await.unwrap();
    assert_eq!(password.as_deref(), Some("second"));
    assert_eq!(sessions(&store, "anna").await, []);
    assert_eq!(sessions(&store, "bob").await, [token("b1")]);
    let mut attempts = Vec::new();
    for name in ["anna", "bob"] {
        attempts.push(store.begin_attempt(name, NOW, |_| 0).await.unwrap());
    }
    assert_eq!(
        attempts,
        [Attempt::Go, Attempt::Wait(Micros(NOW.0 + 9_000_000))]
    );
    for used in [link.hash, other.hash] {
        let again = store.redeem(used, &anna.name, "third", NOW).await;
        assert_eq!(again.unwrap(), Redeemed::Gone);
    }
}

async fn nobody_can_be_invited_to_set_the_password_of_nobody(place: Place) {
    let store = place.open().await;
    let link = invitation("link", Purpose::Reset(person("Ghost")));
    let error = store.invite(&link).await.unwrap_err();
    let StoreError::Refused(told) = error else {
        panic!("{error}");
    };
    assert!(told.starts_with("there is nobody called Ghost"), "{told}");
    assert_eq!(store.invitations(NOW).await.unwrap(), []);
}

async fn of_two_who_redeem_at_once_one_comes_in(place: Place) {
    let (one, two) = (place.open().await, place.open().await);
    for round in 0..8 {
        let link = invitation(&format!("link {round}"), Purpose::Join(Role::Viewer));
        one.invite(&link).await.unwrap();
        let (anna, bob) = (format!("anna-{round}"), format!("bob-{round}"));
        let (anna, bob) = (person(&anna), person(&bob));
        let (first, second) = tokio::join!(
            one.redeem(link.hash, &anna, "x", NOW),
            two.redeem(link.hash, &bob, "x", NOW),
        );
        let mut redeemed = [first.unwrap(), second.unwrap()];
        redeemed.sort_by_key(|redeemed| *redeemed == Redeemed::Gone);
        assert!(
            matches!(&redeemed, [Redeemed::Person(_), Redeemed::Gone]),
            "{redeemed:?}"
        );
        assert_eq!(one.people().await.unwrap().len(), round + 1);
    }
}
