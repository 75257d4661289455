//! The parts of the running program that a handler may ask for, each by its type.

use std::sync::Arc;

use axum::extract::FromRef;
use tokio::sync::Mutex;
use tollgate_model::catalogue::Catalogue;
use tollgate_store::Store;

use crate::configuration::Configuration;
use crate::control::{
    Clock, Console, Control, Description, Shelves, Streams, Surgery, Till, Vault, Version,
};
use crate::runtime::Runtime;
use crate::signin::SignIn;

/// What all requests share.
#[derive(Clone)]
pub(crate) struct Shared {
    control: Control,
    configuration: Configuration,
    sign_in: SignIn,
    description: Description,
    console: Console,
    streams: Streams,
    version: Version,
    turn: Arc<Mutex<()>>,
}

impl Shared {
    /// The state of a router made of these parts.
    pub(crate) fn new(control: Control, description: Description) -> Shared {
        Shared {
            configuration: Configuration::new(&control),
            sign_in: SignIn::new(control.store.clone(), Arc::clone(&control.clock)),
            console: Console(control.console),
            streams: Streams::new(control.closing.clone()),
            version: Version(control.version),
            turn: Arc::default(),
            control,
            description,
        }
    }
}

impl FromRef<Shared> for Vault {
    fn from_ref(shared: &Shared) -> Vault {
        Vault {
            store: shared.control.store.clone(),
            sealing: Arc::clone(&shared.control.sealing),
            runtime: Arc::clone(&shared.control.runtime),
        }
    }
}

impl FromRef<Shared> for Arc<dyn Catalogue> {
    fn from_ref(shared: &Shared) -> Arc<dyn Catalogue> {
        Arc::clone(shared.control.runtime.snapshot().catalogue())
    }
}

impl FromRef<Shared> for Shelves {
    fn from_ref(shared: &Shared) -> Shelves {
        Shelves {
            store: shared.control.store.clone(),
            runtime: Arc::clone(&shared.control.runtime),
            clock: Arc::clone(&shared.control.clock),
        }
    }
}

impl FromRef<Shared> for Till {
    fn from_ref(shared: &Shared) -> Till {
        Till {
            store: shared.control.store.clone(),
            runtime: Arc::clone(&shared.control.runtime),
            clock: Arc::clone(&shared.control.clock),
        }
    }
}

impl FromRef<Shared> for Surgery {
    fn from_ref(shared: &Shared) -> Surgery {
        Surgery {
            store: shared.control.store.clone(),
            runtime: Arc::clone(&shared.control.runtime),
            clock: Arc::clone(&shared.control.clock),
            version: shared.version,
            turn: Arc::clone(&shared.turn),
        }
    }
}

macro_rules! parts {
    ($($part:ty = $($field:ident).+;)*) => {
        $(impl FromRef<Shared> for $part {
            fn from_ref(shared: &Shared) -> $part {
                shared.$($field).+.clone()
            }
        })*
    };
}

parts! {
    Store = control.store;
    Arc<dyn Runtime> = control.runtime;
    Clock = control.clock;
    Configuration = configuration;
    SignIn = sign_in;
    Console = console;
    Description = description;
    Streams = streams;
    Version = version;
}
