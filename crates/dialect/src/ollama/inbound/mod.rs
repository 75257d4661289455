//! The two dialects towards callers. Between a caller and a provider of the same one nothing is
//! decoded: [`head`] reads what must be known and edits what must change, [`tap`] meters the answer
//! as it passes. The codec beside them serves callers whose model is elsewhere.

mod encoder;
mod head;
mod messages;
mod request;
mod response;
mod shape;
mod tap;

use tollgate_model::Refusal;

use self::shape::Shape;
use super::{Ollama, OllamaGenerate};
use crate::codec::{Address, Head, Inbound, Reply, StreamEncoder, Tap};
use crate::ir::{Request, Response};
use crate::names::Names;

/// What a caller calls the members of its request.
const NAMES: Names = Names::new(
    "messages",
    "tools",
    &[
        ("temperature", "options.temperature"),
        ("top_p", "options.top_p"),
        ("top_k", "options.top_k"),
        ("seed", "options.seed"),
        ("stop", "options.stop"),
        ("max_tokens", "options.num_predict"),
        ("frequency_penalty", "options.frequency_penalty"),
        ("presence_penalty", "options.presence_penalty"),
        ("response_format.json_schema.schema", "format"),
        ("response_format", "format"),
        ("reasoning_effort", "think"),
        ("reasoning_content", "messages.thinking"),
    ],
);

/// What the two have in common towards callers.
macro_rules! inbound {
    ($codec:ty, $shape:expr, $keep_alive:literal) => {
        impl Inbound for $codec {
            fn head(&self, body: &[u8], _address: &Address<'_>) -> Result<Head, Refusal> {
                head::read(body, $shape)
            }

            fn decode_request(&self, body: &[u8], head: &Head) -> Result<Request, Refusal> {
                request::decode(body, head, $shape)
            }

            fn encode_response(&self, response: &Response, reply: &Reply<'_>, out: &mut Vec<u8>) {
                response::encode(response, reply, $shape, out);
            }

            fn stream_encoder(&self, reply: &Reply<'_>) -> Box<dyn StreamEncoder + Send> {
                Box::new(encoder::Encoder::new(reply, $shape))
            }

            fn tap(&self, _keep_usage: bool) -> Box<dyn Tap + Send> {
                Box::new(tap::Watch::default())
            }

            fn stream_type(&self) -> &'static str {
                "application/x-ndjson"
            }

            // Clients take every line for a piece of an answer, so that a blank one would end them.
            fn keep_alive(&self) -> &'static [u8] {
                $keep_alive
            }

            fn names(&self) -> &'static Names {
                &NAMES
            }
        }
    };
}

inbound!(
    Ollama,
    Shape::Chat,
    b"{\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":false}\n"
);
inbound!(
    OllamaGenerate,
    Shape::Generate,
    b"{\"response\":\"\",\"done\":false}\n"
);
