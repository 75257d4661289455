//! Coming from elsewhere: the configurations of other gateways, read into resources and a report.
//!
//! Pure: the text of a source comes in, a [`Plan`] goes out; nothing here opens a file, asks a
//! network or changes anything. Each member of a source is taken over, changed or left out by name,
//! and what nobody looked at is in the report by itself ([`tree`]), so that nothing is lost in
//! silence. No value that could be a secret is in a report.

mod decimal;
mod draft;
mod dump;
mod error;
mod litellm;
mod names;
mod one_api;
mod openrouter;
mod plan;
mod portkey;
mod providers;
mod report;
mod routing;
mod rows;
mod tree;
mod windows;
mod yaml;

pub use dump::read as dump;
pub use error::ImportError;
pub use litellm::litellm;
pub use one_api::{Flavour, one_api};
pub use openrouter::openrouter;
pub use plan::{Credit, FreshKey, Plan, StoredSecret};
pub use portkey::portkey;
pub use report::{Entry, Report};
pub use rows::{Table, Tables};

/// A file as it was read.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// What it is called in messages.
    pub name: &'a str,
    /// What stands in it.
    pub text: &'a str,
}
