//! `tollgate doctor`.

use std::fmt::Write;

use clap::Args;
use serde_json::{Value, json};
use tollgate_doctor::{CheckReport, CheckState, Finding, Report, Severity, StepReport};

use crate::ask::Ask;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;

/// Look for faults in money, configuration and server, and make a simulated transaction
///
/// Exit code 0 where nothing has to be done, 1 where there is a finding of severity `error`. Where no
/// gateway runs, what can be told from the data folder is told.
#[derive(Args, Debug)]
pub(crate) struct Doctor {
    /// Only this step: 1 payment details, 2 configuration, 3 simulated transaction, 4 server
    #[arg(long = "step", value_name = "N", value_parser = clap::value_parser!(u8).range(1..=4))]
    steps: Vec<u8>,
    /// Ask each provider for its list of models, which costs nothing
    #[arg(long)]
    probe: bool,
    /// Mend what is safe to mend, and say what was done
    #[arg(long)]
    fix: bool,
}

/// Every step.
const STEPS: [u8; 4] = [1, 2, 3, 4];

impl Doctor {
    /// Runs the verb.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let output = session.output;
        let steps = match self.steps.as_slice() {
            [] => &STEPS[..],
            steps => steps,
        };
        let mut whole: Option<Report> = None;
        // One step at a time, so that each is told as soon as it is known.
        for step in steps {
            let told = session.send(Ask::post("doctor", self.body(*step))).await?;
            let report = read(told)?;
            if !output.json && !output.quiet {
                output.text(&readable(&report, output))?;
            }
            whole = Some(match whole {
                Some(before) => joined(before, report),
                None => report,
            });
        }
        let whole = whole.ok_or_else(|| Failure::Usage("no step was asked for".to_owned()))?;
        conclude(&whole, output)
    }

    fn body(&self, step: u8) -> Value {
        let fix: &[&str] = if self.fix { &["all"] } else { &[] };
        json!({ "steps": [step], "probe": self.probe, "fix": fix })
    }
}

fn read(told: Value) -> Result<Report, Failure> {
    serde_json::from_value(told).map_err(|why| Failure::fault("the report cannot be read", why))
}

fn joined(mut one: Report, other: Report) -> Report {
    one.worst = one.worst.max(other.worst);
    one.steps.extend(other.steps);
    one.fixed.extend(other.fixed);
    one
}

fn conclude(whole: &Report, output: Output) -> Result<(), Failure> {
    let count = |severity| {
        let of_it = whole.findings().filter(|(_, one)| one.severity == severity);
        of_it.count()
    };
    let errors = count(Severity::Error);
    if output.json {
        output.pretty(whole)?;
    } else if output.quiet {
        let ids = whole
            .findings()
            .filter(|(_, one)| one.severity > Severity::Notice);
        let mut ids: Vec<&str> = ids.map(|(id, _)| id).collect();
        ids.dedup();
        for id in ids {
            output.line(id)?;
        }
    } else {
        output.line(&match (errors, count(Severity::Warning)) {
            (0, 0) => "Nothing to do.".to_owned(),
            (errors, warnings) => format!("{errors} to mend, {warnings} to look at."),
        })?;
    }
    match errors {
        0 => Ok(()),
        1 => Err(Failure::Fault("the doctor found 1 error".to_owned())),
        many => Err(Failure::Fault(format!("the doctor found {many} errors"))),
    }
}

fn readable(report: &Report, output: Output) -> String {
    let mut text = String::new();
    for step in &report.steps {
        tell_step(step, output.colour(), &mut text);
    }
    for fixed in &report.fixed {
        let word = if fixed.done { "mended" } else { "not mended" };
        line(
            &mut text,
            &format!("  {word}: {}: {}", fixed.subject, fixed.did),
        );
    }
    line(&mut text, "");
    text
}

fn line(text: &mut String, told: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "{told}");
}

