//! `tollgate restore`.

use clap::Args;
use serde_json::json;

use crate::ask::Ask;
use crate::failure::Failure;
use crate::fields::text;
use crate::session::Session;

/// Set one resource back to what it was after a revision
///
/// `tollgate history` shows the revisions. The restoration is a change of its own.
#[derive(Args, Debug)]
pub(crate) struct Restore {
    /// Revision, as `tollgate history` shows it
    revision: u64,
}

impl Restore {
    /// Runs the verb.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let path = format!("history/{}/restore", self.revision);
        let restored = session.send(Ask::post(path, json!({}))).await?;
        let now = text(&restored, "revision");
        session.output.answer(&restored, &now, || {
            format!(
                "revision {} is restored; now at revision {now}",
                self.revision
            )
        })
    }
}
