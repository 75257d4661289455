//! The prices against those of the crate that they come from. It computes in floats, so that it is
//! an oracle to within their noise; and it reads its rules with regular expressions.

#![allow(clippy::unwrap_used, reason = "this file is a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use genai_prices::{Calculator, PriceRequest};
use serde::Deserialize;
use tollgate_catalog::builtin;
use tollgate_catalog::rows::{ModelRow, ProviderRow};
use tollgate_model::price::Schedule;
use tollgate_model::usage::UsageClass::{self, *};
use tollgate_model::{Micros, ServiceTier, Usage};

const TIMES: &[&str] = &[
    "2025-01-01T12:00:00Z",
    "2026-07-01T00:00:00Z",
    "2026-11-24T00:10:00Z",
    "2026-11-24T01:00:00Z",
    "2026-11-24T04:00:00Z",
    "2026-11-24T16:30:00Z",
    "2027-06-01T08:00:00Z",
];

const USAGES: &[&[(UsageClass, u64)]] = &[
    &[],
    &[(Input, 1), (Output, 1)],
    &[(Input, 1_000_003), (CacheRead, 77_777), (Output, 12_345)],
    &[(Input, 100_000), (CacheRead, 99_999), (Output, 7)],
    &[(Input, 100_000), (CacheRead, 100_000), (Output, 7)],
    &[(Input, 100_000), (CacheRead, 100_001), (Output, 7)],
    &[
        (Input, 3),
        (CacheWrite, 5_001),
        (CacheWriteLong, 6_003),
        (Output, 11),
    ],
    &[
        (Input, 17),
        (InputAudio, 1_001),
        (InputImage, 502),
        (Output, 3),
        (OutputAudio, 999),
    ],
    &[
        (Input, 17),
        (Output, 5),
        (Reasoning, 4_321),
        (OutputImage, 1_290),
        (WebSearches, 3),
    ],
    &[
        (Input, 1),
        (CacheRead, 501),
        (CacheReadAudio, 303),
        (CacheReadImage, 704),
        (InputVideo, 9_001),
        (InputAudio, 11),
        (OutputVideo, 805),
        (FileSearches, 4),
    ],
    &[(AudioSeconds, 3_599), (Messages, 3)],
    &[(Characters, 4_001), (Pages, 12), (AnnotatedPages, 5)],
    &[
        (Input, 5),
        (Output, 6),
        (Citations, 7_003),
        (WebSearches, 21),
    ],
];

/// Ids that the source's own rules do not take, so that it cannot be asked for them: they only
/// label a family of names.
const LABELS: &[&str] = &["ft:gpt-4o", "ft:gpt-4o-mini", "magistral-small"];

#[derive(Deserialize)]
struct PriceFile {
    providers: BTreeMap<String, Vec<ModelRow>>,
}

/// Our provider's id, their list's id, and its rows.
fn lists() -> Vec<(String, String, Vec<ModelRow>)> {
    let providers: Vec<ProviderRow> =
        serde_json::from_str(include_str!("../data/providers.json")).unwrap();
    let mut file: PriceFile = serde_json::from_str(include_str!("../data/prices.json")).unwrap();
    let listed = providers
        .into_iter()
        .filter(|row| row.id != "sandbox")
        .filter_map(|row| {
            // Those that take the lists of others have none of their own.
            let list = row.prices.first()?.clone();
            let rows = file.providers.remove(&list)?;
            Some((row.id, list, rows))
        });
    let all: Vec<_> = listed.collect();
    assert!(
        file.providers.is_empty(),
        "lists that nobody uses: {:?}",
        file.providers.keys()
    );
    all
}

/// Our usage as theirs: their classes contain one another.
fn theirs(usage: &Usage) -> genai_prices::Usage {
    let n = |class| usage.get(class).unwrap_or(0) as f64;
    let mut all = genai_prices::Usage::new();
    for (key, value) in [
        ("input_tokens", usage.prompt_tokens() as f64),
        (
            "cache_read_tokens",
            n(CacheRead) + n(CacheReadAudio) + n(CacheReadImage),
        ),
        ("cache_write_tokens", n(CacheWrite) + n(CacheWriteLong)),
        ("cache_write_1h_tokens", n(CacheWriteLong)),
        ("input_audio_tokens", n(InputAudio) + n(CacheReadAudio)),
        ("input_image_tokens", n(InputImage) + n(CacheReadImage)),
        ("input_video_tokens", n(InputVideo)),
        ("cache_audio_read_tokens", n(CacheReadAudio)),
        ("cache_image_read_tokens", n(CacheReadImage)),
        ("output_tokens", usage.output_tokens() as f64 + n(Citations)),
        ("output_citation_tokens", n(Citations)),
        ("output_video_tokens", n(OutputVideo)),
        ("audio_seconds", n(AudioSeconds)),
        ("input_audio_seconds", n(AudioSeconds)),
        ("input_characters", n(Characters)),
        ("input_document_pages", n(Pages) + n(AnnotatedPages)),
        ("input_annotated_document_pages", n(AnnotatedPages)),
        ("input_text_messages", n(Messages)),
        ("storage_searches", n(FileSearches)),
        ("output_reasoning_tokens", n(Reasoning)),
        ("output_audio_tokens", n(OutputAudio)),
        ("output_image_tokens", n(OutputImage)),
        ("web_searches", n(WebSearches)),
    ] {
        all.insert(key, value);
    }
    all
}

