//! `tollgate providers`.

use clap::Args;

use crate::ask::Ask;
use crate::failure::Failure;
use crate::fields::{column, items, text, time};
use crate::session::Session;
use crate::table::Table;

/// Show how the providers and their credentials are doing
#[derive(Args, Debug)]
pub(crate) struct Providers {}

impl Providers {
    /// Runs the verb.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let answer = session.send(Ask::get("providers/health")).await?;
        let rows = items(&answer, "items");
        let mut table = Table::new(&["PROVIDER", "CREDENTIAL", "STATE", "UNTIL", "WHY"]);
        for row in rows {
            table.row([
                text(row, "provider"),
                text(row, "credential"),
                text(row, "state"),
                time(row, "until"),
                text(row, "error"),
            ]);
        }
        let essentials = column(rows, "provider");
        session
            .output
            .list(&answer, &essentials, &table, "there is no provider")
    }
}
