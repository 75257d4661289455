//! The rows of the data files. The import of prices writes them, the catalogue reads them.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use tollgate_model::abilities::{Abilities, Modalities};
use tollgate_model::catalogue::Quirks;
use tollgate_model::price::{Price, Rates, Schedule, Tier, When};
use tollgate_model::resources::{AuthHeader, FileService, PlatformSpec};
use tollgate_model::usage::UsageClass;
use tollgate_model::{Dialect, Micros, Rate, ServiceTier, Usage};

/// A line of `providers.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderRow {
    /// The id; also the name under which it is registered.
    pub id: String,
    /// The name for people.
    pub title: String,
    /// The wire format.
    pub dialect: Dialect,
    /// Other wire formats that it speaks at the same address, with the same credentials.
    #[serde(default)]
    pub also: Vec<Dialect>,
    /// The address under which the dialect's paths lie; absent where only the user knows it.
    #[serde(default)]
    pub base_url: Option<String>,
    /// The address with `{region}` in it, of a provider that has one in each region.
    #[serde(default)]
    pub regional_url: Option<String>,
    /// The usual variables of its region, the likeliest first.
    #[serde(default)]
    pub region_env: Vec<String>,
    /// Whether it takes a key pair of AWS, from AWS's usual variables.
    #[serde(default)]
    pub aws: bool,
    /// The cloud on which it runs, where that has addresses of its own.
    #[serde(default)]
    pub platform: Option<PlatformSpec>,
    /// The header that carries its API key, where it is not the dialect's.
    #[serde(default)]
    pub auth: Option<AuthHeader>,
    /// The usual variables of its API key, the likeliest first.
    #[serde(default)]
    pub env: Vec<String>,
    /// The variable that holds its address, for a provider that runs on the user's machines.
    #[serde(default)]
    pub address: Option<String>,
    /// Whether it works without a key.
    #[serde(default)]
    pub keyless: bool,
    /// Whether finding its variable is reason enough to register it. False where the variable
    /// opens more than models, and so is often set for another purpose.
    #[serde(default = "yes")]
    pub register: bool,
    /// Whether it holds realtime sessions.
    #[serde(default)]
    pub realtime: bool,
    /// What of OpenAI's files and batches it has.
    #[serde(default)]
    pub files: FileService,
    /// Where it departs from its dialect.
    #[serde(default)]
    pub quirks: Quirks,
    /// Whether its models are called as its owner likes. Then the lists only serve to find the price
    /// of a model that is called as its maker calls it, and nobody means such a model by its bare
    /// name.
    #[serde(default)]
    pub own_names: bool,
    /// The least that it bills of a class to a call that uses it at all.
    #[serde(default)]
    pub least: BTreeMap<UsageClass, u64>,
    /// The lists in `prices.json` that are its own, one after the other; a text where it is one.
    #[serde(default, deserialize_with = "one_or_several")]
    pub prices: Vec<String>,
}

impl ProviderRow {
    /// The least that it bills of each class to a call that uses it.
    pub(crate) fn least(&self) -> Usage {
        let least = self.least.iter();
        least.map(|(class, least)| (*class, Some(*least))).collect()
    }
}

fn yes() -> bool {
    true
}

fn one_or_several<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        One(String),
        Several(Vec<String>),
    }
    Ok(match Written::deserialize(deserializer)? {
        Written::One(list) => vec![list],
        Written::Several(lists) => lists,
    })
}

/// A model in `prices.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelRow {
    /// The provider's name for it.
    pub id: String,
    /// Patterns of its other names, in lower case, as [`crate::glob`] reads them.
    #[serde(default, rename = "match", skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<String>,
    /// Patterns of names that are not meant, although `match` has them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<String>,
    /// The most tokens of prompt and answer together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<u64>,
    /// The most tokens of an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_output: Option<u64>,
    /// What it takes in; absent where what is known of its family holds.
    #[serde(default, skip_serializing_if = "Modalities::is_unknown")]
    pub input: Modalities,
    /// What it gives; the same.
    #[serde(default, skip_serializing_if = "Modalities::is_unknown")]
    pub output: Modalities,
    /// What it can do; the same.
    #[serde(default, skip_serializing_if = "Abilities::is_unknown")]
    pub can: Abilities,
    /// Whether its provider has announced its end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deprecated: bool,
    /// Its prices, the first of which always holds; of those that hold, the last one counts. None
    /// where nobody knows what it costs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prices: Vec<PriceRow>,
    /// Its prices in other tiers of service than the standard one, by the same rules.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub services: BTreeMap<ServiceTier, Vec<PriceRow>>,
}

