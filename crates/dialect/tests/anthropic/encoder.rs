//! Streamed answers, written for callers.

use proptest::prelude::*;
use serde_json::Value;
use tollgate_dialect::anthropic::Anthropic;
use tollgate_dialect::codec::{Inbound, Outbound, ProviderError, Reply};
use tollgate_dialect::ir::{Delta, Event, Opening, Stop};
use tollgate_dialect::openai_chat::OpenaiChat;
use tollgate_dialect::sse::Frames;
use tollgate_model::{Nanos, Usage, UsageClass};

use crate::asked::REPLY;

fn told(events: &[Event], reply: &Reply<'_>) -> String {
    let mut encoder = Anthropic.stream_encoder(reply);
    let mut out = Vec::new();
    for event in events {
        let cost = (*event == Event::End).then_some(Nanos::new(1_500));
        encoder.event(event, cost, &mut out);
    }
    String::from_utf8(out).unwrap()
}

/// The data of the events, each of which must be named as its type.
fn written(events: &[Event]) -> String {
    let text = told(events, &REPLY);
    let data: Vec<String> = frames(&text).into_iter().map(|(_, data)| data).collect();
    data.join("\n")
}

fn frames(text: &str) -> Vec<(String, String)> {
    let mut frames = Frames::default();
    frames.push(text.as_bytes());
    let mut all = Vec::new();
    while let Some(frame) = frames.next_frame().unwrap() {
        let data: Value = serde_json::from_str(frame.data).unwrap();
        assert_eq!(data["type"], frame.event, "SA-01");
        all.push((frame.event.to_owned(), frame.data.to_owned()));
    }
    all
}

fn start() -> Event {
    Event::Start {
        id: Some("x".into()),
        model: None,
    }
}

fn say(at: usize, piece: &str) -> Event {
    Event::Delta(at, Delta::Text(piece.into()))
}

fn arguments(at: usize, piece: &str) -> Event {
    Event::Delta(at, Delta::Arguments(piece.into()))
}

fn call(at: usize, id: &str) -> Event {
    let opening = Opening::ToolUse {
        id: id.into(),
        name: "f".into(),
        signature: None,
    };
    Event::Open(at, opening)
}

fn used(input: u64, output: u64) -> Event {
    let usage = Usage::NONE
        .with(UsageClass::Input, input)
        .with(UsageClass::CacheRead, 3)
        .with(UsageClass::Output, output);
    Event::Usage(usage)
}

