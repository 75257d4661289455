//! The admin API over a store in a temporary folder.

#![allow(clippy::unwrap_used, clippy::panic)] // A test that cannot go on has failed.

mod access;
mod bodies;
mod calls;
mod configuration;
mod desk;
mod keys;
mod money;
mod openapi;
mod pages;
mod secrets;
