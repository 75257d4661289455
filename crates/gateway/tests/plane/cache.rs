//! Answers that are kept and given again.

use serde_json::{Value, json};
use tollgate_model::call::Ending;
use tollgate_model::usage::UsageQuality;
use tollgate_model::{CallId, Nanos};
use tollgate_testkit::{Reply, Upstream};

use crate::client::{Answer, post};
use crate::doors::{GENERATE, MESSAGES};
use crate::voices::{ALL, COST, OPENAI, Voice, streamed, words};
use crate::whole::answering;
use crate::world::{Plane, Setup, Which, bearer, chat, key};

/// A gateway whose model `smart` keeps its answers so.
fn keeping(voice: &Voice, upstream: &Upstream, cache: Value) -> Plane {
    keeping_of("100.00", voice, upstream, cache)
}

fn keeping_of(wallet: &'static str, voice: &Voice, upstream: &Upstream, cache: Value) -> Plane {
    let mut spec = json!({ "targets": [{ "provider": "up", "model": "m-1" }] });
    spec["cache"] = cache;
    Setup::bare()
        .wallet(wallet)
        .provider("up", voice, &upstream.url(), json!({}))
        .resource(json!({ "kind": "Model", "name": "smart", "spec": spec }))
        .start()
}

fn hour() -> Value {
    json!({ "ttl_s": 3600 })
}

fn word(answer: &Answer) -> String {
    answer.header("x-tollgate-cache").to_owned()
}

fn with(headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let bearer = bearer();
    let mut all = vec![("authorization", bearer.as_str())];
    all.extend(headers);
    post("/v1/chat/completions", &all, body)
}

const ASKED: &str = r#"{"model":"smart","messages":[{"role":"user","content":"Hoi"}],"seed":1}"#;
/// The same request, written otherwise.
const AGAIN: &str = r#"{ "seed": 1, "messages":[{"content":"Hoi","role":"user"}],
    "model": "smart" }"#;

#[test]
fn the_same_request_is_answered_once_and_given_again_for_nothing() {
    let upstream = answering(OPENAI);
    let plane = keeping(&OPENAI, &upstream, hour());
    let first = plane.chat(ASKED);
    assert_eq!((first.status(), word(&first)), (200, "miss".into()));
    assert_eq!(first.header("x-tollgate-cost-usd"), COST);
    let again = plane.chat(AGAIN);
    assert_eq!((again.status(), word(&again)), (200, "hit".into()));
    assert_eq!(again.header("age"), "0");
    assert_eq!(again.text(), first.text(), "to the byte");
    assert_eq!(again.header("x-tollgate-cost-usd"), "0.00");
    assert_eq!(again.header("x-tollgate-provider"), "up");
    assert_eq!(again.header("x-tollgate-attempts"), "0");
    assert_eq!(upstream.requests().len(), 1);
    let calls = plane.finish();
    let [made, given] = &calls[..] else {
        panic!("two calls: {calls:?}");
    };
    assert_eq!((made.recalled, given.recalled), (None, Some(made.id)));
    assert_eq!((given.status, given.ending), (200, Ending::Completed));
    assert!(given.usage.is_empty() && given.usage_quality == UsageQuality::None);
    assert!(
        given.charges.is_empty() && given.cost.is_zero(),
        "{given:?}"
    );
}

#[test]
fn an_answer_from_the_cache_is_charged_at_its_price_to_the_nano() {
    let upstream = answering(OPENAI);
    let cache = json!({ "ttl_s": 3600, "price_percent": 33 });
    let plane = keeping(&OPENAI, &upstream, cache);
    plane.chat(ASKED);
    let again = plane.chat(ASKED);
    // A third of 18,000 nano-dollars.
    assert_eq!(again.header("x-tollgate-cost-usd"), "0.00000594");
    let call = plane.finish().pop().unwrap();
    assert_eq!(call.cost, Nanos::new(5_940));
    assert_eq!(call.charges[0].held, call.cost, "no more is set aside");
    assert_eq!(call.charges[0].taken, call.cost);
    assert!(call.price_source.contains("cache"), "{}", call.price_source);
}

