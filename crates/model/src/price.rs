//! Prices and what a usage costs by them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::money::Exact;
use crate::usage::{Usage, UsageClass};
use crate::{Micros, Nanos, Rate};

/// The rates of a price, one per class; a class without a rate falls back as [`Rates::of`] says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rates([Option<Rate>; UsageClass::ALL.len()]);

impl Rates {
    /// Sets the rate of a class.
    pub fn set(&mut self, class: UsageClass, rate: Rate) {
        self.0[class as usize] = Some(rate);
    }

    /// The rate set for exactly this class.
    pub fn exact(&self, class: UsageClass) -> Option<Rate> {
        self.0[class as usize]
    }

    /// The rate that applies to a class: its own, else that of the class it is a kind of. A cached
    /// or audio prompt token without a rate costs what a plain one costs: unset is never free.
    /// What is counted apart from tokens is free where it has no rate.
    pub fn of(&self, class: UsageClass) -> Rate {
        match self.exact(class) {
            Some(rate) => rate,
            None => self
                .kind_of(class)
                .map_or(Rate::FREE, |general| self.of(general)),
        }
    }

    /// The class whose rate holds for one that has none of its own.
    fn kind_of(&self, class: UsageClass) -> Option<UsageClass> {
        use UsageClass::{
            AnnotatedPages, CacheRead, CacheReadAudio, CacheReadImage, CacheWrite, CacheWriteLong,
            Input, InputAudio, InputImage, Output, Pages,
        };
        let cached = self.exact(CacheRead).is_some();
        match class {
            Input | Output => None,
            CacheWriteLong => Some(CacheWrite),
            CacheReadAudio | CacheReadImage if cached => Some(CacheRead),
            CacheReadAudio => Some(InputAudio),
            CacheReadImage => Some(InputImage),
            AnnotatedPages => Some(Pages),
            _ if class.is_prompt() => Some(Input),
            _ if class.is_output() => Some(Output),
            _ => None,
        }
    }

    fn dearest(&self, wanted: impl Fn(UsageClass) -> bool) -> Rate {
        let rates = UsageClass::ALL
            .iter()
            .filter(|class| wanted(**class))
            .map(|c| self.of(*c));
        rates.max().unwrap_or(Rate::FREE)
    }
}

/// A map from class to rate.
impl Serialize for Rates {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let set = UsageClass::ALL.iter();
        serializer.collect_map(set.filter_map(|class| Some((class, self.exact(*class)?))))
    }
}

impl<'de> Deserialize<'de> for Rates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Rates, D::Error> {
        let mut rates = Rates::default();
        for (class, rate) in BTreeMap::<UsageClass, Rate>::deserialize(deserializer)? {
            rates.set(class, rate);
        }
        Ok(rates)
    }
}

/// Rates that hold from a size of prompt on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    /// The tier holds where the prompt (cached tokens included) has more tokens than this; the
    /// first tier of a price has 0 and always holds.
    pub above: u64,
    /// The rates of the whole call in this tier.
    pub rates: Rates,
}

/// The price of a model at one provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct Price {
    /// Where the price comes from, for people: `genai-prices 0.2.1`, `provider openai`.
    pub source: String,
    /// At least one tier, in rising order of `above`.
    tiers: Vec<Tier>,
    /// What a call that uses a class is billed at least, of each class for which there is such a rule.
    #[serde(skip_serializing_if = "Usage::is_empty")]
    least: Usage,
}

/// A price as it was written down.
#[derive(Deserialize)]
struct Written {
    source: String,
    tiers: Vec<Tier>,
    #[serde(default)]
    least: Usage,
}

impl TryFrom<Written> for Price {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Price, &'static str> {
        let price = Price::tiered(written.source, written.tiers);
        let price = price.map(|price| price.at_least(&written.least));
        price.ok_or("no tier of the price begins at 0")
    }
}

/// What a request can use besides tokens of answer, at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Tokens of the prompt.
    pub prompt_tokens: u64,
    /// What is counted apart from tokens: searches, seconds, pictures. A class that is absent is
    /// not used; one call is, whatever this says. Classes of tokens mean nothing here.
    pub apart: Usage,
}

