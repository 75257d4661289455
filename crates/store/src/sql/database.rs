//! A database: where transactions begin and end.

use std::path::Path;

use super::conn::{Conn, Pending};
use super::postgres::{self, Pool};
use super::threads::Threads;
use crate::StoreError;

/// How often a transaction that lost a race is run again before its failure is told.
const RACES: u32 = 8;

/// A database, by whichever way its transactions are run.
pub(crate) enum Database {
    Sqlite(Threads),
    Postgres(Pool),
}

impl Database {
    /// Opens an SQLite file, and makes one where there is none.
    pub(crate) fn sqlite(path: &Path) -> Result<Database, StoreError> {
        Threads::start(path).map(Database::Sqlite)
    }

    /// A PostgreSQL database; connects when it is first used.
    pub(crate) fn postgres(url: &str) -> Result<Database, StoreError> {
        Pool::new(url).map(Database::Postgres)
    }

    /// Whether other processes can work on it at the same time.
    pub(crate) const fn is_shared(&self) -> bool {
        matches!(self, Database::Postgres(_))
    }

    /// Runs a body in a transaction that may write: all of it is kept, or nothing where it fails.
    /// The body runs again where it lost a race, so its only effects are on the database.
    pub(crate) async fn write<A, T, F>(&self, args: A, body: F) -> Result<T, StoreError>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'c> Fn(&'c mut Conn, &'c A) -> Pending<'c, T> + Send + Sync + 'static,
    {
        match self {
            Database::Sqlite(threads) => threads.write(args, body).await,
            Database::Postgres(pool) => {
                let mut races = 0;
                loop {
                    let result = transact(pool, "BEGIN", &args, &body).await;
                    match result {
                        Err(error) if races < RACES && postgres::has_raced(&error) => races += 1,
                        other => return other,
                    }
                }
            }
        }
    }

    /// Runs a body that only reads, and sees one state of the database throughout.
    pub(crate) async fn read<A, T, F>(&self, args: A, body: F) -> Result<T, StoreError>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'c> Fn(&'c mut Conn, &'c A) -> Pending<'c, T> + Send + Sync + 'static,
    {
        match self {
            Database::Sqlite(threads) => threads.read(args, body).await,
            Database::Postgres(pool) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";
                transact(pool, begin, &args, &body).await
            }
        }
    }
}

async fn transact<A, T, F>(pool: &Pool, begin: &str, args: &A, body: &F) -> Result<T, StoreError>
where
    F: for<'c> Fn(&'c mut Conn, &'c A) -> Pending<'c, T>,
{
    let mut session = pool.session().await?;
    session.begin(begin).await?;
    let mut conn = Conn::Postgres(session);
    let result = body(&mut conn, args).await;
    let Conn::Postgres(session) = &mut conn else {
        return result;
    };
    match result {
        Ok(value) => session.commit().await.map(|()| value),
        Err(error) => {
            // A connection on which this fails is closed, which has the same effect.
            let _ = session.roll_back().await;
            Err(error)
        }
    }
}
