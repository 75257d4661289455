//! What a dialect must be able to do, for callers ([`Inbound`]) and for providers ([`Outbound`]).

use std::collections::VecDeque;
use std::fmt::Debug;

use bytes::Bytes;
use serde::Serialize;
use tollgate_model::catalogue::Quirks;
use tollgate_model::{CallId, Micros, Nanos, Reason, Refusal, ServiceTier, Usage};

pub use crate::ir::ProviderError;
use crate::ir::{Echo, Event, Request, Response};
pub use crate::loss::Loss;
use crate::names::Names;
use crate::refusal::View;
use crate::splice::Splice;
use crate::tier::Wish;

/// A dialect that callers speak.
pub trait Inbound: Sync {
    /// Reads what must be known of a request before it is served, without decoding its content.
    /// Fails with `request_malformed`, naming the member at fault; the whole body is checked to be
    /// JSON.
    fn head(&self, body: &[u8], address: &Address<'_>) -> Result<Head, Refusal>;

    /// Reads a request whose head was read. Fails with `request_malformed` or
    /// `parameter_unsupported`, naming the member at fault.
    fn decode_request(&self, body: &[u8], head: &Head) -> Result<Request, Refusal>;

    /// Writes a whole answer.
    fn encode_response(&self, response: &Response, reply: &Reply<'_>, out: &mut Vec<u8>);

    /// Writes a streamed answer, event by event.
    fn stream_encoder(&self, reply: &Reply<'_>) -> Box<dyn StreamEncoder + Send>;

    /// Meters a streamed answer of this dialect as it passes from a provider that speaks it too.
    /// `keep_usage` is [`Head::stream_usage`].
    fn tap(&self, keep_usage: bool) -> Box<dyn Tap + Send>;

    /// The content type of a streamed answer.
    fn stream_type(&self) -> &'static str {
        "text/event-stream; charset=utf-8"
    }

    /// What keeps a silent stream open and says nothing to those who read it.
    fn keep_alive(&self) -> &'static [u8] {
        COMMENT
    }

    /// How a caller presents its key, for the one that has presented none: a header and its value.
    fn key_place(&self) -> &'static str {
        "Authorization: Bearer tg_…"
    }

    /// The header under which its clients look for the id of an answer, besides `x-request-id`.
    fn id_header(&self) -> Option<&'static str> {
        None
    }

    /// What a caller calls the members of its request.
    fn names(&self) -> &'static Names {
        &Names::OPENAI
    }
}

/// A comment of server-sent events, which every client skips.
const COMMENT: &[u8] = b": keep-alive\n\n";

/// What the address of a request says, for dialects that say there what others say in the body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Address<'a> {
    /// The model as the caller names it, not percent-encoded.
    pub model: Option<&'a str>,
    /// Whether the answer is to be streamed.
    pub stream: Option<bool>,
}

/// What must be known of a request before it is served.
#[derive(Debug)]
pub struct Head {
    /// The model as the caller names it.
    pub model: String,
    /// Whether the answer is to be streamed.
    pub stream: bool,
    /// Whether the caller wants the usage in the stream; always, in a dialect that has no say.
    pub stream_usage: bool,
    /// The most tokens of the answer, where the caller set it: 1 to 2³² − 1.
    pub max_tokens: Option<u64>,
    /// How many answers are wanted: 1 to 128.
    pub answers: u32,
    /// How many parts of the prompt may hold more tokens than bytes: pictures, files, recordings.
    /// May count too many, never too few.
    pub remote_parts: u32,
    /// How many searches of the web the provider may make, as far as they are provided for: 0, or 10
    /// where the request lets it search.
    pub searches: u32,
    /// The tier of service that is asked for.
    pub tier: Wish,
    /// What has to change where a provider speaks the caller's dialect.
    pub forward: Box<dyn Forward + Send + Sync>,
}

impl Head {
    /// The edits of the body on its way to a provider of its own dialect; see [`Forward::edits`].
    pub fn edits(&self, target: &Target<'_>, limit: Option<u64>) -> Result<Splice, Refusal> {
        self.forward.edits(self, target, limit)
    }
}

