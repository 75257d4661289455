//! Appending to a journal.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::Thread;

use tokio::sync::{Notify, watch};
use tollgate_model::CallId;
use tollgate_model::call::{CallRecord, Intent};

use super::record::{Entry, encode};
use super::segment::{Segment, list};

/// When a segment is full.
const SEGMENT_BYTES: u64 = 64 * 1024 * 1024;

/// The journal of one worker. Clones are the same journal; one worker appends, the committer and
/// the pump follow.
#[derive(Clone)]
pub struct Journal {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) dir: PathBuf,
    worker: u32,
    segment_bytes: u64,
    /// Met by the worker alone, but for a worker whose disk refused a record.
    writer: Mutex<Writer>,
    /// Which files there are: met by the worker only when it turns to a new one.
    pub(crate) files: Mutex<Files>,
    /// Bytes in the current segment; changed together with [`Files::current`].
    length: AtomicU64,
    /// Bytes in all segments since the journal was opened.
    pub(crate) total: AtomicU64,
    /// Whether there is something to make durable, and whether someone waits for it.
    pub(crate) dirty: AtomicBool,
    pub(crate) urgent: AtomicBool,
    /// Whether there is something to apply.
    pub(crate) news: AtomicBool,
    /// Whether records wait in memory for a disk that takes them.
    owing: AtomicBool,
    pub(crate) durable: watch::Sender<Durable>,
    committer: OnceLock<Thread>,
    pump: OnceLock<Arc<Notify>>,
}

/// The files of a journal since it was opened.
pub(crate) struct Files {
    pub(crate) current: Segment,
    pub(crate) file: Arc<File>,
    /// Those before the current one, oldest first, until they are applied and deleted.
    pub(crate) finished: VecDeque<Finished>,
    /// Files that are written and perhaps not yet durable.
    pub(crate) unsynced: Vec<Arc<File>>,
    /// Whether the name of a file is not yet durable.
    pub(crate) unnamed: bool,
}

/// A segment to which nothing is appended any more.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Finished {
    pub(crate) segment: Segment,
    /// Where its last whole record ends.
    pub(crate) length: u64,
    /// The position up to which the journal must be durable before the segment may be deleted:
    /// where the copies of its open intents end.
    pub(crate) successor: u64,
}

/// How far a journal is durable. Positions count bytes since it was opened.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Durable {
    pub(crate) until: u64,
    /// What a failed write-back may have lost: after the first position, up to the second.
    pub(crate) lost: (u64, u64),
}

/// Where a record stands in the current segment, in bytes.
#[derive(Clone, Copy)]
struct Place {
    at: u64,
    length: u64,
}

struct Writer {
    buffer: Vec<u8>,
    file: Arc<File>,
    /// The intents whose call has not ended.
    open: HashMap<CallId, Place>,
    /// Calls that the disk would not take.
    owed: VecDeque<(CallId, Vec<u8>)>,
    /// Whether the current segment ends in a part of a record that could not be cut off.
    is_torn: bool,
    closed: bool,
}

