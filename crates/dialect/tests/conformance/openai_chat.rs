//! OpenAI's chat completions.

use serde_json::{Value, json};
use tollgate_model::Dialect;

use crate::voice::{Holds, Told, Voice, Wish, events, stream};

pub(crate) struct OpenaiChat;

fn with(members: Value) -> Value {
    let mut body = json!({ "model": "m", "messages": [{ "role": "user", "content": "Hoi" }] });
    for (name, value) in members.as_object().expect("members") {
        body[name] = value.clone();
    }
    body
}

fn said(content: Value) -> Value {
    with(json!({ "messages": [{ "role": "user", "content": [content] }] }))
}

fn tool(more: Value) -> Value {
    let parameters = json!({ "type": "object", "properties": { "q": { "type": "string" } } });
    let function = json!({ "name": "f", "description": "Finds.", "parameters": parameters });
    let mut body = with(json!({ "tools": [{ "type": "function", "function": function }] }));
    for (name, value) in more.as_object().expect("members") {
        body[name] = value.clone();
    }
    body
}

fn call(id: &str, arguments: &str) -> Value {
    json!({ "id": id, "type": "function", "function": { "name": "f", "arguments": arguments } })
}

fn round(calls: Value, results: &[(&str, &str)]) -> Value {
    let mut messages = vec![
        json!({ "role": "user", "content": "Hoi" }),
        json!({ "role": "assistant", "content": null, "tool_calls": calls }),
    ];
    messages.extend(
        results
            .iter()
            .map(|(id, content)| json!({ "role": "tool", "tool_call_id": id, "content": content })),
    );
    let mut body = tool(json!({}));
    body["messages"] = messages.into();
    body
}

fn answer(message: Value, finish: &str, usage: Value) -> Value {
    let mut whole = json!({ "role": "assistant", "content": null });
    for (name, value) in message.as_object().expect("members") {
        whole[name] = value.clone();
    }
    json!({ "id": "c1", "object": "chat.completion", "created": 1, "model": "up",
        "choices": [{ "index": 0, "message": whole, "finish_reason": finish }], "usage": usage })
}

