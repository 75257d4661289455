//! `tollgate application`.

use clap::{Args, Subcommand};
use serde_json::json;
use tollgate_model::Name;

use super::arguments;
use crate::ask::Ask;
use crate::failure::Failure;
use crate::session::Session;

/// Create applications
#[derive(Subcommand, Debug)]
pub(crate) enum Application {
    Create(Create),
}

/// Create an application of a team
#[derive(Args, Debug)]
pub(crate) struct Create {
    /// Name
    #[arg(value_parser = arguments::name)]
    name: Name,
    /// Team that owns it and pays for its calls
    #[arg(long, value_parser = arguments::name)]
    team: Name,
    /// Name that people see
    #[arg(long)]
    title: Option<String>,
}

impl Application {
    /// Runs the verb.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let Application::Create(create) = self;
        let mut spec = json!({ "team": create.team });
        if let Some(title) = create.title {
            spec["title"] = json!(title);
        }
        let name = create.name.to_string();
        let ask = Ask::put(
            format!("resources/Application/{name}"),
            json!({ "spec": spec }),
        );
        let created = session.send(ask.new_only()).await?;
        session.output.answer(&created, &name, || {
            format!("application {name} of team {} is created", create.team)
        })
    }
}
