//! Streamed answers that pass from the dialect to the dialect.

use std::collections::VecDeque;

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};
use tollgate_dialect::codec::{Inbound, Outbound, Tap};
use tollgate_dialect::openai_responses::OpenaiResponses;
use tollgate_dialect::refusal::View;
use tollgate_model::{CallId, Nanos, Reason, Refusal, Usage, UsageClass};

const CREATED: &str = "event: response.created\ndata: {\"type\":\"response.created\",\"response\":\
    {\"id\":\"resp_9\",\"status\":\"in_progress\",\"error\":null,\"output\":[]},\"sequence_number\":0}";
const ADDED: &str = "event: response.output_item.added\ndata: {\"type\":\
    \"response.output_item.added\",\"output_index\":0,\"item\":{\"id\":\"msg_1\"},\
    \"sequence_number\":1}";
const DELTA: &str = "event: response.output_text.delta\ndata: {\"type\":\
    \"response.output_text.delta\",\"delta\":\"error \\\"usage\\\":\",\"sequence_number\":2}";
const NAMELESS: &str =
    "data: {\"type\":\"response.function_call_arguments.delta\",\"delta\":\"{\"}";
const DONE: &str = "event: response.completed\ndata: {\"type\":\"response.completed\",\
    \"sequence_number\":4,\"response\":{\"id\":\"resp_9\",\"status\":\"completed\",\"output\":\
    [{\"type\":\"web_search_call\",\"id\":\"ws\"},{\"type\":\"message\",\"content\":[]}],\"usage\":\
    {\"input_tokens\":9,\"input_tokens_details\":{\"cached_tokens\":4},\"output_tokens\":5,\
    \"output_tokens_details\":{\"reasoning_tokens\":2},\"total_tokens\":14}}}";
const FAILED: &str = "event: response.failed\ndata: {\"type\":\"response.failed\",\
    \"sequence_number\":3,\"response\":{\"id\":\"resp_9\",\"status\":\"failed\",\"error\":\
    {\"code\":\"server_error\",\"message\":\"Full\"},\"usage\":{\"input_tokens\":9,\"output_tokens\":1}}}";
const ERROR: &str = "event: error\ndata: {\"type\":\"error\",\"code\":\"rate_limit_exceeded\",\
    \"message\":\"Slow\",\"param\":null,\"sequence_number\":3}";

fn stream(events: &[&str]) -> String {
    events.iter().flat_map(|event| [*event, "\n\n"]).collect()
}

fn run<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Box<dyn Tap + Send>, String) {
    let mut cost = |_: &Usage| Nanos::new(1);
    let (mut tap, mut out) = (OpenaiResponses.tap(true), VecDeque::new());
    for piece in pieces {
        tap.push(Bytes::copy_from_slice(piece), &mut cost, &mut out);
    }
    tap.finish(&mut cost, &mut out);
    let text = out.into_iter().flatten().collect();
    (tap, String::from_utf8(text).unwrap())
}

fn whole(text: &str) -> (Box<dyn Tap + Send>, String) {
    run(std::iter::once(text.as_bytes()))
}

#[test]
fn rs_08_usage_is_read_from_the_last_event_and_no_byte_changes() {
    let text = stream(&[CREATED, ADDED, DELTA, NAMELESS, DONE]);
    let (tap, out) = whole(&text);
    assert_eq!(out, text);
    let want = Usage::NONE
        .with(UsageClass::Input, 5)
        .with(UsageClass::CacheRead, 4)
        .with(UsageClass::Output, 3)
        .with(UsageClass::Reasoning, 2)
        .with(UsageClass::WebSearches, 1);
    assert_eq!(tap.usage(), Some(want));
    assert!(tap.done() && tap.finished() && tap.failed().is_none());
    assert_eq!(tap.events(), 2);
    let kept: Value = serde_json::from_slice(&tap.whole().unwrap()).unwrap();
    assert_eq!(kept["output"][1]["type"], "message");
}

#[test]
fn rs_06_an_incomplete_answer_is_whole_too() {
    let text = DONE.replace("completed", "incomplete");
    let (tap, _) = whole(&stream(&[CREATED, &text]));
    assert!(tap.done() && tap.whole().is_some() && tap.usage().is_some());
}

#[test]
fn rs_07_a_failure_does_not_go_on_and_is_told_as_one_with_the_next_number() {
    for (event, message, used) in [(FAILED, "Full", true), (ERROR, "Slow", false)] {
        let (tap, out) = whole(&stream(&[CREATED, ADDED, DELTA, event, DONE]));
        assert_eq!(out, stream(&[CREATED, ADDED, DELTA]));
        assert_eq!(tap.failed().unwrap().message, message);
        assert_eq!(tap.usage().is_some(), used);
        assert!(!tap.done() && tap.whole().is_none());
        let refusal = Refusal::new(Reason::UpstreamBadResponse, "It broke off.");
        let view = View {
            refusal: &refusal,
            call: CallId(1),
            reveal: true,
            explain: None,
        };
        let told = String::from_utf8(tap.broken(&view).unwrap()).unwrap();
        let (name, data) = told.split_once('\n').unwrap();
        assert_eq!(name, "event: response.failed");
        let data: Value = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
        assert_eq!(data["sequence_number"], 3);
        assert_eq!(data["response"]["id"], "resp_9");
        assert_eq!(data["response"]["status"], "failed");
        let error = json!({"code": "server_error", "message": "It broke off."});
        assert_eq!(data["response"]["error"], error);
    }
}

#[test]
fn a_stream_that_broke_off_without_a_word_is_counted_on() {
    let (tap, _) = whole(&stream(&[CREATED, ADDED, DELTA]));
    assert!(!tap.finished());
    let refusal = Refusal::new(Reason::UpstreamBadResponse, "It broke off.");
    let view = View {
        refusal: &refusal,
        call: CallId(1),
        reveal: true,
        explain: None,
    };
    let told = String::from_utf8(tap.broken(&view).unwrap()).unwrap();
    assert!(told.contains("\"sequence_number\":3,"), "{told}");
}

#[test]
fn a_whole_answer_is_looked_at_for_its_usage_and_its_error() {
    let seen = |body: &str| format!("{:?}", OpenaiResponses.look(body.as_bytes()));
    let used = seen(r#"{"output":[],"error":null,"usage":{"input_tokens":3,"output_tokens":2}}"#);
    assert!(
        used.contains("input: 3") || used.contains("Answer(Some"),
        "{used}"
    );
    let failed = seen(r#"{"status":"failed","error":{"code":"x","message":"no"}}"#);
    assert!(
        failed.contains("Error(") && failed.contains("no"),
        "{failed}"
    );
    assert!(seen("nonsense").starts_with("Err("));
}

proptest! {
    #[test]
    fn ss_01_a_stream_passes_the_same_however_it_is_cut(cuts in prop::collection::vec(0usize..900, 0..6)) {
        let text = stream(&[CREATED, ADDED, DELTA, NAMELESS, DONE]);
        let bytes = text.as_bytes();
        let mut places: Vec<usize> = cuts.into_iter().map(|cut| cut % bytes.len()).collect();
        places.sort_unstable();
        places.insert(0, 0);
        places.push(bytes.len());
        let pieces: Vec<&[u8]> = places.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
        let (tap, out) = run(pieces.into_iter());
        prop_assert_eq!(&out, &text);
        let (one, _) = whole(&text);
        prop_assert_eq!((tap.usage(), tap.events(), tap.whole()), (one.usage(), one.events(), one.whole()));
    }
}
