//! The dialect towards callers.

mod answer;
mod echo;
mod encoder;
mod forward;
pub(super) mod head;
mod input;
mod items;
mod parts;
mod request;
mod tap;
mod tools;

use tollgate_model::Refusal;

use super::OpenaiResponses;
use crate::codec::{Address, Head, Inbound, Reply, StreamEncoder, Tap};
use crate::ir::{Request, Response};
use crate::names::Names;

/// What a caller calls the members of its request.
const NAMES: Names = Names::new(
    "input",
    "tools",
    &[
        (".function", ""),
        (".tool_calls", ""),
        (".tool_call_id", ".call_id"),
        ("max_tokens", "max_output_tokens"),
        ("web_search_options", "tools"),
        ("reasoning_effort", "reasoning.effort"),
        ("reasoning_content", "input.summary"),
        ("response_format.json_schema", "text.format"),
        ("response_format", "text.format"),
        ("verbosity", "text.verbosity"),
        ("filename", "input.content.filename"),
    ],
);

impl Inbound for OpenaiResponses {
    fn head(&self, body: &[u8], _address: &Address<'_>) -> Result<Head, Refusal> {
        head::read(body, false)
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

    fn tap(&self, _keep_usage: bool) -> Box<dyn Tap + Send> {
        Box::new(tap::Watch::default())
    }

    fn names(&self) -> &'static Names {
        &NAMES
    }
}
