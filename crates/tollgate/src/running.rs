//! The gateway, for as long as it runs. It is started after the control side is made and drained
//! before that ends, so that the control side finds it here or does not.

use std::net::SocketAddr;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use tollgate_gateway::{CredentialHealth, Gateway, TargetHealth};

/// The gateway of this process, if it runs. Never met on the way of a call.
#[derive(Default)]
pub(crate) struct Running(RwLock<Option<Gateway>>);

impl Running {
    /// Notes that the gateway runs.
    pub(crate) fn begin(&self, gateway: Gateway) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(gateway);
    }

    /// Takes the gateway, to drain it.
    pub(crate) fn end(&self) -> Option<Gateway> {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// Where the gateway listens; `None` where it does not run.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.read().as_ref().map(Gateway::local_addr)
    }

    /// Lets the gateway look up every key anew.
    pub(crate) fn forget_keys(&self) {
        if let Some(gateway) = &*self.read() {
            gateway.forget_keys();
        }
    }

    /// The health of the credentials that were used.
    pub(crate) fn credentials(&self) -> Vec<CredentialHealth> {
        self.read()
            .as_ref()
            .map(Gateway::credentials)
            .unwrap_or_default()
    }

    /// What is known of the targets among which models chose.
    pub(crate) fn targets(&self) -> Vec<TargetHealth> {
        let running = self.read();
        running.as_ref().map(Gateway::targets).unwrap_or_default()
    }

    fn read(&self) -> RwLockReadGuard<'_, Option<Gateway>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}
