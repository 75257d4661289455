//! `tollgate refusals`.

use clap::Args;
use serde_json::Value;

use crate::ask::Ask;
use crate::failure::Failure;
use crate::fields::{items, joined, text, time};
use crate::session::Session;
use crate::table::Table;

/// Show who is refused, why, since when, and what ends it; exit code 1 while something is refused still
#[derive(Args, Debug)]
pub(crate) struct Refusals {
    /// From when on: RFC 3339, or a span such as `24h` before now
    #[arg(long, value_name = "TIME|SPAN", default_value = "24h")]
    since: String,
    /// Up to when
    #[arg(long, value_name = "TIME|SPAN")]
    until: Option<String>,
    /// Only for this reason
    #[arg(long)]
    reason: Option<String>,
    /// Only with a cause in this area, such as `payment_info` or `upstream`
    #[arg(long)]
    cause: Option<String>,
    /// Only what these can act on: payer, key_owner, operator, provider, nobody
    #[arg(long)]
    who: Option<String>,
    /// Only by a rule of this kind, such as `Budget`
    #[arg(long)]
    kind: Option<String>,
    /// Only by a rule of this name
    #[arg(long)]
    rule: Option<String>,
    /// Only of this team
    #[arg(long)]
    team: Option<String>,
    /// Only of this application
    #[arg(long)]
    application: Option<String>,
    /// Only of calls for this model
    #[arg(long)]
    model: Option<String>,
    /// How many groups
    #[arg(long, default_value_t = 50)]
    limit: u32,
}

const HEADINGS: [&str; 8] = [
    "STATE",
    "REASON",
    "RULE",
    "APPLICATION",
    ">CALLS",
    ">KEYS",
    "SINCE",
    "LAST",
];

impl Refusals {
    /// Runs the verb.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let ask = Ask::get("refusals")
            .with("since", Some(&self.since))
            .with("until", self.until.as_ref())
            .with("reason", self.reason.as_ref())
            .with("cause", self.cause.as_ref())
            .with("who", self.who.as_ref())
            .with("kind", self.kind.as_ref())
            .with("rule", self.rule.as_ref())
            .with("team", self.team.as_ref())
            .with("application", self.application.as_ref())
            .with("model", self.model.as_ref())
            .with("limit", Some(self.limit));
        let desk = session.send(ask).await?;
        let output = session.output;
        let happening = desk["happening"].as_u64().unwrap_or_default();
        let groups = items(&desk, "items");
        if groups.is_empty() && !output.json && !output.quiet {
            output.note("no call was refused in that time");
        } else {
            let colour = output.colour();
            output.answer(&desk, &happening.to_string(), || told(&desk, colour))?;
        }
        match happening {
            0 => Ok(()),
            1 => Err(Failure::Fault("calls of 1 group are refused still".into())),
            many => Err(Failure::Fault(format!(
                "calls of {many} groups are refused still"
            ))),
        }
    }
}

/// The table of all groups, and more of each that goes on.
fn told(desk: &Value, colour: bool) -> String {
    let groups = items(desk, "items");
    let mut table = Table::new(&HEADINGS);
    for group in groups {
        table.row([
            text(group, "state"),
            format!("{} {}", text(group, "status"), text(group, "reason")),
            rule(group),
            text(group, "application"),
            text(group, "calls"),
            text(group, "keys"),
            time(group, "began"),
            time(group, "last"),
        ]);
    }
    let mut told = table.render(colour);
    let going_on = groups.iter().filter(|group| group["state"] == "happening");
    for group in going_on {
        told.push('\n');
        for (name, line) in lines(group) {
            let line: String = line.chars().filter(|c| !c.is_control()).collect();
            told.push_str(&format!("{name:<9}{line}\n"));
        }
    }
    if desk["more"] == true {
        told.push_str("\nThere are more groups: ask for more with --limit, or for fewer.\n");
    }
    told
}

fn rule(group: &Value) -> String {
    match group.get("rule") {
        Some(rule) => format!("{} {}", text(rule, "kind"), text(rule, "name")),
        None => String::new(),
    }
}

