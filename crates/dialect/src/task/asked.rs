//! A request for a task as it came, and what is asked for in it.

use tollgate_model::Usage;
use tollgate_model::task::{Task, TaskForm};

/// By which door a request comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Door {
    /// What is asked for.
    pub task: Task,
    /// In which form.
    pub form: TaskForm,
    /// Whether there is a single input, by a door or in a form that is not the one for several.
    pub single: bool,
}

/// A request as it came.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// By which door.
    pub door: Door,
    /// The model, where the address names it.
    pub model: Option<&'a str>,
    /// The value of `Content-Type`; empty where there is none.
    pub content_type: &'a str,
    /// The body.
    pub body: &'a [u8],
}

/// The most that a request can consume.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Most {
    /// Tokens of the prompt, by its bytes.
    pub prompt_tokens: u64,
    /// Parts of the prompt that may hold more tokens than bytes.
    pub remote_parts: u32,
    /// Tokens of the answer.
    pub output_tokens: u64,
    /// What is counted by other units than tokens.
    pub apart: Usage,
}

/// What an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerKind {
    /// JSON.
    Json,
    /// JSON or a plain text.
    Text,
    /// Sound, which goes on as it comes.
    Sound,
}

/// At which provider a request is to be made.
#[derive(Clone, Copy, Debug)]
pub struct To<'a> {
    /// In which form the provider is asked for the task.
    pub form: TaskForm,
    /// The provider's name for the model.
    pub model: &'a str,
}

/// Four bytes of text to a token.
pub(super) fn tokens_of(bytes: usize) -> u64 {
    length(bytes).div_ceil(4)
}

pub(super) fn length(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
