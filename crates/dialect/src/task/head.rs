//! What a task must be able to do for the pipeline, and what is known of a request once it was read.

use bytes::Bytes;
use tollgate_model::task::TaskForm;
use tollgate_model::{Refusal, Usage, UsageClass};

use super::asked::{AnswerKind, Door, Most, Request, To, tokens_of};
use super::places::Places;
use crate::codec::Reply;
use crate::ladder::unsupported;
use crate::loss::Loss;

/// What must be known of a request before it is served.
#[derive(Debug)]
pub struct Head {
    /// By which door it came.
    pub door: Door,
    /// The model as the caller names it.
    pub model: String,
    /// Whether the answer is to be streamed as events.
    pub stream: bool,
    /// What an answer is that is not streamed.
    pub kind: AnswerKind,
    /// The most that it can consume.
    pub most: Most,
    /// What it consumes for certain, told by the request itself.
    pub certain: Usage,
    pub(super) estimate: Estimate,
    pub(super) places: Places,
}

/// What a request is taken to consume where nobody tells.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Estimate {
    pub(super) fixed: Usage,
    /// For each unit of the answer that was delivered.
    pub(super) each: &'static [(UsageClass, u64)],
    /// Units that an answer is likely to have.
    pub(super) units: u64,
}

/// A request for a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The body, in pieces: what is the caller's is a slice of what came, never a copy.
    pub body: Vec<Bytes>,
    /// Members that could not be carried.
    pub dropped: Vec<String>,
}

/// What the pipeline needs of a task.
pub(super) trait Work: Sync {
    /// Reads what must be known of a request. Fails with `request_malformed`, naming the member at
    /// fault.
    fn head(&self, request: &Request<'_>) -> Result<Head, Refusal>;

    /// Writes a request in another form. What cannot be carried and does not change the result goes
    /// to `loss`; what would change it is a `parameter_unsupported`.
    fn translate(
        &self,
        request: &Request<'_>,
        to: &To<'_>,
        _loss: &mut Loss,
    ) -> Result<Vec<u8>, Refusal> {
        let task = request.door.task.title();
        let detail = format!("{task} cannot be translated into the form of {}.", to.form);
        Err(unsupported("model", detail))
    }

    /// Looks at a whole answer of the form: whether it is one, and what it consumed. The error says
    /// what is wrong with it, for the operator.
    fn look(&self, form: TaskForm, answer: &[u8]) -> Result<Option<Usage>, String>;

    /// Writes an answer in the form of the door by which the request came. The error is for the
    /// operator.
    fn answer(&self, asked: &Request<'_>, given: &Given<'_>) -> Result<Vec<u8>, String> {
        let (task, form) = (asked.door.task, given.form);
        Err(format!(
            "an answer to {task} in the form {form} cannot be translated"
        ))
    }
}

/// An answer to be translated.
pub(super) struct Given<'a> {
    /// Its form.
    pub(super) form: TaskForm,
    /// Its bytes, JSON.
    pub(super) answer: &'a [u8],
    /// What it consumed, where it says so.
    pub(super) usage: Option<Usage>,
    pub(super) reply: &'a Reply<'a>,
}

impl Head {
    /// What is known of every request.
    pub(super) fn new(request: &Request<'_>, (model, places): (String, Places)) -> Head {
        Head {
            door: request.door,
            model,
            stream: false,
            kind: AnswerKind::Json,
            most: Most::default(),
            certain: Usage::NONE,
            estimate: Estimate::default(),
            places,
        }
    }

    /// How many units of an answer, as [`Head::estimate`] counts them, a whole one of so many bytes
    /// has.
    pub fn delivered(&self, bytes: usize, told: Option<&Usage>) -> u64 {
        let pictures = told.and_then(|usage| usage.get(UsageClass::Images));
        pictures.unwrap_or_else(|| tokens_of(bytes))
    }

    /// What the call is likely to consume, before there is an answer.
    pub fn expected(&self) -> Usage {
        let mut usage = self.estimate(self.estimate.units);
        usage.update(&self.certain);
        usage
    }

    /// What was consumed, as far as nobody tells, where so many units of the answer were delivered:
    /// pictures, or tokens of text.
    pub fn estimate(&self, delivered: u64) -> Usage {
        let mut usage = self.estimate.fixed;
        for (class, quantity) in self.estimate.each {
            let known = usage.get(*class).unwrap_or(0);
            usage.set(
                *class,
                known.saturating_add(quantity.saturating_mul(delivered)),
            );
        }
        usage
    }
}
