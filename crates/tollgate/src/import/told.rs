//! What people and programs are told of an import.

use serde_json::{Value, json};
use tollgate_import::Plan;

use crate::failure::Failure;
use crate::output::Output;

/// What people and programs are told of an import.
pub(super) struct Told {
    /// All of it, for programs.
    pub whole: Value,
    readable: String,
    output: Output,
}

impl Told {
    /// The report of a plan.
    pub(super) fn new(source: &str, plan: &Plan, output: Output) -> Told {
        let secrets = plan
            .secrets
            .iter()
            .map(|secret| json!({ "name": secret.name, "in_source": secret.value.is_some() }));
        let whole = json!({
            "source": source,
            "report": plan.report,
            "documents": plan.documents,
            "secrets": secrets.collect::<Vec<_>>(),
            "keys": plan.keys,
            "credits": plan.credits,
        });
        let readable = format!("From {source}\n\n{}", plan.report.text());
        Told {
            whole,
            readable,
            output,
        }
    }

    /// Tells people something more.
    pub(super) fn say(&mut self, text: &str) -> Result<(), Failure> {
        self.readable.push_str(text);
        if !self.readable.ends_with('\n') {
            self.readable.push('\n');
        }
        Ok(())
    }

    /// Ends by telling everything.
    pub(super) fn end(self, essential: &str) -> Result<(), Failure> {
        let Told {
            whole,
            readable,
            output,
        } = self;
        output.answer(&whole, essential, || readable)
    }

    /// The report is worth having also where nobody answers the admin API.
    pub(super) fn without_process(self, why: Failure) -> Failure {
        if let Err(unwritten) = self.end("") {
            return unwritten;
        }
        match why {
            Failure::Absent(why) => Failure::Absent(format!(
                "{why}; with --out the resources are written into files, for which nothing has to run"
            )),
            other => other,
        }
    }
}
