//! What the sandbox does besides conversing: small answers, always the same for the same question, in
//! OpenAI's form (reranking in Jina's), so that every task can be tried without a credential.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};
use tollgate_dialect::task::{Form, Head};
use tollgate_model::task::Task;

use crate::exchange::Exchange;
use crate::sandbox::{Answered, Script, failed, tokens};

/// A red pixel, PNG.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9\
                     HQAAAABJRU5ErkJggg==";
/// How long the vectors are where nobody says.
const DIMENSIONS: usize = 8;
/// The most that they can be.
const DIMENSIONS_MOST: usize = 4096;
/// Tokens of a picture.
const PICTURE: u64 = 272;
/// Bytes of a recording that are taken for a second.
const SECOND: usize = 16_000;
/// Samples in a second of the sandbox's voice, of 8 bits.
const SAMPLES: u32 = 8_000;

/// Answers a request for a task.
pub(crate) fn answer(call: &Exchange, head: &Head, model: &str, body: &[u8]) -> Answered {
    if let Some(failed) = failed(model) {
        return failed;
    }
    let request: Value = serde_json::from_slice(body).unwrap_or_default();
    match head.door.task {
        Task::Embeddings => whole(&embeddings(&request)),
        Task::Rerank => whole(&rerank(&request)),
        Task::Moderations => whole(&moderations(&request)),
        Task::Images | Task::ImageEdits | Task::ImageVariations => images(call, head, &request),
        Task::Speech => speech(&request, head.stream),
        Task::Transcriptions | Task::Translations => transcription(call, head, body),
    }
}

fn whole(answer: &Value) -> Answered {
    given("application/json", [answer.to_string()])
}

fn given<P: Into<Bytes>>(kind: &'static str, pieces: impl IntoIterator<Item = P>) -> Answered {
    Answered {
        status: 200,
        kind: Some(HeaderValue::from_static(kind)),
        script: Script::of(pieces.into_iter().map(Into::into)),
    }
}

fn events(all: Vec<Value>) -> Answered {
    let written = all.into_iter().map(|event| {
        let name = event["type"].as_str().unwrap_or_default().to_owned();
        format!("event: {name}\ndata: {event}\n\n")
    });
    given("text/event-stream", written)
}

/// The texts under a member: one, or a list.
fn texts(member: &Value) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match member {
        // Numbers are the tokens of one text.
        Value::Array(list) if !list.iter().all(Value::is_number) => list.iter().map(text).collect(),
        other => vec![text(other)],
    }
}

fn embeddings(request: &Value) -> Value {
    let inputs = texts(&request["input"]);
    let wanted = request["dimensions"].as_u64();
    let wanted = wanted.and_then(|count| usize::try_from(count).ok());
    let dimensions = wanted.unwrap_or(DIMENSIONS).clamp(1, DIMENSIONS_MOST);
    let in_base64 = request["encoding_format"] == "base64";
    let entry = |(index, text): (usize, &String)| {
        let vector = vector(text, dimensions);
        let embedding = if in_base64 {
            let bytes: Vec<u8> = vector.iter().flat_map(|x| x.to_le_bytes()).collect();
            json!(STANDARD.encode(bytes))
        } else {
            json!(vector)
        };
        json!({ "object": "embedding", "index": index, "embedding": embedding })
    };
    let data: Vec<Value> = inputs.iter().enumerate().map(entry).collect();
    let count = tokens(inputs.iter().map(String::len).sum());
    json!({
        "object": "list", "data": data, "model": "sandbox",
        "usage": { "prompt_tokens": count, "total_tokens": count },
    })
}

/// A vector of length 1, whose direction the letters of a text decide.
fn vector(text: &str, dimensions: usize) -> Vec<f32> {
    let mut vector = vec![0f32; dimensions];
    for (at, byte) in text.bytes().enumerate() {
        let place = (usize::from(byte) + at % 3) % dimensions;
        if let Some(value) = vector.get_mut(place) {
            *value += 1.0 + f32::from(byte) / 256.0;
        }
    }
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    match vector.first_mut() {
        Some(first) if length == 0.0 => *first = 1.0,
        _ => vector.iter_mut().for_each(|x| *x /= length),
    }
    vector
}

