//! What a dialect must be able to do, for callers ([`Inbound`]) and for providers ([`Outbound`]).

use tollgate_model::catalogue::Quirks;
use tollgate_model::{CallId, Micros, Nanos, Refusal, Usage};

pub use crate::ir::ProviderError;
use crate::ir::{Event, Request, Response};

/// A dialect that callers speak.
pub trait Inbound: Sync {
    /// Reads a request. Fails with `request_malformed` or `parameter_unsupported`, naming the
    /// member at fault.
    fn decode_request(&self, body: &[u8]) -> Result<Request, Refusal>;

    /// Writes a whole answer.
    fn encode_response(&self, response: &Response, reply: &Reply<'_>, out: &mut Vec<u8>);

    /// Writes a streamed answer, event by event.
    fn stream_encoder(&self, reply: &Reply<'_>) -> Box<dyn StreamEncoder + Send>;
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
}

/// Writes a streamed answer.
pub trait StreamEncoder {
    /// Appends the bytes of an event to `out`; nothing where the dialect has none for it. At
    /// [`Event::End`], `cost` is the call's, to be told with the last usage.
    fn event(&mut self, event: &Event, cost: Option<Nanos>, out: &mut Vec<u8>);
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

    /// Reads a whole answer. The error says what is wrong with it, for the operator.
    fn decode_response(&self, body: &[u8]) -> Result<Response, String>;

    /// Reads a streamed answer, piece by piece.
    fn stream_decoder(&self) -> Box<dyn StreamDecoder + Send>;

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
}

/// A request as bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// The body, JSON.
    pub body: Vec<u8>,
}

/// What a translation could not carry: the names of members, for the header `x-tollgate-dropped`
/// and the call's record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loss(Vec<String>);

impl Loss {
    /// Notes a member that is not carried.
    pub fn dropped(&mut self, member: &str) {
        if !self.0.iter().any(|known| known == member) {
            self.0.push(member.to_owned());
        }
    }

    /// The members, in the order in which they were met.
    pub fn into_members(self) -> Vec<String> {
        self.0
    }

    /// Whether nothing was lost.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The members, in the order in which they were met.
    pub fn members(&self) -> &[String] {
        &self.0
    }
}
