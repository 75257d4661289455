//! The configuration follows the store: every change compiles a new snapshot, which replaces the
//! one in force. What does not compile is told, and the last good one stays.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{sleep, timeout};
use tollgate_ledger::Ledger;

use crate::node::{Node, Unread};
use crate::running::Running;

/// How long to wait before a store that is away is asked again.
const PAUSE: Duration = Duration::from_millis(500);
/// How long somebody waits for a change to be in force.
const PATIENCE: Duration = Duration::from_secs(5);
const CONFIGURATION: &str = "configuration";

/// Lets the configuration in force follow the store.
pub(crate) struct Follower {
    /// What it works on.
    pub node: Arc<Node>,
    /// Whose keys it lets be looked up anew.
    pub running: Arc<Running>,
    /// Whose funds change with the configuration.
    pub ledger: Arc<Ledger>,
    warned: HashSet<String>,
    /// What the store's newest revision was when it was last taken in.
    taken: Option<u64>,
}

/// Where to ask a [`Follower`].
pub(crate) struct Followed {
    handled: watch::Receiver<u64>,
    again: mpsc::Sender<oneshot::Sender<()>>,
}

/// What drives a [`Follower`].
pub(crate) struct Driver {
    handled: watch::Sender<u64>,
    again: mpsc::Receiver<oneshot::Sender<()>>,
}

/// A pair of ends that belong together.
pub(crate) fn ends() -> (Followed, Driver) {
    let (sender, handled) = watch::channel(0);
    let (again, asked) = mpsc::channel(16);
    let driver = Driver {
        handled: sender,
        again: asked,
    };
    (Followed { handled, again }, driver)
}

impl Followed {
    /// Waits until a revision is in force, or was found not to compile.
    pub(crate) async fn reaches(&self, revision: u64) {
        let mut handled = self.handled.clone();
        let _ = timeout(PATIENCE, handled.wait_for(|newest| *newest >= revision)).await;
    }

    /// Has the configuration read again, secrets and all, and waits for it.
    pub(crate) async fn again(&self) {
        let (done, told) = oneshot::channel();
        let asked = async {
            if self.again.send(done).await.is_ok() {
                let _ = told.await;
            }
        };
        let _ = timeout(PATIENCE, asked).await;
    }
}

impl Follower {
    /// A follower that has warned of nothing yet.
    pub(crate) fn new(node: Arc<Node>, running: Arc<Running>, ledger: Arc<Ledger>) -> Follower {
        Follower {
            node,
            running,
            ledger,
            warned: HashSet::new(),
            taken: None,
        }
    }

    /// Follows for ever.
    pub(crate) async fn follow(mut self, mut driver: Driver) {
        let mut newest = self.node.store.watch();
        loop {
            let seen = *newest.borrow_and_update();
            if self.taken != Some(seen) && !self.take_in().await {
                sleep(PAUSE).await;
                continue;
            }
            driver.handled.send_replace(seen);
            tokio::select! {
                changed = newest.changed() => if changed.is_err() { return },
                Some(done) = driver.again.recv() => {
                    self.take_in().await;
                    let _ = done.send(());
                }
            }
        }
    }

    /// Takes in the newest configuration. Tells whether the store could be asked.
    pub(crate) async fn take_in(&mut self) -> bool {
        let newest = *self.node.store.watch().borrow();
        let read = self.node.compile().await;
        let is_away = matches!(read, Err(Unread::Store(_)));
        self.taken = (!is_away).then_some(newest);
        // Keys are no part of the configuration that was compiled: a revoked one must stop working
        // whatever else the revision says.
        self.running.forget_keys();
        match read {
            Ok(compiled) => {
                self.warn(&compiled.warnings);
                let revision = compiled.snapshot.revision;
                let snapshot = Arc::new(compiled.snapshot);
                self.node.snapshot.store(Arc::clone(&snapshot));
                self.node.troubles.end(CONFIGURATION);
                tracing::debug!(revision, "the configuration is in force");
                self.ledger.refresh(&snapshot.all_funds()).await;
            }
            Err(why) => {
                let kept = self.node.snapshot.load().revision;
                let text = format!("{why}; revision {kept} stays in force");
                self.node.troubles.begin(CONFIGURATION, text);
            }
        }
        !is_away
    }

    /// Logs what is not wrong but will not work either, once.
    fn warn(&mut self, warnings: &[String]) {
        for warning in warnings {
            if !self.warned.contains(warning) {
                tracing::warn!("{warning}");
            }
        }
        self.warned = warnings.iter().cloned().collect();
    }
}
