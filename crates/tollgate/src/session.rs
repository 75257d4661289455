//! What a verb works with: who answers it, and how its own caller wants to be answered.

use std::path::Path;

use serde_json::{Value, json};
use tollgate_model::snapshot::SecretText;

use crate::address::url;
use crate::ask::Ask;
use crate::client::{Client, Remote};
use crate::config::{Settings, Sources};
use crate::data::{self, Listener};
use crate::events::Events;
use crate::failure::Failure;
use crate::globals::Globals;
use crate::node;
use crate::offline;
use crate::output::Output;

/// Where console and admin API are found where nothing says otherwise.
const USUAL: &str = "http://127.0.0.1:8403";

/// What a verb works with.
pub(crate) struct Session {
    client: Client,
    console: String,
    /// How to answer.
    pub output: Output,
}

impl Session {
    /// Finds out who answers: the address that was named, the process that works on the data
    /// folder, this process where nobody does, or the usual address.
    pub(crate) async fn open(globals: &Globals) -> Result<Session, Failure> {
        let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
        let settings = settings(globals, &variable)?;
        let named = globals
            .control
            .clone()
            .or_else(|| variable("TOLLGATE_CONTROL"));
        let token = variable("TOLLGATE_TOKEN").or_else(|| data::read_token(&settings.data));
        let output = globals.output();
        let client = match named {
            Some(address) => remote(&address, token, &settings.data)?,
            None if data::is_held(&settings.data) => {
                let address = data::read_address(&settings.data, Listener::Control);
                let address = address.map_or_else(|| USUAL.to_owned(), url);
                remote(&address, token, &settings.data)?
            }
            None if node::is_there(&settings) => {
                Client::Local(offline::open(&settings, output).await?)
            }
            None => remote(USUAL, token, &settings.data)?,
        };
        let console = match &client {
            Client::Remote(remote) => remote.address().to_owned(),
            Client::Local(_) => url(settings.control),
        };
        Ok(Session {
            client,
            console,
            output,
        })
    }

    /// The address of the console, such as `http://127.0.0.1:8403`.
    pub(crate) fn console(&self) -> &str {
        &self.console
    }

    /// Fails where no gateway runs, for verbs that are about a running one.
    pub(crate) fn require_running(&self) -> Result<(), Failure> {
        match self.client.is_local() {
            true => Err(Failure::Absent("the gateway does not run".to_owned())),
            false => Ok(()),
        }
    }

    /// Asks the admin API.
    pub(crate) async fn send(&self, ask: Ask) -> Result<Value, Failure> {
        self.client.send(ask).await
    }

    /// Asks the admin API of a running process for a stream of events.
    pub(crate) async fn follow(&self, ask: Ask) -> Result<Events, Failure> {
        self.client.follow(ask).await
    }

    /// Asks for a list, page after page, and gives all of it as one.
    pub(crate) async fn send_all(&self, ask: Ask) -> Result<Value, Failure> {
        let mut all = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let mut page = self.send(ask.clone().with("after", next)).await?;
            if let Some(Value::Array(items)) = page.get_mut("items").map(Value::take) {
                all.extend(items);
            }
            next = page.get("next").and_then(Value::as_str).map(str::to_owned);
            if next.is_none() {
                return Ok(json!({ "items": all }));
            }
        }
    }
}

/// The settings of the process, but for the address of the control side: for a client that may be
/// a URL of another machine.
fn settings(
    globals: &Globals,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Settings, Failure> {
    let data = globals.data.as_ref().map(|path| path.display().to_string());
    let flags: Vec<_> = data.into_iter().map(|path| ("data", path)).collect();
    Settings::load(&Sources {
        file: globals.config.as_deref(),
        flags: &flags,
        variable: &|name| match name {
            "TOLLGATE_CONTROL" => None,
            _ => variable(name),
        },
    })
}

fn remote(address: &str, token: Option<String>, folder: &Path) -> Result<Client, Failure> {
    let token = token.ok_or_else(|| {
        let folder = folder.display();
        Failure::Absent(format!(
            "there is no token for {address}: {folder} has none that this user can read, and \
             TOLLGATE_TOKEN is not set; start the gateway with `tollgate serve`, or name its data \
             folder with --data"
        ))
    })?;
    Ok(Client::Remote(Remote::new(
        address,
        SecretText::new(&token),
    )?))
}
