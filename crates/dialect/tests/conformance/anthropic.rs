//! Anthropic's messages.

use serde_json::{Value, json};
use tollgate_model::Dialect;

use crate::openai_chat::{append, pieces};
use crate::voice::{Holds, Told, Voice, Wish, events, stream};

pub(crate) struct Anthropic;

fn with(members: Value) -> Value {
    let mut body = json!({ "model": "m", "max_tokens": 100,
        "messages": [{ "role": "user", "content": "Hoi" }] });
    for (name, value) in members.as_object().expect("members") {
        body[name] = value.clone();
    }
    body
}

fn said(content: Value) -> Value {
    with(json!({ "messages": [{ "role": "user", "content": [content] }] }))
}

fn tool(more: Value) -> Value {
    let schema = json!({ "type": "object", "properties": { "q": { "type": "string" } } });
    let mut body = with(json!({ "tools":
        [{ "name": "f", "description": "Finds.", "input_schema": schema }] }));
    for (name, value) in more.as_object().expect("members") {
        body[name] = value.clone();
    }
    body
}

fn call(id: &str, q: &str) -> Value {
    json!({ "type": "tool_use", "id": id, "name": "f", "input": { "q": q } })
}

fn result(id: &str, content: &str) -> Value {
    json!({ "type": "tool_result", "tool_use_id": id, "content": content })
}

fn round(calls: Value, results: Value) -> Value {
    tool(json!({ "messages": [{ "role": "user", "content": "Hoi" },
        { "role": "assistant", "content": calls }, { "role": "user", "content": results }] }))
}

fn between(content: Value) -> Value {
    with(json!({ "messages": [{ "role": "user", "content": "Hoi" },
        { "role": "assistant", "content": content }, { "role": "user", "content": "Und?" }] }))
}

fn answer(content: Value, stop: &str, usage: Value) -> Value {
    json!({ "id": "msg_1", "type": "message", "role": "assistant", "model": "up",
        "content": content, "stop_reason": stop, "stop_sequence": null, "usage": usage })
}

fn usage() -> Value {
    json!({ "input_tokens": 10, "output_tokens": 5 })
}

impl Voice for Anthropic {
    fn dialect(&self) -> Dialect {
        Dialect::AnthropicMessages
    }

