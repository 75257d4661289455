//! An answer, whole or a piece of a streamed one: both have the same members.

use memchr::memmem;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tollgate_model::{Usage, UsageClass};

use super::abilities::is_third;
use super::error::{self, told};
use super::usage::Counts;
use crate::cited::character_of;
use crate::codec::{ProviderError, Seen};
use crate::fault;
use crate::ir::{Block, Citation, Content, Media, Raw, Response, Stop};
use crate::lenient::text;
use crate::scan;

/// An answer or a piece of one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Answer<'a> {
    #[serde(default, deserialize_with = "text")]
    pub(super) response_id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub(super) model_version: Option<String>,
    #[serde(borrow, default)]
    candidates: Option<Vec<Candidate<'a>>>,
    prompt_feedback: Option<Feedback>,
    usage_metadata: Option<Counts>,
    error: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate<'a> {
    #[serde(default)]
    index: u64,
    #[serde(borrow)]
    content: Option<Said<'a>>,
    #[serde(default, deserialize_with = "text")]
    finish_reason: Option<String>,
    #[serde(default, deserialize_with = "text")]
    finish_message: Option<String>,
    grounding_metadata: Option<Value>,
}

#[derive(Deserialize)]
struct Said<'a> {
    #[serde(borrow)]
    parts: Option<Vec<Part<'a>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Feedback {
    #[serde(default, deserialize_with = "text")]
    block_reason: Option<String>,
}

/// A piece of content; one of its members is there.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part<'a> {
    #[serde(default, deserialize_with = "text")]
    text: Option<String>,
    #[serde(default)]
    thought: bool,
    #[serde(default, deserialize_with = "text")]
    thought_signature: Option<String>,
    #[serde(borrow)]
    function_call: Option<Call<'a>>,
    inline_data: Option<Blob>,
    executable_code: Option<Code>,
    code_execution_result: Option<Ran>,
}

#[derive(Deserialize)]
struct Call<'a> {
    #[serde(default, deserialize_with = "text")]
    id: Option<String>,
    name: String,
    #[serde(borrow)]
    args: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Blob {
    mime_type: String,
    data: String,
}

#[derive(Deserialize)]
struct Code {
    #[serde(default, deserialize_with = "text")]
    language: Option<String>,
    #[serde(default)]
    code: String,
}

#[derive(Deserialize)]
struct Ran {
    #[serde(default)]
    output: String,
}

/// Tells the calls of one answer apart: by the provider's ids, where it gives them, else by their
/// number.
#[derive(Debug, Default)]
pub(super) struct Calls {
    ids: Vec<String>,
}

impl Calls {
    /// Whether a call was met.
    pub(super) fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    fn id(&mut self, given: Option<String>, response: Option<&str>) -> String {
        let number = self.ids.len();
        let given = given.filter(|id| !id.is_empty() && !self.ids.contains(id));
        let id = given.unwrap_or_else(|| match response {
            Some(response) => format!("call_{response}_{number}"),
            None => format!("call_{number}"),
        });
        self.ids.push(id.clone());
        id
    }
}

impl Answer<'_> {
    /// The error, where it is one.
    pub(super) fn error(&self) -> Option<ProviderError> {
        let error = self.error.as_ref().filter(|error| !error.is_null())?;
        Some(told(error))
    }

    /// What was consumed so far, the searches that Google made included. Models before the third
    /// generation bill a prompt that was searched for once, however often that was done.
    pub(super) fn usage(&self) -> Option<Usage> {
        let counts = self.usage_metadata.as_ref();
        let mut usage = counts.map_or(Usage::NONE, Counts::usage);
        let searches = self.grounding().map_or(0, searches);
        if searches > 0 {
            let model = self.model_version.as_deref().unwrap_or_default();
            let billed = if is_third(model) { searches } else { 1 };
            usage.set(UsageClass::WebSearches, billed);
        }
        (!usage.is_empty()).then_some(usage)
    }

    /// What the answer's text rests on, where Google searched.
    pub(super) fn grounding(&self) -> Option<&Value> {
        self.candidate()?.grounding_metadata.as_ref()
    }

    fn candidate(&self) -> Option<&Candidate<'_>> {
        self.candidates
            .iter()
            .flatten()
            .find(|candidate| candidate.index == 0)
    }

    /// Why it ended, where it did: an error of the model's own is one of the provider.
    pub(super) fn ending(&self) -> Option<Result<Stop, String>> {
        let blocked = self
            .prompt_feedback
            .as_ref()
            .and_then(|told| told.block_reason.as_deref());
        let Some(candidate) = self.candidate() else {
            return blocked.map(|_| Ok(Stop::Filtered));
        };
        let reason = candidate.finish_reason.as_deref()?;
        Some(stop(reason).ok_or_else(|| {
            let more = candidate.finish_message.as_deref().unwrap_or_default();
            format!(
                "the model failed to call a tool: {reason} {}",
                fault::safe(more, 300)
            )
        }))
    }

    /// What is said, in order; `calls` tells calls apart over all pieces of an answer, and
    /// `response` is the answer's id.
    pub(super) fn blocks(
        self,
        calls: &mut Calls,
        response: Option<&str>,
    ) -> Result<Vec<Content>, String> {
        let candidates = self.candidates.into_iter().flatten();
        let first = candidates
            .into_iter()
            .find(|candidate| candidate.index == 0);
        let parts = first
            .and_then(|first| first.content?.parts)
            .unwrap_or_default();
        let blocks = parts
            .into_iter()
            .filter_map(|part| block(part, calls, response).transpose());
        blocks.collect()
    }
}

