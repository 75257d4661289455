//! OpenAI chat completions, `POST /v1/chat/completions`, towards callers and towards the many
//! providers that speak it.
//!
//! Between a caller and a provider of this dialect nothing is decoded: `head` reads what must be
//! known, `forward` edits what must change, `tap` meters the answer as it passes. The codec
//! below serves the other pairs.
//!
//! Source: the Chat Completions API reference; what single providers add is noted where it is read.

pub(crate) mod abilities;
pub(crate) mod answer;
pub(crate) mod calls;
mod decoder;
pub(crate) mod encoder;
pub(crate) mod error;
mod forward;
pub(crate) mod head;
pub(crate) mod messages;
pub(crate) mod parts;
mod request;
mod response;
pub(crate) mod strict;
pub(crate) mod tap;
pub(crate) mod tools;
pub(crate) mod tuning;
pub(crate) mod turns;
pub(crate) mod upstream;
pub(crate) mod usage;
pub(crate) mod wire;

use tollgate_model::Refusal;

use crate::codec::{
    Address, Encoded, Head, Inbound, Loss, Outbound, ProviderError, Reply, Seen, StreamDecoder,
    StreamEncoder, Tap, Target,
};
use crate::ir::{Request, Response};
use crate::listing;
use crate::tool_names::is_plain;

/// The OpenAI chat completions dialect.
#[derive(Clone, Copy, Debug)]
pub struct OpenaiChat;

impl Inbound for OpenaiChat {
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

    fn tap(&self, keep_usage: bool) -> Box<dyn Tap + Send> {
        Box::new(tap::Watch::new(keep_usage))
    }
}

impl Outbound for OpenaiChat {
    fn encode_request(
        &self,
        request: &Request,
        target: &Target<'_>,
        loss: &mut Loss,
    ) -> Result<Encoded, Refusal> {
        upstream::encode(request, target, loss)
    }

    fn takes_tool_name(&self, name: &str) -> bool {
        is_plain(name)
    }

    fn decode_response(&self, body: &[u8]) -> Result<Response, String> {
        answer::decode(body)
    }

    fn stream_decoder(&self) -> Box<dyn StreamDecoder + Send> {
        Box::new(decoder::Decoder::default())
    }

    fn leading_error(&self, first: &[u8]) -> Option<ProviderError> {
        error::leading_error(first)
    }

    fn decode_error(&self, status: u16, body: &[u8]) -> ProviderError {
        error::decode(status, body)
    }

    fn look(&self, body: &[u8]) -> Result<Seen, String> {
        answer::look(body)
    }

    fn path(&self, _model: &str, _stream: bool) -> Result<String, Refusal> {
        Ok("/chat/completions".to_owned())
    }

    fn models_path(&self) -> &'static str {
        "/models"
    }

    fn decode_models(&self, body: &[u8]) -> Result<Vec<String>, String> {
        listing::names(body, "data", "id")
    }

    fn auth(&self) -> (&'static str, &'static str) {
        ("authorization", "Bearer ")
    }
}
