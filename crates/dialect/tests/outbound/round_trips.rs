//! From a caller of the OpenAI dialect to a provider of another one and back, twice: what an answer
//! carries must survive in the caller's next request.

use serde_json::{Value, json};
use tollgate_dialect::anthropic::Anthropic;
use tollgate_dialect::codec::{Address, Inbound, Outbound, Reply};
use tollgate_dialect::gemini::Gemini;
use tollgate_dialect::openai_chat::OpenaiChat;
use tollgate_model::{CallId, Micros};

use crate::shapes::encode;

/// What the caller reads of a provider's answer.
fn answered(codec: &dyn Outbound, answer: &Value) -> Value {
    let response = codec
        .decode_response(answer.to_string().as_bytes())
        .unwrap();
    let reply = Reply {
        call: CallId(7),
        at: Micros(0),
        model: "m",
        stream_usage: false,
        older_tools: false,
        hide_thoughts: false,
        echo: None,
        prompt_tokens: 0,
    };
    let mut out = Vec::new();
    OpenaiChat.encode_response(&response, &reply, &mut out);
    serde_json::from_slice(&out).unwrap()
}

/// What the provider reads of the caller's request.
fn asked(codec: &dyn Outbound, messages: &Value, model: &str) -> Value {
    let body = json!({"model": "m", "messages": messages}).to_string();
    let head = OpenaiChat
        .head(body.as_bytes(), &Address::default())
        .unwrap();
    let request = OpenaiChat.decode_request(body.as_bytes(), &head).unwrap();
    encode(codec, &request, model).unwrap().0
}

#[test]
fn gm_08_a_signature_comes_back_even_if_the_caller_keeps_nothing_but_the_id() {
    let answer = json!({"responseId": "r", "candidates": [{"finishReason": "STOP", "content":
        {"parts": [{"functionCall": {"name": "f", "args": {"a": 1}}, "thoughtSignature": "U2ln"}]}
    }]});
    let message = answered(&Gemini, &answer)["choices"][0]["message"].clone();
    let call = &message["tool_calls"][0];
    let kept = json!({"role": "assistant", "tool_calls": [
        {"id": call["id"], "type": "function", "function": call["function"]}
    ]});
    let messages = json!([
        {"role": "user", "content": "go"},
        kept,
        {"role": "tool", "tool_call_id": call["id"], "content": "{\"b\":2}"},
    ]);
    let contents = asked(&Gemini, &messages, "gemini-3-pro-preview")["contents"].clone();
    let want = json!({"functionCall": {"name": "f", "args": {"a": 1}}, "thoughtSignature": "U2ln"});
    assert_eq!(contents[1]["parts"][0], want);
    let want = json!({"functionResponse": {"name": "f", "response": {"b": 2}}});
    assert_eq!(contents[2]["parts"][0], want);

    let other = asked(&Anthropic, &messages, "claude-sonnet-4-5")["messages"].clone();
    assert_eq!(other[1]["content"][0]["id"], json!("call_r_0"));
    assert_eq!(other[2]["content"][0]["tool_use_id"], json!("call_r_0"));
}

#[test]
fn oa_28_thoughts_come_back_with_their_signature() {
    let answer = json!({"type": "message", "stop_reason": "tool_use", "content": [
        {"type": "thinking", "thinking": "Hm", "signature": "S+/="},
        {"type": "redacted_thinking", "data": "ZW5j"},
        {"type": "text", "text": "Looking."},
        {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}},
    ]});
    let message = answered(&Anthropic, &answer)["choices"][0]["message"].clone();
    let messages = json!([
        {"role": "user", "content": "go"},
        message,
        {"role": "tool", "tool_call_id": "toolu_1", "content": "done"},
    ]);
    let body = asked(&Anthropic, &messages, "claude-sonnet-4-5");
    assert_eq!(body["messages"][1]["content"], answer["content"]);
}
