//! The catalogue that is built in.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, OnceLock};

use serde::Deserialize;
use serde_json::value::RawValue;
use tollgate_model::Usage;
use tollgate_model::catalogue::{Catalogue, ModelFacts, ProviderFacts};
use tollgate_model::task::Tasks;

use crate::families::Families;
use crate::rows::{ModelRow, ProviderRow};
use crate::shelf::Shelf;

const PROVIDERS: &str = include_str!("../data/providers.json");
const PRICES: &str = include_str!("../data/prices.json");
const SANDBOX: &str = include_str!("../data/sandbox.json");
/// What the models of each provider do besides conversing, and in which form it is asked for that.
const TASKS: &str = include_str!("../data/tasks.json");

static BUILTIN: LazyLock<Arc<Builtin>> = LazyLock::new(|| Arc::new(Builtin::read()));

/// The built-in catalogue, read once per process. A provider's models are read when somebody first
/// asks for one: most of the providers are never used.
pub fn builtin() -> Arc<dyn Catalogue> {
    Arc::clone(&BUILTIN) as Arc<dyn Catalogue>
}

/// Every provider that the built-in catalogue knows, the best known first; the sandbox is the last.
pub fn providers() -> &'static [ProviderFacts] {
    &BUILTIN.facts
}

/// Where the built-in prices come from, for people: `genai-prices 0.2.1`.
pub fn source() -> &'static str {
    let [prices, _] = &BUILTIN.files;
    &prices.source
}

/// When the built-in prices were taken. Moves with [`source`], which a test sees to.
pub const TAKEN: &str = "2026-11-24T00:00:00Z";

/// What is known of models by their names.
pub(crate) fn families() -> &'static Families {
    &BUILTIN.families
}

/// The rows of the built-in providers, in the order of [`providers`].
pub(crate) fn rows() -> &'static [ProviderRow] {
    &BUILTIN.rows
}

/// The built-in catalogue.
#[derive(Debug)]
pub struct Builtin {
    rows: Vec<ProviderRow>,
    facts: Vec<ProviderFacts>,
    places: HashMap<String, usize>,
    shelves: Vec<LazyShelf>,
    families: Families,
    /// The prices, then those of the sandbox.
    files: [PriceFile; 2],
}

/// A file of prices: one list of models per source.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct PriceFile {
    /// Where the prices come from, for people.
    source: String,
    #[serde(borrow)]
    providers: HashMap<&'static str, &'static RawValue>,
}

/// The models of a provider, read when they are first asked for.
#[derive(Debug, Default)]
struct LazyShelf {
    lists: Vec<String>,
    least: Usage,
    shelf: OnceLock<Shelf>,
}

impl Builtin {
    // The files are part of the program, and a test proves that each of them can be read.
    fn read() -> Builtin {
        let rows: Vec<ProviderRow> = serde_json::from_str(PROVIDERS).unwrap_or_default();
        let tasks: HashMap<String, Tasks> = serde_json::from_str(TASKS).unwrap_or_default();
        let files: [PriceFile; 2] =
            [PRICES, SANDBOX].map(|text| serde_json::from_str(text).unwrap_or_default());
        let shelf = |row: &ProviderRow| LazyShelf {
            lists: row.prices.clone(),
            least: row.least(),
            shelf: OnceLock::new(),
        };
        let shelves = rows.iter().map(shelf).collect();
        let ids = rows.iter().map(|row| row.id.clone());
        Builtin {
            places: ids.zip(0..).collect(),
            facts: rows.iter().map(|row| facts(row, &tasks)).collect(),
            shelves,
            families: Families::builtin(),
            files,
            rows,
        }
    }

    fn shelf(&self, provider: &str) -> Option<&Shelf> {
        let lazy = self.shelves.get(*self.places.get(provider)?)?;
        let open = || {
            let lists = lazy.lists.iter().map(|list| self.list(list));
            Shelf::new(lists, &self.families, lazy.least)
        };
        Some(lazy.shelf.get_or_init(open))
    }

