//! Answers that are kept, as the gateway sees them: in the store, and on the way there.
//!
//! What is to be kept goes to a queue and is found in memory until the store has it, so that no call
//! waits for the database. A crash loses what is in the queue: then an answer cannot be gone on from.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tollgate_gateway::{AnswerFound, AnswerShelf};
use tollgate_model::kept::KeptAnswer;
use tollgate_store::{SealingKey, Store};

/// The largest answer that is kept, with what it was given, in bytes.
const LARGEST: usize = 8 << 20;
/// The most bytes that wait for the store.
const WAITING: usize = 64 << 20;
/// The most answers that are written in one transaction.
const AT_ONCE: usize = 64;
/// How long it is waited before the store is asked again.
const PAUSE: Duration = Duration::from_secs(1);
/// How often the store is asked before an answer is given up.
const ATTEMPTS: u32 = 300;

type Place = (Arc<str>, String);
type Removed = Result<bool, String>;

/// The answers of this process.
pub(crate) struct StoredAnswers {
    store: Store,
    sealing: Arc<SealingKey>,
    runtime: Handle,
    /// Those that the store does not have yet; `None` where none is kept.
    queue: Option<Queue>,
}

/// What waits for the store.
struct Queue {
    waiting: Arc<Waiting>,
    sender: mpsc::UnboundedSender<Work>,
}

#[derive(Default)]
struct Waiting {
    answers: papaya::HashMap<Place, Arc<KeptAnswer>>,
    bytes: AtomicUsize,
}

enum Work {
    Keep(Arc<KeptAnswer>),
    Remove(Place, oneshot::Sender<Removed>),
}

impl StoredAnswers {
    /// The answers in a store, and what writes them there until the last handle of this is dropped.
    /// To be called within the runtime that carries the store's connections. With `keeps` false none
    /// is kept and none is found.
    pub(crate) fn open(
        store: Store,
        sealing: Arc<SealingKey>,
        keeps: bool,
    ) -> (StoredAnswers, Option<JoinHandle<()>>) {
        let runtime = Handle::current();
        let mut writing = None;
        let queue = keeps.then(|| {
            let waiting = Arc::new(Waiting::default());
            let (sender, receiver) = mpsc::unbounded_channel();
            let writer = Writer {
                store: store.clone(),
                sealing: Arc::clone(&sealing),
                waiting: Arc::clone(&waiting),
            };
            writing = Some(runtime.spawn(writer.run(receiver)));
            Queue { waiting, sender }
        });
        let answers = StoredAnswers {
            store,
            sealing,
            runtime,
            queue,
        };
        (answers, writing)
    }
}

impl AnswerShelf for StoredAnswers {
    fn keep(&self, answer: KeptAnswer) {
        let Some(queue) = &self.queue else {
            return;
        };
        let size = answer.size();
        let waiting = &queue.waiting;
        if size > LARGEST || waiting.bytes.load(Ordering::Relaxed) + size > WAITING {
            tracing::warn!(id = %answer.id, bytes = size, "an answer is too large to be kept");
            return;
        }
        waiting.bytes.fetch_add(size, Ordering::Relaxed);
        let answer = Arc::new(answer);
        waiting
            .answers
            .pin()
            .insert(place(&answer), Arc::clone(&answer));
        if queue.sender.send(Work::Keep(Arc::clone(&answer))).is_err() {
            waiting.done(&answer);
        }
    }

    fn find<'a>(
        &'a self,
        application: &'a str,
        id: &'a str,
    ) -> Pin<Box<dyn Future<Output = AnswerFound> + Send + 'a>> {
        let Some(queue) = &self.queue else {
            return Box::pin(async { Ok(None) });
        };
        let place: Place = (application.into(), id.to_owned());
        if let Some(answer) = queue.waiting.answers.pin().get(&place) {
            let answer = Arc::clone(answer);
            return Box::pin(async { Ok(Some(answer)) });
        }
        let (store, sealing) = (self.store.clone(), Arc::clone(&self.sealing));
        let asked = self.runtime.spawn(async move {
            let (application, id) = place;
            store.kept_answer(&sealing, &application, &id).await
        });
        Box::pin(async {
            match asked.await {
                Ok(found) => found
                    .map(|answer| answer.map(Arc::new))
                    .map_err(|why| why.to_string()),
                Err(ended) => Err(ended.to_string()),
            }
        })
    }

    fn remove<'a>(
        &'a self,
        application: &'a str,
        id: &'a str,
    ) -> Pin<Box<dyn Future<Output = Removed> + Send + 'a>> {
        let Some(queue) = &self.queue else {
            return Box::pin(async { Ok(false) });
        };
        let place: Place = (application.into(), id.to_owned());
        // Behind what is on its way to the store, so that it does not come back.
        let (told, removed) = oneshot::channel();
        let sent = queue.sender.send(Work::Remove(place, told));
        Box::pin(async move {
            let ended = || "the gateway is ending".to_owned();
            sent.map_err(|_| ended())?;
            removed.await.map_err(|_| ended())?
        })
    }
}

