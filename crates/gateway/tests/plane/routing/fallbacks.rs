//! After which failures another target takes over.

use serde_json::{Value, json};
use tollgate_model::call::FailureClass;
use tollgate_testkit::{Reply, Upstream};

use super::{answers, routed, target};
use crate::client::Answer;
use crate::voices::{OPENAI, plain, streamed, words};
use crate::whole::answering;
use crate::world::{Plane, chat};

/// A model of a target that gives this answer and of one that answers, with more members.
fn failing(reply: fn() -> Reply, more: Value, second: Value) -> (Plane, [Upstream; 2]) {
    let upstreams = [Upstream::start(move |_| reply()), answering(OPENAI)];
    let mut spec = json!({ "targets": [target("one", json!({})), target("two", second)] });
    for (member, value) in more.as_object().unwrap() {
        spec[member] = value.clone();
    }
    let urls = [upstreams[0].url(), upstreams[1].url()];
    let plane = routed(spec, &[("one", &urls[0]), ("two", &urls[1])]).start();
    (plane, upstreams)
}

fn told(answer: &Answer) -> (u16, String) {
    (answer.status(), answer.reason())
}

const TOO_LONG: &str = r#"{"error":{"message":"Too long.","code":"context_length_exceeded"}}"#;
const FILTERED: &str = r#"{"error":{"message":"No.","code":"content_filter","param":"prompt"}}"#;
const FILTERED_AWAY: &str = concat!(
    r#"{"id":"c1","object":"chat.completion","created":1,"model":"m-1","choices":[{"index":0,"#,
    r#""message":{"role":"assistant","content":""},"finish_reason":"content_filter"}],"#,
    r#""usage":{"prompt_tokens":10,"completion_tokens":0,"total_tokens":10}}"#,
);

#[test]
fn what_is_the_callers_is_not_asked_elsewhere_unless_the_model_says_so() {
    for (reply, code) in [
        (
            (|| Reply::json(400, TOO_LONG)) as fn() -> Reply,
            "context_length_exceeded",
        ),
        (|| Reply::json(400, FILTERED), "content_filter"),
    ] {
        let (plane, upstreams) = failing(reply, json!({}), json!({}));
        let answer = plane.chat(plain());
        assert_eq!(told(&answer), (400, "upstream_rejected".to_owned()));
        assert_eq!(answer.json()["error"]["code"], json!(code));
        assert!(upstreams[1].requests().is_empty());
        plane.finish();
        let on = json!({ "fallback_on": ["context_too_long", "content_filtered"] });
        let (plane, _upstreams) = failing(reply, on, json!({}));
        assert_eq!(answers(&plane, plain()), "two");
        plane.finish();
    }
}

#[test]
fn a_stand_in_is_asked_only_after_the_failures_that_it_is_for() {
    let second = || json!({ "takes_over": ["context_too_long", "rate_limited"] });
    let (plane, _upstreams) = failing(|| Reply::json(400, TOO_LONG), json!({}), second());
    assert_eq!(answers(&plane, plain()), "two");
    let call = plane.finish_one();
    assert_eq!(call.attempts[0].failure, Some(FailureClass::ContextTooLong));
    let (plane, upstreams) = failing(|| Reply::json(500, "{}"), json!({}), second());
    assert_eq!(
        told(&plane.chat(plain())),
        (502, "upstream_error".to_owned())
    );
    assert!(upstreams[1].requests().is_empty());
    plane.finish();
    // What rests after such a failure is not asked again, and the stand-in is.
    let (plane, upstreams) = failing(|| Reply::json(429, "{}"), json!({}), second());
    assert_eq!(answers(&plane, plain()), "two");
    assert_eq!(answers(&plane, plain()), "two");
    assert_eq!(upstreams[0].requests().len(), 1);
    plane.finish();
}

#[test]
fn a_prompt_that_is_too_long_goes_only_where_the_window_is_larger() {
    let on = json!({ "fallback_on": ["context_too_long"] });
    let small = json!({ "context_window": 8_000 });
    for (window, status) in [(8_000, 400), (9_000, 200)] {
        let upstreams = [
            Upstream::start(|_| Reply::json(400, TOO_LONG)),
            answering(OPENAI),
        ];
        let urls = [upstreams[0].url(), upstreams[1].url()];
        let second = json!({ "context_window": window });
        let mut spec = json!({ "targets": [target("one", small.clone()), target("two", second)] });
        spec["fallback_on"] = on["fallback_on"].clone();
        let plane = routed(spec, &[("one", &urls[0]), ("two", &urls[1])]).start();
        assert_eq!(plane.chat(plain()).status(), status, "{window}");
        plane.finish();
    }
}

