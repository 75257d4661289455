//! The specs of the kinds, one file each.

mod application;
mod budget;
mod cache;
mod condition;
mod credential;
mod fallback;
mod grammar;
mod key;
mod model;
mod platform;
mod provider;
mod quirks;
mod routing;
mod team;

pub use application::ApplicationSpec;
pub use budget::{BudgetScope, BudgetSpec, Exhausted};
pub use cache::{CacheScope, CacheSpec};
pub use condition::{Need, When};
pub use credential::{
    AccessSpec, AwsSpec, CredentialLimits, CredentialSpec, EntraSpec, MetadataSpec, Secret,
};
pub use fallback::{Fallback, ModelTimeouts};
pub use key::KeySpec;
pub use model::{ModelSpec, ShadowSpec, TargetSpec};
pub use platform::{AuthHeader, AzureSpec, AzureSurface, PlatformSpec, VertexSpec};
pub use provider::{FileService, PriceSpec, ProbeSpec, ProviderSpec, Timeouts, Unpriced};
pub use quirks::Quirks;
pub use routing::{Ejection, HashBy, HedgeSpec, Strategy};
pub use team::{Billing, TeamSpec};
