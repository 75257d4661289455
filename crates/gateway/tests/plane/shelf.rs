//! Kept answers in memory.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use tollgate_gateway::{AnswerFound, AnswerShelf};
use tollgate_model::kept::KeptAnswer;

type Place = (String, String);

#[derive(Default)]
pub(crate) struct MemoryShelf(Mutex<HashMap<Place, Arc<KeptAnswer>>>);

fn place(application: &str, id: &str) -> Place {
    (application.to_owned(), id.to_owned())
}

impl MemoryShelf {
    /// How many are kept.
    pub(crate) fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

impl AnswerShelf for MemoryShelf {
    fn keep(&self, answer: KeptAnswer) {
        let place = place(&answer.application, &answer.id);
        self.0.lock().unwrap().insert(place, Arc::new(answer));
    }

    fn find<'a>(
        &'a self,
        application: &'a str,
        id: &'a str,
    ) -> Pin<Box<dyn Future<Output = AnswerFound> + Send + 'a>> {
        let found = self.0.lock().unwrap().get(&place(application, id)).cloned();
        Box::pin(async { Ok(found) })
    }

    fn remove<'a>(
        &'a self,
        application: &'a str,
        id: &'a str,
    ) -> Pin<Box<dyn Future<Output = Result<bool, String>> + Send + 'a>> {
        let removed = self.0.lock().unwrap().remove(&place(application, id));
        Box::pin(async move { Ok(removed.is_some()) })
    }
}
