//! What an answer consumed.
//!
//! Cohere counts twice: `tokens` are all that the model read and wrote, with the instructions and
//! markers that Cohere adds of its own; `billed_units` are those on its bill. The price of a model is
//! a price of billed units, so that these are what is read, and `tokens` only where they are missing.

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use tollgate_model::{Nanos, Usage, UsageClass};

/// Counts below this are exact even where they are written with a fraction (`12.0`).
const EXACT: f64 = (1u64 << 53) as f64;

/// The counts of an answer.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Counts {
    #[serde(deserialize_with = "units")]
    billed_units: Units,
    #[serde(deserialize_with = "units")]
    tokens: Units,
    #[serde(deserialize_with = "number")]
    cached_tokens: Option<u64>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Units {
    input: Option<u64>,
    output: Option<u64>,
    searches: Option<u64>,
}

/// An object of counts; anything else counts nothing.
fn units<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Units, D::Error> {
    let object = Value::deserialize(deserializer)?;
    let of = |name: &str| object.get(name).and_then(count);
    Ok(Units {
        input: of("input_tokens"),
        output: of("output_tokens"),
        searches: of("search_units"),
    })
}

fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(count(&Value::deserialize(deserializer)?))
}

/// A count, which the dialect may write with a fraction; a part of a unit is a whole one.
fn count(value: &Value) -> Option<u64> {
    let fraction = |number: &f64| (0.0..EXACT).contains(number);
    let rounded = || {
        value
            .as_f64()
            .filter(fraction)
            .map(|count| count.ceil() as u64)
    };
    value.as_u64().or_else(rounded)
}

impl Counts {
    /// The counts by class. What was read from a cache is on the bill as well, and so is a part of it.
    pub(super) fn usage(&self) -> Usage {
        let mut usage = Usage::NONE;
        if let Some(input) = self.billed_units.input.or(self.tokens.input) {
            let cached = self.cached_tokens.unwrap_or(0).min(input);
            usage.set(UsageClass::Input, input - cached);
            if cached > 0 {
                usage.set(UsageClass::CacheRead, cached);
            }
        }
        if let Some(output) = self.billed_units.output.or(self.tokens.output) {
            usage.set(UsageClass::Output, output);
        }
        if let Some(searches) = self.billed_units.searches.filter(|count| *count > 0) {
            usage.set(UsageClass::WebSearches, searches);
        }
        usage
    }
}

/// Appends a usage object as callers read it. A cost is its last member, `cost`, a decimal number of
/// dollars.
pub(super) fn write(usage: &Usage, cost: Option<Nanos>, out: &mut Vec<u8>) {
    let (input, output) = (usage.prompt_tokens(), usage.output_tokens());
    let tokens = format!("{{\"input_tokens\":{input},\"output_tokens\":{output}}}");
    let text = format!("{{\"billed_units\":{tokens},\"tokens\":{tokens}");
    out.extend_from_slice(text.as_bytes());
    if let Some(cached) = usage.cached_tokens() {
        out.extend_from_slice(format!(",\"cached_tokens\":{cached}").as_bytes());
    }
    if let Some(cost) = cost {
        out.extend_from_slice(format!(",\"cost\":{cost}").as_bytes());
    }
    out.push(b'}');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(text: &str) -> String {
        let usage = serde_json::from_str::<Counts>(text).unwrap().usage();
        let told = usage
            .iter()
            .map(|(class, count)| format!("{class}={count}"));
        told.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_is_on_the_bill_counts_and_not_what_the_model_read() {
        let cases = [
            (
                r#"{"billed_units":{"input_tokens":5,"output_tokens":9},
                    "tokens":{"input_tokens":77,"output_tokens":11}}"#,
                "input=5 output=9",
            ),
            (
                r#"{"tokens":{"input_tokens":77,"output_tokens":11}}"#,
                "input=77 output=11",
            ),
            (
                r#"{"billed_units":{"input_tokens":5.0,"output_tokens":8.5,"search_units":2},
                    "cached_tokens":3}"#,
                "input=2 cache_read=3 output=9 web_searches=2",
            ),
            (
                r#"{"billed_units":{"input_tokens":5},"cached_tokens":99}"#,
                "input=0 cache_read=5",
            ),
            (
                r#"{"billed_units":{"input_tokens":0,"output_tokens":0,"search_units":0}}"#,
                "input=0 output=0",
            ),
            (
                r#"{"billed_units":null,"tokens":[1],"cached_tokens":"x"}"#,
                "",
            ),
            (
                r#"{"billed_units":{"input_tokens":-1,"output_tokens":1e300}}"#,
                "",
            ),
        ];
        for (text, want) in cases {
            assert_eq!(classes(text), want, "{text}");
        }
    }

    #[test]
    fn a_written_usage_reads_back() {
        let usage = Usage::NONE
            .with(UsageClass::Input, 2)
            .with(UsageClass::CacheRead, 3)
            .with(UsageClass::Output, 7);
        let mut out = Vec::new();
        write(&usage, Some(Nanos::new(18_000)), &mut out);
        let text = String::from_utf8(out).unwrap();
        assert_eq!(
            text,
            concat!(
                r#"{"billed_units":{"input_tokens":5,"output_tokens":7},"#,
                r#""tokens":{"input_tokens":5,"output_tokens":7},"#,
                r#""cached_tokens":3,"cost":0.000018}"#
            )
        );
        assert_eq!(classes(&text), "input=2 cache_read=3 output=7");
    }
}
