//! The strategies: the order in which targets are tried, and the number by which each came to its
//! place.

use std::sync::Arc;

use tollgate_dialect::asks::end_user;
use tollgate_dialect::codec::Head;
use tollgate_dialect::count;
use tollgate_model::price::{Asked, Price};
use tollgate_model::resources::{HashBy, Strategy};
use tollgate_model::snapshot::{ModelPlan, TargetPlan};
use tollgate_model::time::span_text;
use tollgate_model::{Micros, Nanos, Usage, UsageClass};

use super::draw::by_weight;
use super::hash;
use super::target::TargetState;
use crate::exchange::Exchange;
use crate::tier;
use crate::worker::Worker;

/// Tokens of an answer that `least-cost` reckons with, where the caller names no limit or a larger one: most
/// answers are much shorter than they may be.
const EXPECTED_OUTPUT: u64 = 1_000;
/// Targets that are at most this much slower than the fastest are as fast: a tenth.
const AS_FAST: u32 = 10;

/// A target in its place.
#[derive(Debug)]
pub(crate) struct Ranked<'a> {
    pub(crate) target: &'a TargetPlan,
    /// What is remembered of it; `None` where there is no choice for which it could be of use.
    pub(crate) state: Option<Arc<TargetState>>,
    /// The number, for people; empty where the order is that of the spec.
    pub(crate) by: String,
}

/// Puts targets into the order of the model's strategy.
pub(crate) fn order<'a>(
    worker: &Worker,
    call: &Exchange,
    plan: &ModelPlan,
    targets: Vec<&'a TargetPlan>,
) -> Vec<Ranked<'a>> {
    let remembered = plan.rule.is_some() && plan.targets.len() > 1;
    let ranked = |target: &'a TargetPlan| Ranked {
        target,
        state: remembered.then(|| worker.shared.targets.of(target)),
        by: String::new(),
    };
    let ranked: Vec<Ranked<'_>> = targets.into_iter().map(ranked).collect();
    if ranked.len() < 2 {
        return ranked;
    }
    let ranked = match plan.strategy {
        Strategy::Priority => ranked,
        Strategy::Weighted => weighted(worker, ranked),
        Strategy::LeastLatency => fastest(worker, call, ranked),
        Strategy::LeastCost => cheapest(call, ranked),
        Strategy::LeastBusy => idlest(worker, ranked),
        Strategy::ConsistentHash => hashed(call, &plan.hash_by, ranked),
    };
    ejected_last(ranked, worker.now())
}

/// Puts the targets that fail behind those that do not. Nobody is lost: where all others fail too,
/// they are asked.
fn ejected_last(mut ranked: Vec<Ranked<'_>>, now: Micros) -> Vec<Ranked<'_>> {
    let until = |one: &Ranked<'_>| one.state.as_ref()?.outlier.ejected_until(now);
    for one in &mut ranked {
        if let Some(until) = until(one) {
            let comma = if one.by.is_empty() { "" } else { ", " };
            one.by += &format!("{comma}behind the others until {until}, since it failed");
        }
    }
    ranked.sort_by_key(|one| until(one).is_some());
    ranked
}

fn weighted<'a>(worker: &Worker, mut ranked: Vec<Ranked<'a>>) -> Vec<Ranked<'a>> {
    for one in &mut ranked {
        one.by = format!("weight {}", one.target.weight);
    }
    let items = ranked.into_iter().map(|one| (one.target.weight, one));
    by_weight(items.collect(), |bound| worker.random_below(bound))
}

