//! Why a spec is refused: apart from [`crate::resource`], which knows every kind of spec, because every kind of
//! spec needs it.

/// Why a spec is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {message}")]
pub struct SpecError {
    /// Where: a path such as `spec.targets[0].provider`.
    pub place: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl SpecError {
    /// An error at a place.
    pub fn new(place: impl Into<String>, message: impl Into<String>) -> SpecError {
        SpecError {
            place: place.into(),
            message: message.into(),
        }
    }
}
