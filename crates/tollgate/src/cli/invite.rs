//! `tollgate invite`.

use clap::Args;
use serde_json::{Value, json};

use super::arguments;
use crate::ask::Ask;
use crate::failure::Failure;
use crate::fields::{text, time};
use crate::session::Session;

/// Invite somebody to the console, and show the link this once
///
/// Whoever opens the link first chooses a name and a password, and is signed in.
#[derive(Args, Debug)]
pub(crate) struct Invite {
    /// What they may do
    #[arg(long, value_parser = arguments::roles())]
    role: String,
    /// How long the link works, such as `12h`; `30d` at most [default: 3d]
    #[arg(long, value_name = "SPAN", value_parser = arguments::span)]
    expires_in: Option<String>,
}

impl Invite {
    /// Runs the verb.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let mut body = json!({ "role": self.role });
        if let Some(span) = self.expires_in {
            body["expires_in"] = json!(span);
        }
        let invited = session.send(Ask::post("invitations", body)).await?;
        let role = self.role;
        show(session, invited, &format!("to come in as {role}"))
    }
}

/// Shows a link that was made, with the address of the console before it.
pub(super) fn show(session: &Session, mut made: Value, what: &str) -> Result<(), Failure> {
    let link = format!("{}{}", session.console(), text(&made, "link"));
    made["link"] = json!(link);
    let until = time(&made, "expires");
    session.output.answer(&made, &link, || {
        format!("{link}\n\nThis is a link {what}, once, until {until} UTC. It is not shown again.")
    })
}
