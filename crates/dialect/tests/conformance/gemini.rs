//! Gemini's generateContent.

use serde_json::{Value, json};
use tollgate_model::Dialect;

use crate::openai_chat::{append, pieces};
use crate::voice::{Holds, Told, Voice, Wish, events, stream};

pub(crate) struct Gemini;

fn with(members: Value) -> Value {
    let mut body = json!({ "contents": [{ "role": "user", "parts": [{ "text": "Hoi" }] }] });
    for (name, value) in members.as_object().expect("members") {
        body[name] = value.clone();
    }
    body
}

fn tuned(config: Value) -> Value {
    with(json!({ "generationConfig": config }))
}

fn said(part: Value) -> Value {
    with(json!({ "contents": [{ "role": "user", "parts": [part] }] }))
}

fn tool(more: Value) -> Value {
    let schema = json!({ "type": "OBJECT", "properties": { "q": { "type": "STRING" } } });
    let mut body = with(json!({ "tools": [{ "functionDeclarations":
        [{ "name": "f", "description": "Finds.", "parameters": schema }] }] }));
    for (name, value) in more.as_object().expect("members") {
        body[name] = value.clone();
    }
    body
}

fn choosing(config: Value) -> Value {
    tool(json!({ "toolConfig": { "functionCallingConfig": config } }))
}

fn call(q: &str) -> Value {
    json!({ "functionCall": { "name": "f", "args": { "q": q } } })
}

fn result(response: Value) -> Value {
    json!({ "functionResponse": { "name": "f", "response": response } })
}

fn round(calls: Value, results: Value) -> Value {
    tool(
        json!({ "contents": [{ "role": "user", "parts": [{ "text": "Hoi" }] },
        { "role": "model", "parts": calls }, { "role": "user", "parts": results }] }),
    )
}

fn between(parts: Value) -> Value {
    with(
        json!({ "contents": [{ "role": "user", "parts": [{ "text": "Hoi" }] },
        { "role": "model", "parts": parts }, { "role": "user", "parts": [{ "text": "Und?" }] }] }),
    )
}

fn answer(parts: Value, finish: &str, usage: Value) -> Value {
    json!({ "candidates": [{ "content": { "role": "model", "parts": parts },
        "finishReason": finish, "index": 0 }], "usageMetadata": usage, "modelVersion": "up",
        "responseId": "r1" })
}

fn usage() -> Value {
    json!({ "promptTokenCount": 10, "candidatesTokenCount": 5, "totalTokenCount": 15 })
}

impl Voice for Gemini {
    fn dialect(&self) -> Dialect {
        Dialect::Gemini
    }

