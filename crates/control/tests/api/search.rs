use serde_json::{Value, json};

use crate::desk::Desk;

fn names(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    let told = items.map(|item| format!("{} {}", item["kind"], item["name"]).replace('"', ""));
    told.collect()
}

#[tokio::test]
async fn resources_are_found_by_a_part_of_their_names() {
    let desk = Desk::furnished().await;
    let documents = json!([
        { "kind": "Team", "name": "web-team", "spec": {} },
        { "kind": "Application", "name": "my-Web", "spec": { "team": "acme" } },
    ]);
    desk.post("/api/v1/apply", json!({ "documents": documents }))
        .await
        .expect(200);
    let found = desk.get("/api/v1/search?q=WEB").await.expect(200);
    let all = ["Application web", "Team web-team", "Application my-Web"];
    assert_eq!(names(&found), all);
    let first = desk.get("/api/v1/search?q=web&limit=1").await.expect(200);
    assert_eq!(names(&first), all[..1]);
    let none = desk.get("/api/v1/search?q=%25").await.expect(200);
    assert_eq!(none, json!({ "items": [] }), "no letter stands for others");
    let told = desk
        .get("/api/v1/search?q=web&limit=1001")
        .await
        .problem(400);
    insta::assert_snapshot!(told, @"bad_request: `limit` is a number from 1 to 1000.");
    let told = desk.get("/api/v1/search").await.problem(400);
    insta::assert_snapshot!(told, @"bad_request: The query cannot be read: missing field `q`.");
}
