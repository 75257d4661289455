//! Streamed answers, written for callers.

use serde_json::{Value, json};
use tollgate_dialect::codec::{Inbound, Reply};
use tollgate_dialect::ir::{Delta, Event, Opening, Stop};
use tollgate_dialect::openai_responses::OpenaiResponses;
use tollgate_dialect::refusal::View;
use tollgate_dialect::sse::Frames;
use tollgate_model::{Nanos, Reason, Refusal, Usage, UsageClass};

use crate::asked::{REPLY, decoded};

const START: Event = Event::Start {
    id: None,
    model: None,
};

fn text(at: usize, piece: &str) -> Event {
    Event::Delta(at, Delta::Text(piece.into()))
}

fn arguments(at: usize, piece: &str) -> Event {
    Event::Delta(at, Delta::Arguments(piece.into()))
}

fn tool(name: &str) -> Opening {
    Opening::ToolUse {
        id: "c".into(),
        name: name.into(),
        signature: None,
    }
}

/// The data of all events, checked to be named and numbered as the dialect wants it.
fn written(events: &[Event], reply: &Reply<'_>) -> (Vec<Value>, Option<Value>) {
    let mut encoder = OpenaiResponses.stream_encoder(reply);
    let mut out = Vec::new();
    for event in events {
        let cost = (*event == Event::End).then_some(Nanos::new(1_500));
        encoder.event(event, cost, &mut out);
    }
    let whole = encoder.whole();
    let whole = whole.map(|text| serde_json::from_slice(&text).unwrap());
    (read(&out), whole)
}

fn read(out: &[u8]) -> Vec<Value> {
    let mut frames = Frames::default();
    frames.push(out);
    let mut told = Vec::new();
    while let Some(frame) = frames.next_frame().unwrap() {
        let data: Value = serde_json::from_str(frame.data).unwrap();
        assert_eq!(data["type"], frame.event);
        assert_eq!(data["sequence_number"], told.len());
        told.push(data);
    }
    told
}

/// The events in short: their types without `response.`.
fn types(told: &[Value]) -> Vec<&str> {
    told.iter()
        .map(|event| event["type"].as_str().unwrap())
        .map(|kind| kind.strip_prefix("response.").unwrap_or(kind))
        .collect()
}

#[test]
fn rs_04_a_text_comes_in_every_event_that_clients_wait_for() {
    let events = [
        START,
        Event::Open(0, Opening::Text),
        text(0, "say \"hi\"\n"),
        text(0, "!"),
        Event::Close(0),
        Event::Open(1, Opening::Text),
        text(1, "more"),
        Event::Close(1),
        Event::Usage(
            Usage::NONE
                .with(UsageClass::Input, 2)
                .with(UsageClass::Output, 3),
        ),
        Event::Stop(Stop::End),
        Event::End,
    ];
    let (told, whole) = written(&events, &REPLY);
    assert_eq!(
        types(&told),
        [
            "created",
            "in_progress",
            "output_item.added",
            "content_part.added",
            "output_text.delta",
            "output_text.delta",
            "output_text.done",
            "content_part.done",
            "content_part.added",
            "output_text.delta",
            "output_text.done",
            "content_part.done",
            "output_item.done",
            "completed",
        ]
    );
    let item = &told[12]["item"];
    assert_eq!(told[2]["item"]["id"], item["id"]);
    for event in &told[3..12] {
        assert_eq!(event["item_id"], item["id"]);
        assert_eq!(event["output_index"], 0);
    }
    let places: Vec<&Value> = told[3..12]
        .iter()
        .map(|event| &event["content_index"])
        .collect();
    assert_eq!(places, [0, 0, 0, 0, 0, 1, 1, 1, 1]);
    assert_eq!(told[6]["text"], "say \"hi\"\n!");
    assert_eq!(told[7]["part"]["text"], "say \"hi\"\n!");
    assert_eq!(told[0]["response"]["status"], "in_progress");
    assert_eq!(told[0]["response"]["usage"], Value::Null);
    let last = &told[13]["response"];
    assert_eq!(last["status"], "completed");
    assert_eq!(last["output"], json!([item]));
    assert_eq!(last["usage"]["total_tokens"], 5);
    assert_eq!(last["usage"]["cost"], json!(0.0000015));
    assert_eq!(whole.as_ref(), Some(last));
}

#[test]
fn rs_05_arguments_come_in_pieces_and_then_whole() {
    let events = [
        START,
        Event::Open(0, tool("f")),
        arguments(0, "{\"x\""),
        arguments(0, ":1}"),
        Event::Close(0),
        Event::Open(1, tool("g")),
        Event::Close(1),
        Event::Stop(Stop::ToolUse),
        Event::End,
    ];
    let (told, _) = written(&events, &REPLY);
    let call = [
        "output_item.added",
        "function_call_arguments.delta",
        "function_call_arguments.delta",
        "function_call_arguments.done",
        "output_item.done",
    ];
    assert_eq!(types(&told)[2..7], call);
    assert_eq!(told[2]["item"]["arguments"], "");
    assert_eq!(told[5]["arguments"], "{\"x\":1}");
    assert_eq!(told[5]["item_id"], told[6]["item"]["id"]);
    assert_eq!(told[6]["item"]["arguments"], "{\"x\":1}");
    assert_eq!(
        told[9]["arguments"], "{}",
        "a call without arguments has an empty object"
    );
    assert_eq!(told[10]["output_index"], 1);
    assert_eq!(
        told[11]["response"]["output"],
        json!([told[6]["item"], told[10]["item"]])
    );
}

