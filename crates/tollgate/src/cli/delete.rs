//! `tollgate delete`.

use clap::Args;
use tollgate_model::Kind;

use super::arguments;
use crate::ask::Ask;
use crate::failure::Failure;
use crate::fields::text;
use crate::session::Session;

/// Delete a resource
///
/// Refused where other resources name it. `tollgate history` and `tollgate restore` bring it back.
#[derive(Args, Debug)]
pub(crate) struct Delete {
    /// Kind, such as `model`
    #[arg(value_parser = arguments::kind)]
    kind: Kind,
    /// Name
    name: String,
}

impl Delete {
    /// Runs the verb.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let name = arguments::segment(&self.name)?;
        let path = format!("resources/{}/{name}", self.kind);
        let deleted = session.send(Ask::delete(path)).await?;
        session
            .output
            .answer(&deleted, &text(&deleted, "revision"), || {
                format!("{} {name} is deleted", self.kind)
            })
    }
}
