//! The money of this node: its ledger, its journals, and what carries them to the store.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tollgate_ledger::journal::{Committer, Journal, Pump, PumpStatus, recover};
use tollgate_ledger::{LeasePolicy, Ledger};

use crate::book::StoredBook;
use crate::clock;
use crate::config::Settings;
use crate::config::raw::Unsettled;
use crate::failure::Failure;
use crate::node::Node;

/// How often leases that nobody uses are given back.
const TEND: Duration = Duration::from_secs(5);
const JOURNAL: &str = "journal";

/// The money of this node, at work.
pub(crate) struct Till {
    /// The accounts.
    pub ledger: Arc<Ledger>,
    /// One for each worker of the gateway.
    pub journals: Vec<Journal>,
    /// What the store does not have yet.
    pub status: PumpStatus,
    pump: JoinHandle<()>,
    stop: oneshot::Sender<()>,
    committer: Committer,
}

/// A ledger over the node's store that holds nothing yet.
pub(crate) fn ledger(settings: &Settings, node: &Node) -> Arc<Ledger> {
    let policy = match settings.database {
        Some(_) => LeasePolicy::CLUSTER,
        None => LeasePolicy::ALONE,
    };
    Ledger::new(node.id.as_str().into(), Arc::new(book(node)), policy)
}

fn book(node: &Node) -> StoredBook {
    StoredBook {
        store: node.store.clone(),
        runtime: Handle::current(),
    }
}

/// Whether an earlier process left a journal that is not settled yet.
pub(crate) fn is_unsettled(node: &Node) -> bool {
    let files = std::fs::read_dir(node.folder.path().join(JOURNAL));
    files.is_ok_and(|mut files| {
        files.any(|file| {
            file.is_ok_and(|file| file.path().extension().is_some_and(|end| end == "log"))
        })
    })
}

impl Till {
    /// Settles what an earlier process left in the journal, then opens new ones, one for each
    /// worker.
    pub(crate) async fn open(
        settings: &Settings,
        node: &Node,
        workers: usize,
    ) -> Result<Till, Failure> {
        let folder = node.folder.path().join(JOURNAL);
        let cannot = |why: &dyn std::fmt::Display| {
            Failure::fault(
                format!("cannot work with the journal {}", folder.display()),
                why,
            )
        };
        let mut private = DirBuilder::new();
        private.recursive(true).mode(0o700);
        private.create(&folder).map_err(|why| cannot(&why))?;
        let book = Arc::new(book(node));
        let policy = match settings.unsettled {
            Unsettled::Release => tollgate_ledger::journal::Unsettled::Release,
            Unsettled::Charge => tollgate_ledger::journal::Unsettled::Charge,
        };
        let found = recover(&folder, &node.id, &*book, policy).await;
        let found = found.map_err(|why| cannot(&why))?;
        if found.replayed > 0 || !found.unresolved.is_empty() {
            let (replayed, unresolved) = (found.replayed, found.unresolved.len());
            tracing::info!(
                replayed,
                unresolved,
                "the journal of an earlier process is settled"
            );
        }
        let mut journals = Vec::new();
        for worker in 0..workers {
            let worker = u32::try_from(worker).unwrap_or(u32::MAX);
            journals.push(Journal::open(&folder, worker).map_err(|why| cannot(&why))?);
        }
        let committer = Committer::start(&journals).map_err(|why| cannot(&why))?;
        let pump = Pump::new(node.id.as_str().into(), book, &journals);
        let (stop, stopped) = oneshot::channel();
        Ok(Till {
            ledger: ledger(settings, node),
            journals,
            status: pump.status(),
            pump: tokio::spawn(pump.run(async {
                let _ = stopped.await;
            })),
            stop,
            committer,
        })
    }

    /// Carries what is left to the store and gives every lease back. To be called when nothing is
    /// appended any more.
    pub(crate) async fn close(self) {
        let _ = self.stop.send(());
        if let Err(error) = self.pump.await {
            tracing::error!(%error, "the journal was not carried to the store; the next start does it");
        }
        drop(self.committer);
        self.ledger.close().await;
    }
}

/// Gives back what nobody uses, and tells of a journal that cannot be carried to the store, for
/// ever.
pub(crate) async fn tend(ledger: Arc<Ledger>, status: PumpStatus, node: Arc<Node>) {
    loop {
        tokio::time::sleep(TEND).await;
        ledger.tend(clock::now()).await;
        match status.healthy() {
            true => node.troubles.end(JOURNAL),
            false => node.troubles.begin(
                JOURNAL,
                "settled calls stay in the journal: the store or the disk does not take them"
                    .to_owned(),
            ),
        }
    }
}
