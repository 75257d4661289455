//! Answers that are kept, so that their callers can read them again and go on from them.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Micros;

/// An answer, with what it was given. Only the application that asked for it may read it or go on
/// from it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAnswer {
    /// The name of the application.
    pub application: Arc<str>,
    /// The id of the answer, as the caller knows it.
    pub id: String,
    /// When it was made.
    pub at: Micros,
    /// The provider that made it under this id; `None` where the answer is a translation, whose id
    /// is ours.
    pub origin: Option<Origin>,
    /// Tokens of the prompt and of the answer together, as far as they were told.
    pub tokens: u64,
    /// The items that the model was shown, a JSON array in the dialect of the caller.
    pub input: String,
    /// The answer, a JSON object in the dialect of the caller.
    pub answer: String,
}

/// Who has made an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The name of the provider.
    pub provider: Arc<str>,
    /// The name of the credential with which it was asked; `None` where it needs none.
    pub credential: Option<Arc<str>>,
}

impl KeptAnswer {
    /// How large it is, in bytes.
    pub fn size(&self) -> usize {
        self.input.len() + self.answer.len()
    }
}

/// What was asked and said is nobody's to see.
impl fmt::Debug for KeptAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptAnswer")
            .field("application", &self.application)
            .field("id", &self.id)
            .field("at", &self.at)
            .field("origin", &self.origin)
            .field("bytes", &self.size())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_and_said_is_not_shown() {
        let kept = KeptAnswer {
            application: "web".into(),
            id: "resp_1".into(),
            at: Micros(7),
            origin: None,
            tokens: 3,
            input: "[\"asked\"]".into(),
            answer: "{\"said\":1}".into(),
        };
        let shown = format!("{kept:?}");
        assert!(shown.contains("resp_1"), "{shown}");
        assert!(
            !shown.contains("asked") && !shown.contains("said"),
            "{shown}"
        );
    }
}
