//! A whole answer, read and written.

use serde::Deserialize;
use serde_json::value::RawValue;
use tollgate_model::{CallId, ServedIn, Usage};

use crate::codec::Reply;
use crate::ir::{Content, Response, Stop};
use crate::lenient::text;
use crate::openai_chat::wire::{self, quoted};
use crate::openai_chat::{error, usage};
use crate::tier;

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(default, deserialize_with = "text")]
    id: Option<String>,
    #[serde(default, deserialize_with = "text")]
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
    #[serde(default, deserialize_with = "text")]
    text: Option<String>,
    #[serde(default, deserialize_with = "text")]
    finish_reason: Option<String>,
}

/// Reads an answer; of several choices the first. The error says what is wrong with it.
pub(super) fn decode(body: &[u8]) -> Result<Response, String> {
    if let Some(error) = error::in_place_of_answer(body) {
        return Err(format!("the answer is an error: {}", error.message));
    }
    let answer: Answer<'_> = serde_json::from_slice(body)
        .map_err(|error| format!("the answer is unreadable: {error}"))?;
    let choice = answer.choices.into_iter().next();
    let choice = choice.ok_or("the answer has no choice in it")?;
    let said = choice.text.filter(|text| !text.is_empty());
    let usage = answer
        .usage
        .and_then(|raw| usage::read(raw.get().as_bytes()));
    Ok(Response {
        id: answer.id.filter(|id| !id.is_empty()),
        model: answer.model.filter(|model| !model.is_empty()),
        blocks: said
            .map(|text| Content::Text(text).into())
            .into_iter()
            .collect(),
        stop: wire::stop(choice.finish_reason.as_deref(), false),
        usage: usage.unwrap_or(Usage::NONE).in_tier(answer.service_tier),
        ..Response::default()
    })
}

/// Appends an answer. Thoughts are no part of a text that continues another, and nothing else has a
/// place in one. The cost stands in a header, not here.
pub(super) fn encode(response: &Response, reply: &Reply<'_>, out: &mut Vec<u8>) {
    let said = response.blocks.iter().map(|block| match &block.content {
        Content::Text(text) | Content::Refusal(text) => text.as_str(),
        _ => "",
    });
    let said: String = said.collect();
    let text = format!(
        "{}[{{\"text\":{},\"index\":0,\"logprobs\":null,\"finish_reason\":\"{}\"}}],\"usage\":",
        head(reply),
        quoted(&said),
        finish_reason(response.stop),
    );
    out.extend_from_slice(text.as_bytes());
    usage::write(&response.usage, None, out);
    out.push(b'}');
}

/// Everything of an answer, or of a piece of one, before its choices.
pub(super) fn head(reply: &Reply<'_>) -> String {
    format!(
        "{{\"id\":\"{}\",\"object\":\"text_completion\",\"created\":{},\"model\":{},\"choices\":",
        answer_id(reply.call),
        reply.at.0.div_euclid(1_000_000),
        quoted(reply.model),
    )
}

/// The id of an answer, made of the call's.
fn answer_id(call: CallId) -> String {
    let text = call.to_string();
    format!("cmpl-{}", text.strip_prefix("call_").unwrap_or(&text))
}

/// The dialect's word for why an answer ended. It knows no tools.
pub(super) const fn finish_reason(stop: Stop) -> &'static str {
    match stop {
        Stop::End | Stop::ToolUse => "stop",
        Stop::Length => "length",
        Stop::Filtered => "content_filter",
    }
}
