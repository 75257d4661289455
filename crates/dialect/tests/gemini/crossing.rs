//! Callers of Gemini at providers of other dialects, callers of Anthropic at Gemini, and back: what an
//! answer carries must survive in the caller's next request.

use serde_json::{Value, json};
use tollgate_dialect::anthropic::Anthropic;
use tollgate_dialect::codec::{Address, Inbound, Loss, Outbound, Reply};
use tollgate_dialect::gemini::Gemini;
use tollgate_dialect::openai_chat::OpenaiChat;

use crate::shapes::{REPLY, carried, decoded, head, target};

const CLAUDE: &str = "claude-sonnet-4-5";

/// What a caller of Gemini reads of a provider's answer.
fn answered(codec: &dyn Outbound, answer: &Value, hide_thoughts: bool) -> Value {
    let response = codec
        .decode_response(answer.to_string().as_bytes())
        .unwrap();
    let reply = Reply {
        hide_thoughts,
        echo: None,
        ..REPLY
    };
    let mut out = Vec::new();
    Gemini.encode_response(&response, &reply, &mut out);
    serde_json::from_slice(&out).unwrap()
}

/// The conversation after an answer: the model's turn as it came, and the results of its calls.
fn continued(answer: &Value) -> Value {
    let content = answer["candidates"][0]["content"].clone();
    let calls = content["parts"].as_array().unwrap().iter();
    let results: Vec<Value> = calls
        .filter_map(|part| part.get("functionCall"))
        .map(|call| {
            json!({"functionResponse": {"name": call["name"], "response": {"output": "done"}}})
        })
        .collect();
    json!({"contents": [
        {"role": "user", "parts": [{"text": "go"}]},
        content,
        {"role": "user", "parts": results},
    ]})
}

fn thought_through() -> Value {
    json!({"type": "message", "stop_reason": "tool_use", "content": [
        {"type": "thinking", "thinking": "Hm", "signature": "S+/="},
        {"type": "redacted_thinking", "data": "ZW5j"},
        {"type": "text", "text": "Looking."},
        {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"a": 1}},
        {"type": "tool_use", "id": "toolu_2", "name": "f", "input": {"a": 2}},
    ]})
}

#[test]
fn oa_28_thoughts_of_claude_come_back_with_their_signature() {
    for hide_thoughts in [true, false] {
        let answer = answered(&Anthropic, &thought_through(), hide_thoughts);
        assert_eq!(
            answer.to_string().contains("\"thought\":true"),
            !hide_thoughts
        );
        let (body, _) = carried(&Anthropic, CLAUDE, &continued(&answer)).unwrap();
        assert_eq!(body["messages"][1]["content"], thought_through()["content"]);
        let want = json!([
            {"type": "tool_result", "tool_use_id": "toolu_1", "content": "done"},
            {"type": "tool_result", "tool_use_id": "toolu_2", "content": "done"},
        ]);
        assert_eq!(body["messages"][2]["content"], want);
    }
}

#[test]
fn ai_06_signatures_are_shown_to_nobody_but_who_gave_them() {
    let answer = answered(&Anthropic, &thought_through(), true);
    let (body, _) = carried(&OpenaiChat, "gpt-4o", &continued(&answer)).unwrap();
    let text = body.to_string();
    assert!(
        !text.contains("S+/=") && !text.contains("dG9sbGdhdGUv"),
        "{text}"
    );
    assert!(!text.contains("thought"), "{text}");

    let gemini = json!({"contents": [
        {"role": "user", "parts": [{"text": "go"}]},
        {"role": "model", "parts": [{"text": "Hm", "thought": true, "thoughtSignature": "R2Vt"},
            {"functionCall": {"name": "f", "args": {}}, "thoughtSignature": "R2Vt"}]},
        {"role": "user", "parts": [{"functionResponse": {"name": "f", "response": {}}}]},
    ]});
    for (codec, model) in [
        (&Anthropic as &dyn Outbound, CLAUDE),
        (&OpenaiChat, "gpt-4o"),
    ] {
        let (body, _) = carried(codec, model, &gemini).unwrap();
        assert!(!body.to_string().contains("R2Vt"), "{body}");
    }
}

#[test]
fn gm_08_gemini_is_not_shown_a_signature_that_it_never_gave() {
    let answer = answered(&Anthropic, &thought_through(), true);
    let body = continued(&answer).to_string();
    let edits = head(&body)
        .unwrap()
        .edits(&target("gemini-3-pro-preview"), None)
        .unwrap();
    let edited: Value = serde_json::from_slice(&edits.apply(body.as_bytes())).unwrap();
    let parts = &edited["contents"][1]["parts"];
    assert_eq!(
        parts[1]["thoughtSignature"],
        json!("skip_thought_signature_validator")
    );
    assert_eq!(parts[2].get("thoughtSignature"), None);
    let own = json!({"contents": [{"role": "model", "parts": [
        {"functionCall": {"name": "f"}, "thoughtSignature": "R2Vt"}]}]});
    let edits = head(&own.to_string())
        .unwrap()
        .edits(&target("gemini-3-pro"), None);
    assert!(edits.unwrap().is_empty());
}

