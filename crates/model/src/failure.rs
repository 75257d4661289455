//! How attempts fail: apart from [`crate::call`], because specs speak of it too.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How an attempt at a target failed, whatever the dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FailureClass {
    /// The request is wrong; another target would say the same.
    Rejected,
    /// The model or path does not exist there.
    NotFound,
    /// The prompt is longer than the model takes.
    ContextTooLong,
    /// The prompt or the answer was filtered.
    ContentFiltered,
    /// The credential is wrong or lacks a permission.
    Auth,
    /// The account has no money, is suspended, or its billing is off.
    Unfunded,
    /// A spending limit that the operator set at the provider is reached.
    SpendLimit,
    /// A free quota is used up and will reset.
    QuotaUsed,
    /// The request could cost more than the account holds; a smaller one might pass.
    TooDear,
    /// Too many requests or tokens at a time.
    RateLimited,
    /// No capacity.
    Overloaded,
    /// An error of the provider's own.
    ServerError,
    /// No connection, or it broke before the first byte.
    Unreachable,
    /// No first byte in time.
    Timeout,
    /// The answer is not in the dialect.
    BadResponse,
}

impl FailureClass {
    /// Whether another credential of the target may do better. A request that is itself at fault is
    /// not sent on.
    pub const fn fails_over(self) -> bool {
        !matches!(
            self,
            FailureClass::Rejected | FailureClass::ContextTooLong | FailureClass::ContentFiltered
        )
    }

    /// The word as it stands in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            FailureClass::Rejected => "rejected",
            FailureClass::NotFound => "not_found",
            FailureClass::ContextTooLong => "context_too_long",
            FailureClass::ContentFiltered => "content_filtered",
            FailureClass::Auth => "auth",
            FailureClass::Unfunded => "unfunded",
            FailureClass::SpendLimit => "spend_limit",
            FailureClass::QuotaUsed => "quota_used",
            FailureClass::TooDear => "too_dear",
            FailureClass::RateLimited => "rate_limited",
            FailureClass::Overloaded => "overloaded",
            FailureClass::ServerError => "server_error",
            FailureClass::Unreachable => "unreachable",
            FailureClass::Timeout => "timeout",
            FailureClass::BadResponse => "bad_response",
        }
    }
}
