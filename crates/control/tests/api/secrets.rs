use std::sync::atomic::Ordering;

use serde_json::json;

use crate::desk::Desk;

#[tokio::test]
async fn a_secret_is_kept_and_never_shown() {
    let desk = Desk::new().await;
    let kept = desk
        .put(
            "/api/v1/secrets/openai",
            json!({ "value": "sk-very-secret" }),
        )
        .await;
    assert_eq!(kept.expect(200), json!({ "name": "openai" }));
    assert_eq!(desk.runtime.secrets_refreshed.load(Ordering::Relaxed), 1);
    let listed = desk.get("/api/v1/secrets").await;
    assert_eq!(
        listed.expect(200),
        json!({ "items": [{ "name": "openai" }] })
    );
    for path in ["/api/v1/secrets", "/api/v1/export", "/api/v1/history"] {
        assert!(
            !desk.get(path).await.text.contains("sk-very-secret"),
            "{path}"
        );
    }
    let wrong = desk
        .put(
            "/api/v1/secrets/openai",
            json!({ "value": 7, "x": "sk-very-secret" }),
        )
        .await;
    assert!(!wrong.problem(400).contains("sk-very-secret"));
    let empty = desk
        .put("/api/v1/secrets/openai", json!({ "value": "" }))
        .await;
    insta::assert_snapshot!(empty.problem(400), @"bad_request: The secret is empty.");
}

#[tokio::test]
async fn a_secret_that_a_provider_takes_cannot_be_deleted() {
    let desk = Desk::new().await;
    desk.put("/api/v1/secrets/key-1", json!({ "value": "sk" }))
        .await
        .expect(200);
    let credentials = json!([{ "name": "main", "key": { "secret": "key-1" } }]);
    let spec = json!({ "spec": { "credentials": credentials } });
    let made = desk
        .put("/api/v1/resources/Provider/openai", spec)
        .await
        .expect(201);
    assert_eq!(made["warnings"], json!([]));
    let used = desk.delete("/api/v1/secrets/key-1").await.problem(409);
    insta::assert_snapshot!(used, @"conflict: Secret key-1 is taken by Provider openai. Change that first.");
    desk.delete("/api/v1/resources/Provider/openai")
        .await
        .expect(200);
    desk.delete("/api/v1/secrets/key-1").await.expect(200);
    desk.put("/api/v1/secrets/key-2", json!({ "value": "sk" }))
        .await
        .expect(200);
    let gone = desk.delete("/api/v1/secrets/key-1").await.problem(404);
    insta::assert_snapshot!(gone, @r#"not_found: There is no secret called "key-1". Did you mean key-2?"#);
}
