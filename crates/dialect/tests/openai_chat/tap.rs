//! Streamed answers that pass from the dialect to the dialect.

use std::collections::VecDeque;

use bytes::Bytes;
use proptest::prelude::*;
use tollgate_dialect::codec::{Inbound, ProviderError, Tap};
use tollgate_dialect::openai_chat::OpenaiChat;
use tollgate_dialect::sse::FRAME_LIMIT;
use tollgate_model::{Nanos, Usage, UsageClass};

const ROLE: &str = r#"data: {"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}"#;
const TEXT: &str = r#"data: {"id":"c","choices":[{"index":0,"delta":{"content":"say \"usage\":{}"},"finish_reason":null}],"usage":null}"#;
const STOP: &str =
    r#"data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}"#;
const USED: &str =
    r#"data: {"id":"c","choices":[],"usage":{"prompt_tokens":9, "completion_tokens":2}}"#;
const DONE: &str = "data: [DONE]";

fn stream(events: &[&str]) -> String {
    events.iter().flat_map(|event| [*event, "\n\n"]).collect()
}

/// The cost that the tests ask for: a thousand nano-dollars for each token.
fn cost(usage: &Usage) -> Nanos {
    let tokens = usage.prompt_tokens() + usage.output_tokens();
    Nanos::new(i64::try_from(tokens).unwrap() * 1000)
}

fn run<'a>(
    pieces: impl Iterator<Item = &'a [u8]>,
    keep_usage: bool,
) -> (Box<dyn Tap + Send>, String) {
    let mut tap = OpenaiChat.tap(keep_usage);
    let mut out = VecDeque::new();
    for piece in pieces {
        tap.push(Bytes::copy_from_slice(piece), &mut cost, &mut out);
    }
    tap.finish(&mut cost, &mut out);
    (tap, String::from_utf8_lossy(&joined(&out)).into_owned())
}

fn joined(out: &VecDeque<Bytes>) -> Vec<u8> {
    assert!(out.iter().all(|piece| !piece.is_empty()));
    out.iter().flatten().copied().collect()
}

fn whole(text: &str, keep_usage: bool) -> (Box<dyn Tap + Send>, String) {
    run(std::iter::once(text.as_bytes()), keep_usage)
}

#[test]
fn the_chunk_that_nobody_asked_for_is_taken_out_and_the_rest_is_as_it_came() {
    let (tap, out) = whole(&stream(&[ROLE, TEXT, TEXT, STOP, USED, DONE]), false);
    assert_eq!(out, stream(&[ROLE, TEXT, TEXT, STOP, DONE]));
    let usage = Usage::NONE
        .with(UsageClass::Input, 9)
        .with(UsageClass::Output, 2);
    assert_eq!(tap.usage(), Some(usage));
    assert!(tap.done() && tap.finished() && tap.failed().is_none());
    assert_eq!(tap.events(), 2);
}

#[test]
fn the_cost_is_told_in_the_usage_that_was_asked_for() {
    let (_, out) = whole(&stream(&[TEXT, USED, DONE]), true);
    let told = r#"data: {"id":"c","choices":[],"usage":{"cost":0.000011,"prompt_tokens":9, "completion_tokens":2}}"#;
    assert_eq!(out, stream(&[TEXT, told, DONE]));
    let routed = r#"data: {"id":"c","choices":[],"usage":{"prompt_tokens":1,"cost":9e-7,"x":1.0}}"#;
    let (_, out) = whole(&stream(&[routed]), true);
    let told =
        r#"data: {"id":"c","choices":[],"usage":{"prompt_tokens":1,"cost":0.000001,"x":1.0}}"#;
    assert_eq!(out, stream(&[told]));
}

