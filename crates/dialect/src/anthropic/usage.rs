//! What an answer consumed.

use serde::Deserialize;
use tollgate_model::{Nanos, ServedIn, Usage, UsageClass};

use crate::lenient::count;
use crate::tier::served_in;

/// The counts of an answer. `input_tokens` does not include what concerns the cache.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Counts {
    #[serde(deserialize_with = "count")]
    input_tokens: Option<u64>,
    #[serde(deserialize_with = "count")]
    cache_read_input_tokens: Option<u64>,
    #[serde(deserialize_with = "count")]
    cache_creation_input_tokens: Option<u64>,
    cache_creation: Option<ByLife>,
    #[serde(deserialize_with = "count")]
    output_tokens: Option<u64>,
    server_tool_use: Option<Served>,
    #[serde(deserialize_with = "served_in")]
    service_tier: Option<ServedIn>,
    #[serde(deserialize_with = "served_in")]
    speed: Option<ServedIn>,
}

/// Tokens written to the cache by how long they live there.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
struct ByLife {
    #[serde(deserialize_with = "count")]
    ephemeral_5m_input_tokens: Option<u64>,
    #[serde(deserialize_with = "count")]
    ephemeral_1h_input_tokens: Option<u64>,
}

/// What the provider's own tools did.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
struct Served {
    #[serde(deserialize_with = "count")]
    web_search_requests: Option<u64>,
}

impl Counts {
    /// Takes what a later count says; all counts are of the whole answer so far.
    pub(super) fn update(&mut self, later: &Counts) {
        self.input_tokens = later.input_tokens.or(self.input_tokens);
        self.cache_read_input_tokens = later
            .cache_read_input_tokens
            .or(self.cache_read_input_tokens);
        self.cache_creation_input_tokens = later
            .cache_creation_input_tokens
            .or(self.cache_creation_input_tokens);
        self.cache_creation = later.cache_creation.or(self.cache_creation);
        self.output_tokens = later.output_tokens.or(self.output_tokens);
        self.server_tool_use = later.server_tool_use.or(self.server_tool_use);
        self.service_tier = later.service_tier.or(self.service_tier);
        self.speed = later.speed.or(self.speed);
    }

    /// The counts by class. What was written to the cache and is not said to live an hour lives
    /// five minutes. Thinking is in the output, at the same price.
    pub(super) fn usage(&self) -> Usage {
        use UsageClass::{CacheRead, CacheWrite, CacheWriteLong, Input, Output, WebSearches};
        let by_life = self.cache_creation.unwrap_or_default();
        let long = by_life.ephemeral_1h_input_tokens;
        let short = match (
            self.cache_creation_input_tokens,
            by_life.ephemeral_5m_input_tokens,
        ) {
            (Some(all), short) => {
                let rest = all.saturating_sub(long.unwrap_or(0));
                Some(rest.max(short.unwrap_or(0)))
            }
            (None, short) => short,
        };
        let searches = self
            .server_tool_use
            .and_then(|served| served.web_search_requests);
        let counts = [
            (Input, self.input_tokens),
            (CacheRead, self.cache_read_input_tokens),
            (CacheWrite, short),
            (CacheWriteLong, long),
            (Output, self.output_tokens),
            (WebSearches, searches),
        ];
        let usage: Usage = counts.into_iter().collect();
        usage.in_tier(self.service_tier).in_tier(self.speed)
    }
}

/// Appends a usage object as callers read it: `input_tokens` without what concerns the cache,
/// `output_tokens` with the thoughts. A cost is its last member, `cost`, a decimal number of dollars.
pub(super) fn write(usage: &Usage, cost: Option<Nanos>, out: &mut Vec<u8>) {
    use UsageClass::{CacheWrite, CacheWriteLong, WebSearches};
    let of = |class| usage.get(class).unwrap_or(0);
    let read = usage.cached_tokens().unwrap_or(0);
    let (short, long) = (of(CacheWrite), of(CacheWriteLong));
    let writes = short.saturating_add(long);
    let cached = read.saturating_add(writes);
    let input = usage.prompt_tokens().saturating_sub(cached);
    let text = format!(
        "{{\"input_tokens\":{input},\"cache_creation_input_tokens\":{writes},\
         \"cache_read_input_tokens\":{read},\"output_tokens\":{}",
        usage.output_tokens()
    );
    out.extend_from_slice(text.as_bytes());
    if writes > 0 {
        let by_life = format!(
            ",\"cache_creation\":{{\"ephemeral_5m_input_tokens\":{short},\
             \"ephemeral_1h_input_tokens\":{long}}}"
        );
        out.extend_from_slice(by_life.as_bytes());
    }
    if let Some(searches) = usage.get(WebSearches) {
        let served = format!(",\"server_tool_use\":{{\"web_search_requests\":{searches}}}");
        out.extend_from_slice(served.as_bytes());
    }
    if let Some(cost) = cost {
        out.extend_from_slice(format!(",\"cost\":{cost}").as_bytes());
    }
    out.push(b'}');
}

