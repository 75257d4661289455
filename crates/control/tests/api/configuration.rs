use std::sync::Arc;

use serde_json::{Value, json};

use crate::desk::Desk;

fn provider(secret: Value) -> Value {
    json!({ "kind": "Provider", "name": "openai", "spec": {
        "credentials": [{ "name": "main", "key": secret }],
    } })
}

fn model(provider: &str) -> Value {
    json!({ "kind": "Model", "name": "smart", "spec": {
        "targets": [{ "provider": provider, "model": "gpt-5" }],
    } })
}

fn actions(applied: &Value) -> Vec<&str> {
    let changes = applied["changes"].as_array().unwrap();
    changes
        .iter()
        .map(|change| change["action"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_resource_is_made_read_changed_and_deleted() {
    let desk = Desk::new().await;
    let path = "/api/v1/resources/team/acme";
    let created = desk.put(path, json!({ "spec": {} })).await.expect(201);
    assert_eq!(
        (actions(&created), &created["revision"]),
        (vec!["created"], &json!(1))
    );
    let read = desk.get(path).await;
    assert_eq!(read.headers["etag"], "\"1\"");
    assert_eq!(
        read.expect(200),
        json!({
            "kind": "Team", "name": "acme", "spec": {}, "revision": 1,
            "created_at": "2026-11-24T06:00:00Z", "updated_at": "2026-11-24T06:00:00Z",
        })
    );
    let mut edited = read.json();
    edited["spec"]["title"] = json!("Acme");
    let updated = desk.put(path, edited.clone()).await.expect(200);
    assert_eq!(actions(&updated), ["updated"]);
    assert_eq!(updated["changes"][0]["before"], json!({}));
    assert_eq!(updated["changes"][0]["after"], json!({ "title": "Acme" }));
    let stale = desk.put(path, edited).await.problem(412);
    insta::assert_snapshot!(stale, @"precondition_failed: Team acme is at revision 2, not 1.");
    let again = desk
        .put(path, json!({ "spec": { "title": "Acme" } }))
        .await
        .expect(200);
    assert_eq!(
        (actions(&again), &again["revision"]),
        (vec!["unchanged"], &json!(2))
    );
    let deleted = desk.delete(path).await.expect(200);
    assert_eq!(
        (actions(&deleted), &deleted["revision"]),
        (vec!["deleted"], &json!(3))
    );
    insta::assert_snapshot!(desk.get(path).await.problem(404), @r#"not_found: There is no Team called "acme"."#);
    insta::assert_snapshot!(desk.delete(path).await.problem(404), @r#"not_found: There is no Team called "acme"."#);
}

#[tokio::test]
async fn a_write_that_expects_another_revision_is_refused() {
    let desk = Desk::furnished().await;
    let path = "/api/v1/resources/Team/acme";
    let body = || Some(json!({ "spec": { "title": "New" } }));
    for (header, value, status) in [
        ("if-match", "\"9\"", 412),
        ("if-none-match", "*", 412),
        ("if-match", "1", 400),
        ("if-match", "\"1\"", 200),
        ("if-match", "\"1\"", 412),
        ("if-match", "*", 200),
    ] {
        let answer = desk.ask("PUT", path, &[(header, value)], body()).await;
        assert_eq!(answer.status, status, "{header}: {value}: {}", answer.text);
    }
    let absent = "/api/v1/resources/Team/other";
    assert_eq!(
        desk.ask("PUT", absent, &[("if-match", "*")], body())
            .await
            .status,
        412
    );
    assert_eq!(
        desk.ask("PUT", absent, &[("if-none-match", "*")], body())
            .await
            .status,
        201
    );
    assert_eq!(
        desk.ask("DELETE", absent, &[("if-match", "\"1\"")], None)
            .await
            .status,
        412
    );
}

#[tokio::test]
async fn what_the_body_says_of_itself_has_to_be_what_the_path_says() {
    let desk = Desk::new().await;
    let path = "/api/v1/resources/Team/acme";
    let kind = desk
        .put(path, json!({ "kind": "Model", "spec": {} }))
        .await
        .expect(400);
    assert_eq!(kind["errors"][0]["pointer"], "#/kind");
    let name = desk
        .put(path, json!({ "name": "b", "spec": {} }))
        .await
        .expect(400);
    assert_eq!(name["errors"][0]["pointer"], "#/name");
    let spec = desk
        .put(path, json!({ "spec": { "titel": "A" } }))
        .await
        .expect(422);
    insta::assert_snapshot!(spec["errors"], @r##"[{"detail":"Team acme: spec.titel: unknown field `titel`, expected `title` or `billing`; did you mean `title`?","pointer":"#/spec/titel"}]"##);
}

#[tokio::test]
async fn apply_makes_all_or_nothing_and_tells_every_fault() {
    let desk = Desk::new().await;
    let documents = json!([
        { "kind": "Team", "name": "acme" },
        { "kind": "Application", "name": "web", "spec": { "team": "acmee" } },
        model("opnai"),
        provider(json!({ "env": "OPENAI_API_KEY" })),
    ]);
    let refused = desk
        .post("/api/v1/apply", json!({ "documents": documents }))
        .await
        .expect(422);
    insta::assert_snapshot!(serde_json::to_string_pretty(&refused).unwrap(), @r##"
    {
      "code": "invalid",
      "detail": "There are 2 faults. Nothing was changed.",
      "errors": [
        {
          "detail": "Model smart: spec.targets[0].provider: there is no Provider called \"opnai\"; did you mean openai?",
          "pointer": "#/documents/2/spec/targets/0/provider"
        },
        {
          "detail": "Application web: spec.team: there is no Team called \"acmee\"; did you mean acme?",
          "pointer": "#/documents/1/spec/team"
        }
      ],
      "status": 422,
      "title": "The configuration is not valid",
      "type": "/problems/invalid"
    }
    "##);
    assert_eq!(desk.revision().await, 0);
    assert!(desk.store.export().await.unwrap().is_empty());
}

#[tokio::test]
async fn apply_tells_what_it_did_and_what_is_doubtful() {
    let desk = Desk::new().await;
    let documents = json!([
        provider(json!({ "env": "OPENAI_API_KEY" })),
        model("openai"),
        { "kind": "Budget", "name": "b", "spec": {
            "scope": { "model": "nobody" }, "limit": "5", "window": "day" } },
    ]);
    let dry = json!({ "documents": documents, "dry_run": true });
    let told = desk.post("/api/v1/apply", dry).await.expect(200);
    assert_eq!(actions(&told), ["created"; 3]);
    assert_eq!((desk.revision().await, &told["revision"]), (0, &json!(0)));
    let applied = desk
        .post("/api/v1/apply", json!({ "documents": documents }))
        .await
        .expect(200);
    assert_eq!(applied["revision"], 3);
    insta::assert_snapshot!(applied["warnings"], @r#"["Provider openai: credential main: the variable OPENAI_API_KEY is not set","Budget b: no model is called \"nobody\" so far"]"#);
    let again = desk
        .post("/api/v1/apply", json!({ "documents": documents }))
        .await
        .expect(200);
    assert_eq!(
        (actions(&again), &again["revision"]),
        (vec!["unchanged"; 3], &json!(3))
    );
}

#[tokio::test]
async fn an_export_applied_is_no_change() {
    let desk = Desk::furnished().await;
    desk.post(
        "/api/v1/keys",
        json!({ "application": "web", "models": ["gpt-*"] }),
    )
    .await
    .expect(201);
    let export = desk.get("/api/v1/export").await.expect(200);
    assert_eq!(export["documents"].as_array().unwrap().len(), 3);
    let applied = desk.post("/api/v1/apply", export).await.expect(200);
    assert_eq!(actions(&applied), ["unchanged"; 3]);
}

#[tokio::test]
async fn a_resource_given_twice_is_refused() {
    let desk = Desk::new().await;
    let team = json!({ "kind": "Team", "name": "acme" });
    let refused = desk
        .post("/api/v1/apply", json!({ "documents": [team, team] }))
        .await;
    insta::assert_snapshot!(refused.problem(422), @"invalid: Team acme: name: this resource is given twice. Nothing was changed.");
}

#[tokio::test]
async fn what_others_name_cannot_be_deleted() {
    let desk = Desk::furnished().await;
    desk.post(
        "/api/v1/keys",
        json!({ "application": "web", "name": "web-1" }),
    )
    .await
    .expect(201);
    let team = desk
        .delete("/api/v1/resources/Team/acme")
        .await
        .problem(409);
    insta::assert_snapshot!(team, @"conflict: Team acme is still named by Application web. Delete that first, or in the same change.");
    let application = desk
        .delete("/api/v1/resources/Application/web")
        .await
        .problem(409);
    insta::assert_snapshot!(application, @"conflict: Application web still has keys: web-1. Delete that first, or in the same change.");
    desk.delete("/api/v1/resources/Key/web-1").await.expect(200);
    desk.delete("/api/v1/resources/Application/web")
        .await
        .expect(200);
    desk.delete("/api/v1/resources/Team/acme").await.expect(200);
}

#[tokio::test]
async fn history_tells_who_changed_what_and_leads_back() {
    let desk = Desk::furnished().await;
    let path = "/api/v1/resources/Team/acme";
    desk.put(path, json!({ "spec": { "title": "Wrong" } }))
        .await
        .expect(200);
    let history = desk
        .get("/api/v1/history?kind=team&name=acme")
        .await
        .expect(200);
    insta::assert_snapshot!(serde_json::to_string_pretty(&history).unwrap(), @r#"
    {
      "items": [
        {
          "action": "updated",
          "actor": "operator",
          "after": {
            "title": "Wrong"
          },
          "at": "2026-11-24T06:00:00Z",
          "before": {
            "billing": "prepaid"
          },
          "kind": "Team",
          "name": "acme",
          "revision": 3
        },
        {
          "action": "created",
          "actor": "operator",
          "after": {
            "billing": "prepaid"
          },
          "at": "2026-11-24T06:00:00Z",
          "kind": "Team",
          "name": "acme",
          "revision": 1
        }
      ]
    }
    "#);
    let restored = desk
        .post("/api/v1/history/1/restore", json!({}))
        .await
        .expect(200);
    assert_eq!(
        (actions(&restored), &restored["revision"]),
        (vec!["updated"], &json!(4))
    );
    assert_eq!(
        desk.get(path).await.json()["spec"],
        json!({ "billing": "prepaid" })
    );
    let missing = desk
        .post("/api/v1/history/99/restore", json!({}))
        .await
        .problem(404);
    insta::assert_snapshot!(missing, @"not_found: There is no revision 99.");
    desk.put("/api/v1/resources/Team/new", json!({ "spec": {} }))
        .await
        .expect(201);
    desk.delete("/api/v1/resources/Team/new").await.expect(200);
    let back = desk
        .post("/api/v1/history/5/restore", json!({}))
        .await
        .expect(200);
    assert_eq!(actions(&back), ["created"]);
}

#[tokio::test]
async fn lists_go_on_where_they_were_left() {
    let desk = Desk::furnished().await;
    let mut seen = Vec::new();
    let mut path = "/api/v1/resources?limit=1".to_owned();
    loop {
        let page = desk.get(&path).await.expect(200);
        seen.push(page["items"][0]["name"].as_str().unwrap().to_owned());
        match page["next"].as_str() {
            Some(next) => path = format!("/api/v1/resources?limit=1&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ["web", "acme"]);
    let teams = desk.get("/api/v1/resources?kind=teams").await.expect(200);
    assert_eq!(teams["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn changes_at_the_same_time_are_all_made_and_none_is_lost() {
    let desk = Arc::new(Desk::furnished().await);
    let before = desk.revision().await;
    let tasks: Vec<_> = (0..16)
        .map(|at| {
            let desk = Arc::clone(&desk);
            tokio::spawn(async move {
                let document = json!({ "kind": "Team", "name": format!("t{at}") });
                desk.post("/api/v1/apply", json!({ "documents": [document] }))
                    .await
                    .expect(200)
            })
        })
        .collect();
    let mut revisions = Vec::new();
    for task in tasks {
        revisions.push(task.await.unwrap()["revision"].as_u64().unwrap());
    }
    revisions.sort_unstable();
    let wanted: Vec<u64> = (before + 1..=before + 16).collect();
    assert_eq!(revisions, wanted);
}

#[tokio::test]
async fn a_change_by_another_node_in_between_is_taken_into_account() {
    let desk = Desk::furnished().await;
    let other = desk.store.clone();
    let theirs = tokio::spawn(async move {
        for at in 0..40 {
            let name = format!("o{at}").parse().unwrap();
            let document = tollgate_model::resource::Document {
                kind: tollgate_model::Kind::Team,
                name,
                spec: json!({}),
            };
            let change = tollgate_store::Change::Put(document.check().unwrap());
            let now = tollgate_model::Micros(0);
            other.change(&[change], "other", now, None).await.unwrap();
        }
    });
    let mut made = 0;
    for at in 0..20 {
        let path = format!("/api/v1/resources/Team/m{at}");
        let answer = desk.put(&path, json!({ "spec": {} })).await;
        made += u64::from(answer.status == 201);
        assert!(
            answer.status == 201 || answer.status == 409,
            "{}",
            answer.text
        );
    }
    theirs.await.unwrap();
    assert_eq!(desk.revision().await, 2 + 40 + made);
}

#[tokio::test]
async fn models_are_resolved_as_callers_would_have_them() {
    let desk = Desk::new().await;
    let documents = json!([provider(json!({ "env": "KEY" })), model("openai")]);
    desk.post("/api/v1/apply", json!({ "documents": documents }))
        .await
        .expect(200);
    let models = desk.get("/api/v1/models?q=smart").await.expect(200);
    assert_eq!(
        models["items"][0]["rule"],
        json!({ "kind": "Model", "name": "smart", "revision": 2 })
    );
    let resolved = desk
        .get("/api/v1/models/resolve?name=smart")
        .await
        .expect(200);
    assert_eq!(resolved["targets"][0]["provider"], "openai");
    let rate = resolved["targets"][0]["price"]["rates"]["input"]
        .as_str()
        .unwrap();
    assert!(rate.parse::<tollgate_model::Rate>().is_ok(), "{rate}");
    let near = desk
        .get("/api/v1/models/resolve?name=smrt")
        .await
        .problem(404);
    assert!(near.contains("Near matches: smart"), "{near}");
    let catalog = desk
        .get("/api/v1/catalog/models?provider=openai&limit=3")
        .await
        .expect(200);
    assert_eq!(catalog["items"].as_array().unwrap().len(), 3);
    let unknown = desk
        .get("/api/v1/catalog/models?provider=opena")
        .await
        .problem(404);
    insta::assert_snapshot!(unknown, @r#"not_found: The catalogue has no provider "opena". Did you mean openai?"#);
    let providers = desk.get("/api/v1/catalog/providers").await.expect(200);
    assert!(
        providers["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|p| p["id"] == "sandbox")
    );
}

#[tokio::test]
async fn schemas_and_reasons_are_told() {
    let desk = Desk::new().await;
    let schema = desk.get("/api/v1/schemas/budget").await.expect(200);
    assert!(schema["properties"]["limit"].is_object());
    let reasons = desk.get("/api/v1/reasons").await.expect(200);
    let reasons = reasons["items"].as_array().unwrap();
    assert_eq!(reasons.len(), tollgate_model::Reason::ALL.len());
}
