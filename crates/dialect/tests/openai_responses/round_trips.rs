//! From a caller to a provider of another dialect and back, twice: what an answer carries must
//! survive in the caller's next request.

use serde_json::{Value, json};
use tollgate_dialect::anthropic::Anthropic;
use tollgate_dialect::codec::{Address, Inbound, Outbound, Reply};
use tollgate_dialect::gemini::Gemini;
use tollgate_dialect::openai_chat::OpenaiChat;
use tollgate_dialect::openai_responses::OpenaiResponses;

use crate::asked::{REPLY, answered, asked, encoded};

/// What a caller of a dialect reads of a provider's answer.
fn told(caller: &dyn Inbound, provider: &dyn Outbound, answer: &Value) -> Value {
    let response = provider
        .decode_response(answer.to_string().as_bytes())
        .unwrap();
    let mut out = Vec::new();
    caller.encode_response(&response, &REPLY, &mut out);
    serde_json::from_slice(&out).unwrap()
}

/// What a provider of the dialect reads of a caller's request.
fn sent(caller: &dyn Inbound, body: &Value) -> (Value, Vec<String>) {
    let body = body.to_string();
    let head = caller.head(body.as_bytes(), &Address::default()).unwrap();
    let request = caller.decode_request(body.as_bytes(), &head).unwrap();
    encoded(&OpenaiResponses, &request, "gpt-5").unwrap()
}

fn thoughtful() -> Value {
    json!({"id": "resp_1", "status": "completed", "output": [
        {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "hm"}],
            "encrypted_content": "gAAA=="},
        {"type": "function_call", "id": "fc_1", "call_id": "c", "name": "f", "arguments": "{}"},
    ]})
}

fn reasoning() -> Value {
    json!({"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "hm"}],
        "encrypted_content": "gAAA=="})
}

