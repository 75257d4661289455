//! The same answer in each dialect that a provider can speak: `Grüezi`, from 10 tokens in and 4
//! tokens out, which at the prices of [`crate::world`] cost 18 000 nano-dollars.

use serde_json::json;

/// What the answer costs.
pub(crate) const COST: &str = "0.000018";

/// How a provider says it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Voice {
    pub(crate) dialect: &'static str,
    /// The path at which the model `m-1` is asked for a whole answer.
    pub(crate) path: &'static str,
    /// The header with the provider's key, and its value.
    pub(crate) key: (&'static str, &'static str),
    /// A streamed answer in three pieces: the first word, the second one, the end.
    pub(crate) stream: [&'static str; 3],
    /// An error in the middle of a stream, with the provider's key in its message.
    pub(crate) error: &'static str,
    pub(crate) whole: &'static str,
}

pub(crate) const OPENAI: Voice = Voice {
    dialect: "openai-chat",
    path: "/chat/completions",
    key: ("authorization", "Bearer sk-upstream-0123456789abcdef"),
    stream: [
        concat!(
            r#"data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"m-1","#,
            r#""choices":[{"index":0,"delta":{"role":"assistant","content":"Grü"},"#,
            r#""finish_reason":null}]}"#,
            "\n\n",
        ),
        concat!(
            r#"data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"m-1","#,
            r#""choices":[{"index":0,"delta":{"content":"ezi"},"finish_reason":null}]}"#,
            "\n\n",
        ),
        concat!(
            r#"data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"m-1","#,
            r#""choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
            "\n\n",
            r#"data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"m-1","#,
            r#""choices":[],"usage":{"prompt_tokens":10,"completion_tokens":4,"total_tokens":14}}"#,
            "\n\ndata: [DONE]\n\n",
        ),
    ],
    error: concat!(
        r#"data: {"error":{"message":"Overloaded for sk-upstream-0123456789abcdef","#,
        r#""type":"server_error","code":"overloaded"}}"#,
        "\n\n",
    ),
    whole: concat!(
        r#"{"id":"c1","object":"chat.completion","created":1,"model":"m-1","choices":[{"index":0,"#,
        r#""message":{"role":"assistant","content":"Grüezi"},"finish_reason":"stop"}],"#,
        r#""usage":{"prompt_tokens":10,"completion_tokens":4,"total_tokens":14}}"#,
    ),
};

pub(crate) const ANTHROPIC: Voice = Voice {
    dialect: "anthropic-messages",
    path: "/messages",
    key: ("x-api-key", "sk-upstream-0123456789abcdef"),
    stream: [
        concat!(
            "event: message_start\n",
            r#"data: {"type":"message_start","message":{"id":"msg_1","type":"message","#,
            r#""role":"assistant","model":"m-1","content":[],"stop_reason":null,"#,
            r#""usage":{"input_tokens":10,"output_tokens":1}}}"#,
            "\n\nevent: content_block_start\n",
            r#"data: {"type":"content_block_start","index":0,"#,
            r#""content_block":{"type":"text","text":""}}"#,
            "\n\nevent: content_block_delta\n",
            r#"data: {"type":"content_block_delta","index":0,"#,
            r#""delta":{"type":"text_delta","text":"Grü"}}"#,
            "\n\n",
        ),
        concat!(
            "event: content_block_delta\n",
            r#"data: {"type":"content_block_delta","index":0,"#,
            r#""delta":{"type":"text_delta","text":"ezi"}}"#,
            "\n\n",
        ),
        concat!(
            "event: content_block_stop\n",
            r#"data: {"type":"content_block_stop","index":0}"#,
            "\n\nevent: message_delta\n",
            r#"data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"#,
            r#""usage":{"output_tokens":4}}"#,
            "\n\nevent: message_stop\n",
            r#"data: {"type":"message_stop"}"#,
            "\n\n",
        ),
    ],
    error: concat!(
        "event: error\n",
        r#"data: {"type":"error","error":{"type":"overloaded_error","#,
        r#""message":"Overloaded for sk-upstream-0123456789abcdef"}}"#,
        "\n\n",
    ),
    whole: concat!(
        r#"{"id":"msg_1","type":"message","role":"assistant","model":"m-1","#,
        r#""content":[{"type":"text","text":"Grüezi"}],"stop_reason":"end_turn","#,
        r#""usage":{"input_tokens":10,"output_tokens":4}}"#,
    ),
};

