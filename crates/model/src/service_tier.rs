//! The tiers of service that have prices of their own.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A tier of service besides the standard one.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ServiceTier {
    /// Answers within a day, not at once.
    Batch,
    /// Answers when there is room.
    Flex,
    /// Goes before others.
    Priority,
    /// Is produced faster.
    Fast,
}

impl ServiceTier {
    /// Every tier.
    pub const ALL: [ServiceTier; 4] = [
        ServiceTier::Batch,
        ServiceTier::Flex,
        ServiceTier::Priority,
        ServiceTier::Fast,
    ];

    /// The word, as providers write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            ServiceTier::Batch => "batch",
            ServiceTier::Flex => "flex",
            ServiceTier::Priority => "priority",
            ServiceTier::Fast => "fast",
        }
    }

    /// The tier of this word; `None` for the standard one and for any that is not known.
    pub fn of(word: &str) -> Option<ServiceTier> {
        ServiceTier::ALL
            .into_iter()
            .find(|tier| tier.as_str() == word)
    }
}

/// The tier of service in which an answer was given, as its provider told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServedIn {
    /// The standard one, whatever was asked for.
    Standard,
    /// Another one.
    Tier(ServiceTier),
}

impl fmt::Display for ServiceTier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
