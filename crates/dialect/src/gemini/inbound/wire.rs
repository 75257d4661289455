//! The members of an answer as they are written.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;
use tollgate_model::{CallId, Usage, UsageClass};

use crate::cited::byte_of;
use crate::ir::{Citation, Media, Stop};

/// An answer, or a piece of a streamed one.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Answer<'a> {
    pub(super) candidates: [Candidate<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) usage_metadata: Option<Counts>,
    pub(super) model_version: &'a str,
    pub(super) response_id: &'a str,
}

/// The one answer that we give.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Candidate<'a> {
    pub(super) content: Content<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) finish_reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) finish_message: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grounding_metadata: Option<Grounding<'a>>,
    pub(super) index: u32,
}

/// What the text rests on: the sources, and the stretches of text, counted in bytes, with the numbers
/// of their sources.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Grounding<'a> {
    grounding_chunks: Vec<Chunk<'a>>,
    grounding_supports: Vec<Support<'a>>,
}

#[derive(Serialize)]
struct Chunk<'a> {
    web: Page<'a>,
}

#[derive(Serialize)]
struct Page<'a> {
    uri: &'a str,
    title: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Support<'a> {
    segment: Segment<'a>,
    grounding_chunk_indices: [usize; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Segment<'a> {
    start_index: usize,
    end_index: usize,
    text: &'a str,
}

impl<'a> Grounding<'a> {
    /// The pages among the sources; `None` where there are none. Each comes with the text that rests
    /// on it.
    fn of(cited: impl Iterator<Item = (&'a Citation, &'a str)>) -> Option<Grounding<'a>> {
        let mut grounding = Grounding {
            grounding_chunks: Vec::new(),
            grounding_supports: Vec::new(),
        };
        for (citation, text) in cited {
            let Some(uri) = citation.url.as_deref() else {
                continue;
            };
            let known = &mut grounding.grounding_chunks;
            let found = known.iter().position(|chunk| chunk.web.uri == uri);
            let at = found.unwrap_or(known.len());
            if found.is_none() {
                let title = citation.title.as_deref().unwrap_or_default();
                known.push(Chunk {
                    web: Page { uri, title },
                });
            }
            let span = citation.span.unwrap_or((0, usize::MAX));
            let (start_index, end_index) = (byte_of(text, span.0), byte_of(text, span.1));
            grounding.grounding_supports.push(Support {
                segment: Segment {
                    start_index,
                    end_index,
                    text: text.get(start_index..end_index).unwrap_or_default(),
                },
                grounding_chunk_indices: [at],
            });
        }
        (!grounding.grounding_chunks.is_empty()).then_some(grounding)
    }
}

/// What is said. Never without a part: many a program reads the first without looking.
#[derive(Serialize)]
pub(super) struct Content<'a> {
    pub(super) parts: Vec<Part<'a>>,
    pub(super) role: &'static str,
}

/// A piece of content.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Part<'a> {
    #[serde(flatten)]
    pub(super) data: Data<'a>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) thought: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) thought_signature: Option<Cow<'a, str>>,
}

/// The kinds of content.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Data<'a> {
    Text(&'a str),
    FunctionCall(Call<'a>),
    #[serde(rename = "inlineData")]
    Inline(Blob<'a>),
    #[serde(rename = "fileData")]
    Remote(File<'a>),
}

/// A call of a tool.
#[derive(Serialize)]
pub(super) struct Call<'a> {
    pub(super) id: &'a str,
    pub(super) name: &'a str,
    pub(super) args: &'a RawValue,
}

/// Bytes of a medium.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Blob<'a> {
    mime_type: &'a str,
    data: &'a str,
}

/// Where a medium is.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct File<'a> {
    file_uri: &'a str,
}

/// What was consumed. Thoughts are counted beside the answer, what came from the cache within the
/// prompt.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Counts {
    prompt_token_count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    cached_content_token_count: Option<u64>,
    candidates_token_count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    thoughts_token_count: Option<u64>,
    total_token_count: u64,
}

impl<'a> Answer<'a> {
    /// An answer of these parts.
    pub(super) fn of(mut parts: Vec<Part<'a>>, model: &'a str, id: &'a str) -> Answer<'a> {
        if parts.is_empty() {
            parts.push(Data::Text("").into());
        }
        let content = Content {
            parts,
            role: "model",
        };
        Answer {
            candidates: [Candidate {
                content,
                finish_reason: None,
                finish_message: None,
                grounding_metadata: None,
                index: 0,
            }],
            usage_metadata: None,
            model_version: model,
            response_id: id,
        }
    }

    /// The answer, or the piece of it, that says what its texts rest on.
    pub(super) fn resting_on(
        mut self,
        cited: impl Iterator<Item = (&'a Citation, &'a str)>,
    ) -> Answer<'a> {
        let [candidate] = &mut self.candidates;
        candidate.grounding_metadata = Grounding::of(cited);
        self
    }

    /// The answer, or the piece of it, that says why it ended. `broken` says that a call could not be
    /// carried because its arguments are no object.
    pub(super) fn ended(mut self, stop: Stop, broken: bool, usage: &Usage) -> Answer<'a> {
        let [candidate] = &mut self.candidates;
        candidate.finish_reason = Some(finish_reason(stop));
        if broken {
            candidate.finish_reason = Some("MALFORMED_FUNCTION_CALL");
            candidate.finish_message =
                Some("The model called a function with arguments that are no JSON object.");
        }
        self.usage_metadata = Some(Counts::of(usage));
        self
    }
}

impl<'a> From<Data<'a>> for Part<'a> {
    fn from(data: Data<'a>) -> Part<'a> {
        Part {
            data,
            thought: false,
            thought_signature: None,
        }
    }
}

impl<'a> Part<'a> {
    /// A thought.
    pub(super) fn thought(text: &'a str) -> Part<'a> {
        Part {
            thought: true,
            ..Data::Text(text).into()
        }
    }

    /// A medium.
    pub(super) fn medium(media: &'a Media) -> Part<'a> {
        let data = match media {
            Media::Inline { mime, base64 } => Data::Inline(Blob {
                mime_type: mime,
                data: base64,
            }),
            Media::Url(url) => Data::Remote(File { file_uri: url }),
        };
        data.into()
    }
}

impl Counts {
    fn of(usage: &Usage) -> Counts {
        let (prompt, answer) = (usage.prompt_tokens(), usage.output_tokens());
        let thoughts = usage.get(UsageClass::Reasoning);
        Counts {
            prompt_token_count: prompt,
            cached_content_token_count: usage.cached_tokens(),
            candidates_token_count: answer.saturating_sub(thoughts.unwrap_or(0)),
            thoughts_token_count: thoughts,
            total_token_count: prompt.saturating_add(answer),
        }
    }
}

fn finish_reason(stop: Stop) -> &'static str {
    match stop {
        Stop::End | Stop::ToolUse => "STOP",
        Stop::Length => "MAX_TOKENS",
        Stop::Filtered => "SAFETY",
    }
}

/// The id of an answer, made of the call's.
pub(super) fn answer_id(call: CallId) -> String {
    let text = call.to_string();
    text.strip_prefix("call_")
        .map(str::to_owned)
        .unwrap_or(text)
}
