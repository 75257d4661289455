//! For tests only: a scripted upstream to the byte, and private servers of PostgreSQL and Valkey.

// A test that cannot go on says so by panicking; that is what this crate is for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod postgres;
pub mod received;
pub mod reply;
pub mod upstream;
pub mod valkey;
mod wire;

pub use received::Received;
pub use reply::{Feed, Reply};
pub use upstream::Upstream;
pub use valkey::Valkey;
