//! OpenAI's completions, the dialect before chat, towards callers and towards providers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod answers;
mod callers;
#[path = "../outbound/grammar.rs"]
mod grammar;
mod requests;
#[path = "../outbound/shapes.rs"]
#[allow(dead_code, reason = "these tests need only a part of it")]
mod shapes;