fn place(answer: &KeptAnswer) -> Place {
    (Arc::clone(&answer.application), answer.id.clone())
}

impl Waiting {
    /// The store has the answer, or will never have it.
    fn done(&self, answer: &Arc<KeptAnswer>) {
        self.bytes.fetch_sub(answer.size(), Ordering::Relaxed);
        let answers = self.answers.pin();
        let place = place(answer);
        if answers
            .get(&place)
            .is_some_and(|known| Arc::ptr_eq(known, answer))
        {
            answers.remove(&place);
        }
    }
}

/// What writes answers to the store, in the order in which they came.
struct Writer {
    store: Store,
    sealing: Arc<SealingKey>,
    waiting: Arc<Waiting>,
}

impl Writer {
    async fn run(self, mut queue: mpsc::UnboundedReceiver<Work>) {
        let mut batch = Vec::new();
        while queue.recv_many(&mut batch, AT_ONCE).await > 0 {
            let mut answers = Vec::new();
            for work in batch.drain(..) {
                match work {
                    Work::Keep(answer) => answers.push(answer),
                    Work::Remove(place, told) => {
                        self.write(std::mem::take(&mut answers)).await;
                        let (application, id) = &place;
                        let removed = self.store.delete_answer(application, id).await;
                        // Whoever asked may have hung up.
                        let _ = told.send(removed.map_err(|why| why.to_string()));
                    }
                }
            }
            self.write(answers).await;
        }
    }

    async fn write(&self, answers: Vec<Arc<KeptAnswer>>) {
        if answers.is_empty() {
            return;
        }
        for attempt in 0..ATTEMPTS {
            match self.store.keep_answers(&self.sealing, &answers).await {
                Ok(()) => break,
                Err(error) if attempt + 1 == ATTEMPTS => {
                    tracing::error!(%error, answers = answers.len(), "answers are not kept");
                }
                Err(error) => {
                    tracing::warn!(%error, "answers cannot be kept; trying again");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
        for answer in &answers {
            self.waiting.done(answer);
        }
    }
}

#[cfg(test)]
mod tests {
    use tollgate_model::Micros;
    use tollgate_store::Location;

    use super::*;

    fn answer(id: &str, input: String) -> KeptAnswer {
        KeptAnswer {
            application: "web".into(),
            id: id.to_owned(),
            at: Micros(1),
            origin: None,
            tokens: 1,
            input,
            answer: "{}".to_owned(),
        }
    }

    async fn open(keeps: bool) -> (tempfile::TempDir, StoredAnswers, Option<JoinHandle<()>>) {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("t.db"));
        let store = Store::open(&location).await.unwrap();
        let sealing = Arc::new(SealingKey::new(&[1; 32]).unwrap());
        let (answers, writing) = StoredAnswers::open(store, sealing, keeps);
        (folder, answers, writing)
    }

    #[tokio::test]
    async fn an_answer_is_found_at_once_and_still_when_the_store_has_it() {
        let (_folder, answers, writing) = open(true).await;
        answers.keep(answer("resp_1", "[]".to_owned()));
        assert!(answers.find("web", "resp_1").await.unwrap().is_some());
        let (store, sealing) = (answers.store.clone(), Arc::clone(&answers.sealing));
        drop(answers);
        writing.unwrap().await.unwrap();
        let (again, _) = StoredAnswers::open(store, sealing, true);
        assert!(again.find("web", "resp_1").await.unwrap().is_some());
        assert!(again.find("desk", "resp_1").await.unwrap().is_none());
    }

    #[tokio::test]
    async fn an_answer_that_was_removed_does_not_come_back() {
        let (_folder, answers, _writing) = open(true).await;
        answers.keep(answer("resp_1", "[]".to_owned()));
        assert!(answers.remove("web", "resp_1").await.unwrap());
        assert!(answers.find("web", "resp_1").await.unwrap().is_none());
        assert!(!answers.remove("web", "resp_1").await.unwrap());
    }

    #[tokio::test]
    async fn what_is_too_large_is_not_kept_and_nothing_is_where_keeping_is_off() {
        let (_folder, answers, _writing) = open(true).await;
        answers.keep(answer("resp_1", " ".repeat(LARGEST)));
        assert!(answers.find("web", "resp_1").await.unwrap().is_none());
        let (_folder, answers, writing) = open(false).await;
        assert!(writing.is_none());
        answers.keep(answer("resp_1", "[]".to_owned()));
        assert!(answers.find("web", "resp_1").await.unwrap().is_none());
        assert!(!answers.remove("web", "resp_1").await.unwrap());
    }
}
