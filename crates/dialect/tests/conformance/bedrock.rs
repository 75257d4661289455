//! Converse of Amazon Bedrock.

use serde_json::{Value, json};
use tollgate_dialect::event_stream::{self, Frames};
use tollgate_model::Dialect;

use crate::openai_chat::{append, pieces};
use crate::voice::{Holds, Told, Voice, Wish};

pub(crate) struct Bedrock;

fn with(members: Value) -> Value {
    let mut body = json!({ "messages": [{ "role": "user", "content": [{ "text": "Hoi" }] }],
        "inferenceConfig": { "maxTokens": 100 } });
    for (name, value) in members.as_object().expect("members") {
        body[name] = value.clone();
    }
    body
}

fn said(content: Value) -> Value {
    with(json!({ "messages": [{ "role": "user", "content": content }] }))
}

fn tool(choice: Value, more: Value) -> Value {
    let schema = json!({ "type": "object", "properties": { "q": { "type": "string" } } });
    let mut body = with(json!({ "toolConfig": { "tools": [{ "toolSpec":
        { "name": "f", "description": "Finds.", "inputSchema": { "json": schema } } }] } }));
    if !choice.is_null() {
        body["toolConfig"]["toolChoice"] = choice;
    }
    for (name, value) in more.as_object().expect("members") {
        body[name] = value.clone();
    }
    body
}

fn call(id: &str, q: &str) -> Value {
    json!({ "toolUse": { "toolUseId": id, "name": "f", "input": { "q": q } } })
}

fn result(id: &str, content: &str) -> Value {
    json!({ "toolResult": { "toolUseId": id, "content": [{ "text": content }] } })
}

fn round(calls: Value, results: Value) -> Value {
    let messages = json!([{ "role": "user", "content": [{ "text": "Hoi" }] },
        { "role": "assistant", "content": calls }, { "role": "user", "content": results }]);
    tool(Value::Null, json!({ "messages": messages }))
}

fn between(content: Value) -> Value {
    with(
        json!({ "messages": [{ "role": "user", "content": [{ "text": "Hoi" }] },
        { "role": "assistant", "content": content },
        { "role": "user", "content": [{ "text": "Und?" }] }] }),
    )
}

fn config(name: &str, value: Value) -> Value {
    let mut body = with(json!({}));
    body["inferenceConfig"][name] = value;
    body
}

fn answer(content: Value, stop: &str, usage: Value) -> Value {
    json!({ "output": { "message": { "role": "assistant", "content": content } },
        "stopReason": stop, "usage": usage, "metrics": { "latencyMs": 7 } })
}

fn usage() -> Value {
    json!({ "inputTokens": 10, "outputTokens": 5, "totalTokens": 15 })
}

impl Voice for Bedrock {
    fn dialect(&self) -> Dialect {
        Dialect::BedrockConverse
    }

