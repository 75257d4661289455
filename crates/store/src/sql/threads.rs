//! The threads of an SQLite file: one that writes, a few that read.
//!
//! The writer takes whatever is waiting, up to a number of jobs, into one transaction, each job in
//! a savepoint of its own, and commits once: under load many changes share one write to disk.
//! Nobody is answered before that commit.
//!
//! A reader is started, and its connection opened, when there is a job that no other one is free
//! for.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::{AcqRel, Acquire};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use futures_util::FutureExt;
use tokio::sync::oneshot;

use super::conn::{Conn, Pending};
use super::sqlite;
use crate::StoreError;

/// Jobs that share one commit at most.
const GROUP: usize = 64;
/// Threads that read at most.
const READERS: usize = 2;

/// Tells whoever asked for a job how it went, once it is known whether it was committed.
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
/// Work on a connection; or, where there is no transaction to work in, the reason.
type Job = Box<dyn FnOnce(Result<&mut Conn, StoreError>) -> Answer + Send>;

/// Handles to the threads of a file. They end when the last handle is dropped.
pub(crate) struct Threads {
    path: PathBuf,
    writer: Sender<Job>,
    reader: Sender<Job>,
    readers: Arc<Readers>,
}

/// What the threads that read have in common.
struct Readers {
    jobs: Mutex<Receiver<Job>>,
    /// Jobs that are not done.
    pending: AtomicUsize,
    /// Threads that there are.
    count: AtomicUsize,
}

impl Threads {
    /// Opens a file and starts its threads.
    pub(super) fn start(path: &Path) -> Result<Threads, StoreError> {
        let (writer, jobs) = channel();
        let connection = Conn::Sqlite(sqlite::open(path)?);
        spawn("store-writer", move || write_loop(connection, &jobs))?;
        let (reader, jobs) = channel();
        let readers = Readers {
            jobs: Mutex::new(jobs),
            pending: AtomicUsize::new(0),
            count: AtomicUsize::new(0),
        };
        Ok(Threads {
            path: path.to_owned(),
            writer,
            reader,
            readers: Arc::new(readers),
        })
    }

    /// Runs a body in a transaction that may write.
    pub(super) async fn write<A, T, F>(&self, args: A, body: F) -> Result<T, StoreError>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'c> Fn(&'c mut Conn, &'c A) -> Pending<'c, T> + Send + Sync + 'static,
    {
        let (reply, answer) = oneshot::channel();
        submit(&self.writer, job(args, body, reply), answer).await
    }

    /// Runs a body that sees one state of the database.
    pub(super) async fn read<A, T, F>(&self, args: A, body: F) -> Result<T, StoreError>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'c> Fn(&'c mut Conn, &'c A) -> Pending<'c, T> + Send + Sync + 'static,
    {
        self.readers.pending.fetch_add(1, AcqRel);
        self.ensure_reader()?;
        let (reply, answer) = oneshot::channel();
        submit(&self.reader, job(args, body, reply), answer).await
    }

    /// Starts a reader where there are more jobs than readers and one more is allowed.
    fn ensure_reader(&self) -> Result<(), StoreError> {
        let most = self.readers.pending.load(Acquire).min(READERS);
        let more = |count| (count < most).then_some(count + 1);
        if self
            .readers
            .count
            .fetch_update(AcqRel, Acquire, more)
            .is_err()
        {
            return Ok(());
        }
        let (path, readers) = (self.path.clone(), Arc::clone(&self.readers));
        spawn("store-reader", move || read_loop(&path, &readers)).inspect_err(|_| {
            self.readers.count.fetch_sub(1, AcqRel);
            self.readers.pending.fetch_sub(1, AcqRel);
        })
    }
}

async fn submit<T>(
    queue: &Sender<Job>,
    job: Job,
    answer: oneshot::Receiver<Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let ended = || StoreError::away("a thread of the store has ended");
    queue.send(job).map_err(|_| ended())?;
    answer.await.map_err(|_| ended())?
}

fn job<A, T, F>(args: A, body: F, reply: oneshot::Sender<Result<T, StoreError>>) -> Job
where
    A: Send + Sync + 'static,
    T: Send + 'static,
    F: for<'c> Fn(&'c mut Conn, &'c A) -> Pending<'c, T> + Send + Sync + 'static,
{
    Box::new(move |conn| {
        let result = conn.and_then(|conn| in_savepoint(conn, |conn| complete(body(conn, &args))));
        Box::new(move |commit| {
            // Whoever asked may be gone by now.
            let _ = reply.send(commit.and(result));
        })
    })
}

fn complete<T>(future: Pending<'_, T>) -> Result<T, StoreError> {
    let waits = || StoreError::Other("a query on SQLite had to wait".to_owned());
    future.now_or_never().ok_or_else(waits)?
}

fn in_savepoint<T>(
    conn: &mut Conn,
    body: impl FnOnce(&mut Conn) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    run(conn, "SAVEPOINT job")?;
    let result = body(conn);
    let end = match result {
        Ok(_) => run(conn, "RELEASE job"),
        Err(_) => run(conn, "ROLLBACK TO job").and_then(|()| run(conn, "RELEASE job")),
    };
    result.and_then(|value| end.map(|()| value))
}