impl Asked {
    /// What a request of so many bytes can use where nothing more is known of it, each class as if
    /// the request were nothing else. Pictures and searches that a provider may run are not in it,
    /// since a request has to ask for them.
    ///
    /// No tokenizer makes more tokens than there are bytes, and no text has more characters. A
    /// second of speech takes 600 bytes with the slowest codec in use. A message or a document of
    /// a list takes a few bytes, and a long document counts as several, of 500 tokens each. A
    /// document has a thousand pages at most, and an answer is made from sources that fit into the
    /// window of a model, by the limits of the providers that bill these.
    pub fn of_bytes(bytes: u64) -> Asked {
        let apart = Usage::NONE
            .with(UsageClass::AudioSeconds, bytes.div_ceil(600))
            .with(UsageClass::Characters, bytes)
            .with(UsageClass::Pages, bytes.min(1_000))
            .with(UsageClass::AnnotatedPages, bytes.min(1_000))
            .with(UsageClass::Messages, bytes.div_ceil(16))
            .with(UsageClass::RerankSearches, bytes.div_ceil(300))
            .with(UsageClass::Citations, 131_072);
        Asked {
            prompt_tokens: bytes,
            apart,
        }
    }

    /// Both together.
    #[must_use]
    pub fn and(mut self, other: &Asked) -> Asked {
        self.prompt_tokens = self.prompt_tokens.saturating_add(other.prompt_tokens);
        self.apart.add(&other.apart);
        self
    }

    /// This with the most of a class that is counted apart.
    #[must_use]
    pub fn with(mut self, class: UsageClass, most: u64) -> Asked {
        self.apart.set(class, most);
        self
    }
}

/// How many requests are looked at together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Several {
    /// Their number.
    pub requests: u64,
    /// Tokens of the longest of their prompts.
    pub longest: u64,
}

/// One line of a bill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CostLine {
    /// What was consumed.
    pub class: UsageClass,
    /// How much of it.
    pub quantity: u64,
    /// Dollars per million.
    pub rate: Rate,
}

/// What a usage costs: the lines, and their sum rounded up once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// One line per class that was consumed.
    pub lines: Vec<CostLine>,
    /// The sum of the lines, rounded up to a nano-dollar.
    pub total: Nanos,
}

/// What several requests cost together: their lines added up, rounded once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bill(BTreeMap<(UsageClass, Rate), u64>);

impl Bill {
    /// Adds what one request costs.
    pub fn add(&mut self, cost: &Cost) {
        for line in &cost.lines {
            let quantity = self.0.entry((line.class, line.rate)).or_default();
            *quantity = quantity.saturating_add(line.quantity);
        }
    }

    /// The cost of all that was added.
    pub fn cost(&self) -> Cost {
        let lines = self.0.iter().map(|((class, rate), quantity)| CostLine {
            class: *class,
            quantity: *quantity,
            rate: *rate,
        });
        Cost::of(lines.collect())
    }
}

impl Cost {
    fn of(lines: Vec<CostLine>) -> Cost {
        let total = lines
            .iter()
            .fold(Exact::default(), |sum, line| {
                sum.plus(line.rate.charge(line.quantity))
            })
            .round_up();
        Cost { lines, total }
    }

    /// Both costs together.
    #[must_use]
    pub fn plus(mut self, other: Cost) -> Cost {
        self.lines.extend(other.lines);
        self.total = self.total.saturating_add(other.total);
        self
    }
}

impl Price {
    /// A price of one set of rates.
    pub fn flat(source: impl Into<String>, rates: Rates) -> Price {
        Price {
            source: source.into(),
            tiers: vec![Tier { above: 0, rates }],
            least: Usage::NONE,
        }
    }

    /// A price of several tiers; sorted here. `None` where no tier begins at 0.
    pub fn tiered(source: impl Into<String>, mut tiers: Vec<Tier>) -> Option<Price> {
        tiers.sort_by_key(|tier| tier.above);
        let begins = tiers.first().is_some_and(|tier| tier.above == 0);
        begins.then(|| Price {
            source: source.into(),
            tiers,
            least: Usage::NONE,
        })
    }

    /// This price with the least that is billed of a class where a call uses it at all.
    #[must_use]
    pub fn at_least(mut self, least: &Usage) -> Price {
        self.least.update(least);
        self
    }

    /// So much of a class as it is billed.
    fn billed(&self, class: UsageClass, quantity: u64) -> u64 {
        quantity.max(self.least.get(class).unwrap_or(0))
    }

