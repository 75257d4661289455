//! Answers as callers of the dialect read them, whole and streamed.

use serde_json::{Value, json};
use tollgate_dialect::codec::{Inbound, Outbound, ProviderError};
use tollgate_dialect::cohere::Cohere;
use tollgate_dialect::ir::{Block, Content, Delta, Event, Opening, Response, Stop};
use tollgate_model::{Nanos, Usage, UsageClass};

use crate::asked::REPLY;
use crate::grammar;
use crate::shapes::{call, inline, text};

fn usage() -> Usage {
    Usage::NONE
        .with(UsageClass::Input, 10)
        .with(UsageClass::Output, 4)
}

fn whole(contents: Vec<Content>, stop: Stop) -> Value {
    let response = Response {
        id: None,
        model: Some("up".into()),
        blocks: contents.into_iter().map(Block::from).collect(),
        stop,
        usage: usage(),
        ..Response::default()
    };
    let mut out = Vec::new();
    Cohere.encode_response(&response, &REPLY, &mut out);
    serde_json::from_slice(&out).unwrap()
}

fn streamed(events: &[Event]) -> String {
    let mut encoder = Cohere.stream_encoder(&REPLY);
    let mut out = Vec::new();
    for event in events {
        let cost = (*event == Event::End).then(|| Nanos::new(18_000));
        encoder.event(event, cost, &mut out);
    }
    String::from_utf8(out).unwrap()
}

#[test]
fn a_whole_answer_is_told() {
    let told = whole(
        vec![
            Content::Thinking {
                text: "hm".into(),
                signature: Some("s".into()),
            },
            text("Looking."),
            call("c1", "f", r#"{"a":1}"#),
        ],
        Stop::ToolUse,
    );
    assert_eq!(
        told,
        json!({
            "id": "call_00000000000000000000000001", "finish_reason": "TOOL_CALL",
            "message": {"role": "assistant",
                "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "Looking."}],
                "tool_calls": [{"id": "c1", "type": "function",
                    "function": {"name": "f", "arguments": "{\"a\":1}"}}]},
            "usage": {"billed_units": {"input_tokens": 10, "output_tokens": 4},
                "tokens": {"input_tokens": 10, "output_tokens": 4}},
        })
    );
}

#[test]
fn an_answer_always_has_something_to_read() {
    let nothing = whole(vec![], Stop::End);
    assert_eq!(
        nothing["message"]["content"],
        json!([{"type": "text", "text": ""}])
    );
    let picture = whole(vec![Content::Image(inline("image/png", "aWc="))], Stop::End);
    assert_eq!(
        picture["message"]["content"],
        json!([{"type": "text", "text": ""}])
    );
    let declined = whole(vec![Content::Refusal("No.".into())], Stop::Length);
    assert_eq!(
        declined["message"]["content"],
        json!([{"type": "text", "text": "No."}])
    );
    assert_eq!(declined["finish_reason"], json!("MAX_TOKENS"));
    assert_eq!(
        whole(vec![], Stop::Filtered)["finish_reason"],
        json!("ERROR")
    );
}

#[test]
fn a_streamed_answer_is_told_event_by_event() {
    let events = [
        Event::Start {
            id: None,
            model: None,
        },
        Event::Open(0, Opening::Text),
        Event::Delta(0, Delta::Text("Grü".into())),
        Event::Close(0),
        Event::Open(
            1,
            Opening::ToolUse {
                id: "c1".into(),
                name: "f".into(),
                signature: None,
            },
        ),
        Event::Close(1),
        Event::Usage(usage()),
        Event::Stop(Stop::ToolUse),
        Event::End,
    ];
    insta::assert_snapshot!(streamed(&events), @r#"
    event: message-start
    data: {"type":"message-start","id":"call_00000000000000000000000001","delta":{"message":{"role":"assistant","content":[],"tool_plan":"","tool_calls":[],"citations":[]}}}

    event: content-start
    data: {"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":""}}}}

    event: content-delta
    data: {"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"Grü"}}}}

    event: content-end
    data: {"type":"content-end","index":0}

    event: tool-call-start
    data: {"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":{"id":"c1","type":"function","function":{"name":"f","arguments":""}}}}}

    event: tool-call-delta
    data: {"type":"tool-call-delta","index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":"{}"}}}}}

    event: tool-call-end
    data: {"type":"tool-call-end","index":0}

    event: message-end
    data: {"type":"message-end","id":"call_00000000000000000000000001","delta":{"finish_reason":"TOOL_CALL","usage":{"billed_units":{"input_tokens":10,"output_tokens":4},"tokens":{"input_tokens":10,"output_tokens":4},"cost":0.000018}}}

    data: [DONE]
    "#);
}

#[test]
fn a_stream_that_breaks_off_says_so_and_has_no_other_end() {
    let error = ProviderError {
        message: "no \"more\"".into(),
        ..ProviderError::default()
    };
    let told = streamed(&[
        Event::Start {
            id: None,
            model: None,
        },
        Event::Fail(error),
    ]);
    assert!(
        told.contains(r#""finish_reason":"ERROR","error":"no \"more\"""#),
        "{told}"
    );
    assert!(!told.contains("[DONE]"), "{told}");
}

#[test]
fn what_is_written_reads_back_as_it_was() {
    for stream in [crate::streams::STREAM, crate::streams::CALLS] {
        let events = grammar::read(&Cohere, std::iter::once(stream.as_bytes()));
        let again = streamed(&events);
        let again = grammar::read(&Cohere, std::iter::once(again.as_bytes()));
        let without_ids = |events: &[Event]| -> Vec<Event> {
            let filled = |event: &Event| {
                !matches!(
                    event,
                    Event::Start { .. } | Event::Delta(_, Delta::Arguments(_))
                )
            };
            events
                .iter()
                .filter(|event| filled(event))
                .cloned()
                .collect()
        };
        assert_eq!(without_ids(&again), without_ids(&events));
    }
    let answer = br#"{"id":"x","finish_reason":"COMPLETE","message":{"role":"assistant",
        "content":[{"type":"text","text":"Hi"}]},"usage":{"billed_units":{"input_tokens":10,"output_tokens":4}}}"#;
    let response = Cohere.decode_response(answer).unwrap();
    let mut out = Vec::new();
    Cohere.encode_response(&response, &REPLY, &mut out);
    let again = Cohere.decode_response(&out).unwrap();
    assert_eq!((again.stop, again.usage), (response.stop, response.usage));
}
