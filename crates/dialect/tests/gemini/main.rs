//! Gemini towards callers. The names of the tests carry the ids of the rules that they hold.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod answers;
mod crossing;
mod encoder;
mod head;
mod requests;
mod shapes;
mod tap;
