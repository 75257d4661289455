//! The usage object, read and written.
//!
//! The dialect counts kinds of tokens inside of each other: cached, written and audio tokens are
//! part of `prompt_tokens`, thinking and audio part of `completion_tokens`. [`Usage`] keeps them
//! apart. Providers add members of their own; those that change a bill are read as well.

use serde_json::Value;
use tollgate_model::{Nanos, Usage, UsageClass};

type Path = &'static [&'static str];

/// Where a class that is part of the prompt may stand; the first place that has a number counts.
const PROMPT_PARTS: [(UsageClass, &[Path]); 4] = [
    (
        UsageClass::CacheRead,
        &[
            &["prompt_tokens_details", "cached_tokens"],
            &["prompt_cache_hit_tokens"],
            &["cache_read_input_tokens"],
            &["cached_tokens"],
        ],
    ),
    (
        UsageClass::CacheWrite,
        &[
            &["prompt_tokens_details", "cache_write_tokens"],
            &["prompt_tokens_details", "cache_creation_input_tokens"],
            &["prompt_tokens_details", "cache_creation_tokens"],
            &["cache_creation_input_tokens"],
        ],
    ),
    (
        UsageClass::InputAudio,
        &[&["prompt_tokens_details", "audio_tokens"]],
    ),
    (
        UsageClass::InputImage,
        &[&["prompt_tokens_details", "image_tokens"]],
    ),
];

const ANSWER_PARTS: [(UsageClass, &[Path]); 2] = [
    (
        UsageClass::OutputAudio,
        &[&["completion_tokens_details", "audio_tokens"]],
    ),
    (
        UsageClass::OutputImage,
        &[&["completion_tokens_details", "image_tokens"]],
    ),
];

const REASONING: &[Path] = &[
    &["completion_tokens_details", "reasoning_tokens"],
    &["reasoning_tokens"],
];

const WEB_SEARCHES: &[Path] = &[
    &["server_tool_use", "web_search_requests"],
    &["num_search_queries"],
];

/// Reads a usage object. `None` where the text is none or counts no tokens.
pub(super) fn read(text: &[u8]) -> Option<Usage> {
    let value: Value = serde_json::from_slice(text).ok()?;
    let prompt = count(&value, &[&["prompt_tokens"], &["input_tokens"]]);
    let answer = count(&value, &[&["completion_tokens"], &["output_tokens"]]);
    if prompt.is_none() && answer.is_none() {
        return None;
    }
    let mut usage = Usage::NONE;
    if let Some(whole) = prompt {
        let rest = take_parts(&value, &PROMPT_PARTS, whole, &mut usage);
        usage.set(UsageClass::Input, rest);
    }
    if let Some(told) = answer {
        let total = count(&value, &[&["total_tokens"]]);
        let (whole, thought) = thinking(&value, told, total.zip(prompt));
        if let Some(thought) = thought {
            usage.set(UsageClass::Reasoning, thought);
        }
        let rest = whole.saturating_sub(thought.unwrap_or(0));
        let rest = take_parts(&value, &ANSWER_PARTS, rest, &mut usage);
        usage.set(UsageClass::Output, rest);
    }
    if let Some(searches) = count(&value, WEB_SEARCHES) {
        usage.set(UsageClass::WebSearches, searches);
    }
    Some(usage)
}

/// Sets the classes that are part of a whole; gives what is left of it.
fn take_parts(
    value: &Value,
    parts: &[(UsageClass, &[Path])],
    whole: u64,
    usage: &mut Usage,
) -> u64 {
    parts
        .iter()
        .fold(whole, |rest, (class, places)| match count(value, places) {
            Some(part) => {
                usage.set(*class, part);
                rest.saturating_sub(part)
            }
            None => rest,
        })
}

