//! `tollgate generate`: the parts of the documentation that are made from the code.

use clap::{Args, ValueEnum};

/// Write a part of the documentation
#[derive(Args, Debug)]
pub(crate) struct Generate {
    /// Which part
    pub what: Part,
}

/// A part of the documentation that is made from the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// `docs/cli.md`.
    CliReference,
    /// The table of server settings in `docs/configuration.md`.
    ServerSettings,
}
