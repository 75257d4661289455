//! Streamed answers of providers of the dialect, read into events.

use tollgate_dialect::ir::{Delta, Event, Opening, Stop};
use tollgate_dialect::openai_responses::OpenaiResponses;

use crate::grammar;

fn data(events: &[&str]) -> String {
    events
        .iter()
        .map(|event| format!("data: {event}\n\n"))
        .collect()
}

fn read(events: &[&str]) -> Vec<Event> {
    let text = data(events);
    let told = grammar::read(&OpenaiResponses, std::iter::once(text.as_bytes()));
    assert_eq!(grammar::check(&told), Ok(()), "{told:?}");
    for size in [1, 7, 64] {
        let cut = grammar::read(&OpenaiResponses, text.as_bytes().chunks(size));
        assert_eq!(cut, told, "cut every {size} bytes");
    }
    told
}

const CREATED: &str = r#"{"type":"response.created","response":{"id":"resp_1","model":"gpt"}}"#;
const DONE: &str = r#"{"type":"response.completed","response":{"id":"resp_1","status":"completed","output":[],"usage":{"input_tokens":3,"output_tokens":2}}}"#;

/// Blocks in short: what they are, and all that was said in them.
fn blocks(events: &[Event]) -> Vec<(String, String)> {
    let mut blocks: Vec<(String, String)> = Vec::new();
    for event in events {
        match event {
            Event::Open(_, opening) => {
                let name = match opening {
                    Opening::Text => "text".to_owned(),
                    Opening::Thinking => "thinking".to_owned(),
                    Opening::Refusal => "refusal".to_owned(),
                    Opening::Image(_) => "picture".to_owned(),
                    Opening::Redacted(_) => "redacted".to_owned(),
                    Opening::ToolUse { id, name, .. } => format!("{name} {id}"),
                };
                blocks.push((name, String::new()));
            }
            Event::Delta(_, Delta::Text(text) | Delta::Arguments(text)) => {
                blocks.last_mut().unwrap().1.push_str(text);
            }
            Event::Delta(_, Delta::Signature(text)) => {
                blocks
                    .last_mut()
                    .unwrap()
                    .1
                    .push_str(&format!(" signed {text}"));
            }
            _ => {}
        }
    }
    blocks
}

fn pair(name: &str, text: &str) -> (String, String) {
    (name.to_owned(), text.to_owned())
}

#[test]
fn every_kind_of_item_becomes_a_block() {
    let events = read(&[
        CREATED,
        r#"{"type":"response.in_progress","response":{"id":"resp_1"}}"#,
        r#"{"type":"response.output_item.added","output_index":0,"item":{"type":"reasoning","id":"rs_1","summary":[]}}"#,
        r#"{"type":"response.reasoning_summary_part.added","output_index":0,"summary_index":0,"item_id":"rs_1"}"#,
        r#"{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"a"}"#,
        r#"{"type":"response.reasoning_summary_part.added","output_index":0,"summary_index":1}"#,
        r#"{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":1,"delta":"b"}"#,
        r#"{"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"a"}],"encrypted_content":"gAAA"}}"#,
        r#"{"type":"response.output_item.added","output_index":1,"item":{"type":"message","id":"msg_1"}}"#,
        r#"{"type":"response.content_part.added","output_index":1,"content_index":0,"part":{"type":"output_text","text":""}}"#,
        r#"{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"hé"}"#,
        r#"{"type":"response.output_text.done","output_index":1,"content_index":0,"text":"hé"}"#,
        r#"{"type":"response.content_part.added","output_index":1,"content_index":1,"part":{"type":"refusal","refusal":""}}"#,
        r#"{"type":"response.refusal.delta","output_index":1,"content_index":1,"delta":"no"}"#,
        r#"{"type":"response.output_item.done","output_index":1,"item":{"type":"message","id":"msg_1"}}"#,
        r#"{"type":"response.output_item.added","output_index":2,"item":{"type":"function_call","id":"fc","call_id":"c","name":"f","arguments":""}}"#,
        r#"{"type":"response.function_call_arguments.delta","output_index":2,"delta":"{\"x\""}"#,
        r#"{"type":"response.function_call_arguments.delta","output_index":2,"delta":":1}"}"#,
        r#"{"type":"response.function_call_arguments.done","output_index":2,"arguments":"{\"x\":1}"}"#,
        r#"{"type":"response.output_item.done","output_index":2,"item":{"type":"function_call","call_id":"c","name":"f","arguments":"{\"x\":1}"}}"#,
        r#"{"type":"response.output_item.added","output_index":3,"item":{"type":"custom_tool_call","id":"ctc","call_id":"d","name":"g","input":""}}"#,
        r#"{"type":"response.custom_tool_call_input.delta","output_index":3,"delta":"say \"x\""}"#,
        r#"{"type":"response.output_item.done","output_index":3,"item":{"type":"custom_tool_call","call_id":"d","name":"g","input":"say \"x\""}}"#,
        DONE,
    ]);
    assert_eq!(
        blocks(&events),
        [
            pair("thinking", "a\n\nb signed openai-item:rs_1:gAAA"),
            pair("text", "hé"),
            pair("refusal", "no"),
            pair("f c", "{\"x\":1}"),
            pair("g d", "{\"input\":\"say \\\"x\\\"\"}"),
        ]
    );
    assert!(events.contains(&Event::Stop(Stop::ToolUse)));
    assert_eq!(events.last(), Some(&Event::End));
}

