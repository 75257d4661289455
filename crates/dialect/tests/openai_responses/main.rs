//! The OpenAI responses dialect towards callers and providers. The names of the tests carry the ids
//! of the rules that they hold.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod answers;
mod asked;
mod encoder;
mod forward;
#[path = "../outbound/grammar.rs"]
mod grammar;
mod requests;
mod round_trips;
mod tap;
mod thread;
mod upstream;
mod upstream_streams;
