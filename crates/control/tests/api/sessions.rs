use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::extract::ConnectInfo;
use serde_json::json;
use tollgate_model::{KeyHash, Role};

use crate::browser::{Browser, PASSWORD, invited, link_token, now, pass, person};
use crate::desk::{Answer, Desk, TOKEN};

const SESSION: &str = "/api/v1/session";
const SESSIONS: &str = "/api/v1/sessions";
const HOUR: i64 = 3_600;

#[tokio::test]
async fn whoever_signs_in_gets_a_cookie_and_is_told_what_they_may_do() {
    let desk = Desk::new().await;
    invited(&desk, "Vera", "viewer").await;
    let mut browser = Browser::new(&desk);
    let answer = browser.sign_in(" vera ", PASSWORD).await;
    let view = browser.take(&answer);
    let csrf = &browser.csrf;
    let wanted = json!({
        "person": { "name": "Vera", "role": "viewer" },
        "permissions": [
            "configuration:read", "keys:read", "calls:read", "money:read", "node:read",
            "session:use",
        ],
        "csrf": csrf,
        "expires": "2026-12-08T06:00:00Z",
    });
    assert_eq!(view, wanted);
    let again = browser.ask("GET", SESSION, None).await;
    assert_eq!(again.expect(200), wanted);
    let token = browser.token();
    assert!(token.starts_with("tgc_") && token.len() == 47, "{token}");
    assert!(!answer.text.contains(&token));
    let kept = desk.store.session(KeyHash::of(token.as_bytes())).await;
    assert_eq!(kept.unwrap().unwrap().agent, "Browser/1.0");
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites_and_secure_under_tls() {
    let desk = Desk::new().await;
    invited(&desk, "vera", "viewer").await;
    let body = json!({ "name": "vera", "password": PASSWORD });
    let rest = "HttpOnly; SameSite=Strict; Path=/; Max-Age=1209600";
    for (header, name, end) in [
        (("x-forwarded-proto", "http"), "tollgate", ""),
        (
            ("x-forwarded-proto", "https"),
            "__Host-tollgate",
            "; Secure",
        ),
        (("forwarded", "proto=https"), "__Host-tollgate", "; Secure"),
    ] {
        let browser = Browser::new(&desk);
        let answer = browser
            .send("POST", SESSION, &[header], Some(body.clone()))
            .await;
        let set = answer.headers["set-cookie"].to_str().unwrap().to_owned();
        let mut signed_in = Browser::new(&desk);
        signed_in.take(&answer);
        let token = signed_in.token();
        assert_eq!(set, format!("{name}={token}; {rest}{end}"));
        assert!(signed_in.is_signed_in().await, "{name}");
        let csrf = [header, ("x-csrf-token", signed_in.csrf.as_str())];
        let out = signed_in.send("DELETE", SESSION, &csrf, None).await;
        assert_eq!(out.status, 204);
        let cleared = format!("{name}=; {}{end}", rest.replace("1209600", "0"));
        assert_eq!(out.headers["set-cookie"].to_str().unwrap(), cleared);
        assert!(!signed_in.is_signed_in().await);
    }
}

#[tokio::test]
async fn a_change_by_cookie_has_to_come_from_our_own_page() {
    let desk = Desk::new().await;
    person(&desk, "olga", Role::Owner).await;
    let (olga, other) = (
        Browser::of(&desk, "olga").await,
        Browser::of(&desk, "olga").await,
    );
    let token = olga.csrf.as_str();
    let mut told = Vec::new();
    for headers in [
        &[][..],
        &[("x-csrf-token", "wrong")],
        &[("x-csrf-token", other.csrf.as_str())],
        &[("x-csrf-token", token), ("sec-fetch-site", "cross-site")],
        &[("x-csrf-token", token), ("sec-fetch-site", "same-site")],
        &[("x-csrf-token", token), ("origin", "http://evil.example")],
        &[("x-csrf-token", token), ("origin", "http://localhost:3000")],
    ] {
        let refused = olga.send("DELETE", SESSIONS, headers, None).await;
        told.push(refused.problem(403));
        let read = olga.send("GET", SESSIONS, headers, None).await;
        read.expect(200);
    }
    insta::assert_snapshot!(told.join("\n"), @"
    csrf: The request has no x-csrf-token; send the one that GET /api/v1/session gives.
    csrf: The x-csrf-token is not that of this session; reload the page and try again.
    csrf: The x-csrf-token is not that of this session; reload the page and try again.
    csrf: The request comes from a page of another site. If that is the console behind a proxy, let the proxy pass the Host header on as it is.
    csrf: The request comes from a page of another site. If that is the console behind a proxy, let the proxy pass the Host header on as it is.
    csrf: The request comes from a page of http://evil.example. If that is the console behind a proxy, let the proxy pass the Host header on as it is.
    csrf: The request comes from a page of http://localhost:3000. If that is the console behind a proxy, let the proxy pass the Host header on as it is.
    ");
    for headers in [
        &[("x-csrf-token", token)][..],
        &[("x-csrf-token", token), ("sec-fetch-site", "none")],
        &[("x-csrf-token", token), ("origin", "http://localhost:8403")],
    ] {
        let path = "/api/v1/sessions/nothing";
        let passed = olga.send("DELETE", path, headers, None).await;
        assert!(passed.problem(404).starts_with("not_found: "));
    }
    assert!(olga.is_signed_in().await);
}

#[tokio::test]
async fn a_foreign_page_signs_nobody_in() {
    let desk = Desk::new().await;
    let browser = Browser::new(&desk);
    for path in [
        SESSION,
        "/api/v1/invitations/check",
        "/api/v1/invitations/redeem",
    ] {
        for foreign in [
            ("sec-fetch-site", "cross-site"),
            ("origin", "http://evil.example"),
            ("origin", "null"),
        ] {
            let refused = browser
                .send("POST", path, &[foreign], Some(json!({})))
                .await;
            assert!(refused.problem(403).starts_with("csrf: "), "{path}");
        }
        let form = [("content-type", "text/plain")];
        let refused = browser.send("POST", path, &form, None).await;
        assert!(refused.problem(415).starts_with("unsupported_media_type: "));
    }
}

#[tokio::test]
async fn a_session_ends_when_nobody_used_it_for_twelve_hours() {
    let desk = Desk::new().await;
    person(&desk, "vera", Role::Viewer).await;
    let browser = Browser::of(&desk, "vera").await;
    for _ in 0..3 {
        pass(&desk, 12 * HOUR - 60);
        assert!(browser.is_signed_in().await);
    }
    pass(&desk, 12 * HOUR);
    assert!(!browser.is_signed_in().await);
    let other = Browser::of(&desk, "vera").await;
    let listed = other.ask("GET", SESSIONS, None).await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
}

#[tokio::test]
async fn a_session_ends_after_fourteen_days_however_much_it_is_used() {
    let desk = Desk::new().await;
    person(&desk, "vera", Role::Viewer).await;
    let browser = Browser::of(&desk, "vera").await;
    for _ in 0..28 {
        pass(&desk, 12 * HOUR - 60);
        assert!(browser.is_signed_in().await);
    }
    pass(&desk, 28 * 60 - 1);
    assert!(browser.is_signed_in().await);
    pass(&desk, 1);
    assert!(!browser.is_signed_in().await);
}

#[tokio::test]
async fn the_use_of_a_session_is_noted_once_a_minute_at_the_most() {
    let desk = Desk::new().await;
    person(&desk, "vera", Role::Viewer).await;
    let (browser, began) = (Browser::of(&desk, "vera").await, now(&desk));
    let hash = KeyHash::of(browser.token().as_bytes());
    let seen = async || desk.store.session(hash).await.unwrap().unwrap().seen;
    pass(&desk, 59);
    assert!(browser.is_signed_in().await);
    assert_eq!(seen().await, began);
    pass(&desk, 1);
    assert!(browser.is_signed_in().await);
    assert_eq!(seen().await, began.plus_seconds(60));
    let people = desk.get("/api/v1/people").await.expect(200);
    assert_eq!(people["items"][0]["last_seen"], "2026-11-24T06:01:00Z");
}

#[tokio::test]
async fn wrong_passwords_lock_a_name_for_longer_each_time_whether_or_not_somebody_has_it() {
    let desk = Desk::new().await;
    invited(&desk, "vera", "viewer").await;
    let browser = Browser::new(&desk);
    let outcome = |answer: &Answer| {
        let wait = answer.headers.get("retry-after").cloned();
        (answer.problem(answer.status.as_u16()), wait)
    };
    let mut told = Vec::new();
    for name in ["vera", "nobody"] {
        let mut outcomes = Vec::new();
        for _ in 0..6 {
            outcomes.push(outcome(&browser.sign_in(name, "not the password").await));
        }
        pass(&desk, 1);
        for _ in 0..2 {
            outcomes.push(outcome(&browser.sign_in(name, "not the password").await));
        }
        told.push(outcomes);
    }
    assert_eq!(told[0], told[1], "nothing tells who exists");
    let lines = told[0].iter().map(|(told, wait)| match wait {
        Some(wait) => format!("{told} [{}]", wait.to_str().unwrap()),
        None => told.clone(),
    });
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @"
    wrong_password: The name or the password is wrong.
    wrong_password: The name or the password is wrong.
    wrong_password: The name or the password is wrong.
    wrong_password: The name or the password is wrong.
    wrong_password: The name or the password is wrong.
    too_many_attempts: There were too many wrong passwords for this name; try again in 1 seconds. If the password is lost, an owner, or `tollgate person reset NAME` on the machine, makes a link for a new one. [1]
    wrong_password: The name or the password is wrong.
    too_many_attempts: There were too many wrong passwords for this name; try again in 2 seconds. If the password is lost, an owner, or `tollgate person reset NAME` on the machine, makes a link for a new one. [2]
    ");
    let early = browser.sign_in("VERA", PASSWORD).await;
    assert_eq!(early.status, 429, "the right password has to wait too");
    pass(&desk, 2);
    assert_eq!(browser.sign_in("VERA", PASSWORD).await.status, 201);
    for _ in 0..5 {
        let wrong = browser.sign_in("vera", "not the password").await;
        assert_eq!(wrong.status, 401, "a success clears what was before");
    }
}

#[tokio::test]
async fn attempts_from_one_address_are_bounded_whatever_they_try() {
    let desk = Desk::new().await;
    let ask = async |peer: &str, path: &str| {
        let body = json!({ "token": "tgs_x", "name": "vera", "password": PASSWORD });
        let mut request = Browser::new(&desk).request("POST", path, &[], Some(body));
        let peer: SocketAddr = peer.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        desk.send(request).await
    };
    let redeem = "/api/v1/invitations/redeem";
    for port in 1..=30 {
        let answer = ask(&format!("192.0.2.1:{port}"), redeem).await;
        assert_eq!(answer.status, 404);
    }
    let refused = ask("192.0.2.1:99", redeem).await;
    insta::assert_snapshot!(refused.problem(429), @"too_many_attempts: Too many attempts to sign in come from your address; try again in 60 seconds.");
    assert_eq!(refused.headers["retry-after"], "60");
    assert_eq!(ask("192.0.2.2:1", redeem).await.status, 404);
    pass(&desk, 60);
    assert_eq!(ask("192.0.2.1:1", redeem).await.status, 404);
}

#[tokio::test]
async fn a_session_always_begins_with_a_new_token_and_ends_the_one_before_it() {
    let desk = Desk::new().await;
    let mut browser = invited(&desk, "vera", "viewer").await;
    let first = browser.cookie.clone();
    let answer = browser.sign_in("vera", PASSWORD).await;
    browser.take(&answer);
    assert_ne!(browser.cookie, first);
    assert!(browser.is_signed_in().await);
    browser.cookie = first;
    assert!(!browser.is_signed_in().await);
    browser.cookie = Some("tollgate=tgc_chosen".to_owned());
    let answer = browser.sign_in("vera", PASSWORD).await;
    browser.take(&answer);
    assert_ne!(browser.token(), "tgc_chosen");
}

#[tokio::test]
async fn a_person_signs_out_here_there_and_everywhere() {
    let desk = Desk::new().await;
    for name in ["vera", "adam"] {
        person(&desk, name, Role::Viewer).await;
    }
    let adam = Browser::of(&desk, "adam").await;
    let here = Browser::of(&desk, "vera").await;
    pass(&desk, 1);
    let (there, third) = (
        Browser::of(&desk, "vera").await,
        Browser::of(&desk, "vera").await,
    );
    let listed = here.ask("GET", SESSIONS, None).await.expect(200);
    let places = listed["items"].as_array().unwrap();
    let current = places.iter().map(|place| place["current"] == true);
    assert_eq!(
        current.collect::<Vec<_>>(),
        [false, false, true],
        "{listed}"
    );
    assert_eq!(places[2]["agent"], "a test");
    assert_eq!(places[2]["created"], "2026-11-24T06:00:00Z");

    let hash = KeyHash::of(there.token().as_bytes()).to_string();
    let there_at = format!("{SESSIONS}/{}", &hash[7..23]);
    let foreign = adam.ask("DELETE", &there_at, None).await;
    assert!(foreign.problem(404).contains("You have no session"));
    assert_eq!(here.ask("DELETE", &there_at, None).await.status, 204);
    assert!(!there.is_signed_in().await && here.is_signed_in().await);

    assert_eq!(here.ask("DELETE", SESSIONS, None).await.status, 204);
    assert!(!here.is_signed_in().await && !third.is_signed_in().await);
    assert!(adam.is_signed_in().await);
}

#[tokio::test]
async fn a_changed_password_works_at_once_and_ends_every_other_session() {
    let desk = Desk::new().await;
    let here = invited(&desk, "vera", "viewer").await;
    let there = Browser::of(&desk, "vera").await;
    let change = async |old: &str, new: &str| {
        let body = json!({ "old": old, "new": new });
        here.ask("PUT", "/api/v1/session/password", Some(body))
            .await
    };
    let wrong = change("not the password", "another password").await;
    assert_eq!(wrong.expect(400)["errors"][0]["pointer"], "#/old");
    let short = change(PASSWORD, "short").await.expect(400);
    assert_eq!(short["errors"][0]["pointer"], "#/new");
    assert!(there.is_signed_in().await);

    assert_eq!(change(PASSWORD, "another password").await.status, 204);
    assert!(here.is_signed_in().await && !there.is_signed_in().await);
    let browser = Browser::new(&desk);
    assert_eq!(browser.sign_in("vera", PASSWORD).await.status, 401);
    let signed_in = browser.sign_in("vera", "another password").await;
    assert_eq!(signed_in.status, 201);
}

#[tokio::test]
async fn whoever_took_over_a_session_cannot_try_out_its_password() {
    let desk = Desk::new().await;
    person(&desk, "vera", Role::Viewer).await;
    let vera = Browser::of(&desk, "vera").await;
    let body = json!({ "old": "not the password", "new": "another password" });
    let path = "/api/v1/session/password";
    let hash = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let name = "vera".parse().unwrap();
    let keep = Some(KeyHash::of(vera.token().as_bytes()));
    desk.store.set_password(&name, hash, keep).await.unwrap();
    for _ in 0..5 {
        vera.ask("PUT", path, Some(body.clone())).await.expect(400);
    }
    let refused = vera.ask("PUT", path, Some(body)).await;
    assert!(refused.problem(429).starts_with("too_many_attempts: "));
}

#[tokio::test]
async fn the_operators_token_has_no_session_and_is_told_so() {
    let desk = Desk::new().await;
    let session = desk.get(SESSION).await.expect(200);
    assert_eq!(
        session["person"],
        json!({ "name": "operator", "role": "owner" })
    );
    assert!(session.get("csrf").is_none() && session.get("expires").is_none());
    let password = json!({ "old": "x", "new": "y" });
    for answer in [
        desk.get(SESSIONS).await,
        desk.delete(SESSION).await,
        desk.delete(SESSIONS).await,
        desk.delete("/api/v1/sessions/0").await,
        desk.put("/api/v1/session/password", password).await,
    ] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(answer.problem(409), @"conflict: The operator's token has no session; sign in with a name and a password.");
        }
    }
}

