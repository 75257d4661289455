//! Where it is written down which files and batches applications have at providers, and where money is
//! set aside for batches.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tollgate_ledger::BookError;
use tollgate_model::CallId;
use tollgate_model::file::{FilePage, KeptBatch, KeptFile};
use tollgate_model::settled::SettledCall;

/// What comes of asking the cabinet.
pub type Filed<'a, T> = Pin<Box<dyn Future<Output = Result<T, BookError>> + Send + 'a>>;

/// How a batch has ended.
#[derive(Clone, Debug)]
pub struct BatchSettlement {
    /// The call that made it.
    pub call: CallId,
    /// Its record, with what is taken from each account.
    pub settled: SettledCall,
    /// The files that the provider has made of it.
    pub files: Vec<KeptFile>,
    /// What the provider said of it last, a JSON object.
    pub object: String,
}

/// The files and batches of applications. Each method is one transaction of the store.
pub trait FileCabinet: Send + Sync {
    /// Keeps a file; tells whether it is kept: not where another provider has a file of that id.
    fn keep_file(&self, file: KeptFile) -> Filed<'_, bool>;

    /// A file of an application by its id, unless it has expired.
    fn file<'a>(&'a self, application: &'a str, id: &'a str) -> Filed<'a, Option<Arc<KeptFile>>>;

    /// One page of the files of an application.
    fn files<'a>(&'a self, application: &'a str, page: FilePage) -> Filed<'a, Vec<KeptFile>>;

    /// Forgets a file of an application; tells whether there was one.
    fn remove_file<'a>(&'a self, application: &'a str, id: &'a str) -> Filed<'a, bool>;

    /// Sets money aside for a batch, out of what this node has leased: it leaves the accounts and the
    /// leases. Has no effect where that was done before. All of it or nothing.
    fn begin_batch(&self, batch: KeptBatch) -> Filed<'_, ()>;

    /// Notes what the provider says of a batch, and its id there; tells whether that was noted: not
    /// where the batch is settled, or another one has the id.
    fn note_batch(&self, call: CallId, id: String, object: String) -> Filed<'_, bool>;

    /// Gives back what was set aside for a batch that was never made, and forgets it.
    fn release_batch(&self, call: CallId) -> Filed<'_, bool>;

    /// Settles a batch; tells whether that was done now, and not before.
    fn settle_batch(&self, end: BatchSettlement) -> Filed<'_, bool>;

    /// A batch of an application by its id at the provider.
    fn batch<'a>(&'a self, application: &'a str, id: &'a str) -> Filed<'a, Option<KeptBatch>>;

    /// One page of the batches of an application, the newest first.
    fn batches<'a>(&'a self, application: &'a str, page: FilePage) -> Filed<'a, Vec<KeptBatch>>;

    /// Batches of which it is time to ask the provider how they go, at most so many. No other node is
    /// given them for so many microseconds.
    fn due_batches(&self, pause: i64, limit: u32) -> Filed<'_, Vec<KeptBatch>>;
}