#[test]
fn rs_06_a_stream_that_was_cut_off_ends_incomplete() {
    for (stop, reason) in [
        (Stop::Length, "max_output_tokens"),
        (Stop::Filtered, "content_filter"),
    ] {
        let events = [
            START,
            Event::Open(0, Opening::Text),
            text(0, "a"),
            Event::Close(0),
            Event::Stop(stop),
            Event::End,
        ];
        let (told, _) = written(&events, &REPLY);
        let last = told.last().unwrap();
        assert_eq!(last["type"], "response.incomplete");
        assert_eq!(last["response"]["incomplete_details"]["reason"], reason);
        assert_eq!(last["response"]["output"][0]["status"], "incomplete");
    }
}

#[test]
fn rs_07_a_stream_that_breaks_off_has_failed_and_never_completes() {
    let refusal = Refusal::new(Reason::UpstreamBadResponse, "It broke off.");
    let view = View {
        refusal: &refusal,
        call: REPLY.call,
        reveal: true,
        explain: None,
    };
    let mut encoder = OpenaiResponses.stream_encoder(&REPLY);
    assert_eq!(encoder.broken(&view), None, "nothing has begun");
    let mut out = Vec::new();
    let events = [
        START,
        Event::Open(0, Opening::Thinking),
        text(0, "hm"),
        Event::Close(0),
        Event::Open(1, Opening::Text),
        text(1, "half"),
    ];
    for event in &events {
        encoder.event(event, None, &mut out);
    }
    out.extend(encoder.broken(&view).unwrap());
    let told = read(&out);
    let last = told.last().unwrap();
    assert_eq!(last["type"], "response.failed");
    let answer = &last["response"];
    assert_eq!(answer["status"], "failed");
    assert_eq!(
        answer["error"],
        json!({"code": "server_error", "message": "It broke off."})
    );
    assert_eq!(answer["problem"]["reason"], "upstream_bad_response");
    assert_eq!(answer["output"].as_array().unwrap().len(), 1);
    assert!(encoder.whole().is_none());
    assert!(!types(&told).contains(&"completed"));
}

#[test]
fn thoughts_come_as_a_summary_and_what_seals_them_at_their_end() {
    let events = [
        START,
        Event::Open(0, Opening::Thinking),
        text(0, "h"),
        text(0, "m"),
        Event::Delta(0, Delta::Signature("sig".into())),
        Event::Close(0),
        Event::Open(1, Opening::Refusal),
        text(1, "no"),
        Event::Close(1),
        Event::Stop(Stop::End),
        Event::End,
    ];
    let (told, _) = written(&events, &REPLY);
    assert_eq!(
        types(&told)[2..],
        [
            "output_item.added",
            "reasoning_summary_part.added",
            "reasoning_summary_text.delta",
            "reasoning_summary_text.delta",
            "reasoning_summary_text.done",
            "reasoning_summary_part.done",
            "output_item.done",
            "output_item.added",
            "content_part.added",
            "refusal.delta",
            "refusal.done",
            "content_part.done",
            "output_item.done",
            "completed",
        ]
    );
    let item = &told[8]["item"];
    assert_eq!(
        item["summary"],
        json!([{"type": "summary_text", "text": "hm"}])
    );
    assert!(item["encrypted_content"].is_string());
    assert_eq!(told[2]["item"]["summary"], json!([]));
    assert_eq!(told[12]["refusal"], "no");
}

#[test]
fn rs_11_rs_12_calls_are_streamed_in_the_form_of_their_tools() {
    let body = json!({"model": "m", "input": "hi", "tools": [
        {"type": "custom", "name": "patch"}, {"type": "local_shell"}]});
    let request = decoded(&body).unwrap();
    let reply = Reply {
        echo: Some(&request.echo),
        ..REPLY
    };
    let events = [
        START,
        Event::Open(0, tool("patch")),
        arguments(0, "{\"input\":\"*** \\\"x"),
        arguments(0, "\\\"\"}"),
        Event::Close(0),
        Event::Open(1, tool("local_shell")),
        arguments(1, "{\"command\":[\"ls\"]}"),
        Event::Close(1),
        Event::Stop(Stop::ToolUse),
        Event::End,
    ];
    let (told, _) = written(&events, &reply);
    assert_eq!(
        types(&told)[2..],
        [
            "output_item.added",
            "custom_tool_call_input.delta",
            "custom_tool_call_input.done",
            "output_item.done",
            "output_item.added",
            "output_item.done",
            "completed",
        ]
    );
    assert_eq!(told[2]["item"]["input"], "");
    assert_eq!(told[3]["delta"], "*** \"x\"");
    assert_eq!(told[4]["input"], "*** \"x\"");
    assert_eq!(told[5]["item"]["type"], "custom_tool_call");
    assert_eq!(told[7]["item"]["action"]["command"], json!(["ls"]));
}
