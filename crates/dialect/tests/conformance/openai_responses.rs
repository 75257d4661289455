//! OpenAI's responses.

use serde_json::{Value, json};
use tollgate_model::Dialect;

use crate::openai_chat::pieces;
use crate::voice::{Holds, Told, Voice, Wish, events, stream};

pub(crate) struct OpenaiResponses;

fn with(members: Value) -> Value {
    let mut body = json!({ "model": "m", "input": [{ "role": "user", "content": "Hoi" }] });
    for (name, value) in members.as_object().expect("members") {
        body[name] = value.clone();
    }
    body
}

fn said(part: Value) -> Value {
    with(json!({ "input": [{ "role": "user", "content": [part] }] }))
}

fn tool(more: Value) -> Value {
    let parameters = json!({ "type": "object", "properties": { "q": { "type": "string" } } });
    let tool = json!({ "type": "function", "name": "f", "description": "Finds.",
        "parameters": parameters, "strict": false });
    let mut body = with(json!({ "tools": [tool] }));
    for (name, value) in more.as_object().expect("members") {
        body[name] = value.clone();
    }
    body
}

fn call(id: &str, arguments: &str) -> Value {
    json!({ "type": "function_call", "id": format!("fc_{id}"), "call_id": id, "name": "f",
        "arguments": arguments, "status": "completed" })
}

fn round(ids: &[(&str, &str, &str)]) -> Value {
    let mut input = vec![json!({ "role": "user", "content": "Hoi" })];
    input.extend(ids.iter().map(|(id, arguments, _)| call(id, arguments)));
    input.extend(ids.iter().map(
        |(id, _, output)| json!({ "type": "function_call_output", "call_id": id, "output": output }),
    ));
    tool(json!({ "input": input }))
}

fn between(item: Value, more: Value) -> Value {
    let user = |text: &str| json!({ "role": "user", "content": text });
    let mut input = vec![user("Hoi"), item];
    if !more.is_null() {
        input.push(more);
    }
    input.push(user("Und?"));
    with(json!({ "input": input }))
}

fn format(format: Value) -> Value {
    with(json!({ "text": { "format": format } }))
}

fn message(part: Value) -> Value {
    json!({ "type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
        "content": [part] })
}

fn words() -> Value {
    message(json!({ "type": "output_text", "text": "Grüezi", "annotations": [] }))
}

fn answer(output: Value, reason: Option<&str>, usage: Value) -> Value {
    let status = reason.map_or("completed", |_| "incomplete");
    let details = reason.map(|reason| json!({ "reason": reason }));
    json!({ "id": "resp_1", "object": "response", "created_at": 1, "model": "up",
        "status": status, "error": null, "incomplete_details": details, "output": output,
        "usage": usage })
}

fn usage() -> Value {
    json!({ "input_tokens": 10, "output_tokens": 5, "total_tokens": 15 })
}

impl Voice for OpenaiResponses {
    fn dialect(&self) -> Dialect {
        Dialect::OpenaiResponses
    }

