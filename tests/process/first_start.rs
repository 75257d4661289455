//! The first minute, and the ends of a process.

use crate::process::{Place, call, eventually, http, mode};

#[test]
fn the_first_start_prints_a_key_that_works_at_once() {
    let place = Place::new();
    let server = place.serve();
    let key = server.text("key");
    assert!(key.starts_with("tg_"));
    let answer = call(&server, &key, "sandbox/echo");
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.body.contains("Hello, tollgate"), "{answer:?}");
    assert!(answer.head.contains("x-tollgate-cost-usd:"), "{answer:?}");
    let shown = eventually(|| {
        let calls = place.run(&["calls", "-q"]).good();
        (!calls.is_empty()).then_some(calls)
    });
    assert!(
        answer.head.contains(shown.trim()),
        "the console's call is the one that was made"
    );
}

#[test]
fn a_later_start_keeps_the_key_and_shows_none() {
    let place = Place::new();
    let first = place.serve();
    let key = first.text("key");
    first.signal("TERM");
    let (code, stderr) = first.ended();
    assert_eq!(code, 0, "{stderr}");
    let second = place.serve();
    assert!(second.said["key"].is_null());
    assert_eq!(call(&second, &key, "sandbox/echo").status, 200);
}

#[test]
fn what_is_secret_is_readable_by_its_owner_only() {
    let place = Place::new();
    let server = place.serve();
    assert_eq!(mode(&place.data()), 0o700);
    for name in ["admin.token", "sealing.key", "tollgate.db", "lock"] {
        assert_eq!(mode(&place.data().join(name)), 0o600, "{name}");
    }
    drop(server);
}

#[test]
fn both_listeners_tell_that_they_are_well() {
    let place = Place::new();
    let server = place.serve();
    for listener in ["gateway", "control"] {
        let address = server.text(listener);
        for path in ["GET /healthz", "GET /readyz"] {
            let answer = http(&address, path, None, "");
            assert_eq!(answer.status, 200, "{listener} {path}: {answer:?}");
        }
    }
}

#[test]
fn a_second_process_on_the_same_data_is_refused() {
    let place = Place::new();
    let server = place.serve();
    let refused = place.run(&[
        "serve",
        "--gateway",
        "127.0.0.1:0",
        "--control",
        "127.0.0.1:0",
    ]);
    assert_eq!(refused.code, 1);
    assert!(
        refused.stderr.contains("works on the data folder"),
        "{refused:?}"
    );
    drop(server);
}

#[test]
fn a_port_that_is_taken_is_refused() {
    let place = Place::new();
    let server = place.serve();
    let other = Place::new();
    for (flag, member) in [("--gateway", "gateway"), ("--control", "control")] {
        let taken = server.text(member);
        let mut arguments = vec![
            "serve",
            "--gateway",
            "127.0.0.1:0",
            "--control",
            "127.0.0.1:0",
        ];
        let at = arguments
            .iter()
            .position(|argument| *argument == flag)
            .unwrap();
        arguments[at + 1] = &taken;
        let refused = other.run(&arguments);
        assert_eq!(refused.code, 1, "{refused:?}");
        assert!(refused.stderr.contains("cannot listen on"), "{refused:?}");
    }
}

#[test]
fn providers_are_registered_from_the_environment() {
    let place = Place::new();
    let server = place.serve_with(&[("OPENAI_API_KEY", "sk-of-the-test")]);
    assert_eq!(server.said["registered"], serde_json::json!(["openai"]));
    let shown = place.run(&["get", "provider", "openai"]).good();
    assert!(shown.contains("OPENAI_API_KEY"), "{shown}");
    assert!(!shown.contains("sk-of-the-test"), "{shown}");
}

#[test]
fn a_killed_process_loses_no_call_and_its_journal_is_settled_at_the_next_start() {
    let place = Place::new();
    let server = place.serve();
    let key = server.text("key");
    for _ in 0..5 {
        assert_eq!(call(&server, &key, "sandbox/echo").status, 200);
    }
    server.signal("KILL");
    server.ended();
    let again = place.serve();
    let calls = place.run(&["calls", "-q"]).good();
    assert_eq!(calls.lines().count(), 5, "{calls}");
    place.run(&["ledger", "verify"]).good();
    drop(again);
}
