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
    /// Our strategy.
    const fn strategy(self) -> Strategy {
        match self {
            Choice::Ordered => Strategy::Priority,
            Choice::Weighted => Strategy::Weighted,
            Choice::Latency => Strategy::LeastLatency,
            Choice::Busy | Choice::Usage => Strategy::LeastBusy,
            Choice::Cost => Strategy::LeastCost,
        }
    }

    /// How our strategy differs from what was meant.
    const fn change(self) -> Option<&'static str> {
        match self {
            Choice::Usage => Some(
                "the target with the fewest calls under way is asked, not the one that was used least",
            ),
            _ => None,
        }
    }
}

/// One target of a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The provider's name here.
    pub provider: String,
    /// The provider's name for the model.
    pub model: String,
    /// Its share among those that are chosen from.
    pub weight: u32,
    /// Whether it is only asked after the usual failures of the others.
    pub stands_in: bool,
    /// Kinds of failures after which it is asked as well, and without the usual ones, only.
    pub after: Vec<&'static str>,
}

/// The kinds of failures after which another target usually takes over.
const USUAL: [&str; 7] = [
    "rate_limited",
    "unfunded",
    "overloaded",
    "timeout",
    "server_error",
    "auth",
    "not_found",
];

/// The kind of a failure by the status of its answer; `None` for one that is the caller's answer.
pub(crate) fn failure(status: i64) -> Option<&'static str> {
    Some(match status {
        401 | 403 => "auth",
        402 => "unfunded",
        404 => "not_found",
        408 | 504 => "timeout",
        429 => "rate_limited",
        503 | 529 => "overloaded",
        500..=599 => "server_error",
        _ => return None,
    })
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
    /// After which kinds of failures another target is asked, where it is not the usual ones.
    pub fallback_on: Vec<&'static str>,
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
    /// choose, the order says everything.
    pub(crate) fn spec(&self) -> (Value, Option<&'static str>) {
        let chosen = self.targets.iter().filter(|target| target.is_chosen());
        let first = self.targets.first().is_some_and(Target::is_chosen);
        let ordered = self.targets.len() == 1 || (chosen.count() <= 1 && first);
        let choice = match ordered {
            true => Choice::Ordered,
            false => self.choice,
        };
        let strategy = choice.strategy();
        let targets: Vec<Value> = self
            .targets
            .iter()
            .map(|target| target.spec(strategy))
            .collect();
        let mut spec = json!({ "targets": targets });
        if strategy != Strategy::Priority {
            spec["strategy"] = json!(strategy);
        }
        if let Some(seconds) = self.cache {
            spec["cache"] = json!({ "ttl_s": seconds });
        }
        if !self.fallback_on.is_empty() {
            spec["fallback_on"] = json!(self.fallback_on);
        }
        (spec, choice.change())
    }

    /// Adds targets that are asked after a kind of failure of the others, or where it is `None` after
    /// the usual ones; those that are there already are not added again.
    pub(crate) fn fall_back(&mut self, others: &[Target], after: Option<&'static str>) {
        for other in others {
            let same = |target: &&mut Target| {
                target.provider == other.provider && target.model == other.model
            };
            match self.targets.iter_mut().find(same) {
                Some(target) if target.is_chosen() => {}
                Some(target) => target.stand_in(after),
                None => {
                    let mut target = Target {
                        after: Vec::new(),
                        stands_in: false,
                        ..other.clone()
                    };
                    target.stand_in(after);
                    self.targets.push(target);
                }
            }
        }
    }
}

impl Target {
    /// A target that is chosen from, with its share.
    pub(crate) fn share(provider: &impl ToString, model: &str, weight: u32) -> Target {
        Target {
            provider: provider.to_string(),
            model: model.to_owned(),
            weight,
            stands_in: weight == 0,
            after: Vec::new(),
        }
    }

    fn is_chosen(&self) -> bool {
        !self.stands_in && self.after.is_empty()
    }

    fn stand_in(&mut self, after: Option<&'static str>) {
        self.weight = 0;
        match after {
            None => self.stands_in = true,
            Some(kind) if self.after.contains(&kind) => {}
            Some(kind) => self.after.push(kind),
        }
    }

    /// The spec under a strategy. One that stands in has no weight where weights are looked at,
    /// comes later in an order, and names the failures where neither says it.
    fn spec(&self, strategy: Strategy) -> Value {
        let mut spec = json!({ "provider": self.provider, "model": self.model });
        let weighs = matches!(strategy, Strategy::Weighted | Strategy::LeastBusy);
        let ordered = strategy == Strategy::Priority;
        let unsaid = self.stands_in && (!self.after.is_empty() || !(weighs || ordered));
        let usual = USUAL.iter().filter(|_| unsaid);
        let after: Vec<&str> = usual.chain(&self.after).copied().collect();
        if !after.is_empty() {
            spec["takes_over"] = json!(after);
        } else if weighs && self.weight != 1 {
            spec["weight"] = json!(self.weight);
        }
        spec
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(provider: &str, weight: u32) -> Target {
        Target::share(&provider, "m", weight)
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
                fallback_on: Vec::new(),
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
            fallback_on: Vec::new(),
        };
        route.fall_back(&[target("b", 4), target("c", 4)], None);
        let weights: Vec<_> = route.targets.iter().map(|t| t.weight).collect();
        assert_eq!(weights, [1, 1, 0]);
        route.fall_back(&[target("c", 4), target("d", 4)], Some("context_too_long"));
        let standing: Vec<_> = route
            .targets
            .iter()
            .map(|t| (t.stands_in, t.after.len()))
            .collect();
        assert_eq!(standing, [(false, 0), (false, 0), (true, 1), (false, 1)]);
    }

    #[test]
    fn one_that_stands_in_says_after_which_failures_where_no_weight_does() {
        let takes_over = |choice| {
            let mut route = Route {
                choice,
                targets: vec![target("a", 1), target("b", 1)],
                cache: None,
                fallback_on: Vec::new(),
            };
            route.fall_back(&[target("c", 4)], None);
            let (spec, change) = route.spec();
            assert_eq!(change, None);
            spec["targets"][2]["takes_over"]
                .as_array()
                .map_or(0, Vec::len)
        };
        assert_eq!(takes_over(Choice::Weighted), 0);
        assert_eq!(takes_over(Choice::Busy), 0);
        assert_eq!(takes_over(Choice::Latency), USUAL.len());
        assert_eq!(takes_over(Choice::Cost), USUAL.len());
    }
}
