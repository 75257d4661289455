//! The specs of the kinds, one file each.

mod application;
mod budget;
mod cache;
mod credential;
mod grammar;
mod key;
mod model;
mod platform;
mod provider;
mod quirks;
mod team;

pub use application::ApplicationSpec;
pub use budget::{BudgetScope, BudgetSpec, Exhausted};
pub use cache::{CacheScope, CacheSpec};
pub use credential::{AccessSpec, CredentialSpec, EntraSpec, MetadataSpec, Secret};
pub use key::KeySpec;
pub use model::{ModelSpec, Strategy, TargetSpec};
pub use platform::{AuthHeader, AzureSpec, AzureSurface, PlatformSpec, VertexSpec};
pub use provider::{PriceSpec, ProviderSpec, Timeouts, Unpriced};
pub use quirks::Quirks;
pub use team::{Billing, TeamSpec};
