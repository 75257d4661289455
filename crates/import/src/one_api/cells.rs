//! Rows and cells of one-api, as an import reads them.

use std::collections::BTreeMap;

use crate::tree::Tree;
use crate::yaml;

/// The rows of a table.
pub(super) fn rows<'t>(root: &'t Tree, table: &str) -> &'t [Tree] {
    root.get(table).map(Tree::items).unwrap_or_default()
}

/// The text of a cell that says something.
pub(super) fn cell<'t>(row: &'t Tree, column: &str) -> Option<&'t str> {
    let text = row.get(column)?.text()?.trim();
    (!text.is_empty()).then_some(text)
}

/// The integer of a cell.
pub(super) fn integer(row: &Tree, column: &str) -> Option<i64> {
    let cell = row.get(column)?;
    let number = cell.number()?.integer();
    cell.claim();
    number
}

/// The parts of a list that is written with commas.
pub(super) fn listed(text: &str) -> Vec<String> {
    let parts = text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}

/// The members of JSON in a cell, as texts.
pub(super) fn json_map(row: &Tree, column: &str) -> BTreeMap<String, String> {
    let Some(text) = cell(row, column) else {
        return BTreeMap::new();
    };
    let tree = yaml::embedded(row, text);
    let members = tree.as_ref().map(Tree::members).unwrap_or_default();
    let texts = members
        .iter()
        .filter_map(|(name, value)| Some((name.clone(), value.text()?.to_owned())));
    texts.collect()
}
