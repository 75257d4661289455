//! Settling what an earlier process left behind.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tollgate_model::call::{CallRecord, Charge, Ending, Intent, Timings};
use tollgate_model::settled::{CallReader, SettleBatch, SettledCall};
use tollgate_model::usage::{Usage, UsageQuality};
use tollgate_model::{CallId, Nanos};

use super::record::{Found, Item, fingerprint, found, read};
use super::segment::{Segment, list, sync_names};
use crate::book::{Book, BookError};

/// How many calls are settled at a time.
const BATCH: usize = 2_000;

/// What becomes of a call that was sent when the process died, and of whose end nothing is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unsettled {
    /// It costs nothing.
    #[default]
    Release,
    /// It costs what was held for it.
    Charge,
}

/// What [`recover`] did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Calls handed to the store that may not have been settled before.
    pub replayed: u64,
    /// Calls that were sent and of whose end nothing is known, in the order of their ids.
    pub unresolved: Vec<CallId>,
    /// Segments that ended in a part of a record: their process was killed while it wrote.
    pub torn: u64,
    /// Files with damage in the middle. They are kept, as `….damaged`.
    pub damaged: Vec<PathBuf>,
}

/// Why the journal of an earlier process could not be settled. Nothing is lost; it can be tried
/// again.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// A file or the folder could not be read or deleted.
    #[error("the journal at {path} could not be read: {source}")]
    Journal {
        /// Which.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The store did not take it.
    #[error("the journal could not be settled: {0}")]
    Book(#[from] BookError),
}

/// Settles what the journals in `dir` hold and the store does not have yet, resolves the calls of
/// which only the intent is known, ends every lease of the node, and deletes the files. To be run
/// before a [`Journal`](super::Journal) of this folder is opened. It may be cut off at any point
/// and run again.
pub async fn recover(
    dir: &Path,
    node: &str,
    book: &dyn Book,
    unsettled: Unsettled,
) -> Result<Recovered, RecoverError> {
    let at = |path: &Path, source| RecoverError::Journal {
        path: path.to_owned(),
        source,
    };
    let segments = list(dir).map_err(|source| at(dir, source))?;
    let cursors = book.cursors(node).await?.into_iter().collect();
    let mut replay = Replay {
        node,
        book,
        cursors,
        open: HashMap::new(),
        ended: HashSet::new(),
        calls: Vec::new(),
        reader: CallReader::default(),
        found: Recovered::default(),
    };
    let mut damaged = Vec::new();
    for segment in &segments {
        let path = segment.path(dir);
        let bytes = std::fs::read(&path).map_err(|source| at(&path, source))?;
        if replay.segment(*segment, &bytes).await? {
            replay.found.damaged.push(path);
            damaged.push(*segment);
        }
    }
    let found = replay.resolve(unsettled).await?;
    book.release_node(node).await?;
    for segment in segments {
        let retired = segment.retire(dir, damaged.contains(&segment));
        retired.map_err(|source| at(&segment.path(dir), source))?;
    }
    sync_names(dir).map_err(|source| at(dir, source))?;
    Ok(found)
}

struct Replay<'a> {
    node: &'a str,
    book: &'a dyn Book,
    cursors: HashMap<String, u64>,
    /// Intents whose call was not found yet.
    open: HashMap<CallId, Intent>,
    /// Calls that were found, lest a copy of their intent in a later segment be taken for open.
    ended: HashSet<CallId>,
    /// Calls to be settled.
    calls: Vec<SettledCall>,
    reader: CallReader,
    found: Recovered,
}

