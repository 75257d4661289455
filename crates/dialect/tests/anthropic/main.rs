//! The Anthropic dialect towards callers, and what becomes of its requests at other providers. The
//! names of the tests carry the ids of the rules that they hold.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod answers;
mod asked;
mod encoder;
mod forward;
mod requests;
mod round_trips;
#[path = "../outbound/shapes.rs"]
#[allow(dead_code, reason = "these tests need only a part of it")]
mod shapes;
mod tap;
mod towards_gemini;
mod towards_openai;
