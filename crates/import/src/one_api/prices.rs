//! Prices of models, and what became of the options.

use tollgate_model::Name;

use crate::decimal::Decimal;
use crate::tree::Tree;

use super::cells::json_map;
use super::import::Import;
use super::options::option;

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