#[test]
fn sa_01_to_13_an_answer_is_streamed_in_the_grammar_of_the_dialect() {
    let events = [
        start(),
        Event::Open(0, Opening::Thinking),
        say(0, "hm"),
        Event::Delta(0, Delta::Signature("s".into())),
        Event::Close(0),
        Event::Open(1, Opening::Text),
        say(1, "say \"hi\"\n"),
        Event::Close(1),
        call(2, "a"),
        arguments(2, "{\"q\":"),
        arguments(2, "1}"),
        Event::Close(2),
        call(3, "b"),
        Event::Close(3),
        Event::Stop(Stop::ToolUse),
        used(7, 40),
        Event::End,
    ];
    insta::assert_snapshot!(written(&events), @r#"
    {"type":"message_start","message":{"id":"msg_00000000000000000000000001","type":"message","role":"assistant","model":"smart \"one\"","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":12,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":1}}}
    {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}
    {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}
    {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"s"}}
    {"type":"content_block_stop","index":0}
    {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}
    {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"say \"hi\"\n"}}
    {"type":"content_block_stop","index":1}
    {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"a","name":"f","input":{}}}
    {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"q\":"}}
    {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"1}"}}
    {"type":"content_block_stop","index":2}
    {"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"b","name":"f","input":{}}}
    {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":""}}
    {"type":"content_block_stop","index":3}
    {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":7,"cache_creation_input_tokens":0,"cache_read_input_tokens":3,"output_tokens":40,"cost":0.0000015}}
    {"type":"message_stop"}
    "#);
    let raw = told(&events[..1], &REPLY);
    assert!(raw.starts_with("event: message_start\ndata: {") && raw.ends_with("}\n\n"));
}

#[test]
fn sa_07_and_15_what_says_nothing_opens_nothing_and_unsigned_thoughts_are_signed_empty() {
    let events = [
        start(),
        Event::Open(0, Opening::Text),
        say(0, ""),
        Event::Close(0),
        Event::Open(1, Opening::Thinking),
        say(1, "hm"),
        Event::Close(1),
        Event::Open(2, Opening::Text),
        say(2, "x"),
        Event::Close(2),
    ];
    insta::assert_snapshot!(written(&events[1..]), @r#"
    {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}
    {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}
    {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":""}}
    {"type":"content_block_stop","index":0}
    {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}
    {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"x"}}
    {"type":"content_block_stop","index":1}
    "#);
}

#[test]
fn sa_08_and_12_a_usage_that_never_comes_is_estimated_and_none_is_zero() {
    let events = [
        start(),
        Event::Open(0, Opening::Text),
        say(0, "12345678"),
        Event::Close(0),
        Event::Stop(Stop::End),
        Event::End,
    ];
    let text = written(&events);
    let last = text.lines().nth(4).unwrap();
    insta::assert_snapshot!(last, @r#"{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_tokens":12,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":2,"cost":0.0000015}}"#);
    let unknown = Reply {
        prompt_tokens: 0,
        ..REPLY
    };
    assert!(told(&events, &unknown).contains("\"input_tokens\":1,"));
}

#[test]
fn sa_11_and_17_the_reason_for_the_end_fits_what_was_said() {
    let reason = |opening: Option<Event>, stop| {
        let mut events: Vec<Event> = opening.into_iter().collect();
        events.extend([say(0, "no"), Event::Close(0), Event::Stop(stop), Event::End]);
        let text = written(&events);
        let delta: Value = serde_json::from_str(text.lines().rev().nth(1).unwrap()).unwrap();
        delta["delta"]["stop_reason"].as_str().unwrap().to_owned()
    };
    assert_eq!(reason(None, Stop::Filtered), "refusal");
    assert_eq!(reason(None, Stop::Length), "max_tokens");
    assert_eq!(reason(None, Stop::ToolUse), "end_turn");
    assert_eq!(reason(Some(call(0, "a")), Stop::End), "tool_use");
    let refusal = Event::Open(0, Opening::Refusal);
    assert_eq!(reason(Some(refusal), Stop::End), "refusal");
}

#[test]
fn sa_14_an_error_ends_the_stream_without_a_proper_end() {
    let error = |kind: Option<&str>| ProviderError {
        message: "broke\noff".into(),
        kind: kind.map(str::to_owned),
        ..ProviderError::default()
    };
    let written = |kind| written(&[start(), Event::Fail(error(kind))]);
    let last = |kind| written(kind).lines().nth(1).unwrap().to_owned();
    insta::assert_snapshot!(last(None), @r#"{"type":"error","error":{"type":"api_error","message":"broke\noff"}}"#);
    insta::assert_snapshot!(last(Some("overloaded_error")), @r#"{"type":"error","error":{"type":"overloaded_error","message":"broke\noff"}}"#);
    insta::assert_snapshot!(last(Some("server_error")), @r#"{"type":"error","error":{"type":"api_error","message":"broke\noff"}}"#);
    assert!(!written(None).contains("message_stop"));
}

#[test]
fn ai_15_hidden_thoughts_are_not_streamed() {
    let events = [
        Event::Open(0, Opening::Thinking),
        say(0, "secret"),
        Event::Delta(0, Delta::Signature("s".into())),
        Event::Close(0),
    ];
    let reply = Reply {
        hide_thoughts: true,
        ..REPLY
    };
    let text = told(&events, &reply);
    assert!(
        !text.contains("secret") && text.contains("\"signature\":\"s\""),
        "{text}"
    );
}

/// A stream of OpenAI's, told to a caller of Anthropic's.
fn translated(stream: &str) -> String {
    let mut decoder = OpenaiChat.stream_decoder();
    let mut events = Vec::new();
    decoder.push(stream.as_bytes(), &mut events);
    decoder.finish(&mut events);
    written(&events)
}

fn chunks(chunks: &[&str]) -> String {
    chunks
        .iter()
        .map(|chunk| format!("data: {chunk}\n\n"))
        .collect()
}

#[test]
fn sa_03_to_09_what_openai_mixes_comes_out_in_order() {
    let stream = chunks(&[
        r#"{"id":"","choices":[],"prompt_filter_results":[{"prompt_index":0}]}"#,
        r#"{"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"#,
        r#"{"id":"c","choices":[{"index":0,"delta":{"role":"assistant","reasoning_content":"hm"}}]}"#,
        r#"{"id":"c","choices":[{"index":0,"delta":{"content":"a","reasoning_content":null,"tool_calls":[]}}]}"#,
        r#"{"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"t0","function":{"name":"f","arguments":""}},{"index":1,"id":"t1","function":{"name":"g","arguments":"{\"b\""}}]}}]}"#,
        r#"{"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"t1","function":{"arguments":":1}"}},{"index":0,"function":{"arguments":"{}"}}]}}]}"#,
        r#"{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
        r#"{"id":"c","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":4}}}"#,
        "[DONE]",
    ]);
    let text = translated(&stream);
    let kinds: Vec<&str> = text
        .lines()
        .map(|line| line.split('"').nth(3).unwrap())
        .collect();
    let starts = kinds.iter().filter(|kind| **kind == "message_start");
    assert_eq!(starts.count(), 1);
    insta::assert_snapshot!(text.split_once('\n').unwrap().1, @r#"
    {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}
    {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}
    {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":""}}
    {"type":"content_block_stop","index":0}
    {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}
    {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"a"}}
    {"type":"content_block_stop","index":1}
    {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"t0","name":"f","input":{}}}
    {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{}"}}
    {"type":"content_block_stop","index":2}
    {"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"t1","name":"g","input":{}}}
    {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{\"b\":1}"}}
    {"type":"content_block_stop","index":3}
    {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":6,"cache_creation_input_tokens":0,"cache_read_input_tokens":4,"output_tokens":5,"cost":0.0000015}}
    {"type":"message_stop"}
    "#);
}

#[test]
fn sa_14_a_stream_that_breaks_off_ends_with_an_error() {
    let begun = r#"{"id":"c","choices":[{"index":0,"delta":{"content":"a"}}]}"#;
    let error = r#"{"error":{"message":"no credits","code":402}}"#;
    for stream in [chunks(&[begun]), chunks(&[begun, error])] {
        let text = translated(&stream);
        let last = text.lines().last().unwrap();
        assert!(last.starts_with(r#"{"type":"error","#), "{text}");
        assert!(!text.contains("message_delta") && !text.contains("message_stop"));
    }
}

proptest! {
    #[test]
    fn deltas_joined_are_the_whole_answer(
        blocks in prop::collection::vec((0u8..3, prop::collection::vec("[a-z\"\\\\é\n]{0,5}", 0..4)), 0..5),
    ) {
        let mut events = vec![start()];
        let mut want = Vec::new();
        for (at, (kind, pieces)) in blocks.iter().enumerate() {
            events.push(match kind {
                0 => Event::Open(at, Opening::Text),
                1 => Event::Open(at, Opening::Thinking),
                _ => call(at, "t"),
            });
            events.extend(pieces.iter().map(|piece| match kind {
                0 | 1 => say(at, piece),
                _ => arguments(at, piece),
            }));
            events.push(Event::Close(at));
            let whole: String = pieces.concat();
            if *kind == 2 || !whole.is_empty() {
                want.push(whole);
            }
        }
        events.extend([Event::Stop(Stop::End), Event::End]);
        prop_assert_eq!(gathered(&told(&events, &REPLY)), want);
    }
}

/// What a client gathers of each block; the order of events is checked on the way.
fn gathered(text: &str) -> Vec<String> {
    let mut blocks: Vec<String> = Vec::new();
    let mut open = false;
    let frames = frames(text);
    for (name, data) in &frames {
        let data: Value = serde_json::from_str(data).unwrap();
        let index = data["index"]
            .as_u64()
            .map(|index| usize::try_from(index).unwrap());
        match name.as_str() {
            "content_block_start" => {
                assert_eq!((open, index), (false, Some(blocks.len())), "SA-04, SA-05");
                blocks.push(String::new());
                open = true;
            }
            "content_block_delta" => {
                assert_eq!((open, index), (true, blocks.len().checked_sub(1)));
                let delta = &data["delta"];
                let piece = ["text", "thinking", "partial_json"]
                    .iter()
                    .find_map(|member| delta[*member].as_str());
                blocks
                    .last_mut()
                    .unwrap()
                    .push_str(piece.unwrap_or_default());
            }
            "content_block_stop" => open = false,
            _ => {}
        }
    }
    let names: Vec<&str> = frames.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names.first(), Some(&"message_start"));
    assert_eq!(names[names.len() - 2..], ["message_delta", "message_stop"]);
    blocks
}
