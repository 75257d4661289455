//! `tollgate export`.

use clap::Args;
use serde_json::json;

use super::get::Form;
use crate::ask::Ask;
use crate::documents;
use crate::failure::Failure;
use crate::fields::items;
use crate::session::Session;

/// Write every resource as a file that `apply` takes
///
/// Secrets are not part of it, and of API keys only the hashes are.
#[derive(Args, Debug)]
pub(crate) struct Export {
    /// Form of the answer
    #[arg(long, short, value_enum, default_value = "yaml")]
    output: Form,
}

impl Export {
    /// Runs the verb.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let exported = session.send(Ask::get("export")).await?;
        let documents = items(&exported, "documents");
        if session.output.json || self.output == Form::Json {
            return session.output.pretty(&json!(documents));
        }
        session.output.text(&documents::write(documents)?)
    }
}
