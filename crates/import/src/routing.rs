//! How other gateways choose among targets, in words of ours. A strategy that is added to `Model`
//! is a line here.

use serde_json::{Value, json};
use tollgate_model::resources::Strategy;

/// How a source chooses among the targets of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// In their order.
    Ordered,
    /// By weight, at random; targets of no weight only where the others fail.
    Weighted,
    /// The one that answers fastest.
    Latency,
    /// The one with the fewest calls under way.
    Busy,
    /// The one that was used least, by tokens or requests in the minute.
    Usage,
    /// The cheapest.
    Cost,
}

impl Choice {
    /// Our word for it.
    const fn word(self) -> &'static str {
        match self {
            Choice::Ordered => "priority",
            Choice::Weighted => "weighted",
            Choice::Latency => "least-latency",
            Choice::Busy | Choice::Usage => "least-busy",
            Choice::Cost => "least-cost",
        }
    }

    /// Our strategy, and how it differs from what was meant. One that this version does not have
    /// is a choice by weight.
    fn strategy(self) -> (&'static str, Option<String>) {
        let word = self.word();
        if serde_json::from_value::<Strategy>(json!(word)).is_err() {
            let change = format!("the strategy {word} is not there: targets are drawn by weight");
            return (Choice::Weighted.word(), Some(change));
        }
        let change = (self == Choice::Usage).then(|| {
            "the target with the fewest calls under way is asked, not the one that was used least"
        });
        (word, change.map(str::to_owned))
    }
}

/// One target of a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The provider's name here.
    pub provider: String,
    /// The provider's name for the model.
    pub model: String,
    /// Its share; 0 for one that is asked only where the others fail.
    pub weight: u32,
}

/// The targets behind a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    /// How one is chosen.
    pub choice: Choice,
    /// At least one.
    pub targets: Vec<Target>,
    /// For how many seconds answers are kept.
    pub cache: Option<u32>,
}

/// The longest time for which answers are kept, in seconds.
const LONGEST_CACHE: u32 = 30 * 86_400;

/// For how many seconds answers are kept here that a source keeps for so many; `None` where it is no
/// time.
pub(crate) fn kept_for(seconds: Option<i64>) -> Option<u32> {
    let seconds = u32::try_from(seconds?)
        .ok()
        .filter(|seconds| *seconds > 0)?;
    Some(seconds.min(LONGEST_CACHE))
}

impl Route {
    /// The spec of a `Model`, and how it differs from what was meant. Where there is nothing to
    /// choose, or one target has all of the weight and comes first, the order says everything.
    pub(crate) fn spec(&self) -> (Value, Option<String>) {
        let weighty = self
            .targets
            .iter()
            .filter(|target| target.weight > 0)
            .count();
        let first = self.targets.first().is_some_and(|target| target.weight > 0);
        let ordered = self.targets.len() == 1 || (weighty <= 1 && first);
        let choice = if ordered {
            Choice::Ordered
        } else {
            self.choice
        };
        let (strategy, change) = choice.strategy();
        let targets: Vec<Value> = self
            .targets
            .iter()
            .map(|target| target.spec(choice != Choice::Ordered))
            .collect();
        let mut spec = json!({ "targets": targets });
        if strategy != "priority" {
            spec["strategy"] = json!(strategy);
        }
        if let Some(seconds) = self.cache {
            spec["cache"] = json!({ "ttl_s": seconds });
        }
        (spec, change)
    }

    /// Adds targets that are asked where all others fail; those that are there already are not
    /// added again.
    pub(crate) fn fall_back(&mut self, others: &[Target]) {
        for other in others {
            let known = self
                .targets
                .iter()
                .any(|target| target.provider == other.provider && target.model == other.model);
            if !known {
                self.targets.push(Target {
                    weight: 0,
                    ..other.clone()
                });
            }
        }
    }
}

impl Target {
    fn spec(&self, with_weight: bool) -> Value {
        let mut spec = json!({ "provider": self.provider, "model": self.model });
        if with_weight && self.weight != 1 {
            spec["weight"] = json!(self.weight);
        }
        spec
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(provider: &str, weight: u32) -> Target {
        Target {
            provider: provider.to_owned(),
            model: "m".to_owned(),
            weight,
        }
    }

    #[test]
    fn a_route_is_as_simple_as_it_can_be() {
        let route = |choice, weights: &[u32]| {
            let names = ["a", "b", "c"];
            let targets = names.iter().zip(weights).map(|(name, w)| target(name, *w));
            let route = Route {
                choice,
                targets: targets.collect(),
                cache: None,
            };
            let spec = route.spec().0;
            let weights = spec["targets"].as_array().unwrap().iter();
            let weights: Vec<_> = weights.map(|t| t["weight"].as_u64()).collect();
            (spec["strategy"].as_str().map(str::to_owned), weights)
        };
        let weighted = Some("weighted".to_owned());
        assert_eq!(route(Choice::Weighted, &[7]), (None, vec![None]));
        assert_eq!(route(Choice::Weighted, &[7, 0]), (None, vec![None, None]));
        assert_eq!(
            route(Choice::Weighted, &[2, 1, 0]),
            (weighted.clone(), vec![Some(2), None, Some(0)])
        );
        assert_eq!(
            route(Choice::Weighted, &[0, 1]),
            (weighted, vec![Some(0), None])
        );
        assert_eq!(route(Choice::Ordered, &[1, 5]), (None, vec![None, None]));
    }

    #[test]
    fn a_fallback_comes_last_and_once() {
        let mut route = Route {
            choice: Choice::Weighted,
            targets: vec![target("a", 1), target("b", 1)],
            cache: None,
        };
        route.fall_back(&[target("b", 4), target("c", 4)]);
        let weights: Vec<_> = route.targets.iter().map(|t| t.weight).collect();
        assert_eq!(weights, [1, 1, 0]);
    }
}
