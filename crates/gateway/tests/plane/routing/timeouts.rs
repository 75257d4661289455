//! How long answers may take.

use serde_json::{Value, json};
use tollgate_model::call::{Ending, FailureClass};
use tollgate_testkit::{Reply, Upstream};

use super::{answers, routed, target};
use crate::voices::{OPENAI, plain, streamed, words};
use crate::whole::answering;
use crate::world::{Plane, Setup, chat};

fn with_timeouts(one: &Upstream, two: &Upstream, timeouts: Value) -> Setup {
    let targets = [target("one", json!({})), target("two", json!({}))];
    let spec = json!({ "timeouts": timeouts, "targets": targets });
    routed(spec, &[("one", &one.url()), ("two", &two.url())])
}

fn first_failure(plane: Plane) -> (FailureClass, String) {
    let call = plane.finish_one();
    let attempt = &call.attempts[0];
    (attempt.failure.unwrap(), attempt.note.clone())
}

#[test]
fn an_attempt_that_takes_too_long_makes_way_for_the_next_one() {
    let (hanging, two) = (Upstream::start(|_| Reply::hang()), answering(OPENAI));
    let plane = with_timeouts(&hanging, &two, json!({ "attempt_ms": 40 })).start();
    assert_eq!(answers(&plane, plain()), "two");
    let (class, note) = first_failure(plane);
    assert_eq!(class, FailureClass::Timeout);
    assert!(note.ends_with(" ms"), "{note}");
}

#[test]
fn a_whole_answer_that_begins_and_does_not_end_is_too_late_as_well() {
    let slow = Upstream::start(|_| {
        let (reply, feed) = Reply::live("application/json");
        feed.send(&OPENAI.whole[..20]);
        std::mem::forget(feed);
        reply
    });
    let two = answering(OPENAI);
    let plane = with_timeouts(&slow, &two, json!({ "attempt_ms": 40 })).start();
    assert_eq!(answers(&plane, plain()), "two");
    assert_eq!(first_failure(plane).0, FailureClass::Timeout);
}

#[test]
fn a_stream_without_content_makes_way_although_it_has_begun() {
    let role = "data: {\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n";
    let silent = Upstream::start(move |_| {
        let (reply, feed) = Reply::live("text/event-stream");
        feed.send(role);
        std::mem::forget(feed);
        reply
    });
    let two = Upstream::start(move |_| {
        let pieces = [&[role], &OPENAI.stream[..]].concat();
        Reply::sse(pieces)
    });
    let plane = with_timeouts(&silent, &two, json!({ "first_token_ms": 60 })).start();
    let answer = plane.ask(chat(streamed(false)));
    assert_eq!(answer.header("x-tollgate-provider"), "two");
    assert_eq!(words(&answer.text()), "Grüezi");
    assert!(
        answer.text().starts_with(role),
        "nothing that was read is lost"
    );
    let (class, note) = first_failure(plane);
    assert_eq!(class, FailureClass::Timeout);
    assert!(note.starts_with("no content came within"), "{note}");
}

#[test]
fn a_call_ends_when_its_time_is_over_however_many_targets_are_left() {
    let hanging = Upstream::start(|_| Reply::hang());
    let timeouts = json!({ "total_ms": 60 });
    let plane = with_timeouts(&hanging, &hanging, timeouts).start();
    let answer = plane.chat(plain());
    assert_eq!(
        (answer.status(), answer.reason().as_str()),
        (504, "upstream_timeout")
    );
    assert_eq!(plane.finish_one().attempts.len(), 1);
}

#[test]
fn a_stream_is_cut_when_its_time_is_over_and_what_was_delivered_is_paid() {
    let endless = Upstream::start(|_| {
        let (reply, feed) = Reply::live("text/event-stream");
        feed.send(OPENAI.stream[0]);
        std::mem::forget(feed);
        reply
    });
    let plane = with_timeouts(&endless, &endless, json!({ "total_ms": 80 })).start();
    let answer = plane.ask(chat(streamed(false)));
    assert_eq!(words(&answer.text()), "Grü");
    assert!(
        answer
            .text()
            .contains("longer than the model's timeouts allow")
    );
    let call = plane.finish_one();
    assert_eq!(call.ending, Ending::UpstreamCut);
    assert!(!call.charges[0].taken.is_zero());
}
