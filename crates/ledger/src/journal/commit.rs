//! Making journals survive a power failure.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Release};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::segment::sync_names;
use super::writer::{Journal, Shared};

/// For how long records gather before they are made durable together. What remains of the 10 ms
/// that are promised is for the disk.
const GATHER: Duration = Duration::from_millis(5);

/// How long to wait before a disk that refused a record is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// A thread that makes journals durable: within 10 ms of a record on a disk that keeps up, at once
/// where someone waits for it. It sleeps while nothing is written.
pub struct Committer {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Committer {
    /// Starts the thread. A journal has one committer at most.
    pub fn start(journals: &[Journal]) -> io::Result<Committer> {
        let stop = Arc::new(AtomicBool::new(false));
        let (ours, stopped) = (journals.to_vec(), Arc::clone(&stop));
        let builder = std::thread::Builder::new().name("journal".to_owned());
        let thread = builder.spawn(move || run(&ours, &stopped))?;
        for journal in journals {
            journal.shared().commit_with(thread.thread().clone());
        }
        // What was appended before the thread was known has woken nobody.
        thread.thread().unpark();
        Ok(Committer {
            stop,
            thread: Some(thread),
        })
    }
}

impl Drop for Committer {
    /// Makes everything durable and ends the thread.
    fn drop(&mut self) {
        self.stop.store(true, Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

fn run(journals: &[Journal], stop: &AtomicBool) {
    loop {
        let is_last = stop.load(Acquire);
        if !is_last {
            wait_for_work(journals, stop);
            gather(journals, stop);
        }
        for journal in journals {
            if journal.shared().is_owing() {
                let _ = journal.pay_debts();
            }
            commit(journal.shared());
        }
        if is_last {
            return;
        }
    }
}

fn wait_for_work(journals: &[Journal], stop: &AtomicBool) {
    let any = |of: fn(&Shared) -> bool| journals.iter().any(|journal| of(journal.shared()));
    while !any(|j| j.dirty.load(Acquire)) && !stop.load(Acquire) {
        if any(Shared::is_owing) {
            std::thread::park_timeout(RETRY);
            return;
        }
        std::thread::park();
    }
}

fn gather(journals: &[Journal], stop: &AtomicBool) {
    let until = Instant::now() + GATHER;
    let urgent = || journals.iter().any(|j| j.shared().urgent.load(Acquire));
    while !urgent() && !stop.load(Acquire) {
        match until.checked_duration_since(Instant::now()) {
            Some(rest) if !rest.is_zero() => std::thread::park_timeout(rest),
            _ => return,
        }
    }
}

fn commit(journal: &Shared) {
    if !journal.dirty.swap(false, AcqRel) {
        return;
    }
    journal.urgent.store(false, Release);
    let total = journal.total.load(Acquire);
    match sync(journal) {
        Ok(()) => journal.durable.send_modify(|durable| durable.until = total),
        Err(error) => {
            tracing::error!(%error, folder = %journal.dir.display(),
                "the disk did not take the journal; a power failure may cost its last records");
            // Linux reports a failed write-back once and then takes the pages for clean, so what
            // it was about is never called durable.
            journal.durable.send_modify(|durable| {
                let is_first = durable.lost.1 == 0;
                let after = if is_first {
                    durable.until
                } else {
                    durable.lost.0
                };
                durable.lost = (after, total);
            });
        }
    }
}

fn sync(journal: &Shared) -> io::Result<()> {
    let (file, mut unsynced, unnamed) = {
        let mut files = journal.files();
        let unsynced = std::mem::take(&mut files.unsynced);
        let unnamed = std::mem::replace(&mut files.unnamed, false);
        (Arc::clone(&files.file), unsynced, unnamed)
    };
    unsynced.push(file);
    let synced = unsynced
        .iter()
        .try_for_each(|file| file.sync_data())
        .and_then(|()| {
            if unnamed {
                sync_names(&journal.dir)
            } else {
                Ok(())
            }
        });
    if synced.is_err() && unnamed {
        journal.files().unnamed = true;
    }
    synced
}
