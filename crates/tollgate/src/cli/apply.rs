//! `tollgate apply`.

use clap::Args;
use serde_json::json;

use crate::ask::Ask;
use crate::changes;
use crate::documents::{self, Placed};
use crate::failure::Failure;
use crate::fields::{items, text};
use crate::session::Session;

/// Apply resources from files: all of them, or none
///
/// Creates and changes the resources that the files describe; what they do not name stays as it
/// is. The configuration that would result is compiled first, and refused with every fault that is
/// found.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  tollgate apply -f models.yaml --dry-run\n  tollgate export | \
                        tollgate apply -f -"
)]
pub(crate) struct Apply {
    /// File of YAML or JSON, folder of such files, or `-` for stdin
    #[arg(long, short, value_name = "FILE|DIR|-")]
    file: String,
    /// Show what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Apply {
    /// Runs the verb.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let placed = documents::read(&self.file)?;
        if placed.is_empty() {
            return Err(Failure::Fault(format!("{} holds no document", self.file)));
        }
        let documents: Vec<_> = placed.iter().map(|placed| &placed.document).collect();
        let body = json!({ "documents": documents, "dry_run": self.dry_run });
        let sent = session.send(Ask::post("apply", body)).await;
        let applied = sent.map_err(|failure| located(&placed, failure))?;
        for warning in items(&applied, "warnings") {
            let warning = warning.as_str().unwrap_or_default();
            session.output.note(&format!("warning: {warning}"));
        }
        let revision = text(&applied, "revision");
        session.output.answer(&applied, &revision, || {
            changes::summary(&applied, self.dry_run, session.output.colour())
        })
    }
}

/// Puts file, document and line before each fault of the server.
fn located(placed: &[Placed], failure: Failure) -> Failure {
    let Failure::Refused(refused) = &failure else {
        return failure;
    };
    let faults = refused.faults();
    if faults.is_empty() {
        return failure;
    }
    let lines: Vec<_> = faults
        .into_iter()
        .map(|fault| documents::locate(placed, fault))
        .collect();
    Failure::Fault(lines.join("\n"))
}