pub(crate) const GEMINI: Voice = Voice {
    dialect: "gemini",
    path: "/models/m-1:generateContent",
    key: ("x-goog-api-key", "sk-upstream-0123456789abcdef"),
    stream: [
        concat!(
            r#"data: {"candidates":[{"content":{"parts":[{"text":"Grü"}],"role":"model"},"#,
            r#""index":0}],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":1,"#,
            r#""totalTokenCount":11},"modelVersion":"m-1","responseId":"r1"}"#,
            "\r\n\r\n",
        ),
        concat!(
            r#"data: {"candidates":[{"content":{"parts":[{"text":"ezi"}],"role":"model"},"#,
            r#""index":0}],"modelVersion":"m-1","responseId":"r1"}"#,
            "\r\n\r\n",
        ),
        concat!(
            r#"data: {"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"#,
            r#""finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":10,"#,
            r#""candidatesTokenCount":4,"totalTokenCount":14},"modelVersion":"m-1"}"#,
            "\r\n\r\n",
        ),
    ],
    error: concat!(
        r#"data: {"error":{"code":503,"status":"UNAVAILABLE","#,
        r#""message":"Overloaded for sk-upstream-0123456789abcdef"}}"#,
        "\r\n\r\n",
    ),
    whole: concat!(
        r#"{"candidates":[{"content":{"parts":[{"text":"Grüezi"}],"role":"model"},"#,
        r#""finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":10,"#,
        r#""candidatesTokenCount":4,"totalTokenCount":14},"modelVersion":"m-1"}"#,
    ),
};

pub(crate) const COHERE: Voice = Voice {
    dialect: "cohere",
    path: "/v2/chat",
    key: ("authorization", "Bearer sk-upstream-0123456789abcdef"),
    stream: [
        concat!(
            "event: message-start\n",
            r#"data: {"id":"r1","type":"message-start","delta":{"message":{"role":"assistant"}}}"#,
            "\n\nevent: content-start\n",
            r#"data: {"type":"content-start","index":0,"#,
            r#""delta":{"message":{"content":{"type":"text","text":""}}}}"#,
            "\n\nevent: content-delta\n",
            r#"data: {"type":"content-delta","index":0,"#,
            r#""delta":{"message":{"content":{"text":"Grü"}}}}"#,
            "\n\n",
        ),
        concat!(
            "event: content-delta\n",
            r#"data: {"type":"content-delta","index":0,"#,
            r#""delta":{"message":{"content":{"text":"ezi"}}}}"#,
            "\n\n",
        ),
        concat!(
            "event: content-end\n",
            r#"data: {"type":"content-end","index":0}"#,
            "\n\nevent: message-end\n",
            r#"data: {"type":"message-end","delta":{"finish_reason":"COMPLETE","usage":"#,
            r#"{"billed_units":{"input_tokens":10,"output_tokens":4},"#,
            r#""tokens":{"input_tokens":70,"output_tokens":5}}}}"#,
            "\n\n",
        ),
    ],
    error: concat!(
        "event: message-end\n",
        r#"data: {"type":"message-end","delta":{"finish_reason":"ERROR","#,
        r#""error":"Overloaded for sk-upstream-0123456789abcdef"}}"#,
        "\n\n",
    ),
    whole: concat!(
        r#"{"id":"r1","finish_reason":"COMPLETE","message":{"role":"assistant","#,
        r#""content":[{"type":"text","text":"Grüezi"}]},"usage":{"billed_units":"#,
        r#"{"input_tokens":10,"output_tokens":4},"tokens":{"input_tokens":70,"output_tokens":5}}}"#,
    ),
};

pub(crate) const OLLAMA: Voice = Voice {
    dialect: "ollama",
    path: "/api/chat",
    key: ("authorization", "Bearer sk-upstream-0123456789abcdef"),
    stream: [
        concat!(
            r#"{"model":"m-1","created_at":"2026-01-01T00:00:00Z","#,
            r#""message":{"role":"assistant","content":"Grü"},"done":false}"#,
            "\n",
        ),
        concat!(
            r#"{"model":"m-1","created_at":"2026-01-01T00:00:01Z","#,
            r#""message":{"role":"assistant","content":"ezi"},"done":false}"#,
            "\n",
        ),
        concat!(
            r#"{"model":"m-1","created_at":"2026-01-01T00:00:02Z","#,
            r#""message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","#,
            r#""prompt_eval_count":10,"eval_count":4}"#,
            "\n",
        ),
    ],
    error: concat!(
        r#"{"error":"Overloaded for sk-upstream-0123456789abcdef"}"#,
        "\n",
    ),
    whole: concat!(
        r#"{"model":"m-1","created_at":"2026-01-01T00:00:00Z","#,
        r#""message":{"role":"assistant","content":"Grüezi"},"done":true,"done_reason":"stop","#,
        r#""prompt_eval_count":10,"eval_count":4}"#,
    ),
};

