//! Short ways to write what a caller asks and what a stream says.

use serde_json::{Value, json};
use tollgate_dialect::bedrock::Bedrock;
use tollgate_dialect::codec::{Address, Head, Inbound, Reply};
use tollgate_dialect::event_stream::{self, Frames, Kind};
use tollgate_dialect::ir::Request;
use tollgate_model::{CallId, Micros, Refusal};

/// A call that began a second and a half before its answer.
pub(crate) const REPLY: Reply<'static> = Reply {
    call: CallId(1_699_999_998_500 << 80),
    at: Micros(1_700_000_000_000_000),
    model: "smart",
    stream_usage: true,
    older_tools: false,
    hide_thoughts: false,
    echo: None,
    prompt_tokens: 12,
};

pub(crate) const ADDRESS: Address<'static> = Address {
    model: Some("smart"),
    stream: Some(false),
};

pub(crate) fn head(body: &Value) -> Result<Head, Refusal> {
    Bedrock.head(body.to_string().as_bytes(), &ADDRESS)
}

pub(crate) fn decoded(body: &Value) -> Result<Request, Refusal> {
    let head = head(body)?;
    Bedrock.decode_request(body.to_string().as_bytes(), &head)
}

/// A request that says "Hi", with these members besides.
pub(crate) fn with(members: &Value) -> Value {
    let mut body = json!({"messages": [{"role": "user", "content": [{"text": "Hi"}]}]});
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// A request whose only turn has this content.
pub(crate) fn saying(content: &Value) -> Value {
    json!({"messages": [{"role": "user", "content": content}]})
}

/// A stream of these events.
pub(crate) fn stream(events: &[(&str, Value)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, payload) in events {
        event_stream::event(name, payload.to_string().as_bytes(), &mut bytes);
    }
    bytes
}

/// A whole stream that thinks, speaks, and calls a tool.
pub(crate) fn talk() -> Vec<u8> {
    let piece = |index: u64, delta: Value| {
        (
            "contentBlockDelta",
            json!({"contentBlockIndex": index, "delta": delta, "p": "abc"}),
        )
    };
    let stop = |index: u64| ("contentBlockStop", json!({"contentBlockIndex": index}));
    stream(&[
        ("messageStart", json!({"role": "assistant", "p": "ab"})),
        piece(0, json!({"reasoningContent": {"text": "Hm"}})),
        piece(0, json!({"reasoningContent": {"signature": "S+/="}})),
        stop(0),
        piece(1, json!({"text": "Look"})),
        piece(1, json!({"text": "ing."})),
        stop(1),
        ("brandNewEvent", json!({"x": 1})),
        (
            "contentBlockStart",
            json!({"contentBlockIndex": 2, "start": {"toolUse": {"toolUseId": "t1", "name": "f"}}}),
        ),
        piece(2, json!({"toolUse": {"input": "{\"a\":"}})),
        piece(2, json!({"toolUse": {"input": "1}"}})),
        stop(2),
        ("messageStop", json!({"stopReason": "tool_use"})),
        (
            "metadata",
            json!({"usage": {"inputTokens": 10, "outputTokens": 4, "totalTokens": 19,
                "cacheReadInputTokens": 5, "cacheWriteInputTokens": 0},
                "metrics": {"latencyMs": 7}}),
        ),
    ])
}

/// The events of a stream, a line for each.
pub(crate) fn shown(bytes: &[u8]) -> String {
    let mut frames = Frames::default();
    frames.push(bytes);
    let mut lines = Vec::new();
    while let Some(frame) = frames.next_frame().unwrap() {
        let mark = if frame.kind == Kind::Event { "" } else { "!" };
        let payload = std::str::from_utf8(frame.payload).unwrap();
        lines.push(format!("{mark}{} {payload}", frame.name));
    }
    assert!(!frames.is_cut());
    lines.join("\n")
}
