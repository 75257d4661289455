//! `tollgate import one-api` and `new-api`: channels become providers, what they serve models, users
//! teams with a wallet, and tokens keys that go on working.

mod accounts;
mod channels;
mod kinds;
mod options;
mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tollgate_model::Name;

use crate::draft::Draft;
use crate::report::Fate;
use crate::tree::Tree;
use crate::{ImportError, Plan, Tables, yaml};

use options::Options;

/// Which of the two it is: they number the types of channels differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// one-api.
    OneApi,
    /// new-api.
    NewApi,
}

impl Flavour {
    /// The word on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Flavour::OneApi => "one-api",
            Flavour::NewApi => "new-api",
        }
    }
}

/// Reads the rows of one-api or new-api. `quota_per_dollar` replaces what the source says, which is
/// 500 000 where it says nothing.
pub fn one_api(
    tables: Tables,
    flavour: Flavour,
    quota_per_dollar: Option<&str>,
) -> Result<Plan, ImportError> {
    let file = tables.file.clone();
    let (root, others) = tables.tree();
    let options = Options::read(&root, quota_per_dollar, &file)?;
    let mut import = Import {
        draft: Draft::of_till(flavour.as_str()),
        flavour,
        options,
        routes: BTreeMap::new(),
        groups: BTreeMap::new(),
        applications: HashMap::new(),
        renamed: HashMap::new(),
    };
    import.channels(&root);
    import.write_models();
    import.users(&root);
    import.tokens(&root);
    import.say_options(&root);
    words::leave(&root, &mut import.draft.plan.report);
    for (table, rows) in others.iter().filter(|(_, rows)| *rows > 0) {
        let why = format!("{rows} rows that are history, or that have nothing to do with calls");
        let said = (why, None);
        let report = &mut import.draft.plan.report;
        report.add(Fate::Left, format!("table {table}"), None, said);
    }
    Ok(import.draft.finish(&[&root]))
}

/// What of a channel serves a model.
struct Offer<'t> {
    at: &'t Tree,
    provider: Name,
    model: String,
    priority: i64,
    weight: u32,
}

/// An import under way.
struct Import<'t> {
    draft: Draft,
    flavour: Flavour,
    options: Options,
    /// What serves each model, by the name that callers use.
    routes: BTreeMap<String, Vec<Offer<'t>>>,
    /// The models of each group.
    groups: BTreeMap<String, BTreeSet<String>>,
    /// Who calls, by the user's id.
    applications: HashMap<String, Owner>,
    /// The names that had to be changed.
    renamed: HashMap<String, Name>,
}

/// A user, as tokens need to know it.
#[derive(Clone)]
struct Owner {
    application: Name,
    name: String,
    group: String,
    disabled: bool,
}

/// The rows of a table.
fn rows<'t>(root: &'t Tree, table: &str) -> &'t [Tree] {
    root.get(table).map(Tree::items).unwrap_or_default()
}

/// The text of a cell that says something.
fn cell<'t>(row: &'t Tree, column: &str) -> Option<&'t str> {
    let text = row.get(column)?.text()?.trim();
    (!text.is_empty()).then_some(text)
}

/// The integer of a cell.
fn integer(row: &Tree, column: &str) -> Option<i64> {
    let cell = row.get(column)?;
    let number = cell.number()?.integer();
    cell.claim();
    number
}

/// The parts of a list that is written with commas.
fn listed(text: &str) -> Vec<String> {
    let parts = text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}

/// The members of JSON in a cell, as texts.
fn json_map(row: &Tree, column: &str) -> BTreeMap<String, String> {
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