/// What a request on its way to a provider of its own dialect has to change. Everything else stays
/// as the caller wrote it, byte for byte.
pub trait Forward: Debug {
    /// The edits: the name of the model where the body has one, what makes the provider tell the
    /// usage, and the limit of the answer where `limit` says so. Fails with `parameter_unsupported`
    /// where the provider would do what has no known price.
    fn edits(
        &self,
        head: &Head,
        target: &Target<'_>,
        limit: Option<u64>,
    ) -> Result<Splice, Refusal>;

    /// Which earlier answer the call goes on from, and whether a later one may go on from this one;
    /// `None` in a dialect that sends the whole conversation each time.
    fn thread(&self) -> Option<&Thread> {
        None
    }
}

/// How a call hangs together with others of its conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    /// The id of the answer that it goes on from.
    pub previous: Option<String>,
    /// Whether its answer is to be kept, to be read again or gone on from.
    pub keep: bool,
    /// Whether its prompt names items of earlier answers by nothing but their ids.
    pub refers: bool,
}

/// Gives the cost of a usage.
pub type CostOf<'a> = dyn FnMut(&Usage) -> Nanos + 'a;

/// Reads a streamed answer as it passes from a provider to a caller of the same dialect.
pub trait Tap {
    /// Takes the next bytes, cut anywhere, and appends to `out` what goes on to the caller: every
    /// event that is complete, as the slice of what came where nothing in it changes. Only an
    /// incomplete one is held back, and only up to 1 MiB (16 MiB in Gemini's, where a picture is one
    /// event); a larger one goes on unread. No piece is empty.
    fn push(&mut self, bytes: Bytes, cost: &mut CostOf<'_>, out: &mut VecDeque<Bytes>);

    /// The provider closed the stream: appends the last event, where only the blank line after it
    /// is missing. One that was cut off is left out, so that an error may follow in its place.
    fn finish(&mut self, cost: &mut CostOf<'_>, out: &mut VecDeque<Bytes>);

    /// What the provider counted, by its latest word.
    fn usage(&self) -> Option<Usage>;

    /// Whether the last event of a stream was seen, in a dialect that has one: nothing follows.
    fn done(&self) -> bool;

    /// Whether a reason to finish was seen: the answer is whole, even if the stream breaks now.
    fn finished(&self) -> bool;

    /// How many events with content were delivered. Each holds at least a token.
    fn events(&self) -> u64;

    /// The error that the provider told in the stream. Neither it nor what follows goes on: it may
    /// tell what is not for the caller, and an end after it would make a whole answer of a part.
    fn failed(&self) -> Option<&ProviderError>;

    /// The whole answer, in a dialect whose last event tells it once more, as soon as that has
    /// passed.
    fn whole(&self) -> Option<Bytes> {
        None
    }

    /// The last event of a stream that broke off, in a dialect in which it depends on those before
    /// it.
    fn broken(&self, _view: &View<'_>) -> Option<Vec<u8>> {
        None
    }
}

/// What an answer says of itself, besides what the provider said.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    /// Ours, from which ids in the answer are made.
    pub call: CallId,
    /// When the answer was made.
    pub at: Micros,
    /// The model as the caller named it.
    pub model: &'a str,
    /// Whether the caller wants the usage in the stream.
    pub stream_usage: bool,
    /// Whether the caller reads calls of tools in the older of the dialect's two forms; see
    /// [`Request::older_tools`].
    pub older_tools: bool,
    /// Whether the caller wants an answer without thoughts in it; see [`Request::hide_thoughts`].
    pub hide_thoughts: bool,
    /// What the answer repeats of its request; see [`Request::echo`].
    pub echo: Option<&'a Echo>,
    /// Tokens of the prompt by our own estimate, for a dialect that tells them before the provider
    /// has counted.
    pub prompt_tokens: u64,
}

/// Writes a streamed answer.
pub trait StreamEncoder {
    /// Appends the bytes of an event to `out`; nothing where the dialect has none for it. At
    /// [`Event::End`], `cost` is the call's, to be told with the last usage.
    fn event(&mut self, event: &Event, cost: Option<Nanos>, out: &mut Vec<u8>);

