//! A provider's whole answer, read into the intermediate form.

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;
use tollgate_model::{ServedIn, Usage};

use super::{error, usage as usage_object, wire};
use crate::codec::Seen;
use crate::ir::{Block, Citation, Content, Media, Raw, Response};
use crate::lenient;
use crate::scan;
use crate::tier;

/// Reads an answer; of several choices the first. The error says what is wrong with it.
pub(super) fn decode(body: &[u8]) -> Result<Response, String> {
    if let Some(error) = error::in_place_of_answer(body) {
        return Err(format!("the answer is an error: {}", error.message));
    }
    let answer: Answer<'_> = serde_json::from_slice(body)
        .map_err(|error| format!("the answer is unreadable: {error}"))?;
    let mut choices = answer.choices.into_iter();
    let choice = choices.next().ok_or("the answer has no choice in it")?;
    let mut message = choice.message.ok_or("the first choice has no message")?;
    let annotations = message.annotations.take().unwrap_or_default();
    let blocks = message.blocks();
    let text = blocks
        .iter()
        .position(|block| matches!(block.content, Content::Text(_)));
    let citations = annotations.iter().filter_map(|annotation| {
        let block = text?;
        Some(Citation {
            block,
            ..citation(annotation)?
        })
    });
    let citations = citations.collect();
    let calls = blocks
        .iter()
        .any(|block| matches!(block.content, Content::ToolUse { .. }));
    let usage = answer
        .usage
        .and_then(|raw| usage_object::read(raw.get().as_bytes()));
    Ok(Response {
        id: answer.id.filter(|id| !id.is_empty()),
        model: answer.model.filter(|model| !model.is_empty()),
        blocks,
        citations,
        stop: wire::stop(choice.finish_reason.as_deref(), calls),
        usage: usage.unwrap_or(Usage::NONE).in_tier(answer.service_tier),
        ..Response::default()
    })
}

/// Looks at an answer without decoding it.
pub(crate) fn look(body: &[u8]) -> Result<Seen, String> {
    let object = scan::scan(body, ["error", "usage", "x_groq", tier::NAME])
        .map_err(|fault| fault.to_string())?;
    let [fault, told, groq, tier] = object.values.map(|span| span.map(|span| span.of(body)));
    if fault.is_some_and(|fault| fault != b"null") {
        return Ok(Seen::Error(error::decode(200, body)));
    }
    let usage = told.and_then(usage_object::read);
    let usage = usage.or_else(|| usage_object::read_groq(groq?));
    let served_in = tier::told_in(tier);
    Ok(Seen::Answer(usage.map(|usage| usage.in_tier(served_in))))
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(default, deserialize_with = "lenient::text")]
    id: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    model: Option<String>,
    #[serde(default)]
    choices: Vec<Choice>,
    #[serde(borrow)]
    usage: Option<&'a RawValue>,
    #[serde(default, deserialize_with = "tier::served_in")]
    service_tier: Option<ServedIn>,
}

#[derive(Deserialize)]
struct Choice {
    message: Option<Message>,
    #[serde(default, deserialize_with = "lenient::text")]
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    content: Option<Value>,
    #[serde(default, deserialize_with = "lenient::text")]
    reasoning_content: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    reasoning: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    refusal: Option<String>,
    #[serde(default)]
    tool_calls: Option<Vec<Call>>,
    #[serde(default)]
    function_call: Option<CalledFunction>,
    #[serde(default)]
    images: Option<Vec<Value>>,
    #[serde(default)]
    annotations: Option<Vec<Value>>,
}

/// What words rest on, in the forms of OpenAI's dialects: beside its type, or in a member of that name.
pub(crate) fn citation(annotation: &Value) -> Option<Citation> {
    let told = annotation.get("url_citation").unwrap_or(annotation);
    let text = |name: &str| {
        let text = told.get(name)?.as_str()?;
        (!text.is_empty()).then(|| text.to_owned())
    };
    let place = |name: &str| usize::try_from(told.get(name)?.as_u64()?).ok();
    let citation = Citation {
        span: place("start_index").zip(place("end_index")),
        url: text("url"),
        document: text("file_id"),
        title: text("title").or_else(|| text("filename")),
        ..Citation::default()
    };
    (citation.url.is_some() || citation.document.is_some()).then_some(citation)
}

/// A call of a tool, whole. Providers of other dialects write it so, too.
#[derive(Deserialize)]
pub(crate) struct Call {
    #[serde(default, deserialize_with = "lenient::text")]
    id: Option<String>,
    function: Option<CalledFunction>,
    #[serde(default)]
    extra_content: Option<Value>,
}

