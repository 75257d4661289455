use std::collections::BTreeSet;

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use tollgate_model::Role;
use tower::ServiceExt;

use crate::browser::{Browser, person};
use crate::desk::{Desk, TOKEN};

/// What anybody may.
const PUBLIC: [&str; 8] = [
    "check_invitation",
    "get_problem",
    "healthz",
    "list_problems",
    "openapi",
    "readyz",
    "redeem_invitation",
    "sign_in",
];

/// What a viewer may besides.
const VIEWERS: [&str; 36] = [
    "change_password",
    "end_session",
    "events",
    "explain_call",
    "export",
    "get_burndown",
    "get_call",
    "get_catalog_update",
    "get_resource",
    "get_schema",
    "get_session",
    "get_status",
    "get_usage",
    "get_usage_by",
    "get_wallet",
    "list_accounts",
    "list_budgets",
    "list_calls",
    "list_catalog_models",
    "list_catalog_providers",
    "list_history",
    "list_keys",
    "list_models",
    "list_reasons",
    "list_refusals",
    "list_resources",
    "list_sessions",
    "list_transactions",
    "list_wallets",
    "providers_health",
    "resolve_model",
    "search",
    "sign_out",
    "sign_out_everywhere",
    "targets_health",
    "verify_ledger",
];

/// What an admin may besides.
const ADMINS: [&str; 19] = [
    "apply",
    "create_key",
    "credit_wallet",
    "delete_resource",
    "delete_secret",
    "list_invitations",
    "list_people",
    "list_secrets",
    "put_resource",
    "put_secret",
    "reset_catalog",
    "restore",
    "revoke_key",
    "run_doctor",
    "show_key_pair",
    "test_new_provider",
    "test_provider",
    "try_model",
    "update_catalog",
];

/// What only an owner may.
const OWNERS: [&str; 5] = [
    "invite",
    "remove_person",
    "reset_password",
    "revoke_invitation",
    "set_role",
];

/// An operation of the API, its path with its parameters filled in.
struct Operation {
    id: String,
    method: String,
    path: String,
}

impl Operation {
    fn is_one_of(&self, ids: &[&str]) -> bool {
        ids.contains(&self.id.as_str())
    }
}

fn operations() -> Vec<Operation> {
    let document = tollgate_control::description();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            all.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase(),
                path: path.replace(['{', '}'], ""),
            });
        }
    }
    all
}

/// The status of an answer, whose body may go on for ever.
async fn status(desk: &Desk, request: Request<Body>) -> StatusCode {
    let answer = desk.router.clone().oneshot(request).await.unwrap();
    answer.status()
}

#[test]
fn every_operation_stands_in_one_of_the_lists() {
    let lists = [&PUBLIC[..], &VIEWERS, &ADMINS, &OWNERS].concat();
    let listed: BTreeSet<&str> = lists.iter().copied().collect();
    assert_eq!(listed.len(), lists.len(), "none stands in two");
    let operations = operations();
    let known: BTreeSet<&str> = operations.iter().map(|known| known.id.as_str()).collect();
    assert_eq!(listed, known);
}

#[tokio::test]
async fn a_role_may_what_its_list_says_and_nothing_else() {
    let desk = Desk::new().await;
    let admins = [&VIEWERS[..], &ADMINS].concat();
    let owners = [&admins[..], &OWNERS].concat();
    let roles = [
        (Role::Viewer, VIEWERS.to_vec()),
        (Role::Admin, admins),
        (Role::Owner, owners),
    ];
    for (role, _) in &roles {
        person(&desk, &format!("the-{role}"), *role).await;
    }
    for operation in operations() {
        let Operation { id, method, path } = &operation;
        let public = operation.is_one_of(&PUBLIC);
        for (role, may) in &roles {
            // A new session each time: some operations end it.
            let browser = Browser::of(&desk, &format!("the-{role}")).await;
            let csrf = [("x-csrf-token", browser.csrf.as_str())];
            let request = browser.request(method, path, &csrf, None);
            let status = status(&desk, request).await;
            let wanted = public || operation.is_one_of(may);
            assert_eq!(status != 403, wanted, "{id} as {role}: {status}");
            assert_ne!(status, 401, "{id} as {role}");
        }
        let bearer = format!("Bearer {TOKEN}");
        let operator = [("authorization", bearer.as_str())];
        let request = Browser::new(&desk).request(method, path, &operator, None);
        let status = status(&desk, request).await;
        assert!(![401, 403].contains(&status.as_u16()), "{id}: {status}");
    }
}

#[tokio::test]
async fn whoever_may_not_is_told_which_permission_it_takes_and_whom_to_ask() {
    let desk = Desk::new().await;
    person(&desk, "vera", Role::Viewer).await;
    let vera = Browser::of(&desk, "vera").await;
    let key = json!({ "application": "web" });
    let told = vera.ask("POST", "/api/v1/keys", Some(key)).await;
    insta::assert_snapshot!(told.problem(403), @"forbidden: This takes the permission keys:manage, which the role viewer does not have. Ask an owner or an admin to do it, or an owner to give you another role.");
}

#[tokio::test]
async fn every_route_but_the_public_ones_wants_somebody() {
    let desk = Desk::new().await;
    for operation in operations() {
        let Operation { id, method, path } = &operation;
        for (name, value) in [
            ("accept", "*/*"),
            ("authorization", "Bearer wrong"),
            ("authorization", "Basic tga_operator"),
            ("cookie", "tollgate=tgc_nobody"),
            ("cookie", "__Host-tollgate=tgc_nobody"),
        ] {
            let browser = Browser::new(&desk);
            let answer = browser.send(method, path, &[(name, value)], None).await;
            let wanted = !operation.is_one_of(&PUBLIC);
            assert_eq!(answer.status == 401, wanted, "{id} {name}: {value}");
            if wanted {
                let challenge = &answer.headers["www-authenticate"];
                assert_eq!(challenge, "Bearer realm=\"tollgate\"");
                assert!(answer.problem(401).starts_with("unauthorized: "));
            }
        }
    }
}

#[tokio::test]
async fn a_token_goes_before_a_cookie_and_needs_no_proof_against_foreign_pages() {
    let desk = Desk::new().await;
    person(&desk, "vera", Role::Viewer).await;
    let vera = Browser::of(&desk, "vera").await;
    let bearer = format!("Bearer {TOKEN}");
    let foreign = [
        ("authorization", bearer.as_str()),
        ("sec-fetch-site", "cross-site"),
    ];
    let session = vera.send("GET", "/api/v1/session", &foreign, None).await;
    assert_eq!(session.expect(200)["person"]["name"], "operator");
    let body = json!({ "value": "sk" });
    let path = "/api/v1/secrets/openai";
    let put = vera.send("PUT", path, &foreign, Some(body.clone())).await;
    put.expect(200);
    let wrong = [("authorization", "Bearer wrong")];
    let refused = vera.send("GET", "/api/v1/session", &wrong, None).await;
    assert!(refused.problem(401).contains("operator's token"));
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
