//! Options: what a dollar is in quota, and what models cost.

use std::collections::BTreeMap;

use tollgate_model::{Name, Rate, UsageClass};

use crate::ImportError;
use crate::decimal::{Decimal, Rounded};
use crate::tree::Tree;

use super::{Import, cell, json_map, rows};

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
    fn rates(&self, model: &str) -> Option<Vec<(UsageClass, Rounded<Rate>)>> {
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

fn option<'t>(root: &'t Tree, key: &str) -> Option<&'t Tree> {
    rows(root, "options")
        .iter()
        .find(|row| cell(row, "key") == Some(key))
}

impl<'t> Import<'t> {
    /// Takes the price of a model over to its provider.
    pub(super) fn prices(&mut self, row: &Tree, provider: &Name, (name, model): (&str, &str)) {
        for (class, rate) in self.options.rates(name).unwrap_or_default() {
            let other = self.draft.price(provider, model, (class, rate.value));
            if let Some(other) = other {
                let how = format!(
                    "Provider {provider}: {model} costs ${other} per million ({class}) under every name; \
                     the source has another price for it as {name}"
                );
                self.draft.plan.report.changed(row, how);
            } else if !rate.exact {
                let how = "prices finer than a nano-dollar per million were rounded up";
                self.draft.plan.report.changed(row, how);
            }
        }
    }

    /// Says what became of the options.
    pub(super) fn say_options(&mut self, root: &Tree) {
        let said = [
            ("QuotaPerUnit", "quota became dollars by it"),
            (
                "ModelRatio",
                "prices of the models that channels serve (input)",
            ),
            (
                "CompletionRatio",
                "prices of the models that channels serve (output)",
            ),
            (
                "CacheRatio",
                "prices of the models that channels serve (cache_read)",
            ),
            (
                "CreateCacheRatio",
                "prices of the models that channels serve (cache_write)",
            ),
            (
                "ModelPrice",
                "fees for a call of the models that channels serve (requests)",
            ),
        ];
        for (key, what) in said {
            if let Some(row) = option(root, key) {
                row.claim();
                self.draft.plan.report.taken(row, what);
            }
        }
        let ratios = option(root, "GroupRatio").map(|row| (row, json_map(row, "value")));
        let Some((row, ratios)) = ratios else {
            return;
        };
        let other: Vec<String> = ratios
            .iter()
            .filter(|(_, ratio)| Decimal::parse(ratio) != Some(Decimal::from(1)))
            .map(|(group, ratio)| format!("{group} × {ratio}"))
            .collect();
        if other.is_empty() {
            self.draft
                .plan
                .report
                .taken(row, "every group pays the same");
            return;
        }
        let why = format!(
            "groups pay the same here; there they do not: {}",
            other.join(", ")
        );
        let instead = "credit the wallets of a group's teams with as much more or less";
        self.draft.plan.report.left(row, why, instead);
    }
}
