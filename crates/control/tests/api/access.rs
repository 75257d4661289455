use axum::body::Body;
use http::Request;
use serde_json::{Value, json};
use tollgate_control::Permission;

use crate::desk::{Desk, TOKEN};

/// Every operation of the API: method, path with its parameters filled in, permission.
fn operations() -> Vec<(String, String, String)> {
    let document = tollgate_control::description();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let permission = operation["x-permission"].as_str().unwrap().to_owned();
            let filled = path.replace(['{', '}'], "");
            all.push((method.to_uppercase(), filled, permission));
        }
    }
    all
}

#[test]
fn what_is_public_is_this_and_nothing_else() {
    let public = Permission::Public.as_str();
    let mut open: Vec<String> = operations()
        .into_iter()
        .filter(|(_, _, permission)| permission == public)
        .map(|(method, path, _)| format!("{method} {path}"))
        .collect();
    open.sort();
    assert_eq!(
        open,
        [
            "GET /",
            "GET /healthz",
            "GET /openapi.json",
            "GET /problems",
            "GET /problems/code",
            "GET /readyz",
            "GET /signin/token",
        ]
    );
}

#[tokio::test]
async fn every_route_but_the_public_ones_wants_the_token() {
    let desk = Desk::new().await;
    let operations = operations();
    assert!(operations.len() > 30);
    for (method, path, permission) in operations {
        for token in [None, Some("Bearer wrong"), Some("Basic tga_operator")] {
            let mut request = Request::builder()
                .method(method.as_str())
                .uri(&path)
                .header("host", "localhost");
            if let Some(token) = token {
                request = request.header("authorization", token);
            }
            let answer = desk.send(request.body(Body::empty()).unwrap()).await;
            let wanted = permission != Permission::Public.as_str();
            assert_eq!(answer.status == 401, wanted, "{method} {path} {token:?}");
            if wanted {
                assert_eq!(
                    answer.headers["www-authenticate"],
                    "Bearer realm=\"tollgate\""
                );
                assert!(answer.problem(401).starts_with("unauthorized: "));
            }
        }
    }
}

#[tokio::test]
async fn a_foreign_host_name_is_refused_even_with_the_token() {
    let desk = Desk::new().await;
    for (host, status) in [
        ("evil.example", 421),
        ("localhost.evil.example:8403", 421),
        ("control.example", 200),
        ("192.168.1.7:8403", 200),
        ("[::1]:8403", 200),
    ] {
        let request = Request::builder()
            .uri("/api/v1/status")
            .header("host", host)
            .header("authorization", format!("Bearer {TOKEN}"));
        let answer = desk.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, status, "{host}");
    }
    let health = Request::builder()
        .uri("/healthz")
        .header("host", "tollgate.internal");
    let answer = desk.send(health.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.expect(200)["status"], "ok");
}

#[tokio::test]
async fn every_answer_forbids_caching_sniffing_and_framing_and_no_origin_is_let_in() {
    let desk = Desk::new().await;
    for path in ["/", "/api/v1/status", "/nowhere", "/healthz"] {
        let answer = desk
            .ask("GET", path, &[("origin", "http://localhost:3000")], None)
            .await;
        assert_eq!(answer.headers["cache-control"], "no-store", "{path}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers["x-frame-options"], "DENY");
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert!(!answer.headers.contains_key("access-control-allow-origin"));
    }
}

#[tokio::test]
async fn readiness_and_status_follow_the_node() {
    let desk = Desk::new().await;
    assert_eq!(desk.get("/readyz").await.expect(200)["ready"], true);
    let status = desk.get("/api/v1/status").await.expect(200);
    let wanted = json!({
        "version": "0.0.0-test", "node": "node-1", "ready": true, "troubles": [], "revision": 0,
        "started": "2026-11-24T05:00:00Z", "uptime_seconds": 3_600, "backlog": 3,
    });
    assert_eq!(status, wanted);
    *desk.runtime.ready.lock().unwrap() = false;
    let readiness: Value = desk.get("/readyz").await.expect(503);
    assert_eq!(
        readiness,
        json!({ "ready": false, "troubles": ["the store is away"] })
    );
}
