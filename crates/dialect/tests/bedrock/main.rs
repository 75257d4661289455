//! Converse of Amazon Bedrock, towards callers and towards providers. The names of the tests carry the
//! ids of the rules that they hold.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod answers;
mod asked;
mod callers;
mod crossing;
mod encoder;
#[path = "../outbound/grammar.rs"]
mod grammar;
mod requests;
#[path = "../outbound/shapes.rs"]
#[allow(dead_code, reason = "these tests need only a part of it")]
mod shapes;
mod streams;
mod tap;