#[derive(Deserialize)]
struct CalledFunction {
    #[serde(default)]
    name: String,
    #[serde(default, deserialize_with = "arguments")]
    arguments: Option<Raw>,
}

impl Message {
    /// Thoughts, then words, then calls of tools.
    fn blocks(self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let thoughts = self
            .reasoning_content
            .filter(|text| !text.is_empty())
            .or(self.reasoning);
        if let Some(text) = thoughts.filter(|text| !text.is_empty()) {
            blocks.push(
                Content::Thinking {
                    text,
                    signature: None,
                }
                .into(),
            );
        }
        blocks.extend(self.content.as_ref().map(words).unwrap_or_default());
        if let Some(refusal) = self.refusal.filter(|text| !text.is_empty()) {
            blocks.push(Content::Refusal(refusal).into());
        }
        let images = self.images.unwrap_or_default();
        blocks.extend(
            images
                .iter()
                .filter_map(image)
                .map(|image| Content::Image(image).into()),
        );
        for (at, call) in self.tool_calls.unwrap_or_default().into_iter().enumerate() {
            blocks.extend(call.block(at));
        }
        if let Some(function) = self
            .function_call
            .filter(|function| !function.name.is_empty())
        {
            let call = Call {
                id: None,
                function: Some(function),
                extra_content: None,
            };
            blocks.extend(call.block(0));
        }
        blocks
    }
}

impl Call {
    /// Whether it has no id.
    pub(crate) fn is_nameless(&self) -> bool {
        self.id.as_deref().unwrap_or_default().is_empty()
    }

    /// The call as a block; `at` is its place among the calls, of which an id is made where it has
    /// none. `None` where it calls nothing.
    pub(crate) fn block(self, at: usize) -> Option<Block> {
        let function = self.function?;
        let content = Content::ToolUse {
            id: self
                .id
                .filter(|id| !id.is_empty())
                .unwrap_or_else(|| format!("call_{at}")),
            name: function.name,
            input: function.arguments.or_else(|| raw("{}".to_owned()))?,
            signature: self.extra_content.as_ref().and_then(thought_signature),
        };
        Some(content.into())
    }
}

/// The words of a message or a delta: a text, or parts of text and thoughts (Mistral).
pub(super) fn words(content: &Value) -> Vec<Block> {
    match content {
        Value::String(text) if text.is_empty() => Vec::new(),
        Value::String(text) => vec![Content::Text(text.clone()).into()],
        Value::Array(parts) => parts.iter().filter_map(part).collect(),
        _ => Vec::new(),
    }
}

fn part(part: &Value) -> Option<Block> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    match part.get("type").and_then(Value::as_str) {
        Some("thinking") => {
            let inner = part.get("thinking")?;
            let parts = inner.as_array().map(Vec::as_slice).unwrap_or_default();
            let joined = parts
                .iter()
                .filter_map(|part| part.get("text")?.as_str())
                .collect();
            let text = text(inner).unwrap_or(joined);
            Some(
                Content::Thinking {
                    text,
                    signature: None,
                }
                .into(),
            )
        }
        _ => Some(Content::Text(text(part.get("text")?)?).into()),
    }
}

fn image(value: &Value) -> Option<Media> {
    let url = value.pointer("/image_url/url")?.as_str()?;
    let inline = url
        .strip_prefix("data:")
        .and_then(|rest| rest.split_once(";base64,"));
    Some(match inline {
        Some((mime, base64)) => Media::Inline {
            mime: mime.to_owned(),
            base64: base64.to_owned(),
        },
        None => Media::Url(url.to_owned()),
    })
}

/// `extra_content.google.thought_signature`, where Gemini's compatible address puts it.
pub(super) fn thought_signature(extra: &Value) -> Option<String> {
    extra
        .pointer("/google/thought_signature")?
        .as_str()
        .map(str::to_owned)
}

/// A string that holds JSON, or, from some providers, the JSON itself. A string that holds none is
/// kept as a JSON string: what the model wrote must reach the caller.
fn arguments<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Raw>, D::Error> {
    let given = Option::<Raw>::deserialize(deserializer)?;
    let Some(given) = given else {
        return Ok(None);
    };
    match serde_json::from_str::<String>(given.get()) {
        Ok(text) if text.trim().is_empty() => Ok(None),
        Ok(text) => Ok(Some(raw(text).unwrap_or(given))),
        Err(_) => Ok(Some(given)),
    }
}

fn raw(text: String) -> Option<Raw> {
    RawValue::from_string(text).ok()
}