#[test]
fn openais_reasoning_comes_back_from_anthropics_callers() {
    let message = told(&Anthropic, &OpenaiResponses, &thoughtful());
    let body = json!({"model": "m", "max_tokens": 99, "messages": [
        {"role": "user", "content": "go"},
        {"role": "assistant", "content": message["content"]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c", "content": "1"}]},
    ]});
    let (sent, dropped) = sent(&Anthropic, &body);
    assert_eq!(sent["input"][1], reasoning());
    assert_eq!(sent["input"][2]["type"], "function_call");
    assert!(dropped.is_empty(), "{dropped:?}");
}

#[test]
fn openais_reasoning_comes_back_from_callers_of_chat_and_gemini() {
    let answer = told(&OpenaiChat, &OpenaiResponses, &thoughtful());
    let body = json!({"model": "m", "messages": [
        {"role": "user", "content": "go"}, answer["choices"][0]["message"],
        {"role": "tool", "tool_call_id": "c", "content": "1"}]});
    assert_eq!(sent(&OpenaiChat, &body).0["input"][1], reasoning());
    let answer = told(&Gemini, &OpenaiResponses, &thoughtful());
    let body = json!({"contents": [
        {"role": "user", "parts": [{"text": "go"}]}, answer["candidates"][0]["content"],
        {"role": "user", "parts": [{"functionResponse": {"id": "c", "name": "f", "response": {}}}]}]});
    let body = body.to_string();
    let address = Address {
        model: Some("m"),
        stream: Some(false),
    };
    let head = Gemini.head(body.as_bytes(), &address).unwrap();
    let request = Gemini.decode_request(body.as_bytes(), &head).unwrap();
    let (sent, _) = encoded(&OpenaiResponses, &request, "gpt-5").unwrap();
    assert_eq!(sent["input"][1], reasoning());
}

#[test]
fn openais_reasoning_is_shown_to_no_other_provider() {
    let message = told(&Anthropic, &OpenaiResponses, &thoughtful());
    let body = json!({"model": "m", "max_tokens": 99, "messages": [
        {"role": "user", "content": "go"}, {"role": "assistant", "content": message["content"]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c", "content": "1"}]}]})
    .to_string();
    let head = Anthropic
        .head(body.as_bytes(), &Address::default())
        .unwrap();
    let request = Anthropic.decode_request(body.as_bytes(), &head).unwrap();
    let (sent, dropped) = encoded(&Anthropic, &request, "claude-opus-4-6").unwrap();
    assert!(!sent.to_string().contains("openai-item"), "{sent}");
    assert_eq!(dropped, ["reasoning_content"]);
    let foreign = json!({"model": "m", "max_tokens": 99, "messages": [
        {"role": "user", "content": "go"}, {"role": "assistant", "content": [
            {"type": "thinking", "thinking": "t", "signature": "claude's"},
            {"type": "redacted_thinking", "data": "x"}, {"type": "text", "text": "so"}]},
        {"role": "user", "content": "on"}]});
    let (sent, dropped) = self::sent(&Anthropic, &foreign);
    assert_eq!(sent["input"].as_array().unwrap().len(), 3);
    assert_eq!(dropped, ["reasoning_content"]);
}

#[test]
fn signed_thoughts_of_claude_come_back_from_callers_of_responses() {
    let answer = json!({"id": "msg", "content": [
        {"type": "thinking", "thinking": "hm", "signature": "S=="},
        {"type": "redacted_thinking", "data": "R=="},
        {"type": "tool_use", "id": "t", "name": "f", "input": {"x": 1.0}}],
        "stop_reason": "tool_use", "usage": {"input_tokens": 1, "output_tokens": 1}});
    let response = Anthropic
        .decode_response(answer.to_string().as_bytes())
        .unwrap();
    let mut input = vec![json!({"role": "user", "content": "go"})];
    input.extend(
        answered(&response, &REPLY)["output"]
            .as_array()
            .unwrap()
            .clone(),
    );
    input.push(json!({"type": "function_call_output", "call_id": "t", "output": "1"}));
    let body = json!({"model": "m", "input": input, "max_output_tokens": 4000});
    let (sent, _) = asked(&Anthropic, &body, "claude-opus-4-6");
    assert_eq!(sent["messages"][1]["content"], answer["content"]);
}

#[test]
fn gm_08_a_signature_of_gemini_travels_in_the_id_of_the_call() {
    let answer = json!({"responseId": "r", "candidates": [{"finishReason": "STOP", "content":
        {"parts": [{"functionCall": {"name": "f", "args": {"a": 1}}, "thoughtSignature": "U2ln"}]}
    }]});
    let response = Gemini
        .decode_response(answer.to_string().as_bytes())
        .unwrap();
    let output = answered(&response, &REPLY)["output"].clone();
    let call = &output[0];
    let body = json!({"model": "m", "input": [{"role": "user", "content": "go"}, call,
        {"type": "function_call_output", "call_id": call["call_id"], "output": "1"}]});
    let (sent, _) = asked(&Gemini, &body, "gemini-3-pro-preview");
    assert_eq!(sent["contents"][1]["parts"][0]["thoughtSignature"], "U2ln");
    let result = &sent["contents"][2]["parts"][0]["functionResponse"];
    assert_eq!(result["name"], "f");
}

#[test]
fn deltas_of_a_stream_make_the_whole_answer() {
    use tollgate_dialect::ir::Event;
    let answer = json!({"id": "x", "choices": [{"message": {"content": "hello", "tool_calls": [
        {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{\"x\":1}"}}]},
        "finish_reason": "tool_calls"}], "usage": {"prompt_tokens": 3, "completion_tokens": 2}});
    let response = OpenaiChat
        .decode_response(answer.to_string().as_bytes())
        .unwrap();
    let reply = Reply { ..REPLY };
    let whole = answered(&response, &reply);
    let chunk = |delta: Value, finish: Value| {
        let chunk = json!({"id": "x", "choices": [{"index": 0, "delta": delta,
            "finish_reason": finish}]});
        format!("data: {chunk}\n\n")
    };
    let mut text = String::new();
    for piece in ["he", "llo"] {
        text += &chunk(json!({"content": piece}), Value::Null);
    }
    text += &chunk(
        json!({"tool_calls": [{"index": 0, "id": "c", "function":
        {"name": "f", "arguments": "{\"x\""}}]}),
        Value::Null,
    );
    text += &chunk(
        json!({"tool_calls": [{"index": 0, "function": {"arguments": ":1}"}}]}),
        Value::Null,
    );
    text += &chunk(json!({}), json!("tool_calls"));
    text += "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}\n\n";
    text += "data: [DONE]\n\n";
    let mut decoder = OpenaiChat.stream_decoder();
    let mut events: Vec<Event> = Vec::new();
    decoder.push(text.as_bytes(), &mut events);
    let mut encoder = OpenaiResponses.stream_encoder(&reply);
    let mut out = Vec::new();
    for event in &events {
        encoder.event(event, None, &mut out);
    }
    let streamed: Value = serde_json::from_slice(&encoder.whole().unwrap()).unwrap();
    assert_eq!(streamed, whole);
}
