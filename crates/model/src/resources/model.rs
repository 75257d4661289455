//! `Model`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::CacheSpec;
use crate::Name;
use crate::resource::SpecError;

/// How a model chooses among its targets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// The first target that is well; the next ones where it fails.
    #[default]
    Priority,
    /// By weight, at random; the others where it fails.
    Weighted,
}

/// One provider's model behind a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetSpec {
    /// The provider.
    pub provider: Name,
    /// The provider's own name for the model.
    pub model: String,
    /// The share of calls under `weighted`, relative to the other targets.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    #[schemars(extend("default" = 1))]
    pub weight: u32,
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
    /// How a target is chosen.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(extend("default" = "priority"))]
    pub strategy: Strategy,
    /// At least one.
    pub targets: Vec<TargetSpec>,
    /// Whether and how answers are kept, to be given again where the same is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache: Option<CacheSpec>,
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
            if target.model.is_empty() {
                let place = format!("spec.targets[{place}].model");
                return Err(SpecError::new(place, "the model's name is empty"));
            }
            if target.weight == 0 && self.targets.iter().all(|t| t.weight == 0) {
                return Err(SpecError::new(
                    "spec.targets",
                    "give at least one target a weight",
                ));
            }
        }
        Ok(())
    }
}
