//! A connection within a transaction, whichever the database.

use std::future::Future;
use std::pin::Pin;

use tollgate_model::Micros;

use super::value::{Row, Value};
use super::{postgres, sqlite};
use crate::StoreError;

/// What the body of a transaction answers. On SQLite every such future is complete when it is first
/// polled, so that a body is written once and its thread never waits.
pub(crate) type Pending<'c, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'c>>;

/// A connection within a transaction.
pub(crate) enum Conn {
    Sqlite(rusqlite::Connection),
    Postgres(postgres::Session),
}

impl Conn {
    /// Runs a statement that answers no rows; answers how many it changed.
    pub(crate) async fn execute(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
    ) -> Result<u64, StoreError> {
        match self {
            Conn::Sqlite(connection) => sqlite::execute(connection, sql, values),
            Conn::Postgres(session) => session.execute(sql, values).await,
        }
    }

    /// Runs one statement for each row of parameters, in one round trip; answers how many rows each
    /// one changed.
    pub(crate) async fn execute_each<'v, const N: usize>(
        &mut self,
        sql: &str,
        rows: impl Iterator<Item = [Value<'v>; N]> + Send,
    ) -> Result<Vec<u64>, StoreError> {
        match self {
            Conn::Sqlite(connection) => sqlite::execute_each(connection, sql, rows),
            Conn::Postgres(session) => session.execute_each(sql, rows).await,
        }
    }

    /// Runs a statement that answers rows.
    pub(crate) async fn query(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, StoreError> {
        match self {
            Conn::Sqlite(connection) => sqlite::query(connection, sql, values),
            Conn::Postgres(session) => session.query(sql, values).await,
        }
    }

    /// Runs a statement that answers at most one row.
    pub(crate) async fn query_one(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.query(sql, values).await?.pop())
    }

    /// Runs a statement that always answers a row.
    pub(crate) async fn query_row(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
    ) -> Result<Row, StoreError> {
        let row = self.query_one(sql, values).await?;
        row.ok_or_else(|| StoreError::Corrupt(format!("nothing is answered to: {sql}")))
    }

    /// Runs table definitions, whose words for types are in braces: `{int}`, `{text}`, `{bytes}`,
    /// and after a table's columns `{keyed}` (kept in its key's order) or `{rows}`.
    pub(crate) async fn define(&mut self, sql: &str) -> Result<(), StoreError> {
        let in_words = |words: &[(&str, &str)]| {
            let replace = |sql: String, (word, real): &(&str, &str)| sql.replace(word, real);
            words.iter().fold(sql.to_owned(), replace)
        };
        match self {
            Conn::Sqlite(connection) => sqlite::batch(connection, &in_words(&sqlite::DDL_WORDS)),
            Conn::Postgres(session) => session.batch(&in_words(&postgres::DDL_WORDS)).await,
        }
    }

    /// Waits until no other transaction on this database holds the lock of this number, and holds
    /// it to the end of the transaction. On SQLite every writing transaction is alone anyway.
    pub(crate) async fn lock_database(&mut self, number: i64) -> Result<(), StoreError> {
        if let Conn::Postgres(session) = self {
            let sql = "SELECT pg_advisory_xact_lock($1)";
            session.execute(sql, &[Value::Int(number)]).await?;
        }
        Ok(())
    }

    /// Tells other processes, once the transaction is committed, that there is something new. On
    /// SQLite there are no others.
    pub(crate) async fn notify(&mut self, channel: &str) -> Result<(), StoreError> {
        if let Conn::Postgres(session) = self {
            let sql = "SELECT pg_notify($1, '')";
            session.execute(sql, &[Value::Text(channel)]).await?;
        }
        Ok(())
    }

    /// The time by the clock of the database's host: to the millisecond on SQLite.
    pub(crate) async fn host_time(&mut self) -> Result<Micros, StoreError> {
        let sql = match self {
            Conn::Sqlite(_) => {
                "SELECT CAST(strftime('%s', 'now') AS INTEGER) * 1000000 \
                 + CAST(substr(strftime('%f', 'now'), 4) AS INTEGER) * 1000"
            }
            Conn::Postgres(_) => {
                "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"
            }
        };
        self.query_row(sql, &[]).await?.micros(0)
    }
}
