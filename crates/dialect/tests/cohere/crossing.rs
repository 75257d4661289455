//! Callers of Cohere at providers of other dialects, and callers of other dialects at Cohere.

use serde_json::{Value, json};
use tollgate_dialect::anthropic::Anthropic;
use tollgate_dialect::codec::{Address, Inbound, Outbound};
use tollgate_dialect::cohere::Cohere;
use tollgate_dialect::gemini::Gemini;
use tollgate_dialect::openai_chat::OpenaiChat;

use crate::asked::{REPLY, decoded};
use crate::shapes::encode;

fn asking() -> String {
    json!({"model": "m", "max_tokens": 64, "k": 3, "p": 0.9, "safety_mode": "STRICT",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "Weather?"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,aWc="}}]},
            {"role": "assistant", "tool_plan": "I look.", "tool_calls": [{"id": "w_1", "type": "function",
                "function": {"name": "weather", "arguments": "{\"city\":\"Bern\"}"}}]},
            {"role": "tool", "tool_call_id": "w_1", "content": "17"}],
        "documents": [{"id": "d", "data": {"text": "It is warm."}}],
        "tools": [{"type": "function", "function": {"name": "weather", "description": "d",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}],
        "tool_choice": "REQUIRED"})
    .to_string()
}

#[test]
fn a_request_reaches_an_openai_provider() {
    let (body, mut lost) = encode(&OpenaiChat, &decoded(&asking()).unwrap(), "gpt-4o").unwrap();
    assert_eq!(
        body["messages"],
        json!([
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "It is warm."},
                {"type": "text", "text": "Weather?"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,aWc="}}]},
            {"role": "assistant", "content": "I look.", "tool_calls": [{"id": "w_1", "type": "function",
                "function": {"name": "weather", "arguments": "{\"city\":\"Bern\"}"}}]},
            {"role": "tool", "tool_call_id": "w_1", "content": "17"},
        ])
    );
    assert_eq!(
        (&body["tool_choice"], &body["top_p"]),
        (&json!("required"), &json!(0.9))
    );
    lost.sort();
    assert_eq!(lost, ["safety_mode", "top_k"]);
}

#[test]
fn a_request_reaches_an_anthropic_provider_with_its_documents() {
    let request = decoded(&asking()).unwrap();
    let (body, lost) = encode(&Anthropic, &request, "claude-opus-4-6").unwrap();
    assert_eq!(
        body["messages"][0]["content"][0],
        json!({"type": "document", "title": "d", "source":
            {"type": "text", "media_type": "text/plain", "data": "It is warm."}})
    );
    assert_eq!(
        body["messages"][1]["content"],
        json!([{"type": "text", "text": "I look."},
            {"type": "tool_use", "id": "w_1", "name": "weather", "input": {"city": "Bern"}}])
    );
    assert_eq!(body["tool_choice"], json!({"type": "any"}));
    assert_eq!(lost, ["safety_mode"]);
}

#[test]
fn a_request_reaches_gemini() {
    let (body, _) = encode(&Gemini, &decoded(&asking()).unwrap(), "gemini-2.5-flash").unwrap();
    assert_eq!(
        body["toolConfig"]["functionCallingConfig"]["mode"],
        json!("ANY")
    );
    assert_eq!(
        body["contents"][2]["parts"][0]["functionResponse"]["name"],
        json!("weather")
    );
}

