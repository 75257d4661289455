//! The house rules as a test. Each rule is a function from the source to its findings; a finding
//! that stands in `xtask/tidy-exceptions` with a reason is let through, and one that stands there
//! but is no longer found is a fault itself, so that the list can only become shorter.

mod arrows;
mod exceptions;
mod finding;
mod modules;
mod names;
mod pages;
mod paths;
mod size;
mod source;
mod tested;
mod texts;
mod words;

use std::path::Path;

use anyhow::{Context, Result};

use finding::Finding;

/// Where the exceptions stand.
const EXCEPTIONS: &str = "xtask/tidy-exceptions";

/// Checks every rule on the source tree at `root`. Returns the faults, one sentence each.
pub(crate) fn run(root: &Path) -> Result<Vec<String>> {
    let findings = findings(root)?;
    let path = root.join(EXCEPTIONS);
    let list = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    let exceptions = exceptions::parse(&list)?;
    Ok(exceptions::apply(&findings, &exceptions))
}

fn findings(root: &Path) -> Result<Vec<Finding>> {
    let sources = source::load(root)?;
    let mut findings = Vec::new();
    for source in &sources {
        findings.extend(size::check(source));
        findings.extend(names::check(source));
        findings.extend(words::check(source));
    }
    findings.extend(modules::check(&sources));
    findings.extend(arrows::check(&arrows::load(root)?));
    let texts = texts::load(root)?;
    findings.extend(texts::check(&texts));
    findings.extend(tested::check(&sources, &texts));
    findings.extend(pages::check(root, &texts)?);
    Ok(findings)
}
