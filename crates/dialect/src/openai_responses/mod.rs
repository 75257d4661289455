//! OpenAI responses, `POST /v1/responses`, towards callers and towards providers that speak it.
//!
//! Source: the Responses API reference and OpenAI's OpenAPI document; the forms in which Codex uses
//! its tools are in [`forms`].

mod error;
mod forms;
mod ids;
mod inbound;
mod outbound;
pub mod thread;
mod usage;

use tollgate_model::Refusal;

use crate::codec::{Encoded, Loss, Outbound, ProviderError, Seen, StreamDecoder, Target};
use crate::ir::{Request, Response};
use crate::listing;
use crate::tool_names::is_plain;

/// The OpenAI responses dialect.
#[derive(Clone, Copy, Debug)]
pub struct OpenaiResponses;

impl Outbound for OpenaiResponses {
    fn encode_request(
        &self,
        request: &Request,
        target: &Target<'_>,
        loss: &mut Loss,
    ) -> Result<Encoded, Refusal> {
        outbound::request::encode(request, target, loss)
    }

    fn takes_tool_name(&self, name: &str) -> bool {
        is_plain(name)
    }

    fn decode_response(&self, body: &[u8]) -> Result<Response, String> {
        outbound::answer::decode(body)
    }

    fn stream_decoder(&self) -> Box<dyn StreamDecoder + Send> {
        Box::new(outbound::stream::Decoder::default())
    }

    fn leading_error(&self, first: &[u8]) -> Option<ProviderError> {
        error::leading(first)
    }

    fn decode_error(&self, status: u16, body: &[u8]) -> ProviderError {
        error::read(status, body)
    }

    fn look(&self, body: &[u8]) -> Result<Seen, String> {
        outbound::answer::look(body)
    }

    fn path(&self, _model: &str, _stream: bool) -> Result<String, Refusal> {
        Ok("/responses".to_owned())
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
