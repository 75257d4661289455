//! `tollgate import one-api` and `new-api`: channels become providers, what they serve models, users
//! teams with a wallet, and tokens keys that go on working.

mod accounts;
mod cells;
mod channels;
mod import;
mod kinds;
mod options;
mod prices;
mod words;

use std::collections::{BTreeMap, HashMap};

use crate::draft::Draft;
use crate::report::Fate;
use crate::{ImportError, Plan, Tables};

pub use kinds::Flavour;

use import::Import;
use options::Options;

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
