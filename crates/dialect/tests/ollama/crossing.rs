//! Callers of Ollama at providers of other dialects, and callers of other dialects at Ollama.

use serde_json::{Value, json};
use tollgate_dialect::anthropic::Anthropic;
use tollgate_dialect::codec::{Address, Inbound, Outbound};
use tollgate_dialect::gemini::Gemini;
use tollgate_dialect::ollama::Ollama;
use tollgate_dialect::openai_chat::OpenaiChat;

use crate::REPLY;
use crate::shapes::encode;

fn carried(
    caller: &dyn Inbound,
    provider: &dyn Outbound,
    model: &str,
    body: &Value,
) -> (Value, Vec<String>) {
    let body = body.to_string();
    let head = caller.head(body.as_bytes(), &Address::default()).unwrap();
    let request = caller.decode_request(body.as_bytes(), &head).unwrap();
    encode(provider, &request, model).unwrap()
}

fn asking() -> Value {
    json!({"model": "m", "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Weather?", "images": ["aWc="]},
        {"role": "assistant", "content": "", "tool_calls": [
            {"function": {"name": "weather", "arguments": {"city": "Bern"}}}]},
        {"role": "tool", "tool_name": "weather", "content": "17"}],
        "tools": [{"type": "function", "function": {"name": "weather",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}],
        "think": "low", "options": {"num_predict": 64, "top_k": 3, "num_ctx": 4096}})
}

#[test]
fn a_request_reaches_an_openai_provider() {
    let (body, mut lost) = carried(&Ollama, &OpenaiChat, "some-model", &asking());
    assert_eq!(
        body["messages"],
        json!([
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "Weather?"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,aWc="}}]},
            {"role": "assistant", "content": null, "tool_calls": [{"id": "call_0", "type": "function",
                "function": {"name": "weather", "arguments": "{\"city\":\"Bern\"}"}}]},
            {"role": "tool", "tool_call_id": "call_0", "content": "17"},
        ])
    );
    assert_eq!(
        (
            &body["stream"],
            &body["max_tokens"],
            &body["reasoning_effort"]
        ),
        (&json!(true), &json!(64), &json!("low"))
    );
    lost.sort();
    assert_eq!(lost, ["options.num_ctx", "top_k"]);
}

#[test]
fn a_request_reaches_the_other_providers() {
    let (body, _) = carried(&Ollama, &Anthropic, "claude-opus-4-6", &asking());
    assert_eq!(
        body["messages"][2]["content"][0]["tool_use_id"],
        json!("call_0")
    );
    let (body, _) = carried(&Ollama, &Gemini, "gemini-2.5-flash", &asking());
    assert_eq!(
        body["contents"][2]["parts"][0]["functionResponse"]["name"],
        json!("weather")
    );
}

#[test]
fn a_call_of_ollamas_comes_back_to_it_from_an_openai_caller() {
    let answer = json!({"model": "m", "created_at": "2025-01-01T00:00:00Z", "message": {
        "role": "assistant", "content": "", "tool_calls": [
            {"function": {"name": "f", "arguments": {"a": 1}}}]},
        "done": true, "done_reason": "stop", "prompt_eval_count": 10, "eval_count": 4});
    let response = Ollama
        .decode_response(answer.to_string().as_bytes())
        .unwrap();
    let mut out = Vec::new();
    OpenaiChat.encode_response(&response, &REPLY, &mut out);
    let told: Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(told["choices"][0]["finish_reason"], json!("tool_calls"));
    assert_eq!(told["usage"]["total_tokens"], json!(14));
    let message = &told["choices"][0]["message"];
    let next = json!({"model": "m", "messages": [
        {"role": "user", "content": "go"},
        message,
        {"role": "tool", "tool_call_id": message["tool_calls"][0]["id"], "content": "done"}]});
    let (body, _) = carried(&OpenaiChat, &Ollama, "m", &next);
    let id = "call_20250101T000000Z_0";
    assert_eq!(
        body["messages"][1]["tool_calls"],
        json!([{"id": id, "function": {"name": "f", "arguments": {"a": 1}}}])
    );
    assert_eq!(
        body["messages"][2],
        json!({"role": "tool", "content": "done", "tool_name": "f", "tool_call_id": id})
    );
}

#[test]
fn gm_08_a_signature_of_geminis_comes_back_where_the_client_keeps_ids() {
    let answer = json!({"responseId": "r", "candidates": [{"finishReason": "STOP", "content":
        {"parts": [{"functionCall": {"name": "f", "args": {"a": 1}}, "thoughtSignature": "U2ln"}]}}]});
    let response = Gemini
        .decode_response(answer.to_string().as_bytes())
        .unwrap();
    let mut out = Vec::new();
    Ollama.encode_response(&response, &REPLY, &mut out);
    let told: Value = serde_json::from_slice(&out).unwrap();
    let call = &told["message"]["tool_calls"][0];
    let talk = |call: &Value, id: &Value| {
        json!({"model": "m", "messages": [
            {"role": "user", "content": "go"},
            {"role": "assistant", "content": "", "tool_calls": [call]},
            {"role": "tool", "tool_name": "f", "tool_call_id": id, "content": "done"}]})
    };
    let kept = talk(call, &call["id"]);
    let (body, _) = carried(&Ollama, &Gemini, "gemini-3-pro-preview", &kept);
    let part = &body["contents"][1]["parts"][0];
    assert_eq!(part["thoughtSignature"], json!("U2ln"));
    let bare = talk(&json!({"function": call["function"]}), &Value::Null);
    let (body, _) = carried(&Ollama, &Gemini, "gemini-3-pro-preview", &bare);
    let result = &body["contents"][2]["parts"][0]["functionResponse"];
    assert_eq!(result["response"], json!({"output": "done"}));
}
