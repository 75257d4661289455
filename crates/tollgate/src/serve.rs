//! Serving: every part is made, joined, run until a signal says so, and ended in order.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Handle};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tollgate_control::signin;
use tollgate_gateway::{Gateway, Limits, Parts};

use crate::answers;
use crate::banner::Banner;
use crate::cabinet::{self, StoredFiles};
use crate::config::Settings;
use crate::config::raw::{Role, Settlement, Unsettled};
use crate::data::{DataFolder, Listener};
use crate::failure::Failure;
use crate::first::{self, Made};
use crate::follow::{self, Followed, Follower};
use crate::keys::StoredKeys;
use crate::machine::Machine;
use crate::node::Node;
use crate::output::Output;
use crate::passes::Passes;
use crate::plane::Plane;
use crate::running::Running;
use crate::shelf::StoredAnswers;
use crate::till::{self, Till};
use crate::{clock, listen, log, retention};

/// Threads of the control side: reports and changes, never a call.
const CONTROL_THREADS: usize = 2;
/// Threads for work that blocks: compiling, reading journals, draining.
const BLOCKING_THREADS: usize = 8;

/// Serves until a signal ends it.
pub(crate) fn run(settings: Settings, output: Output) -> Result<(), Failure> {
    log::start(&settings.log, output.message_colour())?;
    if settings.role == Role::Gateway && settings.database.is_none() {
        let message = "role gateway shares its configuration with others through PostgreSQL: set \
                       database, or use role all";
        return Err(Failure::Usage(message.to_owned()));
    }
    let folder = DataFolder::take(&settings.data)?;
    let runtime = Builder::new_multi_thread()
        .worker_threads(CONTROL_THREADS)
        .max_blocking_threads(BLOCKING_THREADS)
        .thread_name("control")
        .enable_all()
        .build()
        .map_err(|why| Failure::fault("cannot start the control side", why))?;
    let served = runtime.block_on(Box::pin(serve(settings, folder, output)));
    runtime.shutdown_timeout(Duration::from_secs(1));
    served
}

/// The parts of the process while it serves.
struct Serving {
    node: Arc<Node>,
    running: Arc<Running>,
    till: Till,
    /// With which the console makes calls.
    passes: Arc<Passes>,
    open: Arc<AtomicBool>,
    /// Ends the control listener.
    closing: watch::Sender<bool>,
    /// The control listener, where there is one.
    control: Option<JoinHandle<()>>,
    /// What writes answers to the store; ends after the gateway.
    shelving: Option<JoinHandle<()>>,
    tasks: JoinSet<()>,
}

async fn serve(settings: Settings, folder: DataFolder, output: Output) -> Result<(), Failure> {
    let mut signals = Signals::new()?;
    let control = match settings.role {
        Role::Gateway => None,
        Role::All | Role::Control => Some(bind(settings.control).await?),
    };
    let node = Arc::new(Node::open(&settings, folder, clock::now()).await?);
    let found = tollgate_catalog::environment(|name| std::env::var(name).ok());
    let made = first::begin(&node.store, found, node.started).await?;
    let workers = match settings.role {
        Role::Control => 0,
        Role::All | Role::Gateway => settings.workers,
    };
    let till = Till::open(&settings, &node, workers).await?;
    let (followed, driver) = follow::ends();
    let running = Arc::new(Running::default());
    let ledger = Arc::clone(&till.ledger);
    let mut follower = Follower::new(Arc::clone(&node), Arc::clone(&running), ledger);
    follower.take_in().await;
    let mut serving = Serving {
        node,
        running,
        till,
        passes: Arc::new(Passes::new()),
        open: Arc::default(),
        closing: watch::Sender::new(false),
        control: None,
        shelving: None,
        tasks: JoinSet::new(),
    };
    serving.tasks.spawn(follower.follow(driver));
    serving.tend();
    let gateway = serving.start_gateway(&settings, workers)?;
    let sign_in = match &control {
        Some(_) => serving.sign_in_link().await?,
        None => None,
    };
    let control = serving.start_control(&settings, control, followed)?;
    serving.open.store(true, Ordering::Release);
    serving
        .banner(made, sign_in, gateway, control)
        .show(output)?;
    signals.next().await;
    serving.end(settings.shutdown, &mut signals).await;
    Ok(())
}

async fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address)
        .await
        .map_err(|why| Failure::fault(format!("cannot listen on {address}"), why))
}

impl Serving {
    fn tend(&mut self) {
        let ledger = Arc::clone(&self.till.ledger);
        let tending = till::tend(ledger, self.till.status.clone(), Arc::clone(&self.node));
        self.tasks.spawn(tending);
    }

