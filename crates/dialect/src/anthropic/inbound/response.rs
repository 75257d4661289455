//! A whole answer, written for a caller.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::anthropic::wire::{Source, quoted};
use crate::anthropic::{call_ids, usage};
use crate::codec::Reply;
use crate::ir::{Block, Citation, Content, Media, Response, Stop};

/// Appends the answer. The cost stands in a header, not here.
pub(super) fn encode(response: &Response, reply: &Reply<'_>, out: &mut Vec<u8>) {
    let said: Vec<Said<'_>> = response
        .blocks
        .iter()
        .enumerate()
        .filter_map(|(at, block)| {
            let mut said = Said::of(block, reply.hide_thoughts)?;
            if let Said::Text { citations, .. } = &mut said {
                let cited = response.citations.iter().filter(|cited| cited.block == at);
                citations.extend(cited.filter_map(Cited::of));
            }
            Some(said)
        })
        .collect();
    let calls = said.iter().any(|said| matches!(said, Said::ToolUse { .. }));
    let declines = response
        .blocks
        .iter()
        .any(|block| matches!(block.content, Content::Refusal(_)));
    let text = format!(
        "{{\"id\":\"{}\",\"type\":\"message\",\"role\":\"assistant\",\"model\":{},\"content\":{},\
         {},\"usage\":",
        answer_id(reply),
        quoted(reply.model),
        serde_json::to_string(&said).unwrap_or_default(),
        ending(
            stop_reason(response.stop, calls, declines),
            response.stop_text.as_deref()
        ),
    );
    out.extend_from_slice(text.as_bytes());
    usage::write(&response.usage, None, out);
    out.push(b'}');
}

/// The id of an answer, made of the call's.
pub(super) fn answer_id(reply: &Reply<'_>) -> String {
    let text = reply.call.to_string();
    format!("msg_{}", text.strip_prefix("call_").unwrap_or(&text))
}

/// The dialect's word for why an answer ended. Programs run tools by it, so that it names them where
/// there are calls, and only there.
pub(super) const fn stop_reason(stop: Stop, calls: bool, declines: bool) -> &'static str {
    match stop {
        Stop::Length => "max_tokens",
        Stop::Filtered => "refusal",
        Stop::End | Stop::ToolUse if calls => "tool_use",
        Stop::End | Stop::ToolUse if declines => "refusal",
        Stop::End | Stop::ToolUse => "end_turn",
    }
}

/// The members that say why an answer ended, and by which stop text, where it met one.
pub(super) fn ending(reason: &str, met: Option<&str>) -> String {
    let (reason, met) = match met {
        Some(met) if reason == "end_turn" => ("stop_sequence", met),
        _ => (reason, ""),
    };
    let sequence = match met {
        "" => "null".to_owned(),
        met => quoted(met),
    };
    format!("\"stop_reason\":\"{reason}\",\"stop_sequence\":{sequence}")
}

/// What words rest on: a page. Other sources are told by their place in a request of this dialect.
#[derive(Serialize)]
pub(super) struct Cited<'a> {
    r#type: &'static str,
    url: &'a str,
    title: Option<&'a str>,
    encrypted_index: &'static str,
    cited_text: &'a str,
}

impl<'a> Cited<'a> {
    pub(super) fn of(citation: &'a Citation) -> Option<Cited<'a>> {
        Some(Cited {
            r#type: "web_search_result_location",
            url: citation.url.as_deref()?,
            title: citation.title.as_deref(),
            // Only Anthropic has one.
            encrypted_index: "",
            cited_text: citation.quote.as_deref().unwrap_or_default(),
        })
    }
}

/// A block of the answer.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Said<'a> {
    Text {
        text: &'a str,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        citations: Vec<Cited<'a>>,
    },
    Thinking {
        thinking: &'a str,
        signature: &'a str,
    },
    RedactedThinking {
        data: &'a str,
    },
    ToolUse {
        id: Cow<'a, str>,
        name: &'a str,
        input: Cow<'a, RawValue>,
    },
    Image {
        source: Source<'a>,
    },
}

impl<'a> Said<'a> {
    /// The block; `None` where it says nothing, since an empty one is not taken back. Of hidden
    /// thoughts the signature stays.
    fn of(block: &'a Block, hide_thoughts: bool) -> Option<Said<'a>> {
        match &block.content {
            Content::Text(text) | Content::Refusal(text) => {
                (!text.is_empty()).then_some(Said::Text {
                    text,
                    citations: Vec::new(),
                })
            }
            Content::Thinking { text, signature } => {
                let signature = signature.as_deref().unwrap_or_default();
                let thinking = if hide_thoughts { "" } else { text };
                let says = !thinking.is_empty() || !signature.is_empty();
                says.then_some(Said::Thinking {
                    thinking,
                    signature,
                })
            }
            Content::RedactedThinking(data) => Some(Said::RedactedThinking { data }),
            Content::ToolUse {
                id,
                name,
                input,
                signature,
            } => Some(Said::ToolUse {
                id: call_ids::written(id, signature.as_deref()),
                name,
                input: object(input),
            }),
            Content::Image(media) => Some(Said::Image {
                source: source(media),
            }),
            // The dialect has no place for these in an answer, and no model of text gives them.
            Content::Document { .. } | Content::Audio(_) | Content::ToolResult { .. } => None,
        }
    }
}

fn source(media: &Media) -> Source<'_> {
    match media {
        Media::Inline { mime, base64 } => Source::Base64 {
            media_type: mime,
            data: base64,
        },
        Media::Url(url) => Source::Url { url },
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
