//! PostgreSQL: the pool of connections, how a query is run, and how notifications arrive.

use std::future::poll_fn;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use deadpool_postgres::{Manager, ManagerConfig, Object, RecyclingMethod, Runtime};
use futures_util::future::try_join_all;
use futures_util::stream::TryStreamExt;
use tokio_postgres::config::SslMode;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{AsyncMessage, Config, NoTls};

use super::value::{Cell, Row, Value};
use crate::StoreError;
use crate::error::{Doubt, Outage};

/// Connections that one process keeps at most.
const CONNECTIONS: usize = 8;
/// How long to wait for a connection.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a peer that no longer answers is believed to be there.
const SILENCE: Duration = Duration::from_secs(10);

/// The words in which the databases' table definitions differ. Texts are ordered by their bytes, as
/// SQLite does, whatever the locale of the database.
pub(super) const DDL_WORDS: [(&str, &str); 5] = [
    ("{int}", "BIGINT"),
    ("{text}", "TEXT COLLATE \"C\""),
    ("{bytes}", "BYTEA"),
    ("{keyed}", ""),
    ("{rows}", ""),
];

/// A pool of connections to one database.
#[derive(Clone)]
pub(crate) struct Pool {
    pool: deadpool_postgres::Pool,
    config: Arc<Config>,
}

impl Pool {
    /// A pool for a URL; connects when it is first used.
    pub(super) fn new(url: &str) -> Result<Pool, StoreError> {
        let mut config = Config::from_str(url).map_err(|error| {
            // The text of this error names the faulty option, never a value.
            let text = describe(&error);
            StoreError::Refused(format!("the URL of the PostgreSQL database: {text}"))
        })?;
        if config.get_ssl_mode() == SslMode::Require {
            return Err(StoreError::Refused(
                "the URL of the PostgreSQL database demands TLS (sslmode=require), which this \
                 version does not speak to a database: connect through a local TLS proxy or a \
                 private network, with sslmode=disable"
                    .to_owned(),
            ));
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(SILENCE);
        }
        if config.get_application_name().is_none() {
            config.application_name("tollgate");
        }
        let settings = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let manager = Manager::from_config(config.clone(), NoTls, settings);
        let pool = deadpool_postgres::Pool::builder(manager)
            .max_size(CONNECTIONS)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(PATIENCE))
            .create_timeout(Some(PATIENCE))
            .build()
            .map_err(|error| StoreError::Other(error.to_string()))?;
        let config = Arc::new(config);
        Ok(Pool { pool, config })
    }

    pub(super) async fn session(&self) -> Result<Session, StoreError> {
        let client = self.pool.get().await.map_err(|error| match error {
            deadpool_postgres::PoolError::Backend(error) => sql_error(&error),
            other => StoreError::away(other.to_string()),
        })?;
        Ok(Session {
            client: Some(client),
            in_transaction: false,
        })
    }
}

/// A connection in use. One that is dropped within a transaction, because whoever waited for it
/// went away, is closed and not reused: its transaction is rolled back by the server.
pub(crate) struct Session {
    client: Option<Object>,
    in_transaction: bool,
}

impl Drop for Session {
    fn drop(&mut self) {
        if self.in_transaction
            && let Some(client) = self.client.take()
        {
            drop(Object::take(client));
        }
    }
}

impl Session {
    fn client(&self) -> Result<&Object, StoreError> {
        self.client
            .as_ref()
            .ok_or_else(|| StoreError::Other("the connection was given away".to_owned()))
    }

    pub(super) async fn begin(&mut self, statement: &str) -> Result<(), StoreError> {
        self.in_transaction = true;
        self.batch(statement).await
    }

    pub(super) async fn commit(&mut self) -> Result<(), StoreError> {
        let done = self.client()?.batch_execute("COMMIT").await;
        done.map_err(|error| commit_error(&error))?;
        self.in_transaction = false;
        Ok(())
    }

    pub(super) async fn roll_back(&mut self) -> Result<(), StoreError> {
        self.batch("ROLLBACK").await?;
        self.in_transaction = false;
        Ok(())
    }

    pub(super) async fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        let client = self.client()?;
        let run = async {
            let statement = client.prepare_cached(sql).await?;
            client.execute_raw(&statement, values.iter().copied()).await
        };
        run.await.map_err(|error| sql_error(&error))
    }

    /// Sends every statement before it waits for the first answer.
    pub(super) async fn execute_each<'v, const N: usize>(
        &self,
        sql: &str,
        rows: impl Iterator<Item = [Value<'v>; N]> + Send,
    ) -> Result<Vec<u64>, StoreError> {
        let client = self.client()?;
        let run = async {
            let statement = client.prepare_cached(sql).await?;
            let statement = &statement;
            let sent = rows.map(|values| client.execute_raw(statement, values));
            try_join_all(sent).await
        };
        run.await.map_err(|error| sql_error(&error))
    }

    pub(super) async fn query(
        &self,
        sql: &str,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, StoreError> {
        let client = self.client()?;
        let run = async {
            let statement = client.prepare_cached(sql).await?;
            let found = client.query_raw(&statement, values.iter().copied()).await?;
            let rows: Vec<tokio_postgres::Row> = found.try_collect().await?;
            rows.iter().map(cells).collect::<Result<Vec<Row>, _>>()
        };
        run.await.map_err(|error| sql_error(&error))
    }

    pub(super) async fn batch(&self, sql: &str) -> Result<(), StoreError> {
        let client = self.client()?;
        client
            .batch_execute(sql)
            .await
            .map_err(|error| sql_error(&error))
    }
}

