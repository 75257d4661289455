//! Checks run over facts, and what came of them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::checks::all;
use crate::facts::Facts;
use crate::finding::{Finding, Severity, Step};

/// What came of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CheckState {
    /// Nothing was found.
    Passed,
    /// Something was found.
    Found,
    /// It cannot be told here and now.
    Unknown,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckReport {
    /// The id of the check.
    pub id: String,
    /// What it looks for.
    pub title: String,
    /// What came of it.
    pub state: CheckState,
    /// Why it cannot be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown: Option<String>,
    /// What was found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// Microseconds that it took, for a part of the simulated transaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took: Option<u64>,
}

/// One step with its checks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StepReport {
    /// The step.
    pub step: Step,
    /// 1 to 4.
    pub number: u8,
    /// What it is.
    pub title: String,
    /// Its checks, in the order of the documentation.
    pub checks: Vec<CheckReport>,
}

/// What the doctor did about a finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Fixed {
    /// The check that had found it.
    pub check: String,
    /// What it was about.
    pub subject: String,
    /// What was done, in a sentence; or why it could not be done.
    pub did: String,
    /// Whether it could be done.
    pub done: bool,
}

/// All that was looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// When, as RFC 3339.
    pub at: String,
    /// The version of the program.
    pub version: String,
    /// The worst that was found; absent where nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worst: Option<Severity>,
    /// The steps that were asked for.
    pub steps: Vec<StepReport>,
    /// What was done. What was mended is no longer among the findings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fixed: Vec<Fixed>,
}

impl Report {
    /// Every finding, with the id of its check.
    pub fn findings(&self) -> impl Iterator<Item = (&str, &Finding)> {
        let checks = self.steps.iter().flat_map(|step| &step.checks);
        checks.flat_map(|check| {
            let findings = check.findings.iter();
            findings.map(|finding| (check.id.as_str(), finding))
        })
    }
}

impl StepReport {
    /// The worst that was found.
    pub fn worst(&self) -> Option<Severity> {
        let findings = self.checks.iter().flat_map(|check| &check.findings);
        findings.map(|finding| finding.severity).max()
    }
}

/// Runs the checks of one step.
pub fn examine(step: Step, facts: &Facts) -> StepReport {
    let checks = all().filter(|check| check.step == step);
    StepReport {
        step,
        number: step.number(),
        title: step.title().to_owned(),
        checks: checks
            .map(|check| {
                let (state, unknown, findings) = match (check.find)(facts) {
                    Ok(findings) if findings.is_empty() => (CheckState::Passed, None, findings),
                    Ok(findings) => (CheckState::Found, None, findings),
                    Err(why) => (CheckState::Unknown, Some(why.0), Vec::new()),
                };
                CheckReport {
                    id: check.id.to_owned(),
                    title: check.title.to_owned(),
                    state,
                    unknown,
                    findings,
                    took: facts.sale.took(check.id),
                }
            })
            .collect(),
    }
}
