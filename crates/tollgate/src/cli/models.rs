//! `tollgate models`.

use clap::Args;
use serde_json::Value;

use crate::ask::Ask;
use crate::failure::Failure;
use crate::fields::{column, items, text};
use crate::session::Session;
use crate::table::Table;

/// Show the models that callers can ask for
#[derive(Args, Debug)]
pub(crate) struct Models {
    /// Show what a caller means by this name
    #[arg(long, value_name = "NAME")]
    resolve: Option<String>,
}

impl Models {
    /// Runs the verb.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let output = session.output;
        if let Some(name) = self.resolve {
            let ask = Ask::get("models/resolve").with("name", Some(&name));
            let model = session.send(ask).await?;
            let targets = items(&model, "targets");
            let essentials = column(targets, "provider");
            return output.list(&model, &essentials, &prices(targets), "it has no target");
        }
        let answer = session.send(Ask::get("models")).await?;
        let models = items(&answer, "items");
        let mut table = Table::new(&["MODEL", "STRATEGY", "TARGETS"]);
        for model in models {
            let targets: Vec<String> = items(model, "targets").iter().map(target).collect();
            table.row([
                text(model, "name"),
                text(model, "strategy"),
                targets.join(", "),
            ]);
        }
        output.list(
            &answer,
            &column(models, "name"),
            &table,
            "there is no model",
        )
    }
}

fn target(target: &Value) -> String {
    format!("{}/{}", text(target, "provider"), text(target, "model"))
}

fn prices(targets: &[Value]) -> Table {
    let mut table = Table::new(&["TARGET", ">WEIGHT", ">INPUT", ">OUTPUT", "PRICE FROM"]);
    for row in targets {
        table.row([
            target(row),
            text(row, "weight"),
            text(row, "price.rates.input"),
            text(row, "price.rates.output"),
            text(row, "price.source"),
        ]);
    }
    table
}