fn block(
    part: Part<'_>,
    calls: &mut Calls,
    response: Option<&str>,
) -> Result<Option<Content>, String> {
    if let Some(call) = part.function_call {
        let input: Raw = match call.args.filter(|args| args.get() != "null") {
            Some(args) => args.to_owned(),
            None => RawValue::from_string("{}".to_owned()).map_err(|error| error.to_string())?,
        };
        if !input.get().starts_with('{') {
            return Err(format!(
                "the arguments of the call of `{}` are no object",
                call.name
            ));
        }
        let id = calls.id(call.id, response);
        let signature = part.thought_signature;
        return Ok(Some(Content::ToolUse {
            id,
            name: call.name,
            input,
            signature,
        }));
    }
    if let Some(Blob {
        mime_type: mime,
        data: base64,
    }) = part.inline_data
    {
        let is_audio = mime.starts_with("audio/");
        let media = Media::Inline { mime, base64 };
        return Ok(Some(if is_audio {
            Content::Audio(media)
        } else {
            Content::Image(media)
        }));
    }
    if let Some(code) = part.executable_code {
        let language = code.language.unwrap_or_default().to_ascii_lowercase();
        return Ok(Some(Content::Text(format!(
            "\n```{language}\n{}\n```\n",
            code.code
        ))));
    }
    if let Some(ran) = part.code_execution_result {
        return Ok(Some(Content::Text(format!("\n```\n{}\n```\n", ran.output))));
    }
    Ok(match part.text {
        Some(text) if text.is_empty() => None,
        Some(text) if part.thought => Some(Content::Thinking {
            text,
            signature: None,
        }),
        text => text.map(Content::Text),
    })
}

/// Why an answer ended; `None` where the model failed. Calls of tools are told by the blocks.
fn stop(reason: &str) -> Option<Stop> {
    match reason {
        "MAX_TOKENS" => Some(Stop::Length),
        "SAFETY"
        | "RECITATION"
        | "LANGUAGE"
        | "BLOCKLIST"
        | "PROHIBITED_CONTENT"
        | "SPII"
        | "IMAGE_SAFETY"
        | "IMAGE_PROHIBITED_CONTENT"
        | "IMAGE_RECITATION" => Some(Stop::Filtered),
        "MALFORMED_FUNCTION_CALL"
        | "UNEXPECTED_TOOL_CALL"
        | "TOO_MANY_TOOL_CALLS"
        | "MISSING_THOUGHT_SIGNATURE" => None,
        _ => Some(Stop::End),
    }
}

/// The end of an answer that called tools is that it calls tools.
pub(super) fn with_calls(stop: Stop, calls: &Calls) -> Stop {
    if stop == Stop::End && !calls.is_empty() {
        Stop::ToolUse
    } else {
        stop
    }
}

