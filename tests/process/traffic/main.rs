//! The binary under traffic: many callers at once, real connections, scripted providers behind it,
//! and an account of every nano-dollar at the end.

// A test that cannot go on says so by panicking.
#![allow(clippy::unwrap_used, clippy::panic)]

mod client;
mod configuration;
mod crash;
mod failover;
mod overspend;
mod postgres;
// What the other tests of processes use besides is not needed here.
#[allow(dead_code)]
#[path = "../process.rs"]
mod process;
mod provider;
mod refusals;
mod scene;
