//! The decision record of a refusal. Every view of it (body, headers, log, `explain`) is rendered
//! from this one value.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::reason::{Reason, Retry};
use crate::resource::RuleRef;
use crate::{Micros, Nanos};

/// The stages of a call, in their order.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Parse, limits, request id, deadline.
    Accept,
    /// Path and method to operation, model name to targets.
    Route,
    /// Key to application and team.
    Identify,
    /// What the key may do.
    Authorize,
    /// Money: price, bound, hold.
    Admit,
    /// The request for the provider.
    Prepare,
    /// Target, credential, connection, first byte.
    Dispatch,
    /// The answer on its way.
    Relay,
    /// Exact usage, cost, journal.
    Settle,
}

impl Stage {
    /// Every stage in order.
    pub const ALL: [Stage; 9] = [
        Stage::Accept,
        Stage::Route,
        Stage::Identify,
        Stage::Authorize,
        Stage::Admit,
        Stage::Prepare,
        Stage::Dispatch,
        Stage::Relay,
        Stage::Settle,
    ];

    /// The word as it stands in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Stage::Accept => "accept",
            Stage::Route => "route",
            Stage::Identify => "identify",
            Stage::Authorize => "authorize",
            Stage::Admit => "admit",
            Stage::Prepare => "prepare",
            Stage::Dispatch => "dispatch",
            Stage::Relay => "relay",
            Stage::Settle => "settle",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The numbers of a refusal for want of money. Shown only to whom the account belongs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Shortage {
    /// Whose money it is, for people: `the wallet of team acme`, `budget marketing-month`.
    pub scope: String,
    /// The most that the call could cost.
    pub needed: Nanos,
    /// What is left and not set aside.
    pub available: Nanos,
    /// The largest `max_tokens` that would fit, where one does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub affordable_max_tokens: Option<u64>,
    /// When the window of the budget ends.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub resets_at: Option<Micros>,
}

/// Why a call was refused or failed: all that any reader of it is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, thiserror::Error)]
#[error("{reason}: {detail}")]
pub struct Refusal {
    /// The stable reason.
    pub reason: Reason,
    /// The status of the answer: the reason's own, or that which a rule or the provider set.
    pub status: u16,
    /// What happened in this case, in sentences for the caller.
    pub detail: String,
    /// The member of the request that is at fault, as a path such as `messages[2].content`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub param: Option<String>,
    /// The provider's own code for it, such as `context_length_exceeded`, for programs that know it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<String>,
    /// The resource that said no.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rule: Option<RuleRef>,
    /// The numbers, where it is about money.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub shortage: Option<Shortage>,
    /// Seconds after which a retry may help.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub retry_after: Option<u64>,
}

impl Refusal {
    /// A refusal with the reason's own status and nothing but a sentence.
    pub fn new(reason: Reason, detail: impl Into<String>) -> Refusal {
        Refusal {
            reason,
            status: reason.row().status,
            detail: detail.into(),
            param: None,
            code: None,
            rule: None,
            shortage: None,
            retry_after: None,
        }
    }

    /// Names the member of the request that is at fault.
    #[must_use]
    pub fn at(mut self, param: impl Into<String>) -> Refusal {
        self.param = Some(param.into());
        self
    }

    /// Names the resource that said no.
    #[must_use]
    pub fn by(mut self, rule: RuleRef) -> Refusal {
        self.rule = Some(rule);
        self
    }

    /// Says after how many seconds a retry may help.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Refusal {
        self.retry_after = Some(seconds);
        self
    }

    /// Whether an SDK should send the same request again by itself.
    pub fn should_retry(&self) -> bool {
        match self.reason.row().retry {
            Retry::Never => false,
            Retry::Soon => true,
            Retry::Later => self.retry_after.is_some_and(|seconds| seconds <= 60),
        }
    }
}
