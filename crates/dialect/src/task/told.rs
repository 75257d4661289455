//! What an answer tells of itself: whether it is one, whether it is an error after all, and what it
//! consumed. The counts stand in places that differ by maker; all of them are looked at.

use serde_json::Value;
use tollgate_model::{Usage, UsageClass};

use super::asked::length;
use crate::codec::ProviderError;
use crate::fault;
use crate::scan;

/// The counts of an answer.
#[derive(Debug, Default)]
pub(super) struct Told {
    usage: Value,
    meta: Value,
    metadata: Value,
    duration: Value,
    /// How many elements the member has that makes it an answer.
    elements: u64,
}

/// The error that an answer is in place of one; `None` where it has none.
pub(super) fn error(answer: &[u8]) -> Option<ProviderError> {
    let begins = answer.trim_ascii_start().first();
    if !matches!(begins, Some(b'{' | b'[')) {
        return None;
    }
    let [error] = scan::scan(answer, ["error"]).ok()?.values;
    let error = error.filter(|span| span.of(answer) != b"null")?;
    let inner: Value = serde_json::from_slice(error.of(answer)).unwrap_or_default();
    let (known, _) = fault::read(200, answer);
    Some(fault::from_json(&inner).unwrap_or(known))
}

/// Looks at an answer, which must be an object that has one of `members`, an array or an object. The
/// error is for the operator.
pub(super) fn look(answer: &[u8], members: &[&'static str; 2]) -> Result<Told, String> {
    let [first, second] = *members;
    let names = ["usage", "meta", "usageMetadata", "duration", first, second];
    let object = scan::scan(answer, names).map_err(|error| error.to_string())?;
    let text = |at: usize| {
        object
            .values
            .get(at)
            .copied()
            .flatten()
            .map(|span| span.of(answer))
    };
    let value = |at: usize| text(at).and_then(|text| serde_json::from_slice(text).ok());
    let found = text(4).or(text(5)).filter(|text| *text != b"null");
    let found = found.ok_or_else(|| format!("the answer has no `{first}`"))?;
    Ok(Told {
        usage: value(0).unwrap_or_default(),
        meta: value(1).unwrap_or_default(),
        metadata: value(2).unwrap_or_default(),
        duration: value(3).unwrap_or_default(),
        elements: elements(found),
    })
}

impl Told {
    /// The counts of an event of a stream, by its `usage`.
    pub(super) fn in_event(usage: &[u8]) -> Told {
        Told {
            usage: serde_json::from_slice(usage).unwrap_or_default(),
            ..Told::default()
        }
    }

    fn count(&self, pointers: &[&str]) -> Option<u64> {
        pointers
            .iter()
            .find_map(|pointer| whole(self.usage.pointer(pointer)?))
    }

    fn prompt(&self) -> Option<u64> {
        self.count(&["/prompt_tokens", "/input_tokens"])
    }

    /// One of the kinds of tokens of which the prompt is made.
    fn of_prompt(&self, kind: &str) -> Option<u64> {
        let places = [
            "input_tokens_details",
            "input_token_details",
            "prompt_tokens_details",
        ];
        let mut found = places.iter().filter_map(|place| {
            let counts = self.usage.get(place)?;
            whole(counts.get(kind)?)
        });
        found.next()
    }

    /// All tokens, as a class: of tasks whose answers have none.
    pub(super) fn tokens(&self, class: UsageClass) -> Option<Usage> {
        let beside = [
            self.meta.pointer("/billed_units/input_tokens"),
            self.meta.pointer("/tokens/input_tokens"),
            self.metadata.get("promptTokenCount"),
            self.metadata.get("totalTokenCount"),
        ];
        let told = self
            .prompt()
            .or_else(|| beside.into_iter().flatten().find_map(whole))
            .or_else(|| self.count(&["/total_tokens"]))?;
        let mut usage = Usage::NONE.with(class, told);
        let pictures = [
            self.meta.pointer("/billed_units/image_tokens"),
            self.usage.get("image_tokens"),
        ];
        if let Some(pictures) = pictures.into_iter().flatten().find_map(whole) {
            usage.set(UsageClass::InputImage, pictures);
        }
        Some(usage)
    }

    /// The units in which searches of a reranker are billed.
    pub(super) fn searches(&self) -> Option<u64> {
        whole(self.meta.pointer("/billed_units/search_units")?)
    }

    /// How many pictures an answer holds.
    pub(super) fn elements(&self) -> u64 {
        self.elements
    }

    /// Tokens of a prompt of text and pictures, and of pictures made.
    pub(super) fn images(&self) -> Usage {
        let mut usage = Usage::NONE;
        if let Some(prompt) = self.prompt() {
            let pictures = self.of_prompt("image_tokens").unwrap_or(0).min(prompt);
            let cached = self.of_prompt("cached_tokens").unwrap_or(0);
            let cached = cached.min(prompt - pictures);
            usage.set(UsageClass::Input, prompt - pictures - cached);
            usage.set(UsageClass::InputImage, pictures);
            if cached > 0 {
                usage.set(UsageClass::CacheRead, cached);
            }
        }
        if let Some(made) = self.count(&["/output_tokens", "/completion_tokens"]) {
            let text = self.count(&["/output_tokens_details/text_tokens"]);
            let text = text.unwrap_or(0).min(made);
            usage.set(UsageClass::OutputImage, made - text);
            if text > 0 {
                usage.set(UsageClass::Output, text);
            }
        }
        usage
    }

    /// Tokens or seconds of a recording, and tokens of its text.
    pub(super) fn transcription(&self) -> Usage {
        let mut usage = Usage::NONE;
        if let Some(prompt) = self.prompt() {
            let text = self.of_prompt("text_tokens").unwrap_or(0).min(prompt);
            usage.set(UsageClass::Input, text);
            usage.set(UsageClass::InputAudio, prompt - text);
        }
        if let Some(answer) = self.count(&["/output_tokens", "/completion_tokens"]) {
            usage.set(UsageClass::Output, answer);
        }
        let seconds = self.count(&["/seconds", "/prompt_audio_seconds"]);
        if let Some(seconds) = seconds.or_else(|| whole(&self.duration)) {
            usage.set(UsageClass::AudioSeconds, seconds);
        }
        usage
    }

    /// Tokens of a text, and of the sound made of it.
    pub(super) fn speech(&self) -> Usage {
        let mut usage = Usage::NONE;
        if let Some(text) = self.prompt() {
            usage.set(UsageClass::Input, text);
        }
        if let Some(sound) = self.count(&["/output_tokens", "/completion_tokens"]) {
            usage.set(UsageClass::OutputAudio, sound);
        }
        usage
    }
}

/// A count; a fraction counts as a whole one, as time does at those who bill by the second. Anything
/// else is none.
fn whole(value: &Value) -> Option<u64> {
    if let Some(count) = value.as_u64() {
        return Some(count);
    }
    let text = match value {
        Value::Number(number) => number.to_string(),
        // Some write the duration in quotes.
        Value::String(text) => text.clone(),
        _ => return None,
    };
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    if !part.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let more = part.bytes().any(|digit| digit != b'0');
    whole.parse::<u64>().ok()?.checked_add(u64::from(more))
}

/// How many elements an array has; an object or text counts as one.
fn elements(text: &[u8]) -> u64 {
    if !text.starts_with(b"[") {
        return 1;
    }
    let all: Vec<serde::de::IgnoredAny> = serde_json::from_slice(text).unwrap_or_default();
    length(all.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(usage: &str) -> Told {
        Told::in_event(usage.as_bytes())
    }

    #[test]
    fn counts_are_found_where_their_makers_put_them() {
        for (answer, tokens) in [
            (
                r#"{"data":[],"usage":{"prompt_tokens":7,"total_tokens":7}}"#,
                Some(7),
            ),
            (r#"{"data":[],"usage":{"total_tokens":8}}"#, Some(8)),
            (
                r#"{"data":[],"meta":{"billed_units":{"input_tokens":9}}}"#,
                Some(9),
            ),
            (
                r#"{"data":[],"meta":{"tokens":{"input_tokens":10}}}"#,
                Some(10),
            ),
            (
                r#"{"data":[],"usageMetadata":{"promptTokenCount":11}}"#,
                Some(11),
            ),
            (r#"{"data":[],"usage":{"prompt_tokens":0}}"#, Some(0)),
            (r#"{"data":[],"usage":null}"#, None),
            (r#"{"data":[],"usage":{"prompt_tokens":"many"}}"#, None),
        ] {
            let read = look(answer.as_bytes(), &["data", "data"]).unwrap();
            let usage = read.tokens(UsageClass::Input);
            let input = usage.and_then(|usage| usage.get(UsageClass::Input));
            assert_eq!(input, tokens, "{answer}");
        }
    }

    #[test]
    fn classes_of_images_are_disjoint_and_add_up() {
        let usage = told(
            r#"{"input_tokens":50,"output_tokens":4160,"total_tokens":4210,
                "input_tokens_details":{"text_tokens":10,"image_tokens":40}}"#,
        )
        .images();
        let text = serde_json::to_string(&usage).unwrap();
        assert_eq!(text, r#"{"input":10,"input_image":40,"output_image":4160}"#);
        let usage = told(
            r#"{"input_tokens":5,"output_tokens":300,
                "output_tokens_details":{"image_tokens":272,"text_tokens":28}}"#,
        )
        .images();
        let text = serde_json::to_string(&usage).unwrap();
        assert_eq!(
            text,
            r#"{"input":5,"input_image":0,"output":28,"output_image":272}"#
        );
    }

    #[test]
    fn a_recording_is_told_in_tokens_or_seconds() {
        let usage = told(
            r#"{"type":"tokens","input_tokens":14,"input_token_details":
                {"text_tokens":4,"audio_tokens":10},"output_tokens":101}"#,
        )
        .transcription();
        let text = serde_json::to_string(&usage).unwrap();
        assert_eq!(text, r#"{"input":4,"input_audio":10,"output":101}"#);
        for (seconds, whole) in [("12", 12), ("12.0", 12), ("12.01", 13), ("\"3.5\"", 4)] {
            let usage = told(&format!(r#"{{"type":"duration","seconds":{seconds}}}"#));
            let usage = usage.transcription();
            assert_eq!(usage.get(UsageClass::AudioSeconds), Some(whole));
        }
        for wrong in ["-1", "1e300", "\"a.b\"", "null", "[]"] {
            let usage = told(&format!(r#"{{"seconds":{wrong}}}"#)).transcription();
            assert!(usage.is_empty(), "{wrong}");
        }
    }

    #[test]
    fn an_error_in_place_of_an_answer_is_seen() {
        let told = error(br#"{"error":{"message":"no","code":"c"}}"#).unwrap();
        assert_eq!(
            (told.message.as_str(), told.code.as_deref()),
            ("no", Some("c"))
        );
        assert_eq!(error(br#"{"error":"loading"}"#).unwrap().message, "loading");
        assert_eq!(error(br#"{"error":null,"data":[]}"#), None);
        assert_eq!(error(b"1\n00:00 --> 00:01\nerror"), None);
        assert_eq!(error(b"{"), None);
    }
}
