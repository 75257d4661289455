//! Short ways to write what a caller asks.

use tollgate_dialect::codec::{Address, Head, Inbound, Reply};
use tollgate_dialect::cohere::Cohere;
use tollgate_dialect::ir::Request;
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

pub(crate) fn head(body: &str) -> Result<Head, Refusal> {
    Cohere.head(body.as_bytes(), &Address::default())
}

pub(crate) fn decoded(body: &str) -> Result<Request, Refusal> {
    Cohere.decode_request(body.as_bytes(), &head(body)?)
}

/// A request that says "hi", with these members besides.
pub(crate) fn with(members: &str) -> String {
    format!(r#"{{"model":"m","messages":[{{"role":"user","content":"hi"}}],{members}}}"#)
}

/// A request with these messages.
pub(crate) fn saying(messages: &str) -> String {
    format!(r#"{{"model":"m","messages":[{messages}]}}"#)
}
