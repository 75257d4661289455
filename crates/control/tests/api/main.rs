//! The admin API over a store in a temporary folder.

#![allow(clippy::unwrap_used, clippy::panic)] // A test that cannot go on has failed.

mod access;
mod bodies;
mod browser;
mod burndown;
mod calls;
mod catalogue;
mod configuration;
mod console;
mod desk;
mod doctor;
mod events;
mod keys;
mod money;
mod openapi;
mod pages;
mod people;
mod playground;
mod probes;
mod records;
mod refusals;
mod search;
mod secrets;
mod sessions;
mod usage;
