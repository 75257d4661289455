//! `Budget`.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::resource::SpecError;
use crate::time::{Window, zone};
use crate::{Name, Nanos};

/// Whose spending a budget limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum BudgetScope {
    /// Everything that goes through the gateway: `organization`.
    Organization,
    /// One team.
    Team(Name),
    /// One application.
    Application(Name),
    /// One key.
    Key(Name),
    /// One model, whoever calls it, by the name that callers use.
    Model(String),
}

impl fmt::Display for BudgetScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BudgetScope::Organization => f.write_str("the organization"),
            BudgetScope::Team(name) => write!(f, "team {name}"),
            BudgetScope::Application(name) => write!(f, "application {name}"),
            BudgetScope::Key(name) => write!(f, "key {name}"),
            BudgetScope::Model(name) => write!(f, "model {name}"),
        }
    }
}

/// The status of the answer to a call that a budget refuses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u16", into = "u16")]
#[schemars(with = "u16")]
pub enum Exhausted {
    /// 402: someone can pay more now.
    PaymentRequired,
    /// 429: waiting for the next window helps.
    #[default]
    TooManyRequests,
    /// 403: it is meant as a prohibition.
    Forbidden,
}

impl From<Exhausted> for u16 {
    fn from(exhausted: Exhausted) -> u16 {
        match exhausted {
            Exhausted::PaymentRequired => 402,
            Exhausted::TooManyRequests => 429,
            Exhausted::Forbidden => 403,
        }
    }
}

impl TryFrom<u16> for Exhausted {
    type Error = &'static str;

    fn try_from(status: u16) -> Result<Exhausted, &'static str> {
        match status {
            402 => Ok(Exhausted::PaymentRequired),
            429 => Ok(Exhausted::TooManyRequests),
            403 => Ok(Exhausted::Forbidden),
            _ => Err("on_exhausted is 402, 429 or 403"),
        }
    }
}

/// A budget: a spending limit over a window. A call is made only if the most it can cost fits into
/// every budget above it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BudgetSpec {
    /// Whose spending it limits.
    pub scope: BudgetScope,
    /// What may be spent in one window, in dollars.
    pub limit: Nanos,
    /// How long until it begins anew.
    pub window: Window,
    /// IANA time zone whose calendar the window follows.
    #[serde(default = "utc", skip_serializing_if = "is_utc")]
    #[schemars(extend("default" = "UTC"))]
    pub time_zone: String,
    /// The status of a refusal: 429 (the default), 402 or 403.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(extend("default" = 429))]
    pub on_exhausted: Exhausted,
}

fn utc() -> String {
    "UTC".to_owned()
}

fn is_utc(name: &str) -> bool {
    name == "UTC"
}

fn is_default(exhausted: &Exhausted) -> bool {
    *exhausted == Exhausted::default()
}

impl BudgetSpec {
    pub(crate) fn check(&self) -> Result<(), SpecError> {
        if self.limit.is_negative() {
            return Err(SpecError::new("spec.limit", "a limit is not negative"));
        }
        if zone(&self.time_zone).is_none() {
            let message = format!(
                "\"{}\" is not a time zone; write Europe/Zurich",
                self.time_zone
            );
            return Err(SpecError::new("spec.time_zone", message));
        }
        Ok(())
    }
}
