//! `tollgate providers`.

use clap::Args;
use serde_json::Value;

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
        let mut table = Table::new(&["PROVIDER", "CREDENTIAL", "STATE", "LEFT", "UNTIL", "WHY"]);
        for row in rows {
            table.row([
                text(row, "provider"),
                text(row, "credential"),
                text(row, "state"),
                left(&row["limits"]),
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

/// What is left of a credential's limits: `12/60 requests, 900/1000 tokens`.
fn left(limits: &Value) -> String {
    let of = |limit: &str| {
        let most = limits[limit]["most"].as_u64()?;
        let left = limits[limit]["left"].as_u64()?;
        Some(format!("{left}/{most} {limit}"))
    };
    let told = ["requests", "tokens"].into_iter().filter_map(of);
    told.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_left_is_told_of_the_limits_that_there_are() {
        let limits = json!({ "under_way": 1, "requests": { "most": 60, "left": 12 } });
        assert_eq!(left(&limits), "12/60 requests");
        assert_eq!(left(&json!({ "under_way": 0 })), "");
    }
}