fn cells(row: &tokio_postgres::Row) -> Result<Row, tokio_postgres::Error> {
    let cell = |(place, column): (usize, &tokio_postgres::Column)| {
        let found = if *column.type_() == Type::INT8 {
            row.try_get::<_, Option<i64>>(place)?.map(Cell::Int)
        } else if *column.type_() == Type::BYTEA {
            row.try_get::<_, Option<Vec<u8>>>(place)?.map(Cell::Bytes)
        } else {
            row.try_get::<_, Option<String>>(place)?.map(Cell::Text)
        };
        Ok(found.unwrap_or(Cell::Null))
    };
    let cells = row.columns().iter().enumerate().map(cell);
    cells.collect::<Result<_, _>>().map(Row)
}

impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(number) if *ty == Type::INT8 => number.to_sql(ty, out),
            // PostgreSQL takes this character in no text, and no caller may make a batch fail.
            Value::Text(text) if *ty == Type::TEXT && text.contains('\0') => {
                text.replace('\0', "").to_sql(ty, out)
            }
            Value::Text(text) if *ty == Type::TEXT => text.to_sql(ty, out),
            Value::Bytes(bytes) if *ty == Type::BYTEA => bytes.to_sql(ty, out),
            _ => Err(format!("a parameter is expected to be of type {ty}").into()),
        }
    }

    fn accepts(ty: &Type) -> bool {
        [Type::INT8, Type::TEXT, Type::BYTEA].contains(ty)
    }

    to_sql_checked!();
}

/// Whether a transaction that failed so may simply be run again: it lost a deadlock or a race.
pub(super) fn has_raced(error: &StoreError) -> bool {
    matches!(error, StoreError::Unavailable(outage) if outage.doubt == Doubt::Raced)
}

/// What a failed `COMMIT` means: whether it was done is known only if the server says so.
fn commit_error(error: &tokio_postgres::Error) -> StoreError {
    if error.as_db_error().is_some() {
        return sql_error(error);
    }
    StoreError::Unavailable(Outage {
        told: describe(error),
        doubt: Doubt::Commit,
    })
}

fn sql_error(error: &tokio_postgres::Error) -> StoreError {
    let text = describe(error);
    let Some(code) = error.code() else {
        return StoreError::away(text);
    };
    let races = [
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
    ];
    if races.contains(code) {
        return StoreError::Unavailable(Outage {
            told: text,
            doubt: Doubt::Raced,
        });
    }
    if [SqlState::DATA_CORRUPTED, SqlState::INDEX_CORRUPTED].contains(code) {
        return StoreError::Corrupt(text);
    }
    // Classes of PostgreSQL's table of error codes: connection, read-only, authorization, no such
    // database, resources, operator intervention (shutdown, starting up), system error.
    match code.code().get(..2).unwrap_or_default() {
        "08" | "25" | "28" | "3D" | "53" | "57" | "58" => StoreError::away(text),
        _ => StoreError::Other(text),
    }
}

/// The message without the server's DETAIL, which may quote data.
fn describe(error: &tokio_postgres::Error) -> String {
    if let Some(told) = error.as_db_error() {
        return format!("{} ({})", told.message(), told.code().code());
    }
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

/// Opens a connection of its own, listens on a channel, and calls `wake` when the listening began
/// and on every notification. Answers when the connection is lost, and why.
pub(crate) async fn notifications(
    pool: &Pool,
    channel: &str,
    wake: impl Fn() + Send + Sync,
) -> StoreError {
    let (client, mut connection) = match pool.config.connect(NoTls).await {
        Ok(connected) => connected,
        Err(error) => return sql_error(&error),
    };
    let receive = async {
        loop {
            match poll_fn(|context| connection.poll_message(context)).await {
                Some(Ok(AsyncMessage::Notification(_))) => wake(),
                Some(Ok(_)) => {}
                Some(Err(error)) => return sql_error(&error),
                None => return StoreError::away("the connection was closed"),
            }
        }
    };
    let listen = async {
        match client.batch_execute(&format!("LISTEN {channel}")).await {
            // The client must live on: a connection without one is shut down.
            Ok(()) => {
                wake();
                std::future::pending().await
            }
            Err(error) => sql_error(&error),
        }
    };
    tokio::select! {
        lost = receive => lost,
        failed = listen => failed,
    }
}
