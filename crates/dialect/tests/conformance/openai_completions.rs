//! OpenAI's completions, from before there was chat.

use serde_json::{Value, json};
use tollgate_model::Dialect;

use crate::openai_chat::{append, pieces};
use crate::voice::{Holds, Told, Voice, Wish, events, stream};

pub(crate) struct OpenaiCompletions;

fn with(members: Value) -> Value {
    let mut body = json!({ "model": "m", "prompt": "Hoi", "max_tokens": 50 });
    for (name, value) in members.as_object().expect("members") {
        body[name] = value.clone();
    }
    body
}

fn answer(text: &str, finish: &str, more: Value) -> Value {
    let mut usage = json!({ "prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15 });
    for (name, value) in more.as_object().expect("members") {
        usage[name] = value.clone();
    }
    json!({ "id": "c1", "object": "text_completion", "created": 1, "model": "up",
        "choices": [{ "text": text, "index": 0, "logprobs": null, "finish_reason": finish }],
        "usage": usage })
}

impl Voice for OpenaiCompletions {
    fn dialect(&self) -> Dialect {
        Dialect::OpenaiCompletions
    }

    fn model(&self, _wish: Wish) -> &'static str {
        "gpt-3.5-turbo-instruct"
    }

    fn asks(&self, wish: Wish) -> Option<Value> {
        Some(match wish {
            Wish::Text => with(json!({})),
            Wish::Stops => with(json!({ "stop": ["END"] })),
            Wish::Temperature => with(json!({ "temperature": 0.5 })),
            Wish::TopP => with(json!({ "top_p": 0.9 })),
            Wish::Seed => with(json!({ "seed": 7 })),
            Wish::Penalties => with(json!({ "frequency_penalty": 0.5, "presence_penalty": 0.5 })),
            Wish::MaxTokens => with(json!({ "max_tokens": 100 })),
            Wish::User => with(json!({ "user": "u-1" })),
            Wish::TwoAnswers => with(json!({ "n": 2 })),
            Wish::Logprobs => with(json!({ "logprobs": 1 })),
            Wish::Unknown => with(json!({ "never_heard_of": 1 })),
            _ => return None,
        })
    }

    fn hears(&self, wish: Wish) -> Option<Holds> {
        Some(match wish {
            Wish::Text => vec![("/prompt", json!("Hoi"))],
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
            _ => return None,
        })
    }

    fn answers(&self, told: Told) -> Option<Value> {
        Some(match told {
            Told::Words => answer("Grüezi", "stop", json!({})),
            Told::Length => answer("Grüezi", "length", json!({})),
            Told::Filtered => answer("Grüezi", "content_filter", json!({})),
            Told::Cached => answer(
                "Grüezi",
                "stop",
                json!({ "prompt_tokens_details": { "cached_tokens": 4 } }),
            ),
            _ => return None,
        })
    }

    fn streams(&self, told: Told) -> Option<Vec<u8>> {
        let whole = self.answers(told)?;
        let chunk = |text: &str, finish: &Value| {
            json!({ "id": "c1", "object": "text_completion", "created": 1, "model": "up",
                "choices": [{ "text": text, "index": 0, "logprobs": null, "finish_reason": finish }] })
        };
        let choice = &whole["choices"][0];
        let said = pieces(&choice["text"]);
        let mut chunks: Vec<Value> = said.iter().map(|text| chunk(text, &Value::Null)).collect();
        chunks.push(chunk("", &choice["finish_reason"]));
        let mut last = chunk("", &Value::Null);
        last["choices"] = json!([]);
        last["usage"] = whole["usage"].clone();
        chunks.push(last);
        let mut bytes = stream(&chunks, false);
        bytes.extend_from_slice(b"data: [DONE]\n\n");
        Some(bytes)
    }

    fn reads(&self, told: Told) -> Option<Holds> {
        let words = ("/choices/0/text", json!("Grüezi"));
        let finish = |word: &str| ("/choices/0/finish_reason", json!(word));
        Some(match told {
            Told::Words | Told::StopText => vec![
                words,
                finish("stop"),
                ("/usage/prompt_tokens", json!(10)),
                ("/usage/completion_tokens", json!(5)),
            ],
            Told::Refusal => vec![("/choices/0/text", json!("No."))],
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
            // A text that goes on from another one is nothing but text.
            _ => return None,
        })
    }

    fn gathers(&self, stream: &[u8]) -> Value {
        let (mut text, mut finish, mut usage) = (json!(""), Value::Null, Value::Null);
        for chunk in events(stream) {
            let choice = &chunk["choices"][0];
            append(&mut text, choice["text"].as_str().unwrap_or_default());
            if !choice["finish_reason"].is_null() {
                finish = choice["finish_reason"].clone();
            }
            if !chunk["usage"].is_null() {
                usage = chunk["usage"].clone();
            }
        }
        json!({ "choices": [{ "text": text, "finish_reason": finish }], "usage": usage })
    }
}
