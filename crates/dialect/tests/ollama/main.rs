//! Ollama's two dialects towards callers and towards providers. The names of the tests carry the ids
//! of the rules that they hold.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod answers;
mod callers;
mod crossing;
#[path = "../outbound/grammar.rs"]
mod grammar;
mod requests;
#[path = "../outbound/shapes.rs"]
#[allow(dead_code, reason = "these tests need only a part of it")]
mod shapes;
mod streams;
mod written;

use tollgate_dialect::codec::Reply;
use tollgate_model::{CallId, Micros};

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
