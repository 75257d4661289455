//! Ollama's own answer to one prompt.

use serde_json::{Value, json};
use tollgate_model::Dialect;

use crate::openai_chat::{append, pieces};
use crate::voice::{Holds, Told, Voice, Wish};

pub(crate) struct OllamaGenerate;

fn with(members: Value) -> Value {
    let mut body = json!({ "model": "m", "stream": false, "prompt": "Hoi" });
    for (name, value) in members.as_object().expect("members") {
        body[name] = value.clone();
    }
    body
}

fn options(options: Value) -> Value {
    with(json!({ "options": options }))
}

fn answer(said: Value, reason: &str) -> Value {
    let mut answer = json!({ "model": "up", "created_at": "2026-01-01T00:00:00Z",
        "response": "Grüezi", "done": true, "done_reason": reason, "prompt_eval_count": 10,
        "eval_count": 5 });
    for (name, value) in said.as_object().expect("members") {
        answer[name] = value.clone();
    }
    answer
}

impl Voice for OllamaGenerate {
    fn dialect(&self) -> Dialect {
        Dialect::OllamaGenerate
    }

    fn model(&self, _wish: Wish) -> &'static str {
        "qwen3:8b"
    }

    fn asks(&self, wish: Wish) -> Option<Value> {
        Some(match wish {
            Wish::Text => with(json!({})),
            Wish::System => with(json!({ "system": "Be brief." })),
            Wish::ImageInline => with(json!({ "images": ["iVBORw0KGgo="] })),
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
            _ => return None,
        })
    }

    fn hears(&self, wish: Wish) -> Option<Holds> {
        Some(match wish {
            Wish::Text => vec![("/prompt", json!("Hoi"))],
            Wish::System => vec![("/system", json!("Be brief.")), ("/prompt", json!("Hoi"))],
            Wish::ImageInline => vec![("/images/0", json!("iVBORw0KGgo="))],
            Wish::Schema => vec![("/format/properties/a/type", json!("string"))],
            Wish::Json => vec![("/format", json!("json"))],
            Wish::Effort => vec![("/think", json!("*"))],
            Wish::Stops => vec![("/options/stop/0", json!("END"))],
            Wish::Temperature => vec![("/options/temperature", json!(0.5))],
            Wish::TopP => vec![("/options/top_p", json!(0.9))],
            Wish::TopK => vec![("/options/top_k", json!(40))],
            Wish::Seed => vec![("/options/seed", json!(7))],
            Wish::Penalties => vec![("/options/frequency_penalty", json!(0.5))],
            Wish::MaxTokens => vec![("/options/num_predict", json!(100))],
            _ => return None,
        })
    }

    fn answers(&self, told: Told) -> Option<Value> {
        Some(match told {
            Told::Words => answer(json!({}), "stop"),
            Told::Thoughts => answer(json!({ "thinking": "Hm" }), "stop"),
            Told::Length => answer(json!({}), "length"),
            _ => return None,
        })
    }

    fn streams(&self, told: Told) -> Option<Vec<u8>> {
        let whole = self.answers(told)?;
        let line = |name: &str, piece: String| {
            let mut line = json!({ "model": "up", "created_at": "2026-01-01T00:00:00Z",
                "response": "", "done": false });
            line[name] = piece.into();
            line
        };
        let mut lines = Vec::new();
        for name in ["thinking", "response"] {
            let said = pieces(&whole[name]).into_iter();
            lines.extend(said.map(|piece| line(name, piece)));
        }
        let mut last = whole.clone();
        last["response"] = "".into();
        last.as_object_mut().map(|last| last.remove("thinking"));
        lines.push(last);
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        Some(text.into_bytes())
    }

    fn reads(&self, told: Told) -> Option<Holds> {
        let words = ("/response", json!("Grüezi"));
        let reason = |word: &str| ("/done_reason", json!(word));
        Some(match told {
            Told::Words => vec![
                words,
                reason("stop"),
                ("/prompt_eval_count", json!(10)),
                ("/eval_count", json!(5)),
            ],
            Told::Thoughts => vec![("/thinking", json!("Hm")), words],
            Told::Refusal => vec![("/response", json!("No."))],
            Told::Length => vec![words, reason("length")],
            Told::Filtered => vec![reason("content_filter")],
            Told::StopText => vec![words, reason("stop")],
            Told::Reasoned => vec![("/eval_count", json!(5))],
            _ => return None,
        })
    }

    fn gathers(&self, stream: &[u8]) -> Value {
        let text = std::str::from_utf8(stream).expect("a stream of text");
        let mut said = json!({ "response": "", "thinking": "" });
        let mut whole = Value::Null;
        for line in text.lines() {
            whole = serde_json::from_str(line).expect("a line of JSON");
            for name in ["response", "thinking"] {
                let more = whole[name].as_str();
                append(&mut said[name], more.unwrap_or_default());
            }
        }
        assert_eq!(whole["done"], json!(true));
        for name in ["response", "thinking"] {
            whole[name] = said[name].clone();
        }
        whole
    }
}
