//! `tollgate person`.

use clap::{Args, Subcommand};
use serde_json::json;
use tollgate_model::PersonName;

use super::{arguments, invite};
use crate::ask::Ask;
use crate::failure::Failure;
use crate::fields::{column, items, text, time};
use crate::session::Session;
use crate::table::Table;

/// List the people who may use the console, give them roles, send them away
#[derive(Subcommand, Debug)]
pub(crate) enum Person {
    /// Show who may use the console
    List,
    Role(Role),
    Remove(Remove),
    Reset(Reset),
}

/// Give a person another role, at once
#[derive(Args, Debug)]
pub(crate) struct Role {
    /// Person
    #[arg(value_parser = arguments::person)]
    name: PersonName,
    /// What they may do
    #[arg(value_parser = arguments::roles())]
    role: String,
}

/// Send a person away, and sign them out everywhere
#[derive(Args, Debug)]
pub(crate) struct Remove {
    /// Person
    #[arg(value_parser = arguments::person)]
    name: PersonName,
}

/// Make a link by which a person sets a new password, and show it this once
#[derive(Args, Debug)]
pub(crate) struct Reset {
    /// Person
    #[arg(value_parser = arguments::person)]
    name: PersonName,
}

impl Person {
    /// Runs the verb.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        match self {
            Person::List => list(session).await,
            Person::Role(role) => role.run(session).await,
            Person::Remove(remove) => remove.run(session).await,
            Person::Reset(reset) => reset.run(session).await,
        }
    }
}

async fn list(session: &Session) -> Result<(), Failure> {
    let answer = session.send(Ask::get("people")).await?;
    let people = items(&answer, "items");
    let mut table = Table::new(&["NAME", "ROLE", "CAME IN", "LAST SEEN"]);
    for person in people {
        table.row([
            text(person, "name"),
            text(person, "role"),
            time(person, "created"),
            time(person, "last_seen"),
        ]);
    }
    let empty = "there is nobody yet; `tollgate invite --role owner` makes a link for the first";
    session
        .output
        .list(&answer, &column(people, "name"), &table, empty)
}

impl Role {
    async fn run(self, session: &Session) -> Result<(), Failure> {
        let Role { name, role } = self;
        let path = format!("people/{}/role", arguments::escaped(&name));
        let person = session
            .send(Ask::put(path, json!({ "role": role })))
            .await?;
        session
            .output
            .answer(&person, &role, || format!("{name} has the role {role}"))
    }
}

impl Remove {
    async fn run(self, session: &Session) -> Result<(), Failure> {
        let name = self.name;
        let path = format!("people/{}", arguments::escaped(&name));
        session.send(Ask::delete(path)).await?;
        session
            .output
            .answer(&json!({ "name": name }), name.as_str(), || {
                format!("{name} is sent away")
            })
    }
}

impl Reset {
    async fn run(self, session: &Session) -> Result<(), Failure> {
        let name = self.name;
        let path = format!("people/{}/reset", arguments::escaped(&name));
        let made = session.send(Ask::post(path, json!({}))).await?;
        invite::show(session, made, &format!("to set a new password for {name}"))
    }
}
