//! Gemini, `POST /v1beta/models/MODEL:generateContent`, towards providers that speak it.
//!
//! Source: the Gemini API, version v1beta. What it lacks of other dialects follows the ladder of
//! [`crate::ladder`].

mod abilities;
mod request;
mod response;
mod schema;
mod stream;
mod tuning;
mod turns;
mod usage;
mod wire;

use serde_json::Value;
use tollgate_model::{Refusal, Usage};

use crate::codec::{Encoded, Loss, Outbound, ProviderError, StreamDecoder, Target};
use crate::fault;
use crate::ir::{Request, Response};
use crate::ladder::malformed;

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

    fn decode_response(&self, body: &[u8]) -> Result<Response, String> {
        response::decode(body)
    }

    fn stream_decoder(&self) -> Box<dyn StreamDecoder + Send> {
        Box::new(stream::Decoder::default())
    }

    fn decode_error(&self, status: u16, body: &[u8]) -> ProviderError {
        let (fault, inner) = fault::read(status, body);
        told(fault, &inner)
    }

    fn usage(&self, body: &[u8]) -> Option<Usage> {
        response::usage(body)
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

    fn auth(&self) -> (&'static str, &'static str) {
        ("x-goog-api-key", "")
    }
}

/// Adds what the members of an error say besides its message: status word, reason and when to retry
/// (`google.rpc.Status`).
fn told(mut fault: ProviderError, error: &Value) -> ProviderError {
    let text = |value: &Value, name: &str| value.get(name)?.as_str().map(str::to_owned);
    fault.kind = text(error, "status").or(fault.kind);
    let details = error.get("details").and_then(Value::as_array);
    for detail in details.into_iter().flatten() {
        let kind = text(detail, "@type").unwrap_or_default();
        if kind.ends_with("google.rpc.ErrorInfo") {
            fault.code = text(detail, "reason").or(fault.code);
        }
        if kind.ends_with("google.rpc.RetryInfo") {
            fault.retry_after = text(detail, "retryDelay").and_then(|delay| seconds(&delay));
        }
    }
    fault
}

/// Whole seconds of a duration such as `34.07s`, rounded up.
fn seconds(duration: &str) -> Option<u64> {
    let number = duration.strip_suffix('s')?;
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let more = part.bytes().any(|digit| digit != b'0');
    whole.parse::<u64>().ok()?.checked_add(u64::from(more))
}
