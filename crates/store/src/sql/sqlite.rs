//! SQLite: how a file is opened, and how a query is run on it.

use std::path::Path;
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, ToSql};

use super::value::{Cell, Row, Value};
use crate::StoreError;

/// How long a statement waits for another process that holds the file.
const BUSY: Duration = Duration::from_secs(5);

/// The pages of a new file take as many bytes: fewer writes than with SQLite's 4096, of which a
/// page holds but four records of calls.
const PAGE_BYTES: u32 = 8_192;
/// Memory for the pages that the writer works on, in KiB: a batch of some 2000 calls. A larger one
/// is written to the log in parts and read back, which costs time and nothing else.
const WRITER_CACHE: u32 = 2_048;
/// Memory for the pages that a reader works on, in KiB.
const READER_CACHE: u32 = 256;
/// The write-ahead log is copied into the file when it has as many pages: 4 MiB.
const CHECKPOINT_PAGES: u32 = 512;
/// What is left of a write-ahead log that a long reader has let grow, in bytes.
const LOG_BYTES: u32 = 16 * 1_024 * 1_024;

/// Prepared statements that a connection keeps.
const STATEMENTS: usize = 32;

/// The words in which the databases' table definitions differ.
pub(super) const DDL_WORDS: [(&str, &str); 5] = [
    ("{int}", "INTEGER"),
    ("{text}", "TEXT"),
    ("{bytes}", "BLOB"),
    ("{keyed}", "STRICT, WITHOUT ROWID"),
    ("{rows}", "STRICT"),
];

/// Opens a file for writing, and makes one that only its owner can read where there is none.
pub(super) fn open(path: &Path) -> Result<Connection, StoreError> {
    let connection = connect(path, WRITER_CACHE)?;
    // FULL: in NORMAL a power failure may lose commits that were already acknowledged.
    let settings = format!(
        "PRAGMA page_size = {PAGE_BYTES}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}; PRAGMA journal_size_limit = {LOG_BYTES};"
    );
    batch(&connection, &settings)?;
    Ok(connection)
}

/// Opens a file that exists, for reading.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let connection = connect(path, READER_CACHE)?;
    batch(&connection, "PRAGMA query_only = ON")?;
    Ok(connection)
}

fn connect(path: &Path, cache: u32) -> Result<Connection, StoreError> {
    create(path).map_err(|error| StoreError::away(format!("{}: {error}", path.display())))?;
    let connection = Connection::open(path).map_err(sql_error)?;
    connection.busy_timeout(BUSY).map_err(sql_error)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    let settings =
        format!("PRAGMA cache_size = -{cache}; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY;");
    batch(&connection, &settings)?;
    Ok(connection)
}

