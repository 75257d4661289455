//! What a catalogue of providers and models tells. The data lives in the crate `catalog`.

use serde::{Deserialize, Serialize};

use crate::Dialect;
use crate::abilities::{Abilities, Modalities};
use crate::price::Schedule;

/// Where a provider departs from what others of its dialect do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quirks {
    /// Refuses `stream_options`, so that no usage can be asked for in a stream.
    pub no_stream_options: bool,
    /// Wants `max_completion_tokens` where others take `max_tokens`.
    pub max_completion_tokens: bool,
    /// Serves one answer at a time: `n` above 1 is refused.
    pub single_choice: bool,
}

/// A provider as the catalogue knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct ProviderFacts {
    /// The id, such as `openai`.
    pub id: String,
    /// The name for people.
    pub title: String,
    /// The wire format.
    pub dialect: Dialect,
    /// Other wire formats that it speaks at the same address, with the same credentials.
    pub also: Vec<Dialect>,
    /// The address under which the dialect's paths lie; `None` for the built-in sandbox and for
    /// providers whose address only the user knows.
    pub base_url: Option<String>,
    /// The usual environment variables of its API key.
    pub env: Vec<String>,
    /// Whether it works without a key.
    pub keyless: bool,
    /// Where it departs from its dialect.
    pub quirks: Quirks,
}

/// A model at a provider.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelFacts {
    /// The provider's name for it.
    pub id: String,
    /// Its price; `None` where the catalogue has none.
    pub price: Option<Schedule>,
    /// The most tokens of prompt and answer together.
    pub context_window: Option<u64>,
    /// The most tokens of an answer.
    pub max_output: Option<u64>,
    /// What it takes in.
    pub input: Modalities,
    /// What it gives.
    pub output: Modalities,
    /// What it can do.
    pub abilities: Abilities,
    /// Whether its provider has announced its end.
    pub deprecated: bool,
}

/// A catalogue of providers and models.
pub trait Catalogue: Send + Sync {
    /// The provider of this id.
    fn provider(&self, id: &str) -> Option<&ProviderFacts>;

    /// Every model that is listed under a provider, in order.
    fn models(&self, provider: &str) -> &[ModelFacts];

    /// The model that a name means at a provider: listed, or a dated or otherwise qualified form
    /// of a listed one.
    fn model(&self, provider: &str, name: &str) -> Option<&ModelFacts>;
}
