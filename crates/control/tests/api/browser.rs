//! A browser in front of the desk, with a session or without.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use http::{Request, header};
use serde_json::{Value, json};
use tollgate_model::{KeyHash, Micros, Role};
use tollgate_store::{Invitation, Purpose};

use crate::desk::{Answer, Desk};

/// A password that may be one.
pub(crate) const PASSWORD: &str = "a long enough password";

/// A browser that may have a session.
pub(crate) struct Browser<'a> {
    desk: &'a Desk,
    /// What it sends as `Cookie`.
    pub cookie: Option<String>,
    /// What our page sends as `x-csrf-token`.
    pub csrf: String,
}

/// The time on the desk's clock.
pub(crate) fn now(desk: &Desk) -> Micros {
    Micros(desk.clock.load(Ordering::Relaxed))
}

/// Lets so many seconds pass.
pub(crate) fn pass(desk: &Desk, seconds: i64) {
    desk.clock.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
}

/// Puts a person into the store, with a password that nobody has.
pub(crate) async fn person(desk: &Desk, name: &str, role: Role) {
    let hash = KeyHash::of(name.as_bytes());
    let invitation = Invitation {
        hash,
        purpose: Purpose::Join(role),
        made_by: "test".to_owned(),
        created: now(desk),
        expires: Micros::NEVER,
    };
    desk.store.invite(&invitation).await.unwrap();
    let name = name.parse().unwrap();
    let redeemed = desk.store.redeem(hash, &name, "$none", now(desk)).await;
    redeemed.unwrap();
}

impl<'a> Browser<'a> {
    /// One that has never been here.
    pub(crate) fn new(desk: &'a Desk) -> Browser<'a> {
        Browser {
            desk,
            cookie: None,
            csrf: String::new(),
        }
    }

    /// One of a person, with a new session that is put into the store.
    pub(crate) async fn of(desk: &'a Desk, name: &str) -> Browser<'a> {
        static SESSIONS: AtomicUsize = AtomicUsize::new(0);
        let token = format!("tgc_{}", SESSIONS.fetch_add(1, Ordering::Relaxed));
        let (hash, now) = (KeyHash::of(token.as_bytes()), now(desk));
        let life = (now, now.plus_seconds(14 * 86_400));
        let name = name.parse().unwrap();
        let begun = desk.store.begin_session(hash, &name, "a test", life).await;
        assert!(begun.unwrap());
        let mut browser = Browser::new(desk);
        browser.cookie = Some(format!("tollgate={token}"));
        let session = browser.ask("GET", "/api/v1/session", None).await;
        browser.csrf = csrf(&session.expect(200));
        browser
    }

    /// Keeps the cookie and the CSRF token of an answer that signs in.
    pub(crate) fn take(&mut self, answer: &Answer) -> Value {
        let view = answer.expect(201);
        self.csrf = csrf(&view);
        let set = answer.headers["set-cookie"].to_str().unwrap();
        self.cookie = set.split(';').next().map(str::to_owned);
        view
    }

    /// The session's token.
    pub(crate) fn token(&self) -> String {
        let cookie = self.cookie.as_ref().unwrap();
        cookie.split_once('=').unwrap().1.to_owned()
    }

    /// Asks as our own page does.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let headers = [
            ("x-csrf-token", self.csrf.as_str()),
            ("sec-fetch-site", "same-origin"),
            ("origin", "http://localhost:8403"),
        ];
        self.send(method, path, &headers, body).await
    }

    /// Asks with these headers, besides the cookie.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Answer {
        self.desk
            .send(self.request(method, path, headers, body))
            .await
    }

    /// The request that [`Browser::send`] sends.
    pub(crate) fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Request<Body> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "localhost:8403")
            .header(header::USER_AGENT, "Browser/1.0");
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = match body {
            None => request.body(Body::empty()),
            Some(body) => request
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(body.to_string())),
        };
        request.unwrap()
    }

    /// Tries to sign in.
    pub(crate) async fn sign_in(&self, name: &str, password: &str) -> Answer {
        let body = json!({ "name": name, "password": password });
        self.ask("POST", "/api/v1/session", Some(body)).await
    }

    /// Tries to use a link.
    pub(crate) async fn redeem(&self, token: &str, name: &str) -> Answer {
        let body = json!({ "token": token, "name": name, "password": PASSWORD });
        self.ask("POST", "/api/v1/invitations/redeem", Some(body))
            .await
    }

    /// Whether the session is good.
    pub(crate) async fn is_signed_in(&self) -> bool {
        let answer = self.ask("GET", "/api/v1/session", None).await;
        match answer.status.as_u16() {
            200 => true,
            _ => {
                let told = answer.problem(401);
                assert!(told.starts_with("unauthorized: "), "{told}");
                false
            }
        }
    }
}

/// The token of a link that was made.
pub(crate) fn link_token(made: &Value) -> String {
    let link = made["link"].as_str().unwrap();
    let token = link.strip_prefix("/signin#").unwrap();
    assert!(token.starts_with("tgs_") && token.len() == 53, "{link}");
    token.to_owned()
}

/// Has a person come in by an invitation of the operator, with [`PASSWORD`].
pub(crate) async fn invited<'a>(desk: &'a Desk, name: &str, role: &str) -> Browser<'a> {
    let made = desk
        .post("/api/v1/invitations", json!({ "role": role }))
        .await
        .expect(201);
    let mut browser = Browser::new(desk);
    let answer = browser.redeem(&link_token(&made), name).await;
    browser.take(&answer);
    browser
}

fn csrf(view: &Value) -> String {
    view["csrf"].as_str().unwrap().to_owned()
}
