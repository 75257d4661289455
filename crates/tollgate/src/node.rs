//! What a process works on, whether it serves or answers one command: the data folder, the store,
//! the catalogue, and the configuration that is in force.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::Mutex;
use tollgate_catalog::Update;
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
    /// The update of the catalogue that was read last, by the revision that brought it.
    updated: Mutex<Option<(u64, Arc<dyn Catalogue>)>>,
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
        let empty = Snapshot::compile(0, &[], catalogue, &Opener::default())
            .map_err(|found| Failure::Fault(list(&found)))?;
        Ok(Node {
            id: folder.node()?,
            folder,
            started: now,
            store,
            sealing: Arc::new(sealing),
            updated: Mutex::default(),
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

    /// What is known of providers and models at a revision: what is built in, or what an update
    /// brought.
    async fn catalogue(&self, revision: u64) -> Result<Arc<dyn Catalogue>, Unread> {
        let Some(update) = self.store.catalogue_at(revision).await? else {
            return Ok(tollgate_catalog::builtin());
        };
        let mut updated = self.updated.lock().await;
        if let Some((brought, catalogue)) = &*updated
            && *brought == update
        {
            return Ok(Arc::clone(catalogue));
        }
        let stored = self.store.catalogue_update(update).await?;
        let text = stored.map(|stored| stored.text).unwrap_or_default();
        let reading = tokio::task::spawn_blocking(move || Update::read(&text, ""));
        let read = reading
            .await
            .unwrap_or_else(|why| Err(vec![SpecError::new("the update", why.to_string())]));
        match read {
            Ok(read) => {
                let catalogue = read.catalogue(update);
                *updated = Some((update, Arc::clone(&catalogue)));
                Ok(catalogue)
            }
            Err(mut faults) => {
                let told = format!("the catalogue of revision {update}");
                faults.insert(0, SpecError::new(told, "cannot be read by this version"));
                Err(Unread::Faulty { revision, faults })
            }
        }
    }

    /// Reads the newest configuration and compiles it, off the runtime's threads.
    pub(crate) async fn compile(&self) -> Result<Compiled, Unread> {
        let opener = self.opener().await?;
        let (revision, resources) = self.store.snapshot_resources().await?;
        let catalogue = self.catalogue(revision).await?;
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
