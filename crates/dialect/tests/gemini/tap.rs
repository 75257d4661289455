//! Streamed answers that pass from Gemini to Gemini's callers.

use std::collections::VecDeque;

use bytes::Bytes;
use proptest::prelude::*;
use tollgate_dialect::codec::{Inbound, Outbound, Tap};
use tollgate_dialect::gemini::Gemini;
use tollgate_model::{Nanos, Usage, UsageClass};

const TEXT: &str = r#"data: {"candidates": [{"content": {"parts": [{"text": "say \"finishReason\": \"STOP\""}],"role": "model"},"index": 0}],"usageMetadata": {"promptTokenCount": 9,"totalTokenCount": 9}}"#;
const CALL: &str = r#"data: {"candidates": [{"content": {"parts": [{"functionCall": {"name": "f","args": {}}}],"role": "model"},"index": 0}],"usageMetadata": {"promptTokenCount": 9,"candidatesTokenCount": 2,"totalTokenCount": 11}}"#;
const LAST: &str = r#"data: {"candidates": [{"content": {"parts": [{"text": ""}],"role": "model"},"finishReason": "STOP","index": 0}],"usageMetadata": {"promptTokenCount": 9,"candidatesTokenCount": 5,"thoughtsTokenCount": 20,"totalTokenCount": 34},"modelVersion": "m"}"#;
const ERROR: &str =
    r#"data: {"error": {"code": 503, "message": "overloaded", "status": "UNAVAILABLE"}}"#;

fn stream(events: &[&str]) -> String {
    events
        .iter()
        .flat_map(|event| [*event, "\r\n\r\n"])
        .collect()
}

fn run<'a>(pieces: impl Iterator<Item = &'a [u8]>, closes: bool) -> (Box<dyn Tap + Send>, String) {
    let mut tap = Gemini.tap(true);
    let mut out = VecDeque::new();
    let cost = &mut |_: &Usage| Nanos::ZERO;
    for piece in pieces {
        tap.push(Bytes::copy_from_slice(piece), cost, &mut out);
    }
    if closes {
        tap.finish(cost, &mut out);
    }
    let bytes: Vec<u8> = out.iter().flatten().copied().collect();
    (tap, String::from_utf8_lossy(&bytes).into_owned())
}

fn whole(text: &str) -> (Box<dyn Tap + Send>, String) {
    run(std::iter::once(text.as_bytes()), true)
}

#[test]
fn gr_06_the_last_usage_counts_and_no_byte_changes() {
    let text = stream(&[TEXT, CALL, LAST]);
    let (tap, out) = whole(&text);
    assert_eq!(out, text);
    let usage = Usage::NONE
        .with(UsageClass::Input, 9)
        .with(UsageClass::Output, 5)
        .with(UsageClass::Reasoning, 20);
    assert_eq!(tap.usage(), Some(usage));
    assert_eq!(tap.events(), 2);
    assert!(tap.done() && tap.finished() && tap.failed().is_none());
}

#[test]
fn gr_07_a_stream_is_done_when_it_closes_after_a_reason_to_finish() {
    let text = stream(&[TEXT, LAST]);
    let (tap, _) = run(std::iter::once(text.as_bytes()), false);
    assert!(
        tap.finished() && !tap.done(),
        "the usage may come after the reason"
    );
    let (tap, _) = whole(&stream(&[TEXT, CALL]));
    assert!(!tap.finished() && !tap.done());
    let blocked = r#"data: {"promptFeedback": {"blockReason": "SAFETY"},"usageMetadata": {"promptTokenCount": 4}}"#;
    let (tap, _) = whole(&stream(&[blocked]));
    assert!(tap.done());
    assert_eq!(tap.events(), 0);
}

#[test]
fn er_07_an_error_is_seen_and_nothing_goes_on_from_it() {
    let (tap, out) = whole(&stream(&[TEXT, ERROR, LAST]));
    assert_eq!(out, stream(&[TEXT]));
    let error = tap.failed().unwrap();
    assert_eq!(error.message, "overloaded");
    assert_eq!(error.kind.as_deref(), Some("UNAVAILABLE"));
    assert!(!tap.done());
}

#[test]
fn a_picture_of_many_bytes_is_metered_as_well() {
    let data = "A".repeat(3 << 20);
    let picture = LAST.replace(
        r#"{"text": ""}"#,
        &format!(r#"{{"inlineData": {{"mimeType": "image/png", "data": "{data}"}}}}"#),
    );
    let text = stream(&[&picture]);
    let (tap, out) = run(text.as_bytes().chunks(65_536), true);
    assert_eq!(out.len(), text.len());
    assert!(tap.done() && tap.usage().is_some());
    assert_eq!(tap.events(), 1);
}

#[test]
fn a_piece_that_was_cut_off_does_not_go_on() {
    let text = stream(&[TEXT]) + &LAST[..40];
    let (tap, out) = whole(&text);
    assert_eq!(out, stream(&[TEXT]));
    assert!(!tap.done());
}

#[test]
fn er_07_gr_08_a_stream_that_begins_with_an_error_has_failed() {
    let error = |bytes: &str| {
        Gemini
            .leading_error(bytes.as_bytes())
            .map(|error| error.message)
    };
    for text in [
        stream(&[ERROR]),
        format!(": hello\n\n{ERROR}\n\n"),
        ERROR["data: ".len()..].to_owned(),
        format!("[{}\n]", &ERROR["data: ".len()..]),
        format!(" [\n{},", &ERROR["data: ".len()..]),
    ] {
        assert_eq!(error(&text).as_deref(), Some("overloaded"), "{text}");
    }
    for text in [
        stream(&[TEXT]),
        ERROR[..40].to_owned(),
        r#"data: {"error": null, "candidates": []}"#.to_owned() + "\n\n",
        r#"[{"candidates": [{"error": 1}]}]"#.to_owned(),
        String::new(),
        "[".to_owned(),
    ] {
        assert_eq!(error(&text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn cuts_change_nothing(
        picks in prop::collection::vec(0usize..5, 0..6),
        ends in prop::collection::vec(prop_oneof![Just("\n\n"), Just("\r\n\r\n"), Just("\r\r")], 6),
        size in 1usize..60,
    ) {
        let events = [TEXT, CALL, LAST, ERROR, ": a comment"];
        let text: String =
            picks.iter().zip(&ends).flat_map(|(pick, end)| [events[*pick], *end]).collect();
        let (one, whole) = whole(&text);
        let (many, pieces) = run(text.as_bytes().chunks(size), true);
        prop_assert_eq!(&whole, &pieces);
        prop_assert!(text.starts_with(&whole));
        prop_assert_eq!(one.usage(), many.usage());
        prop_assert_eq!(one.events(), many.events());
        prop_assert_eq!((one.done(), one.finished()), (many.done(), many.finished()));
        prop_assert_eq!(one.failed(), many.failed());
    }
}
