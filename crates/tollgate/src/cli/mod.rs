//! The command line: one file per verb, holding its name, its documentation and what it does.

mod application;
mod apply;
mod arguments;
mod budget;
mod calls;
mod catalog;
mod delete;
mod doctor;
mod explain;
mod export;
mod generate;
mod get;
mod history;
mod import;
mod invite;
mod key;
mod ledger;
mod models;
mod person;
mod providers;
mod reasons;
mod reference;
mod refusals;
mod restore;
mod schema;
mod secret;
mod serve;
mod status;
mod team;
mod wallet;

use clap::{CommandFactory, Parser, Subcommand};

use crate::config::table;
use crate::failure::Failure;
use crate::globals::Globals;
use crate::output::Output;
use crate::session::Session;

use generate::Part;

/// AI gateway and API management with a till in it
#[derive(Parser, Debug)]
#[command(name = "tollgate", version, max_term_width = 100)]
#[command(after_help = "A bare `tollgate` serves.")]
pub(crate) struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Subcommand, Debug)]
enum Verb {
    Serve(serve::Serve),
    Status(status::Status),
    Doctor(doctor::Doctor),
    Apply(apply::Apply),
    Get(get::Get),
    Delete(delete::Delete),
    Export(export::Export),
    History(history::History),
    Restore(restore::Restore),
    #[command(subcommand)]
    Import(import::Import),
    #[command(subcommand)]
    Team(team::Team),
    #[command(subcommand)]
    Application(application::Application),
    #[command(subcommand)]
    Key(key::Key),
    #[command(subcommand)]
    Secret(secret::Secret),
    #[command(subcommand)]
    Wallet(wallet::Wallet),
    #[command(subcommand)]
    Budget(budget::Budget),
    #[command(subcommand)]
    Ledger(ledger::Ledger),
    Invite(invite::Invite),
    #[command(subcommand)]
    Person(person::Person),
    Calls(calls::Calls),
    Explain(explain::Explain),
    Refusals(refusals::Refusals),
    Models(models::Models),
    Providers(providers::Providers),
    #[command(subcommand)]
    Catalog(catalog::Catalog),
    Schema(schema::Schema),
    Reasons(reasons::Reasons),
    #[command(hide = true)]
    Generate(generate::Generate),
}

impl Cli {
    /// How the caller wants to be answered.
    pub(crate) fn output(&self) -> Output {
        self.globals.output()
    }

    /// Runs the verb to its end.
    pub(crate) fn run(self) -> Result<(), Failure> {
        let Cli { globals, verb } = self;
        let output = globals.output();
        match verb.unwrap_or_else(|| Verb::Serve(serve::Serve::default())) {
            Verb::Serve(serve) => crate::serve::run(serve.settings(&globals)?, output),
            Verb::Schema(schema) => schema.run(output),
            Verb::Reasons(reasons) => reasons.run(output),
            Verb::Generate(generate) => output.text(&match generate.what {
                Part::CliReference => reference(),
                Part::ServerSettings => table::reference(),
            }),
            verb => ask(verb, &globals),
        }
    }
}

/// Runs a verb that asks the admin API.
fn ask(verb: Verb, globals: &Globals) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|why| Failure::fault("cannot start", why))?;
    runtime.block_on(async {
        // An import into files needs nobody to answer it.
        if let Verb::Import(import) = verb {
            return Box::pin(import.run(globals)).await;
        }
        let session = Session::open(globals).await?;
        Box::pin(answer(verb, &session)).await
    })
}

async fn answer(verb: Verb, session: &Session) -> Result<(), Failure> {
    match verb {
        Verb::Status(status) => status.run(session).await,
        Verb::Doctor(doctor) => doctor.run(session).await,
        Verb::Apply(apply) => apply.run(session).await,
        Verb::Get(get) => get.run(session).await,
        Verb::Delete(delete) => delete.run(session).await,
        Verb::Export(export) => export.run(session).await,
        Verb::History(history) => history.run(session).await,
        Verb::Restore(restore) => restore.run(session).await,
        Verb::Team(team) => team.run(session).await,
        Verb::Application(application) => application.run(session).await,
        Verb::Key(key) => key.run(session).await,
        Verb::Secret(secret) => secret.run(session).await,
        Verb::Wallet(wallet) => wallet.run(session).await,
        Verb::Budget(budget) => budget.run(session).await,
        Verb::Ledger(ledger) => ledger.run(session).await,
        Verb::Invite(invite) => invite.run(session).await,
        Verb::Person(person) => person.run(session).await,
        Verb::Calls(calls) => calls.run(session).await,
        Verb::Explain(explain) => explain.run(session).await,
        Verb::Refusals(refusals) => refusals.run(session).await,
        Verb::Models(models) => models.run(session).await,
        Verb::Providers(providers) => providers.run(session).await,
        Verb::Catalog(catalog) => catalog.run(session).await,
        Verb::Serve(_)
        | Verb::Import(_)
        | Verb::Schema(_)
        | Verb::Reasons(_)
        | Verb::Generate(_) => Ok(()),
    }
}

/// The reference of the command line, as it stands in `docs/cli.md`.
pub(crate) fn reference() -> String {
    reference::render(Cli::command())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_does_not_contradict_itself() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_reference_tells_of_every_verb_but_the_hidden_one() {
        let text = reference();
        let mut command = Cli::command();
        command.build();
        for verb in command.get_subcommands() {
            let told = text.contains(&format!("\n## tollgate {}", verb.get_name()));
            let hidden = ["generate", "help"].contains(&verb.get_name());
            assert_eq!(told, !hidden, "{}", verb.get_name());
            let has_about = verb.get_about().is_some();
            assert!(has_about, "{} says nothing of itself", verb.get_name());
        }
        assert!(text.contains("## tollgate wallet credit\n"));
        assert!(text.contains("| `--dry-run` | "));
    }
}
