//! The words of Tollgate as types. No I/O, no async, no clock, no randomness: time and ids are
//! arguments. Every other crate speaks in these types, so a meaning has exactly one home.

pub mod abilities;
pub mod account;
pub mod call;
pub mod catalogue;
pub mod choice;
pub mod dialect;
mod failure;
pub mod file;
pub mod ids;
pub mod kept;
pub mod key_pair;
pub mod money;
pub mod people;
pub mod price;
pub mod probe;
pub mod reason;
pub mod refusal;
pub mod resource;
pub mod resources;
mod service_tier;
pub mod settled;
pub mod snapshot;
mod spec_error;
pub mod task;
mod text;
pub mod time;
pub mod usage;

pub use dialect::Dialect;
pub use ids::{CallId, KeyHash, Name};
pub use key_pair::KeyPairs;
pub use money::{Nanos, Rate};
pub use people::{PersonName, Role};
pub use reason::Reason;
pub use refusal::Refusal;
pub use resource::{Kind, Resource};
pub use service_tier::{ServedIn, ServiceTier};
pub use snapshot::Snapshot;
pub use time::Micros;
pub use usage::{Usage, UsageClass};
