//! A whole answer.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::error::{self, told};
use super::usage::Counts;
use crate::codec::Seen;
use crate::ir::{Block, Content, Response, Stop};
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
    let blocks = content.into_iter().filter_map(|raw| block(raw).transpose());
    let blocks = blocks.collect::<Result<Vec<Block>, String>>()?;
    Ok(Response {
        id: message.id,
        model: message.model,
        blocks,
        stop: stop(message.stop_reason.as_deref()),
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

fn block(raw: &RawValue) -> Result<Option<Block>, String> {
    let unread = |error| format!("a block of the answer cannot be read: {error}");
    let said: Said = serde_json::from_str(raw.get()).map_err(unread)?;
    let content = match said {
        Said::Text { text } => Content::Text(text),
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
    Ok(Some(content.into()))
}