    /// See [`Tap::whole`].
    fn whole(&self) -> Option<Bytes> {
        None
    }

    /// See [`Tap::broken`].
    fn broken(&self, _view: &View<'_>) -> Option<Vec<u8>> {
        None
    }
}

/// A dialect that providers speak.
pub trait Outbound: Sync {
    /// Writes a request. What cannot be carried and does not change the result goes to `loss`;
    /// what would change it is a `parameter_unsupported`.
    fn encode_request(
        &self,
        request: &Request,
        target: &Target<'_>,
        loss: &mut Loss,
    ) -> Result<Encoded, Refusal>;

    /// Whether the dialect takes this as the name of a tool. One that it does not take is told as
    /// another by [`ToolNames`](crate::tool_names::ToolNames).
    fn takes_tool_name(&self, _name: &str) -> bool {
        true
    }

    /// Reads a whole answer. The error says what is wrong with it, for the operator.
    fn decode_response(&self, body: &[u8]) -> Result<Response, String>;

    /// Reads a streamed answer, piece by piece.
    fn stream_decoder(&self) -> Box<dyn StreamDecoder + Send>;

    /// The content type of a streamed answer, in lower case and without parameters.
    fn stream_type(&self) -> &'static str {
        "text/event-stream"
    }

    /// The error that a streamed answer begins with, if its first bytes are one.
    fn leading_error(&self, first: &[u8]) -> Option<ProviderError>;

    /// Reads an error answer: JSON in the dialect's shape, or anything else, safely cut.
    fn decode_error(&self, status: u16, body: &[u8]) -> ProviderError;

    /// Looks at a whole answer once, without decoding its content: whether it is one JSON object,
    /// an error after all, and what it consumed. The error says what is wrong with it, for the
    /// operator.
    fn look(&self, body: &[u8]) -> Result<Seen, String>;

    /// The path, below the provider's base address, at which this model is asked.
    fn path(&self, model: &str, stream: bool) -> Result<String, Refusal>;

    /// The path, below the provider's base address, at which it lists its models, with the query
    /// that has all of them come at once.
    fn models_path(&self) -> &'static str;

    /// The host that lists the models of the provider at this host, where it is another.
    fn models_host(&self, _host: &str) -> Option<String> {
        None
    }

    /// Reads a list of models: their names, as [`Outbound::path`] and requests take them. The error
    /// says what is wrong with the list, for the operator.
    fn decode_models(&self, body: &[u8]) -> Result<Vec<String>, String>;

    /// The name of the header that carries the credential, and what precedes the key in it.
    fn auth(&self) -> (&'static str, &'static str);

    /// Headers that every request carries.
    fn headers(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }
}

/// Reads a streamed answer.
pub trait StreamDecoder {
    /// Takes the next bytes, cut anywhere, and appends the events that they complete.
    fn push(&mut self, bytes: &[u8], events: &mut Vec<Event>);

    /// The provider closed the stream: appends what was left. Without a proper end before it, this
    /// gives [`Event::Fail`].
    fn finish(&mut self, events: &mut Vec<Event>);
}

/// What a whole answer turns out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// An answer, and what it consumed, where it says so.
    Answer(Option<Usage>),
    /// An error, which some providers send with a status that says success.
    Error(ProviderError),
}

/// To whom a request is written.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The provider's name for the model.
    pub model: &'a str,
    /// Where the provider departs from its dialect.
    pub quirks: Quirks,
    /// The most tokens of an answer, where the catalogue knows; for a dialect that must name one.
    pub max_output: Option<u64>,
    /// The tier of service to ask for, where it is not the standard one: a codec of another dialect
    /// than the caller's writes it, and in the caller's own it stands in the request.
    pub tier: Option<ServiceTier>,
}

/// A request as bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// The body, JSON.
    pub body: Vec<u8>,
}

impl Encoded {
    /// A body as JSON.
    pub(crate) fn of(body: &impl Serialize) -> Result<Encoded, Refusal> {
        let body = serde_json::to_vec(body).map_err(|error| {
            let detail = format!("The request cannot be written: {error}");
            Refusal::new(Reason::InternalError, detail)
        })?;
        Ok(Encoded { body })
    }
}
