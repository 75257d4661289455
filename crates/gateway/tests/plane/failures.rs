//! Providers that fail: what the caller is told, what is on record, who answers instead.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use serde_json::json;
use tollgate_model::call::{Ending, FailureClass};
use tollgate_testkit::{Reply, Upstream};

use crate::voices::{ALL, ANTHROPIC, COST, OPENAI, plain};
use crate::whole::answering;
use crate::world::{PROVIDER_KEY, Setup, Which, chat, key};

/// The status and headers of an answer that a gateway of the provider's might give.
fn gzip() -> Reply {
    let bytes = [
        0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xab, 0xae, 5, 0, 0x43, 0xbf, 0xa6, 0xa3,
    ];
    Reply::whole(200, "application/json", bytes).header("content-encoding", "gzip")
}

#[test]
fn an_answer_that_is_none_is_a_failure_of_the_provider_and_costs_nothing() {
    type Make = fn() -> Reply;
    let html = "<!DOCTYPE html><html><body><h1>Bad gateway</h1></body></html>";
    assert!(html.len() < 100);
    let cases: [(&str, Make, u16, &str, FailureClass); 14] = [
        (
            "cut JSON",
            || Reply::json(200, "{\"choices\":[<<<"),
            502,
            "upstream_bad_response",
            FailureClass::BadResponse,
        ),
        (
            "an array",
            || Reply::json(200, "[1]"),
            502,
            "upstream_bad_response",
            FailureClass::BadResponse,
        ),
        (
            "nothing",
            || Reply::json(200, ""),
            502,
            "upstream_bad_response",
            FailureClass::BadResponse,
        ),
        (
            "204",
            || Reply::raw("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n"),
            502,
            "upstream_bad_response",
            FailureClass::BadResponse,
        ),
        (
            "a page",
            || Reply::whole(200, "text/html", "<html>Welcome</html>"),
            502,
            "upstream_bad_response",
            FailureClass::BadResponse,
        ),
        (
            "an error page",
            || Reply::whole(502, "text/html", "<html>Bad gateway</html>"),
            502,
            "upstream_error",
            FailureClass::ServerError,
        ),
        (
            "gzip that nobody asked for",
            gzip,
            502,
            "upstream_bad_response",
            FailureClass::BadResponse,
        ),
        (
            "a stream",
            || Reply::sse(OPENAI.stream),
            502,
            "upstream_bad_response",
            FailureClass::BadResponse,
        ),
        (
            "an error in a 200",
            || Reply::json(200, r#"{"error":{"message":"no","code":503}}"#),
            503,
            "upstream_overloaded",
            FailureClass::Overloaded,
        ),
        (
            "a long error",
            || Reply::json(500, vec![b'x'; 300_000]),
            502,
            "upstream_error",
            FailureClass::ServerError,
        ),
        (
            "a redirect",
            || Reply::whole(302, "text/html", "").header("location", "http://127.0.0.1:1/"),
            502,
            "upstream_bad_response",
            FailureClass::BadResponse,
        ),
        (
            "a cut body",
            || Reply::json(200, OPENAI.whole).cut_after(20),
            502,
            "upstream_bad_response",
            FailureClass::BadResponse,
        ),
        (
            "no HTTP",
            || Reply::raw("SSH-2.0-OpenSSH_9.6\r\n"),
            502,
            "upstream_unreachable",
            FailureClass::Unreachable,
        ),
        (
            "a close",
            Reply::close,
            502,
            "upstream_unreachable",
            FailureClass::Unreachable,
        ),
    ];
    for (what, reply, status, reason, class) in cases {
        let upstream = Upstream::start(move |_| reply());
        let plane = Setup::with(&OPENAI, &upstream).start();
        let mut client = plane.connect();
        for _ in 0..2 {
            let answer = client.ask(chat(plain()));
            assert_eq!(answer.status(), status, "{what}: {}", answer.text());
            assert_eq!(answer.reason(), reason, "{what}");
            assert_eq!(
                answer.json()["error"]["type"],
                json!("server_error"),
                "{what}"
            );
        }
        for call in plane.finish() {
            assert_eq!(call.attempts[0].failure, Some(class), "{what}");
            assert!(
                call.attempts[0].note.len() <= 1200,
                "{what}: a note is short"
            );
            assert_eq!(call.ending, Ending::Refused, "{what}");
        }
    }
}

#[test]
fn er_04_a_failure_of_the_provider_becomes_the_callers_with_the_right_status() {
    let openai = |kind: &str, code: &str| {
        json!({ "error": { "message": "It is so.", "type": kind, "code": code } }).to_string()
    };
    let cases = [
        (
            400,
            openai("invalid_request_error", "x"),
            400,
            "upstream_rejected",
        ),
        (
            422,
            openai("invalid_request_error", "x"),
            422,
            "upstream_rejected",
        ),
        (
            404,
            openai("invalid_request_error", "model_not_found"),
            503,
            "upstream_model_unknown",
        ),
        (
            401,
            openai("invalid_request_error", "invalid_api_key"),
            503,
            "upstream_auth_failed",
        ),
        (403, openai("permission", "x"), 503, "upstream_auth_failed"),
        (402, openai("x", "x"), 503, "upstream_account_unfunded"),
        (
            429,
            openai("insufficient_quota", "insufficient_quota"),
            503,
            "upstream_account_unfunded",
        ),
        (
            429,
            openai("requests", "rate_limit_exceeded"),
            429,
            "upstream_rate_limited",
        ),
        (500, openai("server_error", "x"), 502, "upstream_error"),
        (503, openai("server_error", "x"), 503, "upstream_overloaded"),
        (529, openai("server_error", "x"), 503, "upstream_overloaded"),
        (504, openai("server_error", "x"), 504, "upstream_timeout"),
    ];
    for (given, body, status, reason) in cases {
        let upstream =
            Upstream::start(move |_| Reply::json(given, &body).header("retry-after", "7"));
        let plane = Setup::with(&OPENAI, &upstream).start();
        let answer = plane.chat(plain());
        assert_eq!(answer.status(), status, "{given}: {}", answer.text());
        assert_eq!(answer.reason(), reason, "{given}");
        let waits = matches!(reason, "upstream_rate_limited" | "upstream_overloaded");
        assert_eq!(answer.header("retry-after") == "7", waits, "{given}");
        if reason == "upstream_rejected" {
            assert!(
                answer.text().contains("It is so."),
                "the caller can mend it"
            );
        } else {
            assert!(!answer.text().contains("It is so."), "{}", answer.text());
        }
        let call = plane.finish_one();
        assert_eq!(call.attempts[0].status, Some(given));
        assert!(call.attempts[0].note.contains("It is so."));
    }
}

#[test]
fn no_secret_is_told_or_recorded_whatever_the_provider_repeats() {
    let echo = format!("Wrong key {PROVIDER_KEY}, ({PROVIDER_KEY}) Bearer {PROVIDER_KEY}.");
    let bodies = [
        json!({ "error": { "message": echo, "param": PROVIDER_KEY } }).to_string(),
        json!({ "type": "error", "error": { "type": "x", "message": echo } }).to_string(),
        json!({ "error": { "message": echo, "status": "INVALID_ARGUMENT" } }).to_string(),
        format!("<html>{echo}</html>"),
        json!({ "detail": echo, "echo": { "authorization": PROVIDER_KEY } }).to_string(),
    ];
    for voice in ALL {
        for status in [200, 400, 401, 429, 500] {
            let given = bodies.clone();
            let asked = std::sync::atomic::AtomicUsize::new(0);
            let upstream = Upstream::start(move |_| {
                let at = asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                Reply::json(status, &given[at % given.len()])
            });
            let plane = Setup::with(&voice, &upstream).start();
            for _ in &bodies {
                let answer = plane.chat(plain());
                let told = format!("{:?}{}", answer.head, answer.text());
                if status == 200 && answer.status() == 200 {
                    // An answer of the caller's dialect passes as it is.
                    continue;
                }
                assert!(!told.contains(PROVIDER_KEY), "{}: {told}", voice.dialect);
                assert!(!told.contains(&key(Which::Main)), "{told}");
            }
            for health in plane.credentials() {
                assert!(!format!("{health:?}").contains(PROVIDER_KEY), "{health:?}");
            }
            plane.finish();
        }
    }
}

#[test]
fn us_07_another_provider_answers_where_the_first_one_fails_and_only_one_is_paid() {
    let failing = Upstream::start(|_| Reply::json(500, r#"{"type":"error","error":{}}"#));
    let good = answering(OPENAI);
    let plane = Setup::bare()
        .provider("first", &ANTHROPIC, &failing.url(), json!({}))
        .provider("second", &OPENAI, &good.url(), json!({}))
        .model("smart", &["first", "second"])
        .start();
    let answer = plane.chat(plain());
    assert_eq!(
        (answer.status(), answer.text().as_str()),
        (200, OPENAI.whole)
    );
    assert_eq!(answer.header("x-tollgate-provider"), "second");
    assert_eq!(answer.header("x-tollgate-attempts"), "2");
    let call = plane.finish_one();
    let tried: Vec<&str> = call
        .attempts
        .iter()
        .map(|attempt| &*attempt.provider)
        .collect();
    assert_eq!(tried, ["first", "second"]);
    assert_eq!(call.attempts[0].failure, Some(FailureClass::ServerError));
    assert_eq!(call.charges[0].taken.to_string(), COST);
}

/// Answers the first request and reads the second one without a word: the provider has closed the
/// connection while that was on its way. The next connection is answered.
fn forgetful(listener: &TcpListener) {
    let length = OPENAI.whole.len();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
    for _ in 0..2 {
        let (mut stream, _) = listener.accept().unwrap();
        read_request(&mut stream);
        let answer = format!("{head}{}", OPENAI.whole);
        stream.write_all(answer.as_bytes()).unwrap();
        read_request(&mut stream);
    }
}

fn read_request(stream: &mut TcpStream) {
    let mut request = Vec::new();
    while !request.ends_with(b"}") {
        let mut piece = [0; 1024];
        match stream.read(&mut piece).unwrap() {
            0 => return,
            length => request.extend_from_slice(&piece[..length]),
        }
    }
}

#[test]
fn a_connection_that_was_closed_while_it_waited_is_not_the_callers_trouble() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let provider = std::thread::spawn(move || forgetful(&listener));
    let plane = Setup::bare()
        .provider("up", &OPENAI, &url, json!({}))
        .model("smart", &["up"])
        .start();
    for _ in 0..2 {
        let answer = plane.chat(plain());
        assert_eq!(answer.status(), 200, "{}", answer.text());
        assert_eq!(answer.header("x-tollgate-attempts"), "1");
    }
    assert_eq!(plane.finish().len(), 2);
    provider.join().unwrap();
}

#[test]
fn a_request_that_is_wrong_is_not_sent_to_another_provider() {
    let strict = Upstream::start(|_| Reply::json(400, r#"{"error":{"message":"bad tool"}}"#));
    let other = answering(OPENAI);
    let plane = Setup::bare()
        .provider("strict", &OPENAI, &strict.url(), json!({}))
        .provider("other", &OPENAI, &other.url(), json!({}))
        .model("smart", &["strict", "other"])
        .start();
    let answer = plane.chat(plain());
    assert_eq!(
        (answer.status(), answer.reason().as_str()),
        (400, "upstream_rejected")
    );
    assert!(other.requests().is_empty());
    plane.finish();
}
