//! Gemini, `POST /v1beta/models/MODEL:generateContent`, towards callers and towards providers that
//! speak it.
//!
//! Source: the Gemini API, version v1beta. What it lacks of other dialects follows the ladder of
//! [`crate::ladder`].

mod abilities;
mod error;
mod glance;
mod inbound;
mod request;
mod response;
mod schema;
mod stream;
mod tuning;
mod turns;
mod usage;
mod wire;

use tollgate_model::Refusal;

use crate::codec::{Encoded, Loss, Outbound, ProviderError, Seen, StreamDecoder, Target};
use crate::fault;
use crate::ir::{Request, Response};
use crate::ladder::malformed;
use crate::listing;

/// The Gemini dialect.
#[derive(Clone, Copy, Debug)]
pub struct Gemini;

impl Outbound for Gemini {
    fn encode_request(
        &self,
        request: &Request,
        target: &Target<'_>,
        loss: &mut Loss,
    ) -> Result<Encoded, Refusal> {
        request::encode(request, target, loss)
    }

    fn takes_tool_name(&self, name: &str) -> bool {
        request::takes_name(name)
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

    /// The model becomes a part of the path, so its name may have nothing that leads elsewhere.
    fn path(&self, model: &str, stream: bool) -> Result<String, Refusal> {
        let odd = |c: char| !c.is_ascii_graphic() || matches!(c, '/' | '\\' | '?' | '#' | '%');
        if model.is_empty() || model.contains("..") || model.contains(odd) {
            let detail = format!(
                "`{}` cannot be the name of a model.",
                fault::safe(model, 100)
            );
            return Err(malformed("model", detail));
        }
        Ok(match stream {
            true => format!("/models/{model}:streamGenerateContent?alt=sse"),
            false => format!("/models/{model}:generateContent"),
        })
    }

    fn models_path(&self) -> &'static str {
        "/models?pageSize=1000"
    }

    /// The names are those of resources, `models/MODEL`; requests name the model alone.
    fn decode_models(&self, body: &[u8]) -> Result<Vec<String>, String> {
        let names = listing::names(body, "models", "name")?;
        let plain = names
            .iter()
            .map(|name| name.strip_prefix("models/").unwrap_or(name));
        Ok(plain
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect())
    }

    fn auth(&self) -> (&'static str, &'static str) {
        ("x-goog-api-key", "")
    }
}