    /// The most of a class that so many requests are billed which use so much of it together.
    fn billed_in_all(&self, class: UsageClass, most: u64, requests: u64) -> u64 {
        let beside = self.least.get(class).unwrap_or(0);
        let others = requests.saturating_sub(1);
        self.billed(class, most)
            .saturating_add(beside.saturating_mul(others))
    }

    /// The tiers, in rising order.
    pub fn tiers(&self) -> &[Tier] {
        &self.tiers
    }

    /// The rates for a prompt of so many tokens.
    pub fn rates(&self, prompt_tokens: u64) -> &Rates {
        let past = self
            .tiers
            .partition_point(|t| t.above == 0 || t.above < prompt_tokens);
        &self.tiers[past.max(1) - 1].rates
    }

    /// What a usage costs. The per-call fee is charged once whether the provider counts calls or
    /// not.
    pub fn cost(&self, usage: &Usage) -> Cost {
        let rates = self.rates(usage.prompt_tokens());
        let mut usage = *usage;
        if usage.get(UsageClass::Requests).is_none() && rates.of(UsageClass::Requests) != Rate::FREE
        {
            usage.set(UsageClass::Requests, 1);
        }
        let lines: Vec<CostLine> = usage
            .iter()
            .map(|(class, quantity)| (class, self.billed(class, quantity)))
            .filter(|(_, quantity)| *quantity > 0)
            .map(|(class, quantity)| CostLine {
                class,
                quantity,
                rate: rates.of(class),
            })
            .collect();
        Cost::of(lines)
    }

    /// The most that a call can cost which reads and sets off no more than `asked`, whichever way
    /// its tokens fall into classes and tiers.
    pub fn bound(&self, asked: &Asked, output_tokens: u64) -> Nanos {
        self.bound_of_several(
            asked,
            output_tokens,
            Several {
                requests: 1,
                longest: asked.prompt_tokens,
            },
        )
    }

    /// The most that several requests can cost that together read and set off no more than `asked`,
    /// and give no more than so many tokens of answer.
    pub fn bound_of_several(&self, asked: &Asked, output_tokens: u64, several: Several) -> Nanos {
        let dearest = |charge: &dyn Fn(&Rates) -> Exact| {
            let charges = self.reachable(several.longest).map(charge);
            charges.max().unwrap_or_default()
        };
        let prompt = |rates: &Rates| {
            let rate = rates.dearest(UsageClass::is_prompt);
            rate.charge(asked.prompt_tokens)
        };
        let output = |rates: &Rates| {
            let rate = rates.dearest(UsageClass::is_output);
            rate.charge(output_tokens)
        };
        let requests = |rates: &Rates| rates.of(UsageClass::Requests).charge(several.requests);
        let apart = || {
            let classes = asked.apart.iter();
            let classes =
                classes.filter(|(class, _)| class.is_apart() && *class != UsageClass::Requests);
            classes.map(|(class, most)| (class, self.billed_in_all(class, most, several.requests)))
        };
        if several.requests <= 1 {
            let all = |rates: &Rates| {
                let tokens = prompt(rates).plus(output(rates)).plus(requests(rates));
                apart().fold(tokens, |sum, (class, most)| {
                    sum.plus(rates.of(class).charge(most))
                })
            };
            return dearest(&all).round_up();
        }
        // Each request is in a tier of its own, so what is dearest may be so in different tiers.
        let tokens = dearest(&prompt)
            .plus(dearest(&output))
            .plus(dearest(&requests));
        let exact = apart().fold(tokens, |sum, (class, most)| {
            sum.plus(dearest(&|rates| rates.of(class).charge(most)))
        });
        exact.round_up()
    }

    /// The most answer tokens that `money` pays for after what is asked, by the same reckoning as
    /// [`Price::bound`]: `bound(asked, affordable) <= money`. `None` where what is asked does not
    /// fit without an answer.
    pub fn affordable_output(&self, asked: &Asked, money: Nanos) -> Option<u64> {
        if self.bound(asked, 0) > money {
            return None;
        }
        let (mut fits, mut beyond) = (0u64, u64::from(u32::MAX));
        if self.bound(asked, beyond) <= money {
            return Some(beyond);
        }
        while beyond - fits > 1 {
            let middle = fits + (beyond - fits) / 2;
            if self.bound(asked, middle) <= money {
                fits = middle;
            } else {
                beyond = middle;
            }
        }
        Some(fits)
    }

