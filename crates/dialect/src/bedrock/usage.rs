//! What an answer consumed.

use serde::Deserialize;
use tollgate_model::{Nanos, ServedIn, Usage, UsageClass};

use crate::lenient::count;
use crate::tier::served_in;

/// The counts of an answer. `inputTokens` does not include what concerns the cache; `totalTokens`
/// does.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Counts {
    #[serde(deserialize_with = "count")]
    input_tokens: Option<u64>,
    #[serde(deserialize_with = "count")]
    output_tokens: Option<u64>,
    #[serde(deserialize_with = "count")]
    cache_read_input_tokens: Option<u64>,
    #[serde(deserialize_with = "count")]
    cache_write_input_tokens: Option<u64>,
    cache_details: Option<Vec<ByLife>>,
}

/// Tokens written to the cache that live there so long.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ByLife {
    #[serde(deserialize_with = "count")]
    input_tokens: Option<u64>,
    ttl: Option<String>,
}

/// The tier of service in which an answer was given.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Service {
    #[serde(deserialize_with = "served_in")]
    r#type: Option<ServedIn>,
}

impl Service {
    /// The tier of an answer that may tell none.
    pub(super) fn told(service: Option<Service>) -> Option<ServedIn> {
        service?.r#type
    }
}

impl Counts {
    /// The counts by class. What was written to the cache and is not said to live an hour lives five
    /// minutes. Thinking is in the output, at the same price.
    pub(super) fn usage(&self) -> Usage {
        use UsageClass::{CacheRead, CacheWrite, CacheWriteLong, Input, Output};
        let long = |by_life: &&ByLife| by_life.ttl.as_deref() == Some("1h");
        let by_life = self.cache_details.iter().flatten();
        let long = by_life
            .filter(long)
            .filter_map(|life| life.input_tokens)
            .reduce(u64::saturating_add);
        let written = self.cache_write_input_tokens;
        let counts = [
            (Input, self.input_tokens),
            (CacheRead, self.cache_read_input_tokens),
            (
                CacheWrite,
                written.map(|all| all.saturating_sub(long.unwrap_or(0))),
            ),
            (CacheWriteLong, long),
            (Output, self.output_tokens),
        ];
        counts.into_iter().collect()
    }
}

/// Appends a usage object as callers read it. A cost is its last member, `cost`, a decimal number of
/// dollars.
pub(super) fn write(usage: &Usage, cost: Option<Nanos>, out: &mut Vec<u8>) {
    use UsageClass::{CacheWrite, CacheWriteLong};
    let of = |class| usage.get(class).unwrap_or(0);
    let read = usage.cached_tokens().unwrap_or(0);
    let (short, long) = (of(CacheWrite), of(CacheWriteLong));
    let writes = short.saturating_add(long);
    let (prompt, output) = (usage.prompt_tokens(), usage.output_tokens());
    let input = prompt.saturating_sub(read.saturating_add(writes));
    let total = prompt.saturating_add(output);
    let mut text =
        format!("{{\"inputTokens\":{input},\"outputTokens\":{output},\"totalTokens\":{total}");
    if usage.cached_tokens().is_some() || writes > 0 {
        text.push_str(&format!(
            ",\"cacheReadInputTokens\":{read},\"cacheWriteInputTokens\":{writes}"
        ));
    }
    let lives = [(long, "1h"), (short, "5m")];
    let lives = lives.iter().filter(|(tokens, _)| *tokens > 0);
    let lives: Vec<String> = lives
        .map(|(tokens, ttl)| format!("{{\"inputTokens\":{tokens},\"ttl\":\"{ttl}\"}}"))
        .collect();
    if !lives.is_empty() {
        text.push_str(&format!(",\"cacheDetails\":[{}]", lives.join(",")));
    }
    if let Some(cost) = cost {
        text.push_str(&format!(",\"cost\":{cost}"));
    }
    text.push('}');
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(text: &str) -> String {
        let counts: Counts = serde_json::from_str(text).unwrap();
        serde_json::to_string(&counts.usage()).unwrap()
    }

    #[test]
    fn us_02_input_does_not_include_the_cache_and_writes_are_split_by_their_life() {
        let cases = [
            (
                r#"{"inputTokens":4,"outputTokens":258,"totalTokens":262}"#,
                r#"{"input":4,"output":258}"#,
            ),
            (
                r#"{"inputTokens":4,"outputTokens":258,"totalTokens":1677,
                    "cacheReadInputTokens":12,"cacheWriteInputTokens":1403,
                    "cacheDetails":[{"ttl":"1h","inputTokens":1000},{"ttl":"5m","inputTokens":403}]}"#,
                r#"{"input":4,"cache_read":12,"cache_write":403,"cache_write_long":1000,"output":258}"#,
            ),
            (
                r#"{"cacheWriteInputTokens":7,"cacheDetails":null,"inputTokens":"x"}"#,
                r#"{"cache_write":7}"#,
            ),
            (r#"{"inputTokens":0}"#, r#"{"input":0}"#),
        ];
        for (text, want) in cases {
            assert_eq!(usage(text), want);
        }
    }

    #[test]
    fn a_written_usage_reads_as_what_it_was() {
        let usage = Usage::NONE
            .with(UsageClass::Input, 10)
            .with(UsageClass::CacheRead, 5)
            .with(UsageClass::CacheWrite, 3)
            .with(UsageClass::CacheWriteLong, 4)
            .with(UsageClass::Output, 20);
        let mut out = Vec::new();
        write(&usage, Some(Nanos::new(1_500)), &mut out);
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("\"totalTokens\":42,"), "{text}");
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
        let want = r#"{"inputTokens":3,"outputTokens":7,"totalTokens":10}"#;
        assert_eq!(String::from_utf8(out).unwrap(), want);
    }
}
