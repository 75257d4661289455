//! What an answer consumed.

use serde::Deserialize;
use tollgate_model::{Usage, UsageClass};

use crate::lenient::count;

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
        counts
            .into_iter()
            .fold(Usage::NONE, |usage, (class, count)| match count {
                Some(count) => usage.with(class, count),
                None => usage,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
