//! `tollgate catalog`.

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::ask::Ask;
use crate::failure::Failure;
use crate::fetch;
use crate::fields::{column, items, joined, text, time};
use crate::session::Session;
use crate::table::Table;

/// Show what is known of providers and their models
#[derive(Subcommand, Debug)]
pub(crate) enum Catalog {
    /// Show the providers that the catalogue knows
    Providers,
    Models(Models),
    Update(Update),
    /// Show where models and prices come from
    Source,
}

/// Bring newer models and prices, without a newer program
///
/// What is brought takes the place of the lists that it names, all of it or nothing; the table shows
/// what that changes. Every node uses it at once, and calls that were made keep what they cost. It
/// is a revision like any change: `tollgate history` shows it, `tollgate restore` undoes it.
#[derive(Args, Debug)]
pub(crate) struct Update {
    /// Where to read it: a file, `-` for standard input, or an https address
    #[arg(long, value_name = "FILE|URL", required_unless_present = "reset")]
    from: Option<String>,
    /// Show only what would be changed
    #[arg(long)]
    dry_run: bool,
    /// Go back to what is built in
    #[arg(long, conflicts_with_all = ["from", "dry_run"])]
    reset: bool,
}

/// Show the models that the catalogue knows, with their prices per million tokens
#[derive(Args, Debug)]
pub(crate) struct Models {
    /// Part of the name
    query: Option<String>,
    /// Only those of this provider
    #[arg(long)]
    provider: Option<String>,
    /// Only those with these abilities, such as `vision,tools`
    #[arg(long, value_name = "ABILITIES")]
    can: Option<String>,
}

impl Catalog {
    /// Runs the verb.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        match self {
            Catalog::Providers => providers(session).await,
            Catalog::Models(models) => models.run(session).await,
            Catalog::Update(update) => update.run(session).await,
            Catalog::Source => source(session).await,
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
            .with("can", self.can.as_ref())
            .with("q", self.query.as_ref());
        let answer = session.send(ask).await?;
        let models = items(&answer, "items");
        let mut table = Table::new(&[
            "PROVIDER",
            "MODEL",
            ">INPUT",
            ">OUTPUT",
            "ALSO PRICED",
            ">CONTEXT",
            ">ANSWER",
            "TAKES",
            "CAN",
        ]);
        for model in models {
            table.row([
                text(model, "provider"),
                text(model, "id"),
                text(model, "price.rates.input"),
                text(model, "price.rates.output"),
                other_prices(model),
                text(model, "context_window"),
                text(model, "max_output"),
                joined(model, "input", ","),
                joined(model, "abilities", ","),
            ]);
        }
        let empty = "the catalogue knows no such model";
        session
            .output
            .list(&answer, &column(models, "id"), &table, empty)
    }
}

/// What else a model has prices for: `cache_read, batch, flex`.
fn other_prices(model: &Value) -> String {
    let keys = |path: &str| {
        let found = model.pointer(path).and_then(Value::as_object);
        found.into_iter().flat_map(|members| members.keys())
    };
    let classes =
        keys("/price/rates").filter(|class| !matches!(class.as_str(), "input" | "output"));
    let all: Vec<&str> = classes
        .chain(keys("/services"))
        .map(String::as_str)
        .collect();
    all.join(",")
}

async fn source(session: &Session) -> Result<(), Failure> {
    let answer = session.send(Ask::get("catalog/update")).await?;
    let builtin = text(&answer, "builtin");
    let update = answer.get("update").filter(|update| update.is_object());
    let essential = match update {
        Some(update) => text(update, "source"),
        None => builtin.clone(),
    };
    session.output.answer(&answer, &essential, || match update {
        None => format!("built in: {builtin}"),
        Some(update) => format!(
            "{} ({} models), brought by {} at {} from {}, revision {}; built in: {builtin}",
            text(update, "source"),
            text(update, "models"),
            text(update, "actor"),
            time(update, "at"),
            text(update, "origin"),
            text(update, "revision"),
        ),
    })
}

impl Update {
    async fn run(self, session: &Session) -> Result<(), Failure> {
        let ask = match &self.from {
            None => Ask::delete("catalog/update"),
            Some(from) => {
                let read = fetch::read(from).await?;
                Ask::put_text("catalog/update", read.text)
                    .with("origin", Some(read.origin))
                    .with("dry_run", self.dry_run.then_some(true))
            }
        };
        let answer = session.send(ask).await?;
        let differences = items(&answer, "differences");
        let revision = text(&answer, "revision");
        let mut table = Table::new(&["PROVIDER", "MODEL", "CHANGE", "CLASS", ">BEFORE", ">AFTER"]);
        for one in differences {
            let rates = items(one, "rates");
            let told = |class: String, before: String, after: String| {
                let (provider, model) = (text(one, "provider"), text(one, "model"));
                [provider, model, text(one, "change"), class, before, after]
            };
            if rates.is_empty() {
                table.row(told(String::new(), String::new(), String::new()));
            }
            for rate in rates {
                table.row(told(
                    text(rate, "class"),
                    text(rate, "before"),
                    text(rate, "after"),
                ));
            }
        }
        let count = |what: &str| {
            let those = differences.iter().filter(|one| text(one, "change") == what);
            those.count()
        };
        let (new, changed, gone) = (count("new"), count("changed"), count("gone"));
        let in_force = match (
            self.dry_run,
            answer.get("changed") == Some(&Value::Bool(true)),
        ) {
            (true, _) => "nothing was changed".to_owned(),
            (false, true) => format!("in force with revision {revision}"),
            (false, false) => format!("in force already at revision {revision}"),
        };
        let summary = format!("{new} new, {changed} changed, {gone} gone; {in_force}");
        session.output.note(&summary);
        let essentials = vec![revision];
        session
            .output
            .list(&answer, &essentials, &table, "no model differs")
    }
}
