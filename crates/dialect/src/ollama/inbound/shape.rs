//! Which of the two dialects.

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A conversation, and a message as the answer.
    Chat,
    /// A prompt, and a text as the answer.
    Generate,
}