    fn reachable(&self, prompt_tokens: u64) -> impl Iterator<Item = &Rates> {
        let holds = move |tier: &&Tier| tier.above == 0 || tier.above < prompt_tokens;
        self.tiers.iter().filter(holds).map(|tier| &tier.rates)
    }
}

/// When a price holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Always.
    Always,
    /// From this moment on.
    From(Micros),
    /// Each day between these seconds after midnight UTC; it may pass midnight.
    Daily {
        /// First second of the day in which it holds.
        from: u32,
        /// First second in which it no longer holds.
        until: u32,
    },
}

impl When {
    fn holds(self, at: Micros) -> bool {
        match self {
            When::Always => true,
            When::From(start) => at >= start,
            When::Daily { from, until } => {
                let second = at.0.div_euclid(1_000_000).rem_euclid(86_400);
                let (from, until) = (i64::from(from), i64::from(until));
                if from <= until {
                    from <= second && second < until
                } else {
                    second >= from || second < until
                }
            }
        }
    }
}

/// A price that changes with the calendar or the time of day. Of the entries that hold, the last
/// one counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule(Vec<(When, Price)>);

impl Schedule {
    /// A price that always holds.
    pub fn always(price: Price) -> Schedule {
        Schedule(vec![(When::Always, price)])
    }

    /// A schedule of entries in rising order of precedence. `None` where none holds always.
    pub fn new(entries: Vec<(When, Price)>) -> Option<Schedule> {
        let first = entries
            .first()
            .is_some_and(|(when, _)| *when == When::Always);
        first.then_some(Schedule(entries))
    }

    /// The price at a moment.
    pub fn at(&self, at: Micros) -> &Price {
        let current = self.0.iter().rev().find(|(when, _)| when.holds(at));
        &current.unwrap_or(&self.0[0]).1
    }

    /// Every entry, in rising order of precedence.
    pub fn entries(&self) -> &[(When, Price)] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rates(pairs: &[(UsageClass, &str)]) -> Rates {
        let mut rates = Rates::default();
        for (class, text) in pairs {
            rates.set(*class, text.parse().unwrap());
        }
        rates
    }

    #[test]
    fn each_class_is_priced_apart_and_unset_is_never_free() {
        let price = Price::flat(
            "test",
            rates(&[
                (UsageClass::Input, "3"),
                (UsageClass::CacheRead, "0.3"),
                (UsageClass::CacheWrite, "3.75"),
                (UsageClass::Output, "15"),
            ]),
        );
        let usage = Usage::NONE
            .with(UsageClass::Input, 10)
            .with(UsageClass::CacheRead, 100)
            .with(UsageClass::CacheWriteLong, 4)
            .with(UsageClass::InputAudio, 2)
            .with(UsageClass::Reasoning, 3);
        let cost = price.cost(&usage);
        assert_eq!(
            cost.total,
            Nanos::new(30_000 + 30_000 + 15_000 + 6_000 + 45_000)
        );
        assert_eq!(cost.lines.len(), 5);
    }

    #[test]
    fn the_least_of_a_class_is_billed_where_a_call_uses_it() {
        use UsageClass::{AudioSeconds, Input};
        let price = Price::flat("test", rates(&[(AudioSeconds, "100"), (Input, "1")]));
        let price = price.at_least(&Usage::NONE.with(AudioSeconds, 10));
        for (seconds, billed) in [(0, 10), (3, 10), (10, 10), (11, 11)] {
            let cost = price.cost(&Usage::NONE.with(AudioSeconds, seconds));
            assert_eq!(cost.lines[0].quantity, billed);
            let asked = Asked::default().with(AudioSeconds, seconds);
            assert_eq!(price.bound(&asked, 0), cost.total);
        }
        assert_eq!(price.cost(&Usage::NONE.with(Input, 1)).lines.len(), 1);
    }