/// Reads a whole answer.
pub(super) fn decode(body: &[u8]) -> Result<Response, String> {
    let answer: Answer<'_> = serde_json::from_slice(body)
        .map_err(|error| format!("the answer cannot be read: {error}"))?;
    if let Some(error) = answer.error() {
        return Err(format!("the answer is an error: {}", error.message));
    }
    let usage = answer.usage().unwrap_or_default();
    let stop = match answer.ending() {
        Some(ending) => ending?,
        None if answer.candidate().is_some() => Stop::End,
        None => return Err("the answer has neither `candidates` nor a reason why".to_owned()),
    };
    let (id, model) = (answer.response_id.clone(), answer.model_version.clone());
    let mut calls = Calls::default();
    let grounding = answer.grounding().cloned();
    let contents = answer.blocks(&mut calls, id.as_deref())?;
    let stop = with_calls(stop, &calls);
    let blocks = merged(contents);
    let mut texts = blocks.iter().enumerate();
    let text = texts.find_map(|(at, block)| match &block.content {
        Content::Text(text) => Some((at, text)),
        _ => None,
    });
    let cited = text.zip(grounding).map(|((block, text), grounding)| {
        let cited = citations(&grounding, text).into_iter();
        cited.map(|cited| Citation { block, ..cited }).collect()
    });
    Ok(Response {
        id,
        model,
        citations: cited.unwrap_or_default(),
        blocks,
        stop,
        usage,
        ..Response::default()
    })
}

/// How many searches were made.
fn searches(grounding: &Value) -> u64 {
    let queries = grounding.get("webSearchQueries").and_then(Value::as_array);
    let queries = queries.map_or(0, Vec::len);
    u64::try_from(queries).unwrap_or(u64::MAX)
}

/// What a text rests on: each stretch of it, which is counted in bytes, with each of its sources; all
/// sources for the whole of it, where no stretch is told.
pub(super) fn citations(grounding: &Value, text: &str) -> Vec<Citation> {
    let list = |value: &Value, name: &str| {
        let list = value.get(name).and_then(Value::as_array);
        list.cloned().unwrap_or_default()
    };
    let chunks = list(grounding, "groundingChunks");
    let source = |chunk: &Value| {
        let told = chunk.get("web").or_else(|| chunk.get("retrievedContext"))?;
        let text = |name: &str| {
            let text = told.get(name)?.as_str()?;
            (!text.is_empty()).then(|| text.to_owned())
        };
        let citation = Citation {
            url: text("uri"),
            title: text("title"),
            quote: text("text"),
            ..Citation::default()
        };
        citation.url.is_some().then_some(citation)
    };
    let supports = list(grounding, "groundingSupports");
    if supports.is_empty() {
        return chunks.iter().filter_map(source).collect();
    }
    let mut cited = Vec::new();
    for support in &supports {
        let place = |pointer: &str| {
            let byte = support
                .pointer(pointer)
                .and_then(Value::as_u64)
                .unwrap_or(0);
            character_of(text, usize::try_from(byte).unwrap_or(usize::MAX))
        };
        let span = (place("/segment/startIndex"), place("/segment/endIndex"));
        for index in list(support, "groundingChunkIndices") {
            let index = index.as_u64().and_then(|index| usize::try_from(index).ok());
            let chunk = index.and_then(|index| chunks.get(index));
            cited.extend(chunk.and_then(source).map(|source| Citation {
                span: Some(span),
                ..source
            }));
        }
    }
    cited
}

/// Pieces of text that follow each other are one text.
fn merged(contents: Vec<Content>) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for content in contents {
        match (blocks.last_mut().map(|block| &mut block.content), content) {
            (Some(Content::Text(text)), Content::Text(more)) => text.push_str(&more),
            (Some(Content::Thinking { text, .. }), Content::Thinking { text: more, .. }) => {
                text.push_str(&more);
            }
            (_, content) => blocks.push(content.into()),
        }
    }
    blocks
}

/// Looks at an answer without decoding its content.
pub(super) fn look(body: &[u8]) -> Result<Seen, String> {
    let object = scan::scan(body, ["error", "usageMetadata"]).map_err(|fault| fault.to_string())?;
    let [error, usage] = object.values.map(|span| span.map(|span| span.of(body)));
    if error.is_some_and(|error| error != b"null") {
        return Ok(Seen::Error(error::read(200, body)));
    }
    Ok(Seen::Answer(consumed(body, usage)))
}

/// What an answer or a piece of one consumed, by its counts, or by all of it where Google searched.
pub(super) fn consumed(body: &[u8], counts: Option<&[u8]>) -> Option<Usage> {
    // Inside a text the quotes would be escaped, so that no text is taken for a search.
    if memmem::find(body, b"\"webSearchQueries\"").is_some()
        && let Ok(answer) = serde_json::from_slice::<Answer<'_>>(body)
    {
        return answer.usage();
    }
    let counts = serde_json::from_slice::<Counts>(counts?).ok()?;
    Some(counts.usage()).filter(|usage| !usage.is_empty())
}
