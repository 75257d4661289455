//! Two targets at once, where the first one takes long to begin.

use serde_json::{Value, json};
use tollgate_model::call::CallRecord;
use tollgate_model::usage::UsageQuality;
use tollgate_model::{Nanos, UsageClass};
use tollgate_testkit::{Reply, Upstream};

use super::{answers, by, routed, target};
use crate::client::post;
use crate::tasks::{JSON, request};
use crate::voices::{COST, OPENAI, plain, streamed, words};
use crate::whole::answering;
use crate::world::{Plane, Setup, bearer, until};

fn hedged(one: &Upstream, two: &Upstream, after_ms: u32) -> Setup {
    let targets = [target("one", json!({})), target("two", json!({}))];
    let spec = json!({ "hedge": { "after_ms": after_ms }, "targets": targets });
    routed(spec, &[("one", &one.url()), ("two", &two.url())])
}

fn hanging() -> Upstream {
    Upstream::start(|_| Reply::hang())
}

/// Long enough that nobody is asked as well before the test is over.
const NEVER: u32 = 600_000;

fn lines(call: &CallRecord) -> Value {
    let line = |line: &tollgate_model::price::CostLine| json!([line.class, line.quantity]);
    call.cost_lines.iter().map(line).collect()
}

#[test]
fn who_begins_first_answers_and_the_other_is_cancelled_and_paid() {
    for stream in [false, true] {
        let (one, two) = (
            hanging(),
            Upstream::start(move |_| match stream {
                true => Reply::sse(OPENAI.stream),
                false => Reply::json(200, OPENAI.whole),
            }),
        );
        let plane = hedged(&one, &two, 20).start();
        let body = if stream { streamed(false) } else { plain() };
        let body = body.replacen('{', "{\"max_tokens\":10,", 1);
        let answer = plane.chat(&body);
        assert_eq!(by(&answer), "two");
        assert_eq!(answer.header("x-tollgate-attempts"), "2");
        if stream {
            assert_eq!(words(&answer.text()), "Grüezi");
        }
        assert_eq!(one.requests().len(), 1);
        let call = plane.finish_one();
        // The prompt once more, and of a whole answer as much as there was.
        let (lost, want) = match stream {
            true => (
                "0.00001",
                json!([["input", 10], ["output", 4], ["input", 10]]),
            ),
            false => (
                COST,
                json!([["input", 10], ["output", 4], ["input", 10], ["output", 4]]),
            ),
        };
        let lost: Nanos = lost.parse().unwrap();
        let won: Nanos = COST.parse().unwrap();
        assert_eq!(call.attempts.len(), 2);
        assert_eq!(call.attempts[0].cancelled, Some(lost));
        assert_eq!(call.attempts[0].note, "cancelled, since two began first");
        assert_eq!(
            (&*call.attempts[1].provider, call.attempts[1].cancelled),
            ("two", None)
        );
        assert_eq!(lines(&call), want);
        assert_eq!(call.cost, won.saturating_add(lost));
        assert_eq!(
            call.usage.get(UsageClass::Input),
            Some(10),
            "the usage is the answer's"
        );
        let bytes = i64::try_from(body.len()).unwrap();
        let most = Nanos::new(2 * (bytes * 1_000 + 10 * 2_000));
        assert_eq!(call.charges[0].held, most, "both are provided for");
        assert_eq!(call.charges[0].taken, call.cost);
    }
}

#[test]
fn who_answers_in_time_is_asked_alone_and_paid_alone() {
    let (one, two) = (answering(OPENAI), answering(OPENAI));
    let plane = hedged(&one, &two, NEVER).start();
    assert_eq!(answers(&plane, plain()), "one");
    assert!(two.requests().is_empty());
    let call = plane.finish_one();
    assert_eq!(
        (call.attempts.len(), call.cost.to_string().as_str()),
        (1, COST)
    );
    assert_eq!(call.usage_quality, UsageQuality::Exact);
}

#[test]
fn whoever_fails_makes_way_and_costs_nothing() {
    let (reply, feed) = Reply::live("application/json");
    let one = Upstream::scripted([reply]);
    let two = Upstream::start(|_| Reply::json(500, "{}"));
    let plane = hedged(&one, &two, 20).start();
    let mut client = plane.connect();
    client.send(crate::world::chat(plain()));
    until("the second one was asked", || two.requests().len() == 1);
    feed.send(OPENAI.whole);
    feed.end();
    assert_eq!(by(&client.answer()), "one");
    let call = plane.finish_one();
    assert_eq!(call.attempts.len(), 2);
    assert!(
        call.attempts
            .iter()
            .all(|attempt| attempt.cancelled.is_none())
    );
    assert_eq!(call.cost.to_string(), COST);
    // Where both fail, the last one is told.
    let one = Upstream::start(|_| Reply::json(500, "{}"));
    let plane = hedged(&one, &one, NEVER).start();
    assert_eq!(plane.chat(plain()).reason(), "upstream_error");
    assert_eq!(plane.finish_one().attempts.len(), 2);
}

#[test]
fn what_leaves_something_behind_or_sets_something_off_is_asked_once() {
    let (one, two) = (answering(OPENAI), answering(OPENAI));
    let plane = hedged(&one, &two, NEVER).start();
    let held = |plane: Plane, body: &str| {
        let call = plane.finish_one();
        let bytes = i64::try_from(body.len()).unwrap();
        (call.charges[0].held, Nanos::new(bytes * 1_000 + 10 * 2_000))
    };
    let searching = plain().replacen('{', "{\"max_tokens\":10,\"web_search_options\":{},", 1);
    assert_eq!(plane.chat(&searching).status(), 200);
    let (held_for, once) = held(plane, &searching);
    assert_eq!(held_for, once);

    let plane = hedged(&one, &two, NEVER).start();
    let body = r#"{"model":"smart","input":"Hoi","max_output_tokens":10}"#;
    let asked = post("/v1/responses", &[("authorization", &bearer())], body);
    assert_eq!(plane.ask(asked).status(), 200);
    let (held_for, once) = held(plane, body);
    assert_eq!(held_for, once, "its answer is kept");

    let embedded = r#"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[1]}],
        "usage":{"prompt_tokens":4,"total_tokens":4}}"#;
    let one = Upstream::start(move |_| Reply::json(200, embedded));
    let plane = hedged(&one, &one, 1).start();
    let body = r#"{"model":"smart","input":"Hoi"}"#;
    assert_eq!(
        plane.ask(request("/v1/embeddings", JSON, body)).status(),
        200
    );
    // A dollar a million for the five bytes of the text with its quotes.
    assert_eq!(plane.finish_one().charges[0].held.to_string(), "0.000005");
}
