//! Whole answers, written for callers.

use serde_json::{Value, json};
use tollgate_dialect::codec::Reply;
use tollgate_dialect::ir::{Block, Content, Media, Response, Stop};
use tollgate_model::{Usage, UsageClass};

use crate::asked::{REPLY, answered, decoded};

fn response(contents: Vec<Content>, stop: Stop) -> Response {
    Response {
        id: None,
        model: None,
        blocks: contents.into_iter().map(Block::from).collect(),
        stop,
        usage: Usage::NONE
            .with(UsageClass::Input, 7)
            .with(UsageClass::CacheRead, 4)
            .with(UsageClass::Output, 2)
            .with(UsageClass::Reasoning, 3),
        ..Response::default()
    }
}

fn call(name: &str, input: &str) -> Content {
    Content::ToolUse {
        id: "c".into(),
        name: name.into(),
        input: serde_json::from_str(input).unwrap(),
        signature: None,
    }
}

const ID: &str = "00000000000000000000000001";

#[test]
fn an_answer_has_items_in_order_and_repeats_what_was_asked() {
    let body = json!({"model": "smart", "input": "hi", "instructions": "Be brief.",
        "metadata": {"a": "b"}, "temperature": 0.5, "max_output_tokens": 9, "store": false,
        "previous_response_id": "resp_0", "user": "u",
        "tools": [{"type": "function", "name": "f", "parameters": {"type": "object"}}]});
    let request = decoded(&body).unwrap();
    let reply = Reply {
        echo: Some(&request.echo),
        ..REPLY
    };
    let contents = vec![
        Content::Thinking {
            text: "hm".into(),
            signature: None,
        },
        Content::Text("Hello".into()),
        Content::Text(" you".into()),
        call("f", r#"{"x":1.0}"#),
        Content::Refusal("no".into()),
    ];
    let answer = answered(&response(contents, Stop::ToolUse), &reply);
    let text = |text: &str| json!({"type": "output_text", "annotations": [], "logprobs": [], "text": text});
    assert_eq!(
        answer,
        json!({
            "id": format!("resp_{ID}"), "object": "response", "created_at": 1_700_000_000,
            "status": "completed", "error": null, "incomplete_details": null, "model": "smart",
            "background": false, "instructions": "Be brief.", "max_output_tokens": 9,
            "max_tool_calls": null, "metadata": {"a": "b"}, "parallel_tool_calls": true,
            "previous_response_id": "resp_0", "prompt_cache_key": null,
            "reasoning": {"effort": null, "summary": null}, "safety_identifier": null,
            "service_tier": "default", "store": false, "temperature": 0.5,
            "text": {"format": {"type": "text"}}, "tool_choice": "auto",
            "tools": [{"type": "function", "name": "f", "parameters": {"type": "object"},
                "strict": false}],
            "top_logprobs": 0, "top_p": 1.0, "truncation": "disabled", "user": "u",
            "output": [
                {"id": format!("rs_{ID}_0"), "type": "reasoning", "summary":
                    [{"type": "summary_text", "text": "hm"}]},
                {"id": format!("msg_{ID}_1"), "type": "message", "status": "completed",
                    "role": "assistant", "content": [text("Hello"), text(" you")]},
                {"id": format!("fc_{ID}_2"), "type": "function_call", "status": "completed",
                    "arguments": "{\"x\":1.0}", "call_id": "c", "name": "f"},
                {"id": format!("msg_{ID}_3"), "type": "message", "status": "completed",
                    "role": "assistant", "content": [{"type": "refusal", "refusal": "no"}]},
            ],
            "usage": {"input_tokens": 11, "input_tokens_details":
                    {"cached_tokens": 4, "cache_write_tokens": 0}, "output_tokens": 5,
                "output_tokens_details": {"reasoning_tokens": 3}, "total_tokens": 16},
        })
    );
}

#[test]
fn rs_06_an_answer_that_was_cut_off_is_incomplete_and_says_why() {
    let cases = [
        (Stop::End, "completed", Value::Null),
        (Stop::ToolUse, "completed", Value::Null),
        (
            Stop::Length,
            "incomplete",
            json!({"reason": "max_output_tokens"}),
        ),
        (
            Stop::Filtered,
            "incomplete",
            json!({"reason": "content_filter"}),
        ),
    ];
    for (stop, status, why) in cases {
        let answer = answered(&response(vec![Content::Text("a".into())], stop), &REPLY);
        assert_eq!(answer["status"], status);
        assert_eq!(answer["incomplete_details"], why);
        assert_eq!(answer["output"][0]["status"], status);
    }
}

#[test]
fn rs_08_usage_tells_cached_and_reasoning_tokens() {
    let answer = answered(&response(Vec::new(), Stop::End), &REPLY);
    assert_eq!(answer["usage"]["input_tokens_details"]["cached_tokens"], 4);
    assert_eq!(
        answer["usage"]["output_tokens_details"]["reasoning_tokens"],
        3
    );
    assert_eq!(answer["output"], json!([]));
}

#[test]
fn rs_11_rs_12_calls_have_the_form_of_their_tools() {
    let body = json!({"model": "m", "input": "hi", "tools": [
        {"type": "custom", "name": "patch"}, {"type": "local_shell"}, {"type": "shell"},
        {"type": "apply_patch"}]});
    let request = decoded(&body).unwrap();
    let reply = Reply {
        echo: Some(&request.echo),
        ..REPLY
    };
    let contents = vec![
        call("patch", r#"{"input":"*** \"x\""}"#),
        call("local_shell", r#"{"command":["ls"]}"#),
        call("shell", r#"{"commands":["ls"]}"#),
        call("apply_patch", r#"{"type":"delete_file","path":"a"}"#),
        call("other", "{}"),
    ];
    let answer = answered(&response(contents, Stop::ToolUse), &reply);
    let id = |prefix: &str, at: usize| format!("{prefix}_{ID}_{at}");
    assert_eq!(
        answer["output"],
        json!([
            {"id": id("ctc", 0), "type": "custom_tool_call", "status": "completed", "call_id": "c",
                "name": "patch", "input": "*** \"x\""},
            {"id": id("lsh", 1), "type": "local_shell_call", "status": "completed", "call_id": "c",
                "action": {"type": "exec", "env": {}, "command": ["ls"]}},
            {"id": id("sh", 2), "type": "shell_call", "status": "completed", "call_id": "c",
                "action": {"commands": ["ls"], "timeout_ms": null, "max_output_length": null},
                "environment": null},
            {"id": id("apc", 3), "type": "apply_patch_call", "status": "completed", "call_id": "c",
                "operation": {"type": "delete_file", "path": "a"}},
            {"id": id("fc", 4), "type": "function_call", "status": "completed", "call_id": "c",
                "name": "other", "arguments": "{}"},
        ])
    );
}

#[test]
fn a_picture_is_an_item_of_its_own() {
    let image = Content::Image(Media::Inline {
        mime: "image/png".into(),
        base64: "AA==".into(),
    });
    let answer = answered(&response(vec![image], Stop::End), &REPLY);
    assert_eq!(answer["output"][0]["type"], "image_generation_call");
    assert_eq!(answer["output"][0]["result"], "AA==");
}
