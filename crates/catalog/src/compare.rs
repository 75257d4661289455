//! What differs between two catalogues.

use std::collections::BTreeMap;

use tollgate_model::catalogue::{Catalogue, ModelFacts};
use tollgate_model::price::{Price, Rates, Schedule, When};
use tollgate_model::usage::UsageClass;
use tollgate_model::{Micros, Rate};

use crate::builtin::providers;

/// What happened to a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// It was not listed before.
    New,
    /// Something about it is different.
    Changed,
    /// It is not listed any more.
    Gone,
}

/// A model that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The provider's id.
    pub provider: String,
    /// The model's id.
    pub model: String,
    /// What happened to it.
    pub happened: Happened,
    /// The rates that differ, as they hold at the moment for a prompt of any size.
    pub rates: Vec<RateDifference>,
    /// Whether something else differs: prices at another time, of larger prompts or in other tiers
    /// of service; limits, abilities.
    pub more: bool,
}

/// A rate that differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateDifference {
    /// What is consumed.
    pub class: UsageClass,
    /// What a million of it cost; `None` where there was no rate.
    pub before: Option<Rate>,
    /// What a million of it costs.
    pub after: Option<Rate>,
}

/// The models of the built-in providers that differ, in the order of the providers. Where a price
/// comes from is no difference.
pub fn compare(old: &dyn Catalogue, new: &dyn Catalogue, at: Micros) -> Vec<Difference> {
    let mut all = Vec::new();
    for provider in providers() {
        let (before, after) = (old.models(&provider.id), new.models(&provider.id));
        // The same list of the same catalogue.
        if std::ptr::eq(before, after) {
            continue;
        }
        let (before, after) = (by_id(before), by_id(after));
        for (id, facts) in &after {
            let was = before.get(id).copied();
            all.extend(difference(&provider.id, was, Some(facts), at));
        }
        let gone = before.iter().filter(|(id, _)| !after.contains_key(*id));
        for (_, facts) in gone {
            all.extend(difference(&provider.id, Some(facts), None, at));
        }
    }
    all
}

fn by_id(models: &[ModelFacts]) -> BTreeMap<&str, &ModelFacts> {
    models
        .iter()
        .map(|facts| (facts.id.as_str(), facts))
        .collect()
}

fn difference(
    provider: &str,
    before: Option<&ModelFacts>,
    after: Option<&ModelFacts>,
    at: Micros,
) -> Option<Difference> {
    let happened = match (before, after) {
        (None, Some(_)) => Happened::New,
        (Some(_), None) => Happened::Gone,
        _ => Happened::Changed,
    };
    let (old, new) = (
        before.and_then(|b| rates(b, at)),
        after.and_then(|a| rates(a, at)),
    );
    let differ = UsageClass::ALL.into_iter().filter_map(|class| {
        let of = |rates: Option<&Rates>| rates.and_then(|rates| rates.exact(class));
        let (before, after) = (of(old), of(new));
        (before != after).then_some(RateDifference {
            class,
            before,
            after,
        })
    });
    let rates: Vec<RateDifference> = differ.collect();
    let more = before
        .zip(after)
        .is_some_and(|(before, after)| differs(before, after));
    let told = happened != Happened::Changed || more || !rates.is_empty();
    told.then(|| Difference {
        provider: provider.to_owned(),
        model: before
            .or(after)
            .map(|facts| facts.id.clone())
            .unwrap_or_default(),
        happened,
        more: more && rates.is_empty(),
        rates,
    })
}

fn rates(facts: &ModelFacts, at: Micros) -> Option<&Rates> {
    Some(facts.price.as_ref()?.at(at).rates(0))
}

fn differs(before: &ModelFacts, after: &ModelFacts) -> bool {
    let services = |facts: &ModelFacts| facts.services.keys().copied().collect::<Vec<_>>();
    let plain = |facts: &ModelFacts| {
        (
            facts.context_window,
            facts.max_output,
            facts.input,
            facts.output,
            facts.abilities,
            facts.deprecated,
            facts.price.is_some(),
            services(facts),
        )
    };
    let pairs = before.services.values().zip(after.services.values());
    plain(before) != plain(after)
        || before
            .price
            .iter()
            .zip(&after.price)
            .chain(pairs)
            .any(|(a, b)| !cost_the_same(a, b))
}

/// Whether two schedules come to the same, wherever they come from.
fn cost_the_same(a: &Schedule, b: &Schedule) -> bool {
    let same = |((when, price), (other, new)): (&Entry, &Entry)| {
        when == other && price.tiers() == new.tiers()
    };
    a.entries().len() == b.entries().len() && a.entries().iter().zip(b.entries()).all(same)
}

type Entry = (When, Price);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Update;

    fn told(old: &str, new: &str) -> Vec<String> {
        let catalogue = |models: &str| {
            let text = format!(r#"{{"source":"s","providers":{{"jina":[{models}]}}}}"#);
            Update::read(&text, "").unwrap().catalogue(1)
        };
        let differences = compare(&*catalogue(old), &*catalogue(new), Micros(0));
        let text = |one: Difference| {
            let rates = one.rates.iter().map(|rate| {
                let told =
                    |rate: Option<Rate>| rate.map_or("-".to_owned(), |rate| rate.to_string());
                format!(" {} {}>{}", rate.class, told(rate.before), told(rate.after))
            });
            let rates: String = rates.collect();
            let more = if one.more { " more" } else { "" };
            format!("{} {:?}{rates}{more}", one.model, one.happened)
        };
        differences.into_iter().map(text).collect()
    }

    #[test]
    fn what_is_new_changed_or_gone_is_told_with_its_rates() {
        let old = r#"{"id":"same","prices":[{"rates":{"input":"1"}}]},
            {"id":"dear","prices":[{"rates":{"input":"1","cache_read":"0.1"}}]},
            {"id":"late","prices":[{"rates":{"input":"1"}}]},
            {"id":"wide","context":5},
            {"id":"gone","prices":[{"rates":{"input":"1"}}]}"#;
        let new = r#"{"id":"same","prices":[{"rates":{"input":"1"}}]},
            {"id":"dear","prices":[{"rates":{"input":"2","output":"3"}}]},
            {"id":"late","prices":[{"rates":{"input":"1"}},{"from":"2030-01-01T00:00:00Z","rates":{"input":"2"}}]},
            {"id":"wide","context":6},
            {"id":"new","prices":[{"rates":{"input":"1"}}]}"#;
        assert_eq!(
            told(old, new),
            [
                "dear Changed input 1.00>2.00 cache_read 0.10>- output ->3.00",
                "late Changed more",
                "new New input ->1.00",
                "wide Changed more",
                "gone Gone input 1.00>-",
            ]
        );
        assert!(told(old, old).is_empty());
    }
}
