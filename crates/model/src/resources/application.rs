//! `Application`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Name;
use crate::resource::SpecError;

/// An application: what a consumer builds. It belongs to a team and holds keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplicationSpec {
    /// The team that owns the application and pays for its calls.
    pub team: Name,
    /// The name that people see; the resource's name where it is empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
}

impl ApplicationSpec {
    pub(crate) fn check(&self) -> Result<(), SpecError> {
        Ok(())
    }
}
