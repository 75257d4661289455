//! `tollgate ledger`.

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::ask::Ask;
use crate::failure::Failure;
use crate::fields::{column, items, text, time};
use crate::session::Session;
use crate::table::Table;

/// Check the ledger, and show its transactions
#[derive(Subcommand, Debug)]
pub(crate) enum Ledger {
    /// Check every account, transaction and settled call; exit code 1 where something does not add up
    Verify,
    Transactions(Transactions),
}

/// Show transactions, newest first
#[derive(Args, Debug)]
pub(crate) struct Transactions {
    /// Only those that touch this account, such as `wallet/acme`
    #[arg(long)]
    account: Option<String>,
    /// How many
    #[arg(long, default_value_t = 20)]
    limit: u32,
}

impl Ledger {
    /// Runs the verb.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        match self {
            Ledger::Verify => verify(session).await,
            Ledger::Transactions(transactions) => transactions.run(session).await,
        }
    }
}

async fn verify(session: &Session) -> Result<(), Failure> {
    let report = session.send(Ask::get("ledger/verify")).await?;
    let faults = column(items(&report, "faults"), "");
    let verdict = match faults.len() {
        0 => "ok",
        _ => "faulty",
    };
    session
        .output
        .answer(&report, verdict, || looked_at(&report))?;
    match faults.len() {
        0 => Ok(()),
        _ => Err(Failure::Fault(faults.join("\n"))),
    }
}

fn looked_at(report: &Value) -> String {
    let count = |member: &str| text(report, member);
    format!(
        "{} accounts, {} transactions and {} calls were looked at: {}",
        count("accounts"),
        count("transactions"),
        count("calls"),
        match items(report, "faults").len() {
            0 => "everything adds up".to_owned(),
            1 => "1 fault".to_owned(),
            many => format!("{many} faults"),
        }
    )
}

impl Transactions {
    async fn run(self, session: &Session) -> Result<(), Failure> {
        let ask = Ask::get("ledger/transactions")
            .with("account", self.account.as_ref())
            .with("limit", Some(self.limit));
        let answer = session.send(ask).await?;
        let transactions = items(&answer, "items");
        let mut table = Table::new(&["AT", "KIND", "ACCOUNT", ">AMOUNT", "WHO", "REASON", "ID"]);
        for transaction in transactions {
            for entry in items(transaction, "entries") {
                table.row([
                    time(transaction, "at"),
                    text(transaction, "kind"),
                    text(entry, "account"),
                    text(entry, "amount"),
                    text(transaction, "actor"),
                    text(transaction, "reason"),
                    text(transaction, "id"),
                ]);
            }
        }
        let essentials = column(transactions, "id");
        session
            .output
            .list(&answer, &essentials, &table, "there is no transaction")
    }
}