/// All tokens of the answer, and those of them spent on thinking. Some providers leave thinking out
/// of `completion_tokens` and only count it in `total_tokens`.
fn thinking(value: &Value, told: u64, totals: Option<(u64, u64)>) -> (u64, Option<u64>) {
    let reported = count(value, REASONING);
    let left_out = totals
        .and_then(|(total, prompt)| total.checked_sub(prompt)?.checked_sub(told))
        .filter(|gap| *gap > 0);
    match (reported, left_out) {
        (None, Some(gap)) => (told.saturating_add(gap), Some(gap)),
        (Some(thought), Some(gap)) if thought == gap => (told.saturating_add(gap), Some(thought)),
        (Some(thought), _) => (told.max(thought), Some(thought)),
        (None, None) => (told, None),
    }
}

fn count(value: &Value, places: &[Path]) -> Option<u64> {
    places.iter().find_map(|path| {
        let member = path.iter().try_fold(value, |inner, name| inner.get(name))?;
        whole(member)
    })
}

/// A number of tokens; some providers write it as `12.0`.
fn whole(value: &Value) -> Option<u64> {
    let text = value.as_number()?.to_string();
    text.split('.').next()?.parse().ok()
}

/// Appends a usage object; with a cost, as the last member `cost`, a decimal number of dollars.
pub(super) fn write(usage: &Usage, cost: Option<Nanos>, out: &mut Vec<u8>) {
    let of = |class| usage.get(class).unwrap_or(0);
    let (prompt, answer) = (usage.prompt_tokens(), usage.output_tokens());
    let writes = usage
        .get(UsageClass::CacheWrite)
        .into_iter()
        .chain(usage.get(UsageClass::CacheWriteLong))
        .reduce(u64::saturating_add)
        .map_or(String::new(), |tokens| {
            format!(",\"cache_write_tokens\":{tokens}")
        });
    let text = format!(
        "{{\"prompt_tokens\":{prompt},\"completion_tokens\":{answer},\"total_tokens\":{},\
         \"prompt_tokens_details\":{{\"cached_tokens\":{},\"audio_tokens\":{}{writes}}},\
         \"completion_tokens_details\":{{\"reasoning_tokens\":{},\"audio_tokens\":{}}}",
        prompt.saturating_add(answer),
        of(UsageClass::CacheRead),
        of(UsageClass::InputAudio),
        of(UsageClass::Reasoning),
        of(UsageClass::OutputAudio),
    );
    out.extend_from_slice(text.as_bytes());
    if let Some(cost) = cost {
        out.extend_from_slice(format!(",\"cost\":{cost}").as_bytes());
    }
    out.push(b'}');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn classes(text: &str) -> String {
        let Some(usage) = read(text.as_bytes()) else {
            return "none".to_owned();
        };
        usage
            .iter()
            .map(|(class, n)| format!("{class}={n}"))
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn classes_are_kept_apart() {
        let cases = [
            (
                r#"{"prompt_tokens":10,"completion_tokens":4}"#,
                "input=10 output=4",
            ),
            (
                r#"{"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,
                    "prompt_tokens_details":{"cached_tokens":60,"audio_tokens":10},
                    "completion_tokens_details":{"reasoning_tokens":30,"audio_tokens":5}}"#,
                "input=30 cache_read=60 input_audio=10 output=15 reasoning=30 output_audio=5",
            ),
            (
                r#"{"prompt_tokens":100,"completion_tokens":1,
                    "prompt_tokens_details":{"cached_tokens":20,"cache_write_tokens":30}}"#,
                "input=50 cache_read=20 cache_write=30 output=1",
            ),
            (
                r#"{"prompt_tokens":100,"completion_tokens":1,"prompt_cache_hit_tokens":64,
                    "prompt_cache_miss_tokens":36}"#,
                "input=36 cache_read=64 output=1",
            ),
            (
                r#"{"prompt_tokens":9,"completion_tokens":1,"cache_creation_input_tokens":4,
                    "cache_read_input_tokens":2,"server_tool_use":{"web_search_requests":3}}"#,
                "input=3 cache_read=2 cache_write=4 output=1 web_searches=3",
            ),
            (
                r#"{"input_tokens":3,"output_tokens":2}"#,
                "input=3 output=2",
            ),
            (r#"{"prompt_tokens":3}"#, "input=3"),
        ];
        for (text, want) in cases {
            assert_eq!(classes(text), want, "{text}");
        }
    }

    #[test]
    fn thinking_that_only_the_total_counts_is_output_too() {
        // Reported, but left out of the completion (xAI).
        assert_eq!(
            classes(
                r#"{"prompt_tokens":37,"completion_tokens":530,"total_tokens":800,
                    "completion_tokens_details":{"reasoning_tokens":233}}"#
            ),
            "input=37 output=530 reasoning=233"
        );
        // Not reported at all (Gemini's compatible address).
        assert_eq!(
            classes(r#"{"prompt_tokens":5,"completion_tokens":10,"total_tokens":100}"#),
            "input=5 output=10 reasoning=85"
        );
    }

    #[test]
    fn us_04_an_explicit_zero_is_not_missing() {
        assert_eq!(
            classes(
                r#"{"prompt_tokens":0,"completion_tokens":0,
                    "prompt_tokens_details":{"cached_tokens":0}}"#
            ),
            "input=0 cache_read=0 output=0"
        );
    }

    #[test]
    fn what_is_no_usage_is_none() {
        for text in [
            "null",
            "{}",
            "[]",
            "7",
            r#"{"prompt_tokens":null}"#,
            "{",
            "",
        ] {
            assert_eq!(classes(text), "none", "{text}");
        }
    }

    #[test]
    fn odd_numbers_are_read_and_inconsistent_ones_do_no_harm() {
        assert_eq!(
            classes(r#"{"prompt_tokens":12.0,"completion_tokens":-3}"#),
            "input=12"
        );
        assert_eq!(
            classes(
                r#"{"prompt_tokens":5,"completion_tokens":2,
                    "prompt_tokens_details":{"cached_tokens":9},
                    "completion_tokens_details":{"reasoning_tokens":7}}"#
            ),
            "input=0 cache_read=9 output=0 reasoning=7"
        );
    }

    #[test]
    fn a_usage_is_written_with_totals_that_add_up() {
        let usage = Usage::NONE
            .with(UsageClass::Input, 30)
            .with(UsageClass::CacheRead, 60)
            .with(UsageClass::CacheWrite, 7)
            .with(UsageClass::CacheWriteLong, 3)
            .with(UsageClass::Output, 15)
            .with(UsageClass::Reasoning, 30);
        let mut out = Vec::new();
        write(&usage, Some(Nanos::new(123_000)), &mut out);
        let want = concat!(
            r#"{"prompt_tokens":100,"completion_tokens":45,"total_tokens":145,"#,
            r#""prompt_tokens_details":{"cached_tokens":60,"audio_tokens":0,"#,
            r#""cache_write_tokens":10},"completion_tokens_details":{"reasoning_tokens":30,"#,
            r#""audio_tokens":0},"cost":0.000123}"#,
        );
        assert_eq!(String::from_utf8(out).unwrap(), want);
    }

    proptest! {
        #[test]
        fn a_written_usage_reads_back(
            input in any::<u32>(), cached in any::<u32>(), output in any::<u32>(), thought in any::<u32>(),
        ) {
            let usage = Usage::NONE
                .with(UsageClass::Input, input.into())
                .with(UsageClass::CacheRead, cached.into())
                .with(UsageClass::InputAudio, 0)
                .with(UsageClass::Output, output.into())
                .with(UsageClass::Reasoning, thought.into())
                .with(UsageClass::OutputAudio, 0);
            let mut out = Vec::new();
            write(&usage, None, &mut out);
            prop_assert_eq!(read(&out), Some(usage));
        }
    }
}
