//! Writes the catalogue's `prices.json` from the data of the crate `genai-prices`, and beside it
//! `prices.notes.md`, which lists what was rounded and what was left out.
//!
//! The crate computes in binary floats; this reads the decimal digits of its data file instead, so
//! that no float comes near a price.

mod names;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, anyhow, bail, ensure};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tollgate_catalog::glob;
use tollgate_catalog::rows::{ModelRow, PriceRow, ProviderRow, RateRow};
use tollgate_model::Rate;
use tollgate_model::abilities::{Abilities, Modalities};
use tollgate_model::usage::UsageClass;

use names::Names;

const CRATE: &str = "genai-prices";

/// Models that a list has although the provider does not serve them where our catalogue calls it:
/// Google's list has Claude, which only Vertex AI serves.
const FOREIGN: &[(&str, &str)] = &[("google", "claude-*")];

/// The units that a call of a model is billed in, and by how many powers of ten their price is to
/// be raised to be one per million.
const UNITS: &[(&str, UsageClass, u32)] = &[
    ("input_mtok", UsageClass::Input, 0),
    ("cache_read_mtok", UsageClass::CacheRead, 0),
    ("cache_write_mtok", UsageClass::CacheWrite, 0),
    ("cache_write_1h_mtok", UsageClass::CacheWriteLong, 0),
    ("input_audio_mtok", UsageClass::InputAudio, 0),
    ("input_image_mtok", UsageClass::InputImage, 0),
    ("output_mtok", UsageClass::Output, 0),
    ("output_reasoning_mtok", UsageClass::Reasoning, 0),
    ("output_audio_mtok", UsageClass::OutputAudio, 0),
    ("output_image_mtok", UsageClass::OutputImage, 0),
    ("requests_kcount", UsageClass::Requests, 3),
    ("web_searches_kcount", UsageClass::WebSearches, 3),
];

/// Writes both files. The same crate makes the same files.
pub(crate) fn import() -> anyhow::Result<()> {
    let made = make()?;
    let data = data_folder();
    std::fs::write(data.join("prices.json"), made.prices)?;
    std::fs::write(data.join("prices.notes.md"), made.notes)?;
    Ok(())
}

/// The contents of both files.
struct Made {
    prices: String,
    notes: String,
}

fn make() -> anyhow::Result<Made> {
    let (version, path) = find_crate()?;
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read the prices in {}", path.display()))?;
    let lists: Vec<List<'_>> =
        serde_json::from_str(&text).context("the price data changed shape")?;
    let wanted = wanted_lists()?;
    let mut notes = Notes::default();
    let mut prices = format!("{{\"source\":\"{CRATE} {version}\",\"providers\":{{\n");
    let mut separator = "";
    for list in lists.iter().filter(|list| wanted.contains(list.id)) {
        let rows = list.rows(&mut notes)?;
        let lines: Result<Vec<String>, _> = rows.iter().map(serde_json::to_string).collect();
        write!(
            prices,
            "{separator}\"{}\":[\n{}\n]",
            list.id,
            lines?.join(",\n")
        )?;
        separator = ",\n";
    }
    prices.push_str("\n}}\n");
    let known: BTreeSet<&str> = lists.iter().map(|list| list.id).collect();
    if let Some(missing) = wanted.iter().find(|list| !known.contains(list.as_str())) {
        bail!("providers.json takes its prices from \"{missing}\", which {CRATE} does not have");
    }
    Ok(Made {
        prices,
        notes: notes.text(&version),
    })
}

fn data_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/catalog/data")
}

/// The version of the crate, and the path of its data.
fn find_crate() -> anyhow::Result<(String, PathBuf)> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
    }
    #[derive(Deserialize)]
    struct Package {
        name: String,
        version: String,
        manifest_path: PathBuf,
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .context("cannot run cargo metadata")?;
    ensure!(
        output.status.success(),
        "cargo metadata: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Metadata = serde_json::from_slice(&output.stdout)?;
    let package = metadata
        .packages
        .into_iter()
        .find(|package| package.name == CRATE);
    let package = package.ok_or_else(|| anyhow!("no crate of the workspace depends on {CRATE}"))?;
    let folder = package
        .manifest_path
        .parent()
        .context("a manifest without a folder")?;
    Ok((package.version, folder.join("data/prices.json")))
}

/// The lists from which the catalogue's providers take their prices.
fn wanted_lists() -> anyhow::Result<BTreeSet<String>> {
    let text = std::fs::read_to_string(data_folder().join("providers.json"))?;
    let rows: Vec<ProviderRow> = serde_json::from_str(&text).context("providers.json")?;
    Ok(rows
        .into_iter()
        .filter(|row| row.id != "sandbox")
        .flat_map(|row| row.prices)
        .collect())
}

/// The models of one provider, as the crate writes them.
#[derive(Deserialize)]
struct List<'a> {
    id: &'a str,
    #[serde(borrow)]
    models: Vec<Model<'a>>,
}

