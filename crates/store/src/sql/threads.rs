//! The threads of an SQLite file: one that writes, a few that read.
//!
//! The writer takes whatever is waiting, up to a number of jobs, into one transaction, each job in
//! a savepoint of its own, and commits once: under load many changes share one write to disk.
//! Nobody is answered before that commit.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use futures_util::FutureExt;
use tokio::sync::oneshot;

use super::conn::{Conn, Pending};
use super::sqlite;
use crate::StoreError;

/// Jobs that share one commit at most.
const GROUP: usize = 64;
/// Threads that read.
const READERS: usize = 3;

/// Tells whoever asked for a job how it went, once it is known whether it was committed.
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
/// Work on a connection; or, where there is no transaction to work in, the reason.
type Job = Box<dyn FnOnce(Result<&mut Conn, StoreError>) -> Answer + Send>;

/// Handles to the threads of a file. They end when the last handle is dropped.
pub(crate) struct Threads {
    writer: Sender<Job>,
    readers: Sender<Job>,
}

impl Threads {
    /// Opens a file and starts its threads.
    pub(super) fn start(path: &Path) -> Result<Threads, StoreError> {
        let (writer, jobs) = channel();
        let connection = Conn::Sqlite(sqlite::open(path)?);
        spawn("store-writer", move || write_loop(connection, &jobs))?;
        let (readers, jobs) = channel();
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..READERS {
            let connection = Conn::Sqlite(sqlite::open_reader(path)?);
            let jobs = Arc::clone(&jobs);
            spawn("store-reader", move || read_loop(connection, &jobs))?;
        }
        Ok(Threads { writer, readers })
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
        let (reply, answer) = oneshot::channel();
        submit(&self.readers, job(args, body, reply), answer).await
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

fn read_loop(mut conn: Conn, jobs: &Mutex<Receiver<Job>>) {
    loop {
        // A poisoned lock is that of a reader that ended while it waited: the queue is unharmed.
        let next = jobs.lock().unwrap_or_else(|lock| lock.into_inner()).recv();
        let Ok(job) = next else { return };
        match run(&mut conn, "BEGIN") {
            Ok(()) => {
                let answer = job(Ok(&mut conn));
                let ended = run(&mut conn, "COMMIT");
                answer(ended);
            }
            Err(error) => job(Err(error.clone()))(Err(error)),
        }
    }
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), StoreError> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(body)
        .map(drop)
        .map_err(|error| StoreError::away(format!("no thread for the store: {error}")))
}
