//! OpenAI completions, `POST /v1/completions`: the dialect before chat, in which a model continues a
//! text. Many who run models of their own still speak it, and editors ask in it for code.
//!
//! Between a caller and a provider of this dialect everything passes, several prompts and lists of
//! tokens included. Towards other dialects a prompt is what the user says; what only this one can do
//! (`suffix`, `echo`, `best_of`, `logprobs`) is refused there. Usage, errors, the form of a stream
//! and its tap are those of [`crate::openai_chat`].
//!
//! Source: the (legacy) Completions API reference.

mod answer;
mod decoder;
mod encoder;
mod head;
mod request;
mod upstream;

use tollgate_model::Refusal;

use crate::codec::{
    Address, Encoded, Head, Inbound, Loss, Outbound, ProviderError, Reply, Seen, StreamDecoder,
    StreamEncoder, Tap, Target,
};
use crate::ir::{Request, Response};
use crate::listing;
use crate::names::Names;
use crate::openai_chat::{error, tap};

/// What a caller calls the members of its request.
const NAMES: Names = Names::new("prompt", "tools", &[]);

/// The OpenAI completions dialect.
#[derive(Clone, Copy, Debug)]
pub struct OpenaiCompletions;

impl Inbound for OpenaiCompletions {
    fn head(&self, body: &[u8], _address: &Address<'_>) -> Result<Head, Refusal> {
        head::read(body)
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

    fn tap(&self, keep_usage: bool) -> Box<dyn Tap + Send> {
        Box::new(tap::Watch::new(keep_usage))
    }

    fn names(&self) -> &'static Names {
        &NAMES
    }
}

impl Outbound for OpenaiCompletions {
    fn encode_request(
        &self,
        request: &Request,
        target: &Target<'_>,
        loss: &mut Loss,
    ) -> Result<Encoded, Refusal> {
        upstream::encode(request, target, loss)
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
        crate::openai_chat::answer::look(body)
    }

    fn path(&self, _model: &str, _stream: bool) -> Result<String, Refusal> {
        Ok("/completions".to_owned())
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