fn tell_step(step: &StepReport, colour: bool, text: &mut String) {
    line(text, &format!("{} {}", step.number, step.title));
    let of = |state| step.checks.iter().filter(move |check| check.state == state);
    let measured = step.checks.iter().any(|check| check.took.is_some());
    for check in &step.checks {
        match check.state {
            CheckState::Found => tell_check(check, colour, text),
            CheckState::Passed if measured => {
                let word = painted("PASS", "32", colour);
                line(text, &format!("  {word} {}{}", check.title, took(check)));
            }
            CheckState::Passed | CheckState::Unknown => {}
        }
    }
    let passed = of(CheckState::Passed).count();
    if !measured && passed > 0 {
        line(text, &format!("  {passed} checks found nothing"));
    }
    let mut reasons: Vec<(&str, usize)> = Vec::new();
    for check in of(CheckState::Unknown) {
        let why = check.unknown.as_deref().unwrap_or_default();
        match reasons.iter_mut().find(|(known, _)| *known == why) {
            Some((_, count)) => *count += 1,
            None => reasons.push((why, 1)),
        }
    }
    for (why, count) in reasons {
        line(text, &format!("  {count} not looked at: {why}"));
    }
}

fn took(check: &CheckReport) -> String {
    let Some(micros) = check.took else {
        return String::new();
    };
    format!(" ({}.{} ms)", micros / 1_000, micros % 1_000 / 100)
}

fn painted(word: &str, code: &str, colour: bool) -> String {
    match colour {
        true => format!("\x1b[{code}m{word}\x1b[0m"),
        false => word.to_owned(),
    }
}

fn tell_check(check: &CheckReport, colour: bool, text: &mut String) {
    for finding in &check.findings {
        let word = match (finding.severity, check.took) {
            (Severity::Error, Some(_)) => painted("FAIL", "31", colour),
            (Severity::Error, None) => painted("error", "31", colour),
            (Severity::Warning, _) => painted("warning", "33", colour),
            (Severity::Notice, _) => "notice".to_owned(),
        };
        let head = format!("  {word} {}: {}", finding.subject, finding.detail);
        line(text, &format!("{head}{} [{}]", took(check), check.id));
        tell_finding(finding, text);
    }
}

fn tell_finding(finding: &Finding, text: &mut String) {
    for seen in &finding.evidence {
        line(text, &format!("      {}: {}", seen.name, seen.value));
    }
    line(text, &format!("      What to do: {}", finding.fix));
    if let Some(command) = &finding.command {
        line(text, &format!("      $ {command}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(step: Value) -> Report {
        let whole = json!({ "at": "2026-11-25T08:00:00Z", "version": "0", "steps": [step] });
        read(whole).unwrap()
    }

    #[test]
    fn a_step_is_told_with_what_was_found_and_what_could_not_be_told() {
        let found = json!({
            "severity": "error", "subject": "Team acme", "detail": "The wallet is empty.",
            "evidence": [{ "name": "balance", "value": "0 USD" }], "fix": "Credit it.",
            "command": "tollgate wallet credit acme 25.00 --reason TEXT", "fixable": false,
        });
        let step = json!({ "step": "payment", "number": 1, "title": "Payment details", "checks": [
            { "id": "wallet_empty", "title": "Empty", "state": "found", "findings": [found] },
            { "id": "wallet_low", "title": "Low", "state": "passed" },
            { "id": "a", "title": "A", "state": "unknown", "unknown": "only with --probe" },
            { "id": "b", "title": "B", "state": "unknown", "unknown": "only with --probe" },
        ]});
        assert_eq!(
            readable(&report(step), Output::default()),
            "1 Payment details\n\
             \x20 error Team acme: The wallet is empty. [wallet_empty]\n\
             \x20     balance: 0 USD\n\
             \x20     What to do: Credit it.\n\
             \x20     $ tollgate wallet credit acme 25.00 --reason TEXT\n\
             \x20 1 checks found nothing\n\
             \x20 2 not looked at: only with --probe\n\n"
        );
    }

    #[test]
    fn the_parts_of_the_transaction_are_told_one_by_one_with_their_time() {
        let step = json!({ "step": "transaction", "number": 3, "title": "Simulated transaction",
            "checks": [{ "id": "x", "title": "It works", "state": "passed", "took": 1_260 }] });
        let told = readable(&report(step), Output::default());
        assert_eq!(
            told,
            "3 Simulated transaction\n  PASS It works (1.2 ms)\n\n"
        );
    }
}
