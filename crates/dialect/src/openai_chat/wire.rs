//! Members of requests and answers as they are written.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::ir::{Citation, Media, Stop};

/// A tool call, whole.
#[derive(Serialize)]
pub(super) struct ToolCall<'a> {
    pub(super) id: Cow<'a, str>,
    pub(super) r#type: &'static str,
    pub(super) function: Function<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) extra_content: Option<ExtraContent<'a>>,
}

/// The function that a tool call calls.
#[derive(Serialize)]
pub(super) struct Function<'a> {
    pub(super) name: &'a str,
    pub(super) arguments: Cow<'a, str>,
}

/// Where Gemini's compatible address puts the thought signature of a call.
#[derive(Serialize)]
pub(super) struct ExtraContent<'a> {
    pub(super) google: Google<'a>,
}

/// See [`ExtraContent`].
#[derive(Serialize)]
pub(super) struct Google<'a> {
    pub(super) thought_signature: &'a str,
}

impl<'a> ExtraContent<'a> {
    /// The signature, where there is one.
    pub(super) fn of(signature: Option<&'a str>) -> Option<ExtraContent<'a>> {
        let google = Google {
            thought_signature: signature?,
        };
        Some(ExtraContent { google })
    }
}

/// Content: a text, or parts.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Content<'a> {
    /// A text.
    Text(Cow<'a, str>),
    /// Parts.
    Parts(Vec<Part<'a>>),
}

/// A part of content.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Part<'a> {
    /// A text.
    Text { text: Cow<'a, str> },
    /// A picture.
    ImageUrl { image_url: Address<'a> },
    /// A recording.
    InputAudio { input_audio: Audio<'a> },
    /// A document.
    File { file: File<'a> },
}

/// An address or a data URL.
#[derive(Serialize)]
pub(super) struct Address<'a> {
    pub(super) url: Cow<'a, str>,
}

/// A recording.
#[derive(Serialize)]
pub(super) struct Audio<'a> {
    pub(super) data: &'a str,
    pub(super) format: &'a str,
}

/// A document.
#[derive(Serialize)]
pub(super) struct File<'a> {
    pub(super) filename: &'a str,
    pub(super) file_data: String,
}

/// What words rest on.
#[derive(Serialize)]
pub(super) struct Annotation<'a> {
    r#type: &'static str,
    url_citation: UrlCitation<'a>,
}

/// See [`Annotation`].
#[derive(Serialize)]
struct UrlCitation<'a> {
    start_index: usize,
    end_index: usize,
    url: &'a str,
    title: &'a str,
}

impl<'a> Annotation<'a> {
    /// The annotation, for the characters of the content from one up to another. `None` for what has
    /// no address: the dialect knows no other sources.
    pub(super) fn of(
        citation: &'a Citation,
        (start_index, end_index): (usize, usize),
    ) -> Option<Annotation<'a>> {
        Some(Annotation {
            r#type: "url_citation",
            url_citation: UrlCitation {
                start_index,
                end_index,
                url: citation.url.as_deref()?,
                title: citation.title.as_deref().unwrap_or_default(),
            },
        })
    }
}

/// A medium as an address: its own, or a data URL.
pub(crate) fn url(media: &Media) -> Cow<'_, str> {
    match media {
        Media::Url(url) => Cow::Borrowed(url),
        Media::Inline { mime, base64 } => Cow::Owned(format!("data:{mime};base64,{base64}")),
    }
}

/// The arguments of a call as the string that holds them. What a model wrote that is no JSON is
/// carried as a JSON string, and is written as the model wrote it.
pub(crate) fn arguments(input: &RawValue) -> Cow<'_, str> {
    if input.get().starts_with('"') {
        return Cow::Owned(serde_json::from_str(input.get()).unwrap_or_default());
    }
    Cow::Borrowed(input.get())
}

/// The dialect's word for why an answer ended; `older` where calls are told in the older form.
pub(super) const fn finish_reason(stop: Stop, older: bool) -> &'static str {
    match stop {
        Stop::ToolUse if older => "function_call",
        Stop::End => "stop",
        Stop::Length => "length",
        Stop::ToolUse => "tool_calls",
        Stop::Filtered => "content_filter",
    }
}

/// Why an answer ended, by the dialect's word and the words of its dialects. A `stop` after calls
/// of tools waits for their results.
pub(crate) fn stop(reason: Option<&str>, has_calls: bool) -> Stop {
    match reason {
        Some("length" | "max_tokens" | "model_length") => Stop::Length,
        Some("content_filter" | "safety") => Stop::Filtered,
        Some("tool_calls" | "function_call") => Stop::ToolUse,
        _ if has_calls => Stop::ToolUse,
        _ => Stop::End,
    }
}

/// The id of an answer, made of the call's.
pub(crate) fn answer_id(call: tollgate_model::CallId) -> String {
    let text = call.to_string();
    format!("chatcmpl-{}", text.strip_prefix("call_").unwrap_or(&text))
}

/// A JSON string.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}
