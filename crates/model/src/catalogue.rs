//! What a catalogue of providers and models tells. The data lives in the crate `catalog`.

use std::collections::BTreeMap;

use crate::abilities::{Abilities, Modalities};
use crate::price::Schedule;
use crate::resources::{AuthHeader, FileService, PlatformSpec};
use crate::task::Tasks;
use crate::{Dialect, ServiceTier};

pub use crate::resources::Quirks;

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
    /// The address with `{region}` in it, of a provider that has one in each region.
    pub regional_url: Option<String>,
    /// The cloud on which it runs, where that has addresses of its own.
    pub platform: Option<PlatformSpec>,
    /// The header that carries its API key, where it is not the dialect's.
    pub auth: Option<AuthHeader>,
    /// The usual environment variables of its API key.
    pub env: Vec<String>,
    /// Whether its models are called as its owner likes, so that those of the catalogue may not be
    /// there.
    pub own_names: bool,
    /// Whether it works without a key.
    pub keyless: bool,
    /// Where it departs from its dialect.
    pub quirks: Quirks,
    /// What its models do besides conversing, and in which form it is asked for that.
    pub tasks: Tasks,
    /// Whether it holds realtime sessions, as OpenAI does, at `/realtime` below its address.
    pub realtime: bool,
    /// What of OpenAI's files and batches it has.
    pub files: FileService,
}

/// A model at a provider.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelFacts {
    /// The provider's name for it.
    pub id: String,
    /// Its price; `None` where the catalogue has none.
    pub price: Option<Schedule>,
    /// Its prices in other tiers of service than the standard one.
    pub services: BTreeMap<ServiceTier, Schedule>,
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