#[test]
fn failures_that_a_model_does_not_name_end_the_call() {
    let on = || json!({ "fallback_on": ["timeout", "rate_limited"] });
    let (plane, upstreams) = failing(|| Reply::json(500, "{}"), on(), json!({}));
    assert_eq!(
        told(&plane.chat(plain())),
        (502, "upstream_error".to_owned())
    );
    assert!(upstreams[1].requests().is_empty());
    plane.finish();
    let (plane, _upstreams) = failing(|| Reply::json(429, "{}"), on(), json!({}));
    assert_eq!(answers(&plane, plain()), "two");
    plane.finish();
}

#[test]
fn an_answer_that_was_filtered_away_is_asked_for_elsewhere_where_the_model_says_so() {
    let on = || json!({ "fallback_on": ["content_filtered"] });
    let (plane, _upstreams) = failing(|| Reply::json(200, FILTERED_AWAY), on(), json!({}));
    assert_eq!(answers(&plane, plain()), "two");
    let call = plane.finish_one();
    assert_eq!(
        call.attempts[0].failure,
        Some(FailureClass::ContentFiltered)
    );
    let (plane, _upstreams) = failing(|| Reply::json(200, FILTERED_AWAY), json!({}), json!({}));
    assert_eq!(plane.chat(plain()).text(), FILTERED_AWAY, "it is an answer");
    plane.finish();
    // The last one's answer goes on as it is.
    let both = |_: &tollgate_testkit::Received| Reply::json(200, FILTERED_AWAY);
    let upstreams = [Upstream::start(both), Upstream::start(both)];
    let urls = [upstreams[0].url(), upstreams[1].url()];
    let targets = [target("one", json!({})), target("two", json!({}))];
    let spec = json!({ "fallback_on": ["content_filtered"], "targets": targets });
    let plane = routed(spec, &[("one", &urls[0]), ("two", &urls[1])]).start();
    let answer = plane.chat(plain());
    assert_eq!(
        (answer.status(), answer.text().as_str()),
        (200, FILTERED_AWAY)
    );
    plane.finish();
}

#[test]
fn a_stream_that_was_filtered_away_is_asked_for_elsewhere_and_one_with_content_is_not() {
    let chunk = |delta: &str, finish: &str| {
        format!(
            "data: {{\"id\":\"c1\",\"choices\":[{{\"index\":0,\"delta\":{delta},\"finish_reason\":{finish}}}]}}\n\n"
        )
    };
    let role = chunk(r#"{"role":"assistant","content":""}"#, "null");
    let some = chunk(r#"{"content":"Grü"}"#, "null");
    let end = chunk("{}", "\"content_filter\"") + "data: [DONE]\n\n";
    for (pieces, says) in [
        (vec![role.clone(), end.clone()], "Grüezi"),
        (vec![role, some, end], "Grü"),
    ] {
        let upstreams = [
            Upstream::start(move |_| Reply::sse(&pieces)),
            Upstream::start(|_| Reply::sse(OPENAI.stream)),
        ];
        let urls = [upstreams[0].url(), upstreams[1].url()];
        let targets = [target("one", json!({})), target("two", json!({}))];
        let spec = json!({ "fallback_on": ["content_filtered"], "targets": targets });
        let plane = routed(spec, &[("one", &urls[0]), ("two", &urls[1])]).start();
        let answer = plane.ask(chat(streamed(false)));
        assert_eq!(words(&answer.text()), says);
        plane.finish();
    }
}

const UNKNOWN: &str =
    r#"{"error":{"message":"The model `m-1` does not exist.","code":"model_not_found"}}"#;

#[test]
fn a_model_that_its_provider_does_not_know_is_the_operators_mistake_and_fails_over() {
    let (plane, upstreams) = failing(|| Reply::json(404, UNKNOWN), json!({}), json!({}));
    assert_eq!(answers(&plane, plain()), "two");
    assert_eq!(upstreams[0].requests().len(), 1);
    let call = plane.finish_one();
    assert_eq!(call.attempts[0].failure, Some(FailureClass::NotFound));
    // Where nobody else is left, the caller is not told that it has named a wrong model.
    let unknown = Upstream::start(|_| Reply::json(404, UNKNOWN));
    let spec = json!({ "targets": [target("one", json!({}))] });
    let plane = routed(spec, &[("one", &unknown.url())]).start();
    let answer = plane.chat(plain());
    assert_eq!(told(&answer), (503, "upstream_model_unknown".to_owned()));
    assert_eq!(answer.header("x-should-retry"), "false");
    assert_eq!(answer.json()["cause"], json!("gateway_config"));
    assert!(!answer.text().contains("m-1"), "{}", answer.text());
    // Who names provider and model has named a wrong one.
    let answer = plane.chat(plain().replace("smart", "one/m-1"));
    assert_eq!(told(&answer), (404, "model_not_found".to_owned()));
    plane.finish();
}
