//! What limits a credential, and who is asked where it has reached them.

use serde_json::{Value, json};
use tollgate_gateway::CredentialState;
use tollgate_model::call::FailureClass;
use tollgate_testkit::{Reply, Upstream};

use super::skipped;
use crate::voices::{OPENAI, plain};
use crate::whole::answering;
use crate::world::{Plane, START, Setup, chat, until};

/// A provider of two credentials, the first of which is always drawn first.
fn pool(upstream: &Upstream, first: Value, second: Value) -> Setup {
    let credential = |name: &str, weight: u32, more: &Value| {
        let mut spec = json!({ "name": name, "key": { "env": "UP" }, "weight": weight });
        for (member, value) in more.as_object().unwrap() {
            spec[member] = value.clone();
        }
        spec
    };
    let pool = [credential("a", 1, &first), credential("b", 0, &second)];
    Setup::bare()
        .provider(
            "up",
            &OPENAI,
            &upstream.url(),
            json!({ "credentials": pool }),
        )
        .model("smart", &["up"])
}

/// The credentials that answered, in the order of the calls.
fn used(plane: Plane) -> Vec<String> {
    let calls = plane.finish();
    let used = calls.iter().map(|call| {
        let attempt = call.attempts.last().unwrap();
        attempt.credential.as_ref().unwrap().to_string()
    });
    used.collect()
}

#[test]
fn a_credential_with_its_requests_of_the_minute_sent_is_passed_over_until_it_has_some_again() {
    let upstream = answering(OPENAI);
    let limits = json!({ "limits": { "requests_per_minute": 2 } });
    let plane = pool(&upstream, limits, json!({})).start();
    for _ in 0..3 {
        assert_eq!(plane.chat(plain()).status(), 200);
    }
    plane.pass_seconds(30);
    assert_eq!(plane.chat(plain()).status(), 200);
    assert_eq!(used(plane), ["a", "a", "b", "a"]);
}

#[test]
fn where_every_credential_is_at_its_limit_the_caller_is_told_when_to_come_back() {
    let upstream = answering(OPENAI);
    let limits = || json!({ "limits": { "requests_per_minute": 1 } });
    let plane = pool(&upstream, limits(), limits()).start();
    for _ in 0..2 {
        assert_eq!(plane.chat(plain()).status(), 200);
    }
    let refused = plane.chat(plain());
    assert_eq!(
        (refused.status(), refused.reason().as_str()),
        (429, "upstream_rate_limited")
    );
    assert_eq!(refused.header("retry-after"), "60");
    assert_eq!(upstream.requests().len(), 2, "nobody was asked in vain");
    let calls = plane.finish();
    assert_eq!(
        skipped(&calls[2]),
        [
            "up a has sent as many requests as it may until 2026-11-24T08:01:00Z",
            "up b has sent as many requests as it may until 2026-11-24T08:01:00Z",
        ]
    );
}

#[test]
fn tokens_are_counted_as_the_provider_counted_them() {
    let upstream = answering(OPENAI);
    let limits = json!({ "limits": { "tokens_per_minute": 43 } });
    let plane = pool(&upstream, limits, json!({})).start();
    // Each prompt is reckoned to have 16 tokens; each call has used 14.
    for _ in 0..3 {
        assert_eq!(plane.chat(plain()).status(), 200);
    }
    assert_eq!(used(plane), ["a", "a", "b"]);
}

#[test]
fn calls_at_a_time_are_limited_until_one_ends() {
    let (reply, feed) = Reply::live("application/json");
    let replies = [
        reply,
        Reply::json(200, OPENAI.whole),
        Reply::json(200, OPENAI.whole),
    ];
    let upstream = Upstream::scripted(replies);
    let limits = json!({ "limits": { "concurrent": 1 } });
    let plane = pool(&upstream, limits, json!({})).start();
    let mut waiting = plane.connect();
    waiting.send(chat(plain()));
    until("it is under way", || upstream.requests().len() == 1);
    assert_eq!(plane.chat(plain()).status(), 200);
    feed.send(OPENAI.whole);
    feed.end();
    assert_eq!(waiting.head().status, 200);
    waiting.rest();
    plane.settled(2);
    assert_eq!(plane.chat(plain()).status(), 200);
    assert_eq!(used(plane), ["b", "a", "a"]);
}

