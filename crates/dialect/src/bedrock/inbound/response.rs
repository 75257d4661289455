//! A whole answer, written for a caller.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;
use tollgate_model::{CallId, Micros};

use crate::anthropic::call_ids;
use crate::bedrock::{media, usage};
use crate::codec::Reply;
use crate::ir::{Block, Content, Media, Response, Stop};

/// Appends the answer. The cost stands in a header, not here.
pub(super) fn encode(response: &Response, reply: &Reply<'_>, out: &mut Vec<u8>) {
    let said: Vec<Said<'_>> = response
        .blocks
        .iter()
        .filter_map(|block| Said::of(block, reply.hide_thoughts))
        .collect();
    let calls = said.iter().any(|said| matches!(said, Said::ToolUse { .. }));
    let declines = response
        .blocks
        .iter()
        .any(|block| matches!(block.content, Content::Refusal(_)));
    let text = format!(
        "{{\"metrics\":{{\"latencyMs\":{}}},\"output\":{{\"message\":{{\"content\":{},\
         \"role\":\"assistant\"}}}},\"stopReason\":\"{}\",\"usage\":",
        latency(reply.call, reply.at),
        serde_json::to_string(&said).unwrap_or_default(),
        met(
            stop_reason(response.stop, calls, declines),
            response.stop_text.is_some()
        ),
    );
    out.extend_from_slice(text.as_bytes());
    usage::write(&response.usage, None, out);
    out.push(b'}');
}

/// How many milliseconds a call took until `now`: the first 48 bits of its id say when it began.
pub(super) fn latency(call: CallId, now: Micros) -> u64 {
    let began = u64::try_from(call.0 >> 80).unwrap_or(u64::MAX);
    let now = u64::try_from(now.0.div_euclid(1_000)).unwrap_or(0);
    now.saturating_sub(began)
}

/// The dialect's word for why an answer ended. Programs run tools by it, so that it names them where
/// there are calls, and only there.
pub(super) const fn stop_reason(stop: Stop, calls: bool, declines: bool) -> &'static str {
    match stop {
        Stop::Length => "max_tokens",
        Stop::Filtered => "content_filtered",
        Stop::End | Stop::ToolUse if calls => "tool_use",
        Stop::End | Stop::ToolUse if declines => "content_filtered",
        Stop::End | Stop::ToolUse => "end_turn",
    }
}

/// The word for why an answer ended, where it may have met a stop text.
pub(super) fn met(reason: &'static str, stop_text: bool) -> &'static str {
    match reason {
        "end_turn" if stop_text => "stop_sequence",
        reason => reason,
    }
}

/// A block of the answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Said<'a> {
    Text(&'a str),
    ReasoningContent(Thought<'a>),
    #[serde(rename_all = "camelCase")]
    ToolUse {
        tool_use_id: Cow<'a, str>,
        name: &'a str,
        input: Cow<'a, RawValue>,
    },
    Image {
        format: &'static str,
        source: Source<'a>,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Thought<'a> {
    ReasoningText {
        text: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        signature: Option<&'a str>,
    },
    RedactedContent(&'a str),
}

#[derive(Serialize)]
struct Source<'a> {
    bytes: &'a str,
}

impl<'a> Said<'a> {
    /// The block; `None` where it says nothing, since an empty one is not taken back. Of hidden
    /// thoughts the signature stays.
    fn of(block: &'a Block, hide_thoughts: bool) -> Option<Said<'a>> {
        match &block.content {
            Content::Text(text) | Content::Refusal(text) => {
                (!text.is_empty()).then_some(Said::Text(text))
            }
            Content::Thinking { text, signature } => {
                let text = if hide_thoughts { "" } else { text };
                let signature = signature.as_deref();
                let says = !text.is_empty() || signature.is_some();
                says.then_some(Said::ReasoningContent(Thought::ReasoningText {
                    text,
                    signature,
                }))
            }
            Content::RedactedThinking(data) => {
                Some(Said::ReasoningContent(Thought::RedactedContent(data)))
            }
            Content::ToolUse {
                id,
                name,
                input,
                signature,
            } => Some(Said::ToolUse {
                tool_use_id: call_ids::written(id, signature.as_deref()),
                name,
                input: object(input),
            }),
            Content::Image(Media::Inline { mime, base64 }) => Some(Said::Image {
                format: media::image_format(mime)?,
                source: Source { bytes: base64 },
            }),
            // The dialect has no place for these in an answer, and no model of text gives them.
            Content::Image(Media::Url(_))
            | Content::Document { .. }
            | Content::Audio(_)
            | Content::ToolResult { .. } => None,
        }
    }
}

/// The arguments of a call, which must be an object. What a model wrote that is none is put into
/// one, so that it reaches the caller.
fn object(input: &RawValue) -> Cow<'_, RawValue> {
    if input.get().starts_with('{') {
        return Cow::Borrowed(input);
    }
    let wrapped = format!("{{\"arguments\":{}}}", input.get());
    RawValue::from_string(wrapped).map_or(Cow::Borrowed(input), Cow::Owned)
}