/// What they say that a usage costs, in nano-dollars.
fn oracle(
    (list, model): (&str, &str),
    tier: Option<ServiceTier>,
    usage: &Usage,
    at: Micros,
) -> Result<f64, genai_prices::Error> {
    let usage = theirs(usage);
    let time = SystemTime::UNIX_EPOCH + Duration::from_micros(at.0.unsigned_abs());
    let mut request = PriceRequest::new(model, &usage)
        .with_provider_id(list)
        .with_timestamp(time);
    if let Some(tier) = tier {
        let key = match tier {
            ServiceTier::Batch => "processing",
            _ => "service_tier",
        };
        request = request.with_price_context(key, tier.as_str());
    }
    Ok(Calculator::bundled().calculate(&request)?.total_price * 1e9)
}

/// Where our price of a model differs from theirs.
fn difference(
    schedule: &Schedule,
    list: &str,
    model: &str,
    tier: Option<ServiceTier>,
) -> Option<String> {
    for time in TIMES {
        let at = Micros::parse(time).unwrap();
        for classes in USAGES {
            // Tokens of sources cost nothing here where no rate names them, and there what an
            // answer does: only one provider reports them.
            let cites = schedule.at(at).rates(0).exact(Citations).is_some();
            let usage = classes
                .iter()
                .filter(|(class, _)| *class != Citations || cites)
                .fold(Usage::NONE, |usage, (class, n)| usage.with(*class, *n));
            let ours = schedule.at(at).cost(&usage).total.get() as f64;
            let theirs = match oracle((list, model), tier, &usage, at) {
                Ok(theirs) => theirs,
                Err(error) => return Some(format!("{list} {model}: {error}")),
            };
            // Ours is rounded up to a nano once, and some rates to a nano per million.
            let noise = 0.5 + theirs * 1e-12;
            if ours < theirs - noise || ours > theirs + 1.0 + noise {
                return Some(format!(
                    "{list} {model} {tier:?} {time} {classes:?}: {ours} {theirs}"
                ));
            }
        }
    }
    None
}

#[test]
fn every_listed_model_costs_what_the_source_says() {
    let catalogue = builtin();
    let (mut compared, mut tiers) = (0, 0);
    let mut differences = Vec::new();
    for (provider, list, rows) in lists() {
        assert_eq!(catalogue.models(&provider).len(), rows.len());
        for facts in catalogue.models(&provider) {
            if LABELS.contains(&facts.id.as_str()) {
                continue;
            }
            if let Some(schedule) = &facts.price {
                compared += 1;
                differences.extend(difference(schedule, &list, &facts.id, None));
            }
            for (tier, schedule) in &facts.services {
                tiers += 1;
                differences.extend(difference(schedule, &list, &facts.id, Some(*tier)));
            }
        }
    }
    assert!(compared > 1_500, "only {compared} models have a price");
    assert!(tiers > 120, "only {tiers} prices of other tiers");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// Names that a pattern takes.
fn instances(pattern: &str) -> BTreeSet<String> {
    let digits = pattern.replace('#', "1");
    ["", "-x", "9"]
        .iter()
        .map(|any| digits.replace('*', any))
        .collect()
}

#[test]
fn every_other_name_means_the_model_that_the_source_means() {
    let catalogue = builtin();
    let mut compared = 0;
    let mut differences = Vec::new();
    for (provider, list, rows) in lists() {
        let names: BTreeSet<String> = rows
            .iter()
            .flat_map(|row| &row.patterns)
            .flat_map(|p| instances(p))
            .collect();
        for name in names {
            let facts = catalogue.model(&provider, &name);
            let Some(facts) = facts else {
                differences.push(format!("{list} {name}: not known"));
                continue;
            };
            if let Some(schedule) = &facts.price {
                compared += 1;
                differences.extend(difference(schedule, &list, &name, None));
            }
        }
    }
    assert!(compared > 1_000, "only {compared} names have a price");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn context_windows_are_those_of_the_source() {
    let catalogue = builtin();
    for (provider, list, _) in lists() {
        let source = Calculator::bundled()
            .find_provider(Some(&list), None)
            .unwrap()
            .unwrap();
        for model in source.models() {
            if let Some(facts) = catalogue
                .models(&provider)
                .iter()
                .find(|f| f.id == model.id())
            {
                assert_eq!(
                    facts.context_window,
                    model.context_window(),
                    "{list} {}",
                    model.id()
                );
            }
        }
    }
}
