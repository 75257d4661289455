//! The parts of the running program that a handler may ask for, each by its type.

use std::sync::Arc;

use axum::extract::FromRef;
use tollgate_model::catalogue::Catalogue;
use tollgate_store::Store;

use crate::configuration::Configuration;
use crate::control::{Clock, Control, Description, Seal, Version};
use crate::runtime::Runtime;

/// What all requests share.
#[derive(Clone)]
pub(crate) struct Shared {
    control: Control,
    configuration: Configuration,
    description: Description,
    version: Version,
}

impl Shared {
    /// The state of a router made of these parts.
    pub(crate) fn new(control: Control, description: Description) -> Shared {
        Shared {
            configuration: Configuration::new(&control),
            version: Version(control.version),
            control,
            description,
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
    Arc<dyn Catalogue> = control.catalogue;
    Arc<dyn Runtime> = control.runtime;
    Clock = control.clock;
    Seal = control.sealing;
    Configuration = configuration;
    Description = description;
    Version = version;
}
