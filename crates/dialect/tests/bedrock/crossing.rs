//! Callers of Bedrock at providers of every dialect, and callers of every dialect at Bedrock: what is
//! said arrives, and what an answer carries survives in the caller's next request.

use serde_json::{Value, json};
use tollgate_dialect::anthropic::Anthropic;
use tollgate_dialect::bedrock::Bedrock;
use tollgate_dialect::codec::{Inbound, Outbound};
use tollgate_dialect::gemini::Gemini;
use tollgate_dialect::ir::Event;
use tollgate_dialect::openai_chat::OpenaiChat;

use crate::asked::{ADDRESS, REPLY, decoded, talk};
use crate::grammar;
use crate::shapes::encode;

const CLAUDE: &str = "anthropic.claude-sonnet-4-5-20250929-v1:0";

fn asking() -> Value {
    json!({
        "system": [{"text": "Be brief."}],
        "messages": [
            {"role": "user", "content": [{"text": "Weather in Bern?"},
                {"image": {"format": "png", "source": {"bytes": "aWc="}}}]},
            {"role": "assistant", "content": [
                {"toolUse": {"toolUseId": "t1", "name": "weather", "input": {"city": "Bern"}}}]},
            {"role": "user", "content": [{"toolResult": {"toolUseId": "t1", "status": "error",
                "content": [{"text": "timeout"}]}}]},
        ],
        "toolConfig": {"tools": [{"toolSpec": {"name": "weather", "description": "Tells it.",
            "inputSchema": {"json": {"type": "object", "properties": {"city": {"type": "string"}}}}}}],
            "toolChoice": {"tool": {"name": "weather"}}},
        "inferenceConfig": {"maxTokens": 64, "temperature": 0.5, "stopSequences": ["X"]},
        "requestMetadata": {"team": "a"},
    })
}

#[test]
fn a_request_reaches_an_openai_provider() {
    let (body, lost) = encode(&OpenaiChat, &decoded(&asking()).unwrap(), "gpt-4o").unwrap();
    let want = json!([
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Weather in Bern?"},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,aWc="}}]},
        {"role": "assistant", "content": null, "tool_calls": [{"id": "t1", "type": "function",
            "function": {"name": "weather", "arguments": "{\"city\":\"Bern\"}"}}]},
        {"role": "tool", "tool_call_id": "t1", "content": "Error: timeout"},
    ]);
    assert_eq!(body["messages"], want);
    assert_eq!(body["tool_choice"]["function"]["name"], json!("weather"));
    assert_eq!(
        (&body["max_tokens"], &body["stop"]),
        (&json!(64), &json!(["X"]))
    );
    assert_eq!(lost, ["requestMetadata"]);
}

#[test]
fn a_request_reaches_an_anthropic_and_a_gemini_provider() {
    let request = decoded(&asking()).unwrap();
    let (body, lost) = encode(&Anthropic, &request, "claude-sonnet-4-5").unwrap();
    let want = json!({"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1",
        "content": "timeout", "is_error": true}]});
    assert_eq!(body["messages"][2], want);
    assert_eq!(
        body["tool_choice"],
        json!({"type": "tool", "name": "weather"})
    );
    assert_eq!(lost, ["requestMetadata"]);
    let (body, lost) = encode(&Gemini, &request, "gemini-2.5-flash").unwrap();
    let call = &body["contents"][1]["parts"][0]["functionCall"];
    assert_eq!(
        (&call["name"], &call["args"]),
        (&json!("weather"), &json!({"city": "Bern"}))
    );
    assert_eq!(lost, ["requestMetadata"]);
}

