//! Reading the SQLite file of another program: whole tables, as text, and nothing is written.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use crate::StoreError;

/// A table of another program's database: every value as the database writes it as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForeignTable {
    /// Its name.
    pub name: String,
    /// The names of its columns.
    pub columns: Vec<String>,
    /// Its rows; each has a value, or none for NULL, per column. Empty where it was only counted.
    pub rows: Vec<Vec<Option<String>>>,
    /// How many rows it has.
    pub count: u64,
}

/// Reads the tables of a SQLite file that are wanted, and counts the rows of its others. Fails where
/// it is no such file.
pub fn read_foreign(path: &Path, wanted: &[&str]) -> Result<Vec<ForeignTable>, StoreError> {
    let failed = |error: rusqlite::Error| {
        StoreError::Refused(format!("cannot read {}: {error}", path.display()))
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    let names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%'
                 ESCAPE '\\' ORDER BY name";
    let mut statement = connection.prepare(names).map_err(failed)?;
    let names = statement.query_map([], |row| row.get::<_, String>(0));
    let names: Vec<String> = names.and_then(|names| names.collect()).map_err(failed)?;
    let tables = names.into_iter().map(|name| {
        let read = match wanted.contains(&name.as_str()) {
            true => rows(&connection, name),
            false => counted(&connection, name),
        };
        read.map_err(failed)
    });
    tables.collect()
}

fn counted(connection: &Connection, name: String) -> rusqlite::Result<ForeignTable> {
    let query = format!("SELECT COUNT(*) FROM {}", quoted(&name));
    let count: i64 = connection.query_row(&query, [], |row| row.get(0))?;
    Ok(ForeignTable {
        name,
        count: u64::try_from(count).unwrap_or_default(),
        ..ForeignTable::default()
    })
}

fn rows(connection: &Connection, name: String) -> rusqlite::Result<ForeignTable> {
    let query = format!("SELECT * FROM {}", quoted(&name));
    let columns: Vec<String> = {
        let statement = connection.prepare(&query)?;
        statement.column_names().map(str::to_owned).collect()
    };
    // As text, so that no number becomes a float on its way.
    let cells: Vec<String> = columns
        .iter()
        .map(|column| format!("CAST({} AS TEXT)", quoted(column)))
        .collect();
    let query = format!("SELECT {} FROM {}", cells.join(", "), quoted(&name));
    let mut statement = connection.prepare(&query)?;
    let mut found = statement.query([])?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let cells = (0..columns.len()).map(|place| {
            Ok(match row.get_ref(place)? {
                ValueRef::Text(text) | ValueRef::Blob(text) => {
                    Some(String::from_utf8_lossy(text).into_owned())
                }
                _ => None,
            })
        });
        rows.push(cells.collect::<rusqlite::Result<_>>()?);
    }
    Ok(ForeignTable {
        name,
        columns,
        count: u64::try_from(rows.len()).unwrap_or(u64::MAX),
        rows,
    })
}

/// A name as SQL takes it, whatever is in it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_read_as_text_and_others_counted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one-api.db");
        let connection = Connection::open(&path).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE tokens (id INTEGER, \"group\" TEXT, balance REAL, \"od\"\"d\" TEXT);
                 INSERT INTO tokens VALUES (7, 'vip', 0.5, NULL);
                 CREATE TABLE logs (id INTEGER);
                 INSERT INTO logs VALUES (1), (2), (3);",
            )
            .unwrap();
        let tables = read_foreign(&path, &["tokens"]).unwrap();
        assert_eq!((tables[0].name.as_str(), tables[0].count), ("logs", 3));
        assert!(tables[0].rows.is_empty());
        assert_eq!(tables[1].columns, ["id", "group", "balance", "od\"d"]);
        let cell = |text: &str| Some(text.to_owned());
        assert_eq!(
            tables[1].rows,
            [[cell("7"), cell("vip"), cell("0.5"), None]]
        );
    }

    #[test]
    fn what_is_no_database_is_told_and_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let absent = folder.path().join("absent.db");
        let error = read_foreign(&absent, &[]).unwrap_err().to_string();
        assert!(error.contains("absent.db"), "{error}");
        assert!(!absent.exists());
        let text = folder.path().join("text.db");
        std::fs::write(&text, "SQLite format 3\0 but not really").unwrap();
        let error = read_foreign(&text, &["tokens"]).unwrap_err().to_string();
        assert!(error.contains("text.db"), "{error}");
    }
}
