//! Where answers are kept that callers may read again and go on from.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tollgate_model::kept::KeptAnswer;

/// What a look for an answer gives: the answer, none of that id, or why it could not be looked for.
pub type AnswerFound = Result<Option<Arc<KeptAnswer>>, String>;

/// Where answers are kept.
pub trait AnswerShelf: Send + Sync {
    /// Keeps an answer. Returns at once: from then on it is found here, and soon by other nodes.
    fn keep(&self, answer: KeptAnswer);

    /// Finds an answer of an application by its id.
    fn find<'a>(
        &'a self,
        application: &'a str,
        id: &'a str,
    ) -> Pin<Box<dyn Future<Output = AnswerFound> + Send + 'a>>;

    /// Keeps an answer no longer; tells whether it was there, or why that cannot be done now.
    fn remove<'a>(
        &'a self,
        application: &'a str,
        id: &'a str,
    ) -> Pin<Box<dyn Future<Output = Result<bool, String>> + Send + 'a>>;
}
