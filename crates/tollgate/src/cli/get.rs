//! `tollgate get`.

use clap::{Args, ValueEnum};
use serde_json::Value;
use tollgate_model::Kind;

use super::arguments;
use crate::ask::Ask;
use crate::documents;
use crate::failure::Failure;
use crate::fields::{column, items, text};
use crate::session::Session;
use crate::table::Table;

/// Show resources
#[derive(Args, Debug)]
pub(crate) struct Get {
    /// Kind, such as `model` or `providers`
    #[arg(value_parser = arguments::kind)]
    kind: Kind,
    /// Name; without it, all of the kind
    name: Option<String>,
    /// Form of the answer
    #[arg(long, short, value_enum)]
    output: Option<Form>,
}

/// How resources are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// As a file that `apply` takes.
    Yaml,
    /// As JSON.
    Json,
}

impl Get {
    /// Runs the verb.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let output = session.output;
        let answer = match &self.name {
            Some(name) => {
                let path = format!("resources/{}/{}", self.kind, arguments::segment(name)?);
                session.send(Ask::get(path)).await?
            }
            None => list(session, self.kind).await?,
        };
        let single = [answer.clone()];
        let resources = match self.name {
            Some(_) => &single[..],
            None => items(&answer, "items"),
        };
        match self.output {
            Some(Form::Json) => return output.pretty(&answer),
            Some(Form::Yaml) if !output.json => return output.text(&documents::write(resources)?),
            _ => {}
        }
        if self.name.is_some() && !output.json && !output.quiet {
            return output.text(&documents::write(resources)?);
        }
        let mut table = Table::new(&["NAME", ">REVISION"]);
        for resource in resources {
            table.row([text(resource, "name"), text(resource, "revision")]);
        }
        let empty = format!("there is no {}", self.kind);
        output.list(&answer, &column(resources, "name"), &table, &empty)
    }
}

async fn list(session: &Session, kind: Kind) -> Result<Value, Failure> {
    session
        .send_all(Ask::get("resources").with("kind", Some(kind)))
        .await
}
