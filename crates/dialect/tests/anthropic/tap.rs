//! Streamed answers that pass from the dialect to the dialect.

use std::collections::VecDeque;

use bytes::Bytes;
use proptest::prelude::*;
use tollgate_dialect::anthropic::Anthropic;
use tollgate_dialect::codec::{Inbound, Outbound, ProviderError, Tap};
use tollgate_dialect::sse::FRAME_LIMIT;
use tollgate_model::{Nanos, Usage, UsageClass};

const START: &str = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\
    \"usage\":{\"input_tokens\":9,\"cache_read_input_tokens\":4,\"output_tokens\":1}}}";
const OPEN: &str = "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\
    \"content_block\":{\"type\":\"text\",\"text\":\"\"}}";
const TEXT: &str = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\
    \"delta\":{\"type\":\"text_delta\",\"text\":\"say \\\"usage\\\":{}\"}}";
const SIGNED: &str = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\
    \"delta\":{\"type\":\"signature_delta\",\"signature\":\"s\"}}";
const NAMELESS: &str = "data: {\"type\":\"content_block_delta\",\"index\":0,\
    \"delta\":{\"type\":\"text_delta\",\"text\":\"x\"}}";
const CLOSE: &str =
    "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}";
const PING: &str = "event: ping\ndata: {\"type\": \"ping\"}";
const COUNT: &str = "event: message_delta\ndata: {\"type\":\"message_delta\",\
    \"delta\":{\"stop_reason\":null},\"usage\":{\"output_tokens\":20}}";
const DELTA: &str = "event: message_delta\ndata: {\"type\":\"message_delta\",\
    \"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"input_tokens\":10,\"output_tokens\":30}}";
const STOP: &str = "event: message_stop\ndata: {\"type\":\"message_stop\"}";
const ERROR: &str = "event: error\ndata: {\"type\":\"error\",\"error\":\
    {\"type\":\"overloaded_error\",\"message\":\"Full\"}}";

fn stream(events: &[&str]) -> String {
    events.iter().flat_map(|event| [*event, "\n\n"]).collect()
}

fn run<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Box<dyn Tap + Send>, String) {
    let mut cost = |_: &Usage| Nanos::new(1);
    let (mut tap, mut out) = (Anthropic.tap(true), VecDeque::new());
    for piece in pieces {
        tap.push(Bytes::copy_from_slice(piece), &mut cost, &mut out);
    }
    tap.finish(&mut cost, &mut out);
    assert!(out.iter().all(|piece| !piece.is_empty()));
    let text = out.into_iter().flatten().collect();
    (tap, String::from_utf8(text).unwrap())
}

fn whole(text: &str) -> (Box<dyn Tap + Send>, String) {
    run(std::iter::once(text.as_bytes()))
}

fn state(tap: &dyn Tap) -> (Option<Usage>, bool, bool, u64, Option<ProviderError>) {
    let error = tap.failed().cloned();
    (tap.usage(), tap.done(), tap.finished(), tap.events(), error)
}

#[test]
fn os_08_the_usage_is_read_from_the_start_and_the_last_delta_and_no_byte_changes() {
    let text = stream(&[
        START, PING, OPEN, TEXT, TEXT, SIGNED, CLOSE, COUNT, DELTA, STOP,
    ]);
    let (tap, out) = whole(&text);
    assert_eq!(out, text);
    let usage = Usage::NONE
        .with(UsageClass::Input, 10)
        .with(UsageClass::CacheRead, 4)
        .with(UsageClass::Output, 30);
    assert_eq!(tap.usage(), Some(usage));
    assert!(tap.done() && tap.finished() && tap.failed().is_none());
    assert_eq!(tap.events(), 2);
}

#[test]
fn an_answer_that_breaks_off_is_metered_and_not_whole() {
    let (tap, out) = whole(&stream(&[START, OPEN, TEXT, COUNT]));
    assert_eq!(out, stream(&[START, OPEN, TEXT, COUNT]));
    assert!(!tap.done() && !tap.finished());
    assert_eq!(
        (tap.events(), tap.usage().unwrap().output_tokens()),
        (1, 20)
    );
    let (tap, _) = whole(&stream(&[START, TEXT, DELTA]));
    assert!(tap.finished() && !tap.done(), "a reason to finish was told");
}

#[test]
fn an_error_in_the_stream_is_seen_and_nothing_goes_on_from_it() {
    let nameless = "data: {\"error\":{\"message\":\"Full\"}}";
    for error in [ERROR, nameless] {
        let (tap, out) = whole(&stream(&[START, TEXT, error, TEXT, STOP]));
        let told = tap.failed().map(|error| error.message.as_str());
        assert_eq!(told, Some("Full"));
        assert_eq!(out, stream(&[START, TEXT]));
        assert!(!tap.done());
    }
    assert!(
        whole("event: error\ndata: {\"type\":\"error\"}\n\n")
            .0
            .failed()
            .is_some()
    );
}

#[test]
fn events_without_names_are_known_by_their_type() {
    let start = START.split_once('\n').unwrap().1;
    let (tap, out) = whole(&stream(&[start, NAMELESS, ": a comment"]));
    assert_eq!(out, stream(&[start, NAMELESS, ": a comment"]));
    assert_eq!((tap.events(), tap.usage().is_some()), (1, true));
}

#[test]
fn an_event_that_was_cut_off_makes_room_for_an_error() {
    for cut in ["event: content_block_delta\ndata: {\"type\"", "data: {"] {
        let text = format!("{START}\n\n{cut}");
        assert_eq!(whole(&text).1, format!("{START}\n\n"), "{cut}");
    }
    assert_eq!(
        whole(&format!("{START}\n\n{STOP}")).1,
        stream(&[START, STOP])
    );
}

#[test]
fn an_event_too_large_to_hold_passes_unread() {
    let large = TEXT.replace("say", &"x".repeat(FRAME_LIMIT));
    let text = stream(&[START, &large, DELTA, STOP]);
    let (tap, out) = run(text.as_bytes().chunks(100_000));
    assert_eq!(out, text);
    assert!(tap.done() && tap.usage().is_some());
}

#[test]
fn er_07_a_stream_that_begins_with_an_error_has_failed() {
    let error = Anthropic
        .leading_error(stream(&[ERROR]).as_bytes())
        .unwrap();
    assert_eq!(error.kind.as_deref(), Some("overloaded_error"));
    assert_eq!(Anthropic.leading_error(stream(&[START]).as_bytes()), None);
}

proptest! {
    #[test]
    fn cuts_change_nothing(
        events in prop::collection::vec(
            prop_oneof![
                Just(START), Just(OPEN), Just(TEXT), Just(SIGNED), Just(NAMELESS), Just(PING),
                Just(COUNT), Just(DELTA), Just(STOP), Just(ERROR), Just(": ping"), Just("junk"),
            ],
            0..8,
        ),
        end in prop_oneof![Just("\n"), Just("\r\n"), Just("\r")],
        size in 1usize..60,
        last in any::<bool>(),
    ) {
        let mut text = stream(&events).replace('\n', end);
        if !last {
            text.truncate(text.len().saturating_sub(end.len()));
        }
        let (tap, out) = whole(&text);
        for size in [1, size] {
            let (cut_tap, cut_out) = run(text.as_bytes().chunks(size));
            prop_assert_eq!(&out, &cut_out);
            prop_assert_eq!(state(&*tap), state(&*cut_tap));
        }
        if tap.failed().is_none() {
            prop_assert_eq!(out.trim_end(), text.trim_end());
        }
    }
}