#[test]
fn a_usage_beside_an_answer_is_metered_and_kept() {
    let beside = r#"data: {"id":"c","choices":[{"delta":{"content":"x"},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":1}}"#;
    let groq = r#"data: {"id":"c","choices":[{"delta":{},"finish_reason":"stop"}],"x_groq":{"id":"r","usage":{"prompt_tokens":5,"completion_tokens":1}}}"#;
    for event in [beside, groq] {
        let (tap, out) = whole(&stream(&[ROLE, event]), false);
        assert_eq!(out, stream(&[ROLE, event]));
        assert_eq!(
            tap.usage().map(|usage| usage.prompt_tokens()),
            Some(5),
            "{event}"
        );
        assert!(tap.finished(), "{event}");
    }
    assert_eq!(
        whole(&stream(&[beside]), false).0.events(),
        1,
        "a whole answer in one chunk"
    );
}

#[test]
fn the_latest_of_several_usages_counts() {
    let chunk = |n: u32| {
        format!(
            r#"data: {{"id":"c","choices":[{{"delta":{{"content":"x"}}}}],"usage":{{"prompt_tokens":5,"completion_tokens":{n}}}}}"#
        )
    };
    let (tap, _) = whole(&stream(&[&chunk(1), &chunk(2), &chunk(3)]), false);
    assert_eq!(tap.usage().map(|usage| usage.output_tokens()), Some(3));
    assert_eq!(tap.events(), 3);
}

#[test]
fn an_error_in_the_stream_is_seen_and_nothing_goes_on_from_it() {
    for event in [
        r#"data: {"error":{"code":402,"message":"no credits"}}"#,
        r#"data: {"id":"c","choices":[{"delta":{"content":""},"finish_reason":"error"}],"error":{"message":"no credits"}}"#,
        "event: error\ndata: {\"error\":{\"message\":\"no credits\"}}",
    ] {
        let (tap, out) = whole(&stream(&[ROLE, TEXT, event, TEXT, DONE]), false);
        assert_eq!(
            tap.failed().map(|error| error.message.as_str()),
            Some("no credits")
        );
        assert_eq!(out, stream(&[ROLE, TEXT]));
        assert!(!tap.done());
    }
}

#[test]
fn events_go_on_when_they_are_complete_and_not_before() {
    let mut tap = OpenaiChat.tap(false);
    let mut out = VecDeque::new();
    let text = Bytes::from(stream(&[ROLE, TEXT]));
    let first = ROLE.len() + 2;
    tap.push(text.slice(..first), &mut cost, &mut out);
    assert_eq!(joined(&out), stream(&[ROLE]).as_bytes());
    tap.push(text.slice(first..text.len() - 1), &mut cost, &mut out);
    assert_eq!(joined(&out), stream(&[ROLE]).as_bytes());
    tap.push(text.slice(text.len() - 1..), &mut cost, &mut out);
    assert_eq!(joined(&out), text);
}

#[test]
fn what_is_not_changed_is_not_copied() {
    let mut tap = OpenaiChat.tap(false);
    let mut out = VecDeque::new();
    let text = Bytes::from(stream(&[ROLE, TEXT, ": ping"]) + "data: {");
    tap.push(text.clone(), &mut cost, &mut out);
    assert_eq!(out.len(), 1);
    assert_eq!(out[0].as_ptr(), text.as_ptr(), "the same bytes");
}

#[test]
fn a_stream_without_a_last_blank_line_is_read_to_its_end() {
    let (tap, out) = whole(&format!("{TEXT}\n\n{USED}\n"), false);
    assert_eq!(out, format!("{TEXT}\n\n"));
    assert!(tap.usage().is_some());
    let (tap, out) = whole(DONE, false);
    assert_eq!(out, stream(&[DONE]));
    assert!(tap.done());
}

#[test]
fn an_event_that_was_cut_off_makes_room_for_an_error() {
    for cut in [
        &TEXT[..40],
        "data: {",
        "data: [DO",
        "event: x\ndata: {\"a\":",
    ] {
        let text = format!("{ROLE}\n\n{cut}");
        assert_eq!(whole(&text, false).1, format!("{ROLE}\n\n"), "{cut}");
    }
}

