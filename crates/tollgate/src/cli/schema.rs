//! `tollgate schema`.

use clap::Args;
use tollgate_model::Kind;

use super::arguments;
use crate::failure::Failure;
use crate::output::Output;

/// Show the JSON Schema of a kind's spec
#[derive(Args, Debug)]
pub(crate) struct Schema {
    /// Kind, such as `model`
    #[arg(value_parser = arguments::kind)]
    kind: Kind,
}

impl Schema {
    /// Runs the verb. The kinds are in the binary: nobody needs to be asked.
    pub(crate) fn run(self, output: Output) -> Result<(), Failure> {
        output.pretty(&self.kind.schema())
    }
}
