//! The binary as its users meet it: started as a process, asked by its command line and over HTTP.

// A test that cannot go on says so by panicking.
#![allow(clippy::unwrap_used, clippy::panic)]

mod batches;
mod cache;
mod cluster;
mod command_line;
mod configuration;
mod console;
mod doctor;
mod first_start;
mod import;
mod people;
mod process;
mod shutdown;
