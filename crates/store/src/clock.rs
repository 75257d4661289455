//! The clock by which the windows of budgets open and close.

use std::fmt;
use std::sync::Arc;

use tollgate_model::Micros;

use crate::StoreError;
use crate::sql::Conn;

/// The store's clock.
#[derive(Clone)]
pub enum Clock {
    /// That of the database's host, so that all nodes of a cluster agree on the time.
    Host,
    /// One that the process brings along: for tests and simulations.
    Given(Arc<dyn Fn() -> Micros + Send + Sync>),
}

impl Clock {
    pub(crate) async fn now(&self, conn: &mut Conn) -> Result<Micros, StoreError> {
        match self {
            Clock::Host => conn.host_time().await,
            Clock::Given(now) => Ok(now()),
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Clock::Host => "Host",
            Clock::Given(_) => "Given",
        })
    }
}
