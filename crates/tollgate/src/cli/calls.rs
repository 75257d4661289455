//! `tollgate calls`.

use std::collections::HashSet;

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
    #[arg(long, short, conflicts_with_all = ["until", "before"])]
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

    /// Shows the newest calls, and from then on each as it ends.
    async fn keep_showing(&self, session: &Session) -> Result<(), Failure> {
        // Before the list, so that no call falls between the two.
        let mut events = session.follow(Ask::get("events")).await?;
        let answer = session
            .send(self.ask().with("limit", Some(self.limit)))
            .await?;
        let listed: Vec<Value> = items(&answer, "items").iter().rev().cloned().collect();
        let known: HashSet<String> = column(&listed, "id").into_iter().collect();
        let mut lines = Lines::new(session.output);
        lines.show(&listed)?;
        loop {
            let event = events.next().await?;
            if event.kind != "calls" {
                continue;
            }
            let calls = items(&event.data, "items").iter();
            let fresh: Vec<Value> = calls
                .filter(|call| self.is_of(call) && !known.contains(&text(call, "id")))
                .cloned()
                .collect();
            lines.show(&fresh)?;
            if let Some(missed @ 1..) = event.data["missed"].as_u64() {
                let note = match missed {
                    1 => "1 more call ended in the same time and is not shown".to_owned(),
                    _ => format!("{missed} more calls ended in the same time and are not shown"),
                };
                session.output.note(&note);
            }
        }
    }

    /// Whether a call is one of those that were asked for.
    fn is_of(&self, call: &Value) -> bool {
        let status = self.status.map(|status| status.to_string());
        let asked = [
            ("team", &self.team),
            ("application", &self.application),
            ("key", &self.key),
            ("model", &self.model),
            ("provider", &self.provider),
            ("reason", &self.reason),
            ("status", &status),
        ];
        asked
            .into_iter()
            .filter_map(|(member, asked)| Some((member, asked.as_ref()?)))
            .all(|(member, asked)| text(call, member) == *asked)
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

#[cfg(test)]
mod tests {
    use clap::Parser;
    use serde_json::json;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        calls: Calls,
    }

    fn calls(arguments: &[&str]) -> Result<Calls, clap::Error> {
        let line = ["calls"].iter().chain(arguments);
        Line::try_parse_from(line).map(|line| line.calls)
    }

    #[test]
    fn calls_that_come_are_shown_if_every_filter_lets_them_through() {
        let call = json!({ "id": "call_1", "team": "acme", "model": "smart", "status": 402,
            "reason": "balance_exhausted" });
        for (arguments, shown) in [
            (&["-f"][..], true),
            (&["-f", "--team", "acme", "--status", "402"], true),
            (&["-f", "--team", "acme", "--status", "200"], false),
            (&["-f", "--reason", "balance_exhausted"], true),
            (&["-f", "--model", "smart", "--provider", "openai"], false),
        ] {
            assert_eq!(
                calls(arguments).unwrap().is_of(&call),
                shown,
                "{arguments:?}"
            );
        }
    }

    #[test]
    fn what_is_to_come_cannot_lie_before_something() {
        assert!(calls(&["-f", "--until", "1h"]).is_err());
        assert!(calls(&["-f", "--before", "call_1"]).is_err());
    }
}
