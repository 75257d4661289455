//! A request for vectors and an answer, whatever their form.

use std::borrow::Cow;

use tollgate_model::Usage;
use tollgate_model::task::TaskForm;

use super::vector::{Encoding, Vector};
use crate::node::Members;
use crate::task::head::Given;

/// What the vectors are for, which some models are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Query,
    Document,
    Similarity,
    Classification,
    Clustering,
    Answering,
    Verification,
    Code,
}

/// A purpose in each form that has a word for it: Gemini's, Cohere's, Jina's, Voyage's.
const PURPOSES: [(Purpose, [Option<&str>; 4]); 8] = [
    (
        Purpose::Query,
        [
            Some("RETRIEVAL_QUERY"),
            Some("search_query"),
            Some("retrieval.query"),
            Some("query"),
        ],
    ),
    (
        Purpose::Document,
        [
            Some("RETRIEVAL_DOCUMENT"),
            Some("search_document"),
            Some("retrieval.passage"),
            Some("document"),
        ],
    ),
    (
        Purpose::Similarity,
        [
            Some("SEMANTIC_SIMILARITY"),
            None,
            Some("text-matching"),
            None,
        ],
    ),
    (
        Purpose::Classification,
        [
            Some("CLASSIFICATION"),
            Some("classification"),
            Some("classification"),
            None,
        ],
    ),
    (
        Purpose::Clustering,
        [
            Some("CLUSTERING"),
            Some("clustering"),
            Some("separation"),
            None,
        ],
    ),
    (
        Purpose::Answering,
        [Some("QUESTION_ANSWERING"), None, None, None],
    ),
    (
        Purpose::Verification,
        [Some("FACT_VERIFICATION"), None, None, None],
    ),
    (
        Purpose::Code,
        [Some("CODE_RETRIEVAL_QUERY"), None, Some("code.query"), None],
    ),
];

impl Purpose {
    /// The purpose that a word means, in whichever form it is one.
    pub(super) fn of(word: &str) -> Option<Purpose> {
        let found = PURPOSES.iter().find(|(_, words)| {
            let mut words = words.iter().flatten();
            words.any(|known| known.eq_ignore_ascii_case(word))
        });
        found.map(|(purpose, _)| *purpose)
    }

    /// Its word in a form.
    pub(super) fn word(self, form: TaskForm) -> Option<&'static str> {
        let place = match form {
            TaskForm::Openai | TaskForm::Tei => return None,
            TaskForm::Gemini => 0,
            TaskForm::Cohere => 1,
            TaskForm::Jina => 2,
            TaskForm::Voyage => 3,
        };
        let found = PURPOSES.iter().find(|(purpose, _)| *purpose == self)?;
        *found.1.get(place)?
    }
}

/// What a request wants, whatever its form.
#[derive(Debug, Default)]
pub(super) struct Wanted<'a> {
    pub(super) inputs: Vec<Cow<'a, str>>,
    pub(super) dimensions: Option<u64>,
    /// What the vectors are for, and the member that said it.
    pub(super) purpose: Option<(Purpose, &'static str)>,
    pub(super) encoding: Encoding,
    /// Members that no other form has.
    pub(super) unknown: Vec<String>,
}

/// What an answer has, whatever its form.
#[derive(Debug, Default)]
pub(super) struct Vectors<'a> {
    /// In the order of the inputs.
    pub(super) list: Vec<Vector<'a>>,
}

/// Tokens of the prompt that an answer tells.
pub(super) fn prompt_tokens(given: &Given<'_>) -> u64 {
    let usage = given.usage.unwrap_or(Usage::NONE);
    usage.prompt_tokens()
}

/// The names of the members that nobody has taken.
pub(super) fn left(members: Members<'_>) -> impl Iterator<Item = String> {
    let rest = members.rest().into_iter();
    rest.filter(|(_, value)| value.get() != "null")
        .map(|(name, _)| name)
}