    fn model(&self, wish: Wish) -> &'static str {
        match wish {
            Wish::Effort | Wish::Schema => "claude-opus-4-6",
            _ => "claude-sonnet-4-5",
        }
    }

    fn asks(&self, wish: Wish) -> Option<Value> {
        let media = |kind: &str, source: Value| said(json!({ "type": kind, "source": source }));
        let inline =
            |mime: &str, data: &str| json!({ "type": "base64", "media_type": mime, "data": data });
        Some(match wish {
            Wish::Text => with(json!({})),
            Wish::System => with(json!({ "system": "Be brief." })),
            Wish::MultiTurn => between(json!("Hallo")),
            Wish::Tool => tool(json!({})),
            Wish::AnyTool => tool(json!({ "tool_choice": { "type": "any" } })),
            Wish::NamedTool => tool(json!({ "tool_choice": { "type": "tool", "name": "f" } })),
            Wish::NoTool => tool(json!({ "tool_choice": { "type": "none" } })),
            Wish::OneAtATime => tool(json!({ "tool_choice":
                { "type": "auto", "disable_parallel_tool_use": true } })),
            Wish::ToolRound => round(json!([call("c1", "x")]), json!([result("c1", "found")])),
            Wish::ParallelRound => round(
                json!([call("c1", "x"), call("c2", "y")]),
                json!([result("c1", "found"), result("c2", "lost")]),
            ),
            Wish::FailedTool => {
                let mut failed = result("c1", "broken");
                failed["is_error"] = true.into();
                round(json!([call("c1", "x")]), json!([failed]))
            }
            Wish::ImageInline => media("image", inline("image/png", "iVBORw0KGgo=")),
            Wish::ImageUrl => media(
                "image",
                json!({ "type": "url", "url": "https://example.com/a.png" }),
            ),
            Wish::Document => media("document", inline("application/pdf", "JVBERg==")),
            Wish::Schema => with(
                json!({ "output_config": { "format": { "type": "json_schema",
                "schema": { "type": "object", "properties": { "a": { "type": "string" } },
                "required": ["a"], "additionalProperties": false } } } }),
            ),
            Wish::Effort => with(json!({ "thinking": { "type": "adaptive" },
                "output_config": { "effort": "high" } })),
            Wish::Thoughts => between(json!([
                { "type": "thinking", "thinking": "Hm", "signature": "S+/=" },
                { "type": "text", "text": "Hallo" }])),
            Wish::CacheMark => said(json!({ "type": "text", "text": "Hoi",
                "cache_control": { "type": "ephemeral" } })),
            Wish::Stops => with(json!({ "stop_sequences": ["END"] })),
            Wish::Temperature => with(json!({ "temperature": 0.5 })),
            Wish::TopP => with(json!({ "top_p": 0.9 })),
            Wish::TopK => with(json!({ "top_k": 40 })),
            Wish::MaxTokens => with(json!({})),
            Wish::User => with(json!({ "metadata": { "user_id": "u-1" } })),
            Wish::WebSearch => with(json!({ "tools":
                [{ "type": "web_search_20250305", "name": "web_search" }] })),
            Wish::Unknown => with(json!({ "never_heard_of": 1 })),
            Wish::Audio
            | Wish::Json
            | Wish::Seed
            | Wish::Penalties
            | Wish::TwoAnswers
            | Wish::Logprobs => return None,
        })
    }

    fn hears(&self, wish: Wish) -> Option<Holds> {
        let part = "/messages/0/content/0/source/data";
        Some(match wish {
            Wish::Text => vec![
                ("/messages/0/role", json!("user")),
                ("/messages/0/content/0/text", json!("Hoi")),
            ],
            Wish::System => vec![
                ("/system", json!("Be brief.")),
                ("/messages/0/content/0/text", json!("Hoi")),
            ],
            Wish::MultiTurn => vec![
                ("/messages/1/role", json!("assistant")),
                ("/messages/1/content/0/text", json!("Hallo")),
                ("/messages/2/content/0/text", json!("Und?")),
            ],
            Wish::Tool => vec![
                ("/tools/0/name", json!("f")),
                ("/tools/0/description", json!("Finds.")),
                ("/tools/0/input_schema/properties/q/type", json!("string")),
            ],
            Wish::AnyTool => vec![("/tool_choice/type", json!("any"))],
            Wish::NamedTool => vec![
                ("/tool_choice/type", json!("tool")),
                ("/tool_choice/name", json!("f")),
            ],
            Wish::NoTool => vec![("/tool_choice/type", json!("none"))],
            Wish::OneAtATime => vec![("/tool_choice/disable_parallel_tool_use", json!(true))],
            Wish::ToolRound => vec![
                ("/messages/1/content/0/input/q", json!("x")),
                ("/messages/2/content/0/type", json!("tool_result")),
                ("/messages/2/content/0/content", json!("found")),
            ],
            Wish::ParallelRound => vec![
                ("/messages/1/content/1/input/q", json!("y")),
                ("/messages/2/content/0/content", json!("found")),
                ("/messages/2/content/1/content", json!("lost")),
            ],
            Wish::FailedTool => vec![("/messages/2/content/0/is_error", json!(true))],
            Wish::ImageInline => vec![(part, json!("iVBORw0KGgo="))],
            Wish::ImageUrl => vec![(
                "/messages/0/content/0/source/url",
                json!("https://example.com/a.png"),
            )],
            Wish::Document => vec![(part, json!("JVBERg=="))],
            Wish::Schema => vec![
                ("/output_config/format/type", json!("json_schema")),
                (
                    "/output_config/format/schema/properties/a/type",
                    json!("string"),
                ),
            ],
            Wish::Effort => vec![("/output_config/effort", json!("high"))],
            Wish::Thoughts => vec![
                ("/messages/1/content/0/signature", json!("S+/=")),
                ("/messages/1/content/0/thinking", json!("Hm")),
            ],
            Wish::CacheMark => vec![(
                "/messages/0/content/0/cache_control/type",
                json!("ephemeral"),
            )],
            Wish::Stops => vec![("/stop_sequences/0", json!("END"))],
            Wish::Temperature => vec![("/temperature", json!(0.5))],
            Wish::TopP => vec![("/top_p", json!(0.9))],
            Wish::TopK => vec![("/top_k", json!(40))],
            Wish::MaxTokens => vec![("/max_tokens", json!(100))],
            Wish::User => vec![("/metadata/user_id", json!("u-1"))],
            Wish::Audio
            | Wish::Json
            | Wish::Seed
            | Wish::Penalties
            | Wish::TwoAnswers
            | Wish::Logprobs
            | Wish::Unknown => return None,
            Wish::WebSearch => vec![("/tools/0/name", json!("web_search"))],
        })
    }

    fn answers(&self, told: Told) -> Option<Value> {
        let text = json!({ "type": "text", "text": "Grüezi" });
        let with = |name: &str, count: u64| {
            let mut told = usage();
            told["input_tokens"] = (10 - count).into();
            told[name] = count.into();
            told
        };
        Some(match told {
            Told::Words => answer(json!([text]), "end_turn", usage()),
            Told::Call => answer(json!([call("c1", "x")]), "tool_use", usage()),
            Told::Calls => answer(
                json!([call("c1", "x"), call("c2", "y")]),
                "tool_use",
                usage(),
            ),
            Told::WordsAndCall => answer(json!([text, call("c1", "x")]), "tool_use", usage()),
            Told::Thoughts => answer(
                json!([{ "type": "thinking", "thinking": "Hm", "signature": "S+/=" }, text]),
                "end_turn",
                usage(),
            ),
            Told::Length => answer(json!([text]), "max_tokens", usage()),
            Told::Filtered => answer(json!([text]), "refusal", usage()),
            Told::StopText => {
                let mut stopped = answer(json!([text]), "stop_sequence", usage());
                stopped["stop_sequence"] = json!("END");
                stopped
            }
            Told::Cached => answer(
                json!([text]),
                "end_turn",
                with("cache_read_input_tokens", 4),
            ),
            Told::Written => answer(
                json!([text]),
                "end_turn",
                with("cache_creation_input_tokens", 4),
            ),
            Told::Cited => {
                let cited = json!({ "type": "web_search_result_location", "title": "A",
                    "url": "https://example.com/a", "encrypted_index": "E", "cited_text": "Said." });
                let said = json!({ "type": "text", "text": "Grüezi", "citations": [cited] });
                answer(json!([said]), "end_turn", usage())
            }
            Told::Redacted => answer(
                json!([{ "type": "redacted_thinking", "data": "R+/=" }, text]),
                "end_turn",
                usage(),
            ),
            Told::Refusal | Told::Reasoned | Told::Picture => return None,
        })
    }

    fn streams(&self, told: Told) -> Option<Vec<u8>> {
        let whole = self.answers(told)?;
        let mut first = whole.clone();
        first["content"] = json!([]);
        first["stop_reason"] = Value::Null;
        first["stop_sequence"] = Value::Null;
        first["usage"]["output_tokens"] = 1.into();
        let mut list = vec![json!({ "type": "message_start", "message": first })];
        for (index, block) in whole["content"]
            .as_array()
            .into_iter()
            .flatten()
            .enumerate()
        {
            let mut opening = block.clone();
            let mut deltas: Vec<Value> = Vec::new();
            match block["type"].as_str() {
                Some("tool_use") => {
                    opening["input"] = json!({});
                    let text = json!(block["input"].to_string());
                    deltas.extend(
                        pieces(&text).into_iter().map(
                            |piece| json!({ "type": "input_json_delta", "partial_json": piece }),
                        ),
                    );
                }
                Some("thinking") => {
                    opening["thinking"] = "".into();
                    opening["signature"] = "".into();
                    deltas.extend(
                        pieces(&block["thinking"])
                            .into_iter()
                            .map(|piece| json!({ "type": "thinking_delta", "thinking": piece })),
                    );
                    deltas.push(
                        json!({ "type": "signature_delta", "signature": block["signature"] }),
                    );
                }
                Some("redacted_thinking") => {}
                _ => {
                    opening["text"] = "".into();
                    let cited = block["citations"].as_array().into_iter().flatten();
                    if opening["citations"].is_array() {
                        opening["citations"] = json!([]);
                    }
                    deltas.extend(
                        pieces(&block["text"])
                            .into_iter()
                            .map(|piece| json!({ "type": "text_delta", "text": piece })),
                    );
                    deltas.extend(
                        cited.map(|cited| json!({ "type": "citations_delta", "citation": cited })),
                    );
                }
            }
            list.push(
                json!({ "type": "content_block_start", "index": index, "content_block": opening }),
            );
            list.extend(deltas.into_iter().map(
                |delta| json!({ "type": "content_block_delta", "index": index, "delta": delta }),
            ));
            list.push(json!({ "type": "content_block_stop", "index": index }));
        }
        list.push(
            json!({ "type": "message_delta", "usage": { "output_tokens": 5 }, "delta":
            { "stop_reason": whole["stop_reason"], "stop_sequence": whole["stop_sequence"] } }),
        );
        list.push(json!({ "type": "message_stop" }));
        Some(stream(&list, true))
    }

    fn reads(&self, told: Told) -> Option<Holds> {
        let words = |at: &'static str| (at, json!("Grüezi"));
        let first = words("/content/0/text");
        let stop = |word: &str| ("/stop_reason", json!(word));
        Some(match told {
            Told::Words => vec![
                first,
                stop("end_turn"),
                ("/usage/input_tokens", json!(10)),
                ("/usage/output_tokens", json!(5)),
            ],
            Told::Call => vec![
                ("/content/0/input/q", json!("x")),
                ("/content/0/name", json!("f")),
                stop("tool_use"),
            ],
            Told::Calls => vec![
                ("/content/0/input/q", json!("x")),
                ("/content/1/input/q", json!("y")),
                stop("tool_use"),
            ],
            Told::WordsAndCall => vec![first, ("/content/1/input/q", json!("x")), stop("tool_use")],
            Told::Thoughts => vec![
                ("/content/0/thinking", json!("Hm")),
                words("/content/1/text"),
            ],
            Told::Refusal => vec![("/content/0/text", json!("No.")), stop("refusal")],
            Told::Length => vec![first, stop("max_tokens")],
            Told::Filtered => vec![first, stop("refusal")],
            Told::StopText => vec![
                first,
                stop("stop_sequence"),
                // Only Anthropic itself says which; see the tests of its streams.
            ],
            Told::Cached => vec![
                ("/usage/input_tokens", json!(6)),
                ("/usage/cache_read_input_tokens", json!(4)),
            ],
            Told::Written => vec![
                ("/usage/input_tokens", json!(6)),
                ("/usage/cache_creation_input_tokens", json!(4)),
            ],
            Told::Reasoned => vec![("/usage/output_tokens", json!(5))],
            Told::Cited => vec![
                first,
                ("/content/0/citations/0/url", json!("https://example.com/a")),
                ("/content/0/citations/0/title", json!("A")),
            ],
            Told::Redacted => vec![
                ("/content/0/type", json!("redacted_thinking")),
                ("/content/0/data", json!("R+/=")),
                words("/content/1/text"),
            ],
            Told::Picture => return None,
        })
    }

    fn gathers(&self, stream: &[u8]) -> Value {
        let mut whole = Value::Null;
        let mut arguments = String::new();
        for event in events(stream) {
            let at = event["index"]
                .as_u64()
                .and_then(|at| usize::try_from(at).ok())
                .unwrap_or(0);
            match event["type"].as_str().expect("a type") {
                "message_start" => whole = event["message"].clone(),
                "content_block_start" => {
                    arguments.clear();
                    let blocks = whole["content"].as_array_mut().expect("a list");
                    assert_eq!(blocks.len(), at, "sa_04: blocks follow each other");
                    blocks.push(event["content_block"].clone());
                }
                "content_block_delta" => {
                    let block = &mut whole["content"][at];
                    let delta = &event["delta"];
                    for name in ["text", "thinking", "signature"] {
                        if let Some(text) = delta[name].as_str() {
                            append(&mut block[name], text);
                        }
                    }
                    if !delta["citation"].is_null() {
                        let mut cited = block["citations"].as_array().cloned().unwrap_or_default();
                        cited.push(delta["citation"].clone());
                        block["citations"] = cited.into();
                    }
                    arguments.push_str(delta["partial_json"].as_str().unwrap_or_default());
                    if let Ok(input) = serde_json::from_str::<Value>(&arguments) {
                        block["input"] = input;
                    }
                }
                "message_delta" => {
                    for (name, value) in event["delta"].as_object().into_iter().flatten() {
                        whole[name] = value.clone();
                    }
                    for (name, value) in event["usage"].as_object().into_iter().flatten() {
                        whole["usage"][name] = value.clone();
                    }
                }
                _ => {}
            }
        }
        whole
    }
}
