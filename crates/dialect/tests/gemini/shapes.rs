//! Short ways to write what the tests need.

use serde_json::Value;
use tollgate_dialect::codec::{Address, Head, Inbound, Loss, Outbound, Reply, Target};
use tollgate_dialect::gemini::Gemini;
use tollgate_dialect::ir::Request;
use tollgate_model::catalogue::Quirks;
use tollgate_model::{CallId, Micros, Refusal};

pub(crate) const REPLY: Reply<'static> = Reply {
    call: CallId(1),
    at: Micros(0),
    model: "m",
    stream_usage: true,
    older_tools: false,
    hide_thoughts: false,
    echo: None,
    prompt_tokens: 0,
};

/// The id of an answer to [`REPLY`]'s call.
pub(crate) const ID: &str = "00000000000000000000000001";

pub(crate) const ADDRESS: Address<'static> = Address {
    model: Some("m"),
    stream: Some(false),
};

pub(crate) fn head(body: &str) -> Result<Head, Refusal> {
    Gemini.head(body.as_bytes(), &ADDRESS)
}

pub(crate) fn decoded(body: &str) -> Result<Request, Refusal> {
    Gemini.decode_request(body.as_bytes(), &head(body)?)
}

/// A request that says "Hi", with these members besides.
pub(crate) fn hi(members: &str) -> String {
    format!(r#"{{"contents":[{{"role":"user","parts":[{{"text":"Hi"}}]}}]{members}}}"#)
}

pub(crate) fn target(model: &str) -> Target<'_> {
    Target {
        model,
        quirks: Quirks::default(),
        max_output: None,
        tier: None,
    }
}

/// What a provider of another dialect is sent for a body, and what was lost on the way.
pub(crate) fn carried(
    codec: &dyn Outbound,
    model: &str,
    body: &Value,
) -> Result<(Value, Vec<String>), Refusal> {
    let request = decoded(&body.to_string())?;
    let mut loss = Loss::default();
    let encoded = codec.encode_request(&request, &target(model), &mut loss)?;
    let body = serde_json::from_slice(&encoded.body).expect("a body of JSON");
    Ok((body, loss.into_members()))
}
