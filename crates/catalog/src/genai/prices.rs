//! The price of a model under one condition, as genai-prices writes it, and as a row of ours.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;
use tollgate_model::Rate;
use tollgate_model::usage::UsageClass;

use super::notes::Notes;
use super::number::{Per, rate, seconds};
use crate::rows::{PriceRow, RateRow};

/// The units in which a call is billed, and how their price becomes one per million.
const UNITS: &[(&str, UsageClass, Per)] = &[
    ("input_mtok", UsageClass::Input, Per::Million),
    ("cache_read_mtok", UsageClass::CacheRead, Per::Million),
    ("cache_write_mtok", UsageClass::CacheWrite, Per::Million),
    (
        "cache_write_1h_mtok",
        UsageClass::CacheWriteLong,
        Per::Million,
    ),
    ("input_audio_mtok", UsageClass::InputAudio, Per::Million),
    (
        "cache_audio_read_mtok",
        UsageClass::CacheReadAudio,
        Per::Million,
    ),
    ("input_image_mtok", UsageClass::InputImage, Per::Million),
    (
        "cache_image_read_mtok",
        UsageClass::CacheReadImage,
        Per::Million,
    ),
    ("input_video_mtok", UsageClass::InputVideo, Per::Million),
    ("output_mtok", UsageClass::Output, Per::Million),
    ("output_reasoning_mtok", UsageClass::Reasoning, Per::Million),
    ("output_audio_mtok", UsageClass::OutputAudio, Per::Million),
    ("output_image_mtok", UsageClass::OutputImage, Per::Million),
    ("output_video_mtok", UsageClass::OutputVideo, Per::Million),
    ("output_citation_mtok", UsageClass::Citations, Per::Million),
    ("input_mchars", UsageClass::Characters, Per::Million),
    ("requests_kcount", UsageClass::Requests, Per::Thousand),
    ("input_document_kpages", UsageClass::Pages, Per::Thousand),
    (
        "input_annotated_document_kpages",
        UsageClass::AnnotatedPages,
        Per::Thousand,
    ),
    (
        "input_text_messages_kcount",
        UsageClass::Messages,
        Per::Thousand,
    ),
    (
        "rerank_searches_kcount",
        UsageClass::RerankSearches,
        Per::Thousand,
    ),
    (
        "web_searches_kcount",
        UsageClass::WebSearches,
        Per::Thousand,
    ),
    (
        "storage_searches_kcount",
        UsageClass::FileSearches,
        Per::Thousand,
    ),
    ("audio_hours", UsageClass::AudioSeconds, Per::Hour),
    // A part of the one above: what is heard costs what any audio does.
    ("input_audio_hours", UsageClass::AudioSeconds, Per::Hour),
];

/// A price and when it holds.
#[derive(Deserialize)]
pub(super) struct Conditional<'a> {
    pub(super) constraint: Option<Constraint>,
    #[serde(borrow)]
    pub(super) prices: Units<'a>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Constraint {
    pub(super) start_date: Option<String>,
    pub(super) start_time: Option<String>,
    pub(super) end_time: Option<String>,
}

pub(super) type Units<'a> = BTreeMap<String, &'a RawValue>;

#[derive(Deserialize)]
struct Tiered<'a> {
    #[serde(borrow)]
    base: &'a RawValue,
    #[serde(borrow)]
    tiers: Vec<Tier<'a>>,
}

#[derive(Deserialize)]
struct Tier<'a> {
    start: u64,
    #[serde(borrow)]
    price: &'a RawValue,
}

pub(super) fn price_row(
    units: &Units<'_>,
    name: &str,
    notes: &mut Notes,
) -> Result<PriceRow, String> {
    let mut row = PriceRow::default();
    let mut steps: BTreeMap<u64, RateRow> = BTreeMap::new();
    for (unit, price) in units {
        let Some((_, class, per)) = UNITS.iter().find(|(known, ..)| known == unit) else {
            Notes::add(&mut notes.units, unit, name);
            continue;
        };
        let mut read = |price: &RawValue| {
            let (rate, exact) = rate(price.get(), *per)?;
            if !exact {
                let text = price.get();
                notes
                    .rounded
                    .insert(format!("{name} {unit}: {text} to {rate}"));
            }
            Ok::<Rate, String>(rate)
        };
        if price.get().starts_with('{') {
            let tiered: Tiered<'_> = serde_json::from_str(price.get())
                .map_err(|error| format!("{unit} is not understood: {error}"))?;
            raise(&mut row.rates, *class, read(tiered.base)?);
            for tier in tiered.tiers {
                raise(
                    steps.entry(tier.start).or_default(),
                    *class,
                    read(tier.price)?,
                );
            }
        } else {
            raise(&mut row.rates, *class, read(price)?);
        }
    }
    // A step names every rate, those too that it leaves as they were below it.
    let mut below = row.rates.clone();
    for (start, step) in steps {
        below.extend(step);
        row.above.insert(start, below.clone());
    }
    Ok(row)
}

/// Sets a rate; of two units that are one class to us, the dearer one counts.
fn raise(rates: &mut RateRow, class: UsageClass, rate: Rate) {
    let known = rates.entry(class).or_insert(rate);
    *known = (*known).max(rate);
}

impl Constraint {
    pub(super) fn write(&self, row: &mut PriceRow) -> Result<(), String> {
        match (&self.start_date, &self.start_time, &self.end_time) {
            (Some(date), None, None) => row.from = Some(midnight(date)),
            (None, Some(start), Some(end)) => row.daily = Some((seconds(start)?, seconds(end)?)),
            _ => return Err("a condition is neither a date nor a time of day".to_owned()),
        }
        Ok(())
    }
}

pub(super) fn midnight(date: &str) -> String {
    format!("{date}T00:00:00Z")
}