fn rerank(request: &Value) -> Value {
    let query = request["query"].as_str().unwrap_or_default().to_lowercase();
    let words: Vec<&str> = query.split_whitespace().collect();
    let documents = texts(&request["documents"]);
    let hits = |text: &String| {
        let text = text.to_lowercase();
        words.iter().filter(|word| text.contains(**word)).count()
    };
    let mut order: Vec<(usize, usize)> = documents.iter().map(hits).enumerate().collect();
    order.sort_by_key(|(at, hits)| (usize::MAX - hits, *at));
    let most = request["top_n"]
        .as_u64()
        .and_then(|n| usize::try_from(n).ok());
    order.truncate(most.unwrap_or(usize::MAX));
    let echo = request["return_documents"] != json!(false);
    let result = |(at, hits): (usize, usize)| {
        let score = hits as f64 / words.len().max(1) as f64;
        let mut result = json!({ "index": at, "relevance_score": score });
        if echo {
            result["document"] = json!({ "text": documents.get(at) });
        }
        result
    };
    let results: Vec<Value> = order.into_iter().map(result).collect();
    let units = documents.len().div_ceil(100);
    json!({
        "model": "sandbox", "results": results,
        "usage": { "total_tokens": tokens(documents.iter().map(String::len).sum()) },
        "meta": { "billed_units": { "search_units": units } },
    })
}

fn moderations(request: &Value) -> Value {
    const CATEGORIES: [&str; 13] = [
        "harassment",
        "harassment/threatening",
        "hate",
        "hate/threatening",
        "illicit",
        "illicit/violent",
        "self-harm",
        "self-harm/intent",
        "self-harm/instructions",
        "sexual",
        "sexual/minors",
        "violence",
        "violence/graphic",
    ];
    let judged = |text: &String| {
        let text = text.to_lowercase();
        let words = |name: &str| text.contains(name);
        let flags = CATEGORIES.map(|name| (name, words(name)));
        let map = |value: &dyn Fn(bool) -> Value| -> serde_json::Map<String, Value> {
            let named = flags
                .iter()
                .map(|(name, is)| ((*name).to_owned(), value(*is)));
            named.collect()
        };
        json!({
            "flagged": flags.iter().any(|(_, is)| *is),
            "categories": map(&|is| json!(is)),
            "category_scores": map(&|is| json!(u8::from(is))),
            "category_applied_input_types": map(&|_| json!(["text"])),
        })
    };
    let results: Vec<Value> = texts(&request["input"]).iter().map(judged).collect();
    json!({ "id": "modr-sandbox", "model": "sandbox", "results": results })
}

fn images(call: &Exchange, head: &Head, request: &Value) -> Answered {
    let form = Form::read(content_type(call), &call.body).ok();
    let field = |name| {
        form.as_ref()
            .and_then(|form| form.text(name).ok().flatten())
    };
    let prompt = request["prompt"].as_str().or(field("prompt"));
    let count = request["n"].as_u64();
    let count = count.or_else(|| field("n")?.parse().ok()).unwrap_or(1);
    let sources = form.as_ref().map_or(0, |form| form.files().count());
    let text = tokens(prompt.unwrap_or_default().len());
    let seen = PICTURE.saturating_mul(u64::try_from(sources).unwrap_or(u64::MAX));
    let usage = |made: u64| {
        json!({
            "input_tokens": text + seen, "output_tokens": made, "total_tokens": text + seen + made,
            "input_tokens_details": { "text_tokens": text, "image_tokens": seen },
        })
    };
    let name = match head.door.task {
        Task::Images => "image_generation",
        _ => "image_edit",
    };
    if head.stream {
        let event = |kind: &str| {
            json!({
                "type": format!("{name}.{kind}"), "b64_json": PIXEL, "created_at": 0,
                "size": "1024x1024", "quality": "low", "background": "opaque",
                "output_format": "png",
            })
        };
        let (mut partial, mut last) = (event("partial_image"), event("completed"));
        partial["partial_image_index"] = json!(0);
        last["usage"] = usage(PICTURE);
        return events(vec![partial, last]);
    }
    let count = usize::try_from(count).unwrap_or(1);
    let data = vec![json!({ "b64_json": PIXEL }); count.min(128)];
    let made = PICTURE.saturating_mul(u64::try_from(data.len()).unwrap_or(1));
    whole(&json!({
        "created": 0, "background": "opaque", "output_format": "png", "quality": "low",
        "size": "1024x1024", "data": data, "usage": usage(made),
    }))
}