/// The same question in each dialect.
fn questions() -> [(&'static dyn Inbound, Value); 3] {
    let schema = json!({"type": "object", "properties": {"city": {"type": "string"}}});
    let openai = json!({
        "model": "smart", "max_tokens": 64,
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Weather?"},
            {"role": "assistant", "content": null, "tool_calls": [{"id": "t1", "type": "function",
                "function": {"name": "weather", "arguments": "{\"city\":\"Bern\"}"}}]},
            {"role": "tool", "tool_call_id": "t1", "content": "17"},
        ],
        "tools": [{"type": "function", "function": {"name": "weather", "parameters": schema}}],
    });
    let anthropic = json!({
        "model": "smart", "max_tokens": 64, "system": "Be brief.",
        "messages": [
            {"role": "user", "content": "Weather?"},
            {"role": "assistant", "content": [
                {"type": "tool_use", "id": "t1", "name": "weather", "input": {"city": "Bern"}}]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "t1", "content": "17"}]},
        ],
        "tools": [{"name": "weather", "input_schema": schema}],
    });
    let gemini = json!({
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "contents": [
            {"role": "user", "parts": [{"text": "Weather?"}]},
            {"role": "model", "parts": [{"functionCall": {"id": "t1", "name": "weather",
                "args": {"city": "Bern"}}}]},
            {"role": "user", "parts": [{"functionResponse": {"id": "t1", "name": "weather",
                "response": {"output": "17"}}}]},
        ],
        "tools": [{"functionDeclarations": [{"name": "weather", "parametersJsonSchema": schema}]}],
        "generationConfig": {"maxOutputTokens": 64},
    });
    [
        (&OpenaiChat, openai),
        (&Anthropic, anthropic),
        (&Gemini, gemini),
    ]
}

#[test]
fn a_question_in_every_dialect_is_the_same_at_bedrock() {
    for (codec, body) in questions() {
        let text = body.to_string();
        let head = codec.head(text.as_bytes(), &ADDRESS).unwrap();
        let request = codec.decode_request(text.as_bytes(), &head).unwrap();
        let (body, lost) = encode(&Bedrock, &request, CLAUDE).unwrap();
        let want = json!([
            {"role": "user", "content": [{"text": "Weather?"}]},
            {"role": "assistant", "content": [
                {"toolUse": {"toolUseId": "t1", "name": "weather", "input": {"city": "Bern"}}}]},
            {"role": "user", "content": [
                {"toolResult": {"toolUseId": "t1", "content": [{"text": "17"}]}}]},
        ]);
        assert_eq!(body["messages"], want);
        assert_eq!(body["system"], json!([{"text": "Be brief."}]));
        assert_eq!(body["inferenceConfig"], json!({"maxTokens": 64}));
        let name = &body["toolConfig"]["tools"][0]["toolSpec"]["name"];
        assert_eq!((name, lost.as_slice()), (&json!("weather"), &[][..]));
    }
}

