//! Vectors for texts: OpenAI's `/embeddings` (and Jina's and Voyage's, which are like it), Gemini's
//! `:embedContent` and `:batchEmbedContents`, Cohere's `/v2/embed`.
//!
//! Between two forms a request goes through [`Wanted`] and an answer through [`Vectors`]. The numbers
//! of a vector are carried as they are written, and only change where the caller wants another
//! encoding.

mod cohere;
mod gemini;
mod openai;
mod vector;
mod wanted;

use tollgate_model::task::TaskForm;
use tollgate_model::{Refusal, Usage, UsageClass};

use super::asked::{Request, To};
use super::head::{Given, Head, Work};
use super::told;
use crate::ladder::malformed;
use crate::loss::Loss;
use wanted::Wanted;

/// The task.
pub(super) struct Embeddings;

impl Work for Embeddings {
    fn head(&self, request: &Request<'_>) -> Result<Head, Refusal> {
        match request.door.form {
            TaskForm::Gemini => gemini::head(request),
            TaskForm::Cohere => cohere::head(request),
            TaskForm::Openai | TaskForm::Jina | TaskForm::Voyage | TaskForm::Tei => {
                openai::head(request)
            }
        }
    }

    fn translate(
        &self,
        request: &Request<'_>,
        to: &To<'_>,
        loss: &mut Loss,
    ) -> Result<Vec<u8>, Refusal> {
        let wanted = read(request)?;
        for member in &wanted.unknown {
            loss.dropped(member);
        }
        let word = wanted.purpose.and_then(|(purpose, member)| {
            let word = purpose.word(to.form);
            if word.is_none() {
                loss.dropped(member);
            }
            word
        });
        Ok(match to.form {
            TaskForm::Gemini => gemini::write(&wanted, (to.model, request.door.single), word),
            TaskForm::Cohere => cohere::write(&wanted, to.model, word),
            TaskForm::Openai | TaskForm::Jina | TaskForm::Voyage | TaskForm::Tei => {
                openai::write(&wanted, to, word)
            }
        })
    }

    fn look(&self, form: TaskForm, answer: &[u8]) -> Result<Option<Usage>, String> {
        let members = match form {
            TaskForm::Gemini => ["embedding", "embeddings"],
            TaskForm::Cohere => ["embeddings", "embeddings"],
            TaskForm::Openai | TaskForm::Jina | TaskForm::Voyage | TaskForm::Tei => {
                ["data", "data"]
            }
        };
        told::look(answer, &members).map(|told| told.tokens(UsageClass::Input))
    }

    fn answer(&self, asked: &Request<'_>, given: &Given<'_>) -> Result<Vec<u8>, String> {
        let wanted = read(asked).map_err(|refusal| refusal.detail)?;
        let vectors = match given.form {
            TaskForm::Gemini => gemini::vectors(given.answer)?,
            TaskForm::Cohere => cohere::vectors(given.answer)?,
            TaskForm::Openai | TaskForm::Jina | TaskForm::Voyage | TaskForm::Tei => {
                openai::vectors(given.answer)?
            }
        };
        let (came, sent) = (vectors.list.len(), wanted.inputs.len());
        if came != sent {
            return Err(format!("{came} vectors came for {sent} texts"));
        }
        match asked.door.form {
            TaskForm::Gemini => gemini::answer(&vectors, asked.door.single, given),
            TaskForm::Cohere => cohere::answer(&wanted, &vectors, given),
            TaskForm::Openai | TaskForm::Jina | TaskForm::Voyage | TaskForm::Tei => {
                openai::answer(&wanted, &vectors, given)
            }
        }
    }
}

fn read<'a>(request: &Request<'a>) -> Result<Wanted<'a>, Refusal> {
    let wanted = match request.door.form {
        TaskForm::Gemini => gemini::read(request.body, request.door.single),
        TaskForm::Cohere => cohere::read(request.body),
        TaskForm::Openai | TaskForm::Jina | TaskForm::Voyage | TaskForm::Tei => {
            openai::read(request.body)
        }
    }?;
    if wanted.inputs.is_empty() {
        return Err(malformed("input", "There is no text to make a vector of."));
    }
    Ok(wanted)
}