#[derive(Deserialize)]
struct Model<'a> {
    id: String,
    #[serde(rename = "match")]
    rule: Value,
    context_window: Option<u64>,
    #[serde(default)]
    deprecated: bool,
    #[serde(borrow)]
    prices: &'a RawValue,
    #[serde(default)]
    price_variants: Vec<Variant>,
}

/// A price for calls that ask for it, such as a faster service.
#[derive(Deserialize)]
struct Variant {
    when: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Conditional<'a> {
    constraint: Option<Constraint>,
    #[serde(borrow)]
    prices: Units<'a>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Constraint {
    start_date: Option<String>,
    start_time: Option<String>,
    end_time: Option<String>,
}

type Units<'a> = BTreeMap<&'a str, &'a RawValue>;

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

impl List<'_> {
    fn rows(&self, notes: &mut Notes) -> anyhow::Result<Vec<ModelRow>> {
        let foreign = |model: &&Model<'_>| {
            FOREIGN
                .iter()
                .any(|(list, names)| *list == self.id && glob::fits(names, &model.id))
        };
        let models = self.models.iter().filter(|model| !foreign(model));
        models
            .map(|model| {
                let name = format!("{}/{}", self.id, model.id);
                model.row(&name, notes).with_context(|| name.clone())
            })
            .collect()
    }
}

impl Model<'_> {
    fn row(&self, name: &str, notes: &mut Notes) -> anyhow::Result<ModelRow> {
        let names = Names::read(&self.rule)?;
        for variant in &self.price_variants {
            let when: Vec<String> = variant
                .when
                .iter()
                .map(|(k, v)| format!("{k} {v}"))
                .collect();
            notes
                .variants
                .entry(when.join(", "))
                .or_default()
                .insert(name.to_owned());
        }
        let prices = self.prices(name, notes)?;
        if prices.is_empty() {
            notes.unpriced.insert(name.to_owned());
        }
        let id = names.called(&self.id);
        let own = id.to_lowercase();
        Ok(ModelRow {
            patterns: names
                .any
                .into_iter()
                .filter(|pattern| *pattern != own)
                .collect(),
            except: names.except,
            context: self.context_window,
            max_output: None,
            input: Modalities::UNKNOWN,
            output: Modalities::UNKNOWN,
            can: Abilities::UNKNOWN,
            deprecated: self.deprecated,
            prices,
            id,
        })
    }

    fn prices(&self, name: &str, notes: &mut Notes) -> anyhow::Result<Vec<PriceRow>> {
        let text = self.prices.get();
        let conditional: Vec<Conditional<'_>> = if text.starts_with('[') {
            serde_json::from_str(text)?
        } else {
            vec![Conditional {
                constraint: None,
                prices: serde_json::from_str(text)?,
            }]
        };
        let mut rows = Vec::new();
        for entry in &conditional {
            let mut row = price_row(&entry.prices, name, notes)?;
            if entry.prices.is_empty() && name.ends_with(":free") {
                let free = [
                    (UsageClass::Input, Rate::FREE),
                    (UsageClass::Output, Rate::FREE),
                ];
                row.rates.extend(free);
            }
            if let Some(constraint) = &entry.constraint {
                constraint.write(&mut row)?;
            }
            rows.push(row);
        }
        let always = rows
            .first()
            .is_some_and(|row| row.from.is_none() && row.daily.is_none());
        ensure!(always, "the first price does not always hold");
        let billed = |row: &PriceRow| {
            let by = [UsageClass::Input, UsageClass::Output];
            by.iter().any(|class| row.rates.contains_key(class))
        };
        // A model that is billed by the hour or the page is not free of charge by the token.
        Ok(if rows.iter().all(billed) {
            rows
        } else {
            Vec::new()
        })
    }
}

