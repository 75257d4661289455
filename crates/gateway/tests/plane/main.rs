//! The data plane as its callers meet it: a gateway in this process, scripted providers on
//! loopback, and clients that write and read bytes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test that cannot go on has failed.

mod bad_input;
mod batches;
mod bedrock;
mod book;
mod cabinet;
mod cache;
mod client;
mod counts;
mod doors;
mod failures;
mod files;
mod keys;
mod limits;
mod money;
mod platforms;
mod probe;
mod quantities;
mod realtime;
mod requests;
mod responses;
mod routing;
mod searches;
mod shelf;
mod smaller_doors;
mod streams;
mod task_forms;
mod task_limits;
mod tasks;
mod tiers;
mod voices;
mod whole;
mod world;