/// Where a record ends in its journal.
#[derive(Clone)]
pub struct Position {
    journal: Journal,
    end: u64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Journal {
    /// Begins a new segment for this worker in `dir`, after every one that is there. The folder is
    /// made where it does not exist.
    pub fn open(dir: &Path, worker: u32) -> io::Result<Journal> {
        Journal::open_sized(dir, worker, SEGMENT_BYTES)
    }

    /// Like [`Journal::open`], with another size at which a segment is full, in bytes.
    pub fn open_sized(dir: &Path, worker: u32, segment_bytes: u64) -> io::Result<Journal> {
        let segments = list(dir)?;
        let last = segments.iter().filter(|s| s.worker == worker).max();
        let current = Segment {
            worker,
            sequence: last.map_or(0, |s| s.sequence) + 1,
        };
        let file = Arc::new(create(dir, current)?);
        let files = Files {
            current,
            file: Arc::clone(&file),
            finished: VecDeque::new(),
            unsynced: Vec::new(),
            unnamed: true,
        };
        let writer = Writer {
            buffer: Vec::with_capacity(4096),
            file,
            open: HashMap::new(),
            owed: VecDeque::new(),
            is_torn: false,
            closed: false,
        };
        let shared = Shared {
            dir: dir.to_owned(),
            worker,
            segment_bytes,
            writer: Mutex::new(writer),
            files: Mutex::new(files),
            length: AtomicU64::new(0),
            total: AtomicU64::new(0),
            dirty: AtomicBool::new(false),
            urgent: AtomicBool::new(false),
            news: AtomicBool::new(false),
            owing: AtomicBool::new(false),
            durable: watch::Sender::new(Durable::default()),
            committer: OnceLock::new(),
            pump: OnceLock::new(),
        };
        Ok(Journal {
            shared: Arc::new(shared),
        })
    }

    /// Writes that a call is about to be sent. Where this fails, the call must not be sent.
    pub fn append_intent(&self, intent: &Intent) -> io::Result<Position> {
        let mut writer = lock(&self.shared.writer);
        writer.encode(&Entry::Intent(intent))?;
        let place = writer.append(&self.shared)?;
        writer.open.insert(intent.id, place);
        Ok(self.position())
    }

    /// Writes that a call has ended. Where the disk does not take it the record stays in memory and
    /// is written before anything else; the caller need not do it again, but what is still in
    /// memory when the process dies is lost, and the call is resolved like one that never ended.
    pub fn append_call(&self, call: &CallRecord) -> io::Result<Position> {
        let mut writer = lock(&self.shared.writer);
        writer.encode(&Entry::Call(call))?;
        match writer.append(&self.shared) {
            Ok(_) => {
                writer.open.remove(&call.id);
                Ok(self.position())
            }
            Err(error) => {
                let record = writer.buffer.clone();
                writer.owed.push_back((call.id, record));
                self.shared.owing.store(true, Release);
                self.shared.wake_committer();
                Err(error)
            }
        }
    }

    /// The worker whose journal it is.
    pub fn worker(&self) -> u32 {
        self.shared.worker
    }

    /// Whether the disk took everything so far. Where it did not, intents are refused.
    pub fn is_healthy(&self) -> bool {
        !self.shared.owing.load(Acquire)
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    fn position(&self) -> Position {
        Position {
            journal: self.clone(),
            end: self.shared.total.load(Relaxed),
        }
    }

    /// Lets nothing more be appended, and says whether every intent has its call.
    pub(crate) fn close(&self) -> bool {
        let mut writer = lock(&self.shared.writer);
        writer.closed = true;
        writer.open.is_empty() && writer.owed.is_empty()
    }

    /// Writes what the disk would not take before.
    pub(crate) fn pay_debts(&self) -> io::Result<()> {
        lock(&self.shared.writer).pay_debts(&self.shared)
    }
}

impl Shared {
    pub(crate) fn files(&self) -> MutexGuard<'_, Files> {
        lock(&self.files)
    }

    /// How far a segment is written, and whether that is its end. `None` for one that is deleted.
    pub(crate) fn written(&self, segment: Segment) -> Option<(u64, bool)> {
        let files = self.files();
        if segment == files.current {
            return Some((self.length.load(Acquire), false));
        }
        let finished = files.finished.iter().find(|f| f.segment == segment)?;
        Some((finished.length, true))
    }

    pub(crate) fn follow_with(&self, pump: Arc<Notify>) {
        let _ = self.pump.set(pump);
    }

    pub(crate) fn commit_with(&self, committer: Thread) {
        let _ = self.committer.set(committer);
    }

    pub(crate) fn is_committed(&self) -> bool {
        self.committer.get().is_some()
    }

    pub(crate) fn is_owing(&self) -> bool {
        self.owing.load(Acquire)
    }

    fn wake_committer(&self) {
        if let Some(thread) = self.committer.get() {
            thread.unpark();
        }
    }

    /// Publishes `added` bytes and wakes whoever follows, once per round of theirs.
    fn publish(&self, length: u64, added: u64) {
        self.length.store(length, Release);
        self.total.fetch_add(added, AcqRel);
        if !self.dirty.load(Acquire) && !self.dirty.swap(true, AcqRel) {
            self.wake_committer();
        }
        if !self.news.load(Acquire)
            && !self.news.swap(true, AcqRel)
            && let Some(pump) = self.pump.get()
        {
            pump.notify_one();
        }
    }
}

impl Writer {
    fn encode(&mut self, entry: &Entry<'_>) -> io::Result<()> {
        if self.closed {
            return Err(io::Error::other(
                "the journal is closed: this node is stopping",
            ));
        }
        encode(entry, &mut self.buffer)
    }

