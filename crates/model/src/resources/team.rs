//! `Team`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::resource::SpecError;

/// How a team pays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Billing {
    /// Costs are tracked, and limited by budgets only.
    #[default]
    Internal,
    /// Every call is paid from the team's wallet, and none is made that the wallet does not cover.
    Prepaid,
}

/// A team: whoever owns applications and pays for their calls.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TeamSpec {
    /// The name that people see; the resource's name where it is empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// How the team pays.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(extend("default" = "internal"))]
    pub billing: Billing,
}

fn is_default(billing: &Billing) -> bool {
    *billing == Billing::default()
}

impl TeamSpec {
    pub(crate) fn check(&self) -> Result<(), SpecError> {
        Ok(())
    }
}
