//! The change feed of a PostgreSQL database: how a process learns what the others changed.

use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::AbortHandle;

use crate::revision;
use crate::sql::{Database, Pool, notifications};

/// How often the newest revision is read whether or not a notification came.
const POLL: Duration = Duration::from_secs(1);

/// A running feed; it ends when this is dropped.
pub(crate) struct Feed(AbortHandle);

impl Drop for Feed {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Notes a revision, unless a newer one is known.
pub(crate) fn advance(newest: &watch::Sender<u64>, revision: u64) {
    newest.send_if_modified(|known| {
        let newer = revision > *known;
        *known = revision.max(*known);
        newer
    });
}

/// Starts to follow a database on the current runtime.
pub(crate) fn follow(pool: Pool, newest: watch::Sender<u64>) -> Feed {
    let task = tokio::spawn(async move {
        let wake = Notify::new();
        tokio::join!(listen(&pool, &wake), refresh(&pool, &wake, &newest));
    });
    Feed(task.abort_handle())
}

/// Listens for ever; a lost connection is opened again.
async fn listen(pool: &Pool, wake: &Notify) {
    loop {
        let lost = notifications(pool, revision::CHANNEL, || wake.notify_one()).await;
        tracing::warn!(
            error = %lost,
            "no notifications of configuration changes; they are polled until the database is back"
        );
        tokio::time::sleep(POLL).await;
    }
}

async fn refresh(pool: &Pool, wake: &Notify, newest: &watch::Sender<u64>) {
    let database = Database::Postgres(pool.clone());
    loop {
        // The poll goes on when the wait ends without a notification.
        let _ = tokio::time::timeout(POLL, wake.notified()).await;
        let found = database
            .read((), |conn, ()| Box::pin(revision::newest(conn)))
            .await;
        if let Ok(revision) = found {
            advance(newest, revision);
        }
    }
}
