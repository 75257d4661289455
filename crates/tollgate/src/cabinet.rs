//! The files and batches of applications, as the gateway sees them: in the store.

use std::fs::DirBuilder;
use std::future::Future;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::runtime::Handle;
use tollgate_gateway::{BatchSettlement, FileCabinet, Filed};
use tollgate_ledger::BookError;
use tollgate_model::CallId;
use tollgate_model::file::{FilePage, KeptBatch, KeptFile};
use tollgate_store::{BatchEnd, Store, StoreError};

use crate::failure::Failure;

/// Where files lie on their way through, in the data folder.
const UPLOADS: &str = "uploads";

/// The folder for files on their way through, empty. What a process that was killed has left in it
/// goes.
pub(crate) fn uploads(data: &Path) -> Result<PathBuf, Failure> {
    let folder = data.join(UPLOADS);
    let cannot = |why: io::Error| {
        Failure::fault(format!("cannot make the folder {}", folder.display()), why)
    };
    match std::fs::remove_dir_all(&folder) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => return Err(cannot(why)),
        _ => {}
    }
    let mut private = DirBuilder::new();
    private.mode(0o700).create(&folder).map_err(cannot)?;
    Ok(folder)
}

/// The files and batches in the store.
pub(crate) struct StoredFiles {
    /// The store.
    pub store: Store,
    /// The name of this node, whose leases are drawn on.
    pub node: String,
    /// The runtime that carries the store's connections; the gateway has others.
    pub runtime: Handle,
}

impl StoredFiles {
    /// Asks the store. What was asked happens even if nobody waits for it any more.
    fn ask<'a, T, F>(&self, asked: impl FnOnce(Store) -> F) -> Filed<'a, T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let asked = self.runtime.spawn(asked(self.store.clone()));
        Box::pin(async {
            match asked.await {
                Ok(answer) => answer.map_err(|why| failed(&why)),
                Err(ended) => Err(BookError::Unsure(ended.to_string())),
            }
        })
    }
}

fn failed(why: &StoreError) -> BookError {
    match why {
        StoreError::Unavailable(outage) if outage.is_unsure() => BookError::Unsure(why.to_string()),
        _ => BookError::Away(why.to_string()),
    }
}

impl FileCabinet for StoredFiles {
    fn keep_file(&self, file: KeptFile) -> Filed<'_, bool> {
        self.ask(|store| async move {
            match store.keep_file(&file).await {
                Ok(()) => Ok(true),
                Err(StoreError::Conflict(_)) => Ok(false),
                Err(error) => Err(error),
            }
        })
    }

    fn file<'a>(&'a self, application: &'a str, id: &'a str) -> Filed<'a, Option<Arc<KeptFile>>> {
        let (application, id) = (application.to_owned(), id.to_owned());
        self.ask(|store| async move { Ok(store.file(&application, &id).await?.map(Arc::new)) })
    }

    fn files<'a>(&'a self, application: &'a str, page: FilePage) -> Filed<'a, Vec<KeptFile>> {
        let application = application.to_owned();
        self.ask(|store| async move { store.files(&application, &page).await })
    }

    fn remove_file<'a>(&'a self, application: &'a str, id: &'a str) -> Filed<'a, bool> {
        let (application, id) = (application.to_owned(), id.to_owned());
        self.ask(|store| async move { store.delete_file(&application, &id).await })
    }

    fn begin_batch(&self, batch: KeptBatch) -> Filed<'_, ()> {
        let node = self.node.clone();
        self.ask(|store| async move { store.begin_batch(&node, &batch).await })
    }

    fn note_batch(&self, call: CallId, id: String, object: String) -> Filed<'_, bool> {
        self.ask(|store| async move { store.note_batch(call, &id, &object).await })
    }

    fn release_batch(&self, call: CallId) -> Filed<'_, bool> {
        self.ask(|store| async move { store.release_batch(call).await })
    }

    fn settle_batch(&self, end: BatchSettlement) -> Filed<'_, bool> {
        let end = BatchEnd {
            call: end.call,
            settled: end.settled,
            files: end.files,
            object: end.object,
        };
        self.ask(|store| async move { store.settle_batch(end).await })
    }

    fn batch<'a>(&'a self, application: &'a str, id: &'a str) -> Filed<'a, Option<KeptBatch>> {
        let (application, id) = (application.to_owned(), id.to_owned());
        self.ask(|store| async move { store.batch(&application, &id).await })
    }

    fn batches<'a>(&'a self, application: &'a str, page: FilePage) -> Filed<'a, Vec<KeptBatch>> {
        let application = application.to_owned();
        self.ask(|store| async move { store.batches(&application, &page).await })
    }

    fn due_batches(&self, pause: i64, limit: u32) -> Filed<'_, Vec<KeptBatch>> {
        self.ask(|store| async move { store.due_batches(pause, limit).await })
    }
}
