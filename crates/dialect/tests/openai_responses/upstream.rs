//! Requests to providers of the dialect, and their whole answers.

use serde_json::{Value, json};
use tollgate_dialect::anthropic::Anthropic;
use tollgate_dialect::codec::{Address, Inbound, Outbound};
use tollgate_dialect::ir::{Content, Request, Stop};
use tollgate_dialect::openai_chat::OpenaiChat;
use tollgate_dialect::openai_responses::OpenaiResponses;
use tollgate_model::{Reason, Refusal, Usage, UsageClass};

use crate::asked::encoded;

fn read(codec: &dyn Inbound, body: &Value) -> Request {
    let body = body.to_string();
    let head = codec.head(body.as_bytes(), &Address::default()).unwrap();
    codec.decode_request(body.as_bytes(), &head).unwrap()
}

fn sent(codec: &dyn Inbound, body: &Value, model: &str) -> Result<(Value, Vec<String>), Refusal> {
    encoded(&OpenaiResponses, &read(codec, body), model)
}

#[test]
fn a_conversation_becomes_instructions_and_items() {
    let body = json!({"model": "m", "max_tokens": 50, "stream": true, "user": "u", "store": true,
        "metadata": {"a": "b"}, "verbosity": "low", "temperature": 0.5,
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "see"},
                {"type": "image_url", "image_url": {"url": "http://x/a.png"}},
                {"type": "file", "file": {"filename": "a.pdf",
                    "file_data": "data:application/pdf;base64,AA=="}}]},
            {"role": "assistant", "content": "both", "tool_calls": [
                {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{\"x\":1.0}"}},
                {"id": "b", "type": "function", "function": {"name": "g", "arguments": "{}"}}]},
            {"role": "tool", "tool_call_id": "a", "content": "1"},
            {"role": "tool", "tool_call_id": "b", "content": "2"},
            {"role": "system", "content": "Now."},
            {"role": "user", "content": "and?"}],
        "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}],
        "tool_choice": {"type": "function", "function": {"name": "f"}},
        "parallel_tool_calls": false});
    let (sent, dropped) = sent(&OpenaiChat, &body, "gpt-4o").unwrap();
    assert_eq!(
        sent,
        json!({
            "model": "gpt-4o", "instructions": "Be brief.", "max_output_tokens": 50,
            "temperature": 0.5, "stream": true, "store": true, "user": "u", "metadata": {"a": "b"},
            "text": {"verbosity": "low"},
            "input": [
                {"role": "user", "content": [{"type": "input_text", "text": "see"},
                    {"type": "input_image", "image_url": "http://x/a.png", "detail": "auto"},
                    {"type": "input_file", "filename": "a.pdf",
                        "file_data": "data:application/pdf;base64,AA=="}]},
                {"role": "assistant", "content": "both"},
                {"type": "function_call", "call_id": "a", "name": "f", "arguments": "{\"x\":1.0}"},
                {"type": "function_call", "call_id": "b", "name": "g", "arguments": "{}"},
                {"type": "function_call_output", "call_id": "a", "output": "1"},
                {"type": "function_call_output", "call_id": "b", "output": "2"},
                {"role": "developer", "content": "Now."},
                {"role": "user", "content": "and?"},
            ],
            "tools": [{"type": "function", "name": "f", "parameters": {"type": "object"},
                "strict": false}],
            "tool_choice": {"type": "function", "name": "f"}, "parallel_tool_calls": false,
        })
    );
    assert!(dropped.is_empty(), "{dropped:?}");
}

#[test]
fn a_model_that_thinks_is_asked_for_what_lets_it_go_on() {
    let body = json!({"model": "m", "reasoning_effort": "high", "temperature": 0.2, "seed": 3,
        "stop": ["x"], "messages": [{"role": "user", "content": "hi"}]});
    let (sent, dropped) = sent(&OpenaiChat, &body, "gpt-5").unwrap();
    assert_eq!(
        sent["reasoning"],
        json!({"effort": "high", "summary": "auto"})
    );
    assert_eq!(sent["include"], json!(["reasoning.encrypted_content"]));
    assert_eq!(sent["store"], false);
    assert_eq!(sent.get("temperature"), None);
    assert_eq!(dropped, ["stop", "seed", "temperature"]);
}

#[test]
fn a_model_that_does_not_think_is_asked_for_nothing_of_the_kind() {
    let body = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]});
    let (sent, _) = sent(&OpenaiChat, &body, "gpt-4o").unwrap();
    assert_eq!((sent.get("reasoning"), sent.get("include")), (None, None));
}

#[test]
fn forms_are_carried_and_only_a_closed_schema_is_strict() {
    let of = |schema: Value| {
        let body = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}],
            "response_format": {"type": "json_schema", "json_schema":
                {"name": "n", "schema": schema, "strict": true}}});
        let (sent, dropped) = sent(&OpenaiChat, &body, "gpt-4o").unwrap();
        (sent["text"]["format"].clone(), dropped)
    };
    let closed = json!({"type": "object", "properties": {}, "additionalProperties": false});
    let (format, dropped) = of(closed.clone());
    let want = json!({"type": "json_schema", "name": "n", "schema": closed, "strict": true});
    assert_eq!((format, dropped), (want, Vec::new()));
    let (format, dropped) = of(json!({"type": "object"}));
    assert_eq!(format["strict"], false);
    assert_eq!(dropped, ["response_format.json_schema.strict"]);
    let body = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}],
        "response_format": {"type": "json_object"}});
    let (sent, _) = sent(&OpenaiChat, &body, "gpt-4o").unwrap();
    assert_eq!(sent["text"]["format"], json!({"type": "json_object"}));
}

