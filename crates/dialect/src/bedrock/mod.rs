//! Converse of Amazon Bedrock, `POST /model/MODEL/converse` and `/converse-stream`, towards callers
//! and towards providers that speak it.
//!
//! Source: the API of the Bedrock runtime, version 2023-09-30. What it lacks of other dialects
//! follows the ladder of [`crate::ladder`]; what differs between the vendors of its models is in
//! [`family`].

mod call_ids;
mod error;
mod family;
pub(crate) mod inbound;
mod media;
mod request;
mod response;
mod stream;
mod tuning;
mod turns;
mod usage;
mod wire;

use tollgate_model::Refusal;

pub use error::type_name;

use crate::codec::{Encoded, Loss, Outbound, ProviderError, Seen, StreamDecoder, Target};
use crate::fault;
use crate::ir::{Request, Response};
use crate::ladder::malformed;
use crate::listing;
use crate::tool_names::is_plain;

/// The content type of a streamed answer.
const STREAM_TYPE: &str = "application/vnd.amazon.eventstream";

/// The Converse dialect of Amazon Bedrock.
#[derive(Clone, Copy, Debug)]
pub struct Bedrock;

impl Outbound for Bedrock {
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

    fn stream_type(&self) -> &'static str {
        STREAM_TYPE
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

    fn path(&self, model: &str, stream: bool) -> Result<String, Refusal> {
        let segment = segment(model)?;
        let verb = if stream {
            "converse-stream"
        } else {
            "converse"
        };
        Ok(format!("/model/{segment}/{verb}"))
    }

    fn models_path(&self) -> &'static str {
        "/foundation-models"
    }

    /// What models there are is known to another host of the same service.
    fn models_host(&self, host: &str) -> Option<String> {
        ["bedrock-runtime.", "bedrock-runtime-fips."]
            .iter()
            .find_map(|start| host.strip_prefix(start))
            .map(|rest| format!("bedrock.{rest}"))
    }

    fn decode_models(&self, body: &[u8]) -> Result<Vec<String>, String> {
        listing::names(body, "modelSummaries", "modelId")
    }

    /// Of an API key; a key pair signs instead.
    fn auth(&self) -> (&'static str, &'static str) {
        ("authorization", "Bearer ")
    }
}

/// The id of a model as a segment of a path: all but letters, digits and `- . _ ~` encoded, as the
/// SDKs do with the colons of versions and the slashes of profiles.
fn segment(model: &str) -> Result<String, Refusal> {
    let only_dots = model.bytes().all(|byte| byte == b'.');
    if only_dots || model.contains(char::is_control) {
        let detail = format!(
            "`{}` cannot be the name of a model.",
            fault::safe(model, 100)
        );
        return Err(malformed("model", detail));
    }
    let mut out = String::with_capacity(model.len() + 8);
    for byte in model.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    Ok(out)
}
