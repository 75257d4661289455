//! Prices as the API shows them: decimal strings, per class.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tollgate_model::price::{Rates, Schedule};
use tollgate_model::{Micros, Rate, UsageClass};

/// The price of a model at a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Price")]
pub(crate) struct PriceView {
    /// Where the price comes from.
    pub source: String,
    /// Dollars per million units, by class, for a prompt of any size that no tier names. A class
    /// that is not listed costs what the class costs that it is a kind of.
    pub rates: BTreeMap<UsageClass, Rate>,
    /// Other rates for larger prompts, in rising order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<TierView>,
    /// Whether the price changes with the date or the time of day; what is shown holds now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub changes: bool,
}

/// Rates that hold from a size of prompt on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PriceTier")]
pub(crate) struct TierView {
    /// Where the prompt has more tokens than this.
    pub above: u64,
    /// Dollars per million units, by class.
    pub rates: BTreeMap<UsageClass, Rate>,
}

/// A price as it holds at a moment.
pub(crate) fn view(schedule: &Schedule, at: Micros) -> PriceView {
    let price = schedule.at(at);
    let mut tiers = price.tiers().iter().map(|tier| TierView {
        above: tier.above,
        rates: by_class(&tier.rates),
    });
    PriceView {
        source: price.source.clone(),
        rates: tiers.next().map(|first| first.rates).unwrap_or_default(),
        tiers: tiers.collect(),
        changes: schedule.entries().len() > 1,
    }
}

fn by_class(rates: &Rates) -> BTreeMap<UsageClass, Rate> {
    UsageClass::ALL
        .into_iter()
        .filter_map(|class| Some((class, rates.exact(class)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use tollgate_model::price::{Price, Tier, When};

    use super::*;

    fn rates(input: &str) -> Rates {
        let mut rates = Rates::default();
        rates.set(UsageClass::Input, input.parse().unwrap());
        rates
    }

    #[test]
    fn tiers_and_the_time_of_day_are_shown() {
        let tier = |above, input| Tier {
            above,
            rates: rates(input),
        };
        let tiered = Price::tiered("list", vec![tier(0, "1.25"), tier(200_000, "2.5")]).unwrap();
        let night = When::Daily {
            from: 0,
            until: 3_600,
        };
        let schedule = Schedule::new(vec![
            (When::Always, tiered),
            (night, Price::flat("night", rates("0.5"))),
        ]);
        let schedule = schedule.unwrap();
        let shown = |at: &str| {
            let view = view(&schedule, Micros::parse(at).unwrap());
            serde_json::to_string(&view).unwrap()
        };
        insta::assert_snapshot!(shown("2026-11-24T12:00:00Z"), @r#"
        {"source":"list","rates":{"input":"1.25"},"tiers":[{"above":200000,"rates":{"input":"2.50"}}],"changes":true}
        "#);
        insta::assert_snapshot!(shown("2026-11-24T00:30:00Z"), @r#"
        {"source":"night","rates":{"input":"0.50"},"changes":true}
        "#);
    }
}
