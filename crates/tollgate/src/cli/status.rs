//! `tollgate status`.

use clap::Args;
use serde_json::Value;

use crate::ask::Ask;
use crate::failure::Failure;
use crate::fields::{column, items, text, time};
use crate::session::Session;

/// Show how the gateway is doing; exit code 1 where it is not ready
#[derive(Args, Debug)]
pub(crate) struct Status {}

impl Status {
    /// Runs the verb.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        session.require_running()?;
        let status = session.send(Ask::get("status")).await?;
        let ready = status["ready"].as_bool() == Some(true);
        let verdict = if ready { "ready" } else { "not ready" };
        session
            .output
            .answer(&status, verdict, || readable(&status, verdict))?;
        match ready {
            true => Ok(()),
            false => Err(Failure::Fault("the gateway is not ready".to_owned())),
        }
    }
}

fn readable(status: &Value, verdict: &str) -> String {
    let mut lines = vec![
        format!("state     {verdict}"),
        format!("node      {}", text(status, "node")),
        format!("version   {}", text(status, "version")),
        format!("started   {}", time(status, "started")),
        format!("revision  {}", text(status, "revision")),
        format!("backlog   {}", text(status, "backlog")),
    ];
    let troubles = column(items(status, "troubles"), "");
    lines.extend(
        troubles
            .into_iter()
            .map(|trouble| format!("trouble   {trouble}")),
    );
    lines.join("\n")
}
