//! The tier of service that a request asks for, and the one in which an answer was given. Every tier
//! but the standard one has a price of its own.
//!
//! Sources: OpenAI, `service_tier` of requests and answers; Google, `serviceTier` and
//! `usageMetadata.serviceTier` (Vertex: `trafficType`); Amazon, `serviceTier` of Converse; Anthropic,
//! `service_tier` and `speed` of requests and of `usage`.

use serde::Deserialize;
use tollgate_model::{Dialect, Reason, Refusal, ServedIn, ServiceTier};

/// The name of the member; also in the intermediate form, where its words are OpenAI's.
pub(crate) const NAME: &str = "service_tier";
/// The most characters of a word that are repeated to the caller.
const SHOWN: usize = 40;

/// The tier of service that a request asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Wish {
    /// The standard one, or whatever the account usually gets.
    #[default]
    Usual,
    /// One with a price of its own.
    Tier(ServiceTier),
    /// One that is not known here, so that it can have no price: what stands in the request.
    Unknown(String),
}

impl Wish {
    /// The tier with a price of its own that is asked for.
    pub fn tier(&self) -> Option<ServiceTier> {
        match self {
            Wish::Tier(tier) => Some(*tier),
            Wish::Usual | Wish::Unknown(_) => None,
        }
    }
}

/// Reads a value in JSON by OpenAI's words, those of its look-alikes included.
pub(crate) fn wish(value: &[u8]) -> Wish {
    if value == b"null" {
        return Wish::Usual;
    }
    match serde_json::from_slice::<String>(value) {
        Ok(word) => wish_of(&word),
        Err(_) => unknown(&String::from_utf8_lossy(value)),
    }
}

/// What a word asks for.
pub(crate) fn wish_of(word: &str) -> Wish {
    match (word, told(word)) {
        // Anthropic's word, and the words that leave the choice to the account.
        ("auto" | "standard_only", _) | (_, Some(ServedIn::Standard)) => Wish::Usual,
        // Nobody is served at once in the tier that answers within a day.
        (_, Some(ServedIn::Tier(tier))) if tier != ServiceTier::Batch => Wish::Tier(tier),
        _ => unknown(word),
    }
}

/// What is asked for by a word that is not known.
pub(crate) fn unknown(word: &str) -> Wish {
    Wish::Unknown(word.chars().take(SHOWN).collect())
}

/// The tier in which an answer was given, by the word of its provider; `None` for one that says
/// nothing of a price that is known.
pub(crate) fn told(word: &str) -> Option<ServedIn> {
    match word {
        "default" | "standard" | "on_demand" => Some(ServedIn::Standard),
        _ => ServiceTier::of(word).map(ServedIn::Tier),
    }
}

/// The tier in which an answer was given, as it stands in JSON.
pub(crate) fn told_in(value: Option<&[u8]>) -> Option<ServedIn> {
    let word: String = serde_json::from_slice(value?).ok()?;
    told(&word)
}

/// Reads a member that tells the tier; anything that is no known word is absent.
pub(crate) fn served_in<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<ServedIn>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(value.as_str().and_then(told))
}

/// Whether a tier that a caller asks for in its dialect can be asked for in another one.
pub fn is_carried(caller: Dialect, provider: Dialect, tier: ServiceTier) -> bool {
    use Dialect::{
        AnthropicMessages, BedrockConverse, Cohere, Gemini, Ollama, OllamaGenerate, OpenaiChat,
        OpenaiCompletions, OpenaiResponses,
    };
    match (caller, provider) {
        // What is faster there is another way of serving, of some of its models.
        (AnthropicMessages, _) => false,
        (_, OpenaiChat | OpenaiResponses) => true,
        (_, Gemini | BedrockConverse) => tier != ServiceTier::Fast,
        (_, OpenaiCompletions | AnthropicMessages | Cohere | Ollama | OllamaGenerate) => false,
    }
}

/// The refusal of a request for a tier, in the caller's words: nobody who can be asked has a price for
/// it. `model` is the model as the caller names it.
pub fn unpriced(dialect: Dialect, wish: &Wish, model: &str) -> Refusal {
    let (name, usual) = match (dialect, wish) {
        (Dialect::AnthropicMessages, Wish::Tier(_)) => ("speed", "standard"),
        (Dialect::AnthropicMessages, _) => (NAME, "auto"),
        (Dialect::Gemini, _) => ("serviceTier", "standard"),
        (Dialect::BedrockConverse, _) => ("serviceTier", "default"),
        _ => (NAME, "default"),
    };
    let tier = match wish {
        Wish::Usual => "standard",
        Wish::Tier(tier) => tier.as_str(),
        Wish::Unknown(word) => word,
    };
    let detail = format!(
        "The tier of service \"{tier}\" has a price of its own, and none is known for model {model}. \
         Leave `{name}` out, send \"{usual}\", or have the operator set its price under \
         `tier_prices` of the provider."
    );
    Refusal::new(Reason::ParameterUnsupported, detail).at(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_the_usual_a_known_tier_or_nothing_that_could_have_a_price() {
        use ServiceTier::{Fast, Flex, Priority};
        for (value, want) in [
            ("null", Wish::Usual),
            ("\"auto\"", Wish::Usual),
            ("\"default\"", Wish::Usual),
            ("\"standard\"", Wish::Usual),
            ("\"standard_only\"", Wish::Usual),
            ("\"on_demand\"", Wish::Usual),
            ("\"flex\"", Wish::Tier(Flex)),
            ("\"fl\\u0065x\"", Wish::Tier(Flex)),
            ("\"priority\"", Wish::Tier(Priority)),
            ("\"fast\"", Wish::Tier(Fast)),
            ("\"batch\"", Wish::Unknown("batch".into())),
            ("\"scale\"", Wish::Unknown("scale".into())),
            ("7", Wish::Unknown("7".into())),
            ("{}", Wish::Unknown("{}".into())),
        ] {
            assert_eq!(wish(value.as_bytes()), want, "{value}");
        }
    }

    #[test]
    fn an_answer_tells_its_tier_or_nothing() {
        assert_eq!(told_in(Some(b"\"default\"")), Some(ServedIn::Standard));
        let flex = ServedIn::Tier(ServiceTier::Flex);
        assert_eq!(told_in(Some(b"\"flex\"")), Some(flex));
        for nothing in [None, Some(&b"null"[..]), Some(b"\"scale\""), Some(b"7")] {
            assert_eq!(told_in(nothing), None);
        }
    }

    #[test]
    fn a_refusal_names_the_tier_and_the_callers_word_for_it() {
        let flex = Wish::Tier(ServiceTier::Flex);
        for (dialect, name) in [
            (Dialect::OpenaiChat, "service_tier"),
            (Dialect::Gemini, "serviceTier"),
            (Dialect::BedrockConverse, "serviceTier"),
        ] {
            let refusal = unpriced(dialect, &flex, "smart");
            assert_eq!(refusal.param.as_deref(), Some(name));
            assert!(refusal.detail.contains("\"flex\""), "{}", refusal.detail);
            assert!(refusal.detail.contains("tier_prices"), "{}", refusal.detail);
        }
    }
}
