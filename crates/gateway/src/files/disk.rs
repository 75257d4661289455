//! Files that are written to disk on their way through.

use std::io;

use tollgate_model::{Reason, Refusal};

use crate::exchange::Exchange;
use crate::spool::Spool;
use crate::worker::Worker;

/// A file on disk for a call.
pub(super) async fn spool(worker: &Worker, call: &Exchange, which: &str) -> Result<Spool, Refusal> {
    let name = format!("{}-{which}", call.id);
    let opened = Spool::open(&worker.shared.uploads, name).await;
    opened.map_err(|error| no_disk(&error))
}

/// The refusal where the disk does not take a file.
pub(super) fn no_disk(error: &io::Error) -> Refusal {
    tracing::error!(%error, "a file cannot be written on its way through");
    let detail = "The gateway cannot take the file right now: its disk does not.";
    Refusal::new(Reason::LedgerUnavailable, detail).retry_after(5)
}
