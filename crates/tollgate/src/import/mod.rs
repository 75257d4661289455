//! Coming from elsewhere: reading a source, and what is done with the plan that comes of it. What a
//! source means is the business of the crate `import`.

mod carry_out;
mod read;
mod remote;
mod told;
mod write;

use std::path::PathBuf;

use serde_json::json;
use tollgate_import::{ImportError, Plan};

use crate::failure::Failure;
use crate::globals::Globals;
use crate::session::Session;

pub(crate) use read::{Database, Text, text};

use told::Told;

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
