//! The dialect towards callers. Between a caller and a provider of this dialect nothing is decoded:
//! [`head`] reads what must be known, [`forward`] edits what must change, [`tap`] meters the answer
//! as it passes. The codec beside them serves callers whose model another vendor has.

mod blocks;
mod encoder;
mod forward;
pub(crate) mod head;
mod messages;
mod request;
mod response;
mod tap;
mod thinking;
mod tools;

use tollgate_model::Refusal;

use super::{Bedrock, STREAM_TYPE};
use crate::codec::{Address, Head, Inbound, Reply, StreamEncoder, Tap};
use crate::event_stream;
use crate::ir::{Request, Response};
use crate::names::Names;

/// What a caller calls the members of its request.
const NAMES: Names = Names::new(
    "messages",
    "toolConfig.tools",
    &[
        (".function.parameters", ".toolSpec.inputSchema.json"),
        (".function", ".toolSpec"),
        (".tool_calls", ".content"),
        (".tool_call_id", ".content"),
        ("stop", "inferenceConfig.stopSequences"),
        ("temperature", "inferenceConfig.temperature"),
        ("top_p", "inferenceConfig.topP"),
        ("top_k", "additionalModelRequestFields.top_k"),
        ("max_tokens", "inferenceConfig.maxTokens"),
        ("service_tier", "serviceTier"),
        ("tool_choice", "toolConfig.toolChoice"),
        (
            "parallel_tool_calls",
            "additionalModelRequestFields.tool_choice.disable_parallel_tool_use",
        ),
        ("reasoning_effort", "additionalModelRequestFields.thinking"),
        ("reasoning_content", "messages.content.reasoningContent"),
        ("cache_control", "cachePoint"),
        ("response_format.json_schema", "outputConfig.textFormat"),
        ("response_format", "outputConfig.textFormat"),
        ("filename", "messages.content.document.name"),
    ],
);

impl Inbound for Bedrock {
    fn head(&self, body: &[u8], address: &Address<'_>) -> Result<Head, Refusal> {
        head::read(body, address)
    }

    fn decode_request(&self, body: &[u8], head: &Head) -> Result<Request, Refusal> {
        request::decode(body, head)
    }

    fn encode_response(&self, response: &Response, reply: &Reply<'_>, out: &mut Vec<u8>) {
        response::encode(response, reply, out);
    }

    fn stream_encoder(&self, reply: &Reply<'_>) -> Box<dyn StreamEncoder + Send> {
        Box::new(encoder::Encoder::new(reply))
    }

    fn tap(&self, _keep_usage: bool) -> Box<dyn Tap + Send> {
        Box::new(tap::Watch::default())
    }

    fn stream_type(&self) -> &'static str {
        STREAM_TYPE
    }

    fn keep_alive(&self) -> &'static [u8] {
        event_stream::keep_alive()
    }

    fn names(&self) -> &'static Names {
        &NAMES
    }

    fn id_header(&self) -> Option<&'static str> {
        Some("x-amzn-requestid")
    }
}
