//! The OpenAI chat dialect towards callers and providers. The names of the tests carry the ids of
//! the rules that they hold.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod answers;
mod decoder;
mod encoder;
mod forward;
#[path = "../outbound/grammar.rs"]
mod grammar;
mod requests;
mod tap;
mod towards_anthropic;
mod upstream;
