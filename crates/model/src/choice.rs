//! How a call's targets were chosen: which were taken, in which order and by what, and which were
//! left out.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::resources::Strategy;

/// How a call's targets were chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Choice {
    /// The model's strategy.
    pub strategy: Strategy,
    /// The targets in the order in which they would be tried.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<Ranked>,
    /// The targets that were left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<Skipped>,
}

/// A target's place in the order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ranked {
    /// The provider's name.
    pub provider: Arc<str>,
    /// The provider's name for the model.
    pub model: Arc<str>,
    /// By what it came there, such as `412 ms`, `$0.0031` or `3 under way`; empty where the order is
    /// that of the spec.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
}

/// A target, or one of its credentials, that was not tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Skipped {
    /// The provider's name.
    pub provider: Arc<str>,
    /// The provider's name for the model.
    pub model: Arc<str>,
    /// The credential, where it is for its sake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<Arc<str>>,
    /// Why, as the end of a sentence that begins with the target.
    pub why: String,
}
