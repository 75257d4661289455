//! How a `Model` gets from a call to a target.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::grammar::check_header_name;
use crate::resource::SpecError;

/// How a model chooses among its targets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// The first target that is well; the next ones where it fails.
    #[default]
    Priority,
    /// By weight, at random; the others where it fails.
    Weighted,
    /// The one whose answers have begun soonest of late.
    LeastLatency,
    /// The one at which this request costs least.
    LeastCost,
    /// The one with the fewest calls under way for its weight.
    LeastBusy,
    /// Always the same one for the same caller; see `hash_by`.
    ConsistentHash,
}

impl Strategy {
    /// The word as it stands in specs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Strategy::Priority => "priority",
            Strategy::Weighted => "weighted",
            Strategy::LeastLatency => "least-latency",
            Strategy::LeastCost => "least-cost",
            Strategy::LeastBusy => "least-busy",
            Strategy::ConsistentHash => "consistent-hash",
        }
    }

    /// Whether a target's weight has a say, so that at least one target must have some.
    pub(super) const fn weighs(self) -> bool {
        matches!(
            self,
            Strategy::Weighted | Strategy::LeastBusy | Strategy::ConsistentHash
        )
    }
}

/// Which calls `consistent-hash` sends to the same target.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HashBy {
    /// Those with the same API key.
    #[default]
    Key,
    /// Those that the request says are of the same end user; by the key where it does not say.
    User,
    /// Those with the same value of this header; by the key where it is not there.
    Header(String),
}

impl HashBy {
    pub(super) fn check(&self) -> Result<(), SpecError> {
        match self {
            HashBy::Header(name) => check_header_name("spec.hash_by.header", name),
            HashBy::Key | HashBy::User => Ok(()),
        }
    }
}

/// Asking another target as well where the first one takes long to begin. Whoever begins first answers,
/// and the other is cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HedgeSpec {
    /// After how many milliseconds without a beginning; at least 1.
    pub after_ms: u32,
}

impl HedgeSpec {
    /// Checks it for a model of so many targets that do not wait for another to fail.
    pub(super) fn check(&self, targets: usize) -> Result<(), SpecError> {
        if self.after_ms == 0 {
            let message = "this is at least 1; leave `hedge` out for none";
            return Err(SpecError::new("spec.hedge.after_ms", message));
        }
        if targets < 2 {
            let message = "there must be a second target that does not wait for another to fail";
            return Err(SpecError::new("spec.hedge", message));
        }
        Ok(())
    }
}

/// When a target that fails is put behind the others, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Ejection {
    /// After so many failures in a row; 0 for never.
    pub consecutive_failures: u32,
    /// When so many of a hundred calls of a window fail; 0 for never.
    pub failure_percent: u8,
    /// How long a window is, in seconds.
    pub window_s: u32,
    /// How many calls a window must have for its share to count.
    pub least_calls: u32,
    /// For how many seconds at first; each time twice as long, until it answers again.
    pub for_s: u32,
    /// For how many seconds at most.
    pub most_s: u32,
}

impl Default for Ejection {
    fn default() -> Ejection {
        Ejection {
            consecutive_failures: 5,
            failure_percent: 50,
            window_s: 30,
            least_calls: 10,
            for_s: 30,
            most_s: 300,
        }
    }
}

impl Ejection {
    pub(super) fn is_usual(&self) -> bool {
        *self == Ejection::default()
    }

    pub(super) fn check(&self) -> Result<(), SpecError> {
        if self.failure_percent > 100 {
            let message = "no more than 100 of a hundred calls fail";
            return Err(SpecError::new("spec.ejection.failure_percent", message));
        }
        for (name, value) in [
            ("window_s", self.window_s),
            ("least_calls", self.least_calls),
            ("for_s", self.for_s),
        ] {
            if value == 0 {
                let place = format!("spec.ejection.{name}");
                return Err(SpecError::new(place, "this is at least 1"));
            }
        }
        if self.most_s < self.for_s {
            let message = "this is less than for_s";
            return Err(SpecError::new("spec.ejection.most_s", message));
        }
        Ok(())
    }
}