fn asking() -> Value {
    json!({
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "contents": [
            {"role": "user", "parts": [{"text": "Weather in Bern?"},
                {"inlineData": {"mimeType": "image/png", "data": "aWc="}}]},
            {"role": "model", "parts": [{"functionCall": {"name": "weather", "args": {"city": "Bern"}}}]},
            {"role": "user", "parts": [{"functionResponse": {"name": "weather",
                "response": {"error": "timeout"}}}]},
        ],
        "tools": [{"functionDeclarations": [{"name": "weather", "description": "Tells it.",
            "parameters": {"type": "OBJECT", "properties": {"city": {"type": "STRING"}}}}]}],
        "toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["weather"]}},
        "generationConfig": {"temperature": 0.5, "topK": 3, "maxOutputTokens": 64, "stopSequences": ["X"]},
        "safetySettings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}],
    })
}

#[test]
fn a_request_reaches_an_openai_provider() {
    let (body, lost) = carried(&OpenaiChat, "gpt-4o", &asking()).unwrap();
    let want = json!([
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Weather in Bern?"},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,aWc="}}]},
        {"role": "assistant", "content": null, "tool_calls": [{"id": "call_0", "type": "function",
            "function": {"name": "weather", "arguments": "{\"city\":\"Bern\"}"}}]},
        {"role": "tool", "tool_call_id": "call_0", "content": "Error: timeout"},
    ]);
    assert_eq!(body["messages"], want);
    let schema = json!({"type": "object", "properties": {"city": {"type": "string"}}});
    assert_eq!(body["tools"][0]["function"]["parameters"], schema);
    let want = json!({"type": "function", "function": {"name": "weather"}});
    assert_eq!(body["tool_choice"], want);
    assert_eq!(body["stop"], json!(["X"]));
    assert_eq!(body["max_tokens"], json!(64));
    let mut lost = lost;
    lost.sort();
    assert_eq!(lost, ["safetySettings", "top_k"]);
}

#[test]
fn a_request_reaches_an_anthropic_provider() {
    let (body, lost) = carried(&Anthropic, CLAUDE, &asking()).unwrap();
    assert_eq!(body["system"], json!("Be brief."));
    let want = json!([
        {"role": "user", "content": [{"type": "text", "text": "Weather in Bern?"},
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "aWc="}}]},
        {"role": "assistant", "content": [
            {"type": "tool_use", "id": "call_0", "name": "weather", "input": {"city": "Bern"}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "call_0",
            "content": "timeout", "is_error": true}]},
    ]);
    assert_eq!(body["messages"], want);
    assert_eq!(
        body["tool_choice"],
        json!({"type": "tool", "name": "weather"})
    );
    assert_eq!(body["top_k"], json!(3));
    assert_eq!(lost, ["safetySettings"]);
}

#[test]
fn a_conversation_keeps_its_ids_whenever_it_is_sent_again() {
    let mut body = asking();
    let first = decoded(&body.to_string()).unwrap();
    let more = json!({"role": "model", "parts": [{"text": "It timed out."}]});
    body["contents"].as_array_mut().unwrap().push(more);
    let second = decoded(&body.to_string()).unwrap();
    for (before, after) in first.turns.iter().zip(&second.turns) {
        assert_eq!(format!("{before:?}"), format!("{after:?}"));
    }
}

#[test]
fn gi_06_an_openai_answer_is_told_in_geminis_words() {
    let answer = json!({"id": "x", "object": "chat.completion", "choices": [{"index": 0,
        "finish_reason": "tool_calls", "message": {"role": "assistant", "content": null,
        "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": ""}}]}}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 6, "total_tokens": 16,
            "prompt_tokens_details": {"cached_tokens": 4},
            "completion_tokens_details": {"reasoning_tokens": 5}}});
    let told = answered(&OpenaiChat, &answer, true);
    let candidate = &told["candidates"][0];
    assert_eq!(candidate["finishReason"], json!("STOP"));
    let want = json!({"id": "c1", "name": "f", "args": {}});
    assert_eq!(candidate["content"]["parts"][0]["functionCall"], want);
    let want = json!({"promptTokenCount": 10, "cachedContentTokenCount": 4,
        "candidatesTokenCount": 1, "thoughtsTokenCount": 5, "totalTokenCount": 16});
    assert_eq!(told["usageMetadata"], want);
}

