//! Short ways to write what a caller asks and reads.

use serde_json::Value;
use tollgate_dialect::codec::{Address, Inbound, Loss, Outbound, Reply, Target};
use tollgate_dialect::ir::{Request, Response};
use tollgate_dialect::openai_responses::OpenaiResponses;
use tollgate_model::catalogue::Quirks;
use tollgate_model::{CallId, Micros, Refusal};

pub(crate) const REPLY: Reply<'static> = Reply {
    call: CallId(1),
    at: Micros(1_700_000_000_000_000),
    model: "smart",
    stream_usage: true,
    older_tools: false,
    hide_thoughts: false,
    echo: None,
    prompt_tokens: 0,
};

pub(crate) fn decoded(body: &Value) -> Result<Request, Refusal> {
    let body = body.to_string();
    let head = OpenaiResponses.head(body.as_bytes(), &Address::default())?;
    OpenaiResponses.decode_request(body.as_bytes(), &head)
}

/// What a provider reads of a request, and what it is not told.
pub(crate) fn encoded(
    codec: &dyn Outbound,
    request: &Request,
    model: &str,
) -> Result<(Value, Vec<String>), Refusal> {
    let target = Target {
        model,
        quirks: Quirks::default(),
        max_output: None,
        tier: None,
    };
    let mut loss = Loss::default();
    let encoded = codec.encode_request(request, &target, &mut loss)?;
    let body = serde_json::from_slice(&encoded.body).unwrap();
    Ok((body, loss.into_members()))
}

/// What a provider of another dialect reads of a caller's request.
pub(crate) fn asked(codec: &dyn Outbound, body: &Value, model: &str) -> (Value, Vec<String>) {
    encoded(codec, &decoded(body).unwrap(), model).unwrap()
}

/// What a caller reads of an answer.
pub(crate) fn answered(response: &Response, reply: &Reply<'_>) -> Value {
    let mut out = Vec::new();
    OpenaiResponses.encode_response(response, reply, &mut out);
    serde_json::from_slice(&out).unwrap()
}