    fn model(&self, wish: Wish) -> &'static str {
        match wish {
            Wish::Effort => "gemini-3-pro",
            _ => "gemini-2.5-flash",
        }
    }

    fn asks(&self, wish: Wish) -> Option<Value> {
        let inline = |mime: &str, data: &str| {
            said(json!({ "inlineData": { "mimeType": mime, "data": data } }))
        };
        Some(match wish {
            Wish::Text => with(json!({})),
            Wish::System => {
                with(json!({ "systemInstruction": { "parts": [{ "text": "Be brief." }] } }))
            }
            Wish::MultiTurn => between(json!([{ "text": "Hallo" }])),
            Wish::Tool => tool(json!({})),
            Wish::AnyTool => choosing(json!({ "mode": "ANY" })),
            Wish::NamedTool => choosing(json!({ "mode": "ANY", "allowedFunctionNames": ["f"] })),
            Wish::NoTool => choosing(json!({ "mode": "NONE" })),
            Wish::ToolRound => round(
                json!([call("x")]),
                json!([result(json!({ "output": "found" }))]),
            ),
            Wish::ParallelRound => round(
                json!([call("x"), call("y")]),
                json!([
                    result(json!({ "output": "found" })),
                    result(json!({ "output": "lost" }))
                ]),
            ),
            Wish::FailedTool => round(
                json!([call("x")]),
                json!([result(json!({ "error": "broken" }))]),
            ),
            Wish::ImageInline => inline("image/png", "iVBORw0KGgo="),
            Wish::ImageUrl => said(json!({ "fileData":
                { "mimeType": "image/png", "fileUri": "https://example.com/a.png" } })),
            Wish::Document => inline("application/pdf", "JVBERg=="),
            Wish::Audio => inline("audio/wav", "UklGRg=="),
            Wish::Schema => tuned(
                json!({ "responseMimeType": "application/json", "responseSchema":
                { "type": "OBJECT", "properties": { "a": { "type": "STRING" } }, "required": ["a"] } }),
            ),
            Wish::Json => tuned(json!({ "responseMimeType": "application/json" })),
            Wish::Effort => tuned(json!({ "thinkingConfig": { "thinkingLevel": "high" } })),
            Wish::Thoughts => between(json!([
                { "text": "Hm", "thought": true }, { "text": "Hallo", "thoughtSignature": "R2Vt" }])),
            Wish::Stops => tuned(json!({ "stopSequences": ["END"] })),
            Wish::Temperature => tuned(json!({ "temperature": 0.5 })),
            Wish::TopP => tuned(json!({ "topP": 0.9 })),
            Wish::TopK => tuned(json!({ "topK": 40 })),
            Wish::Seed => tuned(json!({ "seed": 7 })),
            Wish::Penalties => tuned(json!({ "frequencyPenalty": 0.5, "presencePenalty": 0.5 })),
            Wish::MaxTokens => tuned(json!({ "maxOutputTokens": 100 })),
            Wish::TwoAnswers => tuned(json!({ "candidateCount": 2 })),
            Wish::Logprobs => tuned(json!({ "responseLogprobs": true })),
            Wish::WebSearch => with(json!({ "tools": [{ "googleSearch": {} }] })),
            Wish::Unknown => with(json!({ "neverHeardOf": 1 })),
            Wish::OneAtATime | Wish::CacheMark | Wish::User => return None,
        })
    }

    fn hears(&self, wish: Wish) -> Option<Holds> {
        let config = "/toolConfig/functionCallingConfig/mode";
        let data = "/contents/0/parts/0/inlineData/data";
        Some(match wish {
            Wish::Text => vec![
                ("/contents/0/role", json!("user")),
                ("/contents/0/parts/0/text", json!("Hoi")),
            ],
            Wish::System => vec![
                ("/systemInstruction/parts/0/text", json!("Be brief.")),
                ("/contents/0/parts/0/text", json!("Hoi")),
            ],
            Wish::MultiTurn => vec![
                ("/contents/1/role", json!("model")),
                ("/contents/1/parts/0/text", json!("Hallo")),
                ("/contents/2/parts/0/text", json!("Und?")),
            ],
            Wish::Tool => vec![
                ("/tools/0/functionDeclarations/0/name", json!("f")),
                (
                    "/tools/0/functionDeclarations/0/description",
                    json!("Finds."),
                ),
                (
                    "/tools/0/functionDeclarations/0/parameters/properties/q/type",
                    json!("string"),
                ),
            ],
            Wish::AnyTool => vec![(config, json!("ANY"))],
            Wish::NamedTool => vec![
                (config, json!("ANY")),
                (
                    "/toolConfig/functionCallingConfig/allowedFunctionNames/0",
                    json!("f"),
                ),
            ],
            Wish::NoTool => vec![(config, json!("NONE"))],
            Wish::ToolRound => vec![
                ("/contents/1/parts/0/functionCall/args/q", json!("x")),
                ("/contents/2/parts/0/functionResponse/name", json!("f")),
                (
                    "/contents/2/parts/0/functionResponse/response/output",
                    json!("found"),
                ),
            ],
            Wish::ParallelRound => vec![
                ("/contents/1/parts/1/functionCall/args/q", json!("y")),
                (
                    "/contents/2/parts/0/functionResponse/response/output",
                    json!("found"),
                ),
                (
                    "/contents/2/parts/1/functionResponse/response/output",
                    json!("lost"),
                ),
            ],
            Wish::FailedTool => vec![(
                "/contents/2/parts/0/functionResponse/response/error",
                json!("broken"),
            )],
            Wish::ImageInline => vec![(data, json!("iVBORw0KGgo="))],
            Wish::Document => vec![(data, json!("JVBERg=="))],
            Wish::Audio => vec![(data, json!("UklGRg=="))],
            Wish::Schema => vec![
                (
                    "/generationConfig/responseMimeType",
                    json!("application/json"),
                ),
                (
                    "/generationConfig/responseSchema/properties/a/type",
                    json!("string"),
                ),
            ],
            Wish::Json => vec![(
                "/generationConfig/responseMimeType",
                json!("application/json"),
            )],
            Wish::Effort => vec![(
                "/generationConfig/thinkingConfig/thinkingLevel",
                json!("high"),
            )],
            Wish::Stops => vec![("/generationConfig/stopSequences/0", json!("END"))],
            Wish::Temperature => vec![("/generationConfig/temperature", json!(0.5))],
            Wish::TopP => vec![("/generationConfig/topP", json!(0.9))],
            Wish::TopK => vec![("/generationConfig/topK", json!(40))],
            Wish::Seed => vec![("/generationConfig/seed", json!(7))],
            Wish::Penalties => vec![
                ("/generationConfig/frequencyPenalty", json!(0.5)),
                ("/generationConfig/presencePenalty", json!(0.5)),
            ],
            Wish::MaxTokens => vec![("/generationConfig/maxOutputTokens", json!(100))],
            Wish::OneAtATime
            | Wish::ImageUrl
            | Wish::Thoughts
            | Wish::CacheMark
            | Wish::User
            | Wish::TwoAnswers
            | Wish::Logprobs
            | Wish::Unknown => return None,
            Wish::WebSearch => vec![("/tools/0/googleSearch", json!({}))],
        })
    }

    fn answers(&self, told: Told) -> Option<Value> {
        let text = json!({ "text": "Grüezi" });
        let with = |name: &str, count: u64| {
            let mut told = usage();
            told[name] = count.into();
            told
        };
        Some(match told {
            Told::Words => answer(json!([text]), "STOP", usage()),
            Told::Call => answer(json!([call("x")]), "STOP", usage()),
            Told::Calls => answer(json!([call("x"), call("y")]), "STOP", usage()),
            Told::WordsAndCall => answer(json!([text, call("x")]), "STOP", usage()),
            Told::Thoughts => answer(
                json!([{ "text": "Hm", "thought": true }, text]),
                "STOP",
                usage(),
            ),
            Told::Length => answer(json!([text]), "MAX_TOKENS", usage()),
            Told::Filtered => answer(json!([text]), "SAFETY", usage()),
            Told::Cached => answer(json!([text]), "STOP", with("cachedContentTokenCount", 4)),
            Told::Reasoned => {
                let mut told = with("thoughtsTokenCount", 3);
                told["candidatesTokenCount"] = 2.into();
                answer(json!([text]), "STOP", told)
            }
            Told::Picture => answer(
                json!([{ "inlineData": { "mimeType": "image/png", "data": "iVBORw0KGgo=" } }]),
                "STOP",
                usage(),
            ),
            Told::Cited => {
                let mut cited = answer(json!([text]), "STOP", usage());
                cited["candidates"][0]["groundingMetadata"] = json!({
                    "webSearchQueries": ["a"],
                    "groundingChunks": [{ "web": { "uri": "https://example.com/a", "title": "A" } }],
                    "groundingSupports": [{ "segment": { "endIndex": 7, "text": "Grüezi" },
                        "groundingChunkIndices": [0] }] });
                cited
            }
            Told::Refusal | Told::StopText | Told::Written | Told::Redacted => return None,
        })
    }

    fn streams(&self, told: Told) -> Option<Vec<u8>> {
        let whole = self.answers(told)?;
        let candidate = &whole["candidates"][0];
        let mut chunks = Vec::new();
        for part in candidate["content"]["parts"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let several = pieces(&part["text"]);
            let parts: Vec<Value> = match several.is_empty() {
                true => vec![part.clone()],
                false => several
                    .into_iter()
                    .map(|piece| {
                        let mut part = part.clone();
                        part["text"] = piece.into();
                        part
                    })
                    .collect(),
            };
            chunks.extend(parts.into_iter().map(|part| {
                json!({ "candidates": [{ "content": { "role": "model", "parts": [part] },
                    "index": 0 }], "modelVersion": "up", "responseId": "r1" })
            }));
        }
        if let Some(last) = chunks.last_mut() {
            last["candidates"][0]["finishReason"] = candidate["finishReason"].clone();
            last["usageMetadata"] = whole["usageMetadata"].clone();
            if let Some(grounding) = candidate.get("groundingMetadata") {
                last["candidates"][0]["groundingMetadata"] = grounding.clone();
            }
        }
        Some(stream(&chunks, false))
    }

    fn reads(&self, told: Told) -> Option<Holds> {
        let words = |at: &'static str| (at, json!("Grüezi"));
        let first = words("/candidates/0/content/parts/0/text");
        let call = (
            "/candidates/0/content/parts/0/functionCall/args/q",
            json!("x"),
        );
        let finish = |word: &str| ("/candidates/0/finishReason", json!(word));
        Some(match told {
            Told::Words | Told::StopText => vec![
                first,
                finish("STOP"),
                ("/usageMetadata/promptTokenCount", json!(10)),
                ("/usageMetadata/candidatesTokenCount", json!(5)),
            ],
            Told::Call => vec![
                call,
                (
                    "/candidates/0/content/parts/0/functionCall/name",
                    json!("f"),
                ),
                finish("STOP"),
            ],
            Told::Calls => vec![
                call,
                (
                    "/candidates/0/content/parts/1/functionCall/args/q",
                    json!("y"),
                ),
            ],
            Told::WordsAndCall => vec![
                first,
                (
                    "/candidates/0/content/parts/1/functionCall/args/q",
                    json!("x"),
                ),
            ],
            Told::Thoughts => vec![
                ("/candidates/0/content/parts/0/text", json!("Hm")),
                ("/candidates/0/content/parts/0/thought", json!(true)),
                words("/candidates/0/content/parts/1/text"),
            ],
            Told::Refusal => vec![("/candidates/0/content/parts/0/text", json!("No."))],
            Told::Length => vec![first, finish("MAX_TOKENS")],
            Told::Filtered => vec![first, finish("SAFETY")],
            Told::Cached => vec![
                ("/usageMetadata/promptTokenCount", json!(10)),
                ("/usageMetadata/cachedContentTokenCount", json!(4)),
            ],
            Told::Written => vec![("/usageMetadata/promptTokenCount", json!(10))],
            Told::Reasoned => vec![
                ("/usageMetadata/candidatesTokenCount", json!(2)),
                ("/usageMetadata/thoughtsTokenCount", json!(3)),
            ],
            Told::Cited => vec![
                first,
                (
                    "/candidates/0/groundingMetadata/groundingChunks/0/web/uri",
                    json!("https://example.com/a"),
                ),
                (
                    "/candidates/0/groundingMetadata/groundingSupports/0/segment/endIndex",
                    json!(7),
                ),
            ],
            Told::Picture | Told::Redacted => return None,
        })
    }

    fn gathers(&self, stream: &[u8]) -> Value {
        let (mut parts, mut finish, mut usage) = (Vec::<Value>::new(), Value::Null, Value::Null);
        let mut grounding = Value::Null;
        for chunk in events(stream) {
            let candidate = &chunk["candidates"][0];
            for part in candidate["content"]["parts"]
                .as_array()
                .into_iter()
                .flatten()
            {
                let is_text = part["text"].is_string();
                match parts.last_mut() {
                    Some(last)
                        if is_text
                            && last["text"].is_string()
                            && last["thought"] == part["thought"] =>
                    {
                        append(&mut last["text"], part["text"].as_str().unwrap_or_default());
                    }
                    _ if is_text && part["text"] == "" => {}
                    _ => parts.push(part.clone()),
                }
            }
            if !candidate["groundingMetadata"].is_null() {
                grounding = candidate["groundingMetadata"].clone();
            }
            if !candidate["finishReason"].is_null() {
                finish = candidate["finishReason"].clone();
            }
            if !chunk["usageMetadata"].is_null() {
                usage = chunk["usageMetadata"].clone();
            }
        }
        json!({ "candidates": [{ "content": { "parts": parts }, "finishReason": finish,
            "groundingMetadata": grounding }],
            "usageMetadata": usage })
    }
}
