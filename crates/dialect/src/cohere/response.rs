//! A whole answer.

use serde::Deserialize;
use serde_json::Value;

use super::error;
use super::usage::Counts;
use crate::codec::Seen;
use crate::ir::{Block, Citation, Content, Response, Stop};
use crate::lenient::text;
use crate::openai_chat::answer::Call;
use crate::scan;

#[derive(Deserialize)]
struct Answer {
    #[serde(default, deserialize_with = "text")]
    id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    finish_reason: Option<String>,
    message: Option<Message>,
    #[serde(default)]
    usage: Option<Counts>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    content: Option<Value>,
    #[serde(default, deserialize_with = "text")]
    tool_plan: Option<String>,
    #[serde(default)]
    tool_calls: Option<Vec<Call>>,
    #[serde(default)]
    citations: Option<Vec<Value>>,
}

/// Reads an answer.
pub(super) fn decode(body: &[u8]) -> Result<Response, String> {
    if let Some(error) = error::in_place_of_answer(body) {
        return Err(format!("the answer is an error: {}", error.message));
    }
    let answer: Answer = serde_json::from_slice(body)
        .map_err(|error| format!("the answer is unreadable: {error}"))?;
    let reason = answer.finish_reason.as_deref();
    if let Some(error) = error::of_finish(reason, None) {
        return Err(format!("the answer is an error: {}", error.message));
    }
    let mut message = answer.message.ok_or("the answer has no message in it")?;
    let told = message.citations.take().unwrap_or_default();
    let blocks = message.blocks();
    let text = blocks
        .iter()
        .position(|block| matches!(block.content, Content::Text(_)));
    let citations = told.iter().flat_map(citations).filter_map(|citation| {
        let block = text?;
        Some(Citation { block, ..citation })
    });
    let citations = citations.collect();
    let calls = blocks
        .iter()
        .any(|block| matches!(block.content, Content::ToolUse { .. }));
    Ok(Response {
        id: answer.id.filter(|id| !id.is_empty()),
        model: None,
        blocks,
        citations,
        stop: stop(reason, calls),
        // Which text it was is not told.
        stop_text: (reason == Some("STOP_SEQUENCE")).then(String::new),
        usage: answer.usage.unwrap_or_default().usage(),
    })
}

/// Looks at an answer without decoding its content.
pub(super) fn look(body: &[u8]) -> Result<Seen, String> {
    let object = scan::scan(body, ["message", "usage", "finish_reason", "error"])
        .map_err(|fault| fault.to_string())?;
    let [message, usage, reason, fault] = object.values.map(|span| span.map(|span| span.of(body)));
    let is_error = fault.is_some_and(|fault| fault != b"null")
        || message.is_some_and(|message| message.starts_with(b"\""));
    if is_error && let Some(error) = error::in_place_of_answer(body) {
        return Ok(Seen::Error(error));
    }
    let reason = reason.and_then(|reason| serde_json::from_slice::<String>(reason).ok());
    if let Some(error) = error::of_finish(reason.as_deref(), None) {
        return Ok(Seen::Error(error));
    }
    let counts = usage.and_then(|text| serde_json::from_slice::<Counts>(text).ok());
    let usage = counts.map(|counts| counts.usage());
    Ok(Seen::Answer(usage.filter(|usage| !usage.is_empty())))
}

/// Why an answer ended. One that calls tools waits for their results.
pub(super) fn stop(reason: Option<&str>, has_calls: bool) -> Stop {
    match reason {
        Some("MAX_TOKENS") => Stop::Length,
        Some("TOOL_CALL") => Stop::ToolUse,
        _ if has_calls => Stop::ToolUse,
        _ => Stop::End,
    }
}

impl Message {
    /// Thoughts and words in their order, then the plan for the tools, which is said as well, then
    /// their calls.
    fn blocks(self) -> Vec<Block> {
        let mut blocks = match self.content {
            Some(Value::String(words)) => words_block(&words).into_iter().collect(),
            Some(Value::Array(items)) => items.iter().filter_map(item).collect(),
            _ => Vec::new(),
        };
        blocks.extend(self.tool_plan.as_deref().and_then(words_block));
        let calls = self.tool_calls.unwrap_or_default().into_iter().enumerate();
        blocks.extend(calls.filter_map(|(at, call)| call.block(at)));
        blocks
    }
}

/// What words rest on, source by source.
pub(super) fn citations(told: &Value) -> Vec<Citation> {
    let place = |name: &str| usize::try_from(told.get(name)?.as_u64()?).ok();
    let span = place("start").zip(place("end"));
    let sources = told.get("sources").and_then(Value::as_array);
    let source = |source: &Value| {
        let text = |pointer: &str| {
            let text = source.pointer(pointer)?.as_str()?;
            (!text.is_empty()).then(|| text.to_owned())
        };
        let citation = Citation {
            span,
            url: text("/document/url"),
            document: text("/id").or_else(|| text("/document/id")),
            title: text("/document/title"),
            ..Citation::default()
        };
        (citation.url.is_some() || citation.document.is_some()).then_some(citation)
    };
    sources.into_iter().flatten().filter_map(source).collect()
}

fn words_block(words: &str) -> Option<Block> {
    (!words.is_empty()).then(|| Content::Text(words.to_owned()).into())
}

fn item(item: &Value) -> Option<Block> {
    let text = |name: &str| item.get(name).and_then(Value::as_str);
    if let Some(thought) = text("thinking").filter(|thought| !thought.is_empty()) {
        let content = Content::Thinking {
            text: thought.to_owned(),
            signature: None,
        };
        return Some(content.into());
    }
    words_block(text("text")?)
}
