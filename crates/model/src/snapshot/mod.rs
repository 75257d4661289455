//! The configuration as the data plane reads it: immutable, every name resolved, every price at
//! hand, every secret opened. Keys are not in it; there may be a million.

mod access;
mod compile;
mod endpoint;
mod plan;
mod platform;
mod provider;

pub use access::{Access, AwsKeys, Grant, SecretText, Secrets, TokenSource};
pub use compile::Compiled;
pub use endpoint::Endpoint;
pub use plan::{
    ApplicationPlan, CredentialPlan, ModelPlan, ProviderPlan, SANDBOX, ShadowPlan, Snapshot,
    TargetPlan, Terms,
};
pub use platform::{Platform, Publisher};
