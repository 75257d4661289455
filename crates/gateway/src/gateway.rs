//! Starting and draining the gateway: one thread, runtime and accept socket per worker.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use arc_swap::ArcSwap;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::sync::watch;
use tollgate_ledger::Ledger;
use tollgate_ledger::journal::Journal;
use tollgate_model::{Micros, Snapshot};

use crate::health::{CredentialHealth, HealthBook};
use crate::keys::{KeyLookup, KeyRing};
use crate::tls::Tls;
use crate::worker::{Shared, Worker};

/// Where the time comes from.
pub type Clock = Arc<dyn Fn() -> Micros + Send + Sync>;

/// Limits on what a caller may send and how long the gateway waits for it.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The largest body of a request, in bytes.
    pub body_bytes: usize,
    /// The largest headers of a request, in bytes.
    pub header_bytes: usize,
    /// How long the headers may take to arrive.
    pub header_timeout: Duration,
    /// How long a pause within a body may be.
    pub body_timeout: Duration,
    /// How many targets and credentials one call may try.
    pub attempts: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            body_bytes: 20 * 1024 * 1024,
            header_bytes: 1024 * 1024,
            header_timeout: Duration::from_secs(30),
            body_timeout: Duration::from_secs(60),
            attempts: 3,
        }
    }
}

/// How the gateway runs.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// How many workers; at least one, and as many as there are journals.
    pub workers: usize,
    /// What a caller may send.
    pub limits: Limits,
    /// Whether the last bytes of an answer wait until its settlement is on disk.
    pub strict_settlement: bool,
}

/// What the gateway works with.
pub struct Parts {
    /// The configuration; replaced as a whole when it changes.
    pub snapshot: Arc<ArcSwap<Snapshot>>,
    /// Where keys are looked up.
    pub keys: Arc<dyn KeyLookup>,
    /// The money.
    pub ledger: Arc<Ledger>,
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
        let first = listener(settings.listen)?;
        let address = first.local_addr()?;
        let mut listeners = vec![first];
        for _ in 1..settings.workers {
            listeners.push(listener(address)?);
        }
        let (stop, stopped) = watch::channel(None);
        let shared = Arc::new(Shared {
            snapshot: parts.snapshot,
            keys: KeyRing::new(parts.keys),
            ledger: parts.ledger,
            health: HealthBook::default(),
            tls: Tls::default(),
            clock: parts.clock,
            ready: parts.ready,
            settings,
        });
        let mut threads = Vec::new();
        for (index, (listener, journal)) in listeners.into_iter().zip(parts.journals).enumerate() {
            let (shared, stopped) = (Arc::clone(&shared), stopped.clone());
            let thread = std::thread::Builder::new().name(format!("gateway-{index}"));
            threads.push(thread.spawn(move || {
                if let Err(error) = Worker::run(shared, journal, listener, stopped) {
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
        self.shared.health.report((self.shared.clock)())
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

fn listener(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(4096)?;
    Ok(socket.into())
}
