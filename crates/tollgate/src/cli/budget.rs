//! `tollgate budget`.

use clap::Subcommand;

use crate::ask::Ask;
use crate::failure::Failure;
use crate::fields::{column, items, text, time};
use crate::session::Session;
use crate::table::Table;

/// Show what is left of budgets
///
/// A budget is made with `tollgate apply`.
#[derive(Subcommand, Debug)]
pub(crate) enum Budget {
    /// Show every budget in the window that is open
    List,
}

impl Budget {
    /// Runs the verb.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let Budget::List = self;
        let answer = session.send(Ask::get("budgets")).await?;
        let budgets = items(&answer, "items");
        let mut table = Table::new(&[
            "NAME", "SCOPE", ">LIMIT", ">SPENT", ">LEFT", "WINDOW", "ENDS",
        ]);
        for budget in budgets {
            table.row([
                text(budget, "name"),
                text(budget, "scope"),
                text(budget, "limit"),
                text(budget, "spent"),
                text(budget, "left"),
                text(budget, "window"),
                time(budget, "ends"),
            ]);
        }
        let empty = "there is no budget";
        session
            .output
            .list(&answer, &column(budgets, "left"), &table, empty)
    }
}