impl Replay<'_> {
    /// Goes through one segment, and says whether it is damaged.
    async fn segment(&mut self, segment: Segment, bytes: &[u8]) -> Result<bool, BookError> {
        let cursor = segment.cursor(fingerprint(bytes));
        let applied = self.cursors.get(&cursor).copied().unwrap_or(0);
        let (mut at, mut is_damaged) = (0, false);
        while let Some(item) = read(bytes, at) {
            match item {
                Item::Record { json, end } => {
                    let is_new = end as u64 > applied;
                    if let Err(error) = self.record(json, is_new) {
                        tracing::error!(%segment, offset = at, %error,
                            "a record of the journal cannot be understood and is left out");
                        is_damaged = true;
                    }
                    at = end;
                }
                Item::Damage { resume } => {
                    tracing::error!(%segment, offset = at, bytes = resume - at,
                        "the journal is damaged here; the calls in these bytes are lost");
                    is_damaged = true;
                    at = resume;
                }
                Item::Tail { .. } => {
                    tracing::warn!(%segment, offset = at, bytes = bytes.len() - at,
                        "the journal ends in a part of a record, which is dropped");
                    self.found.torn += 1;
                    break;
                }
            }
            if self.calls.len() >= BATCH {
                self.flush((cursor.clone(), at as u64)).await?;
            }
        }
        if !self.calls.is_empty() {
            self.flush((cursor, at as u64)).await?;
        }
        Ok(is_damaged)
    }

    fn record(&mut self, json: &[u8], is_new: bool) -> serde_json::Result<()> {
        match found(json)? {
            Found::Intent(text) => {
                let intent: Intent = serde_json::from_slice(text)?;
                if !self.ended.contains(&intent.id) {
                    self.open.insert(intent.id, intent);
                }
            }
            Found::Call(text) => {
                let call = self.reader.read(text)?;
                self.open.remove(&call.summary.id);
                self.ended.insert(call.summary.id);
                if is_new {
                    self.calls.push(call);
                }
            }
        }
        Ok(())
    }

    async fn flush(&mut self, cursor: (String, u64)) -> Result<(), BookError> {
        let calls = std::mem::take(&mut self.calls);
        self.found.replayed += calls.len() as u64;
        let cursors = vec![cursor];
        let batch = Arc::new(SettleBatch { calls, cursors });
        self.book.settle(self.node, batch).await
    }

    /// Settles the calls that were sent and never ended.
    async fn resolve(mut self, unsettled: Unsettled) -> Result<Recovered, BookError> {
        let mut open: Vec<Intent> = self.open.into_values().collect();
        open.sort_unstable_by_key(|intent| intent.id);
        self.found.unresolved = open.iter().map(|intent| intent.id).collect();
        let mut resolved = open
            .into_iter()
            .map(|intent| SettledCall::of(&unresolved(intent, unsettled)));
        loop {
            let calls = resolved.by_ref().take(BATCH).collect::<Result<Vec<_>, _>>();
            let calls = calls.map_err(|error| {
                BookError::Away(format!("a call could not be written as JSON: {error}"))
            })?;
            if calls.is_empty() {
                return Ok(self.found);
            }
            let cursors = Vec::new();
            let batch = Arc::new(SettleBatch { calls, cursors });
            self.book.settle(self.node, batch).await?;
        }
    }
}

/// The record of a call of which only the intent is known. The same intent always makes the same
/// record. Its status is 0, since nobody knows what the caller was told.
pub(crate) fn unresolved(intent: Intent, unsettled: Unsettled) -> CallRecord {
    let charges: Vec<Charge> = intent
        .holds
        .into_iter()
        .map(|(account, held)| Charge {
            account,
            held,
            taken: match unsettled {
                Unsettled::Release => Nanos::ZERO,
                Unsettled::Charge => held,
            },
        })
        .collect();
    let cost = charges.iter().map(|charge| charge.taken).max();
    CallRecord {
        id: intent.id,
        at: intent.at,
        revision: 0,
        request_id: None,
        dialect: intent.dialect,
        path: String::new(),
        caller: Some(intent.caller),
        model: intent.model,
        stream: false,
        status: 0,
        ending: Ending::Unresolved,
        refusal: None,
        recalled: None,
        attempts: Vec::new(),
        dropped: Vec::new(),
        choice: None,
        shadow_of: None,
        max_tokens_set: None,
        usage: Usage::NONE,
        usage_quality: UsageQuality::Estimated,
        cost: cost.unwrap_or_default(),
        cost_lines: Vec::new(),
        price_source: String::new(),
        charges,
        request_bytes: 0,
        response_bytes: 0,
        timings: Timings::default(),
        first_byte: 0,
        duration: 0,
    }
}