    /// Starts the gateway; it answers calls from here on.
    fn start_gateway(
        &mut self,
        settings: &Settings,
        workers: usize,
    ) -> Result<Option<SocketAddr>, Failure> {
        if workers == 0 {
            return Ok(None);
        }
        let listen = settings.gateway;
        let cannot = |why| Failure::fault(format!("the gateway cannot listen on {listen}"), why);
        // The workers share the port, and the system would share it with another process of this
        // user just as well; this listener would not.
        drop(std::net::TcpListener::bind(listen).map_err(cannot)?);
        let open = Arc::clone(&self.open);
        let keeps = settings.answers_retention.is_some();
        let (store, sealing) = (self.node.store.clone(), Arc::clone(&self.node.sealing));
        let (kept, writing) = StoredAnswers::open(store, sealing, keeps);
        self.shelving = writing;
        let parts = Parts {
            snapshot: Arc::clone(&self.node.snapshot),
            keys: Arc::new(StoredKeys {
                passes: Arc::clone(&self.passes),
                store: self.node.store.clone(),
                runtime: Handle::current(),
            }),
            kept: Arc::new(kept),
            cabinet: Arc::new(StoredFiles {
                store: self.node.store.clone(),
                node: self.node.id.clone(),
                runtime: Handle::current(),
            }),
            uploads: cabinet::uploads(self.node.folder.path())?,
            ledger: Arc::clone(&self.till.ledger),
            answers: answers::shared(settings.cache_server.as_ref(), Handle::current())?,
            journals: self.till.journals.clone(),
            pairs: self.node.sealing.pairs().clone(),
            clock: Arc::new(clock::now),
            ready: Arc::new(move || open.load(Ordering::Acquire)),
        };
        let limits = settings.limits;
        let gateway = tollgate_gateway::Settings {
            listen,
            workers,
            limits: Limits {
                body_bytes: limits.body_bytes,
                upload_bytes: limits.upload_bytes,
                file_bytes: limits.file_bytes,
                header_bytes: limits.header_bytes,
                header_timeout: limits.header_timeout,
                body_timeout: limits.body_timeout,
                attempts: limits.attempts,
                message_bytes: limits.message_bytes,
                session_idle: limits.session_idle,
                session: limits.session,
            },
            cache_bytes: settings.cache_bytes,
            strict_settlement: settings.settlement == Settlement::Strict,
            batch_pause: settings.batch_poll,
            charge_lost: settings.unsettled == Unsettled::Charge,
        };
        let gateway = Gateway::start(gateway, parts).map_err(cannot)?;
        let address = gateway.local_addr();
        self.running.begin(gateway);
        self.node.folder.note(Listener::Gateway, address)?;
        Ok(Some(address))
    }

    /// The token of a new link by which the first owner comes in, where there is none yet.
    async fn sign_in_link(&self) -> Result<Option<String>, Failure> {
        let link = signin::start_link(&self.node.store, clock::now()).await;
        link.map_err(|why| Failure::fault("cannot make the sign-in link", why))
    }

    fn start_control(
        &mut self,
        settings: &Settings,
        listener: Option<TcpListener>,
        followed: Followed,
    ) -> Result<Option<SocketAddr>, Failure> {
        let Some(listener) = listener else {
            return Ok(None);
        };
        let address = listener
            .local_addr()
            .map_err(|why| Failure::fault("the control listener has no address", why))?;
        let status = self.till.status.clone();
        let plane = Plane {
            node: Arc::clone(&self.node),
            running: Arc::clone(&self.running),
            ledger: Arc::clone(&self.till.ledger),
            followed,
            open: Arc::clone(&self.open),
            backlog: Arc::new(move || status.backlog_bytes()),
            passes: Arc::clone(&self.passes),
            machine: Machine::serving(self.node.folder.path(), address, &settings.control_hosts),
            closing: self.closing.subscribe(),
        };
        let routes = plane.routes(&settings.control_hosts)?;
        let served = listen::serve(listener, routes, self.closing.subscribe());
        self.control = Some(tokio::spawn(served));
        self.tasks.spawn(retention::keep(
            Arc::clone(&self.node),
            settings.calls_retention,
            settings.answers_retention,
        ));
        self.node.folder.note(Listener::Control, address)?;
        Ok(Some(address))
    }

    fn banner(
        &self,
        made: Made,
        sign_in: Option<String>,
        gateway: Option<SocketAddr>,
        control: Option<SocketAddr>,
    ) -> Banner {
        let snapshot = self.node.snapshot.load();
        Banner {
            gateway,
            control,
            sign_in,
            data: self.node.folder.path().to_owned(),
            key: made.key,
            registered: made.providers,
            providers: snapshot
                .providers()
                .iter()
                .map(|p| p.name.to_string())
                .collect(),
        }
    }

    /// Ends every part in order: no new calls, then what was begun, then its money, then the
    /// control side. A second signal ends the process at once; the journal has what it was doing.
    async fn end(mut self, patience: Duration, signals: &mut Signals) {
        tracing::info!("ending: no new calls are taken; a second signal ends at once");
        self.open.store(false, Ordering::Release);
        self.node.folder.forget(Listener::Gateway);
        let ended = async {
            if let Some(gateway) = self.running.end() {
                let drained = tokio::task::spawn_blocking(move || gateway.drain(patience));
                if let Err(error) = drained.await {
                    tracing::error!(%error, "the gateway did not end in order");
                }
            }
            self.till.close().await;
            if let Some(shelving) = self.shelving.take()
                && let Err(error) = shelving.await
            {
                tracing::error!(%error, "what writes answers did not end in order");
            }
            self.node.folder.forget(Listener::Control);
            self.closing.send_replace(true);
            if let Some(control) = self.control.take()
                && let Err(error) = control.await
            {
                tracing::error!(%error, "the control listener did not end in order");
            }
        };
        tokio::select! {
            () = ended => {}
            () = signals.next() => {
                tracing::warn!("ended by a second signal");
                std::process::exit(1);
            }
        }
        self.tasks.abort_all();
    }
}

/// The signals that end the process.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> Result<Signals, Failure> {
        let on = |kind| signal(kind).map_err(|why| Failure::fault("cannot watch for signals", why));
        Ok(Signals {
            terminate: on(SignalKind::terminate())?,
            interrupt: on(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
