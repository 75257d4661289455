//! What the router is made of.

use std::sync::Arc;

use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, watch};
use tollgate_model::{KeyHash, Micros};
use tollgate_store::{SealingKey, Store};

use crate::runtime::Runtime;

/// The clock of the process.
pub type Clock = Arc<dyn Fn() -> Micros + Send + Sync>;

/// What the router is made of.
#[derive(Clone)]
pub struct Control {
    /// Resources, ledger and calls.
    pub store: Store,
    /// The key with which stored secrets are sealed.
    pub sealing: Arc<SealingKey>,
    /// The data plane of this node.
    pub runtime: Arc<dyn Runtime>,
    /// The time.
    pub clock: Clock,
    /// The hash of the operator's token.
    pub operator: KeyHash,
    /// The names under which this listener is reached, besides loopback names and IP addresses.
    pub hosts: Vec<String>,
    /// The files of the built console; none where the program was built without it.
    pub console: &'static [Asset],
    /// The version of the program.
    pub version: &'static str,
    /// Becomes true when the listener closes: what would otherwise be sent for ever ends then.
    pub closing: watch::Receiver<bool>,
}

/// A file of the built console.
#[derive(Clone, Copy)]
pub struct Asset {
    /// Its path on the listener: `/index.html`, `/assets/main-1a2b3c4d.js`.
    pub path: &'static str,
    /// Its content type.
    pub kind: &'static str,
    /// The file.
    pub plain: &'static [u8],
    /// The file, compressed by gzip, where that is worth it.
    pub gzip: Option<&'static [u8]>,
    /// The file, compressed by brotli, where that is worth it.
    pub brotli: Option<&'static [u8]>,
    /// A hash of the file: another one where the file is another.
    pub hash: &'static str,
}

/// The files of the built console.
#[derive(Clone, Copy)]
pub(crate) struct Console(pub(crate) &'static [Asset]);

impl Console {
    /// The file at a path.
    pub(crate) fn find(self, path: &str) -> Option<&'static Asset> {
        self.0.iter().find(|asset| asset.path == path)
    }
}

/// Places for streams of events, so that they do not wear out the store.
#[derive(Clone)]
pub(crate) struct Streams {
    places: Arc<Semaphore>,
    closing: watch::Receiver<bool>,
}

impl Streams {
    /// How many streams there may be at a time.
    pub(crate) const MOST: usize = 64;

    /// As many places as there may be streams, until `closing` says that the listener closes.
    pub(crate) fn new(closing: watch::Receiver<bool>) -> Streams {
        Streams {
            places: Arc::new(Semaphore::new(Streams::MOST)),
            closing,
        }
    }

    /// A place; `None` where all are taken.
    pub(crate) fn take(&self) -> Option<Place> {
        let permit = Arc::clone(&self.places).try_acquire_owned().ok()?;
        Some(Place {
            closing: self.closing.clone(),
            _permit: permit,
        })
    }
}

/// The place of a stream, until it is dropped.
pub(crate) struct Place {
    closing: watch::Receiver<bool>,
    _permit: OwnedSemaphorePermit,
}

impl Place {
    /// Waits until the listener closes.
    pub(crate) async fn closes(&mut self) {
        // Where whoever would say so has gone, it has closed too.
        let _ = self.closing.wait_for(|closing| *closing).await;
    }
}

/// The version of the program.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Version(pub(crate) &'static str);

/// What secrets are kept with.
#[derive(Clone)]
pub(crate) struct Vault {
    /// Where they lie.
    pub(crate) store: Store,
    /// The key with which they are sealed.
    pub(crate) sealing: Arc<SealingKey>,
    /// Who has to know that they are others.
    pub(crate) runtime: Arc<dyn Runtime>,
}

/// The description of the API as it is sent.
#[derive(Clone, Debug)]
pub(crate) struct Description(pub(crate) Arc<str>);

/// What money is moved with.
#[derive(Clone)]
pub(crate) struct Till {
    /// The ledger.
    pub(crate) store: Store,
    /// Who has to know that there is money.
    pub(crate) runtime: Arc<dyn Runtime>,
    /// When it is moved.
    pub(crate) clock: Clock,
}

/// What the doctor works with.
#[derive(Clone)]
pub(crate) struct Surgery {
    /// Where everything lies.
    pub(crate) store: Store,
    /// The data plane.
    pub(crate) runtime: Arc<dyn Runtime>,
    /// The time.
    pub(crate) clock: Clock,
    /// The version of the program.
    pub(crate) version: Version,
    /// Lets one simulated transaction be made at a time.
    pub(crate) turn: Arc<Mutex<()>>,
}

/// What the catalogue is changed with.
#[derive(Clone)]
pub(crate) struct Shelves {
    /// Where its updates lie.
    pub(crate) store: Store,
    /// Who serves it.
    pub(crate) runtime: Arc<dyn Runtime>,
    /// When it is changed.
    pub(crate) clock: Clock,
}