    fn list(&self, name: &str) -> (Vec<ModelRow>, &str) {
        let found = self
            .files
            .iter()
            .find_map(|file| Some((*file.providers.get(name)?, file.source.as_str())));
        let Some((text, source)) = found else {
            return (Vec::new(), "");
        };
        (serde_json::from_str(text.get()).unwrap_or_default(), source)
    }
}

/// The models of a list, and where its prices come from.
pub(crate) fn list_of(name: &str) -> (Vec<ModelRow>, &'static str) {
    BUILTIN.list(name)
}

impl Catalogue for Builtin {
    fn provider(&self, id: &str) -> Option<&ProviderFacts> {
        self.facts.get(*self.places.get(id)?)
    }

    fn models(&self, provider: &str) -> &[ModelFacts] {
        self.shelf(provider).map_or(&[], Shelf::facts)
    }

    fn model(&self, provider: &str, name: &str) -> Option<&ModelFacts> {
        self.shelf(provider)?.find(name)
    }
}

fn facts(row: &ProviderRow, tasks: &HashMap<String, Tasks>) -> ProviderFacts {
    ProviderFacts {
        id: row.id.clone(),
        title: row.title.clone(),
        dialect: row.dialect,
        also: row.also.clone(),
        base_url: row.base_url.clone(),
        regional_url: row.regional_url.clone(),
        platform: row.platform.clone(),
        auth: row.auth.clone(),
        env: row.env.clone(),
        own_names: row.own_names,
        keyless: row.keyless,
        quirks: row.quirks,
        tasks: tasks.get(&row.id).cloned().unwrap_or_default(),
        realtime: row.realtime,
        files: row.files,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use tollgate_model::abilities::Ability;
    use tollgate_model::usage::UsageClass;
    use tollgate_model::{Dialect, Kind, Micros, Nanos};

    use super::*;

    #[test]
    fn every_file_can_be_read() {
        serde_json::from_str::<Vec<ProviderRow>>(PROVIDERS).unwrap();
        let tasks: HashMap<String, Tasks> = serde_json::from_str(TASKS).unwrap();
        for (provider, tasks) in &tasks {
            for (task, form) in tasks {
                assert!(form.has(*task), "{provider}: {task} in the form {form}");
            }
        }
        for text in [PRICES, SANDBOX] {
            let file: PriceFile = serde_json::from_str(text).unwrap();
            for (list, models) in file.providers {
                let rows: Vec<ModelRow> = serde_json::from_str(models.get())
                    .unwrap_or_else(|error| panic!("{list}: {error}"));
                for row in rows.iter().filter(|row| !row.prices.is_empty()) {
                    assert!(
                        row.schedule("test", &Usage::NONE).is_some(),
                        "{list} {}",
                        row.id
                    );
                }
                let ids: HashSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
                assert_eq!(ids.len(), rows.len(), "{list} has an id twice");
            }
        }
    }

    #[test]
    fn every_provider_makes_a_valid_resource() {
        let mut ids = HashSet::new();
        for facts in providers() {
            assert!(ids.insert(&facts.id), "{} is there twice", facts.id);
            let credentials = facts.env.first().map(
                |variable| serde_json::json!([{ "name": "main", "key": { "env": variable } }]),
            );
            let mut spec = serde_json::json!({ "catalog": facts.id, "dialect": facts.dialect });
            if let Some(platform) = &facts.platform {
                spec["platform"] = serde_json::to_value(platform).unwrap();
            }
            if let Some(url) = &facts.base_url {
                spec["base_url"] = url.as_str().into();
            }
            spec["credentials"] = credentials.unwrap_or_else(|| serde_json::json!([]));
            let name = facts.id.parse().unwrap();
            let document = tollgate_model::resource::Document {
                kind: Kind::Provider,
                name,
                spec,
            };
            document.check().unwrap_or_else(|error| panic!("{error}"));
            assert!(!facts.title.is_empty());
            assert!(
                facts.keyless || !facts.env.is_empty(),
                "{} needs a way in",
                facts.id
            );
        }
    }

    #[test]
    fn every_price_list_that_a_provider_names_is_there() {
        for row in rows().iter().filter(|row| !row.prices.is_empty()) {
            let models = BUILTIN.models(&row.id);
            assert!(
                models.iter().any(|facts| facts.price.is_some()),
                "{}",
                row.id
            );
        }
    }

    #[test]
    fn every_listed_name_means_its_own_model() {
        for row in rows() {
            for facts in BUILTIN.models(&row.id) {
                let found = BUILTIN.model(&row.id, &facts.id).map(|found| &found.id);
                assert_eq!(found, Some(&facts.id), "{}", row.id);
            }
        }
    }

    fn cost(provider: &str, model: &str, usage: Usage) -> Nanos {
        let facts = BUILTIN.model(provider, model).unwrap();
        let at = Micros::parse("2026-11-24T12:00:00Z").unwrap();
        facts.price.as_ref().unwrap().at(at).cost(&usage).total
    }

    #[test]
    fn well_known_prices_are_exact_to_the_nano() {
        let usage = Usage::NONE
            .with(UsageClass::Input, 1)
            .with(UsageClass::CacheRead, 1)
            .with(UsageClass::Output, 1);
        assert_eq!(
            cost("openai", "gpt-4o", usage),
            Nanos::new(2_500 + 1_250 + 10_000)
        );
        assert_eq!(
            cost("openai", "gpt-4o-mini-2024-07-18", usage),
            Nanos::new(150 + 75 + 600)
        );
        assert_eq!(
            cost("anthropic", "claude-sonnet-4-5", usage),
            Nanos::new(3_000 + 300 + 15_000)
        );
        assert_eq!(
            cost("google", "models/gemini-2.5-flash", usage),
            Nanos::new(300 + 30 + 2_500)
        );
        assert_eq!(
            cost("sandbox", "echo", usage),
            Nanos::new(1_000 + 1_000 + 2_000)
        );
    }

    #[test]
    fn a_long_prompt_is_priced_by_its_tier() {
        let usage = |tokens| Usage::NONE.with(UsageClass::Input, tokens);
        assert_eq!(
            cost("anthropic", "claude-sonnet-4-5", usage(200_000)),
            Nanos::new(600_000_000)
        );
        assert_eq!(
            cost("anthropic", "claude-sonnet-4-5", usage(200_001)),
            Nanos::new(200_001 * 6_000)
        );
    }

    #[test]
    fn dated_models_keep_a_price_of_their_own() {
        let usage = Usage::NONE.with(UsageClass::Input, 1);
        assert_eq!(
            cost("openai", "gpt-4o-2024-05-13", usage),
            Nanos::new(5_000)
        );
        assert_eq!(
            cost("openai", "gpt-4o-2024-11-20", usage),
            Nanos::new(2_500)
        );
    }

    #[test]
    fn limits_of_answers_are_those_of_the_families() {
        for (provider, model, tokens) in [
            ("anthropic", "claude-3-haiku-20240307", 4_096),
            ("anthropic", "claude-3-5-sonnet-20241022", 8_192),
            ("anthropic", "claude-3-7-sonnet-latest", 64_000),
            ("anthropic", "claude-sonnet-4-20250514", 64_000),
            ("anthropic", "claude-opus-4-20250514", 32_000),
            ("anthropic", "claude-opus-4-1", 32_000),
            ("anthropic", "claude-sonnet-4-5-20250929", 64_000),
            ("anthropic", "claude-opus-4-5", 64_000),
            ("anthropic", "claude-opus-4-6", 128_000),
            ("anthropic", "claude-sonnet-5-5", 128_000),
            ("openrouter", "anthropic/claude-sonnet-4.5", 64_000),
            ("openai", "gpt-4o", 16_384),
            ("openai", "gpt-4.1", 32_768),
            ("openai", "gpt-4-turbo", 4_096),
            ("openai", "gpt-4", 8_192),
            ("openai", "gpt-5-mini", 128_000),
            ("openai", "gpt-6.1-sol", 128_000),
            ("openai", "o3", 100_000),
            ("google", "gemini-2.5-pro", 65_536),
            ("google", "gemini-2.0-flash", 8_192),
            ("sandbox", "echo", 4_096),
        ] {
            let facts = BUILTIN
                .model(provider, model)
                .unwrap_or_else(|| panic!("{model}"));
            assert_eq!(facts.max_output, Some(tokens), "{model}");
        }
    }

    #[test]
    fn what_models_can_do_is_known_of_most() {
        let can = |provider, model| {
            let facts = BUILTIN.model(provider, model);
            facts.unwrap_or_else(|| panic!("{model}")).abilities
        };
        for (provider, model, sees, tools) in [
            ("anthropic", "claude-sonnet-4-5", true, true),
            ("anthropic", "claude-2", false, false),
            ("openai", "gpt-5", true, true),
            ("openai", "gpt-4-turbo", true, true),
            ("openai", "text-embedding-3-small", false, false),
            ("openai", "whisper-1", false, false),
            ("google", "gemini-2.5-pro", true, true),
            ("openrouter", "anthropic/claude-sonnet-4.5", true, true),
            ("groq", "llama-3.3-70b-versatile", false, true),
        ] {
            let can = can(provider, model);
            assert!(!can.is_unknown(), "{model}");
            assert_eq!(can.has(Ability::Vision), sees, "{model}");
            assert_eq!(can.has(Ability::Tools), tools, "{model}");
        }
        let all = providers()
            .iter()
            .flat_map(|facts| BUILTIN.models(&facts.id));
        let (known, unknown): (Vec<_>, Vec<_>) = all.partition(|one| !one.abilities.is_unknown());
        assert!(known.len() > 2 * unknown.len(), "{}", unknown.len());
    }

    #[test]
    fn every_anthropic_model_has_a_limit_since_the_dialect_must_name_one() {
        for facts in BUILTIN.models("anthropic") {
            assert!(facts.max_output.is_some(), "{}", facts.id);
        }
    }

    #[test]
    fn the_sandbox_lists_its_models_and_nothing_else() {
        let sandbox = BUILTIN.provider("sandbox").unwrap();
        assert_eq!(sandbox.dialect, Dialect::OpenaiChat);
        assert!(sandbox.keyless && sandbox.base_url.is_none());
        let ids: Vec<&str> = BUILTIN
            .models("sandbox")
            .iter()
            .map(|m| m.id.as_str())
            .collect();
        assert_eq!(
            ids.join(" "),
            "echo slow long tool embed rerank image speech transcribe moderate realtime fail-400 fail-401 \
            fail-402 fail-429 fail-500 fail-503 fail-timeout fail-malformed fail-cut"
        );
        assert_eq!(BUILTIN.model("sandbox", "gpt-4o"), None);
    }

    #[test]
    fn the_prices_have_a_date_that_was_set_for_this_source() {
        assert!(Micros::parse(TAKEN).is_some());
        assert_eq!(
            (source(), TAKEN),
            ("genai-prices 0.2.1", "2026-11-24T00:00:00Z")
        );
    }

    #[test]
    fn who_is_not_known_has_nothing() {
        assert_eq!(BUILTIN.provider("nobody"), None);
        assert_eq!(BUILTIN.models("nobody"), []);
        assert_eq!(BUILTIN.model("openai", "claude-sonnet-4-5"), None);
        assert_eq!(BUILTIN.model("google", "claude-sonnet-4-5"), None);
        assert_eq!(BUILTIN.model("vllm", "anything"), None);
    }
}