#[cfg(test)]
mod tests {
    use tollgate_model::ServiceTier;

    use super::*;

    #[test]
    fn sa_13_a_written_usage_reads_as_what_it_was() {
        let usage = Usage::NONE
            .with(UsageClass::Input, 10)
            .with(UsageClass::CacheRead, 5)
            .with(UsageClass::CacheWrite, 3)
            .with(UsageClass::CacheWriteLong, 4)
            .with(UsageClass::Output, 20)
            .with(UsageClass::WebSearches, 2);
        let mut out = Vec::new();
        write(&usage, Some(Nanos::new(1_500)), &mut out);
        let text = String::from_utf8(out).unwrap();
        assert!(text.ends_with(",\"cost\":0.0000015}"), "{text}");
        let counts: Counts = serde_json::from_str(&text).unwrap();
        assert_eq!(counts.usage(), usage);
    }

    #[test]
    fn us_01_thoughts_are_in_the_output_and_media_in_the_input() {
        let usage = Usage::NONE
            .with(UsageClass::Input, 1)
            .with(UsageClass::InputImage, 2)
            .with(UsageClass::Output, 3)
            .with(UsageClass::Reasoning, 4);
        let mut out = Vec::new();
        write(&usage, None, &mut out);
        insta::assert_snapshot!(
            String::from_utf8(out).unwrap(),
            @r#"{"input_tokens":3,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":7}"#
        );
    }

    fn usage(texts: &[&str]) -> String {
        let mut counts = Counts::default();
        for text in texts {
            counts.update(&serde_json::from_str(text).unwrap());
        }
        serde_json::to_string(&counts.usage()).unwrap()
    }

    #[test]
    fn ao_06_classes_are_disjoint_and_cache_writes_are_split_by_their_life() {
        let cases = [
            (
                r#"{"input_tokens":10,"output_tokens":3}"#,
                r#"{"input":10,"output":3}"#,
            ),
            (
                r#"{"input_tokens":10,"cache_read_input_tokens":5,"cache_creation_input_tokens":7,
                    "cache_creation":{"ephemeral_5m_input_tokens":3,"ephemeral_1h_input_tokens":4},
                    "output_tokens":3,"server_tool_use":{"web_search_requests":2}}"#,
                r#"{"input":10,"cache_read":5,"cache_write":3,"cache_write_long":4,"output":3,
                    "web_searches":2}"#,
            ),
            (
                r#"{"cache_creation_input_tokens":7,"cache_creation":null}"#,
                r#"{"cache_write":7}"#,
            ),
        ];
        for (text, want) in cases {
            assert_eq!(usage(&[text]), want.replace("\n                    ", ""));
        }
    }

    #[test]
    fn us_04_zero_is_not_missing_and_a_strange_value_is() {
        assert_eq!(
            usage(&[r#"{"input_tokens":0,"output_tokens":null}"#]),
            r#"{"input":0}"#
        );
        assert_eq!(usage(&[r#"{"input_tokens":"7","output_tokens":-1}"#]), "{}");
    }

    #[test]
    fn os_08_a_later_count_replaces_and_a_restated_total_is_not_counted_twice() {
        let start = r#"{"input_tokens":10,"cache_creation_input_tokens":7,
            "cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":7},
            "output_tokens":1}"#;
        let later = r#"{"cache_creation_input_tokens":7,"output_tokens":30}"#;
        assert_eq!(
            usage(&[start, r#"{"output_tokens":20}"#, later]),
            r#"{"input":10,"cache_write":0,"cache_write_long":7,"output":30}"#
        );
    }

    #[test]
    fn the_speed_tells_the_tier_and_without_one_the_tier_does() {
        let tier = |text: &str| {
            let counts: Counts = serde_json::from_str(text).unwrap();
            counts.usage().served_in()
        };
        let fast = ServedIn::Tier(ServiceTier::Fast);
        assert_eq!(
            tier(r#"{"service_tier":"standard"}"#),
            Some(ServedIn::Standard)
        );
        assert_eq!(
            tier(r#"{"service_tier":"standard","speed":"fast"}"#),
            Some(fast)
        );
        assert_eq!(tier(r#"{"service_tier":null,"speed":1}"#), None);
    }
}
