//! What is known of models by their names, whoever serves them.

use serde::Deserialize;
use tollgate_model::abilities::{Abilities, Ability, Modalities, Modality};
use tollgate_model::price::Schedule;
use tollgate_model::usage::UsageClass;

use crate::glob;

const LIMITS: &str = include_str!("../data/max_output.json");
const ABILITIES: &str = include_str!("../data/abilities.json");

/// The families of models. In each list the first line counts that fits a name.
#[derive(Debug, Default)]
pub(crate) struct Families {
    limits: Vec<Limit>,
    kinds: Vec<Family>,
}

/// A line of `max_output.json`: names of models, and the most tokens of an answer. The numbers are
/// the makers' documented limits; they bound what is held for a call that names no limit of its
/// own, and are what a dialect sends that must name one, so that a number which is too large may be
/// refused, and one which is too small cuts answers short.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Limit {
    #[serde(rename = "match")]
    pattern: String,
    tokens: u64,
}

/// A line of `abilities.json`: names of models, and what they take in, give and can do. A family
/// that is not in it is unknown, which is not the same as unable.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    #[serde(rename = "match")]
    pattern: String,
    #[serde(flatten)]
    kind: ModelKind,
}

/// What a model takes in, gives and can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct ModelKind {
    pub(crate) input: Modalities,
    #[serde(default)]
    pub(crate) output: Modalities,
    pub(crate) can: Abilities,
}

impl Families {
    /// The built-in ones.
    pub(crate) fn builtin() -> Families {
        Families {
            limits: serde_json::from_str(LIMITS).unwrap_or_default(),
            kinds: serde_json::from_str(ABILITIES).unwrap_or_default(),
        }
    }

    /// The most tokens of an answer of a model.
    pub(crate) fn max_output(&self, id: &str) -> Option<u64> {
        let name = family_name(id);
        let fits = |limit: &&Limit| glob::fits(&limit.pattern, &name);
        self.limits.iter().find(fits).map(|limit| limit.tokens)
    }

    /// What a model is; its price tells what its family does not. Nothing where the family is not
    /// known: a price alone would tell the half.
    pub(crate) fn kind(&self, id: &str, price: Option<&Schedule>) -> ModelKind {
        let name = family_name(id);
        let fits = |family: &&Family| glob::fits(&family.pattern, &name);
        let Some(family) = self.kinds.iter().find(fits) else {
            return ModelKind::default();
        };
        let prices = price.iter().flat_map(|schedule| schedule.entries());
        let rates = prices.flat_map(|(_, price)| price.tiers());
        rates.fold(family.kind, |kind, tier| {
            UsageClass::ALL
                .into_iter()
                .filter(|class| tier.rates.exact(*class).is_some())
                .fold(kind, ModelKind::priced)
        })
    }
}

impl ModelKind {
    /// This, of a model that has a rate for a class.
    fn priced(mut self, class: UsageClass) -> ModelKind {
        match class {
            UsageClass::CacheRead => self.can = self.can.with(Ability::PromptCaching),
            UsageClass::Reasoning => self.can = self.can.with(Ability::Reasoning),
            UsageClass::WebSearches => self.can = self.can.with(Ability::WebSearch),
            UsageClass::InputAudio => self.input = self.input.with(Modality::Audio),
            UsageClass::InputVideo => self.input = self.input.with(Modality::Video),
            UsageClass::InputImage => {
                self.input = self.input.with(Modality::Image);
                if self.can.has(Ability::Chat) {
                    self.can = self.can.with(Ability::Vision);
                }
            }
            UsageClass::OutputAudio => self.output = self.output.with(Modality::Audio),
            UsageClass::OutputImage => self.output = self.output.with(Modality::Image),
            UsageClass::OutputVideo => self.output = self.output.with(Modality::Video),
            _ => {}
        }
        self
    }
}

/// The name by which a family is known: `anthropic/claude-sonnet-4.5` is `claude-sonnet-4-5`.
fn family_name(id: &str) -> String {
    let name = id.rsplit('/').next().unwrap_or(id);
    name.to_lowercase().replace('.', "-")
}

#[cfg(test)]
pub(crate) mod tests {
    use tollgate_model::price::{Price, Rates};

    use super::*;

    /// Families from the texts of the two files.
    pub(crate) fn families(limits: &str, kinds: &str) -> Families {
        Families {
            limits: serde_json::from_str(limits).unwrap(),
            kinds: serde_json::from_str(kinds).unwrap(),
        }
    }

    #[test]
    fn every_line_is_read_and_none_is_hidden_by_one_above_it() {
        let families = families(LIMITS, ABILITIES);
        for (place, family) in families.kinds.iter().enumerate() {
            let name = family.pattern.replace('*', "");
            let first = families
                .kinds
                .iter()
                .position(|one| glob::fits(&one.pattern, &name));
            assert_eq!(first, Some(place), "{}", family.pattern);
        }
        for (place, limit) in families.limits.iter().enumerate() {
            let name = limit.pattern.replace('*', "");
            let first = families
                .limits
                .iter()
                .position(|one| glob::fits(&one.pattern, &name));
            assert_eq!(first, Some(place), "{}", limit.pattern);
        }
    }

    #[test]
    fn whoever_looks_at_pictures_takes_them_in_and_each_model_can_be_called_somehow() {
        let calls: Abilities = [
            Ability::Chat,
            Ability::Completions,
            Ability::Embeddings,
            Ability::Rerank,
            Ability::Moderation,
            Ability::Images,
            Ability::Speech,
            Ability::Transcription,
            Ability::Ocr,
            Ability::Realtime,
            Ability::WebSearch,
        ]
        .into_iter()
        .collect();
        for Family { pattern, kind } in Families::builtin().kinds {
            assert!(!kind.input.is_unknown(), "{pattern}");
            assert!(kind.can.iter().any(|one| calls.has(one)), "{pattern}");
            let sees = kind.can.has(Ability::Vision);
            assert!(!sees || kind.input.has(Modality::Image), "{pattern}");
            let chats = kind.can.has(Ability::Chat);
            assert!(!chats || !kind.output.is_unknown(), "{pattern}");
            let seeing = chats && kind.input.has(Modality::Image);
            assert!(!seeing || sees, "{pattern}");
        }
    }

    #[test]
    fn a_price_tells_what_the_family_does_not() {
        let families = families("[]", r#"[{"match":"m*","input":["text"],"can":["chat"]}]"#);
        let mut rates = Rates::default();
        for class in [UsageClass::CacheRead, UsageClass::InputImage] {
            rates.set(class, "1".parse().unwrap());
        }
        let schedule = Schedule::always(Price::flat("test", rates));
        let kind = families.kind("maker/M.1", Some(&schedule));
        let words = |kind: ModelKind| serde_json::to_string(&(kind.input, kind.can)).unwrap();
        assert_eq!(
            words(kind),
            r#"[["text","image"],["chat","vision","prompt_caching"]]"#
        );
        assert_eq!(words(families.kind("m", None)), r#"[["text"],["chat"]]"#);
        let unknown = families.kind("other", Some(&schedule));
        assert_eq!(unknown, ModelKind::default());
    }
}