#[test]
fn a_call_comes_back_in_the_callers_next_request_with_its_id_and_signature() {
    let answer = json!({"responseId": "r", "candidates": [{"finishReason": "STOP", "content":
        {"parts": [{"functionCall": {"name": "f", "args": {"a": 1}}, "thoughtSignature": "U2ln"}]}}]});
    let response = Gemini
        .decode_response(answer.to_string().as_bytes())
        .unwrap();
    let mut out = Vec::new();
    Cohere.encode_response(&response, &REPLY, &mut out);
    let told: Value = serde_json::from_slice(&out).unwrap();
    let call = &told["message"]["tool_calls"][0];
    let next = json!({"model": "m", "messages": [
        {"role": "user", "content": "go"},
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": call["id"], "content": [
            {"type": "document", "document": {"data": {"b": "2"}}}]},
    ]});
    let request = decoded(&next.to_string()).unwrap();
    let (body, _) = encode(&Gemini, &request, "gemini-3-pro-preview").unwrap();
    assert_eq!(
        body["contents"][1]["parts"][0],
        json!({"functionCall": {"name": "f", "args": {"a": 1}}, "thoughtSignature": "U2ln"})
    );
    let (body, _) = encode(&Anthropic, &request, "claude-opus-4-6").unwrap();
    assert_eq!(body["messages"][2]["content"][0]["content"], json!("2"));
    let text = encode(&OpenaiChat, &request, "gpt-4o")
        .unwrap()
        .0
        .to_string();
    assert!(!text.contains("U2ln"), "{text}");
}

#[test]
fn callers_of_other_dialects_read_an_answer_of_cohere() {
    let answer = br#"{"id":"x","finish_reason":"TOOL_CALL","message":{"role":"assistant",
        "tool_plan":"I look.","tool_calls":[{"id":"w_1","type":"function","function":
            {"name":"weather","arguments":"{\"city\":\"Bern\"}"}}]},
        "usage":{"billed_units":{"input_tokens":10,"output_tokens":4}}}"#;
    let response = Cohere.decode_response(answer).unwrap();
    let read = |codec: &dyn Inbound| -> Value {
        let mut out = Vec::new();
        codec.encode_response(&response, &REPLY, &mut out);
        serde_json::from_slice(&out).unwrap()
    };
    let chat = read(&OpenaiChat);
    assert_eq!(chat["choices"][0]["message"]["content"], json!("I look."));
    assert_eq!(chat["choices"][0]["finish_reason"], json!("tool_calls"));
    assert_eq!(chat["usage"]["total_tokens"], json!(14));
    let message = read(&Anthropic);
    assert_eq!(message["stop_reason"], json!("tool_use"));
    assert_eq!(message["content"][1]["input"], json!({"city": "Bern"}));
    let content = read(&Gemini);
    assert_eq!(content["usageMetadata"]["totalTokenCount"], json!(14));
}

#[test]
fn a_request_of_an_anthropic_caller_reaches_cohere() {
    let body = json!({"model": "m", "max_tokens": 64, "system": "Be brief.", "messages": [
        {"role": "user", "content": [
            {"type": "document", "title": "a", "source":
                {"type": "text", "media_type": "text/plain", "data": "It is warm."}},
            {"type": "text", "text": "Sum up."}]},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": "hm", "signature": "S"},
            {"type": "tool_use", "id": "t1", "name": "f", "input": {}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "is_error": true,
            "content": "timeout"}]}],
        "tools": [{"name": "f", "input_schema": {"type": "object"}}],
        "tool_choice": {"type": "tool", "name": "f"}})
    .to_string();
    let head = Anthropic
        .head(body.as_bytes(), &Address::default())
        .unwrap();
    let request = Anthropic.decode_request(body.as_bytes(), &head).unwrap();
    let (body, lost) = encode(&Cohere, &request, "command-a-reasoning-08-2025").unwrap();
    assert_eq!(
        body["messages"],
        json!([
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Sum up."},
            {"role": "assistant", "tool_calls": [{"id": "t1", "type": "function",
                "function": {"name": "f", "arguments": "{}"}}]},
            {"role": "tool", "tool_call_id": "t1", "content": "Error: timeout"},
        ])
    );
    assert_eq!(
        body["documents"],
        json!([{"data": {"title": "a", "text": "It is warm."}}])
    );
    assert_eq!(body["tool_choice"], json!("REQUIRED"));
    assert_eq!(lost, ["reasoning_content"]);
}
