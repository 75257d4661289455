//! Carrying the journal to the store while the process lives.

use std::collections::HashSet;
use std::fs::File;
use std::future::Future;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Release};
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::time::Duration;

use tokio::sync::Notify;
use tollgate_model::settled::{CallReader, SettleBatch, SettledCall};

use super::record::{Found, Item, fingerprint, found, read};
use super::segment::Segment;
use super::writer::{Finished, Journal};
use crate::book::Book;

/// How long calls gather before they are settled together.
const GATHER: Duration = Duration::from_millis(50);

/// How much of a segment is read at a time, and so about how much is settled at a time: some 500
/// calls of each worker.
const CHUNK: u64 = 512 * 1024;

/// The pauses between attempts while the store is away, each twice the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How often the store is tried at the end, before the rest is left to the next start.
const LAST_ATTEMPTS: u32 = 5;

/// Carries the calls of journals to the store, in batches.
pub struct Pump {
    node: Arc<str>,
    book: Arc<dyn Book>,
    tails: Vec<Tail>,
    wake: Arc<Notify>,
    status: Arc<Progress>,
}

/// How a [`Pump`] is doing. Clones show the same pump.
#[derive(Clone)]
pub struct PumpStatus {
    progress: Arc<Progress>,
}

struct Progress {
    journals: Vec<Journal>,
    /// Bytes of all journals that are in the store.
    applied: AtomicU64,
    failing: AtomicBool,
}

impl PumpStatus {
    /// Bytes of the journal that are not in the store yet.
    pub fn backlog_bytes(&self) -> u64 {
        let totals = self
            .progress
            .journals
            .iter()
            .map(|journal| journal.shared().total.load(Acquire));
        totals
            .sum::<u64>()
            .saturating_sub(self.progress.applied.load(Acquire))
    }

    /// Whether the store took the last batch and the disk every record.
    pub fn healthy(&self) -> bool {
        !self.progress.failing.load(Acquire)
            && self.progress.journals.iter().all(Journal::is_healthy)
    }
}

/// How far one journal is applied.
#[derive(Clone)]
struct Tail {
    journal: Journal,
    segment: Segment,
    offset: u64,
    fingerprint: u64,
    damaged: HashSet<Segment>,
}

/// What was read of the journals.
#[derive(Default)]
struct Reading {
    calls: Vec<SettledCall>,
    /// The tails as they will be when the calls are settled.
    tails: Vec<Tail>,
    bytes: u64,
    /// Whether more was written than was read.
    is_part: bool,
    reader: CallReader,
}

impl Pump {
    /// A pump for journals that were just opened. A journal has one pump at most.
    pub fn new(node: Arc<str>, book: Arc<dyn Book>, journals: &[Journal]) -> Pump {
        let wake = Arc::new(Notify::new());
        let tail = |journal: &Journal| {
            journal.shared().follow_with(Arc::clone(&wake));
            // The first segment may be full already.
            let files = journal.shared().files();
            let first = files.finished.front().map_or(files.current, |f| f.segment);
            Tail {
                journal: journal.clone(),
                segment: first,
                offset: 0,
                fingerprint: 0,
                damaged: HashSet::new(),
            }
        };
        let tails = journals.iter().map(tail).collect();
        // What was appended before has woken nobody.
        wake.notify_one();
        let status = Arc::new(Progress {
            journals: journals.to_vec(),
            applied: AtomicU64::new(0),
            failing: AtomicBool::new(false),
        });
        Pump {
            node,
            book,
            tails,
            wake,
            status,
        }
    }

    /// How it is doing.
    pub fn status(&self) -> PumpStatus {
        PumpStatus {
            progress: Arc::clone(&self.status),
        }
    }

    /// Works until `stop`. To be stopped when nothing more is appended: it then closes the
    /// journals, settles what is left, and deletes every file of which nothing is needed any more.
    pub async fn run(mut self, stop: impl Future<Output = ()>) {
        tokio::select! {
            () = self.follow() => {}
            () = stop => {}
        }
        self.finish().await;
    }

