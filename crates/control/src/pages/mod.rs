//! The pages of the listener, for people who come with a browser.

mod frame;
pub(crate) mod front;
pub(crate) mod problems;
