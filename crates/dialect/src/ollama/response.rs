//! A whole answer.

use serde_json::Value;

use super::error;
use super::wire::{Line, usage};
use crate::codec::Seen;
use crate::ir::{Block, Content, Response, Stop};
use crate::openai_chat::answer::Call;
use crate::scan;

/// Reads an answer of either of the dialects.
pub(super) fn decode(body: &[u8]) -> Result<Response, String> {
    let mut answer: Line = serde_json::from_slice(body)
        .map_err(|error| format!("the answer is unreadable: {error}"))?;
    if !answer.error.is_null() {
        let told = error::told(&answer.error).message;
        return Err(format!("the answer is an error: {told}"));
    }
    if answer.message.is_none() && answer.response.is_none() {
        return Err("the answer has no message in it".to_owned());
    }
    let calls = answer
        .message
        .as_mut()
        .and_then(|said| said.tool_calls.take());
    let mut blocks = words(&answer);
    let has_words = blocks.len();
    let moment = answer.moment();
    let calls = calls.unwrap_or_default().into_iter().enumerate();
    blocks.extend(calls.filter_map(|(at, call)| called(call, &moment, at)));
    let has_calls = blocks.len() > has_words;
    Ok(Response {
        id: None,
        stop: stop(answer.done_reason.as_deref(), has_calls),
        usage: answer.usage(),
        model: answer.model.filter(|model| !model.is_empty()),
        blocks,
        ..Response::default()
    })
}

/// Looks at an answer without decoding its content.
pub(super) fn look(body: &[u8]) -> Result<Seen, String> {
    let object = scan::scan(body, ["error", "prompt_eval_count", "eval_count"])
        .map_err(|fault| fault.to_string())?;
    let [error, prompt, answer] = object.values.map(|span| span.map(|span| span.of(body)));
    if error.is_some_and(|error| error != b"null") {
        return Ok(Seen::Error(error::read(200, body)));
    }
    let count = |text: Option<&[u8]>| serde_json::from_slice::<Value>(text?).ok()?.as_u64();
    let usage = usage(count(prompt), count(answer));
    Ok(Seen::Answer(Some(usage).filter(|usage| !usage.is_empty())))
}

/// Why an answer ended. One that calls tools waits for their results.
pub(super) fn stop(reason: Option<&str>, has_calls: bool) -> Stop {
    match reason {
        Some("length") => Stop::Length,
        Some("content_filter") => Stop::Filtered,
        _ if has_calls => Stop::ToolUse,
        _ => Stop::End,
    }
}

fn words(answer: &Line) -> Vec<Block> {
    let [thoughts, words] = answer.words();
    let thoughts = thoughts.map(|text| Content::Thinking {
        text: text.to_owned(),
        signature: None,
    });
    let words = words.map(|text| Content::Text(text.to_owned()));
    let contents = thoughts.into_iter().chain(words);
    contents.map(Block::from).collect()
}

/// A call of a tool as a block. One without an id gets one that no other answer has.
pub(super) fn called(call: Call, moment: &str, at: usize) -> Option<Block> {
    let nameless = call.is_nameless();
    let mut block = call.block(at)?;
    if let (true, Content::ToolUse { id, .. }) = (nameless, &mut block.content) {
        *id = format!("call_{moment}_{at}");
    }
    Some(block)
}
