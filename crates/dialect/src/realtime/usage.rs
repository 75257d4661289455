//! The usage of a response. Its counts stand inside of each other: cached tokens are part of the text,
//! sound and pictures that were read, and these are part of `input_tokens`. [`Usage`] keeps them apart.

use serde::Deserialize;
use tollgate_model::{Usage, UsageClass};

#[derive(Deserialize)]
struct Counts {
    #[serde(default)]
    input_tokens: Option<u64>,
    #[serde(default)]
    output_tokens: Option<u64>,
    #[serde(default)]
    input_token_details: Option<Read>,
    #[serde(default)]
    output_token_details: Option<Given>,
}

/// Tokens that were read.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct Read {
    text_tokens: Option<u64>,
    audio_tokens: Option<u64>,
    image_tokens: Option<u64>,
    cached_tokens: Option<u64>,
    cached_tokens_details: Option<Cached>,
}

/// Those of them that came out of a cache.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct Cached {
    text_tokens: Option<u64>,
    audio_tokens: Option<u64>,
    image_tokens: Option<u64>,
}

/// Tokens that were given.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct Given {
    audio_tokens: Option<u64>,
    reasoning_tokens: Option<u64>,
}

/// Reads a usage object. `None` where the text is none or counts no tokens.
pub(super) fn read(text: &str) -> Option<Usage> {
    let counts: Counts = serde_json::from_str(text).ok()?;
    let (input, output) = (counts.input_tokens, counts.output_tokens);
    input.or(output)?;
    let mut usage = Usage::NONE;
    if let Some(whole) = input {
        prompt(
            whole,
            counts.input_token_details.unwrap_or_default(),
            &mut usage,
        );
    }
    if let Some(whole) = output {
        let given = counts.output_token_details.unwrap_or_default();
        let parts = [
            (UsageClass::OutputAudio, given.audio_tokens),
            (UsageClass::Reasoning, given.reasoning_tokens),
        ];
        let mut rest = whole;
        for (class, count) in parts {
            if let Some(count) = count {
                usage.set(class, count);
                rest = rest.saturating_sub(count);
            }
        }
        usage.set(UsageClass::Output, rest);
    }
    Some(usage)
}

fn prompt(whole: u64, read: Read, usage: &mut Usage) {
    let cached = read.cached_tokens_details.unwrap_or_default();
    let kinds = [
        (
            UsageClass::InputAudio,
            UsageClass::CacheReadAudio,
            read.audio_tokens,
            cached.audio_tokens,
        ),
        (
            UsageClass::InputImage,
            UsageClass::CacheReadImage,
            read.image_tokens,
            cached.image_tokens,
        ),
    ];
    let mut text = whole;
    // What is said to be cached and of no kind is text as far as there is some.
    let mut untold = read.cached_tokens.unwrap_or(0);
    for (fresh, from_cache, all, hit) in kinds {
        let (all, hit) = (all.unwrap_or(0), hit.unwrap_or(0));
        text = text.saturating_sub(all);
        untold = untold.saturating_sub(hit.min(all));
        set(usage, fresh, all.saturating_sub(hit));
        set(usage, from_cache, hit.min(all));
    }
    let hit = cached.text_tokens.unwrap_or(untold).min(text);
    set(usage, UsageClass::CacheRead, hit);
    usage.set(UsageClass::Input, text - hit);
}

/// Sets what there is some of.
fn set(usage: &mut Usage, class: UsageClass, count: u64) {
    if count > 0 {
        usage.set(class, count);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use UsageClass::{
        CacheRead, CacheReadAudio, CacheReadImage, Input, InputAudio, InputImage, Output,
        OutputAudio, Reasoning,
    };

    fn usage(pairs: &[(UsageClass, u64)]) -> Usage {
        pairs
            .iter()
            .map(|(class, count)| (*class, Some(*count)))
            .collect()
    }

    #[test]
    fn each_kind_of_token_is_counted_apart() {
        let told = r#"{"total_tokens":253,"input_tokens":132,"output_tokens":121,
            "input_token_details":{"text_tokens":112,"audio_tokens":13,"image_tokens":7,"cached_tokens":70,
              "cached_tokens_details":{"text_tokens":64,"audio_tokens":2,"image_tokens":4}},
            "output_token_details":{"text_tokens":30,"audio_tokens":91}}"#;
        let want = usage(&[
            (Input, 48),
            (CacheRead, 64),
            (InputAudio, 11),
            (CacheReadAudio, 2),
            (InputImage, 3),
            (CacheReadImage, 4),
            (Output, 30),
            (OutputAudio, 91),
        ]);
        assert_eq!(read(told), Some(want));
    }

    #[test]
    fn what_is_left_out_is_text() {
        for (told, want) in [
            (r#"{"input_tokens":5}"#, Some(usage(&[(Input, 5)]))),
            (
                r#"{"output_tokens":5,"output_token_details":{"reasoning_tokens":3}}"#,
                Some(usage(&[(Reasoning, 3), (Output, 2)])),
            ),
            (
                r#"{"input_tokens":9,"input_token_details":{"cached_tokens":4}}"#,
                Some(usage(&[(CacheRead, 4), (Input, 5)])),
            ),
            (
                r#"{"input_tokens":0,"output_tokens":0}"#,
                Some(usage(&[(Input, 0), (Output, 0)])),
            ),
            ("{}", None),
            ("7", None),
        ] {
            assert_eq!(read(told), want, "{told}");
        }
    }

    proptest! {
        #[test]
        fn no_token_is_lost_or_counted_twice(
            text in 0u64..1000, sound in 0u64..1000, image in 0u64..1000,
            parts in [0u64..=100, 0u64..=100, 0u64..=100],
        ) {
            let part = |all: u64, percent: u64| all * percent / 100;
            let cached = [part(text, parts[0]), part(sound, parts[1]), part(image, parts[2])];
            let whole = text + sound + image;
            let hit: u64 = cached.iter().sum();
            let told = format!(
                r#"{{"input_tokens":{whole},"input_token_details":{{"text_tokens":{text},"audio_tokens":{sound},"image_tokens":{image},"cached_tokens":{hit},"cached_tokens_details":{{"text_tokens":{},"audio_tokens":{},"image_tokens":{}}}}}}}"#,
                cached[0], cached[1], cached[2],
            );
            let usage = read(&told).unwrap();
            prop_assert_eq!(usage.prompt_tokens(), whole);
            let of = |class| usage.get(class).unwrap_or(0);
            prop_assert_eq!([of(CacheRead), of(CacheReadAudio), of(CacheReadImage)], cached);
        }
    }
}
