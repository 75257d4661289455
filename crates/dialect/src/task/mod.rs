//! What models do besides conversing: embeddings, reranking, images, speech, transcription,
//! moderation. Each [`Task`] is one file here, and a [`Work`] that the stages of a call ask without
//! knowing which it is.
//!
//! A request comes by a [`Door`]: a task in the form of one vendor. Towards a provider that is asked
//! in the same form its bytes pass, and only the name of the model changes, in a form with files too.
//! Towards another one it is translated where the task has a meaning in both forms. What may be
//! consumed at the most ([`Most`]) is known before the call; what was consumed stands in the answer,
//! in the request itself ([`Head::certain`]), or is estimated.

mod asked;
mod audio;
mod embeddings;
mod head;
mod images;
mod moderations;
pub(crate) mod multipart;
mod pictures;
mod places;
mod rerank;
mod tap;
mod told;

use bytes::Bytes;
use tollgate_model::task::{Task, TaskForm};
use tollgate_model::{Dialect, Reason, Refusal, Usage};

pub use asked::{AnswerKind, Door, Most, Request, To};
pub use head::{Head, Written};
pub use multipart::Form;

use crate::codec::{Reply, Seen, Tap};
use crate::loss::Loss;
use crate::outbound;
use head::{Given, Work};

fn work(task: Task) -> &'static dyn Work {
    match task {
        Task::Embeddings => &embeddings::Embeddings,
        Task::Rerank => &rerank::Rerank,
        Task::Images | Task::ImageEdits | Task::ImageVariations => &images::Images,
        Task::Speech => &audio::Speech,
        Task::Transcriptions | Task::Translations => &audio::Transcription,
        Task::Moderations => &moderations::Moderations,
    }
}

/// What writing down a recording consumed, by its usage object.
pub(crate) fn transcription_usage(usage: &[u8]) -> Usage {
    told::Told::in_event(usage).transcription()
}

/// Reads what must be known of a request before it is served. Fails with `request_malformed`, naming
/// the member at fault.
pub fn head(request: &Request<'_>) -> Result<Head, Refusal> {
    work(request.door.task).head(request)
}

/// The path, below a provider's base address, at which a task is asked for. Fails where the model's
/// name cannot stand in a path.
pub fn path(door: Door, to: &To<'_>) -> Result<String, Refusal> {
    let path = match (to.form, door.task) {
        (TaskForm::Gemini, task) => {
            let answering = outbound(Dialect::Gemini).path(to.model, false)?;
            let model = answering.trim_end_matches(":generateContent");
            if task == Task::Images {
                return Ok(match pictures::is_imagen(to.model) {
                    true => format!("{model}:predict"),
                    false => answering,
                });
            }
            let verb = if door.single {
                "embedContent"
            } else {
                "batchEmbedContents"
            };
            return Ok(format!("{model}:{verb}"));
        }
        (TaskForm::Cohere, Task::Rerank) => "/v2/rerank",
        (TaskForm::Cohere, _) => "/v2/embed",
        (_, Task::Embeddings) => "/embeddings",
        (_, Task::Rerank) => "/rerank",
        (_, Task::Images) => "/images/generations",
        (_, Task::ImageEdits) => "/images/edits",
        (_, Task::ImageVariations) => "/images/variations",
        (_, Task::Speech) => "/audio/speech",
        (_, Task::Transcriptions) => "/audio/transcriptions",
        (_, Task::Translations) => "/audio/translations",
        (_, Task::Moderations) => "/moderations",
    };
    Ok(path.to_owned())
}

impl Head {
    /// Whether the bytes of an answer in this form pass as they are.
    pub fn passes(&self, form: TaskForm) -> bool {
        let as_openai = |form| match form {
            TaskForm::Jina | TaskForm::Voyage if self.door.task == Task::Embeddings => {
                TaskForm::Openai
            }
            form => form,
        };
        as_openai(form) == as_openai(self.door.form)
    }

    /// Writes the request for a provider: spliced, or translated.
    pub fn write(&self, content_type: &str, body: &Bytes, to: &To<'_>) -> Result<Written, Refusal> {
        if self.passes(to.form) {
            return Ok(Written {
                body: self.places.edits(&self.model, to).pieces(body),
                dropped: Vec::new(),
            });
        }
        let mut loss = Loss::default();
        let request = self.request(content_type, body);
        let written = work(self.door.task).translate(&request, to, &mut loss)?;
        Ok(Written {
            body: vec![written.into()],
            dropped: loss.into_members(),
        })
    }

    fn request<'a>(&'a self, content_type: &'a str, body: &'a [u8]) -> Request<'a> {
        Request {
            door: self.door,
            model: Some(&self.model),
            content_type,
            body,
        }
    }

    /// Looks at a whole answer once: whether it is one, an error after all, and what it consumed. The
    /// error says what is wrong with it, for the operator.
    pub fn look(&self, form: TaskForm, answer: &[u8]) -> Result<Seen, String> {
        if let Some(error) = told::error(answer) {
            return Ok(Seen::Error(error));
        }
        if self.kind == AnswerKind::Text {
            return Ok(Seen::Answer(None));
        }
        work(self.door.task).look(form, answer).map(Seen::Answer)
    }

    /// Writes an answer in the form in which the caller asked. `request` is the caller's body. The
    /// error is for the operator.
    pub fn answer(
        &self,
        request: &[u8],
        (form, answer): (TaskForm, &[u8]),
        usage: Option<Usage>,
        reply: &Reply<'_>,
    ) -> Result<Vec<u8>, String> {
        let given = Given {
            form,
            answer,
            usage,
            reply,
        };
        work(self.door.task).answer(&self.request("", request), &given)
    }

    /// Meters a streamed answer as it passes: events, or sound.
    pub fn tap(&self, events: bool) -> Box<dyn Tap + Send> {
        if events {
            Box::new(tap::Events::new(self.door.task))
        } else {
            Box::new(tap::Sound::default())
        }
    }
}

/// Looks at a whole answer that came in the form of a door; see [`Head::look`].
pub fn look(door: Door, answer: &[u8]) -> Result<Seen, String> {
    if let Some(error) = told::error(answer) {
        return Ok(Seen::Error(error));
    }
    work(door.task).look(door.form, answer).map(Seen::Answer)
}

/// Whether a task is asked for with a form that has files in it, so that a request may be large.
pub const fn takes_files(task: Task) -> bool {
    matches!(
        task,
        Task::ImageEdits | Task::ImageVariations | Task::Transcriptions | Task::Translations
    )
}

/// The refusal of a task that no provider of a model has. `having` are models of this gateway that
/// have it.
pub fn nobody(task: Task, model: &str, having: &[String]) -> Refusal {
    let mut detail = format!("No provider of model {model} does {}.", task.title());
    if let Some((last, others)) = having.split_last() {
        let list = match others {
            [] => last.clone(),
            others => format!("{} and {last}", others.join(", ")),
        };
        detail.push_str(&format!(" Providers that do: {list}."));
    } else {
        detail.push_str(" Neither does any other provider of this gateway.");
    }
    Refusal::new(Reason::ParameterUnsupported, detail).at("model")
}