fn fastest<'a>(worker: &Worker, call: &Exchange, ranked: Vec<Ranked<'a>>) -> Vec<Ranked<'a>> {
    let (stream, now) = (call.wants_stream(), worker.now());
    // One at most is measured again by this call, and it is claimed for it alone.
    let stale = ranked.iter().enumerate();
    let stale = stale.filter_map(|(at, one)| {
        let latency = one.state.as_ref()?.latency(stream);
        Some((latency.stale(now)?, at))
    });
    let stalest = stale.max().map(|(_, at)| at);
    let speed = |(at, one): (usize, &Ranked<'a>)| {
        let Some(state) = &one.state else {
            return Speed::Unknown;
        };
        let latency = state.latency(stream);
        match latency.average() {
            Some(_) if stalest == Some(at) && latency.explores(now) => Speed::Stale,
            Some(average) => Speed::Known(average),
            None if state.busy.count() == 0 => Speed::Unknown,
            None => Speed::FirstUnderWay,
        }
    };
    let speeds: Vec<Speed> = ranked.iter().enumerate().map(speed).collect();
    let items = ranked.into_iter().zip(&speeds).zip(speed_numbers(&speeds));
    let items = items.map(|((mut one, speed), number)| {
        one.by = speed.to_string();
        (number, one)
    });
    smallest_first(items.collect(), |bound| worker.random_below(bound))
}

/// How fast a target is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speed {
    /// Nothing was measured, and nobody is trying.
    Unknown,
    /// Nothing was measured yet, but somebody is trying.
    FirstUnderWay,
    /// It was measured long ago, and this call is to try again.
    Stale,
    /// Microseconds.
    Known(u32),
}

impl std::fmt::Display for Speed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Speed::Unknown => f.write_str("not measured yet"),
            Speed::FirstUnderWay => f.write_str("being measured"),
            Speed::Stale => f.write_str("to be measured again"),
            Speed::Known(micros) => f.write_str(&span_text(u64::from(*micros))),
        }
    }
}

/// A number for each speed, the smallest for the target to try first: what is to be measured, then
/// the fast ones alike, then the others by their time. One whose first answer is under way is taken
/// for the slowest.
fn speed_numbers(speeds: &[Speed]) -> Vec<u64> {
    let known = speeds.iter().filter_map(|speed| match speed {
        Speed::Known(micros) => Some(*micros),
        _ => None,
    });
    let best = known.min().unwrap_or(0);
    let as_fast = best.saturating_add(best / AS_FAST);
    let number = |speed: &Speed| match speed {
        Speed::Unknown | Speed::Stale => 0,
        Speed::Known(micros) if *micros <= as_fast => 1,
        Speed::Known(micros) => u64::from(*micros),
        Speed::FirstUnderWay => u64::MAX,
    };
    speeds.iter().map(number).collect()
}

fn cheapest<'a>(call: &Exchange, mut ranked: Vec<Ranked<'a>>) -> Vec<Ranked<'a>> {
    let cost = |target: &TargetPlan| -> Option<Nanos> {
        let price = tier::price(call, target)?.at(call.at);
        match (&call.task, &call.chat) {
            (Some(head), _) => Some(price.cost(&head.expected()).total),
            (None, Some(chat)) => Some(expected(call, chat, price)),
            (None, None) => None,
        }
    };
    for one in &mut ranked {
        one.by = cost(one.target).map_or_else(String::new, |cost| format!("about ${cost}"));
    }
    ranked.sort_by_key(|one| cost(one.target).unwrap_or(Nanos::MAX));
    ranked
}

/// What an answer in a conversation costs, if it is as long as most.
fn expected(call: &Exchange, chat: &Head, price: &Price) -> Nanos {
    let asked = Asked {
        prompt_tokens: count::estimate(&call.body),
        apart: Usage::NONE.with(UsageClass::WebSearches, chat.searches.into()),
    };
    let most = chat.max_tokens.unwrap_or(EXPECTED_OUTPUT);
    let output = most.min(EXPECTED_OUTPUT) * u64::from(chat.answers).max(1);
    price.bound(&asked, output)
}

fn idlest<'a>(worker: &Worker, ranked: Vec<Ranked<'a>>) -> Vec<Ranked<'a>> {
    let items = ranked.into_iter().map(|mut one| {
        let busy = one.state.as_ref().map_or(0, |state| state.busy.count());
        one.by = format!("{busy} under way");
        (load(busy, one.target.weight), one)
    });
    smallest_first(items.collect(), |bound| worker.random_below(bound))
}

