//! Streamed answers, written for callers.

use proptest::prelude::*;
use serde_json::Value;
use tollgate_dialect::codec::{Inbound, Outbound, ProviderError, Reply, StreamDecoder};
use tollgate_dialect::gemini::Gemini;
use tollgate_dialect::ir::{Delta, Event, Opening, Stop};
use tollgate_model::{Nanos, Usage, UsageClass};

use crate::shapes::{ID, REPLY};

fn written(events: &[Event], reply: &Reply<'_>) -> Vec<u8> {
    let mut encoder = Gemini.stream_encoder(reply);
    let mut out = Vec::new();
    for event in events {
        let cost = (*event == Event::End).then_some(Nanos::new(1_500));
        encoder.event(event, cost, &mut out);
    }
    out
}

fn told(events: &[Event], reply: &Reply<'_>) -> String {
    let text = String::from_utf8(written(events, reply)).unwrap();
    assert!(text.ends_with("\r\n\r\n") || text.is_empty());
    let tail = format!(r#","modelVersion":"m","responseId":"{ID}"}}"#);
    let content = r#"{"candidates":[{"content":{"parts":["#;
    let text = text.replace(&tail, "…").replace(content, "…");
    text.replace("\r\n\r\n", "\n").trim_end().to_owned()
}

fn text(at: usize, piece: &str) -> Event {
    Event::Delta(at, Delta::Text(piece.into()))
}

fn call(at: usize, id: &str, signature: Option<&str>) -> Event {
    Event::Open(
        at,
        Opening::ToolUse {
            id: id.into(),
            name: "f".into(),
            signature: signature.map(str::to_owned),
        },
    )
}

fn arguments(at: usize, piece: &str) -> Event {
    Event::Delta(at, Delta::Arguments(piece.into()))
}

fn start() -> Event {
    Event::Start {
        id: None,
        model: None,
    }
}

#[test]
fn a_text_is_streamed_and_the_last_piece_says_why_it_ended() {
    let events = [
        start(),
        Event::Open(0, Opening::Thinking),
        text(0, "hm"),
        Event::Close(0),
        Event::Open(1, Opening::Text),
        text(1, "say \"hi\"\n"),
        text(1, ""),
        Event::Close(1),
        Event::Usage(Usage::NONE.with(UsageClass::Input, 2)),
        Event::Stop(Stop::End),
        Event::Usage(Usage::NONE.with(UsageClass::Output, 3)),
        Event::End,
    ];
    insta::assert_snapshot!(told(&events, &REPLY), @r#"
    data: …{"text":"hm","thought":true}],"role":"model"},"index":0}]…
    data: …{"text":"say \"hi\"\n"}],"role":"model"},"index":0}]…
    data: …{"text":""}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":2,"candidatesTokenCount":3,"totalTokenCount":5}…
    "#);
    let hidden = Reply {
        hide_thoughts: true,
        ..REPLY
    };
    assert!(!told(&events, &hidden).contains("hm"));
}

#[test]
fn calls_are_streamed_whole() {
    let events = [
        start(),
        call(0, "a", Some("U2ln")),
        arguments(0, "{\"q\":"),
        arguments(0, "1}"),
        Event::Close(0),
        call(1, "b", None),
        Event::Close(1),
        Event::Stop(Stop::ToolUse),
        Event::End,
    ];
    insta::assert_snapshot!(told(&events, &REPLY), @r#"
    data: …{"functionCall":{"id":"a","name":"f","args":{"q":1}},"thoughtSignature":"U2ln"}],"role":"model"},"index":0}]…
    data: …{"functionCall":{"id":"b","name":"f","args":{}}}],"role":"model"},"index":0}]…
    data: …{"text":""}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":0,"candidatesTokenCount":0,"totalTokenCount":0}…
    "#);
}

