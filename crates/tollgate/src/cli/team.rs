//! `tollgate team`.

use clap::{Args, Subcommand};
use serde_json::json;
use tollgate_model::Name;

use super::arguments;
use crate::ask::Ask;
use crate::failure::Failure;
use crate::session::Session;

/// Create teams
#[derive(Subcommand, Debug)]
pub(crate) enum Team {
    Create(Create),
}

/// Create a team
#[derive(Args, Debug)]
pub(crate) struct Create {
    /// Name
    #[arg(value_parser = arguments::name)]
    name: Name,
    /// Pays every call from its wallet, and makes none that the wallet does not cover
    #[arg(long)]
    prepaid: bool,
    /// Name that people see
    #[arg(long)]
    title: Option<String>,
}

impl Team {
    /// Runs the verb.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let Team::Create(create) = self;
        let mut spec = json!({});
        if create.prepaid {
            spec["billing"] = json!("prepaid");
        }
        if let Some(title) = create.title {
            spec["title"] = json!(title);
        }
        let name = create.name.to_string();
        let ask = Ask::put(format!("resources/Team/{name}"), json!({ "spec": spec }));
        let created = session.send(ask.new_only()).await?;
        session
            .output
            .answer(&created, &name, || format!("team {name} is created"))
    }
}