/// The load that a target would have with one call more, for its weight.
fn load(busy: u64, weight: u32) -> u64 {
    const FINE: u64 = 1 << 20;
    match weight {
        0 => u64::MAX,
        weight => busy.saturating_add(1).saturating_mul(FINE) / u64::from(weight),
    }
}

/// Puts the smallest number first; of those with the same number a random one.
fn smallest_first<T>(mut items: Vec<(u64, T)>, mut random_below: impl FnMut(u64) -> u64) -> Vec<T> {
    // Shuffled (Fisher and Yates), then sorted by a sort that keeps the order of equals.
    for at in (1..items.len()).rev() {
        let bound = u64::try_from(at + 1).unwrap_or(u64::MAX);
        items.swap(at, usize::try_from(random_below(bound)).unwrap_or(0));
    }
    items.sort_by_key(|(number, _)| *number);
    items.into_iter().map(|(_, item)| item).collect()
}

fn hashed<'a>(call: &Exchange, by: &HashBy, ranked: Vec<Ranked<'a>>) -> Vec<Ranked<'a>> {
    let key = call.caller.as_ref().map_or("", |caller| &*caller.key);
    let told = match by {
        HashBy::Key => None,
        HashBy::User => end_user(&call.body),
        HashBy::Header(name) => call
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned),
    };
    let told = told.filter(|told| !told.is_empty());
    let says = match (by, &told) {
        (HashBy::User, Some(_)) => "the hash of the end user".to_owned(),
        (HashBy::Header(name), Some(_)) => format!("the hash of the header {name}"),
        _ => format!("the hash of key {key}"),
    };
    let names: Vec<String> = ranked
        .iter()
        .map(|one| format!("{}/{}", one.target.provider.name, one.target.model))
        .collect();
    let weighed: Vec<(&str, u32)> = names
        .iter()
        .zip(&ranked)
        .map(|(name, one)| (name.as_str(), one.target.weight))
        .collect();
    let places = hash::order(told.as_deref().unwrap_or(key), &weighed);
    let mut slots: Vec<Option<Ranked<'a>>> = ranked.into_iter().map(Some).collect();
    let mut taken = |at: usize| slots.get_mut(at).and_then(Option::take);
    let order = places.into_iter().filter_map(&mut taken);
    order
        .map(|one| Ranked {
            by: says.clone(),
            ..one
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn least(bound: u64) -> impl FnMut(u64) -> u64 {
        let mut seed = bound;
        move |bound| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040);
            if bound == 0 { 0 } else { (seed >> 33) % bound }
        }
    }

    #[test]
    fn what_is_to_be_measured_comes_first_and_the_fast_ones_are_alike() {
        let numbers = speed_numbers(&[
            Speed::Known(1_000),
            Speed::Known(1_100),
            Speed::Known(1_101),
            Speed::Unknown,
            Speed::Stale,
            Speed::FirstUnderWay,
        ]);
        assert_eq!(numbers, [1, 1, 1_101, 0, 0, u64::MAX]);
    }

    #[test]
    fn a_target_of_twice_the_weight_is_as_busy_with_twice_the_calls() {
        assert_eq!(load(3, 2), load(1, 1));
        assert!(load(2, 2) < load(1, 1));
        assert!(load(u64::MAX, 1) <= load(0, 0), "no weight comes last");
    }

    proptest! {
        #[test]
        fn the_smallest_number_comes_first_and_nobody_is_lost(
            numbers in proptest::collection::vec(0u64..4, 0..12), seed in any::<u64>(),
        ) {
            let items: Vec<(u64, usize)> = numbers.iter().copied().zip(0..).collect();
            let order = smallest_first(items, least(seed));
            let told: Vec<u64> = order.iter().map(|at| numbers[*at]).collect();
            prop_assert!(told.is_sorted());
            let mut places = order;
            places.sort_unstable();
            prop_assert_eq!(places, (0..numbers.len()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn equals_are_taken_in_turn() {
        let mut random = least(7);
        let mut first = [0u32; 2];
        for _ in 0..1000 {
            first[smallest_first(vec![(5, 0), (5, 1)], &mut random)[0]] += 1;
        }
        assert!((400..600).contains(&first[0]), "{first:?}");
    }
}
