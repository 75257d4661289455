//! How a model's answers are kept.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Nanos;
use crate::resource::SpecError;

/// Who shares the answers that are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CacheScope {
    /// A key has its own.
    #[default]
    Key,
    /// The keys of an application.
    Application,
    /// The applications of a team.
    Team,
    /// Everyone who may ask for the model: what one caller was told, another may read.
    Global,
}

/// Answers that are kept, and given again where the same is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CacheSpec {
    /// How many seconds an answer is kept: 1 to 2,592,000, which are 30 days.
    pub ttl_s: u32,
    /// Who shares them.
    #[serde(default, skip_serializing_if = "is_key")]
    #[schemars(extend("default" = "key"))]
    pub scope: CacheScope,
    /// What an answer costs that is given again, in percent of what it cost the first time: 0 to
    /// 100.
    #[serde(default, skip_serializing_if = "is_free")]
    #[schemars(extend("default" = 0))]
    pub price_percent: u8,
    /// Whether to keep answers to requests that offer tools: what a tool did once need not be right
    /// to do again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schemars(extend("default" = false))]
    pub tools: bool,
    /// The largest answer that is kept, in bytes.
    #[serde(default = "megabyte", skip_serializing_if = "is_megabyte")]
    #[schemars(extend("default" = MEGABYTE))]
    pub most_bytes: u32,
}

/// The longest time for which an answer is kept, in seconds.
const LONGEST: u32 = 30 * 24 * 3600;
const MEGABYTE: u32 = 1 << 20;

fn megabyte() -> u32 {
    MEGABYTE
}

fn is_megabyte(bytes: &u32) -> bool {
    *bytes == MEGABYTE
}

fn is_key(scope: &CacheScope) -> bool {
    *scope == CacheScope::Key
}

fn is_free(percent: &u8) -> bool {
    *percent == 0
}

impl CacheSpec {
    pub(super) fn check(&self) -> Result<(), SpecError> {
        if !(1..=LONGEST).contains(&self.ttl_s) {
            let message = format!("an answer is kept for 1 to {LONGEST} seconds");
            return Err(SpecError::new("spec.cache.ttl_s", message));
        }
        if self.price_percent > 100 {
            return Err(SpecError::new(
                "spec.cache.price_percent",
                "an answer that is given again costs 0 to 100 percent",
            ));
        }
        Ok(())
    }

    /// What an answer costs that is given again, of what it cost the first time; rounded up.
    pub fn price(&self, first: Nanos) -> Nanos {
        let part = i128::from(first.get()) * i128::from(self.price_percent);
        let whole = part.div_euclid(100) + i128::from(part.rem_euclid(100) > 0);
        // Of a percentage up to 100 no more is left than there was.
        Nanos::new(i64::try_from(whole).unwrap_or(first.get()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_from_the_cache_costs_its_percentage_rounded_up() {
        let of = |percent, nanos| {
            let spec: CacheSpec = serde_json::from_str(r#"{"ttl_s":60}"#).unwrap();
            let spec = CacheSpec {
                price_percent: percent,
                ..spec
            };
            spec.price(Nanos::new(nanos)).get()
        };
        assert_eq!((of(0, 999), of(100, 999), of(50, 999)), (0, 999, 500));
        assert_eq!((of(1, 1), of(10, 0), of(100, i64::MAX)), (1, 0, i64::MAX));
    }

    #[test]
    fn what_cannot_be_kept_so_is_told_with_its_place() {
        for (text, place) in [
            (r#"{"ttl_s":0}"#, "spec.cache.ttl_s"),
            (r#"{"ttl_s":2592001}"#, "spec.cache.ttl_s"),
            (
                r#"{"ttl_s":1,"price_percent":101}"#,
                "spec.cache.price_percent",
            ),
        ] {
            let spec: CacheSpec = serde_json::from_str(text).unwrap();
            let error = spec.check().unwrap_err();
            assert!(error.to_string().contains(place), "{error}");
        }
    }
}
