//! Model wire formats. Pure: bytes in, bytes out; no I/O, no async, no clock, no randomness.
//!
//! Between two dialects a call goes through the intermediate form in [`ir`], which belongs to no
//! vendor. Within one dialect its bytes pass: [`scan`] finds what must be known, [`splice`] changes
//! what must change, and [`openai_chat::tap`] reads the usage from the answer as it goes by.
//!
//! A dialect is one module and one line in [`inbound`] or [`outbound`].

pub mod anthropic;
pub mod codec;
mod fault;
mod flow;
pub mod gemini;
pub mod ir;
mod ladder;
mod lenient;
mod listing;
pub mod openai_chat;
pub mod refusal;
pub mod scan;
pub mod splice;
pub mod sse;
mod tree;

use tollgate_model::Dialect;

use crate::codec::{Inbound, Outbound};

/// The codec for callers that speak a dialect; `None` where callers cannot use it yet.
pub fn inbound(dialect: Dialect) -> Option<&'static dyn Inbound> {
    match dialect {
        Dialect::OpenaiChat => Some(&openai_chat::OpenaiChat),
        Dialect::AnthropicMessages | Dialect::Gemini => None,
    }
}

/// The codec for providers that speak a dialect.
pub fn outbound(dialect: Dialect) -> &'static dyn Outbound {
    match dialect {
        Dialect::OpenaiChat => &openai_chat::OpenaiChat,
        Dialect::AnthropicMessages => &anthropic::Anthropic,
        Dialect::Gemini => &gemini::Gemini,
    }
}