/// SQLite gives its journals the permissions of the database file.
fn create(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(number) => ValueRef::Integer(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// The place of `$n` among a statement's parameters. SQLite takes `$1` for a name and numbers
/// parameters as they first appear, which need not be their order.
fn places(statement: &CachedStatement<'_>, count: usize) -> rusqlite::Result<Vec<usize>> {
    (1..=count)
        .map(|number| {
            let name = format!("${number}");
            statement
                .parameter_index(&name)?
                .ok_or(rusqlite::Error::InvalidParameterName(name))
        })
        .collect()
}

fn bind(
    statement: &mut CachedStatement<'_>,
    places: &[usize],
    values: &[Value<'_>],
) -> rusqlite::Result<()> {
    for (place, value) in places.iter().zip(values) {
        statement.raw_bind_parameter(*place, value)?;
    }
    Ok(())
}

/// Runs a statement that answers no rows; answers how many it changed.
pub(super) fn execute(
    connection: &Connection,
    sql: &str,
    values: &[Value<'_>],
) -> Result<u64, StoreError> {
    let run = || {
        let mut statement = connection.prepare_cached(sql)?;
        let places = places(&statement, values.len())?;
        bind(&mut statement, &places, values)?;
        statement.raw_execute()
    };
    run().map(|changed| changed as u64).map_err(sql_error)
}

/// Runs one statement for each row of parameters; answers how many rows each one changed.
pub(super) fn execute_each<'v, const N: usize>(
    connection: &Connection,
    sql: &str,
    rows: impl Iterator<Item = [Value<'v>; N]>,
) -> Result<Vec<u64>, StoreError> {
    let run = || {
        let mut statement = connection.prepare_cached(sql)?;
        let places = places(&statement, N)?;
        rows.map(|values| {
            bind(&mut statement, &places, &values)?;
            statement.raw_execute().map(|changed| changed as u64)
        })
        .collect::<rusqlite::Result<Vec<u64>>>()
    };
    run().map_err(sql_error)
}

/// Runs a statement that answers rows.
pub(super) fn query(
    connection: &Connection,
    sql: &str,
    values: &[Value<'_>],
) -> Result<Vec<Row>, StoreError> {
    let run = || {
        let mut statement = connection.prepare_cached(sql)?;
        let places = places(&statement, values.len())?;
        bind(&mut statement, &places, values)?;
        let columns = statement.column_count();
        let mut found = statement.raw_query();
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            let cells = (0..columns).map(|column| row.get_ref(column).map(cell));
            rows.push(cells.collect::<rusqlite::Result<Vec<Cell>>>()?);
        }
        Ok(rows)
    };
    run()
        .map(|rows| rows.into_iter().map(Row).collect())
        .map_err(sql_error)
}

/// Runs several statements without parameters.
pub(super) fn batch(connection: &Connection, sql: &str) -> Result<(), StoreError> {
    connection.execute_batch(sql).map_err(sql_error)
}

fn cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Int(number),
        // No table holds a real number; one could only come from an overflow.
        ValueRef::Real(_) => Cell::Null,
        ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
    }
}

fn sql_error(error: rusqlite::Error) -> StoreError {
    let text = error.to_string();
    match error.sqlite_error_code() {
        Some(
            ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::PermissionDenied
            | ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::OutOfMemory,
        ) => StoreError::away(text),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Corrupt(text),
        _ => StoreError::Other(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_bound_by_their_number_wherever_they_stand() {
        let connection = Connection::open_in_memory().unwrap();
        let values = [Value::Text("first"), Value::Int(2), Value::Bytes(b"third")];
        let rows = query(&connection, "SELECT $3, $1, $2, $1", &values).unwrap();
        let expected = vec![
            Cell::Bytes(b"third".to_vec()),
            Cell::Text("first".to_owned()),
            Cell::Int(2),
            Cell::Text("first".to_owned()),
        ];
        assert_eq!(rows, [Row(expected)]);
    }

    #[test]
    fn a_new_file_is_opened_with_what_it_is_to_be_run_with() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        let (writer, reader) = (open(&path).unwrap(), open_reader(&path).unwrap());
        let told = |connection: &Connection, name: &str| {
            query(connection, &format!("PRAGMA {name}"), &[]).unwrap()[0].0[0].clone()
        };
        for connection in [&writer, &reader] {
            assert_eq!(
                told(connection, "journal_mode"),
                Cell::Text("wal".to_owned())
            );
            assert_eq!(told(connection, "page_size"), Cell::Int(8_192));
            assert_eq!(told(connection, "mmap_size"), Cell::Int(0));
        }
        assert_eq!(told(&writer, "synchronous"), Cell::Int(2), "FULL");
        assert_eq!(told(&writer, "cache_size"), Cell::Int(-2_048));
        assert_eq!(told(&reader, "cache_size"), Cell::Int(-256));
        assert!(batch(&reader, "CREATE TABLE t (a)").is_err());
    }

    #[test]
    fn a_sum_beyond_64_bits_is_refused_and_never_rounded() {
        let connection = Connection::open_in_memory().unwrap();
        batch(
            &connection,
            "CREATE TABLE t (a INTEGER) STRICT; INSERT INTO t VALUES (9223372036854775807)",
        )
        .unwrap();
        assert!(execute(&connection, "UPDATE t SET a = a + $1", &[Value::Int(1)]).is_err());
    }
}
