//! The shape of a story, and its plain text.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tollgate_model::refusal::{Shortage, Stage};
use tollgate_model::resource::RuleRef;
use tollgate_model::usage::{UsageClass, UsageQuality};
use tollgate_model::{CallId, Nanos, Rate, Reason};

/// The story of a call: what each stage decided and why, and what it cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Story {
    /// The call.
    pub call: CallId,
    /// When it was accepted, as RFC 3339.
    pub at: String,
    /// All of it in a sentence or two.
    pub headline: String,
    /// The stages that the call reached, in order.
    pub steps: Vec<Step>,
    /// Why it was refused or failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<RefusalStory>,
    /// What it cost and who paid; absent where nothing was set aside, consumed or charged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill: Option<Bill>,
}

/// One stage of the story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// The stage.
    pub stage: Stage,
    /// What came of it.
    pub verdict: Verdict,
    /// Microseconds from the start of the call to the end of the stage, where it was passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<u32>,
    /// What happened, in sentences.
    pub says: Vec<String>,
}

/// What came of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The call went on.
    Passed,
    /// The call ended here with a refusal or a failure.
    Refused,
    /// The answer broke off here.
    Cut,
    /// The gateway stopped, and nobody knows.
    Unknown,
}

/// Why a call was refused, with all that helps to get a yes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RefusalStory {
    /// The stable reason.
    pub reason: Reason,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The title of the reason.
    pub title: String,
    /// What happened in this case.
    pub detail: String,
    /// The resource that said no, at the revision at which it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleRef>,
    /// The numbers, where it is about money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shortage: Option<Shortage>,
    /// What to do about it.
    pub fix: String,
    /// The page of the reason, relative to the API's own address.
    pub link: String,
}

/// What a call cost, line by line, and who paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Bill {
    /// Quantity × rate, one line per class.
    pub lines: Vec<BillLine>,
    /// The sum of the lines, rounded up once to a nano-dollar.
    pub total: Nanos,
    /// How well the quantities are known.
    pub quality: UsageQuality,
    /// Where the price comes from; empty where no price was applied.
    pub source: String,
    /// What is to be said of the sum: its rounding, or that it is not the sum of the lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The accounts that were charged.
    pub accounts: Vec<AccountLine>,
}

/// One line of a bill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BillLine {
    /// What was consumed.
    pub class: UsageClass,
    /// How much of it.
    pub quantity: u64,
    /// Dollars per million.
    pub rate: Rate,
    /// Quantity × rate in dollars, exact to fifteen digits after the point.
    pub amount: String,
}

/// What one account contributed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AccountLine {
    /// The account's id.
    pub account: String,
    /// The account in words.
    pub title: String,
    /// What was set aside before the call.
    pub held: Nanos,
    /// What was taken after it.
    pub taken: Nanos,
    /// Held against taken, in a sentence.
    pub says: String,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Verdict::Passed => "passed",
            Verdict::Refused => "refused",
            Verdict::Cut => "cut",
            Verdict::Unknown => "unknown",
        })
    }
}

/// The story as plain text, for a terminal.
impl fmt::Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} at {}\n{}\n", self.call, self.at, self.headline)?;
        for step in &self.steps {
            let mut says = step.says.iter();
            let first = says.next().map(|sentence| format!(" {sentence}"));
            let head = format!(
                "{:<9} {:<7}{}",
                step.stage,
                step.verdict,
                first.unwrap_or_default()
            );
            writeln!(f, "{}", head.trim_end())?;
            says.try_for_each(|sentence| writeln!(f, "{:18}{sentence}", ""))?;
        }
        if let Some(refusal) = &self.refusal {
            write!(f, "\n{refusal}")?;
        }
        if let Some(bill) = &self.bill {
            write!(f, "\n{bill}")?;
        }
        Ok(())
    }
}

impl fmt::Display for RefusalStory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "reason    {} ({}): {}",
            self.reason, self.status, self.title
        )?;
        if let Some(rule) = &self.rule {
            writeln!(f, "rule      {rule}")?;
        }
        writeln!(f, "fix       {}", self.fix)
    }
}

impl fmt::Display for Bill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            let head = format!("{} {}", line.quantity, line.class);
            writeln!(
                f,
                "bill      {head:<20} × ${}/million = ${}",
                line.rate, line.amount
            )?;
        }
        let known = match self.quality {
            UsageQuality::Exact => "as the provider counted",
            UsageQuality::Estimated => "estimated, since the provider's count did not arrive",
            UsageQuality::None => "nothing was consumed",
        };
        writeln!(f, "total     ${} ({known})", self.total)?;
        if let Some(note) = &self.note {
            writeln!(f, "note      {note}")?;
        }
        if !self.source.is_empty() {
            writeln!(f, "price     {}", self.source)?;
        }
        self.accounts
            .iter()
            .try_for_each(|account| writeln!(f, "account   {}: {}", account.title, account.says))
    }
}
