//! What the codecs towards providers write and read. The names of the tests carry the ids of the
//! rules that they hold.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod anthropic_answers;
mod anthropic_requests;
mod anthropic_streams;
mod gemini_answers;
mod gemini_requests;
mod gemini_streams;
mod grammar;
mod round_trips;
mod shapes;
