//! Sound: OpenAI's `POST /v1/audio/speech`, `/transcriptions` and `/translations`.

use std::borrow::Cow;

use tollgate_model::task::TaskForm;
use tollgate_model::{Refusal, Usage, UsageClass};

use super::asked::{AnswerKind, Most, Request, length, tokens_of};
use super::head::{Estimate, Head, Work};
use super::multipart::Form;
use super::places::Places;
use super::told;
use crate::ladder::malformed;
use crate::{scan, sound};

/// Tokens of sound for a character of text, at the most: spoken very slowly.
const SPOKEN_MOST: u64 = 8;
/// Tokens of sound that an answer may have however short its text is.
const SPOKEN_LEAST: u64 = 200;
/// Tokens of sound for a hundred characters, where nobody tells: 15 characters and 21 tokens a second.
const SPOKEN: u64 = 140;

/// Tokens of a second of a recording, at the most that the vendors make of one.
const HEARD_MOST: u64 = 32;
/// Tokens of a second of a recording, where nobody tells.
const HEARD: u64 = 10;
/// Tokens of text that a second of speech can hold.
const SAID_MOST: u64 = 10;
/// Tokens of text in a second of speech, where nobody tells.
const SAID: u64 = 3;
/// What an answer is taken to consume for each token of text, where it does not tell.
const EACH: [(UsageClass, u64); 1] = [(UsageClass::Output, 1)];

/// Speech from a text.
pub(super) struct Speech;

/// Text from speech.
pub(super) struct Transcription;

impl Work for Speech {
    fn head(&self, request: &Request<'_>) -> Result<Head, Refusal> {
        let body = request.body;
        let names = ["model", "input", "instructions", "stream_format"];
        let object = scan::scan(body, names)?;
        let named = Places::named(request, &object)?;
        let [_, input, instructions, format] = object.values;
        let input = input.map(|span| span.of(body)).unwrap_or_default();
        let text: Option<Cow<'_, str>> = serde_json::from_slice(input).ok();
        let text = text.filter(|text| !text.is_empty());
        let text = text.ok_or_else(|| malformed("input", "There is no `input` to be spoken."))?;
        let characters = length(text.chars().count());
        let told = instructions.map_or(0, |span| span.end - span.start);
        Ok(Head {
            stream: format.is_some_and(|span| span.of(body) == b"\"sse\""),
            kind: AnswerKind::Sound,
            most: Most {
                prompt_tokens: length(input.len() + told),
                output_tokens: characters.saturating_mul(SPOKEN_MOST) + SPOKEN_LEAST,
                apart: Usage::NONE.with(UsageClass::Characters, characters),
                ..Most::default()
            },
            certain: Usage::NONE.with(UsageClass::Characters, characters),
            estimate: Estimate {
                fixed: Usage::NONE
                    .with(UsageClass::Input, tokens_of(text.len() + told))
                    .with(
                        UsageClass::OutputAudio,
                        characters.saturating_mul(SPOKEN).div_ceil(100),
                    ),
                ..Estimate::default()
            },
            ..Head::new(request, named)
        })
    }

    fn look(&self, _: TaskForm, _: &[u8]) -> Result<Option<Usage>, String> {
        Err("JSON came in place of sound".to_owned())
    }
}

impl Work for Transcription {
    fn head(&self, request: &Request<'_>) -> Result<Head, Refusal> {
        let form = Form::read(request.content_type, request.body)?;
        let named = Places::in_form(request, &form)?;
        let mut files = form.files();
        let (Some(file), None) = (files.next(), files.next()) else {
            let detail = "The form must have one file, in the field `file`.";
            return Err(malformed("file", detail));
        };
        let seconds = sound::seconds(file.of(request.body));
        let text = length(form.text_bytes());
        let is_plain = matches!(form.text("response_format")?, Some("text" | "srt" | "vtt"));
        Ok(Head {
            stream: form.text("stream")?.is_some_and(is_true),
            kind: if is_plain {
                AnswerKind::Text
            } else {
                AnswerKind::Json
            },
            most: Most {
                prompt_tokens: text.saturating_add(seconds.saturating_mul(HEARD_MOST)),
                output_tokens: seconds.saturating_add(1).saturating_mul(SAID_MOST),
                apart: Usage::NONE.with(UsageClass::AudioSeconds, seconds),
                ..Most::default()
            },
            estimate: Estimate {
                fixed: Usage::NONE
                    .with(UsageClass::Input, text.div_ceil(4))
                    .with(UsageClass::InputAudio, seconds.saturating_mul(HEARD))
                    .with(UsageClass::AudioSeconds, seconds),
                each: &EACH,
                units: seconds.saturating_mul(SAID),
            },
            ..Head::new(request, named)
        })
    }

    fn look(&self, _: TaskForm, answer: &[u8]) -> Result<Option<Usage>, String> {
        let told = told::look(answer, &["text", "segments"])?;
        Ok(Some(told.transcription()).filter(|usage| !usage.is_empty()))
    }
}

/// Whether a field of a form says yes, as the SDKs and curl write it.
fn is_true(text: &str) -> bool {
    matches!(text.trim(), "true" | "True" | "1")
}
