//! Ollama's own chat.

use serde_json::{Value, json};
use tollgate_model::Dialect;

use crate::openai_chat::{append, pieces};
use crate::voice::{Holds, Told, Voice, Wish};

pub(crate) struct Ollama;

fn with(members: Value) -> Value {
    let mut body = json!({ "model": "m", "stream": false,
        "messages": [{ "role": "user", "content": "Hoi" }] });
    for (name, value) in members.as_object().expect("members") {
        body[name] = value.clone();
    }
    body
}

fn options(options: Value) -> Value {
    with(json!({ "options": options }))
}

fn tool(more: Value) -> Value {
    let schema = json!({ "type": "object", "properties": { "q": { "type": "string" } } });
    let function = json!({ "name": "f", "description": "Finds.", "parameters": schema });
    let mut body = with(json!({ "tools": [{ "type": "function", "function": function }] }));
    for (name, value) in more.as_object().expect("members") {
        body[name] = value.clone();
    }
    body
}

fn call(q: &str) -> Value {
    json!({ "function": { "name": "f", "arguments": { "q": q } } })
}

fn round(calls: Value, results: &[&str]) -> Value {
    let mut messages = vec![
        json!({ "role": "user", "content": "Hoi" }),
        json!({ "role": "assistant", "content": "", "tool_calls": calls }),
    ];
    messages.extend(
        results
            .iter()
            .map(|said| json!({ "role": "tool", "tool_name": "f", "content": said })),
    );
    tool(json!({ "messages": messages }))
}

fn answer(message: Value, reason: &str) -> Value {
    let mut said = json!({ "role": "assistant", "content": "" });
    for (name, value) in message.as_object().expect("members") {
        said[name] = value.clone();
    }
    json!({ "model": "up", "created_at": "2026-01-01T00:00:00Z", "message": said, "done": true,
        "done_reason": reason, "prompt_eval_count": 10, "eval_count": 5 })
}

impl Voice for Ollama {
    fn dialect(&self) -> Dialect {
        Dialect::Ollama
    }

