//! Ollama's own dialect, towards callers and towards providers: `POST /api/chat`, and
//! `POST /api/generate` for one prompt, which is a dialect of its own with the same parameters. A
//! streamed answer is lines of JSON.
//!
//! Source: the reference of Ollama's API. Its calls of tools have arguments as objects and, before
//! late 2025, no ids: these are made here, and results find their calls by name and order.

mod decoder;
mod error;
mod inbound;
mod request;
mod response;
mod turns;
mod wire;

use tollgate_model::Refusal;

use crate::codec::{Encoded, Loss, Outbound, ProviderError, Seen, StreamDecoder, Target};
use crate::ir::{Request, Response};
use crate::listing;

/// Ollama's chat dialect.
#[derive(Clone, Copy, Debug)]
pub struct Ollama;

/// Ollama's dialect for one prompt.
#[derive(Clone, Copy, Debug)]
pub struct OllamaGenerate;

/// What the two have in common towards providers.
macro_rules! outbound {
    ($codec:ty, $encode:path, $path:literal) => {
        impl Outbound for $codec {
            fn encode_request(
                &self,
                request: &Request,
                target: &Target<'_>,
                loss: &mut Loss,
            ) -> Result<Encoded, Refusal> {
                $encode(request, target, loss)
            }

            fn decode_response(&self, body: &[u8]) -> Result<Response, String> {
                response::decode(body)
            }

            fn stream_decoder(&self) -> Box<dyn StreamDecoder + Send> {
                Box::new(decoder::Decoder::default())
            }

            fn stream_type(&self) -> &'static str {
                "application/x-ndjson"
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
                Ok($path.to_owned())
            }

            fn models_path(&self) -> &'static str {
                "/api/tags"
            }

            fn decode_models(&self, body: &[u8]) -> Result<Vec<String>, String> {
                listing::names(body, "models", "name")
            }

            fn auth(&self) -> (&'static str, &'static str) {
                ("authorization", "Bearer ")
            }
        }
    };
}

outbound!(Ollama, request::chat, "/api/chat");
outbound!(OllamaGenerate, request::generate, "/api/generate");
