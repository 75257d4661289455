//! What a request says of itself beyond its head, read only where the choice of a target depends on
//! it. One reading for all dialects: a member means the same in each that has it.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use serde_json::Value;
use tollgate_model::resources::Need;

use crate::probe::key_at;
use crate::scan::{self, Span};

/// The longest word that is taken for an end user's.
const USER_MOST: usize = 512;

/// The end user on whose behalf the caller asks, where the request tells: `user`,
/// `safety_identifier`, or `metadata.user_id`.
pub fn end_user(body: &[u8]) -> Option<String> {
    let [user, safety, metadata] = members(body, ["user", "safety_identifier", "metadata"]);
    let inner = metadata
        .as_ref()
        .and_then(|metadata| metadata.get("user_id"));
    let told = [user.as_ref(), safety.as_ref(), inner];
    let mut words = told.into_iter().flatten().filter_map(Value::as_str);
    let word = words.find(|word| !word.is_empty() && word.len() <= USER_MOST)?;
    Some(word.to_owned())
}

/// The tags of a request: `metadata.tags`, a list or a text with commas.
pub fn tags(body: &[u8]) -> Vec<String> {
    let [metadata] = members(body, ["metadata"]);
    let told = metadata.as_ref().and_then(|metadata| metadata.get("tags"));
    match told {
        Some(Value::String(text)) => words(text).collect(),
        Some(Value::Array(list)) => list
            .iter()
            .filter_map(Value::as_str)
            .flat_map(words)
            .collect(),
        _ => Vec::new(),
    }
}

/// The words between the commas of a text.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(',').map(str::trim);
    words.filter(|word| !word.is_empty()).map(str::to_owned)
}

/// What a request needs a model for. What its dialect writes in an unknown way is not seen.
pub fn needs(body: &[u8]) -> Vec<Need> {
    let held = held(body);
    let asked = asked(body);
    let all = Need::ALL.into_iter();
    all.filter(|need| held.contains(need) || asked.contains(need))
        .collect()
}

