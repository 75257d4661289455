//! What a process works on, whether it serves or answers one command: the data folder, the store,
//! the catalogue, and the configuration that is in force.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use tollgate_model::catalogue::Catalogue;
use tollgate_model::resource::SpecError;
use tollgate_model::snapshot::{Compiled, SecretText};
use tollgate_model::{Micros, Snapshot};
use tollgate_store::{Location, SealingKey, Store, StoreError};

use crate::config::Settings;
use crate::data::DataFolder;
use crate::failure::Failure;
use crate::secrets::Opener;
use crate::troubles::Troubles;

/// The file of the embedded database in the data folder.
const DATABASE: &str = "tollgate.db";

/// Whether there is a store to open: a database that was named, or one in the data folder. A folder
/// of a process with PostgreSQL has none; opening an empty one there would mislead.
pub(crate) fn is_there(settings: &Settings) -> bool {
    settings.database.is_some() || settings.data.join(DATABASE).exists()
}

/// What a process works on.
pub(crate) struct Node {
    /// The data folder, held.
    pub folder: DataFolder,
    /// The id of this node.
    pub id: String,
    /// When the process began.
    pub started: Micros,
    /// Resources, ledger and calls.
    pub store: Store,
    /// Opens the store's secrets.
    pub sealing: Arc<SealingKey>,
    /// What is known of providers and models.
    pub catalogue: Arc<dyn Catalogue>,
    /// The configuration in force.
    pub snapshot: Arc<ArcSwap<Snapshot>>,
    /// What does not work.
    pub troubles: Troubles,
}

/// Why there is no new configuration.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unread {
    /// The store could not be asked.
    #[error("the configuration cannot be read: {0}")]
    Store(#[from] StoreError),
    /// What the store holds does not compile.
    #[error("revision {revision} of the configuration does not compile: {}", list(.faults))]
    Faulty {
        /// The revision.
        revision: u64,
        /// Everything that is wrong with it.
        faults: Vec<SpecError>,
    },
}

fn list(faults: &[SpecError]) -> String {
    let texts: Vec<String> = faults.iter().map(ToString::to_string).collect();
    texts.join("; ")
}

impl Node {
    /// Opens the store of a data folder that was taken. The configuration in force is an empty one
    /// until it is read.
    pub(crate) async fn open(
        settings: &Settings,
        folder: DataFolder,
        now: Micros,
    ) -> Result<Node, Failure> {
        let location = match &settings.database {
            Some(address) => Location::Postgres(address.reveal().to_owned()),
            None => Location::Sqlite(folder.path().join(DATABASE)),
        };
        let store = Store::open(&location)
            .await
            .map_err(|why| Failure::fault("cannot open the store", why))?;
        let sealing = SealingKey::load_or_create(&folder.path().join("sealing.key"))
            .map_err(|why| Failure::Fault(why.to_string()))?;
        let catalogue = tollgate_catalog::builtin();
        let empty = Snapshot::compile(0, &[], Arc::clone(&catalogue), &Opener::default())
            .map_err(|found| Failure::Fault(list(&found)))?;
        Ok(Node {
            id: folder.node()?,
            folder,
            started: now,
            store,
            sealing: Arc::new(sealing),
            catalogue,
            snapshot: Arc::new(ArcSwap::from_pointee(empty.snapshot)),
            troubles: Troubles::default(),
        })
    }

    /// Something that opens secrets as they are now. A stored one that cannot be opened says why
    /// when it is asked for.
    pub(crate) async fn opener(&self) -> Result<Opener, StoreError> {
        let mut stored = HashMap::new();
        for name in self.store.secret_names().await? {
            let opened = match self.store.secret(&self.sealing, &name).await {
                Ok(Some(text)) => Ok(SecretText::new(&text)),
                Ok(None) => continue,
                Err(away @ StoreError::Unavailable(_)) => return Err(away),
                Err(why) => Err(why.to_string()),
            };
            stored.insert(name.to_string(), opened);
        }
        Ok(Opener::new(stored))
    }

    /// Reads the newest configuration and compiles it, off the runtime's threads.
    pub(crate) async fn compile(&self) -> Result<Compiled, Unread> {
        let opener = self.opener().await?;
        let (revision, resources) = self.store.snapshot_resources().await?;
        let catalogue = Arc::clone(&self.catalogue);
        let compiling = tokio::task::spawn_blocking(move || {
            Snapshot::compile(revision, &resources, catalogue, &opener)
        });
        match compiling.await {
            Ok(Ok(compiled)) => Ok(compiled),
            Ok(Err(faults)) => Err(Unread::Faulty { revision, faults }),
            Err(panicked) => Err(Unread::Faulty {
                revision,
                faults: vec![SpecError::new("the compiler", panicked.to_string())],
            }),
        }
    }
}
