//! The dialect towards callers. Between a caller and a provider of this dialect nothing is decoded:
//! [`head`] reads what must be known, [`forward`] edits what must change, [`tap`] meters the answer
//! as it passes. The codec beside them serves callers whose model another vendor has.

mod blocks;
mod encoder;
mod forward;
mod head;
mod messages;
mod request;
mod response;
mod tap;
mod tools;

use tollgate_model::Refusal;

use super::Anthropic;
use crate::codec::{Address, Head, Inbound, Reply, StreamEncoder, Tap};
use crate::ir::{Request, Response};
use crate::names::Names;

/// What a caller calls the members of its request.
const NAMES: Names = Names::new(
    "messages",
    "tools",
    &[
        (".function.parameters", ".input_schema"),
        (".function", ""),
        (".tool_calls", ".content"),
        (".tool_call_id", ".content"),
        ("stop", "stop_sequences"),
        ("web_search_options", "tools"),
        ("user", "metadata.user_id"),
        ("reasoning_effort", "thinking"),
        ("reasoning_content", "messages.content.thinking"),
        (
            "parallel_tool_calls",
            "tool_choice.disable_parallel_tool_use",
        ),
        ("response_format.json_schema", "output_config.format"),
        ("response_format", "output_config.format"),
        ("filename", "messages.content.title"),
    ],
);

impl Inbound for Anthropic {
    fn head(&self, body: &[u8], _address: &Address<'_>) -> Result<Head, Refusal> {
        head::read(body)
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

    fn keep_alive(&self) -> &'static [u8] {
        b"event: ping\ndata: {\"type\": \"ping\"}\n\n"
    }

    fn names(&self) -> &'static Names {
        &NAMES
    }

    fn key_place(&self) -> &'static str {
        "x-api-key: tg_…"
    }
}
