//! Starting and draining the gateway: one thread, runtime and accept socket per worker.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::watch;
use tollgate_ledger::Ledger;
use tollgate_ledger::journal::Journal;
use tollgate_model::{KeyPairs, Snapshot};

use crate::cabinet::FileCabinet;
use crate::cache::{Answers, SharedAnswers};
use crate::health::{CredentialHealth, HealthBook};
use crate::keys::{KeyLookup, KeyRing};
use crate::listener;
use crate::routing::target::{TargetBook, TargetHealth};
use crate::sandbox_files::SandboxFiles;
use crate::settings::{Clock, Settings};
use crate::shelf::AnswerShelf;
use crate::tls::Tls;
use crate::tokens::TokenBook;
use crate::worker::{Shared, Worker};

/// What the gateway works with.
pub struct Parts {
    /// The configuration; replaced as a whole when it changes.
    pub snapshot: Arc<ArcSwap<Snapshot>>,
    /// Where keys are looked up.
    pub keys: Arc<dyn KeyLookup>,
    /// Where answers are kept that callers may go on from.
    pub kept: Arc<dyn AnswerShelf>,
    /// Where it is written down which files and batches there are.
    pub cabinet: Arc<dyn FileCabinet>,
    /// A folder of this process alone, where files lie on their way through.
    pub uploads: PathBuf,
    /// What makes the secrets with which SDKs of AWS sign.
    pub pairs: KeyPairs,
    /// The money.
    pub ledger: Arc<Ledger>,
    /// The answers that this node shares with others.
    pub answers: Option<Arc<dyn SharedAnswers>>,
    /// One per worker.
    pub journals: Vec<Journal>,
    /// The time.
    pub clock: Clock,
    /// Whether this node can serve: what `/readyz` says.
    pub ready: Arc<dyn Fn() -> bool + Send + Sync>,
}

/// A running gateway.
pub struct Gateway {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: watch::Sender<Option<Duration>>,
    threads: Vec<JoinHandle<()>>,
}

impl Gateway {
    /// Binds the address and starts the workers. Fails where the address cannot be bound, or where
    /// there are fewer journals than workers.
    pub fn start(settings: Settings, parts: Parts) -> io::Result<Gateway> {
        if parts.journals.len() < settings.workers || settings.workers == 0 {
            return Err(io::Error::other(
                "a gateway needs at least one worker, each with a journal",
            ));
        }
        let first = listener::bind(settings.listen)?;
        let address = first.local_addr()?;
        let mut sockets = vec![first];
        for _ in 1..settings.workers {
            sockets.push(listener::bind(address)?);
        }
        let (stop, stopped) = watch::channel(None);
        let tls = Arc::new(Tls::default());
        let tokens = TokenBook::new(Arc::clone(&tls), Arc::clone(&parts.clock));
        let shared = Arc::new(Shared {
            snapshot: parts.snapshot,
            keys: KeyRing::new(parts.keys),
            kept: parts.kept,
            cabinet: parts.cabinet,
            uploads: parts.uploads,
            sandbox: SandboxFiles::default(),
            pairs: parts.pairs,
            ledger: parts.ledger,
            health: HealthBook::default(),
            targets: TargetBook::default(),
            tls,
            tokens,
            answers: Answers::new(settings.cache_bytes, parts.answers),
            clock: parts.clock,
            ready: parts.ready,
            settings,
        });
        let mut threads = Vec::new();
        for (index, (socket, journal)) in sockets.into_iter().zip(parts.journals).enumerate() {
            let (shared, stopped) = (Arc::clone(&shared), stopped.clone());
            let thread = std::thread::Builder::new().name(format!("gateway-{index}"));
            threads.push(thread.spawn(move || {
                let worker = || Worker::new(index, shared, journal);
                if let Err(error) = listener::run(worker, socket, stopped) {
                    tracing::error!(%error, worker = index, "a worker of the gateway has stopped");
                }
            })?);
        }
        Ok(Gateway {
            address,
            shared,
            stop,
            threads,
        })
    }

    /// The address that it listens on.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Forgets the keys that were looked up: a key or what it belongs to has changed.
    pub fn forget_keys(&self) {
        self.shared.keys.forget();
    }

    /// The health of every credential that was used.
    pub fn credentials(&self) -> Vec<CredentialHealth> {
        let snapshot = self.shared.snapshot.load();
        let limits = |provider: &str, credential: &str| {
            let mut providers = snapshot.providers().iter();
            let found = providers.find(|plan| *plan.name == *provider);
            let mut pool = found.iter().flat_map(|plan| &plan.credentials);
            let found = pool.find(|plan| *plan.name == *credential);
            found.map(|plan| plan.limits).unwrap_or_default()
        };
        self.shared.health.report(limits, (self.shared.clock)())
    }

    /// What is known of every target among which a model chose.
    pub fn targets(&self) -> Vec<TargetHealth> {
        self.shared.targets.report((self.shared.clock)())
    }

    /// Takes no new work, lets what has begun finish until the deadline, and returns when every
    /// worker has stopped. Blocks.
    pub fn drain(self, deadline: Duration) {
        self.stop.send_replace(Some(deadline));
        for thread in self.threads {
            if thread.join().is_err() {
                tracing::error!("a worker of the gateway ended by a panic");
            }
        }
    }
}
