//! Gemini towards callers: their requests read, answers written for them, and what passes between
//! them and providers of the same dialect.

mod answer;
mod calls;
mod config;
mod contents;
mod encoder;
mod fields;
mod forward;
mod head;
mod media;
mod request;
mod schema;
mod tap;
mod tools;
mod wire;

use tollgate_model::Refusal;

use super::Gemini;
use crate::codec::{Address, Head, Inbound, Reply, StreamEncoder, Tap};
use crate::ir::{Request, Response};
use crate::names::Names;

/// What a caller calls the members of its request.
const NAMES: Names = Names::new(
    "contents",
    "tools.functionDeclarations",
    &[
        (".function", ""),
        (".content", ".parts"),
        (".tool_calls", ".parts"),
        (".tool_call_id", ".parts"),
        ("max_tokens", "generationConfig.maxOutputTokens"),
        ("web_search_options", "tools"),
        ("temperature", "generationConfig.temperature"),
        ("top_p", "generationConfig.topP"),
        ("top_k", "generationConfig.topK"),
        ("stop", "generationConfig.stopSequences"),
        ("seed", "generationConfig.seed"),
        ("frequency_penalty", "generationConfig.frequencyPenalty"),
        ("presence_penalty", "generationConfig.presencePenalty"),
        ("n", "generationConfig.candidateCount"),
        ("reasoning_effort", "generationConfig.thinkingConfig"),
        (
            "response_format.json_schema.schema",
            "generationConfig.responseSchema",
        ),
        ("response_format", "generationConfig.responseSchema"),
        ("reasoning_content", "contents.parts.thought"),
        ("service_tier", "serviceTier"),
        ("tool_choice", "toolConfig.functionCallingConfig"),
        ("filename", "contents.parts.fileData.displayName"),
    ],
);

impl Inbound for Gemini {
    fn head(&self, body: &[u8], address: &Address<'_>) -> Result<Head, Refusal> {
        head::head(body, address)
    }

    fn decode_request(&self, body: &[u8], head: &Head) -> Result<Request, Refusal> {
        request::decode(body, head)
    }

    fn encode_response(&self, response: &Response, reply: &Reply<'_>, out: &mut Vec<u8>) {
        answer::encode(response, reply, out);
    }

    fn stream_encoder(&self, reply: &Reply<'_>) -> Box<dyn StreamEncoder + Send> {
        Box::new(encoder::Encoder::new(reply))
    }

    /// The usage is in every stream of the dialect.
    fn tap(&self, _keep_usage: bool) -> Box<dyn Tap + Send> {
        Box::new(tap::Tap::new())
    }

    fn key_place(&self) -> &'static str {
        "x-goog-api-key: tg_…"
    }

    fn names(&self) -> &'static Names {
        &NAMES
    }
}
