//! Habits of providers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a provider departs from what others of its dialect do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Quirks {
    /// Refuses `stream_options`, so that no usage can be asked for in a stream.
    pub no_stream_options: bool,
    /// Wants `max_completion_tokens` where others take `max_tokens`.
    pub max_completion_tokens: bool,
    /// Serves one answer at a time: `n` above 1 is refused.
    pub single_choice: bool,
    /// Refuses the ids of calls of tools, which others of the dialect take (Gemini's, at Vertex AI).
    pub no_call_ids: bool,
    /// Takes `openai-completions` only for models from before chat, such as `davinci-002`.
    pub older_completions: bool,
}
