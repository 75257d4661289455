//! The flags that every verb takes.

use std::path::PathBuf;

use clap::Args;

use crate::output::Output;

/// The flags that every verb takes.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Globals {
    /// Address of console and admin API [variable: TOLLGATE_CONTROL]
    ///
    /// `serve` listens there; every other verb talks to it. Where it is left out, a verb finds the
    /// process that works on the data folder by itself.
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub control: Option<String>,
    /// Data folder [default: ./tollgate-data] [variable: TOLLGATE_DATA]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// File of server settings [variable: TOLLGATE_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print results as JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// Print the one essential value and nothing else
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

impl Globals {
    /// How the caller wants to be answered.
    pub(crate) fn output(&self) -> Output {
        Output {
            json: self.json,
            quiet: self.quiet,
        }
    }
}
