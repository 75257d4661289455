//! Which requests a target is for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::abilities::{Abilities, Ability};
use crate::resource::SpecError;

/// Something that a request needs a model for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// There are pictures in the prompt.
    Vision,
    /// There is sound in the prompt, or the answer is to be spoken.
    Audio,
    /// There are documents in the prompt, such as PDF.
    Documents,
    /// There are tools to be called.
    Tools,
    /// The answer is to follow a schema.
    JsonSchema,
    /// The model is to think before it answers.
    Reasoning,
}

impl Need {
    /// All of them.
    pub const ALL: [Need; 6] = [
        Need::Vision,
        Need::Audio,
        Need::Documents,
        Need::Tools,
        Need::JsonSchema,
        Need::Reasoning,
    ];

    /// The word as it stands in specs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Need::Vision => "vision",
            Need::Audio => "audio",
            Need::Documents => "documents",
            Need::Tools => "tools",
            Need::JsonSchema => "json_schema",
            Need::Reasoning => "reasoning",
        }
    }

    /// Whether a model of these abilities may meet it, as far as the catalogue tells.
    pub const fn is_met_by(self, abilities: Abilities) -> bool {
        match self {
            Need::Vision => abilities.may_have(Ability::Vision),
            Need::Tools => abilities.may_have(Ability::Tools),
            Need::JsonSchema => abilities.may_have(Ability::JsonSchema),
            Need::Reasoning => abilities.may_have(Ability::Reasoning),
            Need::Audio | Need::Documents => true,
        }
    }
}

/// Which requests a target is for: those for which all that is given here holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    /// The request has all of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub has: Vec<Need>,
    /// The request has none of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub has_none: Vec<Need>,
    /// The request has at least one of these tags: of its header `x-tollgate-tags`, of its
    /// `metadata.tags`, or of its key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The prompt has at least so many tokens, by the gateway's estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_prompt_tokens: Option<u64>,
    /// The prompt has at most so many tokens, by the gateway's estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_prompt_tokens: Option<u64>,
}

impl When {
    pub(super) fn is_empty(&self) -> bool {
        *self == When::default()
    }

    pub(super) fn check(&self, place: &str) -> Result<(), SpecError> {
        if let Some(both) = self.has.iter().find(|need| self.has_none.contains(need)) {
            let message = format!("no request both has {0} and has none of it", both.as_str());
            return Err(SpecError::new(format!("{place}.has"), message));
        }
        check_tags(&self.tags, &format!("{place}.tags"))?;
        match (self.min_prompt_tokens, self.max_prompt_tokens) {
            (Some(least), Some(most)) if least > most => Err(SpecError::new(
                format!("{place}.min_prompt_tokens"),
                "this is more than max_prompt_tokens, so no prompt fits",
            )),
            _ => Ok(()),
        }
    }
}

/// Tags are words that a header can carry, with commas between them.
pub(super) fn check_tags(tags: &[String], place: &str) -> Result<(), SpecError> {
    let plain =
        |tag: &&String| !tag.is_empty() && tag.bytes().all(|b| b.is_ascii_graphic() && b != b',');
    match tags.iter().find(|tag| !plain(tag)) {
        None => Ok(()),
        Some(tag) => Err(SpecError::new(
            place,
            format!("\"{tag}\" is no tag: a tag has no spaces and no commas"),
        )),
    }
}
