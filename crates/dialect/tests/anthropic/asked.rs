//! Short ways to write what a caller asks.

use tollgate_dialect::anthropic::Anthropic;
use tollgate_dialect::codec::{Address, Inbound, Reply};
use tollgate_dialect::ir::Request;
use tollgate_model::{CallId, Micros, Refusal};

pub(crate) const REPLY: Reply<'static> = Reply {
    call: CallId(1),
    at: Micros(1_700_000_000_000_000),
    model: "smart \"one\"",
    stream_usage: true,
    older_tools: false,
    hide_thoughts: false,
    echo: None,
    prompt_tokens: 12,
};

pub(crate) fn decoded(body: &str) -> Result<Request, Refusal> {
    let head = Anthropic.head(body.as_bytes(), &Address::default())?;
    Anthropic.decode_request(body.as_bytes(), &head)
}

/// A request with these members, of which it has at least one.
pub(crate) fn with(members: &str) -> String {
    let messages = match members.contains("\"messages\"") {
        true => "",
        false => r#""messages":[{"role":"user","content":"hi"}],"#,
    };
    format!(r#"{{"model":"m","max_tokens":100,{messages}{members}}}"#)
}

/// A request with these messages.
pub(crate) fn saying(messages: &str) -> String {
    with(&format!(r#""messages":[{messages}]"#))
}
