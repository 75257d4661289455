//! What differs between the vendors whose models Bedrock serves, told from the model's name.

use crate::anthropic::abilities::{self, Abilities};

/// Whose model it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// Claude, and what its generation takes.
    Claude(Abilities),
    /// Amazon Nova; the second generation thinks.
    Nova {
        /// Whether it can be told to think.
        thinks: bool,
    },
    /// A model of OpenAI's.
    Openai,
    /// Any other.
    Other,
    /// A profile or an import whose name does not say.
    Untold,
}

/// The family of the model of this id, which may be that of an inference profile, of a region's or
/// of an account's: `us.anthropic.claude-opus-4-6-v1`, `arn:aws:bedrock:…`.
pub(super) fn of(model: &str) -> Family {
    if model.contains("claude-") {
        return Family::Claude(abilities::of(model));
    }
    if model.contains("amazon.nova-") {
        let thinks = model.contains("amazon.nova-2");
        return Family::Nova { thinks };
    }
    match () {
        () if model.contains("openai.") => Family::Openai,
        () if model.starts_with("arn:") => Family::Untold,
        () => Family::Other,
    }
}

impl Family {
    /// Whether its prompts can be cached up to a mark.
    pub(super) const fn caches(self) -> bool {
        matches!(
            self,
            Family::Claude(_) | Family::Nova { .. } | Family::Untold
        )
    }

    /// Whether its list of tools can be cached.
    pub(super) const fn caches_tools(self) -> bool {
        matches!(self, Family::Claude(_) | Family::Untold)
    }

    /// Whether it takes back what it thought.
    pub(super) const fn takes_thoughts(self) -> bool {
        matches!(self, Family::Claude(_) | Family::Untold)
    }

    /// Whether the result of a tool may say that the tool failed.
    pub(super) const fn takes_failures(self) -> bool {
        matches!(
            self,
            Family::Claude(_) | Family::Nova { .. } | Family::Untold
        )
    }

    /// Whether arguments of tools can be held to their schema.
    pub(super) const fn is_strict(self) -> bool {
        match self {
            Family::Claude(abilities) => abilities.schemas,
            Family::Nova { .. } => false,
            Family::Openai | Family::Other | Family::Untold => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_family_is_told_by_every_form_of_an_id() {
        let claude = |model: &str| Family::Claude(abilities::of(model));
        let cases = [
            (
                "anthropic.claude-3-haiku-20240307-v1:0",
                claude("claude-3-haiku-20240307"),
            ),
            (
                "global.anthropic.claude-opus-4-6-v1",
                claude("claude-opus-4-6"),
            ),
            (
                "arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-sonnet-4-5-v1:0",
                claude("claude-sonnet-4-5"),
            ),
            ("eu.amazon.nova-pro-v1:0", Family::Nova { thinks: false }),
            ("us.amazon.nova-2-lite-v1:0", Family::Nova { thinks: true }),
            ("openai.gpt-oss-120b-1:0", Family::Openai),
            ("meta.llama3-1-8b-instruct-v1:0", Family::Other),
            (
                "arn:aws:bedrock:us-east-1:1:application-inference-profile/a1b2",
                Family::Untold,
            ),
        ];
        for (model, want) in cases {
            assert_eq!(of(model), want, "{model}");
        }
    }
}
