//! The configuration as the data plane reads it: immutable, every name resolved, every price at
//! hand, every secret opened. Keys are not in it; there may be a million.

mod compile;
mod plan;

pub use compile::{Compiled, Secrets};
pub use plan::{
    ApplicationPlan, CredentialPlan, Endpoint, ModelPlan, ProviderPlan, SANDBOX, SecretText,
    Snapshot, TargetPlan,
};