/// The media in a prompt, by the types of its parts and the types of its bytes, wherever they stand.
/// A quote inside a text is escaped, so that a name in quotes before a colon is a key.
fn held(body: &[u8]) -> Vec<Need> {
    static KEYS: LazyLock<[Finder<'static>; 3]> =
        LazyLock::new(|| ["\"type\"", "_type\"", "imeType\""].map(Finder::new));
    static PARTS: LazyLock<[(Finder<'static>, Need); 4]> = LazyLock::new(|| {
        [
            ("\"image\"", Need::Vision),
            ("\"images\"", Need::Vision),
            ("\"video\"", Need::Vision),
            ("\"document\"", Need::Documents),
        ]
        .map(|(name, need)| (Finder::new(name), need))
    });
    let mut held = Vec::new();
    for key in &*KEYS {
        let length = key.needle().len();
        let found = key.find_iter(body);
        held.extend(found.filter_map(|at| of_word(value_after(body, at + length)?)));
    }
    for (name, need) in &*PARTS {
        let has = name.find_iter(body).any(|at| {
            let rest = body.get(at + name.needle().len()..).unwrap_or_default();
            let value = rest.trim_ascii_start().strip_prefix(b":");
            let value = value.map(<[u8]>::trim_ascii_start).unwrap_or_default();
            let begins = |open: &[u8]| value.starts_with(open);
            key_at(body, at).is_some() && (begins(b"{") || (begins(b"[") && !begins(b"[]")))
        });
        held.extend(has.then_some(*need));
    }
    held
}

/// The text that is the value of the key that ends at `at`.
fn value_after(body: &[u8], at: usize) -> Option<&[u8]> {
    let value = body.get(at..)?.trim_ascii_start().strip_prefix(b":")?;
    let text = value.trim_ascii_start().strip_prefix(b"\"")?;
    text.get(..memchr::memchr(b'"', text)?)
}

/// What a part of this type, or bytes of this type, need.
fn of_word(word: &[u8]) -> Option<Need> {
    match word {
        b"image" | b"image_url" | b"input_image" | b"video_url" => Some(Need::Vision),
        b"input_audio" | b"audio" | b"audio_url" => Some(Need::Audio),
        b"document" | b"file" | b"input_file" | b"application/pdf" => Some(Need::Documents),
        word if word.starts_with(b"image/") || word.starts_with(b"video/") => Some(Need::Vision),
        word if word.starts_with(b"audio/") => Some(Need::Audio),
        _ => None,
    }
}

/// Where requests say what they ask for beside the prompt.
const ASKING: [&str; 15] = [
    "tools",
    "functions",
    "toolConfig",
    "response_format",
    "text",
    "output_format",
    "output_config",
    "format",
    "reasoning_effort",
    "reasoning",
    "thinking",
    "think",
    "modalities",
    "generationConfig",
    "generation_config",
];

/// What is asked for beside the prompt.
fn asked(body: &[u8]) -> Vec<Need> {
    let values = members(body, ASKING);
    let get = |name: &str| {
        let at = ASKING.iter().position(|known| *known == name)?;
        values.get(at)?.as_ref()
    };
    let inner = |outer: &str, name: &str| get(outer)?.get(name);
    let config =
        |name: &str| inner("generationConfig", name).or_else(|| inner("generation_config", name));
    let is_list = |name: &str| {
        let list = get(name).and_then(Value::as_array);
        list.is_some_and(|list| !list.is_empty())
    };
    let formats = [
        get("response_format"),
        inner("text", "format"),
        get("output_format"),
        inner("output_config", "format"),
        get("format"),
    ];
    let schemas = ["responseSchema", "response_schema", "responseJsonSchema"];
    let by_schema = formats.into_iter().flatten().any(is_schema)
        || schemas
            .into_iter()
            .filter_map(config)
            .any(|schema| !schema.is_null());
    let thoughts = ["reasoning_effort", "reasoning", "thinking", "think"];
    let thinks = thoughts.into_iter().filter_map(get).any(is_thought)
        || config("thinkingConfig").is_some_and(is_thought);
    let speaks = get("modalities").and_then(Value::as_array);
    let speaks = speaks.is_some_and(|list| list.iter().any(|word| word == "audio"));
    let calls = is_list("tools") || is_list("functions") || inner("toolConfig", "tools").is_some();
    let all = [
        (Need::Tools, calls),
        (Need::JsonSchema, by_schema),
        (Need::Reasoning, thinks),
        (Need::Audio, speaks),
    ];
    let all = all.into_iter();
    all.filter_map(|(need, is)| is.then_some(need)).collect()
}

/// Whether a format is one by a schema: it says so, or has one, or is one.
fn is_schema(format: &Value) -> bool {
    format["type"] == "json_schema"
        || ["schema", "json_schema", "properties"]
            .iter()
            .any(|name| format.get(name).is_some_and(Value::is_object))
}

/// Whether a value asks for thoughts: it is a word or a setting, and not one that says none.
fn is_thought(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(word) => word != "none",
        Value::Object(settings) => {
            let says = |name: &str, no: &Value| settings.get(name) == Some(no);
            !settings.is_empty()
                && !says("type", &"disabled".into())
                && !says("effort", &"none".into())
                && !says("effort", &Value::Null)
                && !says("thinkingBudget", &0.into())
        }
        _ => true,
    }
}

