//! What the listener has for people who come with a browser: the console, and pages of its own.

mod assets;
pub(crate) mod console;
mod frame;
pub(crate) mod problems;
mod unbuilt;
