//! `tollgate history`.

use clap::Args;
use tollgate_model::Kind;

use super::arguments;
use crate::ask::Ask;
use crate::failure::Failure;
use crate::fields::{column, items, text, time};
use crate::session::Session;
use crate::table::Table;

/// Show who changed what, newest first
#[derive(Args, Debug)]
pub(crate) struct History {
    /// Kind, such as `model`
    #[arg(value_parser = arguments::kind)]
    kind: Option<Kind>,
    /// Name
    name: Option<String>,
    /// Only changes before this revision
    #[arg(long, value_name = "REVISION")]
    before: Option<u64>,
    /// How many changes
    #[arg(long, default_value_t = 50)]
    limit: u32,
}

impl History {
    /// Runs the verb.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let ask = Ask::get("history")
            .with("kind", self.kind)
            .with("name", self.name)
            .with("before", self.before)
            .with("limit", Some(self.limit));
        let answer = session.send(ask).await?;
        let changes = items(&answer, "items");
        let mut table = Table::new(&[">REVISION", "AT", "WHO", "CHANGE", "KIND", "NAME"]);
        for change in changes {
            table.row([
                text(change, "revision"),
                time(change, "at"),
                text(change, "actor"),
                text(change, "action"),
                text(change, "kind"),
                text(change, "name"),
            ]);
        }
        let essentials = column(changes, "revision");
        session
            .output
            .list(&answer, &essentials, &table, "nothing was changed")
    }
}
