//! `Key`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::condition::check_tags;
use crate::resource::SpecError;
use crate::{KeyHash, Micros, Name};

/// An API key of an application. The key itself is shown once, when it is made; only its hash is
/// kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeySpec {
    /// The application that calls with this key.
    pub application: Name,
    /// SHA-256 of the key.
    pub hash: KeyHash,
    /// The first characters of the key, so that people can tell keys apart.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hint: String,
    /// RFC 3339 time from which on the key no longer works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// Whether the key was revoked. A revoked key tells its caller so; a deleted one is unknown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schemars(extend("default" = false))]
    pub revoked: bool,
    /// The models that the key may ask for: names, or prefixes that end in `*`. Empty allows all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<String>,
    /// Tags that every request with this key has: a model's targets can be chosen by them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

impl KeySpec {
    pub(crate) fn check(&self) -> Result<(), SpecError> {
        if let Some(text) = &self.expires_at
            && Micros::parse(text).is_none()
        {
            let message = format!("\"{text}\" is not a time such as 2026-12-31T23:59:59Z");
            return Err(SpecError::new("spec.expires_at", message));
        }
        if self.models.iter().any(String::is_empty) {
            return Err(SpecError::new("spec.models", "a model's name is empty"));
        }
        check_tags(&self.tags, "spec.tags")
    }

    /// When the key stops working.
    pub fn expires(&self) -> Micros {
        self.expires_at
            .as_deref()
            .and_then(Micros::parse)
            .unwrap_or(Micros::NEVER)
    }
}
