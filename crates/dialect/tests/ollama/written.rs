//! Answers as callers of the dialects read them, whole and streamed.

use serde_json::{Value, json};
use tollgate_dialect::codec::{Inbound, ProviderError};
use tollgate_dialect::ir::{Block, Content, Delta, Event, Opening, Response, Stop};
use tollgate_dialect::ollama::{Ollama, OllamaGenerate};
use tollgate_model::{Nanos, Usage, UsageClass};

use crate::shapes::{call, text};
use crate::streams::STREAM;
use crate::{REPLY, grammar};

fn usage() -> Usage {
    Usage::NONE
        .with(UsageClass::Input, 6)
        .with(UsageClass::CacheRead, 4)
        .with(UsageClass::Output, 4)
}

fn whole(codec: &dyn Inbound, contents: Vec<Content>, stop: Stop) -> Value {
    let response = Response {
        id: None,
        model: Some("up".into()),
        blocks: contents.into_iter().map(Block::from).collect(),
        stop,
        usage: usage(),
        ..Response::default()
    };
    let mut out = Vec::new();
    codec.encode_response(&response, &REPLY, &mut out);
    serde_json::from_slice(&out).unwrap()
}

fn streamed(codec: &dyn Inbound, events: &[Event]) -> String {
    let mut encoder = codec.stream_encoder(&REPLY);
    let mut out = Vec::new();
    for event in events {
        let cost = (*event == Event::End).then(|| Nanos::new(18_000));
        encoder.event(event, cost, &mut out);
    }
    String::from_utf8(out).unwrap()
}

fn events() -> Vec<Event> {
    vec![
        Event::Start {
            id: None,
            model: None,
        },
        Event::Open(0, Opening::Thinking),
        Event::Delta(0, Delta::Text("hm".into())),
        Event::Delta(0, Delta::Signature("s".into())),
        Event::Close(0),
        Event::Open(1, Opening::Text),
        Event::Delta(1, Delta::Text("Grü".into())),
        Event::Close(1),
        Event::Open(
            2,
            Opening::ToolUse {
                id: "c1".into(),
                name: "f".into(),
                signature: None,
            },
        ),
        Event::Delta(2, Delta::Arguments("{\"a\":".into())),
        Event::Delta(2, Delta::Arguments("1}".into())),
        Event::Close(2),
        Event::Usage(usage()),
        Event::Stop(Stop::ToolUse),
        Event::End,
    ]
}

#[test]
fn a_whole_answer_is_told() {
    let said = || {
        vec![
            Content::Thinking {
                text: "hm".into(),
                signature: None,
            },
            text("Grüezi"),
            call("c1", "f", r#"{"a":1}"#),
        ]
    };
    assert_eq!(
        whole(&Ollama, said(), Stop::ToolUse),
        json!({"model": "smart", "created_at": "2023-11-14T22:13:20Z",
            "message": {"role": "assistant", "content": "Grüezi", "thinking": "hm", "tool_calls": [
                {"id": "c1", "function": {"name": "f", "arguments": {"a": 1}}}]},
            "done": true, "done_reason": "stop", "prompt_eval_count": 10, "eval_count": 4})
    );
    assert_eq!(
        whole(&OllamaGenerate, said(), Stop::Length),
        json!({"model": "smart", "created_at": "2023-11-14T22:13:20Z", "response": "Grüezi",
            "thinking": "hm", "done": true, "done_reason": "length", "prompt_eval_count": 10,
            "eval_count": 4})
    );
    let odd = whole(&Ollama, vec![call("c", "f", "\"x\"")], Stop::Filtered);
    assert_eq!(odd["done_reason"], json!("content_filter"));
    let arguments = &odd["message"]["tool_calls"][0]["function"]["arguments"];
    assert_eq!(
        arguments,
        &json!({"arguments": "x"}),
        "what is no object is put into one"
    );
}

#[test]
fn a_streamed_answer_is_told_line_by_line_and_calls_whole() {
    insta::assert_snapshot!(streamed(&Ollama, &events()), @r#"
    {"model":"smart","created_at":"2023-11-14T22:13:20Z","message":{"role":"assistant","content":"","thinking":"hm"},"done":false}
    {"model":"smart","created_at":"2023-11-14T22:13:20Z","message":{"role":"assistant","content":"Grü"},"done":false}
    {"model":"smart","created_at":"2023-11-14T22:13:20Z","message":{"role":"assistant","content":"","tool_calls":[{"id":"c1","function":{"name":"f","arguments":{"a":1}}}]},"done":false}
    {"model":"smart","created_at":"2023-11-14T22:13:20Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":10,"eval_count":4,"cost":0.000018}
    "#);
    insta::assert_snapshot!(streamed(&OllamaGenerate, &events()), @r#"
    {"model":"smart","created_at":"2023-11-14T22:13:20Z","response":"","thinking":"hm","done":false}
    {"model":"smart","created_at":"2023-11-14T22:13:20Z","response":"Grü","done":false}
    {"model":"smart","created_at":"2023-11-14T22:13:20Z","response":"","done":true,"done_reason":"stop","prompt_eval_count":10,"eval_count":4,"cost":0.000018}
    "#);
}

#[test]
fn a_stream_that_breaks_off_says_so_and_has_no_other_end() {
    let error = ProviderError {
        message: "no \"more\"".into(),
        ..ProviderError::default()
    };
    let told = streamed(&Ollama, &[Event::Fail(error)]);
    assert_eq!(told, "{\"error\":\"no \\\"more\\\"\"}\n");
}

#[test]
fn what_keeps_a_stream_open_is_a_piece_without_words() {
    for codec in [&Ollama as &dyn Inbound, &OllamaGenerate] {
        let line = codec.keep_alive().strip_suffix(b"\n").unwrap();
        let line: Value = serde_json::from_slice(line).unwrap();
        assert_eq!(line["done"], json!(false));
        let said = line.pointer("/message/content").or(line.get("response"));
        assert_eq!(said, Some(&json!("")));
    }
}

#[test]
fn what_is_written_reads_back_as_it_was() {
    let events = grammar::read(&Ollama, std::iter::once(STREAM.as_bytes()));
    let again = streamed(&Ollama, &events);
    let again = grammar::read(&Ollama, std::iter::once(again.as_bytes()));
    let said = |events: &[Event]| -> Vec<Event> {
        let counts = |event: &&Event| {
            !matches!(
                event,
                Event::Start { .. } | Event::Open(_, Opening::ToolUse { .. })
            )
        };
        events.iter().filter(counts).cloned().collect()
    };
    assert_eq!(said(&again), said(&events));
}
