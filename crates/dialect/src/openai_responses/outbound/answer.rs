//! A provider's whole answer, read into the intermediate form.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tollgate_model::Usage;

use crate::codec::Seen;
use crate::ir::{Block, Citation, Content, Media, Raw, Response, Stop};
use crate::lenient::text;
use crate::openai_chat::answer::citation;
use crate::openai_responses::forms::arguments_of;
use crate::openai_responses::{error, usage};
use crate::scan;
use crate::seal;
use crate::tier;

#[derive(Deserialize)]
struct Answer {
    #[serde(default, deserialize_with = "text")]
    id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    model: Option<String>,
    #[serde(default, deserialize_with = "text")]
    status: Option<String>,
    incomplete_details: Option<Value>,
    output: Option<Vec<Item>>,
}

/// An item of an answer. What of it is the model's own is read; what tools of the provider did is
/// passed over.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Item {
    #[serde(rename = "type", deserialize_with = "text")]
    pub(super) kind: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) call_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) arguments: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) input: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) encrypted_content: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) result: Option<String>,
    pub(super) content: Option<Vec<Part>>,
    pub(super) summary: Option<Vec<Part>>,
}

/// A part of a message or of reasoning.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Part {
    #[serde(rename = "type", deserialize_with = "text")]
    pub(super) kind: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) text: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) refusal: Option<String>,
    pub(super) annotations: Option<Vec<Value>>,
}

/// Reads an answer. The error says what is wrong with it.
pub(crate) fn decode(body: &[u8]) -> Result<Response, String> {
    let usage = match look(body)? {
        Seen::Answer(usage) => usage,
        Seen::Error(error) => return Err(format!("the answer is an error: {}", error.message)),
    };
    let answer: Answer = serde_json::from_slice(body)
        .map_err(|error| format!("the answer is unreadable: {error}"))?;
    let items = answer.output.ok_or("the answer has no `output`")?;
    let (mut blocks, mut citations) = (Vec::<Block>::new(), Vec::new());
    for item in items {
        let first = blocks.len();
        for (at, part) in item.words().enumerate() {
            let found = part.annotations.iter().flatten().filter_map(citation);
            let block = first + at;
            citations.extend(found.map(|citation| Citation { block, ..citation }));
        }
        blocks.extend(item.contents().into_iter().map(Block::from));
    }
    let calls = blocks
        .iter()
        .any(|block| matches!(block.content, Content::ToolUse { .. }));
    let reason = answer.incomplete_details.as_ref();
    let reason = reason.and_then(|details| details.get("reason")?.as_str());
    Ok(Response {
        id: answer.id.filter(|id| !id.is_empty()),
        model: answer.model.filter(|model| !model.is_empty()),
        blocks,
        citations,
        stop: stop(answer.status.as_deref(), reason, calls),
        usage: usage.unwrap_or(Usage::NONE),
        ..Response::default()
    })
}

/// Looks at an answer without decoding its content.
pub(crate) fn look(body: &[u8]) -> Result<Seen, String> {
    let object = scan::scan(body, ["error", "usage", "output", tier::NAME])
        .map_err(|fault| fault.to_string())?;
    let [fault, counts, output, tier] = object.values.map(|span| span.map(|span| span.of(body)));
    if fault.is_some_and(|fault| fault != b"null") {
        return Ok(Seen::Error(error::read(200, body)));
    }
    let served_in = tier::told_in(tier);
    let usage = usage::read(counts, output);
    Ok(Seen::Answer(usage.map(|usage| usage.in_tier(served_in))))
}

/// Why an answer ended.
pub(super) fn stop(status: Option<&str>, reason: Option<&str>, calls: bool) -> Stop {
    match (status, reason) {
        (_, Some("content_filter")) => Stop::Filtered,
        (Some("incomplete"), _) => Stop::Length,
        _ if calls => Stop::ToolUse,
        _ => Stop::End,
    }
}

impl Item {
    /// The id of a call, by which its result is told.
    pub(super) fn call(&self) -> String {
        let id = self.call_id.as_ref().or(self.id.as_ref());
        id.filter(|id| !id.is_empty())
            .map_or_else(|| "call_0".to_owned(), Clone::clone)
    }

    /// What keeps the thoughts for the provider, where it has encrypted them.
    pub(super) fn signature(&self) -> Option<String> {
        let encrypted = self
            .encrypted_content
            .as_ref()
            .filter(|text| !text.is_empty())?;
        Some(seal::item(
            self.id.as_deref().unwrap_or_default(),
            encrypted,
        ))
    }

    /// The texts of thoughts: the summary, or, of open models, the thoughts themselves.
    pub(super) fn thoughts(&self) -> String {
        let texts = |parts: &Option<Vec<Part>>| {
            let parts = parts.iter().flatten();
            let texts = parts.filter_map(|part| part.text.as_deref());
            let texts: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
            texts.join("\n\n")
        };
        let summary = texts(&self.summary);
        match summary.is_empty() {
            true => texts(&self.content),
            false => summary,
        }
    }

    /// What a tool that makes pictures made.
    pub(super) fn picture(&self) -> Option<Media> {
        let base64 = self.result.clone().filter(|base64| !base64.is_empty())?;
        Some(Media::Inline {
            mime: "image/png".to_owned(),
            base64,
        })
    }

    /// The parts of a message that say something, as [`Item::contents`] has them.
    fn words(&self) -> impl Iterator<Item = &Part> {
        let is_message = self.kind.as_deref() == Some("message");
        let parts = self.content.iter().flatten();
        parts.filter(move |part| is_message && part.says())
    }

    fn contents(self) -> Vec<Content> {
        match self.kind.as_deref() {
            Some("message") => {
                let parts = self.content.unwrap_or_default().into_iter();
                parts.filter_map(Part::content).collect()
            }
            Some("reasoning") => {
                let (text, signature) = (self.thoughts(), self.signature());
                let says = !text.is_empty() || signature.is_some();
                says.then_some(Content::Thinking { text, signature })
                    .into_iter()
                    .collect()
            }
            Some("function_call") => {
                let input = arguments(self.arguments.as_deref().unwrap_or_default());
                self.tool_use(input)
            }
            Some("custom_tool_call") => {
                let input = arguments_of(self.input.as_deref().unwrap_or_default());
                self.tool_use(input)
            }
            Some("image_generation_call") => {
                let media = self.picture();
                media.map(Content::Image).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    fn tool_use(self, input: Raw) -> Vec<Content> {
        let id = self.call();
        vec![Content::ToolUse {
            id,
            name: self.name.unwrap_or_default(),
            input,
            signature: None,
        }]
    }
}

impl Part {
    /// Whether there is anything in it.
    fn says(&self) -> bool {
        match self.kind.as_deref() {
            Some("refusal") => self.refusal.is_some(),
            _ => self.text.as_ref().is_some_and(|text| !text.is_empty()),
        }
    }

    fn content(self) -> Option<Content> {
        match self.kind.as_deref() {
            Some("refusal") => self.refusal.map(Content::Refusal),
            _ => self.text.filter(|text| !text.is_empty()).map(Content::Text),
        }
    }
}

/// The arguments of a call. A string that holds no JSON is kept as a JSON string: what the model
/// wrote must reach the caller.
fn arguments(text: &str) -> Raw {
    let text = if text.trim().is_empty() { "{}" } else { text };
    let quoted = || serde_json::value::to_raw_value(text);
    RawValue::from_string(text.to_owned())
        .or_else(|_| quoted())
        .unwrap_or_else(|_| RawValue::NULL.to_owned())
}
