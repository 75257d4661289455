//! What models do besides conversing, and in which form a provider is asked for it.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Dialect;

/// What a model can be asked for besides an answer in a conversation.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Vectors for texts.
    Embeddings,
    /// The order of documents by how well they fit a query.
    Rerank,
    /// Pictures from a text.
    Images,
    /// Pictures from pictures and a text.
    ImageEdits,
    /// Pictures that are like a picture.
    ImageVariations,
    /// Speech from a text.
    Speech,
    /// A text from speech, in its own language.
    Transcriptions,
    /// A text from speech, in English.
    Translations,
    /// Whether a text or picture is harmful.
    Moderations,
}

impl Task {
    /// Every task.
    pub const ALL: [Task; 9] = [
        Task::Embeddings,
        Task::Rerank,
        Task::Images,
        Task::ImageEdits,
        Task::ImageVariations,
        Task::Speech,
        Task::Transcriptions,
        Task::Translations,
        Task::Moderations,
    ];

    /// The word as it stands in configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Task::Embeddings => "embeddings",
            Task::Rerank => "rerank",
            Task::Images => "images",
            Task::ImageEdits => "image-edits",
            Task::ImageVariations => "image-variations",
            Task::Speech => "speech",
            Task::Transcriptions => "transcriptions",
            Task::Translations => "translations",
            Task::Moderations => "moderations",
        }
    }

    /// What it is, in words that go on after "a model that does" and "does no".
    pub const fn title(self) -> &'static str {
        match self {
            Task::ImageEdits => "edits of images",
            Task::ImageVariations => "variations of images",
            Task::Rerank => "reranking",
            other => other.as_str(),
        }
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The wire form in which a task is asked for. Within one form bytes pass; between two, requests and
/// answers are translated, where the task has a meaning in both.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum TaskForm {
    /// OpenAI's: every task but reranking.
    Openai,
    /// Gemini's: embeddings, and pictures.
    Gemini,
    /// Cohere's, version 2: embeddings and reranking.
    Cohere,
    /// Jina's: embeddings as OpenAI's with names of its own, and the reranking that most servers of
    /// open models have taken over.
    Jina,
    /// Voyage's: embeddings as OpenAI's with names of its own, and reranking.
    Voyage,
    /// That of Hugging Face's text-embeddings-inference: reranking.
    Tei,
}

impl TaskForm {
    /// The word as it stands in configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            TaskForm::Openai => "openai",
            TaskForm::Gemini => "gemini",
            TaskForm::Cohere => "cohere",
            TaskForm::Jina => "jina",
            TaskForm::Voyage => "voyage",
            TaskForm::Tei => "tei",
        }
    }

    /// Whether a task has this form.
    pub const fn has(self, task: Task) -> bool {
        match self {
            TaskForm::Openai => !matches!(task, Task::Rerank),
            TaskForm::Gemini => matches!(task, Task::Embeddings | Task::Images),
            TaskForm::Tei => matches!(task, Task::Rerank),
            TaskForm::Cohere | TaskForm::Jina | TaskForm::Voyage => {
                matches!(task, Task::Embeddings | Task::Rerank)
            }
        }
    }
}

impl fmt::Display for TaskForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The tasks that a provider has, each with its form.
pub type Tasks = BTreeMap<Task, TaskForm>;

/// The tasks of a provider of which nothing is known but its dialect: those that its dialect's own
/// maker has, since others who speak it have taken over some of them.
pub fn usual_tasks(dialect: Dialect) -> Tasks {
    let all = |form: TaskForm| Task::ALL.into_iter().filter(move |task| form.has(*task));
    match dialect {
        Dialect::OpenaiChat | Dialect::OpenaiCompletions | Dialect::OpenaiResponses => {
            all(TaskForm::Openai)
                .map(|task| (task, TaskForm::Openai))
                .chain([(Task::Rerank, TaskForm::Jina)])
                .collect()
        }
        Dialect::Gemini => all(TaskForm::Gemini)
            .map(|task| (task, TaskForm::Gemini))
            .collect(),
        Dialect::Cohere => all(TaskForm::Cohere)
            .map(|task| (task, TaskForm::Cohere))
            .collect(),
        // Their makers have no tasks in a form of theirs.
        _ => Tasks::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_serde_writes() {
        for task in Task::ALL {
            assert_eq!(serde_json::to_string(&task).unwrap(), format!("\"{task}\""));
        }
        for dialect in [Dialect::OpenaiChat, Dialect::Gemini, Dialect::Cohere] {
            for (task, form) in usual_tasks(dialect) {
                assert_eq!(serde_json::to_string(&form).unwrap(), format!("\"{form}\""));
                assert!(form.has(task), "{task} {form}");
            }
        }
    }
}