    fn model(&self, wish: Wish) -> &'static str {
        match wish {
            Wish::Effort | Wish::Schema => "global.anthropic.claude-opus-4-6-v1",
            _ => "anthropic.claude-sonnet-4-5-20250929-v1:0",
        }
    }

    fn asks(&self, wish: Wish) -> Option<Value> {
        let fields = |fields: Value| with(json!({ "additionalModelRequestFields": fields }));
        Some(match wish {
            Wish::Text | Wish::MaxTokens => with(json!({})),
            Wish::System => with(json!({ "system": [{ "text": "Be brief." }] })),
            Wish::MultiTurn => between(json!([{ "text": "Hallo" }])),
            Wish::Tool => tool(Value::Null, json!({})),
            Wish::AnyTool => tool(json!({ "any": {} }), json!({})),
            Wish::NamedTool => tool(json!({ "tool": { "name": "f" } }), json!({})),
            Wish::OneAtATime => {
                let one = json!({ "type": "auto", "disable_parallel_tool_use": true });
                let fields = json!({ "tool_choice": one });
                tool(
                    Value::Null,
                    json!({ "additionalModelRequestFields": fields }),
                )
            }
            Wish::ToolRound => round(json!([call("c1", "x")]), json!([result("c1", "found")])),
            Wish::ParallelRound => round(
                json!([call("c1", "x"), call("c2", "y")]),
                json!([result("c1", "found"), result("c2", "lost")]),
            ),
            Wish::FailedTool => {
                let mut failed = result("c1", "broken");
                failed["toolResult"]["status"] = "error".into();
                round(json!([call("c1", "x")]), json!([failed]))
            }
            Wish::ImageInline => said(json!([{ "image": { "format": "png",
                "source": { "bytes": "iVBORw0KGgo=" } } }])),
            Wish::Document => said(json!([{ "document": { "format": "pdf", "name": "Report",
                "source": { "bytes": "JVBERg==" } } }, { "text": "Hoi" }])),
            Wish::Audio => said(json!([{ "audio": { "format": "wav",
                "source": { "bytes": "UklGRg==" } } }])),
            Wish::Schema => with(
                json!({ "outputConfig": { "textFormat": { "type": "json_schema",
                "structure": { "jsonSchema": { "name": "a", "schema":
                    "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}},\"required\":[\"a\"],\"additionalProperties\":false}" } } } } }),
            ),
            Wish::Effort => fields(json!({ "thinking": { "type": "adaptive" },
                "output_config": { "effort": "high" } })),
            Wish::Thoughts => between(json!([
                { "reasoningContent": { "reasoningText": { "text": "Hm", "signature": "S+/=" } } },
                { "text": "Hallo" }])),
            Wish::CacheMark => {
                said(json!([{ "text": "Hoi" }, { "cachePoint": { "type": "default" } }]))
            }
            Wish::Stops => config("stopSequences", json!(["END"])),
            Wish::Temperature => config("temperature", json!(0.5)),
            Wish::TopP => config("topP", json!(0.9)),
            Wish::TopK => fields(json!({ "top_k": 40 })),
            Wish::Unknown => with(json!({ "never_heard_of": 1 })),
            Wish::NoTool
            | Wish::ImageUrl
            | Wish::Json
            | Wish::Seed
            | Wish::Penalties
            | Wish::User
            | Wish::TwoAnswers
            | Wish::Logprobs
            | Wish::WebSearch => return None,
        })
    }

    fn hears(&self, wish: Wish) -> Option<Holds> {
        Some(match wish {
            Wish::Text => vec![
                ("/messages/0/role", json!("user")),
                ("/messages/0/content/0/text", json!("Hoi")),
            ],
            Wish::System => vec![
                ("/system/0/text", json!("Be brief.")),
                ("/messages/0/content/0/text", json!("Hoi")),
            ],
            Wish::MultiTurn => vec![
                ("/messages/1/role", json!("assistant")),
                ("/messages/1/content/0/text", json!("Hallo")),
                ("/messages/2/content/0/text", json!("Und?")),
            ],
            Wish::Tool => vec![
                ("/toolConfig/tools/0/toolSpec/name", json!("f")),
                ("/toolConfig/tools/0/toolSpec/description", json!("Finds.")),
                (
                    "/toolConfig/tools/0/toolSpec/inputSchema/json/properties/q/type",
                    json!("string"),
                ),
            ],
            Wish::AnyTool => vec![("/toolConfig/toolChoice/any", json!({}))],
            Wish::NamedTool => vec![("/toolConfig/toolChoice/tool/name", json!("f"))],
            // Where nothing has been called yet, there are no tools to call.
            Wish::NoTool => vec![("/toolConfig", Value::Null)],
            Wish::ToolRound => vec![
                ("/messages/1/content/0/toolUse/input/q", json!("x")),
                (
                    "/messages/2/content/0/toolResult/content/0/text",
                    json!("found"),
                ),
            ],
            Wish::ParallelRound => vec![
                ("/messages/1/content/1/toolUse/input/q", json!("y")),
                (
                    "/messages/2/content/0/toolResult/content/0/text",
                    json!("found"),
                ),
                (
                    "/messages/2/content/1/toolResult/content/0/text",
                    json!("lost"),
                ),
            ],
            Wish::FailedTool => {
                vec![("/messages/2/content/0/toolResult/status", json!("error"))]
            }
            Wish::ImageInline => vec![(
                "/messages/0/content/0/image/source/bytes",
                json!("iVBORw0KGgo="),
            )],
            Wish::Document => vec![(
                "/messages/0/content/0/document/source/bytes",
                json!("JVBERg=="),
            )],
            Wish::Schema => vec![
                ("/outputConfig/textFormat/type", json!("json_schema")),
                (
                    "/outputConfig/textFormat/structure/jsonSchema/schema",
                    json!("*"),
                ),
            ],
            Wish::Effort => vec![(
                "/additionalModelRequestFields/output_config/effort",
                json!("high"),
            )],
            Wish::Thoughts => vec![
                (
                    "/messages/1/content/0/reasoningContent/reasoningText/signature",
                    json!("S+/="),
                ),
                (
                    "/messages/1/content/0/reasoningContent/reasoningText/text",
                    json!("Hm"),
                ),
            ],
            Wish::CacheMark => vec![("/messages/0/content/1/cachePoint/type", json!("default"))],
            Wish::Stops => vec![("/inferenceConfig/stopSequences/0", json!("END"))],
            Wish::Temperature => vec![("/inferenceConfig/temperature", json!(0.5))],
            Wish::TopP => vec![("/inferenceConfig/topP", json!(0.9))],
            Wish::TopK => vec![("/additionalModelRequestFields/top_k", json!(40))],
            Wish::MaxTokens => vec![("/inferenceConfig/maxTokens", json!(100))],
            Wish::OneAtATime
            | Wish::ImageUrl
            | Wish::Audio
            | Wish::Json
            | Wish::Seed
            | Wish::Penalties
            | Wish::User
            | Wish::TwoAnswers
            | Wish::Logprobs
            | Wish::WebSearch
            | Wish::Unknown => return None,
        })
    }

    fn answers(&self, told: Told) -> Option<Value> {
        let text = json!({ "text": "Grüezi" });
        let with = |name: &str| {
            let mut told = usage();
            told["inputTokens"] = 6.into();
            told[name] = 4.into();
            told
        };
        let picture =
            json!({ "image": { "format": "png", "source": { "bytes": "iVBORw0KGgo=" } } });
        let calls = json!([call("c1", "x"), call("c2", "y")]);
        let thought = json!({ "reasoningContent": { "reasoningText": { "text": "Hm", "signature": "S+/=" } } });
        Some(match told {
            Told::Words => answer(json!([text]), "end_turn", usage()),
            Told::Call => answer(json!([call("c1", "x")]), "tool_use", usage()),
            Told::Calls => answer(calls, "tool_use", usage()),
            Told::WordsAndCall => answer(json!([text, call("c1", "x")]), "tool_use", usage()),
            Told::Thoughts => answer(json!([thought, text]), "end_turn", usage()),
            Told::Length => answer(json!([text]), "max_tokens", usage()),
            Told::Filtered => answer(json!([text]), "content_filtered", usage()),
            Told::Cached => answer(json!([text]), "end_turn", with("cacheReadInputTokens")),
            Told::Written => answer(json!([text]), "end_turn", with("cacheWriteInputTokens")),
            Told::Picture => answer(json!([picture]), "end_turn", usage()),
            Told::StopText => answer(json!([text]), "stop_sequence", usage()),
            Told::Cited => {
                let cited = json!({ "title": "A", "sourceContent": [{ "text": "Said." }],
                    "location": { "web": { "url": "https://example.com/a" } } });
                let said =
                    json!({ "citationsContent": { "content": [text], "citations": [cited] } });
                answer(json!([said]), "end_turn", usage())
            }
            Told::Redacted => {
                let redacted = json!({ "reasoningContent": { "redactedContent": "R+/=" } });
                answer(json!([redacted, text]), "end_turn", usage())
            }
            Told::Refusal | Told::Reasoned => return None,
        })
    }

    fn streams(&self, told: Told) -> Option<Vec<u8>> {
        let whole = self.answers(told)?;
        let mut out = Vec::new();
        let mut put = |name: &str, payload: Value| {
            event_stream::event(name, payload.to_string().as_bytes(), &mut out);
        };
        put("messageStart", json!({ "role": "assistant" }));
        let blocks = whole["output"]["message"]["content"].as_array();
        for (at, block) in blocks.into_iter().flatten().enumerate() {
            let mut deltas = Vec::new();
            let mut start = Value::Null;
            if let Some(call) = block.get("toolUse") {
                start =
                    json!({ "toolUse": { "toolUseId": call["toolUseId"], "name": call["name"] } });
                let text = json!(call["input"].to_string());
                deltas.extend(
                    pieces(&text)
                        .into_iter()
                        .map(|piece| json!({ "toolUse": { "input": piece } })),
                );
            } else if let Some(thought) = block.pointer("/reasoningContent/reasoningText") {
                let texts = pieces(&thought["text"]).into_iter();
                deltas.extend(texts.map(|piece| json!({ "reasoningContent": { "text": piece } })));
                let signature = &thought["signature"];
                deltas.push(json!({ "reasoningContent": { "signature": signature } }));
            } else if let Some(thought) = block.get("reasoningContent") {
                deltas.push(json!({ "reasoningContent": thought }));
            } else if let Some(cited) = block.get("citationsContent") {
                let texts = pieces(&cited["content"][0]["text"]).into_iter();
                deltas.extend(texts.map(|piece| json!({ "text": piece })));
                deltas.push(json!({ "citation": cited["citations"][0] }));
            } else if let Some(image) = block.get("image") {
                start = json!({ "image": { "format": image["format"] } });
                deltas.push(json!({ "image": { "source": image["source"] } }));
            } else {
                let texts = pieces(&block["text"]).into_iter();
                deltas.extend(texts.map(|piece| json!({ "text": piece })));
            }
            if !start.is_null() {
                put(
                    "contentBlockStart",
                    json!({ "contentBlockIndex": at, "start": start }),
                );
            }
            for delta in deltas {
                put(
                    "contentBlockDelta",
                    json!({ "contentBlockIndex": at, "delta": delta }),
                );
            }
            put("contentBlockStop", json!({ "contentBlockIndex": at }));
        }
        put("messageStop", json!({ "stopReason": whole["stopReason"] }));
        put(
            "metadata",
            json!({ "usage": whole["usage"], "metrics": whole["metrics"] }),
        );
        Some(out)
    }

    fn reads(&self, told: Told) -> Option<Holds> {
        let words = |at: &'static str| (at, json!("Grüezi"));
        let first = words("/output/message/content/0/text");
        let stop = |word: &str| ("/stopReason", json!(word));
        Some(match told {
            Told::Words => vec![
                first,
                stop("end_turn"),
                ("/usage/inputTokens", json!(10)),
                ("/usage/outputTokens", json!(5)),
                ("/usage/totalTokens", json!(15)),
            ],
            Told::Call => vec![
                ("/output/message/content/0/toolUse/input/q", json!("x")),
                ("/output/message/content/0/toolUse/name", json!("f")),
                stop("tool_use"),
            ],
            Told::Calls => vec![
                ("/output/message/content/0/toolUse/input/q", json!("x")),
                ("/output/message/content/1/toolUse/input/q", json!("y")),
                stop("tool_use"),
            ],
            Told::WordsAndCall => vec![
                first,
                ("/output/message/content/1/toolUse/input/q", json!("x")),
                stop("tool_use"),
            ],
            Told::Thoughts => vec![
                (
                    "/output/message/content/0/reasoningContent/reasoningText/text",
                    json!("Hm"),
                ),
                words("/output/message/content/1/text"),
            ],
            Told::Refusal => vec![
                ("/output/message/content/0/text", json!("No.")),
                stop("content_filtered"),
            ],
            Told::Length => vec![first, stop("max_tokens")],
            Told::Filtered => vec![first, stop("content_filtered")],
            Told::StopText => vec![first, stop("stop_sequence")],
            Told::Cached => vec![
                ("/usage/inputTokens", json!(6)),
                ("/usage/cacheReadInputTokens", json!(4)),
            ],
            Told::Written => vec![
                ("/usage/inputTokens", json!(6)),
                ("/usage/cacheWriteInputTokens", json!(4)),
            ],
            Told::Reasoned => vec![("/usage/outputTokens", json!(5))],
            Told::Redacted => vec![
                (
                    "/output/message/content/0/reasoningContent/redactedContent",
                    json!("R+/="),
                ),
                words("/output/message/content/1/text"),
            ],
            Told::Cited => return None,
            Told::Picture => vec![(
                "/output/message/content/0/image/source/bytes",
                json!("iVBORw0KGgo="),
            )],
        })
    }

    fn gathers(&self, stream: &[u8]) -> Value {
        let mut whole = answer(json!([]), "", Value::Null);
        let mut arguments = String::new();
        let mut frames = Frames::default();
        frames.push(stream);
        while let Some(frame) = frames.next_frame().expect("messages") {
            let event: Value = serde_json::from_slice(frame.payload).expect("JSON");
            let at = event["contentBlockIndex"].as_u64().unwrap_or(0);
            let at = usize::try_from(at).expect("a small number");
            let content = &mut whole["output"]["message"]["content"];
            match frame.name {
                "contentBlockStart" => {
                    arguments.clear();
                    let blocks = content.as_array_mut().expect("a list");
                    assert_eq!(blocks.len(), at, "blocks follow each other");
                    blocks.push(event["start"].clone());
                }
                "contentBlockDelta" => {
                    let blocks = content.as_array_mut().expect("a list");
                    if blocks.len() == at {
                        blocks.push(json!({}));
                    }
                    gather(&mut blocks[at], &event["delta"], &mut arguments);
                }
                "messageStop" => whole["stopReason"] = event["stopReason"].clone(),
                "metadata" => whole["usage"] = event["usage"].clone(),
                _ => {}
            }
        }
        assert!(!frames.is_cut());
        whole
    }
}

/// Adds a piece to its block.
fn gather(block: &mut Value, delta: &Value, arguments: &mut String) {
    if let Some(text) = delta["text"].as_str() {
        append(&mut block["text"], text);
    }
    for name in ["text", "signature"] {
        if let Some(text) = delta["reasoningContent"][name].as_str() {
            append(&mut block["reasoningContent"]["reasoningText"][name], text);
        }
    }
    if let Some(redacted) = delta["reasoningContent"].get("redactedContent") {
        block["reasoningContent"]["redactedContent"] = redacted.clone();
    }
    if let Some(piece) = delta["toolUse"]["input"].as_str() {
        arguments.push_str(piece);
        if let Ok(input) = serde_json::from_str::<Value>(arguments) {
            block["toolUse"]["input"] = input;
        }
    }
    if let Some(source) = delta["image"].get("source") {
        block["image"]["source"] = source.clone();
    }
}
