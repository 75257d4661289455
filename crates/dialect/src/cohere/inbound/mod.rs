//! The dialect towards callers. Between a caller and a provider of this dialect nothing is decoded:
//! [`head`] reads what must be known and edits what must change, [`tap`] meters the answer as it
//! passes. The codec beside them serves callers whose model another vendor has.

mod content;
mod encoder;
mod head;
mod messages;
mod request;
mod response;
mod tap;

use tollgate_model::Refusal;

use super::Cohere;
use crate::codec::{Address, Head, Inbound, Reply, StreamEncoder, Tap};
use crate::ir::{Request, Response};
use crate::names::Names;

/// What a caller calls the members of its request.
const NAMES: Names = Names::new(
    "messages",
    "tools",
    &[
        ("stop", "stop_sequences"),
        ("top_p", "p"),
        ("top_k", "k"),
        ("reasoning_effort", "thinking"),
        ("filename", "documents.data.title"),
        ("reasoning_content", "messages.content.thinking"),
        (
            "response_format.json_schema.schema",
            "response_format.json_schema",
        ),
    ],
);

impl Inbound for Cohere {
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

    fn names(&self) -> &'static Names {
        &NAMES
    }
}
