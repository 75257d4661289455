//! Coming from elsewhere: reading a source, and what is done with the plan that comes of it. What a
//! source means is the business of the crate `import`.

mod carry_out;
mod read;
mod remote;
mod write;

use std::path::PathBuf;

use serde_json::{Value, json};
use tollgate_import::{ImportError, Plan};

use crate::failure::Failure;
use crate::globals::Globals;
use crate::output::Output;
use crate::session::Session;

pub(crate) use read::{Database, Text, text};

/// What to do with a plan.
#[derive(Debug)]
pub(crate) enum Aim {
    /// Show what it would change.
    Show,
    /// Carry it out.
    Apply,
    /// Write its resources into a file or folder.
    Write(PathBuf),
}

/// A source that cannot be imported.
pub(crate) fn unusable(error: ImportError) -> Failure {
    Failure::Fault(error.to_string())
}

/// Tells of a plan, and does with it what was wanted.
pub(crate) async fn run(
    source: &str,
    plan: Plan,
    aim: Aim,
    globals: &Globals,
) -> Result<(), Failure> {
    let output = globals.output();
    let mut told = Told::new(source, &plan, output);
    if let Aim::Write(path) = &aim {
        let files = write::write(path, &plan)?;
        told.say(&write::what_to_do(path, &plan))?;
        told.whole["files"] = json!(files);
        return told.end(&path.display().to_string());
    }
    let session = match Session::open(globals).await {
        Ok(session) => session,
        Err(why) => return Err(told.without_process(why)),
    };
    match carry_out::run(&session, &plan, matches!(aim, Aim::Apply), &mut told).await {
        Ok(revision) => told.end(&revision),
        Err(why) => Err(told.without_process(why)),
    }
}

/// What people and programs are told of an import.
struct Told {
    /// All of it, for programs.
    whole: Value,
    readable: String,
    output: Output,
}

impl Told {
    fn new(source: &str, plan: &Plan, output: Output) -> Told {
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
    fn say(&mut self, text: &str) -> Result<(), Failure> {
        self.readable.push_str(text);
        if !self.readable.ends_with('\n') {
            self.readable.push('\n');
        }
        Ok(())
    }

    /// Ends by telling everything.
    fn end(self, essential: &str) -> Result<(), Failure> {
        let Told {
            whole,
            readable,
            output,
        } = self;
        output.answer(&whole, essential, || readable)
    }

    /// The report is worth having also where nobody answers the admin API.
    fn without_process(self, why: Failure) -> Failure {
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
