//! The store itself: a handle that everything else in this crate adds its operations to.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::watch;

use crate::clock::Clock;
use crate::feed::{self, Feed};
use crate::sql::Database;
use crate::{StoreError, migrate, revision};

/// Where the data are.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A file of SQLite. Made, readable by its owner only, where there is none.
    Sqlite(PathBuf),
    /// A database of PostgreSQL by its URL, such as `postgres://user@host/tollgate`. No TLS is
    /// spoken to it.
    Postgres(String),
}

/// The URL may hold a password and is not shown.
impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
            Location::Postgres(_) => f.write_str("Postgres([url])"),
        }
    }
}

/// The store. Clones share one database.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    database: Database,
    clock: Clock,
    newest: watch::Sender<u64>,
    _feed: Option<Feed>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.inner.database {
            Database::Sqlite(_) => "Store(SQLite)",
            Database::Postgres(_) => "Store(PostgreSQL)",
        })
    }
}

impl Store {
    /// Opens a store and brings it to the newest schema. Its clock is that of the database's host.
    /// To be called within the Tokio runtime that is to carry the connections.
    ///
    /// Fails with [`StoreError::NewerData`] where a newer version has written the data, with
    /// [`StoreError::Unavailable`] where the database cannot be reached, and with
    /// [`StoreError::Refused`] where the URL cannot be used.
    pub async fn open(location: &Location) -> Result<Store, StoreError> {
        Store::open_with(location, Clock::Host).await
    }

    /// [`Store::open`] with a clock of one's own.
    pub async fn open_with(location: &Location, clock: Clock) -> Result<Store, StoreError> {
        let database = match location {
            Location::Sqlite(path) => Database::sqlite(path)?,
            Location::Postgres(url) => Database::postgres(url)?,
        };
        migrate::migrate(&database, clock.clone()).await?;
        let newest = database
            .read((), |conn, ()| Box::pin(revision::newest(conn)))
            .await?;
        let newest = watch::Sender::new(newest);
        let feed = match &database {
            Database::Sqlite(_) => None,
            Database::Postgres(pool) => Some(feed::follow(pool.clone(), newest.clone())),
        };
        let inner = Inner {
            database,
            clock,
            newest,
            _feed: feed,
        };
        Ok(Store {
            inner: Arc::new(inner),
        })
    }

    /// The newest revision, as soon as it is known here: at once for a change by this process,
    /// within a second for one by another process on the same PostgreSQL database. Several changes
    /// may be seen as one.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.inner.newest.subscribe()
    }

    pub(crate) fn database(&self) -> &Database {
        &self.inner.database
    }

    pub(crate) fn clock(&self) -> Clock {
        self.inner.clock.clone()
    }

    /// Tells the watchers of this process.
    pub(crate) fn advance(&self, revision: u64) {
        feed::advance(&self.inner.newest, revision);
    }
}
