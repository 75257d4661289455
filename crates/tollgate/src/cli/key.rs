//! `tollgate key`.

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use tollgate_model::Name;

use super::arguments;
use crate::ask::Ask;
use crate::clock;
use crate::failure::Failure;
use crate::fields::{column, items, joined, text, time};
use crate::session::Session;
use crate::table::Table;

/// Create, list and revoke API keys
#[derive(Subcommand, Debug)]
pub(crate) enum Key {
    Create(Create),
    Aws(Aws),
    List,
    Revoke(Revoke),
}

/// Create a key, and show it this once
#[derive(Args, Debug)]
pub(crate) struct Create {
    /// Application that calls with the key
    #[arg(long, short, value_parser = arguments::name)]
    application: Name,
    /// Name of the key [default: made from the application's]
    #[arg(long, value_parser = arguments::name)]
    name: Option<Name>,
    /// When it stops working: a span such as `90d`, or a time
    #[arg(long, value_name = "SPAN|TIME")]
    expires: Option<String>,
    /// Model that the key may ask for, or a prefix that ends in `*`; may be repeated [default: all]
    #[arg(long = "model", value_name = "MODEL")]
    models: Vec<String>,
    /// Show it as a key pair too, for SDKs of AWS
    #[arg(long)]
    aws: bool,
}

/// Show a key as a key pair, for SDKs of AWS
#[derive(Args, Debug)]
pub(crate) struct Aws {
    /// Name of the key
    name: String,
}

/// Revoke a key: it stops working, and tells its callers so
#[derive(Args, Debug)]
pub(crate) struct Revoke {
    /// Name of the key
    name: String,
}

impl Key {
    /// Runs the verb.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        match self {
            Key::Create(create) => create.run(session).await,
            Key::Aws(aws) => aws.run(session).await,
            Key::List => list(session).await,
            Key::Revoke(revoke) => revoke.run(session).await,
        }
    }
}

impl Create {
    async fn run(self, session: &Session) -> Result<(), Failure> {
        let expires = self
            .expires
            .as_deref()
            .map(|text| arguments::time(text, clock::now()));
        let expires = expires.transpose().map_err(Failure::Usage)?;
        let mut body = json!({ "application": self.application, "models": self.models });
        if let Some(name) = self.name {
            body["name"] = json!(name);
        }
        if let Some(time) = expires {
            body["expires_at"] = json!(time.to_string());
        }
        let created = session.send(Ask::post("keys", body)).await?;
        let key = text(&created, "key");
        session.output.answer(&created, &key, || {
            let name = text(&created, "name");
            let pair = match self.aws {
                true => format!("\n{}\n", variables(&created["aws"])),
                false => String::new(),
            };
            format!("{key}\n{pair}\nThis is key {name}. It is not shown again: keep it now.")
        })
    }
}

impl Aws {
    async fn run(self, session: &Session) -> Result<(), Failure> {
        let path = format!("keys/{}/aws", arguments::segment(&self.name)?);
        let pair = session.send(Ask::post(path, json!({}))).await?;
        let secret = text(&pair, "secret_access_key");
        session.output.answer(&pair, &secret, || variables(&pair))
    }
}

/// A key pair as a shell takes it.
fn variables(pair: &Value) -> String {
    format!(
        "AWS_ACCESS_KEY_ID={}\nAWS_SECRET_ACCESS_KEY={}",
        text(pair, "access_key_id"),
        text(pair, "secret_access_key")
    )
}

async fn list(session: &Session) -> Result<(), Failure> {
    let answer = session.send_all(Ask::get("keys")).await?;
    let keys = items(&answer, "items");
    let mut table = Table::new(&["NAME", "KEY", "APPLICATION", "STATE", "EXPIRES", "MODELS"]);
    for key in keys {
        table.row([
            text(key, "name"),
            format!("{}…", text(key, "hint")),
            text(key, "application"),
            text(key, "state"),
            time(key, "expires_at"),
            joined(key, "models", ", "),
        ]);
    }
    let empty = "there is no key; `tollgate key create --application NAME` makes one";
    session
        .output
        .list(&answer, &column(keys, "name"), &table, empty)
}

impl Revoke {
    async fn run(self, session: &Session) -> Result<(), Failure> {
        let path = format!("keys/{}/revoke", arguments::segment(&self.name)?);
        let revoked = session.send(Ask::post(path, json!({}))).await?;
        let name = &self.name;
        session
            .output
            .answer(&revoked, name, || format!("key {name} is revoked"))
    }
}