    /// Writes what is owed, then the buffer; says where that stands in the segment.
    fn append(&mut self, shared: &Shared) -> io::Result<Place> {
        self.pay_debts(shared)?;
        let length = shared.length.load(Relaxed);
        let is_full = length > 0 && length + self.buffer.len() as u64 > shared.segment_bytes;
        if is_full && let Err(error) = self.turn_page(shared) {
            tracing::warn!(%error, worker = shared.worker,
                "the journal could not begin a new file; the old one grows");
        }
        let record = std::mem::take(&mut self.buffer);
        let written = self.write(shared, &record);
        self.buffer = record;
        written
    }

    fn pay_debts(&mut self, shared: &Shared) -> io::Result<()> {
        if self.is_torn {
            self.turn_page(shared)?;
        }
        while let Some((id, record)) = self.owed.pop_front() {
            if let Err(error) = self.write(shared, &record) {
                self.owed.push_front((id, record));
                return Err(error);
            }
            self.open.remove(&id);
        }
        if shared.is_owing() {
            shared.owing.store(false, Release);
        }
        Ok(())
    }

    /// Appends a record to the current segment: all of it or, where that can be helped, none.
    fn write(&mut self, shared: &Shared, record: &[u8]) -> io::Result<Place> {
        let at = shared.length.load(Relaxed);
        let mut file = &*self.file;
        if let Err(error) = file.write_all(record) {
            self.is_torn = file.set_len(at).is_err();
            return Err(error);
        }
        let added = record.len() as u64;
        shared.publish(at + added, added);
        Ok(Place { at, length: added })
    }

    /// Begins the next segment with copies of the open intents. Where that fails, nothing changes.
    fn turn_page(&mut self, shared: &Shared) -> io::Result<()> {
        let before = shared.files().current;
        let next = Segment {
            sequence: before.sequence + 1,
            ..before
        };
        let (copies, places) = self.copy_open(shared, before)?;
        let file = Arc::new(create(&shared.dir, next)?);
        if let Err(error) = (&*file).write_all(&copies) {
            next.retire(&shared.dir, false)?;
            return Err(error);
        }
        let added = copies.len() as u64;
        let mut files = shared.files();
        files.finished.push_back(Finished {
            segment: before,
            length: shared.length.load(Relaxed),
            successor: shared.total.load(Relaxed) + added,
        });
        let written = std::mem::replace(&mut files.file, Arc::clone(&file));
        files.unsynced.push(written);
        files.unnamed = true;
        files.current = next;
        shared.publish(added, added);
        drop(files);
        self.file = file;
        self.open = places;
        self.is_torn = false;
        Ok(())
    }

    /// The records of the open intents, one after the other, and where each then stands.
    fn copy_open(
        &self,
        shared: &Shared,
        from: Segment,
    ) -> io::Result<(Vec<u8>, HashMap<CallId, Place>)> {
        let (mut copies, mut places) = (Vec::new(), HashMap::new());
        if self.open.is_empty() {
            return Ok((copies, places));
        }
        let mut file = File::open(from.path(&shared.dir))?;
        for (id, place) in &self.open {
            let at = copies.len() as u64;
            file.seek(SeekFrom::Start(place.at))?;
            if (&mut file).take(place.length).read_to_end(&mut copies)? as u64 != place.length {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            places.insert(*id, Place { at, ..*place });
        }
        Ok((copies, places))
    }
}

impl Position {
    /// Waits until the record is on disk. Fails where the disk may have lost it, and where no
    /// [`Committer`](super::Committer) is at work.
    pub async fn durable(&self) -> io::Result<()> {
        let shared = &self.journal.shared;
        if !shared.is_committed() {
            return Err(io::Error::other("nothing makes this journal durable"));
        }
        let mut durable = shared.durable.subscribe();
        if durable.borrow().covers(self.end).is_none() {
            shared.urgent.store(true, Release);
            shared.wake_committer();
        }
        let reached = durable.wait_for(|d| d.covers(self.end).is_some()).await;
        match reached.map(|d| d.covers(self.end)) {
            Ok(Some(true)) => Ok(()),
            _ => Err(io::Error::other("the disk did not take the journal")),
        }
    }
}

impl Durable {
    /// Whether the record that ends at `end` is on disk (`true`) or may be lost (`false`).
    fn covers(&self, end: u64) -> Option<bool> {
        let (after, until) = self.lost;
        if after < end && end <= until {
            return Some(false);
        }
        (end <= self.until).then_some(true)
    }
}

fn create(dir: &Path, segment: Segment) -> io::Result<File> {
    let mut options = File::options();
    options.append(true).create_new(true);
    options.open(segment.path(dir))
}

#[cfg(test)]
mod tests {
    use tollgate_model::call::{Caller, JournalEntry};
    use tollgate_model::{Dialect, Micros};

