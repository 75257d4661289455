//! Rows of another gateway's database, wherever they come from.

use serde_json::Value;

use crate::tree::{Raw, RawNode, Tree};

/// The rows of one table: every value as text, as the database writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// The names of its columns.
    pub columns: Vec<String>,
    /// Its rows; each has a value, or none for NULL, per column.
    pub rows: Vec<Vec<Option<String>>>,
}

/// The tables that an import reads, and how many rows the others have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tables {
    /// Where they come from, for messages.
    pub file: String,
    /// The tables that were read.
    pub tables: Vec<Table>,
    /// The tables that were not read, with their rows, where they have any.
    pub others: Vec<(String, u64)>,
}

/// The columns by which a row is told apart, in the order in which they are looked for.
const LABELS: [&str; 3] = ["id", "key", "model"];

impl Tables {
    /// The tables of one-api that an import reads.
    pub const READ: [&'static str; 5] = ["channels", "tokens", "users", "options", "abilities"];

    pub(crate) fn tree(self) -> (Tree, Vec<(String, u64)>) {
        let members = self.tables.into_iter().map(|table| {
            let name = table.name.clone();
            (name, table.raw())
        });
        let node = RawNode::Map(members.collect());
        (Tree::root(&self.file, Raw { line: 0, node }), self.others)
    }
}

impl Table {
    /// The rows that an API gives as objects. What is no object is left out.
    pub fn of_objects(name: &str, objects: &[Value]) -> Table {
        let mut columns: Vec<String> = Vec::new();
        for column in objects
            .iter()
            .filter_map(Value::as_object)
            .flat_map(|o| o.keys())
        {
            if !columns.contains(column) {
                columns.push(column.clone());
            }
        }
        let cell = |value: Option<&Value>| match value {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(other) => Some(other.to_string()),
        };
        let rows = objects.iter().filter_map(Value::as_object).map(|object| {
            let cells = columns.iter().map(|column| cell(object.get(column)));
            cells.collect()
        });
        let rows = rows.collect();
        Table {
            name: name.to_owned(),
            columns,
            rows,
        }
    }

    fn raw(self) -> Raw {
        let Table {
            name,
            columns,
            rows,
        } = self;
        // A token's key is a secret, and its id is there: an option has no id, and its key is none.
        let usable = |column: &&str| *column != "key" || name == "options";
        let label = LABELS.into_iter().filter(usable).find_map(|wanted| {
            let place = columns.iter().position(|column| column == wanted)?;
            Some(place)
        });
        let rows = rows.into_iter().map(|row| {
            let label = label.and_then(|at| row.get(at).cloned().flatten());
            let cells = columns.iter().cloned().zip(row).map(|(column, cell)| {
                let node = cell.map_or(RawNode::Null, RawNode::Text);
                (column, Raw { line: 0, node })
            });
            let node = RawNode::Map(cells.collect());
            (label, Raw { line: 0, node })
        });
        let node = RawNode::List(rows.collect());
        Raw { line: 0, node }
    }
}
