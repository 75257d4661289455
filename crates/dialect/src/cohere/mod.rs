//! Cohere chat, version 2, `POST /v2/chat`, towards callers and towards Cohere.
//!
//! Source: the reference of Cohere's Chat API, version 2. Calls of tools and tools themselves are
//! written as OpenAI writes them, and read by the same code. What the dialect lacks of others follows
//! the ladder of [`crate::ladder`]; which models think is in [`abilities`].

mod abilities;
mod error;
mod inbound;
mod request;
mod response;
mod stream;
mod tuning;
mod turns;
mod usage;
mod wire;

use tollgate_model::Refusal;

use crate::codec::{Encoded, Loss, Outbound, ProviderError, Seen, StreamDecoder, Target};
use crate::ir::{Request, Response};
use crate::listing;

/// The Cohere chat dialect.
#[derive(Clone, Copy, Debug)]
pub struct Cohere;

impl Outbound for Cohere {
    fn encode_request(
        &self,
        request: &Request,
        target: &Target<'_>,
        loss: &mut Loss,
    ) -> Result<Encoded, Refusal> {
        request::encode(request, target, loss)
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
        Ok("/v2/chat".to_owned())
    }

    fn models_path(&self) -> &'static str {
        "/v1/models?page_size=1000"
    }

    fn decode_models(&self, body: &[u8]) -> Result<Vec<String>, String> {
        listing::names(body, "models", "name")
    }

    fn auth(&self) -> (&'static str, &'static str) {
        ("authorization", "Bearer ")
    }
}