    #[test]
    fn a_class_without_a_rate_costs_what_it_is_a_kind_of() {
        use UsageClass::*;
        for (set, class, want) in [
            (&[(Input, "1")][..], CacheReadAudio, "1"),
            (&[(Input, "1"), (InputAudio, "3")], CacheReadAudio, "3"),
            (
                &[(Input, "1"), (InputAudio, "3"), (CacheRead, "0.1")],
                CacheReadAudio,
                "0.1",
            ),
            (&[(Input, "1"), (InputImage, "4")], CacheReadImage, "4"),
            (&[(Input, "1")], InputVideo, "1"),
            (&[(Output, "2")], OutputVideo, "2"),
            (&[(CacheWrite, "5")], CacheWriteLong, "5"),
            (&[(Pages, "1000")], AnnotatedPages, "1000"),
            (&[(Input, "1"), (Output, "2")], Citations, "0"),
            (&[(Input, "1"), (Output, "2")], AudioSeconds, "0"),
        ] {
            assert_eq!(
                rates(set).of(class),
                want.parse().unwrap(),
                "{set:?} {class}"
            );
        }
    }

    #[test]
    fn each_class_is_part_of_the_prompt_or_of_the_answer_or_stands_apart() {
        for class in UsageClass::ALL {
            let parts = [class.is_prompt(), class.is_output(), class.is_apart()];
            assert_eq!(parts.into_iter().filter(|part| *part).count(), 1, "{class}");
        }
        let usage = UsageClass::ALL
            .into_iter()
            .fold(Usage::NONE, |usage, class| usage.with(class, 1));
        assert_eq!((usage.prompt_tokens(), usage.output_tokens()), (9, 5));
    }

    #[test]
    fn what_is_counted_apart_from_tokens_is_bounded_by_the_bytes_of_a_request() {
        use UsageClass::*;
        let price = |class, rate| Price::flat("test", rates(&[(class, rate)]));
        let asked = Asked::of_bytes(6_000);
        for (class, rate, most) in [
            // A dollar for an hour.
            (AudioSeconds, "277.777777777", "0.002777778"),
            (Characters, "15", "0.09"),
            (Pages, "4000", "8"),
            (RerankSearches, "2000", "0.04"),
            (Images, "40000", "0"),
            (WebSearches, "10000", "0"),
        ] {
            assert_eq!(
                price(class, rate).bound(&asked, 9),
                most.parse().unwrap(),
                "{class}"
            );
        }
        let pictures = asked.with(Images, 2);
        assert_eq!(
            price(Images, "40000").bound(&pictures, 0),
            "0.08".parse().unwrap()
        );
    }

    #[test]
    fn the_tier_is_chosen_by_the_whole_prompt() {
        let tier = |above, text| Tier {
            above,
            rates: rates(&[(UsageClass::Input, text)]),
        };
        let price = Price::tiered("test", vec![tier(200_000, "4"), tier(0, "2")]).unwrap();
        let usage = |fresh, cached| {
            Usage::NONE
                .with(UsageClass::Input, fresh)
                .with(UsageClass::CacheRead, cached)
        };
        assert_eq!(
            price.cost(&usage(200_000, 0)).total,
            Nanos::new(400_000_000)
        );
        assert_eq!(
            price.cost(&usage(1, 200_000)).total,
            Nanos::new(200_001 * 4_000)
        );
    }

    #[test]
    fn a_fee_per_call_is_charged_once() {
        let price = Price::flat("test", rates(&[(UsageClass::Requests, "5000")]));
        assert_eq!(price.cost(&Usage::NONE).total, Nanos::new(5_000_000));
    }

    #[test]
    fn a_schedule_follows_date_and_time_of_day() {
        let at = |text: &str| Micros::parse(text).unwrap();
        let price = |name: &str| Price::flat(name, Rates::default());
        let schedule = Schedule::new(vec![
            (When::Always, price("old")),
            (When::From(at("2026-06-01T00:00:00Z")), price("new")),
            (
                When::Daily {
                    from: 16 * 3600 + 1800,
                    until: 1800,
                },
                price("night"),
            ),
        ])
        .unwrap();
        assert_eq!(schedule.at(at("2026-05-31T12:00:00Z")).source, "old");
        assert_eq!(schedule.at(at("2026-06-01T12:00:00Z")).source, "new");
        assert_eq!(schedule.at(at("2026-06-01T00:10:00Z")).source, "night");
    }