    fn model(&self, _wish: Wish) -> &'static str {
        "qwen3:8b"
    }

    fn asks(&self, wish: Wish) -> Option<Value> {
        Some(match wish {
            Wish::Text => with(json!({})),
            Wish::System => with(json!({ "messages": [
                { "role": "system", "content": "Be brief." }, { "role": "user", "content": "Hoi" }] })),
            Wish::MultiTurn => with(json!({ "messages": [{ "role": "user", "content": "Hoi" },
                { "role": "assistant", "content": "Hallo" }, { "role": "user", "content": "Und?" }] })),
            Wish::Tool => tool(json!({})),
            Wish::ToolRound => round(json!([call("x")]), &["found"]),
            Wish::ParallelRound => round(json!([call("x"), call("y")]), &["found", "lost"]),
            Wish::ImageInline => with(json!({ "messages": [
                { "role": "user", "content": "", "images": ["iVBORw0KGgo="] }] })),
            Wish::Schema => with(json!({ "format": { "type": "object",
                "properties": { "a": { "type": "string" } }, "required": ["a"],
                "additionalProperties": false } })),
            Wish::Json => with(json!({ "format": "json" })),
            Wish::Effort => with(json!({ "think": "high" })),
            Wish::Stops => options(json!({ "stop": ["END"] })),
            Wish::Temperature => options(json!({ "temperature": 0.5 })),
            Wish::TopP => options(json!({ "top_p": 0.9 })),
            Wish::TopK => options(json!({ "top_k": 40 })),
            Wish::Seed => options(json!({ "seed": 7 })),
            Wish::Penalties => {
                options(json!({ "frequency_penalty": 0.5, "presence_penalty": 0.5 }))
            }
            Wish::MaxTokens => options(json!({ "num_predict": 100 })),
            Wish::Logprobs => with(json!({ "logprobs": true })),
            Wish::Unknown => with(json!({ "never_heard_of": 1 })),
            Wish::AnyTool
            | Wish::NamedTool
            | Wish::NoTool
            | Wish::OneAtATime
            | Wish::FailedTool
            | Wish::ImageUrl
            | Wish::Document
            | Wish::Audio
            | Wish::Thoughts
            | Wish::CacheMark
            | Wish::User
            | Wish::TwoAnswers
            | Wish::WebSearch => return None,
        })
    }

    fn hears(&self, wish: Wish) -> Option<Holds> {
        Some(match wish {
            Wish::Text => vec![
                ("/messages/0/role", json!("user")),
                ("/messages/0/content", json!("Hoi")),
            ],
            Wish::System => vec![
                ("/messages/0/role", json!("system")),
                ("/messages/0/content", json!("Be brief.")),
            ],
            Wish::MultiTurn => vec![
                ("/messages/1/content", json!("Hallo")),
                ("/messages/2/content", json!("Und?")),
            ],
            Wish::Tool => vec![
                ("/tools/0/function/name", json!("f")),
                ("/tools/0/function/description", json!("Finds.")),
                (
                    "/tools/0/function/parameters/properties/q/type",
                    json!("string"),
                ),
            ],
            Wish::NoTool => vec![("/tools", Value::Null)],
            Wish::ToolRound => vec![
                ("/messages/1/tool_calls/0/function/arguments/q", json!("x")),
                ("/messages/2/role", json!("tool")),
                ("/messages/2/tool_name", json!("f")),
                ("/messages/2/content", json!("found")),
            ],
            Wish::ParallelRound => vec![
                ("/messages/1/tool_calls/1/function/arguments/q", json!("y")),
                ("/messages/2/content", json!("found")),
                ("/messages/3/content", json!("lost")),
            ],
            Wish::FailedTool => vec![("/messages/2/content", json!("Error: broken"))],
            Wish::ImageInline => vec![("/messages/0/images/0", json!("iVBORw0KGgo="))],
            Wish::Schema => vec![("/format/properties/a/type", json!("string"))],
            Wish::Json => vec![("/format", json!("json"))],
            Wish::Effort => vec![("/think", json!("*"))],
            Wish::Thoughts => vec![("/messages/1/thinking", json!("Hm"))],
            Wish::Stops => vec![("/options/stop/0", json!("END"))],
            Wish::Temperature => vec![("/options/temperature", json!(0.5))],
            Wish::TopP => vec![("/options/top_p", json!(0.9))],
            Wish::TopK => vec![("/options/top_k", json!(40))],
            Wish::Seed => vec![("/options/seed", json!(7))],
            Wish::Penalties => vec![("/options/frequency_penalty", json!(0.5))],
            Wish::MaxTokens => vec![("/options/num_predict", json!(100))],
            Wish::AnyTool
            | Wish::NamedTool
            | Wish::OneAtATime
            | Wish::ImageUrl
            | Wish::Document
            | Wish::Audio
            | Wish::CacheMark
            | Wish::User
            | Wish::TwoAnswers
            | Wish::Logprobs
            | Wish::WebSearch
            | Wish::Unknown => return None,
        })
    }

    fn answers(&self, told: Told) -> Option<Value> {
        let words = "Grüezi";
        Some(match told {
            Told::Words => answer(json!({ "content": words }), "stop"),
            Told::Call => answer(json!({ "tool_calls": [call("x")] }), "stop"),
            Told::Calls => answer(json!({ "tool_calls": [call("x"), call("y")] }), "stop"),
            Told::WordsAndCall => answer(
                json!({ "content": words, "tool_calls": [call("x")] }),
                "stop",
            ),
            Told::Thoughts => answer(json!({ "content": words, "thinking": "Hm" }), "stop"),
            Told::Length => answer(json!({ "content": words }), "length"),
            Told::Refusal
            | Told::Filtered
            | Told::StopText
            | Told::Cached
            | Told::Written
            | Told::Reasoned
            | Told::Cited
            | Told::Redacted
            | Told::Picture => return None,
        })
    }

    fn streams(&self, told: Told) -> Option<Vec<u8>> {
        let whole = self.answers(told)?;
        let line = |message: Value| {
            let mut said = json!({ "role": "assistant", "content": "" });
            for (name, value) in message.as_object().expect("members") {
                said[name] = value.clone();
            }
            json!({ "model": "up", "created_at": "2026-01-01T00:00:00Z", "message": said,
                "done": false })
        };
        let mut lines = Vec::new();
        for name in ["thinking", "content"] {
            let said = pieces(&whole["message"][name]);
            lines.extend(said.into_iter().map(|piece| line(json!({ name: piece }))));
        }
        let calls = whole["message"]["tool_calls"].as_array();
        for call in calls.into_iter().flatten() {
            lines.push(line(json!({ "tool_calls": [call] })));
        }
        let mut last = whole.clone();
        last["message"] = json!({ "role": "assistant", "content": "" });
        lines.push(last);
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        Some(text.into_bytes())
    }

    fn reads(&self, told: Told) -> Option<Holds> {
        let words = ("/message/content", json!("Grüezi"));
        let reason = |word: &str| ("/done_reason", json!(word));
        let called = "/message/tool_calls/0/function/arguments/q";
        Some(match told {
            Told::Words => vec![
                words,
                reason("stop"),
                ("/prompt_eval_count", json!(10)),
                ("/eval_count", json!(5)),
            ],
            Told::Call => vec![
                (called, json!("x")),
                ("/message/tool_calls/0/function/name", json!("f")),
            ],
            Told::Calls => vec![
                (called, json!("x")),
                ("/message/tool_calls/1/function/arguments/q", json!("y")),
            ],
            Told::WordsAndCall => vec![words, (called, json!("x"))],
            Told::Thoughts => vec![("/message/thinking", json!("Hm")), words],
            Told::Refusal => vec![("/message/content", json!("No."))],
            Told::Length => vec![words, reason("length")],
            Told::Filtered => vec![reason("content_filter")],
            Told::StopText => vec![words, reason("stop")],
            Told::Reasoned => vec![("/eval_count", json!(5))],
            Told::Cached | Told::Written | Told::Cited | Told::Redacted | Told::Picture => {
                return None;
            }
        })
    }

    fn gathers(&self, stream: &[u8]) -> Value {
        let text = std::str::from_utf8(stream).expect("a stream of text");
        let mut message = json!({ "content": "", "thinking": "", "tool_calls": [] });
        let mut whole = Value::Null;
        for line in text.lines() {
            whole = serde_json::from_str(line).expect("a line of JSON");
            for name in ["content", "thinking"] {
                let more = whole["message"][name].as_str();
                append(&mut message[name], more.unwrap_or_default());
            }
            let calls = whole["message"]["tool_calls"].as_array();
            let calls = calls.cloned().unwrap_or_default();
            let all = message["tool_calls"].as_array_mut().expect("a list");
            all.extend(calls);
        }
        assert_eq!(whole["done"], json!(true));
        whole["message"] = message;
        whole
    }
}
