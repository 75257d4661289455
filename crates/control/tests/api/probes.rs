use serde_json::json;

use crate::desk::Desk;

const STORED: &str = "/api/v1/providers/test";

#[tokio::test]
async fn a_stored_provider_is_asked_with_each_of_its_credentials() {
    let desk = Desk::new().await;
    for name in ["good", "bad"] {
        desk.put(
            &format!("/api/v1/secrets/{name}"),
            json!({ "value": "sk-1" }),
        )
        .await;
    }
    let credentials = json!([
        { "name": "bad", "key": { "secret": "bad" } },
        { "name": "absent", "key": { "env": "ABSENT" } },
        { "name": "good", "key": { "secret": "good" } },
        { "name": "needless", "key": { "secret": "good" } },
    ]);
    let spec = json!({ "catalog": "openai", "credentials": credentials });
    desk.put("/api/v1/resources/Provider/mine", json!({ "spec": spec }))
        .await
        .expect(201);
    let probes = desk.post("/api/v1/providers/mine/test", json!({})).await;
    insta::assert_snapshot!(serde_json::to_string_pretty(&probes.expect(200)).unwrap(), @r#"
    {
      "items": [
        {
          "class": "auth",
          "credential": "bad",
          "models": [],
          "note": "no such key",
          "ok": false,
          "status": 401,
          "took": 1500
        },
        {
          "credential": "good",
          "models": [
            "mine-model"
          ],
          "ok": true,
          "took": 1500
        },
        {
          "credential": "needless",
          "models": [
            "mine-model"
          ],
          "note": "The provider tells its models to whoever asks, so this does not prove that the key is good.",
          "ok": true,
          "took": 1500
        },
        {
          "credential": "absent",
          "models": [],
          "note": "the variable ABSENT is not set",
          "ok": false,
          "took": 0
        }
      ]
    }
    "#);
    let sandbox = desk.post("/api/v1/providers/sandbox/test", json!({})).await;
    let sandbox = sandbox.expect(200);
    assert_eq!(sandbox["items"][0]["models"], json!(["sandbox-model"]));
    assert!(sandbox["items"][0].get("credential").is_none());
    let told = desk.post("/api/v1/providers/mina/test", json!({})).await;
    insta::assert_snapshot!(told.problem(404), @r#"not_found: There is no provider called "mina". Did you mean mine?"#);
}

#[tokio::test]
async fn a_provider_is_asked_before_it_is_stored_and_nothing_is_changed() {
    let desk = Desk::new().await;
    let spec = json!({ "dialect": "openai-chat", "base_url": "http://127.0.0.1:9/v1" });
    let probes = desk
        .post(STORED, json!({ "name": "new", "spec": spec }))
        .await;
    let probes = probes.expect(200);
    assert_eq!(
        probes,
        json!({ "items": [{ "ok": true, "took": 1_500, "models": ["new-model"] }] })
    );
    assert_eq!(desk.revision().await, 0);
}

#[tokio::test]
async fn a_spec_that_cannot_be_is_refused_as_it_would_be_when_stored() {
    let desk = Desk::new().await;
    for spec in [
        json!({ "dialect": "openai" }),
        json!({ "base_url": "http://h/v1" }),
        json!({ "catalog": "nobody" }),
    ] {
        let told = desk
            .post(STORED, json!({ "name": "new", "spec": spec }))
            .await;
        let path = "/api/v1/resources/Provider/new";
        let stored = desk.put(path, json!({ "spec": spec })).await;
        assert_eq!(told.expect(422), stored.expect(422));
        let pointer = told.json()["errors"][0]["pointer"].clone();
        assert!(pointer.as_str().unwrap().starts_with("#/spec"), "{pointer}");
    }
}
