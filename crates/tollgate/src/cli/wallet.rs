//! `tollgate wallet`.

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use tollgate_control::random;
use tollgate_model::{Name, Nanos};

use super::arguments;
use crate::ask::Ask;
use crate::failure::Failure;
use crate::fields::{column, items, text};
use crate::session::Session;
use crate::table::Table;

/// Credit and show the wallets of teams
#[derive(Subcommand, Debug)]
pub(crate) enum Wallet {
    Credit(Credit),
    List,
    Show(Show),
}

/// Add money to a wallet, or take it back with a negative amount
#[derive(Args, Debug)]
pub(crate) struct Credit {
    /// Team
    #[arg(value_parser = arguments::name)]
    team: Name,
    /// Dollars, such as `25.00`
    #[arg(value_parser = arguments::amount, allow_negative_numbers = true)]
    amount: Nanos,
    /// Why, for whoever reads the ledger
    #[arg(long)]
    reason: String,
    /// Sent again with the same id, the credit is made once
    #[arg(long, value_name = "ID")]
    id: Option<String>,
}

/// Show one wallet
#[derive(Args, Debug)]
pub(crate) struct Show {
    /// Team
    #[arg(value_parser = arguments::name)]
    team: Name,
}

impl Wallet {
    /// Runs the verb.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        match self {
            Wallet::Credit(credit) => credit.run(session).await,
            Wallet::List => list(session).await,
            Wallet::Show(show) => show.run(session).await,
        }
    }
}

impl Credit {
    async fn run(self, session: &Session) -> Result<(), Failure> {
        let id = match self.id {
            Some(id) => id,
            None => random::token("credit_")?,
        };
        let body = json!({ "amount": self.amount, "reason": self.reason });
        let ask = Ask::post(format!("wallets/{}/credit", self.team), body).once(id);
        let credited = session.send(ask).await?;
        let balance = text(&credited, "balance");
        session.output.answer(&credited, &balance, || {
            format!(
                "credited ${} to {}; the balance is ${balance}",
                self.amount, self.team
            )
        })
    }
}

fn table(wallets: &[Value]) -> Table {
    let mut table = Table::new(&["TEAM", "BILLING", ">BALANCE", ">SET ASIDE", ">AVAILABLE"]);
    for wallet in wallets {
        table.row([
            text(wallet, "team"),
            text(wallet, "billing"),
            text(wallet, "balance"),
            text(wallet, "leased"),
            text(wallet, "available"),
        ]);
    }
    table
}

async fn list(session: &Session) -> Result<(), Failure> {
    let answer = session.send(Ask::get("wallets")).await?;
    let wallets = items(&answer, "items");
    let empty = "there is no wallet; `tollgate team create NAME --prepaid` makes a team with one";
    session
        .output
        .list(&answer, &column(wallets, "balance"), &table(wallets), empty)
}

impl Show {
    async fn run(self, session: &Session) -> Result<(), Failure> {
        let wallet = session
            .send(Ask::get(format!("wallets/{}", self.team)))
            .await?;
        let output = session.output;
        output.answer(&wallet, &text(&wallet, "balance"), || {
            table(std::slice::from_ref(&wallet)).render(output.colour())
        })
    }
}