fn usage() -> Value {
    json!({ "prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15 })
}

impl Voice for OpenaiChat {
    fn dialect(&self) -> Dialect {
        Dialect::OpenaiChat
    }

    fn model(&self, wish: Wish) -> &'static str {
        match wish {
            Wish::Effort => "gpt-5",
            _ => "gpt-4o",
        }
    }

    fn asks(&self, wish: Wish) -> Option<Value> {
        let effort = |message: Value| {
            with(
                json!({ "messages": [{ "role": "user", "content": "Hoi" }, message,
                { "role": "user", "content": "Und?" }] }),
            )
        };
        Some(match wish {
            Wish::Text => with(json!({})),
            Wish::System => with(
                json!({ "messages": [{ "role": "system", "content": "Be brief." },
                { "role": "user", "content": "Hoi" }] }),
            ),
            Wish::MultiTurn => effort(json!({ "role": "assistant", "content": "Hallo" })),
            Wish::Tool => tool(json!({})),
            Wish::AnyTool => tool(json!({ "tool_choice": "required" })),
            Wish::NamedTool => tool(json!({ "tool_choice":
                { "type": "function", "function": { "name": "f" } } })),
            Wish::NoTool => tool(json!({ "tool_choice": "none" })),
            Wish::OneAtATime => tool(json!({ "parallel_tool_calls": false })),
            Wish::ToolRound => round(json!([call("c1", r#"{"q":"x"}"#)]), &[("c1", "found")]),
            Wish::ParallelRound => round(
                json!([call("c1", r#"{"q":"x"}"#), call("c2", r#"{"q":"y"}"#)]),
                &[("c1", "found"), ("c2", "lost")],
            ),
            Wish::ImageInline => said(json!({ "type": "image_url",
                "image_url": { "url": "data:image/png;base64,iVBORw0KGgo=" } })),
            Wish::ImageUrl => said(json!({ "type": "image_url",
                "image_url": { "url": "https://example.com/a.png" } })),
            Wish::Document => said(json!({ "type": "file", "file":
                { "file_data": "data:application/pdf;base64,JVBERg==" } })),
            Wish::Audio => said(json!({ "type": "input_audio",
                "input_audio": { "data": "UklGRg==", "format": "wav" } })),
            Wish::Schema => with(
                json!({ "response_format": { "type": "json_schema", "json_schema":
                { "name": "answer", "strict": true, "schema": { "type": "object",
                  "properties": { "a": { "type": "string" } }, "required": ["a"],
                  "additionalProperties": false } } } }),
            ),
            Wish::Json => with(json!({ "response_format": { "type": "json_object" } })),
            Wish::Effort => with(json!({ "reasoning_effort": "high" })),
            Wish::Thoughts => effort(json!({ "role": "assistant", "content": "Hallo",
                "thinking_blocks": [{ "type": "thinking", "thinking": "Hm", "signature": "S+/=" }] })),
            Wish::CacheMark => said(json!({ "type": "text", "text": "Hoi",
                "cache_control": { "type": "ephemeral" } })),
            Wish::Stops => with(json!({ "stop": ["END"] })),
            Wish::Temperature => with(json!({ "temperature": 0.5 })),
            Wish::TopP => with(json!({ "top_p": 0.9 })),
            Wish::TopK => with(json!({ "top_k": 40 })),
            Wish::Seed => with(json!({ "seed": 7 })),
            Wish::Penalties => with(json!({ "frequency_penalty": 0.5, "presence_penalty": 0.5 })),
            Wish::MaxTokens => with(json!({ "max_tokens": 100 })),
            Wish::User => with(json!({ "user": "u-1" })),
            Wish::TwoAnswers => with(json!({ "n": 2 })),
            Wish::Logprobs => with(json!({ "logprobs": true })),
            Wish::WebSearch => with(json!({ "web_search_options": {} })),
            Wish::Unknown => with(json!({ "never_heard_of": 1 })),
            Wish::FailedTool => return None,
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
                ("/messages/1/content", json!("Hoi")),
            ],
            Wish::MultiTurn => vec![
                ("/messages/1/role", json!("assistant")),
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
            Wish::AnyTool => vec![("/tool_choice", json!("required"))],
            Wish::NamedTool => vec![("/tool_choice/function/name", json!("f"))],
            Wish::NoTool => vec![
                ("/tool_choice", json!("none")),
                ("/tools/0/function/name", json!("f")),
            ],
            Wish::OneAtATime => vec![("/parallel_tool_calls", json!(false))],
            Wish::ToolRound => vec![
                (
                    "/messages/1/tool_calls/0/function/arguments",
                    json!(r#"{"q":"x"}"#),
                ),
                ("/messages/2/role", json!("tool")),
                ("/messages/2/content", json!("found")),
            ],
            Wish::ParallelRound => vec![
                (
                    "/messages/1/tool_calls/1/function/arguments",
                    json!(r#"{"q":"y"}"#),
                ),
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
            Wish::Document => vec![(
                "/messages/0/content/0/file/file_data",
                json!("data:application/pdf;base64,JVBERg=="),
            )],
            Wish::Audio => vec![("/messages/0/content/0/input_audio/data", json!("UklGRg=="))],
            Wish::Schema => vec![
                ("/response_format/type", json!("json_schema")),
                (
                    "/response_format/json_schema/schema/properties/a/type",
                    json!("string"),
                ),
            ],
            Wish::Json => vec![("/response_format/type", json!("json_object"))],
            Wish::Effort => vec![("/reasoning_effort", json!("high"))],
            Wish::Stops => vec![("/stop/0", json!("END"))],
            Wish::Temperature => vec![("/temperature", json!(0.5))],
            Wish::TopP => vec![("/top_p", json!(0.9))],
            Wish::Seed => vec![("/seed", json!(7))],
            Wish::Penalties => vec![
                ("/frequency_penalty", json!(0.5)),
                ("/presence_penalty", json!(0.5)),
            ],
            Wish::MaxTokens => vec![("/max_tokens", json!(100))],
            Wish::User => vec![("/user", json!("u-1"))],
            Wish::Thoughts
            | Wish::CacheMark
            | Wish::TopK
            | Wish::TwoAnswers
            | Wish::Logprobs
            | Wish::Unknown => return None,
            Wish::WebSearch => vec![("/web_search_options", json!({}))],
        })
    }

    fn answers(&self, told: Told) -> Option<Value> {
        let calls = json!([call("c1", r#"{"q":"x"}"#), call("c2", r#"{"q":"y"}"#)]);
        let text = json!({ "content": "Grüezi" });
        Some(match told {
            Told::Words => answer(text, "stop", usage()),
            Told::Call => answer(json!({ "tool_calls": [calls[0]] }), "tool_calls", usage()),
            Told::Calls => answer(json!({ "tool_calls": calls }), "tool_calls", usage()),
            Told::WordsAndCall => answer(
                json!({ "content": "Grüezi", "tool_calls": [calls[0]] }),
                "tool_calls",
                usage(),
            ),
            Told::Thoughts => answer(
                json!({ "content": "Grüezi", "reasoning_content": "Hm" }),
                "stop",
                usage(),
            ),
            Told::Refusal => answer(json!({ "refusal": "No." }), "stop", usage()),
            Told::Length => answer(text, "length", usage()),
            Told::Filtered => answer(text, "content_filter", usage()),
            Told::Cached => {
                let mut told = usage();
                told["prompt_tokens_details"] = json!({ "cached_tokens": 4 });
                answer(text, "stop", told)
            }
            Told::Reasoned => {
                let mut told = usage();
                told["completion_tokens_details"] = json!({ "reasoning_tokens": 3 });
                answer(text, "stop", told)
            }
            Told::Cited => answer(
                json!({ "content": "Grüezi", "annotations": [{ "type": "url_citation",
                    "url_citation": { "start_index": 0, "end_index": 6, "title": "A",
                        "url": "https://example.com/a" } }] }),
                "stop",
                usage(),
            ),
            Told::StopText | Told::Written | Told::Picture | Told::Redacted => return None,
        })
    }

    fn streams(&self, told: Told) -> Option<Vec<u8>> {
        let whole = self.answers(told)?;
        let message = &whole["choices"][0]["message"];
        let chunk = |delta: Value, finish: &Value| {
            json!({ "id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "up",
                "choices": [{ "index": 0, "delta": delta, "finish_reason": finish }] })
        };
        let mut chunks = vec![chunk(
            json!({ "role": "assistant", "content": "" }),
            &Value::Null,
        )];
        for name in ["reasoning_content", "content", "refusal"] {
            for piece in pieces(&message[name]) {
                chunks.push(chunk(json!({ name: piece }), &Value::Null));
            }
        }
        for (index, call) in message["tool_calls"]
            .as_array()
            .into_iter()
            .flatten()
            .enumerate()
        {
            let mut begin = call.clone();
            begin["index"] = index.into();
            begin["function"]["arguments"] = "".into();
            chunks.push(chunk(json!({ "tool_calls": [begin] }), &Value::Null));
            for piece in pieces(&call["function"]["arguments"]) {
                let more = json!({ "index": index, "function": { "arguments": piece } });
                chunks.push(chunk(json!({ "tool_calls": [more] }), &Value::Null));
            }
        }
        if message["annotations"].is_array() {
            let cited = json!({ "annotations": message["annotations"] });
            chunks.push(chunk(cited, &Value::Null));
        }
        chunks.push(chunk(json!({}), &whole["choices"][0]["finish_reason"]));
        let mut last = chunk(json!({}), &Value::Null);
        last["choices"] = json!([]);
        last["usage"] = whole["usage"].clone();
        chunks.push(last);
        let mut bytes = stream(&chunks, false);
        bytes.extend_from_slice(b"data: [DONE]\n\n");
        Some(bytes)
    }

    fn reads(&self, told: Told) -> Option<Holds> {
        let words = ("/choices/0/message/content", json!("Grüezi"));
        let call = (
            "/choices/0/message/tool_calls/0/function/arguments",
            json!(r#"{"q":"x"}"#),
        );
        let finish = |word: &str| ("/choices/0/finish_reason", json!(word));
        Some(match told {
            Told::Words | Told::StopText => vec![
                words,
                finish("stop"),
                ("/usage/prompt_tokens", json!(10)),
                ("/usage/completion_tokens", json!(5)),
            ],
            Told::Call => vec![
                call,
                ("/choices/0/message/tool_calls/0/function/name", json!("f")),
                finish("tool_calls"),
            ],
            Told::Calls => vec![
                call,
                (
                    "/choices/0/message/tool_calls/1/function/arguments",
                    json!(r#"{"q":"y"}"#),
                ),
                finish("tool_calls"),
            ],
            Told::WordsAndCall => vec![words, call, finish("tool_calls")],
            Told::Thoughts => vec![words, ("/choices/0/message/reasoning_content", json!("Hm"))],
            Told::Refusal => vec![("/choices/0/message/refusal", json!("No."))],
            Told::Length => vec![words, finish("length")],
            Told::Filtered => vec![words, finish("content_filter")],
            Told::Cached => vec![
                ("/usage/prompt_tokens", json!(10)),
                ("/usage/prompt_tokens_details/cached_tokens", json!(4)),
            ],
            Told::Written => vec![("/usage/prompt_tokens", json!(10))],
            Told::Reasoned => vec![
                ("/usage/completion_tokens", json!(5)),
                (
                    "/usage/completion_tokens_details/reasoning_tokens",
                    json!(3),
                ),
            ],
            Told::Cited => vec![
                words,
                (
                    "/choices/0/message/annotations/0/url_citation",
                    json!({ "start_index": 0, "end_index": 6, "title": "A",
                        "url": "https://example.com/a" }),
                ),
            ],
            // Whole they are there, streamed the dialect has no place for them.
            Told::Redacted => return None,
            Told::Picture => vec![(
                "/choices/0/message/images/0/image_url/url",
                json!("data:image/png;base64,iVBORw0KGgo="),
            )],
        })
    }

    fn gathers(&self, stream: &[u8]) -> Value {
        let (mut message, mut finish, mut usage) = (json!({}), Value::Null, Value::Null);
        for chunk in events(stream) {
            let choice = &chunk["choices"][0];
            let delta = choice["delta"].as_object().cloned().unwrap_or_default();
            for (name, value) in delta {
                match (name.as_str(), value) {
                    ("tool_calls", Value::Array(calls)) => {
                        calls
                            .into_iter()
                            .for_each(|call| gather_call(&mut message, call));
                    }
                    (_, Value::String(text)) if name != "role" => append(&mut message[name], &text),
                    (_, Value::Null) => {}
                    (_, value) => message[name] = value,
                }
            }
            if !choice["finish_reason"].is_null() {
                finish = choice["finish_reason"].clone();
            }
            if !chunk["usage"].is_null() {
                usage = chunk["usage"].clone();
            }
        }
        json!({ "choices": [{ "message": message, "finish_reason": finish }], "usage": usage })
    }
}

fn gather_call(message: &mut Value, call: Value) {
    let index = call["index"]
        .as_u64()
        .and_then(|at| usize::try_from(at).ok())
        .expect("an index");
    let calls = &mut message["tool_calls"];
    if calls.is_null() {
        *calls = json!([]);
    }
    let calls = calls.as_array_mut().expect("a list");
    if index == calls.len() {
        calls.push(call);
        return;
    }
    let more = call["function"]["arguments"].as_str().unwrap_or_default();
    append(&mut calls[index]["function"]["arguments"], more);
}

/// Adds text to a member that may not be there yet.
pub(crate) fn append(to: &mut Value, text: &str) {
    let known = to.as_str().unwrap_or_default();
    *to = format!("{known}{text}").into();
}

/// A text in two pieces; nothing where there is none.
pub(crate) fn pieces(text: &Value) -> Vec<String> {
    let text: Vec<char> = text.as_str().unwrap_or_default().chars().collect();
    let (one, two) = text.split_at(text.len() / 2);
    let pieces = [one, two].map(|piece| piece.iter().collect::<String>());
    pieces
        .into_iter()
        .filter(|piece| !piece.is_empty())
        .collect()
}
