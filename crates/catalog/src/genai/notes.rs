//! What a reader of the prices should know.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// What was rounded and what was left out, by names of models.
#[derive(Debug, Default)]
pub struct Notes {
    pub(super) rounded: BTreeSet<String>,
    pub(super) unpriced: BTreeSet<String>,
    pub(super) units: BTreeMap<String, BTreeSet<String>>,
    pub(super) variants: BTreeMap<String, BTreeSet<String>>,
}

impl Notes {
    pub(super) fn add(to: &mut BTreeMap<String, BTreeSet<String>>, what: &str, model: &str) {
        to.entry(what.to_owned())
            .or_default()
            .insert(model.to_owned());
    }

    /// The notes as sections of Markdown.
    pub fn text(&self) -> String {
        let join = |names: &BTreeSet<String>| Vec::from_iter(names.clone()).join(", ");
        let list = |map: &BTreeMap<String, BTreeSet<String>>| -> Vec<String> {
            map.iter()
                .map(|(key, names)| format!("{key}: {}", join(names)))
                .collect()
        };
        let parts = [
            (
                "Rounded to nine digits after the point; a price by the hour is rounded down, so \
                 that a bill, which is rounded up, is exact for a day of audio",
                Vec::from_iter(self.rounded.clone()),
            ),
            (
                "Without a price: calls are refused",
                Vec::from_iter(self.unpriced.clone()),
            ),
            ("Units left out", list(&self.units)),
            (
                "Prices left out: they hold only for calls that ask for them",
                list(&self.variants),
            ),
        ];
        let mut out = String::new();
        for (title, lines) in parts {
            let _ = write!(out, "\n## {title}\n\n");
            for line in lines {
                let _ = writeln!(out, "- {line}");
            }
        }
        out
    }
}
