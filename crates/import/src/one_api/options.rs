//! Options: what a dollar is in quota, and what models cost.

use std::collections::BTreeMap;

use tollgate_model::{Rate, UsageClass};

use crate::ImportError;
use crate::decimal::{Decimal, Rounded};
use crate::tree::Tree;

use super::cells::{cell, json_map, rows};

/// Quota that is a dollar where nothing else is said.
const USUAL: i64 = 500_000;

/// What the options say that is taken over.
pub(super) struct Options {
    /// Quota that is a dollar.
    pub per_dollar: Decimal,
    ratios: BTreeMap<String, String>,
    completions: BTreeMap<String, String>,
    cached: BTreeMap<String, String>,
    written: BTreeMap<String, String>,
    fees: BTreeMap<String, String>,
}

impl Options {
    pub(super) fn read(
        root: &Tree,
        given: Option<&str>,
        file: &str,
    ) -> Result<Options, ImportError> {
        let row = |key: &str| option(root, key);
        let map = |key: &str| {
            row(key)
                .map(|row| json_map(row, "value"))
                .unwrap_or_default()
        };
        let said = row("QuotaPerUnit").and_then(|row| cell(row, "value"));
        let text = given.or(said);
        let per_dollar = match text {
            None => Some(Decimal::from(USUAL)),
            Some(text) => Decimal::parse(text).filter(|number| number.is_positive()),
        };
        let Some(per_dollar) = per_dollar else {
            let message = format!("{file}: the quota for a dollar is no number above zero");
            return Err(ImportError::new(message));
        };
        Ok(Options {
            per_dollar,
            ratios: map("ModelRatio"),
            completions: map("CompletionRatio"),
            cached: map("CacheRatio"),
            written: map("CreateCacheRatio"),
            fees: map("ModelPrice"),
        })
    }

    /// What a model costs by class, as far as the options say it; `None` where they leave a part of
    /// it to what is built into the source.
    pub(super) fn rates(&self, model: &str) -> Option<Vec<(UsageClass, Rounded<Rate>)>> {
        let number = |map: &BTreeMap<String, String>| Decimal::parse(map.get(model)?);
        if let Some(fee) = number(&self.fees) {
            return Some(vec![(UsageClass::Requests, fee.rate_of_one()?)]);
        }
        let ratio = number(&self.ratios)?;
        let completion = match ratio.is_zero() {
            true => Decimal::from(1),
            false => number(&self.completions)?,
        };
        let mut rates = vec![
            (UsageClass::Input, ratio.rate_over(self.per_dollar)?),
            (
                UsageClass::Output,
                ratio.times(completion)?.rate_over(self.per_dollar)?,
            ),
        ];
        for (map, class) in [
            (&self.cached, UsageClass::CacheRead),
            (&self.written, UsageClass::CacheWrite),
        ] {
            if let Some(part) = number(map) {
                rates.push((class, ratio.times(part)?.rate_over(self.per_dollar)?));
            }
        }
        Some(rates)
    }
}

/// The row of an option.
pub(super) fn option<'t>(root: &'t Tree, key: &str) -> Option<&'t Tree> {
    rows(root, "options")
        .iter()
        .find(|row| cell(row, "key") == Some(key))
}
