//! What was found out, and what was not.

/// Why something is not known, in a sentence for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown(pub String);

impl Unknown {
    /// What belongs to a step that was not asked for.
    pub fn unasked() -> Unknown {
        Unknown("this was not looked at".to_owned())
    }
}

/// Something that was found out, or why it was not.
pub type Known<T> = Result<T, Unknown>;

/// Lends what is known.
pub(crate) fn known<T>(fact: &Known<T>) -> Result<&T, Unknown> {
    fact.as_ref().map_err(Unknown::clone)
}
