//! From the dialect to the dialect by way of the intermediate form: nothing that both know is lost.

use proptest::prelude::*;
use serde_json::{Value, json};
use tollgate_dialect::anthropic::Anthropic;
use tollgate_dialect::codec::{Inbound, Outbound};
use tollgate_dialect::gemini::Gemini;
use tollgate_dialect::openai_chat::OpenaiChat;

use crate::asked::{REPLY, decoded};
use crate::shapes::encode;

/// What the caller reads of a provider's answer.
fn answered(codec: &dyn Outbound, answer: &Value) -> Value {
    let response = codec
        .decode_response(answer.to_string().as_bytes())
        .unwrap();
    let mut out = Vec::new();
    Anthropic.encode_response(&response, &REPLY, &mut out);
    serde_json::from_slice(&out).unwrap()
}

/// What the provider reads of the caller's next request, which sends the answer back.
fn asked(codec: &dyn Outbound, answer: &Value, next: &Value, model: &str) -> Value {
    let said = json!({"role": "assistant", "content": answer["content"]});
    let body = json!({"model": "m", "max_tokens": 100,
        "messages": [{"role": "user", "content": "go"}, said, next]});
    encode(codec, &decoded(&body.to_string()).unwrap(), model)
        .unwrap()
        .0
}

#[test]
fn a_request_comes_out_as_it_went_in() {
    let body = json!({
        "model": "claude-sonnet-4-5", "max_tokens": 3000,
        "system": [{"type": "text", "text": "s", "cache_control": {"type": "ephemeral"}}],
        "messages": [
            {"role": "user", "content": [
                {"type": "text", "text": "a"},
                {"type": "image", "source": {"type": "url", "url": "https://example.com"}},
                {"type": "document", "title": "t", "source":
                    {"type": "base64", "media_type": "application/pdf", "data": "BBBB"}},
                {"type": "document", "source":
                    {"type": "text", "media_type": "text/plain", "data": "hé"}}]},
            {"role": "assistant", "content": [
                {"type": "thinking", "thinking": "hm", "signature": "s+/="},
                {"type": "redacted_thinking", "data": "ZW5j"},
                {"type": "text", "text": "b"},
                {"type": "tool_use", "id": "t1", "name": "f", "input": {"x": 1}}]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "t1", "is_error": true, "content": "r"},
                {"type": "text", "text": "c", "cache_control": {"type": "ephemeral"}}]}],
        "tools": [{"name": "f", "description": "d", "input_schema": {"type": "object"},
            "strict": true, "cache_control": {"type": "ephemeral"}}],
        "tool_choice": {"type": "auto", "disable_parallel_tool_use": true},
        "stop_sequences": ["x"], "stream": true,
        "thinking": {"type": "enabled", "budget_tokens": 2000},
        "output_config": {"format": {"type": "json_schema",
            "schema": {"type": "object", "properties": {}, "additionalProperties": false}}},
        "metadata": {"user_id": "u"}, "cache_control": {"type": "ephemeral"},
    });
    let request = decoded(&body.to_string()).unwrap();
    let (out, lost) = encode(&Anthropic, &request, "claude-sonnet-4-5").unwrap();
    assert_eq!(out, body);
    assert!(lost.is_empty(), "{lost:?}");
}

#[test]
fn an_answer_comes_out_as_it_went_in() {
    let answer = json!({
        "id": "msg_00000000000000000000000001", "type": "message", "role": "assistant",
        "model": "smart \"one\"", "stop_reason": "tool_use", "stop_sequence": null,
        "content": [
            {"type": "thinking", "thinking": "hm", "signature": "s"},
            {"type": "redacted_thinking", "data": "ZW5j"},
            {"type": "text", "text": "x"},
            {"type": "tool_use", "id": "t", "name": "f", "input": {"a": 1}}],
        "usage": {"input_tokens": 9, "cache_read_input_tokens": 4, "output_tokens": 5,
            "cache_creation_input_tokens": 7, "server_tool_use": {"web_search_requests": 2},
            "cache_creation": {"ephemeral_5m_input_tokens": 3, "ephemeral_1h_input_tokens": 4}},
    });
    assert_eq!(answered(&Anthropic, &answer), answer);
}

#[test]
fn gm_08_a_signature_of_geminis_comes_back_to_it() {
    let answer = json!({"responseId": "r", "candidates": [{"finishReason": "STOP", "content":
        {"parts": [{"functionCall": {"name": "f", "args": {"a": 1}}, "thoughtSignature": "Cg+/YQ=="}]}
    }]});
    let said = answered(&Gemini, &answer);
    let id = said["content"][0]["id"].clone();
    let next = json!({"role": "user", "content": [
        {"type": "tool_result", "tool_use_id": id, "content": "{\"b\":2}"}]});
    let contents = asked(&Gemini, &said, &next, "gemini-3-pro-preview")["contents"].clone();
    let want =
        json!({"functionCall": {"name": "f", "args": {"a": 1}}, "thoughtSignature": "Cg+/YQ=="});
    assert_eq!(contents[1]["parts"][0], want);
    let want = json!({"functionResponse": {"name": "f", "response": {"b": 2}}});
    assert_eq!(contents[2]["parts"][0], want);
    let other = asked(&OpenaiChat, &said, &next, "gpt-4.1").to_string();
    assert!(!other.contains("__thought__"), "{other}");
}

#[test]
fn sa_15_unsigned_thoughts_are_taken_back_and_left_out() {
    let answer = json!({"choices": [{"finish_reason": "stop",
        "message": {"reasoning_content": "hm", "content": "x"}}]});
    let said = answered(&OpenaiChat, &answer);
    let want = json!([{"type": "thinking", "thinking": "hm", "signature": ""},
        {"type": "text", "text": "x"}]);
    assert_eq!(said["content"], want);
    let next = json!({"role": "user", "content": "more"});
    let body = asked(&OpenaiChat, &said, &next, "gpt-4.1");
    assert_eq!(
        body["messages"][1],
        json!({"role": "assistant", "content": "x"})
    );
}

proptest! {
    #[test]
    fn a_conversation_comes_out_as_it_went_in(
        turns in prop::collection::vec(
            (prop::collection::vec("[!-~é]{1,8}", 1..3), any::<bool>(), any::<bool>()),
            1..4,
        ),
    ) {
        let mut messages = Vec::new();
        for (at, (words, calls, cached)) in turns.iter().enumerate() {
            let said: Vec<Value> = words.iter().map(|word| match cached {
                true => json!({"type": "text", "text": word, "cache_control": {"type": "ephemeral"}}),
                false => json!({"type": "text", "text": word}),
            }).collect();
            messages.push(json!({"role": "user", "content": said}));
            let id = format!("t{at}");
            let answer = match calls {
                true => json!({"type": "tool_use", "id": id, "name": "f", "input": {"at": at}}),
                false => json!({"type": "text", "text": "ok"}),
            };
            messages.push(json!({"role": "assistant", "content": [answer]}));
            if *calls {
                let result = json!({"type": "tool_result", "tool_use_id": id, "content": "r"});
                messages.push(json!({"role": "user", "content": [result]}));
                messages.push(json!({"role": "assistant", "content": [{"type": "text", "text": "k"}]}));
            }
        }
        let body = json!({"model": "claude-sonnet-4-5", "max_tokens": 9, "messages": messages});
        let request = decoded(&body.to_string()).unwrap();
        let (out, lost) = encode(&Anthropic, &request, "claude-sonnet-4-5").unwrap();
        prop_assert_eq!(out, body);
        prop_assert!(lost.is_empty());
    }
}
