//! Cohere's chat.

use serde_json::{Value, json};
use tollgate_model::Dialect;

use crate::openai_chat::{append, pieces};
use crate::voice::{Holds, Told, Voice, Wish, events, stream};

pub(crate) struct Cohere;

fn with(members: Value) -> Value {
    let mut body = json!({ "model": "m", "messages": [{ "role": "user", "content": "Hoi" }] });
    for (name, value) in members.as_object().expect("members") {
        body[name] = value.clone();
    }
    body
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

fn call(id: &str, q: &str) -> Value {
    let arguments = json!({ "q": q }).to_string();
    json!({ "id": id, "type": "function", "function": { "name": "f", "arguments": arguments } })
}

fn round(calls: Value, results: &[(&str, &str)]) -> Value {
    let mut messages = vec![
        json!({ "role": "user", "content": "Hoi" }),
        json!({ "role": "assistant", "tool_calls": calls }),
    ];
    messages.extend(
        results
            .iter()
            .map(|(id, said)| json!({ "role": "tool", "tool_call_id": id, "content": said })),
    );
    tool(json!({ "messages": messages }))
}

fn answer(content: Value, calls: Value, finish: &str) -> Value {
    json!({ "id": "r1", "finish_reason": finish,
        "message": { "role": "assistant", "content": content, "tool_calls": calls },
        "usage": { "billed_units": { "input_tokens": 10, "output_tokens": 5 } } })
}

impl Voice for Cohere {
    fn dialect(&self) -> Dialect {
        Dialect::Cohere
    }

    fn model(&self, _wish: Wish) -> &'static str {
        "command-a-reasoning-08-2025"
    }

    fn asks(&self, wish: Wish) -> Option<Value> {
        let picture = |url: &str| {
            let part = json!({ "type": "image_url", "image_url": { "url": url } });
            with(json!({ "messages": [{ "role": "user", "content": [part] }] }))
        };
        Some(match wish {
            Wish::Text => with(json!({})),
            Wish::System => with(json!({ "messages": [
                { "role": "system", "content": "Be brief." }, { "role": "user", "content": "Hoi" }] })),
            Wish::MultiTurn => with(json!({ "messages": [{ "role": "user", "content": "Hoi" },
                { "role": "assistant", "content": "Hallo" }, { "role": "user", "content": "Und?" }] })),
            Wish::Tool => tool(json!({})),
            Wish::AnyTool => tool(json!({ "tool_choice": "REQUIRED" })),
            Wish::NoTool => tool(json!({ "tool_choice": "NONE" })),
            Wish::ToolRound => round(json!([call("c1", "x")]), &[("c1", "found")]),
            Wish::ParallelRound => round(
                json!([call("c1", "x"), call("c2", "y")]),
                &[("c1", "found"), ("c2", "lost")],
            ),
            Wish::ImageInline => picture("data:image/png;base64,iVBORw0KGgo="),
            Wish::ImageUrl => picture("https://example.com/a.png"),
            Wish::Schema => with(
                json!({ "response_format": { "type": "json_object", "json_schema":
                { "type": "object", "properties": { "a": { "type": "string" } },
                "required": ["a"], "additionalProperties": false } } }),
            ),
            Wish::Json => with(json!({ "response_format": { "type": "json_object" } })),
            Wish::Effort => with(json!({ "thinking": { "type": "enabled" } })),
            Wish::Stops => with(json!({ "stop_sequences": ["END"] })),
            Wish::Temperature => with(json!({ "temperature": 0.5 })),
            Wish::TopP => with(json!({ "p": 0.9 })),
            Wish::TopK => with(json!({ "k": 40 })),
            Wish::Seed => with(json!({ "seed": 7 })),
            Wish::Penalties => with(json!({ "frequency_penalty": 0.5, "presence_penalty": 0.5 })),
            Wish::MaxTokens => with(json!({ "max_tokens": 100 })),
            Wish::Logprobs => with(json!({ "logprobs": true })),
            Wish::Unknown => with(json!({ "never_heard_of": 1 })),
            Wish::NamedTool
            | Wish::OneAtATime
            | Wish::FailedTool
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
        let arguments = json!("{\"q\":\"x\"}");
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
            Wish::AnyTool => vec![("/tool_choice", json!("REQUIRED"))],
            Wish::NamedTool => vec![
                ("/tool_choice", json!("REQUIRED")),
                ("/tools/0/function/name", json!("f")),
                ("/tools/1", Value::Null),
            ],
            Wish::NoTool => vec![("/tool_choice", json!("NONE"))],
            Wish::ToolRound => vec![
                ("/messages/1/tool_calls/0/function/arguments", arguments),
                ("/messages/2/role", json!("tool")),
                ("/messages/2/content", json!("found")),
            ],
            Wish::ParallelRound => vec![
                ("/messages/1/tool_calls/0/function/arguments", arguments),
                ("/messages/2/content", json!("found")),
                ("/messages/3/content", json!("lost")),
            ],
            Wish::FailedTool => vec![("/messages/2/content", json!("Error: broken"))],
            Wish::ImageInline => vec![(
                "/messages/0/content/0/image_url/url",
                json!("data:image/png;base64,iVBORw0KGgo="),
            )],
            Wish::ImageUrl => vec![(
                "/messages/0/content/0/image_url/url",
                json!("https://example.com/a.png"),
            )],
            Wish::Schema => vec![
                ("/response_format/type", json!("json_object")),
                (
                    "/response_format/json_schema/properties/a/type",
                    json!("string"),
                ),
            ],
            Wish::Json => vec![("/response_format/type", json!("json_object"))],
            Wish::Effort => vec![("/thinking/type", json!("enabled"))],
            Wish::Thoughts => vec![("/messages/1/content/0/thinking", json!("Hm"))],
            Wish::Stops => vec![("/stop_sequences/0", json!("END"))],
            Wish::Temperature => vec![("/temperature", json!(0.5))],
            Wish::TopP => vec![("/p", json!(0.9))],
            Wish::TopK => vec![("/k", json!(40))],
            Wish::Seed => vec![("/seed", json!(7))],
            Wish::Penalties => vec![("/frequency_penalty", json!(0.5))],
            Wish::MaxTokens => vec![("/max_tokens", json!(100))],
            Wish::OneAtATime
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
        let text = json!({ "type": "text", "text": "Grüezi" });
        let none = json!([]);
        Some(match told {
            Told::Words => answer(json!([text]), none, "COMPLETE"),
            Told::Call => answer(none, json!([call("c1", "x")]), "TOOL_CALL"),
            Told::Calls => answer(none, json!([call("c1", "x"), call("c2", "y")]), "TOOL_CALL"),
            Told::WordsAndCall => answer(json!([text]), json!([call("c1", "x")]), "TOOL_CALL"),
            Told::Thoughts => answer(
                json!([{ "type": "thinking", "thinking": "Hm" }, text]),
                none,
                "COMPLETE",
            ),
            Told::Length => answer(json!([text]), none, "MAX_TOKENS"),
            Told::Cached => {
                let mut cached = answer(json!([text]), none, "COMPLETE");
                cached["usage"]["cached_tokens"] = 4.into();
                cached
            }
            Told::StopText => answer(json!([text]), none, "STOP_SEQUENCE"),
            Told::Cited => {
                let source = json!({ "type": "document", "id": "d1", "document":
                    { "id": "d1", "title": "A", "url": "https://example.com/a" } });
                let mut cited = answer(json!([text]), none, "COMPLETE");
                cited["message"]["citations"] = json!([{ "start": 0, "end": 6, "text": "Grüezi",
                    "sources": [source], "content_index": 0, "type": "TEXT_CONTENT" }]);
                cited
            }
            Told::Redacted
            | Told::Refusal
            | Told::Filtered
            | Told::Written
            | Told::Reasoned
            | Told::Picture => return None,
        })
    }

    fn streams(&self, told: Told) -> Option<Vec<u8>> {
        let whole = self.answers(told)?;
        let change = |kind: &str, at: usize, message: Value| json!({ "type": kind, "index": at, "delta": { "message": message } });
        let mut list = vec![json!({ "type": "message-start", "id": "r1",
            "delta": { "message": { "role": "assistant" } } })];
        let items = whole["message"]["content"].as_array().into_iter().flatten();
        for (at, item) in items.enumerate() {
            let kind = item["type"].as_str().expect("a type");
            let begun = json!({ "type": kind, kind: "" });
            list.push(change("content-start", at, json!({ "content": begun })));
            for piece in pieces(&item[kind]) {
                let more = json!({ "content": { kind: piece } });
                list.push(change("content-delta", at, more));
            }
            if let Some(cited) = whole.pointer("/message/citations/0") {
                list.push(change("citation-start", 0, json!({ "citations": cited })));
                list.push(json!({ "type": "citation-end", "index": 0 }));
            }
            list.push(json!({ "type": "content-end", "index": at }));
        }
        let calls = whole["message"]["tool_calls"]
            .as_array()
            .into_iter()
            .flatten();
        for (at, call) in calls.enumerate() {
            let mut begun = call.clone();
            begun["function"]["arguments"] = "".into();
            list.push(change(
                "tool-call-start",
                at,
                json!({ "tool_calls": begun }),
            ));
            for piece in pieces(&call["function"]["arguments"]) {
                let more = json!({ "tool_calls": { "function": { "arguments": piece } } });
                list.push(change("tool-call-delta", at, more));
            }
            list.push(json!({ "type": "tool-call-end", "index": at }));
        }
        list.push(json!({ "type": "message-end", "delta":
            { "finish_reason": whole["finish_reason"], "usage": whole["usage"] } }));
        Some(stream(&list, true))
    }

    fn reads(&self, told: Told) -> Option<Holds> {
        let first = ("/message/content/0/text", json!("Grüezi"));
        let finish = |word: &str| ("/finish_reason", json!(word));
        let arguments = |q: &str| json!(json!({ "q": q }).to_string());
        let called = "/message/tool_calls/0/function/arguments";
        Some(match told {
            Told::Words => vec![
                first,
                finish("COMPLETE"),
                ("/usage/billed_units/input_tokens", json!(10)),
                ("/usage/billed_units/output_tokens", json!(5)),
            ],
            Told::Call => vec![
                (called, arguments("x")),
                ("/message/tool_calls/0/function/name", json!("f")),
                finish("TOOL_CALL"),
            ],
            Told::Calls => vec![
                (called, arguments("x")),
                ("/message/tool_calls/1/function/arguments", arguments("y")),
                finish("TOOL_CALL"),
            ],
            Told::WordsAndCall => vec![first, (called, arguments("x")), finish("TOOL_CALL")],
            Told::Thoughts => vec![
                ("/message/content/0/thinking", json!("Hm")),
                ("/message/content/1/text", json!("Grüezi")),
            ],
            Told::Refusal => vec![("/message/content/0/text", json!("No."))],
            Told::Length => vec![first, finish("MAX_TOKENS")],
            Told::Filtered => vec![finish("ERROR")],
            Told::StopText => vec![first, finish("STOP_SEQUENCE")],
            Told::Cached => vec![
                ("/usage/billed_units/input_tokens", json!(10)),
                ("/usage/cached_tokens", json!(4)),
            ],
            Told::Reasoned => vec![("/usage/billed_units/output_tokens", json!(5))],
            Told::Cited => vec![
                first,
                ("/message/citations/0/end", json!(6)),
                ("/message/citations/0/text", json!("Grüezi")),
                (
                    "/message/citations/0/sources/0/document/url",
                    json!("https://example.com/a"),
                ),
            ],
            Told::Written | Told::Picture | Told::Redacted => return None,
        })
    }

    fn gathers(&self, stream: &[u8]) -> Value {
        let mut whole = json!({ "message": { "content": [], "tool_calls": [] } });
        for event in events(stream) {
            let at = event["index"].as_u64().unwrap_or(0);
            let at = usize::try_from(at).expect("a place");
            let message = &event["delta"]["message"];
            let list = |whole: &mut Value, name: &str, one: &Value| {
                let list = whole["message"][name].as_array_mut().expect("a list");
                assert_eq!(list.len(), at, "pieces follow each other");
                list.push(one.clone());
            };
            match event["type"].as_str().expect("a type") {
                "content-start" => list(&mut whole, "content", &message["content"]),
                "citation-start" => {
                    let mut cited = whole["message"]["citations"].as_array().cloned();
                    cited
                        .get_or_insert_default()
                        .push(message["citations"].clone());
                    whole["message"]["citations"] = cited.into();
                }
                "tool-call-start" => list(&mut whole, "tool_calls", &message["tool_calls"]),
                "content-delta" => {
                    for name in ["text", "thinking"] {
                        if let Some(text) = message["content"][name].as_str() {
                            append(&mut whole["message"]["content"][at][name], text);
                        }
                    }
                }
                "tool-call-delta" => {
                    let more = message["tool_calls"]["function"]["arguments"].as_str();
                    let function = &mut whole["message"]["tool_calls"][at]["function"];
                    append(&mut function["arguments"], more.unwrap_or_default());
                }
                "message-end" => {
                    for (name, value) in event["delta"].as_object().into_iter().flatten() {
                        whole[name] = value.clone();
                    }
                }
                _ => {}
            }
        }
        whole
    }
}