/// A tone for each word, as long as the word, in a WAV.
fn speech(request: &Value, stream: bool) -> Answered {
    let text = request["input"].as_str().unwrap_or_default();
    let mut samples = Vec::new();
    for (at, word) in text.split_whitespace().enumerate().take(200) {
        let pitch = 16 + at % 5 * 4;
        let length = word.len().min(20) * 400;
        samples.extend((0..length).map(|place| if place / pitch % 2 == 0 { 112u8 } else { 144 }));
        samples.extend([128u8; 800]);
    }
    let size = u32::try_from(samples.len()).unwrap_or(u32::MAX);
    let mut sound = b"RIFF".to_vec();
    sound.extend((size.saturating_add(36)).to_le_bytes());
    sound.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    sound.extend(SAMPLES.to_le_bytes());
    sound.extend(SAMPLES.to_le_bytes());
    sound.extend(b"\x01\0\x08\0data");
    sound.extend(size.to_le_bytes());
    sound.extend(&samples);
    if !stream {
        let pieces: Vec<Vec<u8>> = sound.chunks(4_096).map(<[u8]>::to_vec).collect();
        return given("audio/wav", pieces);
    }
    let (heard, spoken) = (tokens(text.len()), tokens(samples.len()));
    events(vec![
        json!({ "type": "speech.audio.delta", "audio": STANDARD.encode(&sound) }),
        json!({ "type": "speech.audio.done", "usage": {
            "input_tokens": heard, "output_tokens": spoken, "total_tokens": heard + spoken,
        } }),
    ])
}

fn transcription(call: &Exchange, head: &Head, body: &[u8]) -> Answered {
    let form = Form::read(content_type(call), body).ok();
    let field = |name| {
        form.as_ref()
            .and_then(|form| form.text(name).ok().flatten())
    };
    let size = form.as_ref().and_then(|form| form.files().next());
    let size = size.map_or(0, |file| file.end - file.start);
    let seconds = size.div_ceil(SECOND).max(1);
    let text = format!("The sandbox heard {size} bytes.");
    let usage = json!({ "type": "duration", "seconds": seconds });
    let time = |mark: &str| {
        let (minutes, rest) = (seconds / 60 % 60, seconds % 60);
        format!("{:02}:{minutes:02}:{rest:02}{mark}000", seconds / 3600)
    };
    if head.stream {
        let words = text.split_inclusive(' ');
        let mut all: Vec<Value> = words
            .map(|word| json!({ "type": "transcript.text.delta", "delta": word }))
            .collect();
        all.push(json!({ "type": "transcript.text.done", "text": text, "usage": usage }));
        return events(all);
    }
    match field("response_format") {
        Some("text") => given("text/plain; charset=utf-8", [format!("{text}\n")]),
        Some("srt") => {
            let srt = format!("1\n00:00:00,000 --> {}\n{text}\n", time(","));
            given("text/plain; charset=utf-8", [srt])
        }
        Some("vtt") => {
            let vtt = format!("WEBVTT\n\n00:00:00.000 --> {}\n{text}\n", time("."));
            given("text/vtt; charset=utf-8", [vtt])
        }
        Some("verbose_json") => whole(&json!({
            "task": "transcribe", "language": "english", "duration": seconds, "text": text,
            "segments": [], "usage": usage,
        })),
        _ => whole(&json!({ "text": text, "usage": usage })),
    }
}

fn content_type(call: &Exchange) -> &str {
    let value = call.headers.get(CONTENT_TYPE);
    value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}
