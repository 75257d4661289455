//! `Model`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::CacheSpec;
use super::condition::{Need, When, check_tags};
use super::fallback::{Fallback, ModelTimeouts};
use super::routing::{Ejection, HashBy, HedgeSpec, Strategy};
use crate::Name;
use crate::resource::SpecError;

/// One provider's model behind a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetSpec {
    /// The provider.
    pub provider: Name,
    /// The provider's own name for the model.
    pub model: String,
    /// Its share of calls relative to the other targets, under `weighted`, `least-busy` and
    /// `consistent-hash`. One of no weight only steps in where the others fail.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    #[schemars(extend("default" = 1))]
    pub weight: u32,
    /// Which requests it is for; all where it is left out.
    #[serde(default, skip_serializing_if = "When::is_empty")]
    pub when: When,
    /// What is said of it. A request that has tags itself only goes to targets with one of them, if
    /// any target of the model has tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// What it cannot do: requests that need it go elsewhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cannot: Vec<Need>,
    /// The most tokens of prompt and answer together; the catalogue's where it is left out. Longer
    /// prompts, by the gateway's estimate, go elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_window: Option<u64>,
    /// Makes it a stand-in: it is only asked after one of these failures of another target, even of
    /// a kind that `fallback_on` does not have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub takes_over: Vec<Fallback>,
}

fn one() -> u32 {
    1
}

fn is_one(weight: &u32) -> bool {
    *weight == 1
}

/// A model: a name that callers ask for, and the targets behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelSpec {
    /// How a target is chosen. The others step in, in the strategy's order, where it fails.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(extend("default" = "priority"))]
    pub strategy: Strategy,
    /// Which calls `consistent-hash` sends to the same target: those with the same `key` (the
    /// default), of the same end `user`, or with the same value of a header: `{header: NAME}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash_by: Option<HashBy>,
    /// At least one.
    pub targets: Vec<TargetSpec>,
    /// Whether and how answers are kept, to be given again where the same is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache: Option<CacheSpec>,
    /// After which failures another target takes over. Where it is left out, after all but
    /// `context_too_long` and `content_filtered`, which are the caller's answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback_on: Option<Vec<Fallback>>,
    /// How long its answers may take.
    #[serde(default, skip_serializing_if = "ModelTimeouts::is_empty")]
    pub timeouts: ModelTimeouts,
    /// When a target that fails is put behind the others, and for how long.
    #[serde(default, skip_serializing_if = "Ejection::is_usual")]
    pub ejection: Ejection,
    /// After how long without a beginning another target is asked as well, for answers in a
    /// conversation; never, where this is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hedge: Option<HedgeSpec>,
    /// A second target that gets a copy of some requests in the background, to see how it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shadow: Option<ShadowSpec>,
}

/// A target that gets copies of requests. Its answers are dropped; what they cost is the operator's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShadowSpec {
    /// The provider.
    pub provider: Name,
    /// The provider's own name for the model.
    pub model: String,
    /// Of how many of a hundred requests it gets a copy, at random: 1 to 100.
    #[serde(default = "hundred", skip_serializing_if = "is_hundred")]
    #[schemars(extend("default" = 100))]
    pub percent: u8,
}

fn hundred() -> u8 {
    100
}

fn is_hundred(percent: &u8) -> bool {
    *percent == 100
}

fn is_default(strategy: &Strategy) -> bool {
    *strategy == Strategy::default()
}

impl ModelSpec {
    pub(crate) fn check(&self) -> Result<(), SpecError> {
        if self.targets.is_empty() {
            return Err(SpecError::new("spec.targets", "name at least one target"));
        }
        if let Some(cache) = &self.cache {
            cache.check()?;
        }
        for (place, target) in self.targets.iter().enumerate() {
            target.check(&format!("spec.targets[{place}]"))?;
        }
        if self
            .targets
            .iter()
            .all(|target| !target.takes_over.is_empty())
        {
            let message = "at least one target must not wait for another to fail";
            return Err(SpecError::new("spec.targets[0].takes_over", message));
        }
        if let Some(hedge) = &self.hedge {
            let sure = self.targets.iter();
            hedge.check(sure.filter(|target| target.takes_over.is_empty()).count())?;
        }
        self.timeouts.check()?;
        self.ejection.check()?;
        self.check_shadow()?;
        self.check_strategy()
    }

    fn check_shadow(&self) -> Result<(), SpecError> {
        let Some(shadow) = &self.shadow else {
            return Ok(());
        };
        if shadow.model.is_empty() {
            let message = "the model's name is empty";
            return Err(SpecError::new("spec.shadow.model", message));
        }
        if !(1..=100).contains(&shadow.percent) {
            let message = "this is 1 to 100; leave `shadow` out for none";
            return Err(SpecError::new("spec.shadow.percent", message));
        }
        Ok(())
    }

    fn check_strategy(&self) -> Result<(), SpecError> {
        if self.strategy.weighs() && self.targets.iter().all(|target| target.weight == 0) {
            return Err(SpecError::new(
                "spec.targets",
                "give at least one target a weight",
            ));
        }
        let Some(hash_by) = &self.hash_by else {
            return Ok(());
        };
        if self.strategy != Strategy::ConsistentHash {
            let message = format!(
                "only the strategy consistent-hash hashes, and this one is {}",
                self.strategy.as_str()
            );
            return Err(SpecError::new("spec.hash_by", message));
        }
        hash_by.check()
    }
}

impl TargetSpec {
    fn check(&self, place: &str) -> Result<(), SpecError> {
        if self.model.is_empty() {
            let place = format!("{place}.model");
            return Err(SpecError::new(place, "the model's name is empty"));
        }
        if self.context_window == Some(0) {
            let place = format!("{place}.context_window");
            return Err(SpecError::new(place, "a window is at least 1 token"));
        }
        if let Some(need) = self.when.has.iter().find(|need| self.cannot.contains(need)) {
            let message = format!(
                "it is for requests with {0} and cannot do it",
                need.as_str()
            );
            return Err(SpecError::new(format!("{place}.cannot"), message));
        }
        self.when.check(&format!("{place}.when"))?;
        check_tags(&self.tags, &format!("{place}.tags"))
    }
}