/// An answer of each dialect that says something and calls a tool, and its stream.
fn answers() -> [(&'static dyn Outbound, Value); 4] {
    [
        (
            &OpenaiChat,
            json!({"id": "x", "object": "chat.completion", "choices": [{"index": 0,
                "finish_reason": "tool_calls", "message": {"role": "assistant", "content": "So.",
                "tool_calls": [{"id": "t1", "type": "function",
                    "function": {"name": "f", "arguments": "{\"a\":1}"}}]}}],
                "usage": {"prompt_tokens": 10, "completion_tokens": 4, "total_tokens": 14}}),
        ),
        (
            &Anthropic,
            json!({"type": "message", "stop_reason": "tool_use", "content": [
                {"type": "text", "text": "So."},
                {"type": "tool_use", "id": "t1", "name": "f", "input": {"a": 1}}],
                "usage": {"input_tokens": 10, "output_tokens": 4}}),
        ),
        (
            &Gemini,
            json!({"candidates": [{"finishReason": "STOP", "content": {"role": "model", "parts": [
                {"text": "So."}, {"functionCall": {"id": "t1", "name": "f", "args": {"a": 1}}}]}}],
                "usageMetadata": {"promptTokenCount": 10, "candidatesTokenCount": 4}}),
        ),
        (
            &Bedrock,
            json!({"output": {"message": {"role": "assistant", "content": [{"text": "So."},
                {"toolUse": {"toolUseId": "t1", "name": "f", "input": {"a": 1}}}]}},
                "stopReason": "tool_use",
                "usage": {"inputTokens": 10, "outputTokens": 4, "totalTokens": 14}}),
        ),
    ]
}

#[test]
fn an_answer_of_every_dialect_is_the_same_to_a_caller_of_bedrock() {
    for (codec, answer) in answers() {
        let response = codec
            .decode_response(answer.to_string().as_bytes())
            .unwrap();
        let mut out = Vec::new();
        Bedrock.encode_response(&response, &REPLY, &mut out);
        let told: Value = serde_json::from_slice(&out).unwrap();
        let want = json!({
            "metrics": {"latencyMs": 1500},
            "output": {"message": {"role": "assistant", "content": [{"text": "So."},
                {"toolUse": {"toolUseId": "t1", "name": "f", "input": {"a": 1}}}]}},
            "stopReason": "tool_use",
            "usage": {"inputTokens": 10, "outputTokens": 4, "totalTokens": 14},
        });
        assert_eq!(told, want);
    }
}

#[test]
fn a_stream_of_bedrock_is_told_in_every_dialect() {
    let events = grammar::read(&Bedrock, std::iter::once(&talk()[..]));
    let callers: [(&dyn Inbound, &[&str]); 4] = [
        (
            &OpenaiChat,
            &[
                "\"content\":\"Look\"",
                "\"name\":\"f\"",
                "\"finish_reason\":\"tool_calls\"",
                "[DONE]",
            ],
        ),
        (
            &Anthropic,
            &[
                "\"thinking\":\"Hm\"",
                "\"signature\":\"S+/=\"",
                "\"partial_json\"",
                "message_stop",
            ],
        ),
        (
            &Gemini,
            &[
                "\"text\":\"Look\"",
                "\"functionCall\"",
                "\"finishReason\":\"STOP\"",
            ],
        ),
        (
            &Bedrock,
            &[
                "\"text\":\"Look\"",
                "\"signature\":\"S+/=\"",
                "messageStop",
                "metadata",
            ],
        ),
    ];
    for (codec, wanted) in callers {
        let mut encoder = codec.stream_encoder(&REPLY);
        let mut out = Vec::new();
        for event in &events {
            encoder.event(event, None, &mut out);
        }
        let text = String::from_utf8_lossy(&out);
        for part in wanted {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
    assert_eq!(events.last(), Some(&Event::End));
}

#[test]
fn oa_28_thoughts_of_claude_come_back_with_their_signature_from_every_dialect() {
    let answer = json!({"output": {"message": {"role": "assistant", "content": [
        {"reasoningContent": {"reasoningText": {"text": "Hm", "signature": "S+/="}}},
        {"toolUse": {"toolUseId": "t1", "name": "f", "input": {"a": 1}}},
    ]}}, "stopReason": "tool_use"});
    let response = Bedrock
        .decode_response(answer.to_string().as_bytes())
        .unwrap();
    let told = |codec: &dyn Inbound| -> Value {
        let mut out = Vec::new();
        codec.encode_response(&response, &REPLY, &mut out);
        serde_json::from_slice(&out).unwrap()
    };
    let anthropic = json!({"model": "m", "max_tokens": 64, "messages": [
        {"role": "user", "content": "go"},
        {"role": "assistant", "content": told(&Anthropic)["content"]},
    ]});
    let gemini = json!({"contents": [
        {"role": "user", "parts": [{"text": "go"}]},
        told(&Gemini)["candidates"][0]["content"],
    ]});
    let own = json!({"messages": [
        {"role": "user", "content": [{"text": "go"}]},
        told(&Bedrock)["output"]["message"],
    ]});
    let callers: [(&dyn Inbound, Value); 3] =
        [(&Anthropic, anthropic), (&Gemini, gemini), (&Bedrock, own)];
    for (codec, body) in callers {
        let text = body.to_string();
        let head = codec.head(text.as_bytes(), &ADDRESS).unwrap();
        let request = codec.decode_request(text.as_bytes(), &head).unwrap();
        let (body, _) = encode(&Bedrock, &request, CLAUDE).unwrap();
        let want = &answer["output"]["message"]["content"];
        assert_eq!(&body["messages"][1]["content"], want, "{text}");
    }
}
