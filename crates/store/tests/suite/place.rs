//! A database for one test, and a clock that the test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use tollgate_model::Micros;
use tollgate_store::{Clock, Location, Store};

/// An empty database. It goes away with this value.
pub(crate) struct Place {
    pub(crate) location: Location,
    time: Arc<AtomicI64>,
    _folder: Option<tempfile::TempDir>,
}

impl Place {
    pub(crate) fn sqlite() -> Place {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("tollgate.db"));
        Place::new(location, Some(folder))
    }

    pub(crate) fn postgres() -> Place {
        let url = tollgate_testkit::postgres::fresh_database();
        Place::new(Location::Postgres(url), None)
    }

    fn new(location: Location, folder: Option<tempfile::TempDir>) -> Place {
        let place = Place {
            location,
            time: Arc::new(AtomicI64::new(0)),
            _folder: folder,
        };
        place.set_clock("2026-11-24T12:00:00Z");
        place
    }

    /// A store on this database, by this place's clock.
    pub(crate) async fn open(&self) -> Store {
        let time = Arc::clone(&self.time);
        let clock = Clock::Given(Arc::new(move || Micros(time.load(Ordering::SeqCst))));
        Store::open_with(&self.location, clock).await.unwrap()
    }

    pub(crate) fn set_clock(&self, time: &str) {
        let time = Micros::parse(time).unwrap();
        self.time.store(time.0, Ordering::SeqCst);
    }

    /// Runs statements behind the store's back.
    pub(crate) async fn tamper(&self, sql: &str) {
        match &self.location {
            Location::Sqlite(path) => {
                let connection = rusqlite::Connection::open(path).unwrap();
                connection.execute_batch(sql).unwrap();
            }
            Location::Postgres(url) => {
                let connected = tokio_postgres::connect(url, tokio_postgres::NoTls).await;
                let (client, connection) = connected.unwrap();
                let driver = tokio::spawn(connection);
                client.batch_execute(sql).await.unwrap();
                drop(client);
                driver.await.unwrap().unwrap();
            }
        }
    }
}
