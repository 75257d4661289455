//! `tollgate calls`.

use std::collections::HashSet;
use std::time::Duration;

use clap::Args;
use serde_json::Value;

use crate::ask::Ask;
use crate::failure::Failure;
use crate::fields::{column, items, text, time};
use crate::output::Output;
use crate::session::Session;
use crate::table::Table;

/// Show calls, newest first, or as they come
#[derive(Args, Debug)]
pub(crate) struct Calls {
    /// Keep showing calls as they end, until interrupted
    #[arg(long, short)]
    follow: bool,
    /// Only calls of this team
    #[arg(long)]
    team: Option<String>,
    /// Only calls of this application
    #[arg(long)]
    application: Option<String>,
    /// Only calls with this key
    #[arg(long)]
    key: Option<String>,
    /// Only calls of this model
    #[arg(long)]
    model: Option<String>,
    /// Only calls that this provider answered
    #[arg(long)]
    provider: Option<String>,
    /// Only calls that were refused for this reason
    #[arg(long)]
    reason: Option<String>,
    /// Only calls that were answered with this status
    #[arg(long)]
    status: Option<u16>,
    /// Only calls from this time on: RFC 3339, or a span such as `1h` before now
    #[arg(long, value_name = "TIME|SPAN")]
    since: Option<String>,
    /// Only calls before this time
    #[arg(long, value_name = "TIME|SPAN")]
    until: Option<String>,
    /// Only calls before this one
    #[arg(long, value_name = "CALL")]
    before: Option<String>,
    /// How many
    #[arg(long, default_value_t = 20)]
    limit: u32,
}

/// Among how many of the newest calls new ones are looked for.
const WATCHED: u32 = 200;

/// How often new calls are asked for.
const PACE: Duration = Duration::from_millis(500);

const HEADINGS: [&str; 9] = [
    "CALL",
    "AT",
    "APPLICATION",
    "MODEL",
    "PROVIDER",
    ">STATUS",
    ">TOKENS",
    ">COST",
    ">TOOK",
];

impl Calls {
    /// Runs the verb.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        if self.follow {
            return self.keep_showing(session).await;
        }
        let ask = self
            .ask()
            .with("before", self.before.as_ref())
            .with("limit", Some(self.limit));
        let answer = session.send(ask).await?;
        let calls = items(&answer, "items");
        let essentials = column(calls, "id");
        let empty = "there is no such call";
        session
            .output
            .list(&answer, &essentials, &table(calls), empty)
    }

    fn ask(&self) -> Ask {
        Ask::get("calls")
            .with("team", self.team.as_ref())
            .with("application", self.application.as_ref())
            .with("key", self.key.as_ref())
            .with("model", self.model.as_ref())
            .with("provider", self.provider.as_ref())
            .with("reason", self.reason.as_ref())
            .with("status", self.status)
            .with("since", self.since.as_ref())
            .with("until", self.until.as_ref())
    }

    /// Shows the newest calls, and from then on each that was not there before. Calls are ordered
    /// by when they began and come when they end, so that a long one comes among older ones.
    async fn keep_showing(&self, session: &Session) -> Result<(), Failure> {
        session.require_running()?;
        let mut lines = Lines::new(session.output);
        let mut known: HashSet<String> = HashSet::new();
        let mut wanted = self.limit;
        loop {
            let answer = session.send(self.ask().with("limit", Some(wanted))).await?;
            let calls = items(&answer, "items");
            let is_new = |call: &&Value| !known.contains(&text(call, "id"));
            let fresh: Vec<Value> = calls.iter().filter(is_new).rev().cloned().collect();
            lines.show(&fresh)?;
            known = column(calls, "id").into_iter().collect();
            wanted = WATCHED;
            tokio::time::sleep(PACE).await;
        }
    }
}

/// A table that grows: columns keep their width, or widen.
struct Lines {
    output: Output,
    widths: Vec<usize>,
    is_begun: bool,
}

impl Lines {
    fn new(output: Output) -> Lines {
        Lines {
            output,
            widths: table(&[]).widths(),
            is_begun: false,
        }
    }

    fn show(&mut self, calls: &[Value]) -> Result<(), Failure> {
        let output = self.output;
        if output.json {
            return calls
                .iter()
                .try_for_each(|call| output.line(&call.to_string()));
        }
        if output.quiet {
            return column(calls, "id")
                .iter()
                .try_for_each(|id| output.line(id));
        }
        let rows = table(calls);
        for (width, wanted) in self.widths.iter_mut().zip(rows.widths()) {
            *width = wanted.max(*width);
        }
        if rows.is_empty() {
            return Ok(());
        }
        match std::mem::replace(&mut self.is_begun, true) {
            false => output.text(&rows.render(output.colour())),
            true => output.text(&rows.render_rows(&self.widths)),
        }
    }
}

fn table(calls: &[Value]) -> Table {
    let mut table = Table::new(&HEADINGS);
    for call in calls {
        let micros = call["duration"].as_u64().unwrap_or_default();
        let reason = text(call, "reason");
        let status = text(call, "status");
        table.row([
            text(call, "id"),
            time(call, "at"),
            text(call, "application"),
            text(call, "model"),
            text(call, "provider"),
            match reason.as_str() {
                "" => status,
                _ => format!("{reason} {status}"),
            },
            text(call, "tokens"),
            text(call, "cost"),
            tollgate_model::time::span_text(micros),
        ]);
    }
    table
}
