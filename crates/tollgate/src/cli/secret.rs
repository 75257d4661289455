//! `tollgate secret`.

use clap::{Args, Subcommand};
use serde_json::json;

use super::arguments;
use crate::ask::Ask;
use crate::failure::Failure;
use crate::fields::{column, items, text};
use crate::prompt;
use crate::session::Session;
use crate::table::Table;

/// Keep secrets, such as the API keys of providers, sealed in the store
#[derive(Subcommand, Debug)]
pub(crate) enum Secret {
    Set(Named),
    /// Show the names of the secrets
    List,
    /// Delete a secret
    Delete(Named),
}

/// Set a secret; its value is read from stdin, never from an argument
#[derive(Args, Debug)]
pub(crate) struct Named {
    /// Name, as `{secret: NAME}` in a spec points to it
    name: String,
}

impl Secret {
    /// Runs the verb.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        match self {
            Secret::Set(named) => set(session, &named.name).await,
            Secret::List => list(session).await,
            Secret::Delete(named) => delete(session, &named.name).await,
        }
    }
}

async fn set(session: &Session, name: &str) -> Result<(), Failure> {
    let path = format!("secrets/{}", arguments::segment(name)?);
    let value = prompt::secret(&format!("value of secret {name}"), session.output)
        .map_err(|why| Failure::fault("cannot read the value from stdin", why))?;
    if value.is_empty() {
        return Err(Failure::Usage("the value on stdin is empty".to_owned()));
    }
    let kept = session
        .send(Ask::put(path, json!({ "value": value })))
        .await?;
    session
        .output
        .answer(&kept, "", || format!("secret {name} is kept"))
}

async fn list(session: &Session) -> Result<(), Failure> {
    let answer = session.send(Ask::get("secrets")).await?;
    let secrets = items(&answer, "items");
    let mut table = Table::new(&["NAME"]);
    for secret in secrets {
        table.row([text(secret, "name")]);
    }
    let empty = "there is no secret; `tollgate secret set NAME` keeps one";
    session
        .output
        .list(&answer, &column(secrets, "name"), &table, empty)
}

async fn delete(session: &Session, name: &str) -> Result<(), Failure> {
    let path = format!("secrets/{}", arguments::segment(name)?);
    let gone = session.send(Ask::delete(path)).await?;
    session
        .output
        .answer(&gone, "", || format!("secret {name} is deleted"))
}