/// What is told of a group that goes on, line by line.
fn lines(group: &Value) -> Vec<(&'static str, String)> {
    let of = [rule(group), text(group, "application")];
    let of: Vec<&str> = of.iter().map(String::as_str).collect();
    let of = of.join(" ");
    let mut lines = vec![
        (
            "refused",
            format!("{}: {}", text(group, "reason"), of.trim()),
        ),
        ("means", text(group, "meaning")),
    ];
    if let Some(short) = group.get("short") {
        let amount = |member: &str| text(short, member);
        let range = |least: String, most: String| match least == most {
            true => format!("{least} USD"),
            false => format!("{least} to {most} USD"),
        };
        let needed = range(amount("least_needed"), amount("most_needed"));
        let available = range(amount("least_available"), amount("most_available"));
        let short = format!("calls may cost at most {needed}; {available} was available");
        lines.push(("short", short));
    }
    lines.push(("told", text(group, "told")));
    lines.push(("fix", text(group, "fix")));
    for change in items(group, "changes") {
        let [kind, name, action, actor] =
            ["kind", "name", "action", "actor"].map(|member| text(change, member));
        let (at, when, revision) = (
            time(change, "at"),
            text(change, "when"),
            text(change, "revision"),
        );
        let place = match when.as_str() {
            "before" => "before it began",
            "during" => "while it went on",
            _ => "since the last one",
        };
        let line = format!("{at} {actor} {action} {kind} {name}, {place} (revision {revision})");
        lines.push(("changed", line));
    }
    for action in items(group, "actions") {
        let says = text(action, "says");
        let line = match text(action, "command") {
            command if command.is_empty() => says,
            command => format!("{says} {command}"),
        };
        lines.push(("do", line));
    }
    let models = joined(group, "models", ", ");
    if !models.is_empty() {
        lines.push(("models", models));
    }
    if let Some(call) = items(group, "samples").first().and_then(Value::as_str) {
        lines.push(("look", format!("tollgate explain {call}")));
    }
    lines.retain(|(_, line)| !line.is_empty());
    lines
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_goes_on_is_told_at_length_and_what_is_over_in_its_row() {
        let group = |state: &str| {
            json!({
                "state": state, "reason": "budget_exceeded", "status": 429,
                "rule": { "kind": "Budget", "name": "month" }, "application": "web",
                "calls": 12, "keys": 2, "began": "2026-11-24T06:00:00.5Z",
                "last": "2026-11-24T07:00:00Z", "models": ["smart"],
                "short": { "least_needed": "0.50", "most_needed": "0.70",
                    "least_available": "0.02", "most_available": "0.02" },
                "samples": ["call_01"], "told": "too\u{1b}[31m much", "meaning": "It is spent.",
                "fix": "Wait.",
                "changes": [{ "revision": 7, "at": "2026-11-24T05:59:00Z", "actor": "ann",
                    "action": "updated", "kind": "Budget", "name": "month", "when": "before" }],
                "actions": [{ "says": "Raises the limit." },
                    { "says": "Adds 5.00 USD.", "command": "tollgate wallet credit acme 5.00" }],
            })
        };
        let desk = json!({ "items": [group("happening"), group("quiet")], "more": true });
        insta::assert_snapshot!(told(&desk, false), @r"
        STATE      REASON               RULE          APPLICATION  CALLS  KEYS  SINCE                LAST
        happening  429 budget_exceeded  Budget month  web             12     2  2026-11-24 06:00:00  2026-11-24 07:00:00
        quiet      429 budget_exceeded  Budget month  web             12     2  2026-11-24 06:00:00  2026-11-24 07:00:00

        refused  budget_exceeded: Budget month web
        means    It is spent.
        short    calls may cost at most 0.50 to 0.70 USD; 0.02 USD was available
        told     too[31m much
        fix      Wait.
        changed  2026-11-24 05:59:00 ann updated Budget month, before it began (revision 7)
        do       Raises the limit.
        do       Adds 5.00 USD. tollgate wallet credit acme 5.00
        models   smart
        look     tollgate explain call_01

        There are more groups: ask for more with --limit, or for fewer.
        ");
    }
}