    use super::super::record::{Item, read};
    use super::*;

    fn intent(id: u128) -> Intent {
        let text = || Arc::from("x");
        Intent {
            id: CallId(id),
            at: Micros(0),
            caller: Caller {
                key: text(),
                application: text(),
                team: text(),
            },
            model: "m".to_owned(),
            dialect: Dialect::OpenaiChat,
            holds: Vec::new(),
        }
    }

    fn ids(path: &Path) -> Vec<u128> {
        let bytes = std::fs::read(path).unwrap();
        let (mut at, mut found) = (0, Vec::new());
        while let Some(Item::Record { json, end }) = read(&bytes, at) {
            match serde_json::from_slice(json).unwrap() {
                JournalEntry::Intent(intent) => found.push(intent.id.0),
                JournalEntry::Call(call) => found.push(call.id.0),
            }
            at = end;
        }
        found
    }

    #[test]
    fn a_full_segment_is_followed_by_one_that_begins_with_the_open_intents() {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::open_sized(dir.path(), 3, 600).unwrap();
        let long = Intent {
            model: "m".repeat(200),
            ..intent(2)
        };
        journal.append_intent(&intent(1)).unwrap();
        journal.append_intent(&long).unwrap();
        journal.append_intent(&intent(3)).unwrap();
        assert_eq!(ids(&dir.path().join("w3-00000001.log")), [1, 2]);
        let mut second = ids(&dir.path().join("w3-00000002.log"));
        second.sort_unstable();
        assert_eq!(second, [1, 2, 3]);
    }

    #[test]
    fn what_a_full_disk_refuses_is_written_before_anything_else_once_it_can_be() {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::open(dir.path(), 0).unwrap();
        journal.append_intent(&intent(1)).unwrap();
        let call = super::super::recover::unresolved(intent(1), Default::default());
        // Neither can this device take a byte nor can it be cut.
        let full = Arc::new(File::options().append(true).open("/dev/full").unwrap());
        let disk = std::mem::replace(&mut lock(&journal.shared.writer).file, full);
        assert!(journal.append_call(&call).is_err());
        assert!(!journal.is_healthy());
        // The folder is gone as well: no new file can be made, so no call may be sent.
        let away = dir.path().with_extension("away");
        std::fs::rename(dir.path(), &away).unwrap();
        assert!(journal.append_intent(&intent(2)).is_err());
        std::fs::rename(&away, dir.path()).unwrap();
        journal.append_intent(&intent(3)).unwrap();
        assert!(journal.is_healthy());
        assert_eq!(ids(&dir.path().join("w0-00000001.log")), [1]);
        assert_eq!(ids(&dir.path().join("w0-00000002.log")), [1, 1, 3]);
        drop(disk);
    }

    #[test]
    fn nothing_is_appended_to_a_closed_journal() {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::open(dir.path(), 0).unwrap();
        journal.append_intent(&intent(1)).unwrap();
        assert!(!journal.close(), "a call has not ended");
        assert!(journal.append_intent(&intent(2)).is_err());
        assert_eq!(ids(&dir.path().join("w0-00000001.log")), [1]);
    }

    #[test]
    fn a_position_is_durable_when_the_disk_has_it_and_fails_when_the_disk_lost_it() {
        let durable = Durable {
            until: 10,
            lost: (20, 30),
        };
        assert_eq!(durable.covers(10), Some(true));
        assert_eq!(durable.covers(11), None);
        assert_eq!(durable.covers(21), Some(false));
        let later = Durable {
            until: 40,
            ..durable
        };
        assert_eq!(later.covers(20), Some(true));
        assert_eq!(later.covers(30), Some(false));
        assert_eq!(later.covers(31), Some(true));
    }

    #[tokio::test]
    async fn a_record_is_durable_soon_and_nothing_is_without_a_committer() {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::open(dir.path(), 0).unwrap();
        let position = journal.append_intent(&intent(1)).unwrap();
        assert!(position.durable().await.is_err());
        let committer = super::super::Committer::start(std::slice::from_ref(&journal)).unwrap();
        position.durable().await.unwrap();
        let second = journal.append_intent(&intent(2)).unwrap();
        drop(committer);
        assert_eq!(
            second.durable().await.ok(),
            Some(()),
            "the last act of a committer"
        );
    }
}