/// A log that is kept in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_password_and_no_token_is_in_a_log_or_in_an_answer_that_need_not_have_it() {
    let log = Log::default();
    let kept = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || kept.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let desk = Desk::new().await;
    let made = desk
        .post("/api/v1/invitations", json!({ "role": "owner" }))
        .await;
    let link = link_token(&made.expect(201));
    let mut browser = Browser::new(&desk);
    let check = json!({ "token": link });
    let mut answers = vec![
        browser
            .ask("POST", "/api/v1/invitations/check", Some(check.clone()))
            .await,
        desk.get("/api/v1/invitations").await,
    ];
    let redeemed = browser.redeem(&link, "olga").await;
    browser.take(&redeemed);
    let new = "another long password";
    let change = json!({ "old": PASSWORD, "new": new });
    answers.extend([
        redeemed,
        browser.redeem(&link, "olga").await,
        browser.sign_in("olga", "wrong and secret").await,
        browser
            .ask("PUT", "/api/v1/session/password", Some(change))
            .await,
        browser.ask("GET", SESSION, None).await,
        browser.ask("GET", SESSIONS, None).await,
        browser.ask("GET", "/api/v1/people", None).await,
        browser.ask("DELETE", SESSION, None).await,
    ]);
    let told: Vec<String> = answers.into_iter().map(|answer| answer.text).collect();
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("signed in") && log.contains("olga"), "{log}");
    let token = browser.token();
    for secret in [
        PASSWORD,
        new,
        "wrong and secret",
        &link,
        &token,
        TOKEN,
        "argon2id",
    ] {
        assert!(!log.contains(secret), "{secret}: {log}");
        assert!(!told.iter().any(|text| text.contains(secret)), "{secret}");
    }
    assert!(!log.contains(&browser.csrf), "{log}");
}
