//! What is known of providers and models, as data: addresses, quirks, prices, limits, and how each
//! provider says that money is short. Pure: no I/O, no clock.
//!
//! The data are the files in `data/`. A provider that speaks a known dialect is a row there, no
//! code. `prices.json` is written by `cargo xtask prices` and committed, so that a change of a
//! price is a change of a line that somebody reviewed.

mod builtin;
mod compare;
mod environment;
mod families;
pub mod genai;
pub mod glob;
pub mod money;
pub mod rows;
mod shelf;
mod update;

pub use builtin::{Builtin, TAKEN, builtin, providers, source};
pub use compare::{Difference, Happened, RateDifference, compare};
pub use environment::{Found, environment};
pub use update::Update;
