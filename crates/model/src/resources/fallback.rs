//! After which failures another target takes over, and how long a model's targets may take.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::failure::FailureClass;
use crate::resource::SpecError;

/// A kind of failure after which another target may take over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fallback {
    /// Too many requests or tokens at a time.
    RateLimited,
    /// The account there has no money, or has reached a limit of what it may spend.
    Unfunded,
    /// No capacity.
    Overloaded,
    /// The prompt is longer than the model takes.
    ContextTooLong,
    /// The prompt or the answer was filtered.
    ContentFiltered,
    /// Nothing came in time.
    Timeout,
    /// An error of the provider's own, no connection, or an answer that cannot be read.
    ServerError,
    /// The credential is wrong or lacks a permission.
    Auth,
    /// The provider does not know the model.
    NotFound,
}

impl Fallback {
    /// Those that are nobody's fault among the callers: after them another target takes over, where
    /// the model does not say otherwise.
    pub const USUAL: [Fallback; 7] = [
        Fallback::RateLimited,
        Fallback::Unfunded,
        Fallback::Overloaded,
        Fallback::Timeout,
        Fallback::ServerError,
        Fallback::Auth,
        Fallback::NotFound,
    ];

    /// The kind that a failure is of; `None` for a request that is wrong, which is wrong everywhere.
    pub const fn of(class: FailureClass) -> Option<Fallback> {
        Some(match class {
            FailureClass::Rejected => return None,
            FailureClass::RateLimited => Fallback::RateLimited,
            FailureClass::Unfunded
            | FailureClass::SpendLimit
            | FailureClass::QuotaUsed
            | FailureClass::TooDear => Fallback::Unfunded,
            FailureClass::Overloaded => Fallback::Overloaded,
            FailureClass::ContextTooLong => Fallback::ContextTooLong,
            FailureClass::ContentFiltered => Fallback::ContentFiltered,
            FailureClass::Timeout => Fallback::Timeout,
            FailureClass::ServerError | FailureClass::Unreachable | FailureClass::BadResponse => {
                Fallback::ServerError
            }
            FailureClass::Auth => Fallback::Auth,
            FailureClass::NotFound => Fallback::NotFound,
        })
    }
}

/// How long a model's answers may take, in milliseconds. What is left out is as the provider's
/// `timeouts` say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ModelTimeouts {
    /// For each attempt, from its request to the first byte of a streamed answer, or to all of one that is
    /// not streamed. Then the next target takes over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt_ms: Option<u32>,
    /// For each attempt at a streamed answer, from its request to the first content: text, thoughts
    /// or a call of a tool. Then the next target takes over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_token_ms: Option<u32>,
    /// For all attempts and the whole answer, from the beginning of the call. A streamed answer is
    /// cut off then, and what was delivered of it is charged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_ms: Option<u32>,
}

impl ModelTimeouts {
    pub(super) fn is_empty(&self) -> bool {
        *self == ModelTimeouts::default()
    }

    pub(super) fn check(&self) -> Result<(), SpecError> {
        let all = [
            ("attempt_ms", self.attempt_ms),
            ("first_token_ms", self.first_token_ms),
            ("total_ms", self.total_ms),
        ];
        for (name, wait) in all {
            if wait == Some(0) {
                let place = format!("spec.timeouts.{name}");
                return Err(SpecError::new(place, "a time to wait is at least 1 ms"));
            }
            if name != "total_ms" && wait > self.total_ms.or(wait) {
                let place = format!("spec.timeouts.{name}");
                return Err(SpecError::new(place, "this is longer than total_ms"));
            }
        }
        Ok(())
    }
}