    fn any_price() -> impl Strategy<Value = Price> {
        let rates = proptest::collection::vec(
            proptest::option::of(0i64..100_000_000_000),
            UsageClass::ALL.len(),
        );
        proptest::collection::vec((0u64..300_000, rates), 1..4).prop_map(|tiers| {
            let mut tiers: Vec<Tier> = tiers
                .into_iter()
                .map(|(above, list)| {
                    let mut rates = Rates::default();
                    for (class, rate) in UsageClass::ALL.iter().zip(list) {
                        if let Some(rate) = rate.and_then(Rate::new) {
                            rates.set(*class, rate);
                        }
                    }
                    Tier { above, rates }
                })
                .collect();
            tiers[0].above = 0;
            Price::tiered("any", tiers).unwrap()
        })
    }

    proptest! {
        #[test]
        fn no_usage_within_the_bound_costs_more_than_it(
            price in any_price(),
            tokens in proptest::collection::vec(0u64..200_000, UsageClass::ALL.len()),
            spare in 0u64..100_000,
        ) {
            let mut usage = Usage::NONE;
            for (class, n) in UsageClass::ALL.into_iter().zip(&tokens) {
                usage.set(class, *n);
            }
            usage.set(UsageClass::Requests, 1);
            let mut asked = Asked { prompt_tokens: usage.prompt_tokens() + spare, apart: usage };
            for class in UsageClass::ALL.into_iter().filter(|class| class.is_apart()) {
                asked = asked.with(class, usage.get(class).unwrap() + spare);
            }
            let bound = price.bound(&asked, usage.output_tokens() + spare);
            prop_assert!(price.cost(&usage).total <= bound);
        }

        #[test]
        fn affordable_output_is_the_largest_that_fits(
            price in any_price(), prompt_tokens in 0u64..400_000, searches in 0u64..20,
            money in 0i64..10_000_000_000,
        ) {
            let apart = Usage::NONE.with(UsageClass::WebSearches, searches);
            let asked = Asked { prompt_tokens, apart };
            let money = Nanos::new(money);
            match price.affordable_output(&asked, money) {
                None => prop_assert!(price.bound(&asked, 0) > money),
                Some(n) => {
                    prop_assert!(price.bound(&asked, n) <= money);
                    prop_assert!(n == u64::from(u32::MAX) || price.bound(&asked, n + 1) > money);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn several_requests_cost_together_what_their_lines_add_up_to_and_no_more_than_their_bound(
            requests in proptest::collection::vec((0u64..400_000, 0u64..50_000, 0u64..3), 1..20),
        ) {
            let price = Price::tiered("test", vec![
                Tier { above: 0, rates: rates(&[
                    (UsageClass::Input, "1.000000001"), (UsageClass::Output, "7"),
                    (UsageClass::WebSearches, "10000"), (UsageClass::Requests, "5000"),
                ]) },
                Tier { above: 200_000, rates: rates(&[
                    (UsageClass::Input, "2"), (UsageClass::Output, "9.3"),
                ]) },
            ]).unwrap().at_least(&Usage::NONE.with(UsageClass::WebSearches, 2));
            let (mut bill, mut asked, mut output) = (Bill::default(), Asked::default(), 0);
            let mut several = Several::default();
            let mut apart = Nanos::ZERO;
            for (prompt, answer, searches) in requests {
                let usage = Usage::NONE
                    .with(UsageClass::Input, prompt)
                    .with(UsageClass::Output, answer)
                    .with(UsageClass::WebSearches, searches);
                let cost = price.cost(&usage);
                bill.add(&cost);
                apart = apart.saturating_add(cost.total);
                let one = Asked { prompt_tokens: prompt, ..Asked::default() };
                asked = asked.and(&one.with(UsageClass::WebSearches, searches));
                output += answer;
                several.requests += 1;
                several.longest = several.longest.max(prompt);
            }
            let total = bill.cost().total;
            prop_assert!(total <= apart);
            prop_assert!(apart.get() - total.get() < i64::try_from(several.requests).unwrap());
            prop_assert!(total <= price.bound_of_several(&asked, output, several));
            let text = serde_json::to_string(&price).unwrap();
            prop_assert_eq!(serde_json::from_str::<Price>(&text).unwrap(), price);
        }
    }

    #[test]
    fn a_price_without_a_first_tier_is_not_read() {
        assert!(serde_json::from_str::<Price>(r#"{"source":"x","tiers":[]}"#).is_err());
    }
}
