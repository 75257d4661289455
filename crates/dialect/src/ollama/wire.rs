//! The members of requests as they are written, and those of answers as they are read.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use tollgate_model::{Usage, UsageClass};

use crate::lenient::{count, text};
use crate::openai_chat::answer::Call;

/// A message.
#[derive(Debug, Default, Serialize)]
pub(super) struct Message<'a> {
    pub(super) role: &'static str,
    pub(super) content: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) thinking: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) images: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) tool_calls: Vec<ToolCall<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tool_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tool_call_id: Option<&'a str>,
}

/// A call of a tool.
#[derive(Debug, Serialize)]
pub(super) struct ToolCall<'a> {
    pub(super) id: &'a str,
    pub(super) function: Called<'a>,
}

/// The function that is called, and its arguments, an object.
#[derive(Debug, Serialize)]
pub(super) struct Called<'a> {
    pub(super) name: &'a str,
    pub(super) arguments: &'a RawValue,
}

/// A tool.
#[derive(Serialize)]
pub(super) struct Tool<'a> {
    pub(super) r#type: &'static str,
    pub(super) function: Function<'a>,
}

/// The function that a tool is.
#[derive(Serialize)]
pub(super) struct Function<'a> {
    pub(super) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parameters: Option<&'a RawValue>,
}

/// The form of the answer: a word, or a schema.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Format<'a> {
    Word(&'static str),
    Schema(&'a RawValue),
}

/// Whether or how much to think.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(super) enum Think {
    Flag(bool),
    Level(&'static str),
}

/// How to sample, and how much.
#[derive(Debug, Default, PartialEq, Serialize)]
pub(super) struct Options<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) num_predict: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) top_k: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) seed: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) frequency_penalty: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) presence_penalty: Option<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) stop: Vec<&'a str>,
}

/// A line of a stream, or a whole answer, of either of the dialects.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Line {
    #[serde(deserialize_with = "text")]
    pub(super) model: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) created_at: Option<String>,
    pub(super) message: Option<Said>,
    #[serde(deserialize_with = "text")]
    pub(super) response: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) thinking: Option<String>,
    pub(super) done: Value,
    #[serde(deserialize_with = "text")]
    pub(super) done_reason: Option<String>,
    #[serde(deserialize_with = "count")]
    pub(super) prompt_eval_count: Option<u64>,
    #[serde(deserialize_with = "count")]
    pub(super) eval_count: Option<u64>,
    pub(super) error: Value,
}

/// What the model says in it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    #[serde(deserialize_with = "text")]
    pub(super) content: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) thinking: Option<String>,
    pub(super) tool_calls: Option<Vec<Call>>,
}

impl Line {
    /// What was consumed, where it says so.
    pub(super) fn usage(&self) -> Usage {
        usage(self.prompt_eval_count, self.eval_count)
    }

    /// Thoughts and words, by either of the two dialects.
    pub(super) fn words(&self) -> [Option<&str>; 2] {
        let said = self.message.as_ref();
        let thoughts = said.and_then(|said| said.thinking.as_deref());
        let words = said.and_then(|said| said.content.as_deref());
        [
            thoughts.or(self.thinking.as_deref()),
            words.or(self.response.as_deref()),
        ]
        .map(|text| text.filter(|text| !text.is_empty()))
    }

    /// What ids of calls in it begin with: its moment, since a model's calls are counted anew in each
    /// answer.
    pub(super) fn moment(&self) -> String {
        let moment = self.created_at.as_deref().unwrap_or_default().chars();
        moment
            .filter(char::is_ascii_alphanumeric)
            .take(32)
            .collect()
    }
}

/// Counts by class.
pub(super) fn usage(prompt: Option<u64>, answer: Option<u64>) -> Usage {
    let counts = [(UsageClass::Input, prompt), (UsageClass::Output, answer)];
    counts.into_iter().collect()
}