pub(crate) const GENERATED: Voice = Voice {
    dialect: "ollama-generate",
    path: "/api/generate",
    key: ("authorization", "Bearer sk-upstream-0123456789abcdef"),
    stream: [
        concat!(r#"{"model":"m-1","response":"Grü","done":false}"#, "\n"),
        concat!(r#"{"model":"m-1","response":"ezi","done":false}"#, "\n"),
        concat!(
            r#"{"model":"m-1","response":"","done":true,"done_reason":"stop","#,
            r#""prompt_eval_count":10,"eval_count":4}"#,
            "\n",
        ),
    ],
    error: concat!(
        r#"{"error":"Overloaded for sk-upstream-0123456789abcdef"}"#,
        "\n",
    ),
    whole: concat!(
        r#"{"model":"m-1","response":"Grüezi","done":true,"done_reason":"stop","#,
        r#""prompt_eval_count":10,"eval_count":4}"#,
    ),
};

pub(crate) const COMPLETIONS: Voice = Voice {
    dialect: "openai-completions",
    path: "/completions",
    key: ("authorization", "Bearer sk-upstream-0123456789abcdef"),
    stream: [
        concat!(
            r#"data: {"id":"c1","object":"text_completion","created":1,"model":"m-1","#,
            r#""choices":[{"text":"Grü","index":0,"logprobs":null,"finish_reason":null}]}"#,
            "\n\n",
        ),
        concat!(
            r#"data: {"id":"c1","object":"text_completion","created":1,"model":"m-1","#,
            r#""choices":[{"text":"ezi","index":0,"logprobs":null,"finish_reason":null}]}"#,
            "\n\n",
        ),
        concat!(
            r#"data: {"id":"c1","object":"text_completion","created":1,"model":"m-1","#,
            r#""choices":[{"text":"","index":0,"logprobs":null,"finish_reason":"stop"}],"#,
            r#""usage":{"prompt_tokens":10,"completion_tokens":4,"total_tokens":14}}"#,
            "\n\ndata: [DONE]\n\n",
        ),
    ],
    error: OPENAI.error,
    whole: concat!(
        r#"{"id":"c1","object":"text_completion","created":1,"model":"m-1","#,
        r#""choices":[{"text":"Grüezi","index":0,"logprobs":null,"finish_reason":"stop"}],"#,
        r#""usage":{"prompt_tokens":10,"completion_tokens":4,"total_tokens":14}}"#,
    ),
};

pub(crate) const ALL: [Voice; 3] = [OPENAI, ANTHROPIC, GEMINI];

/// All of them, and those of the smaller dialects.
pub(crate) const EVERY: [Voice; 7] = [
    OPENAI,
    ANTHROPIC,
    GEMINI,
    COHERE,
    OLLAMA,
    GENERATED,
    COMPLETIONS,
];

impl Voice {
    /// The content type of its streams.
    pub(crate) fn stream_type(&self) -> &'static str {
        match self.dialect {
            "ollama" | "ollama-generate" => "application/x-ndjson",
            _ => "text/event-stream",
        }
    }
}

/// A request for a streamed answer of `smart`, with the usage where that is wanted.
pub(crate) fn streamed(with_usage: bool) -> String {
    let mut body = json!({
        "model": "smart", "messages": [{ "role": "user", "content": "Hoi" }], "stream": true,
    });
    if with_usage {
        body["stream_options"] = json!({ "include_usage": true });
    }
    body.to_string()
}

/// A request for a whole answer of `smart`.
pub(crate) fn plain() -> String {
    json!({ "model": "smart", "messages": [{ "role": "user", "content": "Hoi" }] }).to_string()
}

/// The words that a stream of the dialect `openai-chat` has told.
pub(crate) fn words(stream: &str) -> String {
    let events = stream
        .lines()
        .filter_map(|line| line.strip_prefix("data: {"))
        .map(|rest| serde_json::from_str::<serde_json::Value>(&format!("{{{rest}")).unwrap());
    let told = events.filter_map(|event| {
        let words = event.pointer("/choices/0/delta/content")?.as_str()?;
        Some(words.to_owned())
    });
    told.collect()
}