#[test]
fn arguments_that_are_no_object_end_as_geminis_own_failure() {
    for pieces in ["{\"q\":", "[1]", "7"] {
        let events = [
            start(),
            call(0, "a", None),
            arguments(0, pieces),
            Event::Close(0),
            Event::Stop(Stop::ToolUse),
            Event::End,
        ];
        let text = told(&events, &REPLY);
        assert!(!text.contains("functionCall"), "{text}");
        assert!(
            text.contains(r#""finishReason":"MALFORMED_FUNCTION_CALL""#),
            "{text}"
        );
    }
}

#[test]
fn os_11_an_error_ends_the_stream_without_a_proper_end() {
    let error = ProviderError {
        message: "broke\noff".into(),
        ..ProviderError::default()
    };
    insta::assert_snapshot!(
        told(&[start(), Event::Fail(error)], &REPLY),
        @r#"data: {"error":{"code":500,"message":"broke\noff","status":"INTERNAL"}}"#
    );
}

/// The events of a stream in the order of the grammar, and the text and calls in them.
fn any_answer() -> impl Strategy<Value = Vec<Event>> {
    let block = prop_oneof![
        prop::collection::vec("[a-zé\"\\\\\n{}]{1,4}", 0..4).prop_map(|pieces| {
            let deltas = pieces.into_iter().map(Delta::Text).collect();
            (Opening::Text, deltas)
        }),
        prop::collection::vec("[a-z]{1,4}", 0..3).prop_map(|pieces| {
            let deltas = pieces.into_iter().map(Delta::Text).collect();
            (Opening::Thinking, deltas)
        }),
        ("[a-z]{1,6}", "[a-z \"]{0,8}", 1usize..6).prop_map(|(id, word, size)| {
            let json = serde_json::json!({"word": word}).to_string();
            let opening = Opening::ToolUse {
                id,
                name: "f".into(),
                signature: None,
            };
            let bytes: Vec<char> = json.chars().collect();
            let pieces = bytes.chunks(size).map(|piece| piece.iter().collect());
            (opening, pieces.map(Delta::Arguments).collect::<Vec<_>>())
        }),
    ];
    prop::collection::vec(block, 0..6).prop_map(|blocks| {
        let mut events = vec![start()];
        for (at, (opening, deltas)) in blocks.into_iter().enumerate() {
            events.push(Event::Open(at, opening));
            events.extend(deltas.into_iter().map(|delta| Event::Delta(at, delta)));
            events.push(Event::Close(at));
        }
        events.extend([Event::Stop(Stop::End), Event::End]);
        events
    })
}

/// What a stream says: kinds and texts, pieces put together.
fn said(events: &[Event]) -> Vec<(char, String)> {
    let mut said: Vec<(char, String)> = Vec::new();
    for event in events {
        match event {
            Event::Open(_, Opening::Text) => said.push(('t', String::new())),
            Event::Open(_, Opening::Thinking) => said.push(('h', String::new())),
            Event::Open(_, _) => said.push(('c', String::new())),
            Event::Delta(_, Delta::Text(piece) | Delta::Arguments(piece)) => {
                said.last_mut().unwrap().1.push_str(piece);
            }
            _ => {}
        }
    }
    said.retain(|(_, text)| !text.is_empty());
    let mut joined: Vec<(char, String)> = Vec::new();
    for (kind, text) in said {
        match joined.last_mut() {
            Some((last, before)) if *last == kind && kind != 'c' => before.push_str(&text),
            _ => joined.push((kind, text)),
        }
    }
    joined
}

fn read(decoder: &mut dyn StreamDecoder, pieces: &[&[u8]]) -> Vec<Event> {
    let mut events = Vec::new();
    for piece in pieces {
        decoder.push(piece, &mut events);
    }
    decoder.finish(&mut events);
    events
}

proptest! {
    #[test]
    fn deltas_put_together_are_the_whole_answer(events in any_answer(), size in 1usize..40) {
        let bytes = written(&events, &REPLY);
        let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
        let back = read(&mut *Gemini.stream_decoder(), &pieces);
        prop_assert_eq!(said(&back), said(&events));
        prop_assert_eq!(back.last(), Some(&Event::End));
    }

    #[test]
    fn gi_01_each_frame_is_one_line_of_json(events in any_answer()) {
        let text = String::from_utf8(written(&events, &REPLY)).unwrap();
        for frame in text.split_terminator("\r\n\r\n") {
            let json = frame.strip_prefix("data: ").unwrap();
            prop_assert!(!json.contains(['\r', '\n']));
            let answer: Value = serde_json::from_str(json).unwrap();
            prop_assert!(answer["candidates"][0]["content"]["parts"][0].is_object());
        }
    }
}