    fn model(&self, wish: Wish) -> &'static str {
        match wish {
            Wish::Effort => "gpt-5",
            _ => "gpt-4o",
        }
    }

    fn asks(&self, wish: Wish) -> Option<Value> {
        Some(match wish {
            Wish::Text => with(json!({})),
            Wish::System => with(json!({ "instructions": "Be brief." })),
            Wish::MultiTurn => between(
                json!({ "role": "assistant", "content": "Hallo" }),
                Value::Null,
            ),
            Wish::Tool => tool(json!({})),
            Wish::AnyTool => tool(json!({ "tool_choice": "required" })),
            Wish::NamedTool => tool(json!({ "tool_choice": { "type": "function", "name": "f" } })),
            Wish::NoTool => tool(json!({ "tool_choice": "none" })),
            Wish::OneAtATime => tool(json!({ "parallel_tool_calls": false })),
            Wish::ToolRound => round(&[("c1", r#"{"q":"x"}"#, "found")]),
            Wish::ParallelRound => round(&[
                ("c1", r#"{"q":"x"}"#, "found"),
                ("c2", r#"{"q":"y"}"#, "lost"),
            ]),
            Wish::ImageInline => said(json!({ "type": "input_image", "detail": "auto",
                "image_url": "data:image/png;base64,iVBORw0KGgo=" })),
            Wish::ImageUrl => said(json!({ "type": "input_image", "detail": "auto",
                "image_url": "https://example.com/a.png" })),
            Wish::Document => said(json!({ "type": "input_file",
                "file_data": "data:application/pdf;base64,JVBERg==" })),
            Wish::Schema => format(
                json!({ "type": "json_schema", "name": "answer", "strict": true,
                "schema": { "type": "object", "properties": { "a": { "type": "string" } },
                    "required": ["a"], "additionalProperties": false } }),
            ),
            Wish::Json => format(json!({ "type": "json_object" })),
            Wish::Effort => with(json!({ "reasoning": { "effort": "high" } })),
            Wish::Thoughts => between(
                json!({ "type": "reasoning", "id": "rs_1", "encrypted_content": "gAAA",
                    "summary": [{ "type": "summary_text", "text": "Hm" }] }),
                json!({ "role": "assistant", "content": "Hallo" }),
            ),
            Wish::Temperature => with(json!({ "temperature": 0.5 })),
            Wish::TopP => with(json!({ "top_p": 0.9 })),
            Wish::MaxTokens => with(json!({ "max_output_tokens": 100 })),
            Wish::User => with(json!({ "user": "u-1" })),
            Wish::Logprobs => with(json!({ "include": ["message.output_text.logprobs"] })),
            Wish::WebSearch => with(json!({ "tools": [{ "type": "web_search" }] })),
            Wish::Unknown => with(json!({ "never_heard_of": 1 })),
            Wish::FailedTool
            | Wish::Audio
            | Wish::CacheMark
            | Wish::Stops
            | Wish::TopK
            | Wish::Seed
            | Wish::Penalties
            | Wish::TwoAnswers => return None,
        })
    }

    fn hears(&self, wish: Wish) -> Option<Holds> {
        Some(match wish {
            Wish::Text => vec![
                ("/input/0/role", json!("user")),
                ("/input/0/content", json!("Hoi")),
            ],
            Wish::System => vec![
                ("/instructions", json!("Be brief.")),
                ("/input/0/content", json!("Hoi")),
            ],
            Wish::MultiTurn => vec![
                ("/input/1/role", json!("assistant")),
                ("/input/1/content", json!("Hallo")),
                ("/input/2/content", json!("Und?")),
            ],
            Wish::Tool => vec![
                ("/tools/0/name", json!("f")),
                ("/tools/0/description", json!("Finds.")),
                ("/tools/0/parameters/properties/q/type", json!("string")),
            ],
            Wish::AnyTool => vec![("/tool_choice", json!("required"))],
            Wish::NamedTool => vec![("/tool_choice/name", json!("f"))],
            Wish::NoTool => vec![
                ("/tool_choice", json!("none")),
                ("/tools/0/name", json!("f")),
            ],
            Wish::OneAtATime => vec![("/parallel_tool_calls", json!(false))],
            Wish::ToolRound => vec![
                ("/input/1/arguments", json!(r#"{"q":"x"}"#)),
                ("/input/2/type", json!("function_call_output")),
                ("/input/2/output", json!("found")),
            ],
            Wish::ParallelRound => vec![
                ("/input/2/arguments", json!(r#"{"q":"y"}"#)),
                ("/input/3/output", json!("found")),
                ("/input/4/output", json!("lost")),
            ],
            Wish::FailedTool => vec![("/input/2/output", json!("Error: broken"))],
            Wish::ImageInline => vec![(
                "/input/0/content/0/image_url",
                json!("data:image/png;base64,iVBORw0KGgo="),
            )],
            Wish::ImageUrl => vec![(
                "/input/0/content/0/image_url",
                json!("https://example.com/a.png"),
            )],
            Wish::Document => vec![(
                "/input/0/content/0/file_data",
                json!("data:application/pdf;base64,JVBERg=="),
            )],
            Wish::Schema => vec![
                ("/text/format/type", json!("json_schema")),
                ("/text/format/schema/properties/a/type", json!("string")),
            ],
            Wish::Json => vec![("/text/format/type", json!("json_object"))],
            Wish::Effort => vec![("/reasoning/effort", json!("high"))],
            Wish::Temperature => vec![("/temperature", json!(0.5))],
            Wish::TopP => vec![("/top_p", json!(0.9))],
            Wish::MaxTokens => vec![("/max_output_tokens", json!(100))],
            Wish::User => vec![("/user", json!("u-1"))],
            Wish::Audio
            | Wish::Thoughts
            | Wish::CacheMark
            | Wish::Stops
            | Wish::TopK
            | Wish::Seed
            | Wish::Penalties
            | Wish::TwoAnswers
            | Wish::Logprobs
            | Wish::Unknown => return None,
            Wish::WebSearch => vec![("/tools/0/type", json!("web_search"))],
        })
    }

    fn answers(&self, told: Told) -> Option<Value> {
        let one = call("c1", r#"{"q":"x"}"#);
        let two = call("c2", r#"{"q":"y"}"#);
        Some(match told {
            Told::Words => answer(json!([words()]), None, usage()),
            Told::Call => answer(json!([one]), None, usage()),
            Told::Calls => answer(json!([one, two]), None, usage()),
            Told::WordsAndCall => answer(json!([words(), one]), None, usage()),
            Told::Thoughts => {
                let thought = json!({ "type": "reasoning", "id": "rs_1",
                    "summary": [{ "type": "summary_text", "text": "Hm" }] });
                answer(json!([thought, words()]), None, usage())
            }
            Told::Refusal => {
                let refusal = message(json!({ "type": "refusal", "refusal": "No." }));
                answer(json!([refusal]), None, usage())
            }
            Told::Length => answer(json!([words()]), Some("max_output_tokens"), usage()),
            Told::Filtered => answer(json!([words()]), Some("content_filter"), usage()),
            Told::Cached => {
                let mut told = usage();
                told["input_tokens_details"] = json!({ "cached_tokens": 4 });
                answer(json!([words()]), None, told)
            }
            Told::Reasoned => {
                let mut told = usage();
                told["output_tokens_details"] = json!({ "reasoning_tokens": 3 });
                answer(json!([words()]), None, told)
            }
            Told::Picture => {
                let picture = json!({ "type": "image_generation_call", "id": "ig_1",
                    "status": "completed", "result": "iVBORw0KGgo=" });
                answer(json!([picture]), None, usage())
            }
            Told::Cited => {
                let cited = json!({ "type": "url_citation", "start_index": 0, "end_index": 6,
                    "url": "https://example.com/a", "title": "A" });
                let said =
                    json!({ "type": "output_text", "text": "Grüezi", "annotations": [cited] });
                answer(json!([message(said)]), None, usage())
            }
            Told::StopText | Told::Written | Told::Redacted => return None,
        })
    }

    fn streams(&self, told: Told) -> Option<Vec<u8>> {
        let whole = self.answers(told)?;
        let mut all = vec![json!({ "type": "response.created",
            "response": { "id": "resp_1", "status": "in_progress", "error": null } })];
        for (at, item) in whole["output"].as_array()?.iter().enumerate() {
            let event = |name: &str, member: &str, value: Value| {
                json!({ "type": format!("response.{name}"), "output_index": at,
                    "content_index": 0, "summary_index": 0, member: value })
            };
            let mut begun = item.clone();
            for name in ["content", "summary"] {
                if begun[name].is_array() {
                    begun[name] = json!([]);
                }
            }
            if begun["arguments"].is_string() {
                begun["arguments"] = "".into();
            }
            all.push(event("output_item.added", "item", begun));
            for (place, name) in [
                ("/summary/0/text", "reasoning_summary_text.delta"),
                ("/content/0/text", "output_text.delta"),
                ("/content/0/refusal", "refusal.delta"),
                ("/arguments", "function_call_arguments.delta"),
            ] {
                for piece in item.pointer(place).map(pieces).unwrap_or_default() {
                    all.push(event(name, "delta", piece.into()));
                }
            }
            for cited in item
                .pointer("/content/0/annotations")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                all.push(event(
                    "output_text.annotation.added",
                    "annotation",
                    cited.clone(),
                ));
            }
            all.push(event("output_item.done", "item", item.clone()));
        }
        let last = match whole["status"].as_str()? {
            "incomplete" => "response.incomplete",
            _ => "response.completed",
        };
        all.push(json!({ "type": last, "response": whole }));
        Some(stream(&all, true))
    }

    fn reads(&self, told: Told) -> Option<Holds> {
        let words = ("/output/0/content/0/text", json!("Grüezi"));
        let call = |at| (at, json!(r#"{"q":"x"}"#));
        let status = |word: &str| ("/status", json!(word));
        let reason = |word: &str| ("/incomplete_details/reason", json!(word));
        Some(match told {
            Told::Words | Told::StopText => vec![
                words,
                status("completed"),
                ("/usage/input_tokens", json!(10)),
                ("/usage/output_tokens", json!(5)),
            ],
            Told::Call => vec![
                call("/output/0/arguments"),
                ("/output/0/name", json!("f")),
                ("/output/0/type", json!("function_call")),
                status("completed"),
            ],
            Told::Calls => vec![
                call("/output/0/arguments"),
                ("/output/1/arguments", json!(r#"{"q":"y"}"#)),
            ],
            Told::WordsAndCall => vec![words, call("/output/1/arguments")],
            Told::Thoughts => vec![
                ("/output/0/summary/0/text", json!("Hm")),
                ("/output/1/content/0/text", json!("Grüezi")),
            ],
            Told::Refusal => vec![("/output/0/content/0/refusal", json!("No."))],
            Told::Length => vec![words, status("incomplete"), reason("max_output_tokens")],
            Told::Filtered => vec![words, status("incomplete"), reason("content_filter")],
            Told::Cached => vec![
                ("/usage/input_tokens", json!(10)),
                ("/usage/input_tokens_details/cached_tokens", json!(4)),
            ],
            Told::Written => vec![("/usage/input_tokens", json!(10))],
            Told::Reasoned => vec![
                ("/usage/output_tokens", json!(5)),
                ("/usage/output_tokens_details/reasoning_tokens", json!(3)),
            ],
            Told::Picture => vec![("/output/0/result", json!("iVBORw0KGgo="))],
            Told::Cited => vec![
                words,
                (
                    "/output/0/content/0/annotations/0",
                    json!({ "type": "url_citation", "start_index": 0, "end_index": 6,
                        "url": "https://example.com/a", "title": "A" }),
                ),
            ],
            Told::Redacted => vec![
                ("/output/0/encrypted_content", json!("*")),
                ("/output/1/content/0/text", json!("Grüezi")),
            ],
        })
    }

    /// The last event has all of the answer, which must be what its pieces were.
    fn gathers(&self, stream: &[u8]) -> Value {
        let (mut items, mut whole) = (Vec::new(), Value::Null);
        for event in events(stream) {
            match event["type"].as_str() {
                Some("response.output_item.done") => items.push(event["item"].clone()),
                Some("response.completed" | "response.incomplete") => {
                    whole = event["response"].clone();
                }
                _ => {}
            }
        }
        assert_eq!(whole["output"], json!(items));
        whole
    }
}
