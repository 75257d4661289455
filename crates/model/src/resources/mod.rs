//! The specs of the kinds, one file each.

mod application;
mod budget;
mod key;
mod model;
mod provider;
mod team;

pub use application::ApplicationSpec;
pub use budget::{BudgetScope, BudgetSpec, Exhausted};
pub use key::KeySpec;
pub use model::{ModelSpec, Strategy, TargetSpec};
pub use provider::{CredentialSpec, PriceSpec, ProviderSpec, Secret, Timeouts, Unpriced};
pub use team::{Billing, TeamSpec};