    async fn follow(&mut self) {
        loop {
            self.wake.notified().await;
            tokio::time::sleep(GATHER).await;
            for tail in &self.tails {
                tail.journal.shared().news.store(false, Release);
            }
            self.catch_up().await;
        }
    }

    /// Settles all that is written by now. What is written meanwhile is left to gather anew, so
    /// that a busy gateway makes batches that are worth their write to disk.
    async fn catch_up(&mut self) {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.round().await {
                Ok(is_all) if is_all => return,
                Ok(_) => pause = FIRST_PAUSE,
                Err(error) => {
                    self.note_failure(&error);
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    async fn finish(&mut self) {
        let mut is_whole = true;
        for tail in &self.tails {
            let _ = tail.journal.pay_debts();
            is_whole &= tail.journal.close();
        }
        let mut attempts = 0;
        loop {
            match self.round().await {
                Ok(is_all) if is_all => break,
                Ok(_) => attempts = 0,
                Err(error) => {
                    self.note_failure(&error);
                    attempts += 1;
                    if attempts == LAST_ATTEMPTS {
                        return;
                    }
                    tokio::time::sleep(FIRST_PAUSE).await;
                }
            }
        }
        if is_whole {
            for tail in &self.tails {
                tail.delete_all();
            }
        }
    }

    /// Says the first time, and then every time that it is worse than before, why it stands still.
    fn note_failure(&self, error: &str) {
        let is_first = !self.status.failing.swap(true, AcqRel);
        if is_first {
            let backlog = self.status().backlog_bytes();
            tracing::error!(%error, backlog,
                "calls cannot be settled in the store; they stay in the journal meanwhile");
        }
    }

    /// Settles a part of what is written, and says whether that was all of it.
    async fn round(&mut self) -> Result<bool, String> {
        let tails = self.tails.clone();
        let reading = tokio::task::spawn_blocking(move || {
            let mut reading = Reading::default();
            let mut tails = tails.into_iter();
            tails.try_for_each(|tail| tail.read(&mut reading))?;
            Ok(reading)
        });
        let reading = reading.await.map_err(|error| error.to_string())?;
        let Reading {
            calls,
            tails,
            bytes,
            is_part,
            ..
        } = reading
            .map_err(|error: io::Error| format!("the journal could not be read: {error}"))?;
        if !calls.is_empty() {
            let cursors = tails.iter().filter_map(Tail::cursor).collect();
            let batch = Arc::new(SettleBatch { calls, cursors });
            let settled = self.book.settle(&self.node, batch).await;
            settled.map_err(|error| error.to_string())?;
        }
        if self.status.failing.swap(false, AcqRel) {
            tracing::info!("calls are settled in the store again");
        }
        self.tails = tails;
        self.status.applied.fetch_add(bytes, AcqRel);
        self.tails.iter().for_each(Tail::delete_applied);
        Ok(!is_part)
    }
}

impl Tail {
    /// The name and number under which the store keeps how far the segment is applied.
    fn cursor(&self) -> Option<(String, u64)> {
        (self.offset > 0).then(|| (self.segment.cursor(self.fingerprint), self.offset))
    }

    /// Reads on, at most some [`CHUNK`] bytes of one segment.
    fn read(mut self, reading: &mut Reading) -> io::Result<()> {
        let journal = self.journal.clone();
        let mut written = journal.shared().written(self.segment);
        if let Some((length, true)) = written
            && self.offset >= length
        {
            self.segment.sequence += 1;
            self.offset = 0;
            written = journal.shared().written(self.segment);
        }
        let (limit, is_finished) = written.unwrap_or_default();
        let mut window = CHUNK;
        loop {
            let until = limit
                .min(self.offset.saturating_add(window))
                .max(self.offset);
            let bytes = self.bytes(until)?;
            match self.decode(&bytes, until == limit, reading) {
                Ok(tail) => {
                    reading.bytes += tail.offset - self.offset;
                    // Of a file that somebody cut short no more will come.
                    reading.is_part |= match tail.offset < limit {
                        true => tail.offset > self.offset,
                        false => is_finished,
                    };
                    reading.tails.push(tail);
                    return Ok(());
                }
                Err(needed) => window = needed.max(window * 2),
            }
        }
    }

    fn bytes(&self, until: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if until > self.offset {
            bytes.reserve_exact(usize::try_from(until - self.offset).unwrap_or(0));
            let mut file = File::open(self.segment.path(&self.journal.shared().dir))?;
            file.seek(SeekFrom::Start(self.offset))?;
            file.take(until - self.offset).read_to_end(&mut bytes)?;
        }
        Ok(bytes)
    }

    /// Reads the calls in `bytes`, which begin at the offset, and answers the tail after them.
    /// `is_end` says that nothing was written after them. Fails with how many bytes it takes, where
    /// not even one record is whole.
    fn decode(&self, bytes: &[u8], is_end: bool, reading: &mut Reading) -> Result<Tail, u64> {
        let mut tail = self.clone();
        if tail.offset == 0 && !bytes.is_empty() {
            tail.fingerprint = fingerprint(bytes);
        }
        let mut at = 0;
        while let Some(item) = read(bytes, at) {
            let next = match item {
                Item::Record { json, end } => {
                    match settled_call(json, &mut reading.reader) {
                        Ok(call) => reading.calls.extend(call),
                        Err(error) => tail.note_damage(at, end, &error.to_string()),
                    }
                    end
                }
                Item::Tail { needed } if !is_end && at == 0 => return Err(needed as u64),
                Item::Tail { .. } | Item::Damage { .. } if !is_end && at > 0 => break,
                Item::Tail { .. } => {
                    tail.note_damage(at, bytes.len(), "no whole record follows");
                    bytes.len()
                }
                Item::Damage { resume } => {
                    tail.note_damage(at, resume, "a checksum is wrong");
                    resume
                }
            };
            at = next;
        }
        tail.offset += at as u64;
        Ok(tail)
    }

    fn note_damage(&mut self, from: usize, until: usize, error: &str) {
        let offset = self.offset + from as u64;
        tracing::error!(segment = %self.segment, offset, bytes = until - from, error,
            "the journal is damaged here; the calls in these bytes are lost");
        self.damaged.insert(self.segment);
    }

    /// Deletes the segments of which nothing is needed any more, oldest first.
    fn delete_applied(&self) {
        let shared = self.journal.shared();
        let durable = match shared.is_committed() {
            true => shared.durable.borrow().until,
            false => u64::MAX,
        };
        loop {
            let mut files = shared.files();
            let is_over = |f: &Finished| f.segment < self.segment && f.successor <= durable;
            let Some(finished) = files.finished.pop_front_if(|f| is_over(f)) else {
                return;
            };
            drop(files);
            self.delete(finished.segment);
        }
    }

    fn delete_all(&self) {
        let files = self.journal.shared().files();
        let mut segments: Vec<Segment> = files.finished.iter().map(|f| f.segment).collect();
        segments.push(files.current);
        drop(files);
        for segment in segments {
            self.delete(segment);
        }
    }

    fn delete(&self, segment: Segment) {
        let dir = &self.journal.shared().dir;
        if let Err(error) = segment.retire(dir, self.damaged.contains(&segment)) {
            tracing::warn!(%segment, %error, "a file of the journal could not be deleted");
        }
    }
}

/// The call in a record; `None` where the record is an intent.
fn settled_call(json: &[u8], reader: &mut CallReader) -> serde_json::Result<Option<SettledCall>> {
    match found(json)? {
        Found::Intent(_) => Ok(None),
        Found::Call(text) => reader.read(text).map(Some),
    }
}
