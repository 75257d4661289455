//! Prices for calls that ask for another tier of service than the standard one.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use tollgate_model::ServiceTier;

use super::notes::Notes;
use super::prices::{Conditional, Constraint, Units, midnight, price_row};
use crate::rows::PriceRow;

/// What the standard prices are replaced by, for calls of which this is true.
#[derive(Deserialize)]
pub(super) struct Variant<'a> {
    when: BTreeMap<String, String>,
    #[serde(borrow)]
    prices: Units<'a>,
    constraint: Option<Constraint>,
}

/// The prices by tier: at each date from which one of them changes, the standard units that hold
/// then, replaced by those of the tier. What is no tier of service is noted and left out.
pub(super) fn read(
    standard: &[Conditional<'_>],
    variants: &[Variant<'_>],
    name: &str,
    notes: &mut Notes,
) -> Result<BTreeMap<ServiceTier, Vec<PriceRow>>, String> {
    let dated = standard
        .iter()
        .all(|entry| is_dated(entry.constraint.as_ref()));
    let mut found: BTreeMap<ServiceTier, Vec<&Variant<'_>>> = BTreeMap::new();
    for variant in variants {
        // What replaces nothing is the standard price.
        if variant.prices.is_empty() {
            continue;
        }
        match variant.tier() {
            Some(tier) if dated && is_dated(variant.constraint.as_ref()) => {
                found.entry(tier).or_default().push(variant);
            }
            _ => Notes::add(&mut notes.variants, &variant.told(), name),
        }
    }
    let mut services = BTreeMap::new();
    for (tier, variants) in found {
        let mut rows = Vec::new();
        for date in dates(standard, &variants) {
            let units = units(standard, &variants, date);
            let mut row = price_row(&units, &format!("{name} ({tier})"), notes)?;
            row.from = date.map(midnight);
            rows.push(row);
        }
        services.insert(tier, rows);
    }
    Ok(services)
}

impl Variant<'_> {
    fn tier(&self) -> Option<ServiceTier> {
        let (word, value) = self.when.iter().next().filter(|_| self.when.len() == 1)?;
        matches!(word.as_str(), "service_tier" | "processing")
            .then(|| ServiceTier::of(value))
            .flatten()
    }

    fn told(&self) -> String {
        let when: Vec<String> = self.when.iter().map(|(k, v)| format!("{k} {v}")).collect();
        when.join(", ")
    }
}

fn is_dated(constraint: Option<&Constraint>) -> bool {
    constraint.is_none_or(|one| one.start_time.is_none() && one.end_time.is_none())
}

fn start(constraint: Option<&Constraint>) -> Option<&str> {
    constraint?.start_date.as_deref()
}

/// The beginning, and every date at which a price changes.
fn dates<'a>(
    standard: &'a [Conditional<'_>],
    variants: &[&'a Variant<'_>],
) -> BTreeSet<Option<&'a str>> {
    let standard = standard
        .iter()
        .map(|entry| start(entry.constraint.as_ref()));
    let variants = variants
        .iter()
        .map(|variant| start(variant.constraint.as_ref()));
    standard.chain(variants).chain([None]).collect()
}

/// The units that hold at a date: of the standard prices the last one that has begun, of the
/// variants the first.
fn units<'a>(
    standard: &[Conditional<'a>],
    variants: &[&Variant<'a>],
    date: Option<&str>,
) -> Units<'a> {
    let begun = |constraint: Option<&Constraint>| start(constraint) <= date;
    let base = standard
        .iter()
        .rev()
        .find(|entry| begun(entry.constraint.as_ref()));
    let mut units = base.map(|entry| entry.prices.clone()).unwrap_or_default();
    let active = variants
        .iter()
        .filter(|variant| begun(variant.constraint.as_ref()));
    for variant in active.rev() {
        units.extend(
            variant
                .prices
                .iter()
                .map(|(unit, price)| (unit.clone(), *price)),
        );
    }
    units
}
