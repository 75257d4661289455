//! A whole answer.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::error;
use super::usage::{Counts, Service};
use crate::codec::Seen;
use crate::ir::{Block, Citation, Content, Media, Response, Stop};
use crate::lenient::text;
use crate::scan;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    #[serde(borrow)]
    output: Option<Output<'a>>,
    #[serde(default, deserialize_with = "text")]
    stop_reason: Option<String>,
    usage: Option<Counts>,
    service_tier: Option<Service>,
}

#[derive(Deserialize)]
struct Output<'a> {
    #[serde(borrow)]
    message: Option<Message<'a>>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    content: Option<Vec<&'a RawValue>>,
}

/// A block of an answer: an object with one of these members. What of it is the model's own is
/// read; other kinds are passed over.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Said<'a> {
    text: Option<String>,
    #[serde(borrow)]
    tool_use: Option<Call<'a>>,
    reasoning_content: Option<Thought>,
    citations_content: Option<Cited>,
    image: Option<Image>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Call<'a> {
    tool_use_id: String,
    name: String,
    #[serde(borrow)]
    input: Option<&'a RawValue>,
    /// Set for tools that Bedrock runs itself.
    #[serde(rename = "type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Thought {
    reasoning_text: Option<ThoughtText>,
    redacted_content: Option<String>,
}

#[derive(Deserialize)]
struct ThoughtText {
    #[serde(default)]
    text: String,
    signature: Option<String>,
}

/// Words with the places that they come from.
#[derive(Deserialize)]
struct Cited {
    #[serde(default)]
    content: Vec<CitedText>,
    #[serde(default)]
    citations: Vec<Value>,
}

#[derive(Deserialize)]
struct CitedText {
    text: Option<String>,
}

#[derive(Deserialize)]
struct Image {
    format: String,
    source: Source,
}

#[derive(Deserialize)]
struct Source {
    bytes: Option<String>,
}

/// Reads an answer.
pub(super) fn decode(body: &[u8]) -> Result<Response, String> {
    let answer: Answer<'_> = serde_json::from_slice(body)
        .map_err(|error| format!("the answer is none of Converse: {error}"))?;
    let Some(output) = answer.output else {
        let told = error::in_place_of_answer(body).map(|error| error.message);
        let told = told.unwrap_or_else(|| "it has no `output`".to_owned());
        return Err(format!("the answer is an error: {told}"));
    };
    let content = output.message.and_then(|message| message.content);
    let content = content.ok_or("the answer has no `output.message.content`")?;
    let (mut blocks, mut citations) = (Vec::<Block>::new(), Vec::new());
    for raw in content {
        if let Some((content, cited)) = block(raw)? {
            let block = blocks.len();
            citations.extend(cited.into_iter().map(|cited| Citation { block, ..cited }));
            blocks.push(content.into());
        }
    }
    let reason = answer.stop_reason.as_deref();
    let usage = answer.usage.unwrap_or_default().usage();
    Ok(Response {
        id: None,
        model: None,
        blocks,
        citations,
        stop: stop(reason),
        // Which text it was is not told.
        stop_text: (reason == Some("stop_sequence")).then(String::new),
        usage: usage.in_tier(Service::told(answer.service_tier)),
    })
}

/// Looks at an answer without decoding its content.
pub(super) fn look(body: &[u8]) -> Result<Seen, String> {
    let object =
        scan::scan(body, ["output", "usage", "serviceTier"]).map_err(|fault| fault.to_string())?;
    let [output, usage, tier] = object.values.map(|span| span.map(|span| span.of(body)));
    if output.is_none()
        && let Some(error) = error::in_place_of_answer(body)
    {
        return Ok(Seen::Error(error));
    }
    let counts = usage.and_then(|text| serde_json::from_slice::<Counts>(text).ok());
    let service = tier.and_then(|text| serde_json::from_slice::<Service>(text).ok());
    let usage = counts.map(|counts| counts.usage().in_tier(Service::told(service)));
    Ok(Seen::Answer(usage.filter(|usage| !usage.is_empty())))
}

/// Why an answer ended.
pub(super) fn stop(reason: Option<&str>) -> Stop {
    match reason {
        Some("max_tokens" | "model_context_window_exceeded") => Stop::Length,
        Some("tool_use") => Stop::ToolUse,
        Some("guardrail_intervened" | "content_filtered") => Stop::Filtered,
        _ => Stop::End,
    }
}

/// What words rest on: a page, or a document of the request.
pub(super) fn citation(told: &Value) -> Option<Citation> {
    let text = |pointer: &str| {
        let text = told.pointer(pointer)?.as_str()?;
        (!text.is_empty()).then(|| text.to_owned())
    };
    let mut location = told.get("location")?.as_object()?.values();
    let number = location.find_map(|place| place.get("documentIndex")?.as_u64());
    let citation = Citation {
        url: text("/location/web/url"),
        document: number.map(|number| number.to_string()),
        title: text("/title"),
        quote: text("/sourceContent/0/text"),
        ..Citation::default()
    };
    (citation.url.is_some() || citation.document.is_some()).then_some(citation)
}

/// A block, and what its words rest on.
fn block(raw: &RawValue) -> Result<Option<(Content, Vec<Citation>)>, String> {
    let unread = |error| format!("a block of the answer cannot be read: {error}");
    let said: Said<'_> = serde_json::from_str(raw.get()).map_err(unread)?;
    let content = if let Some(text) = said.text {
        Content::Text(text)
    } else if let Some(call) = said.tool_use {
        match call.kind.as_deref() {
            None => called(call)?,
            Some(_) => return Ok(None),
        }
    } else if let Some(thought) = said.reasoning_content {
        match (thought.reasoning_text, thought.redacted_content) {
            (Some(ThoughtText { text, signature }), _) => Content::Thinking {
                text,
                signature: signature.filter(|text| !text.is_empty()),
            },
            (None, Some(data)) => Content::RedactedThinking(data),
            (None, None) => return Ok(None),
        }
    } else if let Some(cited) = said.citations_content {
        let texts = cited.content.into_iter().filter_map(|piece| piece.text);
        let sources = cited.citations.iter().filter_map(citation).collect();
        return Ok(Some((Content::Text(texts.collect()), sources)));
    } else if let Some(Image { format, source }) = said.image
        && let Some(base64) = source.bytes
    {
        let mime = super::media::image_type(&format).unwrap_or("image/png");
        Content::Image(Media::Inline {
            mime: mime.to_owned(),
            base64,
        })
    } else {
        return Ok(None);
    };
    Ok(Some((content, Vec::new())))
}

fn called(call: Call<'_>) -> Result<Content, String> {
    let input = match call.input {
        Some(input) => input.to_owned(),
        None => serde_json::from_str("{}").map_err(|error| error.to_string())?,
    };
    if !input.get().starts_with('{') {
        let name = call.name;
        return Err(format!(
            "the arguments of the call of `{name}` are no object"
        ));
    }
    Ok(Content::ToolUse {
        id: call.tool_use_id,
        name: call.name,
        input,
        signature: None,
    })
}