fn price_row(units: &Units<'_>, name: &str, notes: &mut Notes) -> anyhow::Result<PriceRow> {
    let mut row = PriceRow::default();
    let mut steps: BTreeMap<u64, RateRow> = BTreeMap::new();
    for (unit, price) in units {
        let Some((_, class, raise)) = UNITS.iter().find(|(known, ..)| known == unit) else {
            notes
                .units
                .entry((*unit).to_owned())
                .or_default()
                .insert(name.to_owned());
            continue;
        };
        let mut read = |price: &RawValue| {
            let (rate, exact) = rate(price.get(), *raise)?;
            if !exact {
                notes
                    .rounded
                    .insert(format!("{name} {class}: {} to {rate}", price.get()));
            }
            anyhow::Ok(rate)
        };
        if price.get().starts_with('{') {
            let tiered: Tiered<'_> = serde_json::from_str(price.get())?;
            row.rates.insert(*class, read(tiered.base)?);
            for tier in tiered.tiers {
                steps
                    .entry(tier.start)
                    .or_default()
                    .insert(*class, read(tier.price)?);
            }
        } else {
            row.rates.insert(*class, read(price)?);
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

impl Constraint {
    fn write(&self, row: &mut PriceRow) -> anyhow::Result<()> {
        match (&self.start_date, &self.start_time, &self.end_time) {
            (Some(date), None, None) => row.from = Some(format!("{date}T00:00:00Z")),
            (None, Some(start), Some(end)) => row.daily = Some((seconds(start)?, seconds(end)?)),
            _ => bail!("a condition that is neither a date nor a time of day"),
        }
        Ok(())
    }
}

/// Seconds after midnight of `16:30:00Z`.
fn seconds(time: &str) -> anyhow::Result<u32> {
    let parts: Option<Vec<u32>> = time
        .strip_suffix('Z')
        .and_then(|time| time.split(':').map(|part| part.parse().ok()).collect());
    match parts.as_deref() {
        Some([hour @ 0..24, minute @ 0..60, second @ 0..60]) => {
            Ok(hour * 3600 + minute * 60 + second)
        }
        _ => bail!("\"{time}\" is not a time of day in UTC"),
    }
}

/// The rate that a JSON number tells, times ten to the `raise`, and whether it is exact: more than
/// nine digits after the point are rounded, half up.
fn rate(number: &str, raise: u32) -> anyhow::Result<(Rate, bool)> {
    let what = || format!("\"{number}\" is not a price");
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: u128 = format!("{whole}{fraction}").parse().with_context(what)?;
    let exponent: i32 = exponent.parse().with_context(what)?;
    let places = i32::try_from(fraction.len())?;
    let power = 9 + i32::try_from(raise)? + exponent - places;
    let scale = 10u128
        .checked_pow(power.unsigned_abs())
        .with_context(what)?;
    let (nanos, exact) = if power >= 0 {
        (digits.checked_mul(scale).with_context(what)?, true)
    } else {
        let (quotient, rest) = (digits / scale, digits % scale);
        (quotient + u128::from(rest * 2 >= scale), rest == 0)
    };
    let rate = i64::try_from(nanos)
        .ok()
        .and_then(Rate::new)
        .with_context(what)?;
    Ok((rate, exact))
}

/// What a reader of the prices should know.
#[derive(Default)]
struct Notes {
    rounded: BTreeSet<String>,
    unpriced: BTreeSet<String>,
    units: BTreeMap<String, BTreeSet<String>>,
    variants: BTreeMap<String, BTreeSet<String>>,
}

impl Notes {
    fn text(&self, version: &str) -> String {
        let mut out = format!(
            "# Notes on prices.json\n\nWritten by `cargo xtask prices` from {CRATE} {version}, whose \
             license is in `LICENSE.{CRATE}`.\n"
        );
        let mut part = |title: &str, lines: Vec<String>| {
            let _ = write!(out, "\n## {title}\n\n");
            for line in lines {
                let _ = writeln!(out, "- {line}");
            }
        };
        let list = |map: &BTreeMap<String, BTreeSet<String>>| -> Vec<String> {
            let join = |names: &BTreeSet<String>| Vec::from_iter(names.clone()).join(", ");
            map.iter()
                .map(|(key, names)| format!("{key}: {}", join(names)))
                .collect()
        };
        part(
            "Rounded to nine digits after the point",
            Vec::from_iter(self.rounded.clone()),
        );
        part(
            "Without a price by the token: calls are refused",
            Vec::from_iter(self.unpriced.clone()),
        );
        part(
            "Units left out: priced as the class that they are a kind of, or not at all",
            list(&self.units),
        );
        part(
            "Prices left out: they hold only for calls that ask for them",
            list(&self.variants),
        );
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_prices_are_what_the_import_makes() {
        let made = make().unwrap();
        let read = |name| std::fs::read_to_string(data_folder().join(name)).unwrap();
        assert!(
            made.prices == read("prices.json"),
            "run `cargo xtask prices`"
        );
        assert!(
            made.notes == read("prices.notes.md"),
            "run `cargo xtask prices`"
        );
    }

    #[test]
    fn numbers_are_read_by_their_digits() {
        for (number, raise, text, exact) in [
            ("2.5", 0, "2.50", true),
            ("10", 3, "10000.00", true),
            ("0.18000000000000002", 0, "0.18", false),
            ("0.0833333333333333", 0, "0.083333333", false),
            ("0.0000000005", 0, "0.000000001", false),
            ("1e-3", 0, "0.001", true),
            ("1.5E2", 0, "150.00", true),
            ("0", 0, "0.00", true),
        ] {
            let (got, whole) = rate(number, raise).unwrap();
            assert_eq!((got.to_string().as_str(), whole), (text, exact), "{number}");
        }
        for number in ["-1", "", "x", "1e99", "99999999999"] {
            assert!(rate(number, 0).is_err(), "{number}");
        }
    }

    #[test]
    fn times_of_day_are_read_in_utc_only() {
        assert_eq!(seconds("16:30:01Z").unwrap(), 59_401);
        assert!(seconds("24:00:00Z").is_err());
        assert!(seconds("16:30:00+01:00").is_err());
    }
}
