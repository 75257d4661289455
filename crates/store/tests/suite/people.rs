//! People: found, changed, removed, and never without an owner.

use tollgate_model::Role;
use tollgate_store::{PersonChange, Purpose};

use crate::folk::{NOW, invitation, join, person, sessions, sign_in, token};
use crate::place::Place;

on_both_databases! {
    people_are_listed_by_name_and_found_in_any_case,
    a_new_password_ends_every_session_but_one,
    a_role_is_changed_and_the_last_owner_stays,
    a_person_goes_with_what_belongs_to_them,
    two_owners_who_go_at_once_leave_one,
}

async fn people_are_listed_by_name_and_found_in_any_case(place: Place) {
    let store = place.open().await;
    assert_eq!(store.people().await.unwrap(), []);
    for (called, role) in [
        ("Zoë", Role::Viewer),
        ("bob", Role::Owner),
        ("Anna@Example.com", Role::Admin),
    ] {
        join(&store, called, role).await;
    }
    let people = store.people().await.unwrap();
    let names: Vec<&str> = people.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["Anna@Example.com", "bob", "Zoë"]);
    let anna = store.person(&person("ANNA@example.COM")).await.unwrap();
    let anna = anna.unwrap();
    assert_eq!(anna, people[0]);
    assert_eq!(anna.name.as_str(), "Anna@Example.com");
    assert_eq!(
        (anna.role, anna.created, anna.last_seen),
        (Role::Admin, NOW, None)
    );
    assert_eq!(store.person(&person("nobody")).await.unwrap(), None);
    let password = store.password(&person("ZOË")).await.unwrap();
    assert_eq!(password.as_deref(), Some("first"));
    assert_eq!(store.password(&person("nobody")).await.unwrap(), None);
}

async fn a_new_password_ends_every_session_but_one(place: Place) {
    let store = place.open().await;
    join(&store, "anna", Role::Owner).await;
    join(&store, "bob", Role::Viewer).await;
    for text in ["a1", "a2", "a3"] {
        sign_in(&store, "anna", text).await;
    }
    sign_in(&store, "bob", "b1").await;
    let keep = Some(token("a2"));
    let anna = person("Anna");
    assert!(store.set_password(&anna, "second", keep).await.unwrap());
    assert_eq!(sessions(&store, "anna").await, [token("a2")]);
    let password = store.password(&anna).await.unwrap();
    assert_eq!(password.as_deref(), Some("second"));
    assert!(store.set_password(&anna, "third", None).await.unwrap());
    assert_eq!(sessions(&store, "anna").await, []);
    assert_eq!(sessions(&store, "bob").await, [token("b1")]);
    let nobody = person("nobody");
    assert!(!store.set_password(&nobody, "x", None).await.unwrap());
}

async fn a_role_is_changed_and_the_last_owner_stays(place: Place) {
    let store = place.open().await;
    let (anna, bob) = (person("anna"), person("bob"));
    let unknown = store.set_role(&anna, Role::Viewer).await.unwrap();
    assert_eq!(unknown, PersonChange::Unknown);
    join(&store, "anna", Role::Owner).await;
    join(&store, "bob", Role::Viewer).await;
    for (name, role, expected) in [
        (&anna, Role::Admin, PersonChange::LastOwner),
        (&anna, Role::Owner, PersonChange::Done),
        (&bob, Role::Admin, PersonChange::Done),
        (&bob, Role::Owner, PersonChange::Done),
        (&anna, Role::Viewer, PersonChange::Done),
        (&bob, Role::Viewer, PersonChange::LastOwner),
    ] {
        let change = store.set_role(name, role).await.unwrap();
        assert_eq!(change, expected, "{name} {role}");
    }
    let removed = store.remove_person(&bob).await.unwrap();
    assert_eq!(removed, PersonChange::LastOwner);
    let roles = store.people().await.unwrap();
    let roles: Vec<Role> = roles.iter().map(|person| person.role).collect();
    assert_eq!(roles, [Role::Viewer, Role::Owner]);
}

async fn a_person_goes_with_what_belongs_to_them(place: Place) {
    let store = place.open().await;
    let bob = person("bob");
    let removed = store.remove_person(&bob).await.unwrap();
    assert_eq!(removed, PersonChange::Unknown);
    join(&store, "anna", Role::Owner).await;
    join(&store, "bob", Role::Admin).await;
    sign_in(&store, "bob", "b1").await;
    sign_in(&store, "anna", "a1").await;
    for (text, purpose) in [
        ("reset bob", Purpose::Reset(bob.clone())),
        ("reset anna", Purpose::Reset(person("anna"))),
        ("join", Purpose::Join(Role::Viewer)),
    ] {
        store.invite(&invitation(text, purpose)).await.unwrap();
    }
    let removed = store.remove_person(&person("BOB")).await.unwrap();
    assert_eq!(removed, PersonChange::Done);
    assert_eq!(store.person(&bob).await.unwrap(), None);
    assert_eq!(store.session(token("b1")).await.unwrap(), None);
    assert_eq!(store.invitation(token("reset bob")).await.unwrap(), None);
    assert_eq!(store.invitations(NOW).await.unwrap().len(), 2);
    // Whoever takes the name finds nothing of the former one's.
    join(&store, "bob", Role::Viewer).await;
    assert_eq!(sessions(&store, "bob").await, []);
    assert_eq!(sessions(&store, "anna").await, [token("a1")]);
}

async fn two_owners_who_go_at_once_leave_one(place: Place) {
    let (one, two) = (place.open().await, place.open().await);
    let (anna, bob) = (person("anna"), person("bob"));
    join(&one, "anna", Role::Owner).await;
    for round in 0..12 {
        if one.person(&bob).await.unwrap().is_none() {
            // A link is good for once, and that of the round before is used up.
            join(&one, "bob", Role::Viewer).await;
        }
        one.set_role(&bob, Role::Owner).await.unwrap();
        one.set_role(&anna, Role::Owner).await.unwrap();
        let (demoted, gone) = if round % 2 == 0 {
            tokio::join!(
                one.set_role(&anna, Role::Viewer),
                two.set_role(&bob, Role::Admin)
            )
        } else {
            tokio::join!(one.set_role(&anna, Role::Admin), two.remove_person(&bob))
        };
        let mut changes = [demoted.unwrap(), gone.unwrap()];
        changes.sort_by_key(|change| *change == PersonChange::LastOwner);
        assert_eq!(
            changes,
            [PersonChange::Done, PersonChange::LastOwner],
            "{round}"
        );
        let people = one.people().await.unwrap();
        let owners = people.iter().filter(|p| p.role == Role::Owner).count();
        assert_eq!(owners, 1, "{round}");
    }
}
