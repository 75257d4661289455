use serde_json::json;
use std::sync::atomic::Ordering;
use tollgate_model::ids::key_text;
use tollgate_model::{KeyHash, key_pair};

use crate::desk::Desk;

#[tokio::test]
async fn a_key_is_shown_once_and_works() {
    let desk = Desk::furnished().await;
    let created = desk
        .post("/api/v1/keys", json!({ "application": "web" }))
        .await
        .expect(201);
    let key = created["key"].as_str().unwrap();
    let name = created["name"].as_str().unwrap();
    assert!(key_text::is_well_formed(key));
    assert!(key.starts_with(created["hint"].as_str().unwrap()));
    assert!(name.starts_with("web-") && name.len() == 9, "{name}");
    let entry = desk
        .store
        .key_by_hash(&KeyHash::of(key.as_bytes()))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (entry.application.as_str(), entry.rule.name.as_str()),
        ("web", name)
    );
    for path in [
        "/api/v1/keys",
        "/api/v1/export",
        "/api/v1/history",
        "/api/v1/resources",
    ] {
        assert!(!desk.get(path).await.text.contains(key), "{path}");
    }
    let other = desk
        .post("/api/v1/keys", json!({ "application": "web" }))
        .await
        .expect(201);
    assert_ne!(other["key"], created["key"]);
}

#[tokio::test]
async fn a_key_is_a_key_pair_too_that_is_kept_nowhere_and_can_be_shown_again() {
    let desk = Desk::furnished().await;
    let body = json!({ "application": "web", "name": "web-1" });
    let created = desk.post("/api/v1/keys", body).await.expect(201);
    let (id, secret) = (
        &created["aws"]["access_key_id"],
        &created["aws"]["secret_access_key"],
    );
    let hash = KeyHash::of(created["key"].as_str().unwrap().as_bytes());
    assert_eq!(key_pair::hash_of(id.as_str().unwrap()), Some(hash));
    let again = desk
        .post("/api/v1/keys/web-1/aws", json!({}))
        .await
        .expect(200);
    assert_eq!(again, created["aws"]);
    for path in ["/api/v1/keys", "/api/v1/export", "/api/v1/history"] {
        assert!(
            !desk.get(path).await.text.contains(secret.as_str().unwrap()),
            "{path}"
        );
    }
    desk.post("/api/v1/keys/nobody/aws", json!({}))
        .await
        .expect(404);
}

#[tokio::test]
async fn a_revoked_key_says_so_and_stays() {
    let desk = Desk::furnished().await;
    let body = json!({ "application": "web", "name": "web-1" });
    let created = desk.post("/api/v1/keys", body).await.expect(201);
    let hash = KeyHash::of(created["key"].as_str().unwrap().as_bytes());
    let revoked = desk
        .post("/api/v1/keys/web-1/revoke", json!({}))
        .await
        .expect(200);
    assert_eq!(revoked["state"], "revoked");
    assert!(
        desk.store
            .key_by_hash(&hash)
            .await
            .unwrap()
            .unwrap()
            .revoked
    );
    let again = desk
        .post("/api/v1/keys/web-1/revoke", json!({}))
        .await
        .expect(200);
    assert_eq!(again["revision"], revoked["revision"]);
    let unknown = desk
        .post("/api/v1/keys/web-2/revoke", json!({}))
        .await
        .problem(404);
    insta::assert_snapshot!(unknown, @r#"not_found: There is no Key called "web-2". Did you mean web-1?"#);
}

#[tokio::test]
async fn a_key_expires_when_it_was_told_to() {
    let desk = Desk::furnished().await;
    let body = json!({ "application": "web", "name": "short", "expires_in": "12h" });
    let created = desk.post("/api/v1/keys", body).await.expect(201);
    assert_eq!(created["expires_at"], "2026-11-24T18:00:00Z");
    let state = || async { desk.get("/api/v1/keys").await.json()["items"][0]["state"].clone() };
    assert_eq!(state().await, "active");
    desk.clock
        .fetch_add(12 * 3_600 * 1_000_000, Ordering::Relaxed);
    assert_eq!(state().await, "expired");
}

#[tokio::test]
async fn a_key_that_cannot_be_is_refused_with_the_reason() {
    let desk = Desk::furnished().await;
    let named = json!({ "application": "web", "name": "web-1" });
    desk.post("/api/v1/keys", named.clone()).await.expect(201);
    let later = "2030-01-01T00:00:00Z";
    let mut told = Vec::new();
    for (body, status) in [
        (json!({ "application": "webb" }), 404),
        (
            json!({ "application": "web", "expires_at": "2020-01-01T00:00:00Z" }),
            400,
        ),
        (
            json!({ "application": "web", "expires_at": later, "expires_in": "1d" }),
            400,
        ),
        (json!({ "application": "web", "expires_in": "1mo" }), 400),
        (json!({ "application": "web", "name": "a b" }), 400),
        (json!({ "application": "web", "models": [""] }), 400),
        (named, 409),
    ] {
        told.push(desk.post("/api/v1/keys", body).await.problem(status));
    }
    insta::assert_snapshot!(told.join("\n"), @r#"
    not_found: There is no Application called "webb". Did you mean web?
    bad_request: The key would have expired at 2020-01-01T00:00:00Z.
    bad_request: Give expires_at or expires_in, not both.
    bad_request: "1mo" is not a span such as 90d or 12h.
    bad_request: "a b" is not a name: use 1 to 128 letters, digits and . _ - : @, beginning with a letter or digit.
    bad_request: A model's name is empty.
    conflict: Key web-1 exists already.
    "#);
}

#[tokio::test]
async fn keys_are_listed_by_application() {
    let desk = Desk::furnished().await;
    desk.put(
        "/api/v1/resources/Application/cli",
        json!({ "spec": { "team": "acme" } }),
    )
    .await
    .expect(201);
    for (application, name) in [("web", "a"), ("cli", "b"), ("web", "c"), ("web", "d")] {
        let body = json!({ "application": application, "name": name });
        desk.post("/api/v1/keys", body).await.expect(201);
    }
    let first = desk
        .get("/api/v1/keys?application=web&limit=2")
        .await
        .expect(200);
    assert_eq!(
        (&first["items"][1]["name"], &first["next"]),
        (&json!("c"), &json!("c"))
    );
    let second = desk
        .get("/api/v1/keys?application=web&limit=2&after=c")
        .await
        .expect(200);
    assert_eq!(
        (&second["items"][0]["name"], &second["next"]),
        (&json!("d"), &json!(null))
    );
}