#[test]
fn results_with_pictures_and_failures_are_carried() {
    let source = json!({"type": "base64", "media_type": "image/png", "data": "AA=="});
    let body = json!({"model": "m", "max_tokens": 9, "messages": [
        {"role": "user", "content": "go"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "f", "input": {}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "is_error": true,
            "content": [{"type": "text", "text": "no"}, {"type": "image", "source": source}]}]}]});
    let (sent, _) = sent(&Anthropic, &body, "gpt-4o").unwrap();
    assert_eq!(
        sent["input"][2]["output"],
        json!([{"type": "input_text", "text": "Error: "}, {"type": "input_text", "text": "no"},
            {"type": "input_image", "image_url": "data:image/png;base64,AA==", "detail": "auto"}])
    );
}

#[test]
fn what_the_dialect_cannot_say_is_refused() {
    let base = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]});
    for (name, value) in [("n", json!(2)), ("logprobs", json!(true))] {
        let mut body = base.clone();
        body[name] = value;
        let refusal = sent(&OpenaiChat, &body, "gpt-4o").unwrap_err();
        assert_eq!(refusal.reason, Reason::ParameterUnsupported);
        assert_eq!(refusal.param.as_deref(), Some(name));
    }
    let audio = json!({"model": "m", "messages": [{"role": "user", "content":
        [{"type": "input_audio", "input_audio": {"data": "AA==", "format": "wav"}}]}]});
    let refusal = sent(&OpenaiChat, &audio, "gpt-4o").unwrap_err();
    assert_eq!(refusal.reason, Reason::ParameterUnsupported);
}

#[test]
fn an_answer_is_read_item_by_item() {
    let answer = json!({
        "id": "resp_1", "model": "gpt-5-2025", "status": "completed", "error": null,
        "incomplete_details": null,
        "output": [
            {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "a"},
                {"type": "summary_text", "text": "b"}], "encrypted_content": "gAAA"},
            {"type": "web_search_call", "id": "ws_1", "status": "completed"},
            {"type": "message", "id": "msg_1", "role": "assistant", "content": [
                {"type": "output_text", "text": "hi", "annotations": []},
                {"type": "refusal", "refusal": "no"}]},
            {"type": "function_call", "id": "fc_1", "call_id": "c", "name": "f",
                "arguments": "{\"x\":1.0}"},
            {"type": "custom_tool_call", "id": "ctc_1", "call_id": "d", "name": "g", "input": "t"},
            {"type": "image_generation_call", "id": "ig_1", "result": "AA=="},
        ],
        "usage": {"input_tokens": 10, "input_tokens_details": {"cached_tokens": 4},
            "output_tokens": 6, "output_tokens_details": {"reasoning_tokens": 5}, "total_tokens": 16},
    });
    let response = OpenaiResponses
        .decode_response(answer.to_string().as_bytes())
        .unwrap();
    assert_eq!(response.id.as_deref(), Some("resp_1"));
    assert_eq!(response.stop, Stop::ToolUse);
    let want = Usage::NONE
        .with(UsageClass::Input, 6)
        .with(UsageClass::CacheRead, 4)
        .with(UsageClass::Output, 1)
        .with(UsageClass::Reasoning, 5)
        .with(UsageClass::WebSearches, 1);
    assert_eq!(response.usage, want);
    let contents: Vec<&Content> = response.blocks.iter().map(|block| &block.content).collect();
    assert!(
        matches!(contents[0], Content::Thinking { text, signature: Some(_) } if text == "a\n\nb")
    );
    assert!(matches!(contents[1], Content::Text(text) if text == "hi"));
    assert!(matches!(contents[2], Content::Refusal(text) if text == "no"));
    assert!(matches!(contents[3], Content::ToolUse { id, input, .. }
        if id == "c" && input.get() == "{\"x\":1.0}"));
    assert!(
        matches!(contents[4], Content::ToolUse { input, .. } if input.get() == "{\"input\":\"t\"}")
    );
    assert!(matches!(contents[5], Content::Image(_)));
}

#[test]
fn rs_06_the_end_of_an_answer_is_read() {
    let stop = |status: &str, reason: &str| {
        let answer =
            json!({"status": status, "incomplete_details": {"reason": reason}, "output": []});
        let response = OpenaiResponses.decode_response(answer.to_string().as_bytes());
        response.unwrap().stop
    };
    assert_eq!(stop("incomplete", "max_output_tokens"), Stop::Length);
    assert_eq!(stop("incomplete", "content_filter"), Stop::Filtered);
    assert_eq!(stop("completed", ""), Stop::End);
}

#[test]
fn er_07_an_error_in_place_of_an_answer_is_none() {
    for body in [
        r#"{"error":{"message":"no"}}"#,
        r#"{"status":"failed","error":{"code":"server_error","message":"no"},"output":[]}"#,
    ] {
        assert!(OpenaiResponses.decode_response(body.as_bytes()).is_err());
    }
    let error = OpenaiResponses.decode_error(
        429,
        br#"{"error":{"message":"Slow","type":"requests","code":"rate_limit_exceeded"}}"#,
    );
    assert_eq!(error.code.as_deref(), Some("rate_limit_exceeded"));
    assert_eq!(error.message, "Slow");
}