#[test]
fn who_cannot_pay_the_price_is_told_so() {
    let upstream = answering(OPENAI);
    let cache = json!({ "ttl_s": 3600, "price_percent": 100 });
    let limited = ASKED.replacen('{', r#"{"max_tokens":4,"#, 1);
    let plane = keeping_of("0.00012", &OPENAI, &upstream, cache);
    let first = plane.chat(&limited);
    assert_eq!(first.status(), 200, "{}", first.text());
    let told: Vec<u16> = (0..8).map(|_| plane.chat(&limited).status()).collect();
    assert_eq!(told, [200, 200, 200, 200, 200, 402, 402, 402]);
    assert_eq!(upstream.requests().len(), 1);
    let calls = plane.finish();
    let spent = calls
        .iter()
        .fold(Nanos::ZERO, |sum, call| sum.saturating_add(call.cost));
    assert_eq!(spent, Nanos::new(6 * 18_000));
    let refused = calls.last().unwrap();
    assert!(
        refused.recalled.is_none() && refused.cost.is_zero(),
        "{refused:?}"
    );
}

#[test]
fn a_stream_is_kept_as_a_stream_and_ids_and_cost_are_those_of_the_new_call() {
    for voice in ALL {
        let upstream = Upstream::start(move |_| Reply::sse(voice.stream));
        let plane = keeping(&voice, &upstream, hour());
        let body = streamed(true);
        let first = plane.chat(&body);
        let again = plane.chat(&body);
        let (told, repeated) = (first.text(), again.text());
        assert_eq!((word(&first), word(&again)), ("miss".into(), "hit".into()));
        assert_eq!(words(&repeated), "Grüezi", "{}: {repeated}", voice.dialect);
        assert_eq!(
            told.matches("[DONE]").count(),
            repeated.matches("[DONE]").count()
        );
        assert!(told.contains(r#""cost":0.000018"#), "{told}");
        assert!(repeated.contains(r#""cost":0.00"#), "{repeated}");
        assert!(repeated.contains(r#""prompt_tokens":10"#), "{repeated}");
        let other = plane.chat(streamed(false));
        assert_eq!(word(&other), "miss", "another request is another");
        assert_eq!(upstream.requests().len(), 2);
        let calls = plane.finish();
        assert_eq!(calls[1].ending, Ending::Completed);
        assert!(calls[1].cost.is_zero());
    }
}

#[test]
fn an_answer_is_given_again_through_every_door_in_its_dialect() {
    for door in [MESSAGES, GENERATE] {
        for voice in ALL {
            let upstream = answering(voice);
            let plane = keeping(&voice, &upstream, hour());
            let (first, again) = (plane.ask(door.plain()), plane.ask(door.plain()));
            assert_eq!(word(&again), "hit", "{} {}", door.dialect, voice.dialect);
            let words = |answer: &Answer| answer.text().matches("Grüezi").count();
            assert_eq!((words(&first), words(&again)), (1, 1));
            assert_eq!(upstream.requests().len(), 1);
            plane.finish();
        }
    }
}

#[test]
fn errors_broken_streams_and_answers_without_a_count_are_not_kept() {
    let counted = OPENAI.whole.replace("prompt_tokens", "unknown_tokens");
    let uncounted = counted.replace("\"usage\"", "\"other\"");
    let upstream = Upstream::start(move |request| {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        if body.contains("stream") {
            Reply::sse([OPENAI.stream[0], OPENAI.error])
        } else if body.contains("fail") {
            Reply::json(
                400,
                r#"{"error":{"message":"No.","type":"invalid_request_error"}}"#,
            )
        } else {
            Reply::json(200, &uncounted)
        }
    });
    let plane = keeping(&OPENAI, &upstream, hour());
    let failing = ASKED.replace("Hoi", "fail");
    for body in [failing.as_str(), &streamed(true), ASKED] {
        let before = upstream.requests().len();
        for _ in 0..2 {
            let answer = plane.chat(body);
            assert!(!answer.text().is_empty());
        }
        assert_eq!(upstream.requests().len(), before + 2, "{body}");
    }
    for call in plane.finish() {
        assert_eq!(call.recalled, None::<CallId>);
    }
}

#[test]
fn a_caller_may_ask_past_the_cache() {
    let upstream = answering(OPENAI);
    let plane = keeping(&OPENAI, &upstream, hour());
    let ask = |wish: &str| {
        let answer = plane.ask(with(&[("cache-control", wish)], ASKED));
        assert_eq!(answer.status(), 200);
        word(&answer)
    };
    assert_eq!(ask("no-store"), "bypass");
    assert_eq!(ask("max-age=0"), "miss", "nothing was stored");
    assert_eq!(ask("max-age=0"), "hit");
    assert_eq!(ask("no-cache"), "miss");
    assert_eq!(ask("no-store"), "bypass");
    assert_eq!(upstream.requests().len(), 4);
    plane.finish();
}

#[test]
fn a_request_with_tools_is_kept_only_where_the_model_says_so() {
    let tools = ASKED.replacen(
        '{',
        r#"{"tools":[{"type":"function","function":{"name":"f"}}],"#,
        1,
    );
    for (kept, want) in [(false, ""), (true, "hit")] {
        let upstream = answering(OPENAI);
        let plane = keeping(&OPENAI, &upstream, json!({ "ttl_s": 9, "tools": kept }));
        plane.chat(&tools);
        let again = plane.chat(&tools);
        assert_eq!(
            again.head.header("x-tollgate-cache").unwrap_or_default(),
            want
        );
        plane.finish();
    }
}

#[test]
fn what_is_kept_is_shared_by_whom_the_model_says() {
    let ask = |plane: &Plane, which: Which| {
        let headers = [("authorization", &*format!("Bearer {}", key(which)))];
        let answer = plane.ask(post("/v1/chat/completions", &headers, ASKED));
        assert_eq!(answer.status(), 200, "{}", answer.text());
        word(&answer)
    };
    for (scope, want) in [
        ("key", "miss"),
        ("application", "hit"),
        ("team", "hit"),
        ("global", "hit"),
    ] {
        let upstream = answering(OPENAI);
        let plane = keeping(&OPENAI, &upstream, json!({ "ttl_s": 9, "scope": scope }));
        assert_eq!(ask(&plane, Which::Main), "miss");
        assert_eq!(ask(&plane, Which::Narrow), want, "{scope}");
        assert_eq!(ask(&plane, Which::Main), "hit");
        plane.finish();
    }
}

#[test]
fn an_answer_that_is_too_large_or_of_a_changed_model_is_not_given() {
    let upstream = answering(OPENAI);
    let plane = keeping(&OPENAI, &upstream, json!({ "ttl_s": 9, "most_bytes": 20 }));
    for _ in 0..2 {
        assert_eq!(word(&plane.chat(ASKED)), "miss");
    }
    plane.finish();
    let spec = json!({ "targets": [{ "provider": "up", "model": "m-1" }], "cache": hour() });
    let same = Setup::bare()
        .provider("up", &OPENAI, &upstream.url(), json!({}))
        .resource(json!({ "kind": "Model", "name": "smart", "spec": spec }));
    let plane = keeping(&OPENAI, &upstream, hour());
    plane.chat(ASKED);
    plane.configure(&same, 8);
    assert_eq!(
        word(&plane.chat(ASKED)),
        "miss",
        "another revision of the model"
    );
    plane.finish();
}

#[test]
fn a_model_that_keeps_nothing_says_nothing_of_a_cache() {
    let upstream = answering(OPENAI);
    let plane = Setup::with(&OPENAI, &upstream).start();
    for _ in 0..2 {
        assert_eq!(plane.ask(chat(ASKED)).head.header("x-tollgate-cache"), None);
    }
    assert_eq!(upstream.requests().len(), 2);
    plane.finish();
}