#[test]
fn an_event_of_several_data_lines_is_metered() {
    let event = "data: {\"choices\":[],\ndata: \"usage\":{\"prompt_tokens\":4}}";
    let (tap, out) = whole(&stream(&[event]), true);
    assert_eq!(out, stream(&[event]));
    assert_eq!(tap.usage().map(|usage| usage.prompt_tokens()), Some(4));
}

#[test]
fn a_name_at_the_end_of_an_event_does_not_reach_into_the_next() {
    let text = stream(&[
        ROLE,
        "data: {\"id\":\"c\",\"usage\"",
        ":{\"prompt_tokens\":1}}",
    ]);
    let whole = whole(&text, false).0.events();
    assert_eq!(whole, run(text.as_bytes().chunks(1), false).0.events());
}

#[test]
fn comments_and_keep_alives_pass_uncounted() {
    let text = stream(&[": OPENROUTER PROCESSING", ROLE, ": ping", TEXT]);
    let (tap, out) = whole(&text, false);
    assert_eq!((out, tap.events()), (text, 1));
}

#[test]
fn an_event_too_large_to_hold_passes_unread() {
    let large = format!("data: {{\"id\":\"{}\"}}\n\n", "x".repeat(FRAME_LIMIT));
    let text = format!("{large}{}", stream(&[USED, DONE]));
    let (mut tap, mut out, mut seen) = (OpenaiChat.tap(false), VecDeque::new(), 0);
    for piece in text.as_bytes().chunks(100_000) {
        tap.push(Bytes::copy_from_slice(piece), &mut cost, &mut out);
        seen += piece.len();
        let passed: usize = out.iter().map(Bytes::len).sum();
        assert!(
            seen - passed <= FRAME_LIMIT + USED.len() + 2,
            "no more is held back"
        );
    }
    assert_eq!(joined(&out), format!("{large}{DONE}\n\n").as_bytes());
    assert!(tap.usage().is_some(), "what follows is read again");
}

fn state(tap: &dyn Tap) -> (Option<Usage>, bool, bool, u64, Option<ProviderError>) {
    (
        tap.usage(),
        tap.done(),
        tap.finished(),
        tap.events(),
        tap.failed().cloned(),
    )
}

proptest! {
    #[test]
    fn cuts_change_nothing(
        events in prop::collection::vec(
            prop_oneof![
                Just(ROLE), Just(TEXT), Just(STOP), Just(USED), Just(DONE), Just(": ping"),
                Just("event: x\ndata: {\"a\":1}"), Just("data: {\"error\":\"no\"}"), Just("junk"),
            ],
            0..7,
        ),
        end in prop_oneof![Just("\n"), Just("\r\n"), Just("\r")],
        size in 1usize..40,
        keep_usage in any::<bool>(),
        last in any::<bool>(),
    ) {
        let mut text = stream(&events).replace('\n', end);
        if !last {
            text.truncate(text.len().saturating_sub(end.len()));
        }
        let (tap, out) = whole(&text, keep_usage);
        for size in [1, size] {
            let (cut_tap, cut_out) = run(text.as_bytes().chunks(size), keep_usage);
            prop_assert_eq!(&out, &cut_out);
            prop_assert_eq!(state(&*tap), state(&*cut_tap));
        }
        if !events.contains(&USED) && tap.failed().is_none() {
            prop_assert_eq!(out.trim_end(), text.trim_end());
        }
    }

    #[test]
    fn no_bytes_are_too_odd(bytes in prop::collection::vec(any::<u8>(), 0..200), keep in any::<bool>()) {
        let mut tap = OpenaiChat.tap(keep);
        let mut out = VecDeque::new();
        tap.push(Bytes::copy_from_slice(&bytes), &mut cost, &mut out);
        tap.finish(&mut cost, &mut out);
        prop_assert!(bytes.starts_with(joined(&out).trim_ascii_end()));
    }
}
