//! What comes of asking a provider which models it has, before any call is made with it.

use crate::Micros;
use crate::call::FailureClass;

/// What came of asking a provider for its models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// How long the provider took to answer or to fail, in microseconds.
    pub took: u64,
    /// The models by the names under which the provider is asked for them, or why it gave none.
    pub outcome: Result<Vec<String>, ProbeFailure>,
    /// Whether the provider gave its list without the credential as well, so that the list does not
    /// tell whether the credential is good.
    pub open_to_all: bool,
    /// The time by the provider's clock, as the header `Date` of its answer tells it.
    pub date: Option<Micros>,
}

/// Why a provider gave no list of models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeFailure {
    /// How it failed, judged as the failure of a call is.
    pub class: FailureClass,
    /// The status of the provider's answer, where there was one.
    pub status: Option<u16>,
    /// What the provider or the network said, without secrets, for the operator.
    pub note: String,
}