#[test]
fn what_came_in_no_pieces_comes_with_the_end_of_its_item() {
    let events = read(&[
        CREATED,
        r#"{"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAA"}}"#,
        r#"{"type":"response.output_item.added","output_index":1,"item":{"type":"function_call","call_id":"c","name":"f","arguments":""}}"#,
        r#"{"type":"response.output_item.done","output_index":1,"item":{"type":"function_call","call_id":"c","name":"f","arguments":"{\"x\":1}"}}"#,
        r#"{"type":"response.output_item.done","output_index":2,"item":{"type":"custom_tool_call","call_id":"d","name":"g","input":"t"}}"#,
        r#"{"type":"response.output_item.added","output_index":3,"item":{"type":"function_call","call_id":"e","name":"h"}}"#,
        DONE,
    ]);
    assert_eq!(
        blocks(&events),
        [
            pair("thinking", " signed openai-item:rs_1:gAAA"),
            pair("f c", "{\"x\":1}"),
            pair("g d", "{\"input\":\"t\"}"),
            pair("h e", "{}"),
        ]
    );
}

#[test]
fn rs_06_an_incomplete_answer_says_why_it_ended() {
    let of = |reason: &str| {
        let last = format!(
            r#"{{"type":"response.incomplete","response":{{"status":"incomplete","incomplete_details":{{"reason":"{reason}"}}}}}}"#
        );
        read(&[CREATED, &last])
    };
    assert!(of("max_output_tokens").contains(&Event::Stop(Stop::Length)));
    assert!(of("content_filter").contains(&Event::Stop(Stop::Filtered)));
}

#[test]
fn rs_07_an_error_ends_the_stream_with_what_was_used() {
    let events = read(&[
        CREATED,
        r#"{"type":"response.failed","response":{"error":{"code":"server_error","message":"Full"},"usage":{"input_tokens":3,"output_tokens":1}}}"#,
        DONE,
    ]);
    assert!(matches!(events.get(1), Some(Event::Usage(_))), "{events:?}");
    assert!(matches!(events.last(), Some(Event::Fail(error)) if error.message == "Full"));
    let events = read(&[CREATED, r#"{"type":"error","code":"x","message":"Slow"}"#]);
    assert!(matches!(events.last(), Some(Event::Fail(error)) if error.message == "Slow"));
    let events = read(&[CREATED]);
    assert!(
        matches!(events.last(), Some(Event::Fail(_))),
        "the end is missing"
    );
}
