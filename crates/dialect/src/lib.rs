//! Model wire formats. Pure: bytes in, bytes out; no I/O, no async, no clock, no randomness.
//!
//! Between two dialects a call goes through the intermediate form in [`ir`], which belongs to no
//! vendor. Within one dialect its bytes pass: [`scan`] finds what must be known, [`splice`] changes
//! what must change, and a [`codec::Tap`] reads the usage from the answer as it goes by.
//!
//! A dialect is one module and one line in [`inbound`] or [`outbound`].

pub mod anthropic;
pub mod array;
pub mod asks;
pub mod batch;
pub mod bedrock;
mod canonical;
mod cited;
pub mod codec;
pub mod cohere;
pub mod count;
pub mod event_stream;
mod fault;
mod flow;
pub mod form;
pub mod gemini;
pub mod ir;
mod ladder;
mod left;
mod lenient;
mod lines;
mod listing;
mod loss;
pub mod names;
mod node;
pub mod ollama;
pub mod openai_chat;
pub mod openai_completions;
pub mod openai_responses;
mod passage;
pub mod platform;
mod probe;
pub mod realtime;
pub mod references;
pub mod refusal;
pub mod scan;
mod seal;
mod search;
pub mod sound;
pub mod splice;
pub mod sse;
pub mod task;
pub mod tier;
pub mod tool_names;
mod tree;

pub use canonical::canonical;
use tollgate_model::Dialect;

use crate::codec::{Inbound, Outbound};

/// The codec for callers that speak a dialect.
pub fn inbound(dialect: Dialect) -> &'static dyn Inbound {
    match dialect {
        Dialect::OpenaiChat => &openai_chat::OpenaiChat,
        Dialect::OpenaiResponses => &openai_responses::OpenaiResponses,
        Dialect::AnthropicMessages => &anthropic::Anthropic,
        Dialect::Gemini => &gemini::Gemini,
        Dialect::Cohere => &cohere::Cohere,
        Dialect::OpenaiCompletions => &openai_completions::OpenaiCompletions,
        Dialect::Ollama => &ollama::Ollama,
        Dialect::OllamaGenerate => &ollama::OllamaGenerate,
        Dialect::BedrockConverse => &bedrock::Bedrock,
    }
}

/// The codec for providers that speak a dialect.
pub fn outbound(dialect: Dialect) -> &'static dyn Outbound {
    match dialect {
        Dialect::OpenaiChat => &openai_chat::OpenaiChat,
        Dialect::OpenaiResponses => &openai_responses::OpenaiResponses,
        Dialect::AnthropicMessages => &anthropic::Anthropic,
        Dialect::Gemini => &gemini::Gemini,
        Dialect::Cohere => &cohere::Cohere,
        Dialect::OpenaiCompletions => &openai_completions::OpenaiCompletions,
        Dialect::Ollama => &ollama::Ollama,
        Dialect::OllamaGenerate => &ollama::OllamaGenerate,
        Dialect::BedrockConverse => &bedrock::Bedrock,
    }
}

/// What becomes of a caller's header that goes on to a provider of the caller's dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carried {
    /// It stands in place of ours.
    Instead,
    /// Its words, between commas, are added to ours.
    Beside,
}

/// The headers of a caller that go on to a provider of the caller's dialect. All others stay here.
pub fn carried_headers(dialect: Dialect) -> &'static [(&'static str, Carried)] {
    match dialect {
        Dialect::OpenaiChat
        | Dialect::OpenaiCompletions
        | Dialect::OpenaiResponses
        | Dialect::Gemini
        | Dialect::BedrockConverse
        | Dialect::Cohere
        | Dialect::Ollama
        | Dialect::OllamaGenerate => &[],
        Dialect::AnthropicMessages => &[
            ("anthropic-version", Carried::Instead),
            ("anthropic-beta", Carried::Beside),
        ],
    }
}