/// What Gemini is sent for a request of an Anthropic caller, and what was lost on the way.
fn from_anthropic(body: &Value, model: &str) -> (Value, Vec<String>) {
    let body = body.to_string();
    let head = Anthropic
        .head(body.as_bytes(), &Address::default())
        .unwrap();
    let request = Anthropic.decode_request(body.as_bytes(), &head).unwrap();
    let mut loss = Loss::default();
    let encoded = Gemini
        .encode_request(&request, &target(model), &mut loss)
        .unwrap();
    let body = serde_json::from_slice(&encoded.body).unwrap();
    (body, loss.into_members())
}

fn asking_as_anthropic() -> Value {
    let image = json!({"type": "image", "source":
        {"type": "base64", "media_type": "image/png", "data": "aWc="}});
    json!({"model": "m", "max_tokens": 64, "top_k": 3, "system": "Be brief.", "messages": [
        {"role": "user", "content": [
            {"type": "document", "title": "a.pdf", "source":
                {"type": "base64", "media_type": "application/pdf", "data": "JVBE"}},
            {"type": "document", "source":
                {"type": "text", "media_type": "text/plain", "data": "Hi"}},
            {"type": "text", "text": "Read them."},
        ]},
        {"role": "assistant", "content": [
            {"type": "thinking", "thinking": "Hm", "signature": "S+/="},
            {"type": "redacted_thinking", "data": "ZW5j"},
            {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {}},
        ]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "toolu_1", "content":
                [{"type": "text", "text": "see"}, image]},
            {"type": "text", "text": "Well?"},
        ]},
    ]})
}

#[test]
fn ai_04_ai_07_media_of_an_anthropic_caller_reach_every_gemini() {
    let (body, lost) = from_anthropic(&asking_as_anthropic(), "gemini-2.5-flash");
    assert_eq!(body["generationConfig"]["topK"], json!(3));
    let image = json!({"inlineData": {"mimeType": "image/png", "data": "aWc="}});
    let want = json!([
        {"role": "user", "parts": [
            {"inlineData": {"mimeType": "application/pdf", "data": "JVBE"}},
            {"inlineData": {"mimeType": "text/plain", "data": "SGk="}},
            {"text": "Read them."},
        ]},
        {"role": "model", "parts": [{"functionCall": {"name": "look", "args": {}}}]},
        {"role": "user", "parts": [{"functionResponse": {"name": "look", "response":
            {"output": "see\n[1 attached to the next message of the user]"}}}]},
        {"role": "user", "parts": [image, {"text": "Well?"}]},
    ]);
    assert_eq!(body["contents"], want);
    assert_eq!(lost, ["filename", "reasoning_content"]);

    let (body, _) = from_anthropic(&asking_as_anthropic(), "gemini-3-pro-preview");
    let result = &body["contents"][2]["parts"][0]["functionResponse"];
    assert_eq!(result["response"], json!({"output": "see"}));
    assert_eq!(result["parts"], json!([image]));
}

#[test]
fn ai_06_gemini_is_shown_no_signature_of_claude() {
    for model in ["gemini-2.5-flash", "gemini-3-pro-preview"] {
        let (body, _) = from_anthropic(&asking_as_anthropic(), model);
        let text = body.to_string();
        assert!(!text.contains("S+/=") && !text.contains("ZW5j"), "{text}");
    }
}

#[test]
fn gm_08_a_signature_of_gemini_comes_back_from_an_anthropic_caller() {
    let answer = json!({"responseId": "r", "candidates": [{"finishReason": "STOP", "content":
        {"parts": [{"text": "Hm", "thought": true},
            {"functionCall": {"name": "f", "args": {"a": 1}}, "thoughtSignature": "U2ln+/=="}]}}]});
    let response = Gemini
        .decode_response(answer.to_string().as_bytes())
        .unwrap();
    let mut out = Vec::new();
    Anthropic.encode_response(&response, &REPLY, &mut out);
    let told: Value = serde_json::from_slice(&out).unwrap();
    let calls = told["content"].as_array().unwrap().iter();
    let call = calls
        .clone()
        .find(|block| block["type"] == "tool_use")
        .unwrap();
    let body = json!({"model": "m", "max_tokens": 64, "messages": [
        {"role": "user", "content": "go"},
        {"role": "assistant", "content": told["content"]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": call["id"], "content": "done"}]},
    ]});
    let (body, _) = from_anthropic(&body, "gemini-3-pro-preview");
    let want =
        json!({"functionCall": {"name": "f", "args": {"a": 1}}, "thoughtSignature": "U2ln+/=="});
    assert_eq!(body["contents"][1]["parts"], json!([want]));
    let want = json!({"functionResponse": {"name": "f", "response": {"output": "done"}}});
    assert_eq!(body["contents"][2]["parts"], json!([want]));
}
