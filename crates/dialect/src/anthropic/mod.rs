//! Anthropic messages, `POST /v1/messages`, towards callers and towards providers that speak it.
//!
//! Source: the Messages API, version 2023-06-01. What it lacks of other dialects follows the ladder
//! of [`crate::ladder`]; what differs between generations of models is in [`abilities`].

pub(crate) mod abilities;
pub(crate) mod call_ids;
mod error;
mod inbound;
mod request;
mod response;
pub(crate) mod schema;
mod stream;
pub(crate) mod tuning;
mod turns;
mod usage;
pub(crate) mod wire;

use tollgate_model::Refusal;

use crate::codec::{Encoded, Loss, Outbound, ProviderError, Seen, StreamDecoder, Target};
use crate::ir::{Request, Response};
use crate::listing;
use crate::tool_names::is_plain;

/// The Anthropic messages dialect.
#[derive(Clone, Copy, Debug)]
pub struct Anthropic;

impl Outbound for Anthropic {
    fn encode_request(
        &self,
        request: &Request,
        target: &Target<'_>,
        loss: &mut Loss,
    ) -> Result<Encoded, Refusal> {
        request::encode(request, target, loss)
    }

    fn takes_tool_name(&self, name: &str) -> bool {
        is_plain(name)
    }

    fn decode_response(&self, body: &[u8]) -> Result<Response, String> {
        response::decode(body)
    }

    fn stream_decoder(&self) -> Box<dyn StreamDecoder + Send> {
        Box::new(stream::Decoder::default())
    }

    fn leading_error(&self, first: &[u8]) -> Option<ProviderError> {
        error::leading(first)
    }

    fn decode_error(&self, status: u16, body: &[u8]) -> ProviderError {
        error::read(status, body)
    }

    fn look(&self, body: &[u8]) -> Result<Seen, String> {
        response::look(body)
    }

    fn path(&self, _model: &str, _stream: bool) -> Result<String, Refusal> {
        Ok("/messages".to_owned())
    }

    fn models_path(&self) -> &'static str {
        "/models?limit=1000"
    }

    fn decode_models(&self, body: &[u8]) -> Result<Vec<String>, String> {
        listing::names(body, "data", "id")
    }

    fn auth(&self) -> (&'static str, &'static str) {
        ("x-api-key", "")
    }

    fn headers(&self) -> &'static [(&'static str, &'static str)] {
        &[("anthropic-version", "2023-06-01")]
    }
}
