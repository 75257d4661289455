//! A whole answer.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::error::{self, told};
use super::usage::Counts;
use crate::codec::Seen;
use crate::ir::{Block, Citation, Content, Response, Stop};
use crate::lenient::text;
use crate::scan;

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(default, deserialize_with = "text")]
    id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    model: Option<String>,
    #[serde(borrow)]
    content: Option<Vec<&'a RawValue>>,
    #[serde(default, deserialize_with = "text")]
    stop_reason: Option<String>,
    #[serde(default, deserialize_with = "text")]
    stop_sequence: Option<String>,
    usage: Option<Counts>,
    error: Option<Value>,
}

/// A block of an answer. What of it is the model's own is read; blocks of tools that the provider
/// runs are not calls to the caller's tools and are passed over.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Said {
    Text {
        text: String,
        citations: Option<Vec<Value>>,
    },
    Thinking {
        thinking: String,
        signature: Option<String>,
    },
    RedactedThinking {
        data: String,
    },
    ToolUse {
        id: String,
        name: String,
    },
    #[serde(other)]
    Other,
}

/// The arguments of a call, as they are written.
#[derive(Deserialize)]
struct Input<'a> {
    #[serde(borrow)]
    input: Option<&'a RawValue>,
}

/// Reads an answer.
pub(super) fn decode(body: &[u8]) -> Result<Response, String> {
    let message: Message<'_> = serde_json::from_slice(body)
        .map_err(|error| format!("the answer is no message: {error}"))?;
    if let Some(error) = message.error.as_ref().filter(|error| !error.is_null()) {
        return Err(format!("the answer is an error: {}", told(error).message));
    }
    let content = message.content.ok_or("the answer has no `content`")?;
    let (mut blocks, mut citations) = (Vec::<Block>::new(), Vec::new());
    for raw in content {
        if let Some((content, cited)) = block(raw)? {
            let block = blocks.len();
            citations.extend(cited.into_iter().map(|cited| Citation { block, ..cited }));
            blocks.push(content.into());
        }
    }
    let reason = message.stop_reason.as_deref();
    let met = (reason == Some("stop_sequence")).then(|| message.stop_sequence.unwrap_or_default());
    Ok(Response {
        id: message.id,
        model: message.model,
        blocks,
        citations,
        stop: stop(reason),
        stop_text: met,
        usage: message.usage.unwrap_or_default().usage(),
    })
}

/// Looks at an answer without decoding its content.
pub(super) fn look(body: &[u8]) -> Result<Seen, String> {
    let object = scan::scan(body, ["error", "usage"]).map_err(|fault| fault.to_string())?;
    let [error, usage] = object.values.map(|span| span.map(|span| span.of(body)));
    if error.is_some_and(|error| error != b"null") {
        return Ok(Seen::Error(error::read(200, body)));
    }
    let counts = usage.and_then(|text| serde_json::from_slice::<Counts>(text).ok());
    let usage = counts.map(|counts| counts.usage());
    Ok(Seen::Answer(usage.filter(|usage| !usage.is_empty())))
}

/// Why an answer ended. A pause asks to be called again, which a caller of another dialect cannot
/// do; for it the answer is done.
pub(super) fn stop(reason: Option<&str>) -> Stop {
    match reason {
        Some("max_tokens" | "model_context_window_exceeded") => Stop::Length,
        Some("tool_use") => Stop::ToolUse,
        Some("refusal") => Stop::Filtered,
        _ => Stop::End,
    }
}

/// What words rest on. The places of documents are places in them and not in the words.
pub(super) fn citation(told: &Value) -> Option<Citation> {
    let text = |name: &str| {
        let text = told.get(name)?.as_str()?;
        (!text.is_empty()).then(|| text.to_owned())
    };
    let number = told.get("document_index").and_then(Value::as_u64);
    let citation = Citation {
        url: text("url").or_else(|| text("source")),
        document: text("file_id").or_else(|| number.map(|number| number.to_string())),
        title: text("title").or_else(|| text("document_title")),
        quote: text("cited_text"),
        ..Citation::default()
    };
    (citation.url.is_some() || citation.document.is_some()).then_some(citation)
}

/// A block, and what its words rest on.
fn block(raw: &RawValue) -> Result<Option<(Content, Vec<Citation>)>, String> {
    let unread = |error| format!("a block of the answer cannot be read: {error}");
    let said: Said = serde_json::from_str(raw.get()).map_err(unread)?;
    let content = match said {
        Said::Text { text, citations } => {
            let cited = citations.iter().flatten().filter_map(citation).collect();
            return Ok(Some((Content::Text(text), cited)));
        }
        Said::Thinking {
            thinking: text,
            signature,
        } => Content::Thinking {
            text,
            signature: signature.filter(|text| !text.is_empty()),
        },
        Said::RedactedThinking { data } => Content::RedactedThinking(data),
        Said::ToolUse { id, name } => {
            let Input { input } = serde_json::from_str(raw.get()).map_err(unread)?;
            let input = match input {
                Some(input) => input.to_owned(),
                None => serde_json::from_str("{}").map_err(unread)?,
            };
            if !input.get().starts_with('{') {
                return Err(format!(
                    "the arguments of the call of `{name}` are no object"
                ));
            }
            Content::ToolUse {
                id,
                name,
                input,
                signature: None,
            }
        }
        Said::Other => return Ok(None),
    };
    Ok(Some((content, Vec::new())))
}