#[test]
fn a_credential_of_which_its_provider_says_that_nothing_is_left_is_not_tried_in_vain() {
    let upstream = Upstream::start(|_| {
        Reply::json(200, OPENAI.whole)
            .header("x-ratelimit-remaining-requests", "0")
            .header("x-ratelimit-reset-requests", "20s")
    });
    let plane = pool(&upstream, json!({}), json!({})).start();
    for _ in 0..2 {
        assert_eq!(plane.chat(plain()).status(), 200);
    }
    let refused = plane.chat(plain());
    assert_eq!(
        (refused.status(), refused.header("retry-after")),
        (429, "20")
    );
    plane.pass_seconds(20);
    assert_eq!(plane.chat(plain()).status(), 200);
    let calls = plane.finish();
    let names = calls
        .iter()
        .filter_map(|call| call.attempts.last()?.credential.clone());
    assert_eq!(
        names.collect::<Vec<_>>(),
        ["a".into(), "b".into(), "a".into()] as [std::sync::Arc<str>; 3]
    );
}

#[test]
fn a_credential_with_too_few_tokens_left_goes_behind_the_others_and_is_tried_where_there_is_none() {
    let upstream = Upstream::start(|request| {
        let reply = Reply::json(200, OPENAI.whole);
        let is_first = request.connection == 0;
        let left = if is_first { "5" } else { "5000" };
        reply
            .header("anthropic-ratelimit-tokens-remaining", left)
            .header("anthropic-ratelimit-tokens-reset", "2026-11-24T08:00:30Z")
            .and_close()
    });
    let plane = pool(&upstream, json!({}), json!({})).start();
    for _ in 0..2 {
        assert_eq!(plane.chat(plain()).status(), 200);
    }
    assert_eq!(used(plane), ["a", "b"]);
    let alone = Upstream::start(|_| {
        Reply::json(200, OPENAI.whole)
            .header("x-ratelimit-remaining-tokens", "5")
            .header("x-ratelimit-reset-tokens", "1m")
    });
    let plane = Setup::with(&OPENAI, &alone).start();
    for _ in 0..2 {
        assert_eq!(
            plane.chat(plain()).status(),
            200,
            "it may know better by now"
        );
    }
    plane.finish();
}

#[test]
fn a_credential_that_is_switched_off_is_never_used() {
    let upstream = answering(OPENAI);
    let off = || json!({ "disabled": true });
    let plane = pool(&upstream, off(), json!({})).start();
    assert_eq!(plane.chat(plain()).status(), 200);
    assert_eq!(used(plane), ["b"]);
    let plane = pool(&upstream, off(), off()).start();
    let refused = plane.chat(plain());
    assert_eq!(
        (refused.status(), refused.reason().as_str()),
        (503, "upstream_auth_failed")
    );
    plane.finish();
}

#[test]
fn a_credential_that_failed_is_not_taken_for_well_only_because_it_has_rested() {
    let failing = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    let is_failing = std::sync::Arc::clone(&failing);
    let upstream =
        Upstream::start(
            move |_| match is_failing.load(std::sync::atomic::Ordering::SeqCst) {
                true => Reply::json(401, "{}"),
                false => Reply::json(200, OPENAI.whole),
            },
        );
    let plane = Setup::with(&OPENAI, &upstream).start();
    let state = || plane.credentials()[0].state;
    assert_eq!(plane.chat(plain()).status(), 503);
    let until = START.plus_seconds(60);
    assert_eq!(state(), CredentialState::CoolingDown { until });
    plane.pass_seconds(61);
    assert_eq!(state(), CredentialState::Failing { since: until });
    failing.store(false, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(plane.chat(plain()).status(), 200);
    assert_eq!(state(), CredentialState::Ok);
    plane.finish();
}

#[test]
fn a_provider_that_is_probed_is_known_to_fail_before_a_caller_finds_out() {
    let upstream = Upstream::start(|request| match request.method.as_str() {
        "GET" => Reply::json(401, r#"{"error":{"message":"Wrong key."}}"#),
        _ => Reply::json(200, OPENAI.whole),
    });
    let plane = Setup::bare()
        .provider(
            "up",
            &OPENAI,
            &upstream.url(),
            json!({ "probe": { "every_s": 3600 } }),
        )
        .model("smart", &["up"])
        .start();
    until("it was probed", || !plane.credentials().is_empty());
    until("it rests", || plane.credentials()[0].last_failure.is_some());
    let health = plane.credentials().remove(0);
    assert_eq!(health.last_failure.unwrap().class, FailureClass::Auth);
    assert_eq!(upstream.requests()[0].target, "/models");
    assert_eq!(plane.chat(plain()).status(), 503);
    assert_eq!(upstream.requests().len(), 1, "no caller waited for it");
    plane.finish();
}
