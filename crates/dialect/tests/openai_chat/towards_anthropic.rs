//! From callers of chat completions to Anthropic, and back.

use serde_json::{Value, json};
use tollgate_dialect::anthropic::Anthropic;
use tollgate_dialect::codec::{Address, Inbound, Loss, Outbound, Reply, Target};
use tollgate_dialect::openai_chat::OpenaiChat;
use tollgate_model::catalogue::Quirks;
use tollgate_model::{CallId, Micros, Refusal};

/// What Anthropic is sent.
fn sent(messages: Value) -> Result<Value, Refusal> {
    let body = json!({ "model": "m", "messages": messages }).to_string();
    let head = OpenaiChat.head(body.as_bytes(), &Address::default())?;
    let request = OpenaiChat.decode_request(body.as_bytes(), &head)?;
    let target = Target {
        model: "claude-sonnet-4-5",
        quirks: Quirks::default(),
        max_output: Some(8192),
        tier: None,
    };
    let encoded = Anthropic.encode_request(&request, &target, &mut Loss::default())?;
    Ok(serde_json::from_slice(&encoded.body).unwrap())
}

fn calling(arguments: &str, content: Value) -> Value {
    json!([
        { "role": "user", "content": "Hoi" },
        { "role": "assistant", "content": content, "tool_calls": [{ "id": "c1", "type": "function",
            "function": { "name": "f", "arguments": arguments } }] },
        { "role": "tool", "tool_call_id": "c1", "content": "found" },
    ])
}

#[test]
fn oa_08_arguments_that_say_nothing_are_an_empty_object_and_broken_ones_are_named() {
    for nothing in ["", " \n"] {
        let body = sent(calling(nothing, Value::Null)).unwrap();
        assert_eq!(body["messages"][1]["content"][0]["input"], json!({}));
    }
    let refusal = sent(calling("{\"q\":", Value::Null)).unwrap_err();
    assert_eq!(refusal.status, 400);
    let param = refusal.param.unwrap();
    assert!(param.starts_with("messages[1].tool_calls[0]"), "{param}");
}

#[test]
fn oa_10_words_stand_before_the_calls_that_came_with_them() {
    let body = sent(calling("{}", "I look.".into())).unwrap();
    let content = &body["messages"][1]["content"];
    assert_eq!(content[0], json!({ "type": "text", "text": "I look." }));
    assert_eq!(content[1]["type"], "tool_use");
}

#[test]
fn oa_20_a_picture_keeps_its_kind_under_its_right_name() {
    let picture = |url: &str| {
        json!([{ "role": "user", "content": [
        { "type": "image_url", "image_url": { "url": url } }] }])
    };
    for (given, kind) in [("image/jpg", "image/jpeg"), ("image/webp", "image/webp")] {
        let body = sent(picture(&format!("data:{given};base64,AAAA"))).unwrap();
        assert_eq!(
            body["messages"][0]["content"][0]["source"],
            json!({ "type": "base64", "media_type": kind, "data": "AAAA" })
        );
    }
    let body = sent(picture("https://example.com/a.png")).unwrap();
    assert_eq!(
        body["messages"][0]["content"][0]["source"],
        json!({ "type": "url", "url": "https://example.com/a.png" })
    );
}

/// The deltas that a caller reads of a stream of Anthropic's.
fn deltas(events: &[Value]) -> Vec<Value> {
    let reply = Reply {
        call: CallId(1),
        at: Micros(0),
        model: "m",
        stream_usage: false,
        older_tools: false,
        hide_thoughts: false,
        echo: None,
        prompt_tokens: 0,
    };
    let (mut decoder, mut encoder) = (
        Anthropic.stream_decoder(),
        OpenaiChat.stream_encoder(&reply),
    );
    let (mut read, mut out) = (Vec::new(), Vec::new());
    for event in events {
        let name = event["type"].as_str().unwrap();
        decoder.push(
            format!("event: {name}\ndata: {event}\n\n").as_bytes(),
            &mut read,
        );
    }
    read.iter()
        .for_each(|event| encoder.event(event, None, &mut out));
    let text = String::from_utf8(out).unwrap();
    let data = text.lines().filter_map(|line| line.strip_prefix("data: {"));
    let chunk = |data: &str| serde_json::from_str::<Value>(&format!("{{{data}")).unwrap();
    data.map(|data| chunk(data)["choices"][0]["delta"].clone())
        .collect()
}

fn block(at: u64, block: Value, deltas: &[Value]) -> Vec<Value> {
    let mut events =
        vec![json!({ "type": "content_block_start", "index": at, "content_block": block })];
    let delta =
        |delta: &Value| json!({ "type": "content_block_delta", "index": at, "delta": delta });
    events.extend(deltas.iter().map(delta));
    events.push(json!({ "type": "content_block_stop", "index": at }));
    events
}

fn start() -> Value {
    json!({ "type": "message_start", "message": { "id": "msg_1", "type": "message",
        "role": "assistant", "model": "up", "content": [],
        "usage": { "input_tokens": 3, "output_tokens": 1 } } })
}

#[test]
fn os_07_pings_and_signatures_are_no_chunks() {
    let mut events = vec![start(), json!({ "type": "ping" })];
    let signed = json!({ "type": "signature_delta", "signature": "S" });
    let thought = json!({ "type": "thinking_delta", "thinking": "hm" });
    let thinking = json!({ "type": "thinking", "thinking": "", "signature": "" });
    events.extend(block(0, thinking, &[thought, signed]));
    events.push(json!({ "type": "ping" }));
    assert_eq!(
        deltas(&events),
        [
            json!({ "role": "assistant", "content": "" }),
            json!({ "reasoning_content": "hm" })
        ]
    );
}

#[test]
fn os_14_words_after_a_call_stay_after_it_and_open_it_no_more() {
    let words = |text: &str| [json!({ "type": "text_delta", "text": text })];
    let said = || json!({ "type": "text", "text": "" });
    let tool = json!({ "type": "tool_use", "id": "t", "name": "f", "input": {} });
    let arguments = [json!({ "type": "input_json_delta", "partial_json": "{}" })];
    let events: Vec<Value> = [
        vec![start()],
        block(0, said(), &words("a")),
        block(1, tool, &arguments),
        block(2, said(), &words("b")),
    ]
    .concat();
    let deltas = deltas(&events);
    let order: Vec<&str> = deltas[1..]
        .iter()
        .map(|delta| delta["content"].as_str().unwrap_or("call"))
        .collect();
    assert_eq!(order, ["a", "call", "call", "b"]);
    assert_eq!(deltas[3]["tool_calls"][0].get("id"), None);
}