fn run(conn: &mut Conn, sql: &str) -> Result<(), StoreError> {
    complete(Box::pin(
        async move { conn.execute(sql, &[]).await.map(drop) },
    ))
}

/// Whether a transaction is open. SQLite itself ends one when the disk is full or fails.
fn is_open(conn: &Conn) -> bool {
    matches!(conn, Conn::Sqlite(connection) if !connection.is_autocommit())
}

fn write_loop(mut conn: Conn, jobs: &Receiver<Job>) {
    while let Ok(first) = jobs.recv() {
        if let Err(error) = run(&mut conn, "BEGIN IMMEDIATE") {
            first(Err(error.clone()))(Err(error));
            continue;
        }
        let mut answers = vec![first(Ok(&mut conn))];
        while answers.len() < GROUP && is_open(&conn) {
            let Ok(next) = jobs.try_recv() else { break };
            answers.push(next(Ok(&mut conn)));
        }
        let committed = if is_open(&conn) {
            run(&mut conn, "COMMIT")
        } else {
            let text = "SQLite gave up the transaction: the disk is full or fails";
            Err(StoreError::away(text))
        };
        if committed.is_err() && is_open(&conn) {
            // Should this fail too, the next BEGIN fails and says so.
            let _ = run(&mut conn, "ROLLBACK");
        }
        for answer in answers {
            answer(committed.clone());
        }
    }
}

fn read_loop(path: &Path, readers: &Readers) {
    let mut conn = None;
    loop {
        // Nothing is done under the lock that could leave the queue in disorder.
        let jobs = readers.jobs.lock().unwrap_or_else(|lock| lock.into_inner());
        let Ok(job) = jobs.recv() else { return };
        drop(jobs);
        // A job that panics costs the reader its connection and no more: whoever asked is told
        // that there is no answer.
        let done = catch_unwind(AssertUnwindSafe(|| read(job, &mut conn, path)));
        readers.pending.fetch_sub(1, AcqRel);
        match done {
            Ok(answer) => answer(),
            Err(_) => conn = None,
        }
    }
}

/// Does a job; answers what tells whoever asked for it.
fn read(job: Job, conn: &mut Option<Conn>, path: &Path) -> impl FnOnce() + use<> {
    let (answer, ended) = match begun(conn, path) {
        Ok(conn) => (job(Ok(&mut *conn)), run(conn, "COMMIT")),
        Err(error) => (job(Err(error.clone())), Err(error)),
    };
    move || answer(ended)
}

/// A connection within a transaction; opened, where it is not yet.
fn begun<'c>(conn: &'c mut Option<Conn>, path: &Path) -> Result<&'c mut Conn, StoreError> {
    let conn = match conn {
        Some(open) => open,
        None => conn.insert(Conn::Sqlite(sqlite::open_reader(path)?)),
    };
    run(conn, "BEGIN").map(|()| conn)
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), StoreError> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(body)
        .map(drop)
        .map_err(|error| StoreError::away(format!("no thread for the store: {error}")))
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;

    fn ask<'c>(conn: &'c mut Conn, (): &'c ()) -> Pending<'c, i64> {
        Box::pin(async move { conn.query_row("SELECT 1", &[]).await?.int(0) })
    }

    fn fall<'c>(_: &'c mut Conn, (): &'c ()) -> Pending<'c, i64> {
        std::panic::panic_any("scripted")
    }

    #[tokio::test]
    async fn readers_are_started_when_they_are_needed_and_outlive_a_panic() {
        let folder = tempfile::tempdir().unwrap();
        let threads = Threads::start(&folder.path().join("db")).unwrap();
        let count = || threads.readers.count.load(Acquire);
        assert_eq!(count(), 0);
        for _ in 0..3 {
            assert_eq!(threads.read((), ask).await, Ok(1));
        }
        assert_eq!(count(), 1);
        // Two jobs that wait for each other are both done only where two readers take them.
        let barrier = Arc::new(Barrier::new(2));
        let met = |barrier: Arc<Barrier>| {
            threads.read(barrier, |_, barrier| {
                barrier.wait();
                Box::pin(async { Ok(()) })
            })
        };
        let (first, second) = tokio::join!(met(Arc::clone(&barrier)), met(barrier));
        assert!(first.is_ok() && second.is_ok());
        let many = (0..20).map(|_| threads.read((), ask));
        for answer in futures_util::future::join_all(many).await {
            assert_eq!(answer, Ok(1));
        }
        assert_eq!(count(), READERS);
        for _ in 0..READERS {
            assert!(threads.read((), fall).await.is_err());
        }
        assert_eq!(threads.read((), ask).await, Ok(1));
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_opened_for_reading_is_told_and_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        let threads = Threads::start(&path).unwrap();
        let away = folder.path().join("away");
        std::fs::rename(&path, &away).unwrap();
        std::fs::create_dir(&path).unwrap();
        assert!(matches!(
            threads.read((), ask).await,
            Err(StoreError::Unavailable(_))
        ));
        std::fs::remove_dir(&path).unwrap();
        std::fs::rename(&away, &path).unwrap();
        assert_eq!(threads.read((), ask).await, Ok(1));
    }
}
