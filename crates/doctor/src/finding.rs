//! What a check finds.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tollgate_model::Name;

/// How much a finding matters.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing has to be done.
    Notice,
    /// It works now, and will not for long, or not for everybody.
    Warning,
    /// Something does not work, or money is at risk.
    Error,
}

impl Severity {
    /// The word as it stands in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Notice => "notice",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The four steps in which payment faults are looked for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// The money of teams: wallets, budgets, keys, and who was refused.
    Payment,
    /// How the gateway is configured.
    Configuration,
    /// A sale from end to end, made for the purpose.
    Transaction,
    /// The machine, the process, the database.
    Server,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Step; 4] = [
        Step::Payment,
        Step::Configuration,
        Step::Transaction,
        Step::Server,
    ];

    /// 1 to 4.
    pub const fn number(self) -> u8 {
        match self {
            Step::Payment => 1,
            Step::Configuration => 2,
            Step::Transaction => 3,
            Step::Server => 4,
        }
    }

    /// The step of this number.
    pub fn of_number(number: u8) -> Option<Step> {
        Step::ALL.into_iter().find(|step| step.number() == number)
    }

    /// What the step is, for people.
    pub const fn title(self) -> &'static str {
        match self {
            Step::Payment => "Payment details",
            Step::Configuration => "Gateway configuration",
            Step::Transaction => "Simulated transaction",
            Step::Server => "Server",
        }
    }
}

/// What can be done about a finding by itself: it takes nothing from anybody, spends nothing, and
/// makes no secret known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Give back what a node has leased that works no more.
    ReleaseNode(String),
    /// Let a budget refuse with the usual status, 429.
    UsualStatus(Name),
    /// Let only its owner read this entry of the data folder; empty is the folder itself.
    OwnerOnly(String),
}

/// What was measured, and the value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// What was looked at.
    pub name: String,
    /// What was seen.
    pub value: String,
}

/// One thing that is wrong, or about to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// What it is about: a resource such as `Team acme`, a path, a node.
    pub subject: String,
    /// What is wrong, in a sentence.
    pub detail: String,
    /// What that was seen by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// What to do.
    pub fix: String,
    /// A command that does it, where there is one; words in capitals are to be filled in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// Whether the doctor can do it by itself, when asked to.
    pub fixable: bool,
    /// What it would do.
    #[serde(skip)]
    pub remedy: Option<Remedy>,
}

impl Finding {
    /// A finding without evidence.
    pub fn new(
        severity: Severity,
        subject: impl Into<String>,
        detail: impl Into<String>,
        fix: impl Into<String>,
    ) -> Finding {
        Finding {
            severity,
            subject: subject.into(),
            detail: detail.into(),
            evidence: Vec::new(),
            fix: fix.into(),
            command: None,
            fixable: false,
            remedy: None,
        }
    }

    /// Something that does not work.
    pub fn error(
        subject: impl Into<String>,
        detail: impl Into<String>,
        fix: impl Into<String>,
    ) -> Finding {
        Finding::new(Severity::Error, subject, detail, fix)
    }

    /// Something that will not work for long, or not for everybody.
    pub fn warning(
        subject: impl Into<String>,
        detail: impl Into<String>,
        fix: impl Into<String>,
    ) -> Finding {
        Finding::new(Severity::Warning, subject, detail, fix)
    }

    /// Something to know.
    pub fn notice(
        subject: impl Into<String>,
        detail: impl Into<String>,
        fix: impl Into<String>,
    ) -> Finding {
        Finding::new(Severity::Notice, subject, detail, fix)
    }

    /// Adds what was seen.
    #[must_use]
    pub fn seen(mut self, name: &str, value: impl ToString) -> Finding {
        self.evidence.push(Evidence {
            name: name.to_owned(),
            value: value.to_string(),
        });
        self
    }

    /// Names the command that mends it.
    #[must_use]
    pub fn by_command(mut self, command: impl Into<String>) -> Finding {
        self.command = Some(command.into());
        self
    }

    /// Says that the doctor can mend it.
    #[must_use]
    pub fn by_remedy(mut self, remedy: Remedy) -> Finding {
        self.fixable = true;
        self.remedy = Some(remedy);
        self
    }
}
