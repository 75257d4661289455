use axum::body::Body;
use http::Request;
use serde_json::json;

use crate::desk::{Answer, Desk, TOKEN};

async fn raw(desk: &Desk, content_type: Option<&str>, body: impl Into<Body>) -> Answer {
    let mut request = Request::builder()
        .method("POST")
        .uri("/api/v1/apply")
        .header("host", "localhost")
        .header("authorization", format!("Bearer {TOKEN}"));
    if let Some(content_type) = content_type {
        request = request.header("content-type", content_type);
    }
    desk.send(request.body(body.into()).unwrap()).await
}

#[tokio::test]
async fn bad_bodies_are_told_what_is_wrong() {
    let desk = Desk::new().await;
    let json = Some("application/json; charset=utf-8");
    let deep = "[".repeat(100_000);
    let mut told = Vec::new();
    for body in [
        &b"{\"documents\":["[..],
        br#"{"documents":"all"}"#,
        br#"{"documents":[],"dryrun":true}"#,
        b"",
        b"{\"documents\":[\xff]}",
        deep.as_bytes(),
    ] {
        told.push(raw(&desk, json, body.to_vec()).await.problem(400));
    }
    for declared in [None, Some("application/x-www-form-urlencoded")] {
        told.push(raw(&desk, declared, "a=b").await.problem(415));
    }
    insta::assert_snapshot!(told.join("\n"), @r#"
    bad_request: The body is not JSON: EOF while parsing a list at line 1 column 14.
    bad_request: Invalid type: string "all", expected a sequence.
    bad_request: Unknown field `dryrun`, expected `documents` or `dry_run`; did you mean `dry_run`?
    bad_request: The body is not JSON: EOF while parsing a value at line 1 column 0.
    bad_request: The body is not JSON: expected value at line 1 column 15.
    bad_request: The body is not JSON: expected value at line 1 column 4.
    unsupported_media_type: The request does not say what its body is; send Content-Type: application/json.
    unsupported_media_type: The body is declared as something else; send Content-Type: application/json.
    "#);
}

#[tokio::test]
async fn a_fault_of_a_type_points_at_its_place() {
    let desk = Desk::new().await;
    let body =
        json!({ "documents": [{ "kind": "Team", "name": "a" }, { "kind": "Teem", "name": "b" }] });
    let problem = desk.post("/api/v1/apply", body).await.expect(400);
    assert_eq!(problem["errors"][0]["pointer"], "#/documents/1/kind");
}

#[tokio::test]
async fn a_huge_body_is_refused_before_it_is_read() {
    let desk = Desk::new().await;
    let huge = vec![b' '; (4 << 20) + 1];
    let told = raw(&desk, Some("application/json"), huge)
        .await
        .problem(413);
    insta::assert_snapshot!(told, @"too_large: The body is larger than 4 MiB.");
}

#[tokio::test]
async fn unknown_addresses_methods_and_parameters_are_told_apart() {
    let desk = Desk::new().await;
    let mut told = vec![desk.delete("/api/v1/status").await.problem(405)];
    for (path, status) in [
        ("nothing", 404),
        ("calls?limit=many", 400),
        ("calls?tem=a", 400),
        ("calls?limit=0", 400),
        ("resources/Modell/x", 404),
        ("resources/Model/a%2Fb", 400),
        ("resources/Model/%ff", 404),
    ] {
        told.push(desk.get(&format!("/api/v1/{path}")).await.problem(status));
    }
    insta::assert_snapshot!(told.join("\n"), @r#"
    wrong_method: /api/v1/status does not take DELETE.
    not_found: There is nothing at /api/v1/nothing; /openapi.json lists what there is.
    bad_request: The query cannot be read: limit: invalid digit found in string.
    bad_request: The query cannot be read: tem: unknown field `tem`, expected one of `team`, `application`, `key`, `model`, `provider`, `status`, `ending`, `reason`, `since`, `until`, `before`, `after`, `limit`.
    bad_request: `limit` is a number from 1 to 1000.
    not_found: There is no kind "Modell"; there are Team, Application, Key, Provider, Model, Budget.
    bad_request: "a/b" is not a name: use 1 to 128 letters, digits and . _ - : @, beginning with a letter or digit.
    not_found: The address names nothing: Invalid URL: Invalid UTF-8 in `name`.
    "#);
}
