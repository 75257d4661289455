//! Streamed answers of Ollama: read into events, and passed on.

use std::collections::VecDeque;

use bytes::Bytes;
use proptest::prelude::*;
use tollgate_dialect::codec::{Inbound, Outbound, Tap};
use tollgate_dialect::ir::Event;
use tollgate_dialect::ollama::{Ollama, OllamaGenerate};
use tollgate_model::{Nanos, Usage, UsageClass};

use crate::grammar;
use crate::shapes::show_events;

pub(crate) const STREAM: &str = concat!(
    r#"{"model":"m","created_at":"2025-01-01T00:00:00Z","message":{"role":"assistant","content":"","#,
    r#""thinking":"hm"},"done":false}"#,
    "\n",
    r#"{"model":"m","created_at":"2025-01-01T00:00:01Z","message":{"role":"assistant","content":"Grü"},"#,
    r#""done":false}"#,
    "\n",
    r#"{"model":"m","created_at":"2025-01-01T00:00:01Z","message":{"role":"assistant","content":"ezi"},"#,
    r#""done":false}"#,
    "\n",
    r#"{"model":"m","created_at":"2025-01-01T00:00:02Z","message":{"role":"assistant","content":"","#,
    r#""tool_calls":[{"function":{"name":"f","arguments":{"a":1}}},{"function":{"name":"g","#,
    r#""arguments":{}}}]},"done":false}"#,
    "\n",
    r#"{"model":"m","created_at":"2025-01-01T00:00:03Z","message":{"role":"assistant","content":""},"#,
    r#""done":true,"done_reason":"stop","prompt_eval_count":10,"eval_count":4}"#,
    "\n",
);

const GENERATED: &str = concat!(
    r#"{"model":"m","created_at":"x","response":"Grü","done":false}"#,
    "\n",
    r#"{"model":"m","created_at":"x","response":"ezi","done":true,"done_reason":"length","#,
    r#""prompt_eval_count":10,"eval_count":4}"#,
    "\n",
);

fn events(codec: &dyn Outbound, stream: &str) -> Vec<Event> {
    let events = grammar::read(codec, std::iter::once(stream.as_bytes()));
    grammar::check(&events).unwrap();
    events
}

fn used() -> Usage {
    let usage = Usage::NONE.with(UsageClass::Input, 10);
    usage.with(UsageClass::Output, 4)
}

#[test]
fn a_stream_is_read_into_events() {
    insta::assert_snapshot!(show_events(&events(&Ollama, STREAM)), @r#"
    start None Some("m")
    0 open Thinking
    0 text "hm"
    0 close
    1 open Text
    1 text "Grü"
    1 text "ezi"
    1 close
    2 call call_20250101T000002Z_0 f signed None
    2 arguments {"a":1}
    2 close
    3 call call_20250101T000002Z_1 g signed None
    3 arguments {}
    3 close
    usage {"input":10,"output":4}
    stop ToolUse
    end
    "#);
    insta::assert_snapshot!(show_events(&events(&OllamaGenerate, GENERATED)), @r#"
    start None Some("m")
    0 open Text
    0 text "Grü"
    0 text "ezi"
    usage {"input":10,"output":4}
    0 close
    stop Length
    end
    "#);
}

#[test]
fn os_12_a_stream_that_breaks_off_fails() {
    let first = STREAM.lines().next().unwrap();
    let told = show_events(&events(&Ollama, first));
    assert!(
        told.ends_with("fail None None the stream broke off before its end"),
        "{told}"
    );
    let told = show_events(&events(
        &Ollama,
        &format!("{first}\n{{\"error\":\"no\"}}\n"),
    ));
    assert!(told.ends_with("fail None None no"), "{told}");
    let told = show_events(&events(&Ollama, "{\"message\":\n"));
    assert!(
        told.starts_with("fail None None a line of the stream"),
        "{told}"
    );
}

fn tapped<'a>(
    codec: &dyn Inbound,
    pieces: impl Iterator<Item = &'a [u8]>,
) -> (Box<dyn Tap + Send>, String) {
    let mut cost = |_: &Usage| Nanos::new(1);
    let (mut tap, mut out) = (codec.tap(true), VecDeque::new());
    for piece in pieces {
        tap.push(Bytes::copy_from_slice(piece), &mut cost, &mut out);
    }
    tap.finish(&mut cost, &mut out);
    let told = out.into_iter().flatten().collect();
    (tap, String::from_utf8(told).unwrap())
}

fn passed(codec: &dyn Inbound, stream: &str) -> (Box<dyn Tap + Send>, String) {
    tapped(codec, std::iter::once(stream.as_bytes()))
}

#[test]
fn a_stream_passes_to_the_byte_and_its_usage_is_read() {
    for (codec, stream, events) in [
        (&Ollama as &dyn Inbound, STREAM, 4),
        (&OllamaGenerate, GENERATED, 2),
    ] {
        let (tap, out) = passed(codec, stream);
        assert_eq!(out, stream);
        assert_eq!(tap.usage(), Some(used()));
        assert_eq!(
            (tap.done(), tap.finished(), tap.events()),
            (true, true, events)
        );
        let (tap, out) = passed(codec, stream.trim_end());
        assert_eq!(
            (out.as_str(), tap.done()),
            (stream, true),
            "the last end may be missing"
        );
    }
}

#[test]
fn an_error_does_not_go_on_nor_what_follows() {
    let first = STREAM.lines().next().unwrap();
    let stream = format!("{first}\n{{\"error\":\"no\"}}\n{first}\n");
    let (tap, out) = passed(&Ollama, &stream);
    assert_eq!(out, format!("{first}\n"));
    assert_eq!(tap.failed().unwrap().message, "no");
    assert_eq!((tap.done(), tap.events()), (false, 1));
}

#[test]
fn what_was_cut_off_is_left_out() {
    let (tap, out) = passed(&Ollama, &STREAM[..STREAM.len() - 20]);
    assert!(
        STREAM.starts_with(&out) && out.ends_with("false}\n"),
        "{out}"
    );
    assert!(!tap.done() && tap.usage().is_none());
}

proptest! {
    #[test]
    fn where_a_stream_is_cut_makes_no_difference(sizes in prop::collection::vec(1usize..90, 1..20)) {
        let mut pieces = Vec::new();
        let (mut rest, mut at) = (STREAM.as_bytes(), 0);
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(sizes[at % sizes.len()].min(rest.len()));
            pieces.push(piece);
            (rest, at) = (after, at + 1);
        }
        let (tap, out) = tapped(&Ollama, pieces.iter().copied());
        prop_assert_eq!(out, STREAM);
        prop_assert_eq!((tap.usage(), tap.events()), (Some(used()), 4));
        prop_assert_eq!(grammar::read(&Ollama, pieces.into_iter()), events(&Ollama, STREAM));
    }
}