/// Dollars per million, by class.
pub type RateRow = BTreeMap<UsageClass, Rate>;

/// A price and when it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceRow {
    /// It holds from this moment on; RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// It holds each day between these seconds after midnight UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub daily: Option<(u32, u32)>,
    /// The rates.
    pub rates: RateRow,
    /// The rates of the whole call where the prompt has more tokens than the key says.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub above: BTreeMap<u64, RateRow>,
}

impl ModelRow {
    /// The price as the till computes with it, at a provider that bills at least so much. `None` where
    /// the row has none, or one whose first entry does not always hold.
    pub(crate) fn schedule(&self, source: &str, least: &Usage) -> Option<Schedule> {
        schedule(&self.prices, source, least)
    }

    /// The prices in other tiers of service.
    pub(crate) fn schedules(&self, source: &str, least: &Usage) -> BTreeMap<ServiceTier, Schedule> {
        let tiers = self.services.iter();
        tiers
            .filter_map(|(tier, rows)| {
                let source = format!("{source}, tier {tier}");
                Some((*tier, schedule(rows, &source, least)?))
            })
            .collect()
    }
}

fn schedule(rows: &[PriceRow], source: &str, least: &Usage) -> Option<Schedule> {
    let entries = rows.iter().map(|row| {
        let (when, price) = row.entry(source)?;
        Some((when, price.at_least(least)))
    });
    let entries: Option<Vec<(When, Price)>> = entries.collect();
    Schedule::new(entries?)
}

impl PriceRow {
    fn entry(&self, source: &str) -> Option<(When, Price)> {
        let when = match (&self.from, self.daily) {
            (Some(from), _) => When::From(Micros::parse(from)?),
            (None, Some((from, until))) => When::Daily { from, until },
            (None, None) => When::Always,
        };
        let first = Tier {
            above: 0,
            rates: rates(&self.rates),
        };
        let more = self.above.iter().map(|(above, row)| Tier {
            above: *above,
            rates: rates(row),
        });
        let tiers = std::iter::once(first).chain(more).collect();
        Some((when, Price::tiered(source, tiers)?))
    }
}

fn rates(row: &RateRow) -> Rates {
    let mut rates = Rates::default();
    for (class, rate) in row {
        rates.set(*class, *rate);
    }
    rates
}

#[cfg(test)]
mod tests {
    use tollgate_model::Nanos;

    use super::*;

    fn schedule(json: &str) -> Option<Schedule> {
        serde_json::from_str::<ModelRow>(json)
            .unwrap()
            .schedule("test", &Usage::NONE)
    }

    #[test]
    fn tiers_dates_and_hours_become_a_schedule() {
        let schedule = schedule(
            r#"{"id":"m","prices":[
                {"rates":{"input":"1"},"above":{"200000":{"input":"2"}}},
                {"from":"2026-06-01T00:00:00Z","rates":{"input":"3"}},
                {"daily":[3600,7200],"rates":{"input":"4"}}]}"#,
        )
        .unwrap();
        let cost = |at: &str, tokens| {
            let usage = Usage::NONE.with(UsageClass::Input, tokens);
            schedule.at(Micros::parse(at).unwrap()).cost(&usage).total
        };
        assert_eq!(
            cost("2026-01-01T00:00:00Z", 200_000),
            Nanos::new(200_000_000)
        );
        assert_eq!(
            cost("2026-01-01T00:00:00Z", 200_001),
            Nanos::new(400_002_000)
        );
        assert_eq!(cost("2026-06-01T00:00:00Z", 1), Nanos::new(3_000));
        assert_eq!(cost("2026-06-01T01:00:00Z", 1), Nanos::new(4_000));
    }

    #[test]
    fn a_row_without_a_price_that_always_holds_has_none() {
        assert_eq!(schedule(r#"{"id":"m"}"#), None);
        let late = r#"{"id":"m","prices":[{"from":"2026-06-01T00:00:00Z","rates":{}}]}"#;
        assert_eq!(schedule(late), None);
        let wrong = r#"{"id":"m","prices":[{"rates":{}},{"from":"June","rates":{}}]}"#;
        assert_eq!(schedule(wrong), None);
    }
}