/// The values of members at the top of a body; none where it is not an object or has one of them
/// twice.
fn members<const N: usize>(body: &[u8], keys: [&str; N]) -> [Option<Value>; N] {
    let spans = scan::scan(body, keys).map_or([None; N], |object| object.values);
    let read = |span: Span| serde_json::from_slice(span.of(body)).ok();
    spans.map(|span| span.and_then(read))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_user_is_read_where_each_dialect_has_it() {
        let long = format!(r#"{{"user":"{}"}}"#, "x".repeat(600));
        for (body, user) in [
            (
                r#"{"user":"ann","metadata":{"user_id":"eve"}}"#,
                Some("ann"),
            ),
            (r#"{"safety_identifier":"h-7"}"#, Some("h-7")),
            (r#"{"metadata":{"user_id":"ann"}}"#, Some("ann")),
            (r#"{"user":"","metadata":{"user_id":"ann"}}"#, Some("ann")),
            (r#"{"user":7}"#, None),
            (r#"{"user":"ann","user":"eve"}"#, None),
            (r#"{"metadata":[]}"#, None),
            (r#"[]"#, None),
            (&long, None),
        ] {
            assert_eq!(end_user(body.as_bytes()).as_deref(), user, "{body}");
        }
    }

    #[test]
    fn what_a_request_needs_is_seen_in_every_dialect() {
        let part = |part: &str| format!(r#"{{"messages":[{{"content":[{part}]}}]}}"#);
        let cases = [
            (
                part(r#"{"type":"text","text":"\"type\": \"image_url\""}"#),
                "",
            ),
            (
                part(r#"{"type":"image_url","image_url":{"url":"u"}}"#),
                "vision",
            ),
            (
                part(r#"{"type" : "image","source":{"type":"url"}}"#),
                "vision",
            ),
            (part(r#"{"type":"input_image","image_url":"u"}"#), "vision"),
            (part(r#"{"inlineData":{"mimeType":"image/png"}}"#), "vision"),
            (
                part(r#"{"inline_data":{"mime_type":"audio/wav"}}"#),
                "audio",
            ),
            (
                part(r#"{"fileData":{"mimeType":"application/pdf"}}"#),
                "documents",
            ),
            (part(r#"{"image":{"format":"png"}}"#), "vision"),
            (part(r#"{"document":{"format":"pdf"}}"#), "documents"),
            (r#"{"messages":[{"images":["aGk"]}]}"#.to_owned(), "vision"),
            (r#"{"messages":[{"images":[]}]}"#.to_owned(), ""),
            (part(r#"{"type":"input_audio","input_audio":{}}"#), "audio"),
            (part(r#"{"type":"file","file":{}}"#), "documents"),
            (r#"{"tools":[{"type":"function"}]}"#.to_owned(), "tools"),
            (r#"{"tools":[],"functions":null}"#.to_owned(), ""),
            (r#"{"toolConfig":{"tools":[{}]}}"#.to_owned(), "tools"),
            (
                r#"{"toolConfig":{"functionCallingConfig":{}}}"#.to_owned(),
                "",
            ),
            (
                r#"{"response_format":{"type":"json_schema"}}"#.to_owned(),
                "json_schema",
            ),
            (
                r#"{"response_format":{"type":"json_object"}}"#.to_owned(),
                "",
            ),
            (
                r#"{"text":{"format":{"type":"json_schema"}}}"#.to_owned(),
                "json_schema",
            ),
            (
                r#"{"generationConfig":{"responseSchema":{}}}"#.to_owned(),
                "json_schema",
            ),
            (r#"{"format":{"properties":{}}}"#.to_owned(), "json_schema"),
            (r#"{"format":"json"}"#.to_owned(), ""),
            (r#"{"reasoning_effort":"low"}"#.to_owned(), "reasoning"),
            (r#"{"reasoning_effort":"none"}"#.to_owned(), ""),
            (r#"{"reasoning":{"effort":"high"}}"#.to_owned(), "reasoning"),
            (r#"{"reasoning":{"effort":null}}"#.to_owned(), ""),
            (
                r#"{"thinking":{"type":"enabled","budget_tokens":1024}}"#.to_owned(),
                "reasoning",
            ),
            (r#"{"thinking":{"type":"disabled"}}"#.to_owned(), ""),
            (
                r#"{"generationConfig":{"thinkingConfig":{"thinkingBudget":0}}}"#.to_owned(),
                "",
            ),
            (r#"{"modalities":["text","audio"]}"#.to_owned(), "audio"),
            ("[1]".to_owned(), ""),
        ];
        for (body, want) in cases {
            let needs: Vec<&str> = needs(body.as_bytes())
                .iter()
                .map(|need| need.as_str())
                .collect();
            assert_eq!(needs.join(" "), want, "{body}");
        }
    }

    #[test]
    fn tags_are_a_list_or_a_text_with_commas() {
        for (body, want) in [
            (r#"{"metadata":{"tags":["eu"," fast"]}}"#, "eu fast"),
            (r#"{"metadata":{"tags":"eu, fast,"}}"#, "eu fast"),
            (r#"{"metadata":{"tags":7}}"#, ""),
            (r#"{}"#, ""),
        ] {
            assert_eq!(tags(body.as_bytes()).join(" "), want, "{body}");
        }
    }
}
