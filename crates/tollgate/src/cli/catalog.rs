//! `tollgate catalog`.

use clap::{Args, Subcommand};

use crate::ask::Ask;
use crate::failure::Failure;
use crate::fields::{column, items, joined, text};
use crate::session::Session;
use crate::table::Table;

/// Show what is known of providers and their models
#[derive(Subcommand, Debug)]
pub(crate) enum Catalog {
    /// Show the providers that the catalogue knows
    Providers,
    Models(Models),
}

/// Show the models that the catalogue knows, with their prices per million tokens
#[derive(Args, Debug)]
pub(crate) struct Models {
    /// Part of the name
    query: Option<String>,
    /// Only those of this provider
    #[arg(long)]
    provider: Option<String>,
}

impl Catalog {
    /// Runs the verb.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        match self {
            Catalog::Providers => providers(session).await,
            Catalog::Models(models) => models.run(session).await,
        }
    }
}

async fn providers(session: &Session) -> Result<(), Failure> {
    let answer = session.send(Ask::get("catalog/providers")).await?;
    let providers = items(&answer, "items");
    let mut table = Table::new(&[
        "PROVIDER", "TITLE", "DIALECT", ">MODELS", "KEY FROM", "ADDRESS",
    ]);
    for provider in providers {
        table.row([
            text(provider, "id"),
            text(provider, "title"),
            text(provider, "dialect"),
            text(provider, "models"),
            joined(provider, "env", ", "),
            text(provider, "base_url"),
        ]);
    }
    let essentials = column(providers, "id");
    session
        .output
        .list(&answer, &essentials, &table, "the catalogue is empty")
}

impl Models {
    async fn run(self, session: &Session) -> Result<(), Failure> {
        let ask = Ask::get("catalog/models")
            .with("provider", self.provider.as_ref())
            .with("q", self.query.as_ref());
        let answer = session.send(ask).await?;
        let models = items(&answer, "items");
        let mut table = Table::new(&["PROVIDER", "MODEL", ">INPUT", ">OUTPUT", ">CONTEXT"]);
        for model in models {
            table.row([
                text(model, "provider"),
                text(model, "id"),
                text(model, "price.rates.input"),
                text(model, "price.rates.output"),
                text(model, "context_window"),
            ]);
        }
        let empty = "the catalogue knows no such model";
        session
            .output
            .list(&answer, &column(models, "id"), &table, empty)
    }
}
