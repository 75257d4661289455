//! `tollgate import openrouter`: presets and routing preferences as people keep them in JSON, and
//! the list of keys that its API gives.

use std::collections::BTreeMap;

use serde_json::json;
use tollgate_catalog::builtin;
use tollgate_model::ids::key_text;
use tollgate_model::{KeyHash, Kind, Micros, Name};

use crate::draft::{Draft, ForeignKey, KeySource, Upstream};
use crate::plan::FreshKey;
use crate::routing::{Choice, Route, Target};
use crate::tree::Tree;
use crate::{ImportError, Plan, Source, windows, yaml};

/// The catalogue's id, and what the provider is called.
const ID: &str = "openrouter";

/// Reads presets, requests and keys of OpenRouter: one, a list of them, or several under `presets`,
/// `keys` or `data`.
pub fn openrouter(source: Source<'_>) -> Result<Plan, ImportError> {
    let root = yaml::parse(source.name, source.text)?;
    let mut import = Import {
        draft: Draft::new(ID),
        provider: None,
        application: None,
        found: 0,
    };
    import.any(&root)?;
    if import.found == 0 {
        return Err(ImportError::new(format!(
            "{}: there is no preset (`model` or `models`) and no key (`hash` and `limit`) of \
             OpenRouter in it",
            source.name
        )));
    }
    Ok(import.draft.finish(&[&root]))
}

struct Import {
    draft: Draft,
    provider: Option<Name>,
    application: Option<Name>,
    found: usize,
}

/// What a request says besides its model; nothing of it is added to a request here.
const PARAMETERS: [&str; 25] = [
    "temperature",
    "top_p",
    "top_k",
    "top_a",
    "min_p",
    "max_tokens",
    "max_completion_tokens",
    "seed",
    "stop",
    "frequency_penalty",
    "presence_penalty",
    "repetition_penalty",
    "reasoning",
    "verbosity",
    "response_format",
    "tools",
    "tool_choice",
    "system_prompt",
    "system",
    "messages",
    "stream",
    "transforms",
    "plugins",
    "usage",
    "include_reasoning",
];

/// What there is of a preset beside its routing.
const NOTES: [&str; 14] = [
    "id",
    "description",
    "created_at",
    "updated_at",
    "version",
    "user",
    "session_id",
    "status",
    "creator_user_id",
    "workspace_id",
    "is_public",
    "metadata",
    "status_updated_at",
    "designated_version_id",
];

/// What OpenRouter counts on a key.
const COUNTED: [&str; 17] = [
    "limit_remaining",
    "usage",
    "usage_daily",
    "usage_weekly",
    "usage_monthly",
    "byok_usage",
    "byok_usage_daily",
    "byok_usage_weekly",
    "byok_usage_monthly",
    "include_byok_in_limit",
    "created_at",
    "updated_at",
    "creator_user_id",
    "workspace_id",
    "hash",
    "label",
    "rate_limit",
];

impl Import {
    fn any(&mut self, at: &Tree) -> Result<(), ImportError> {
        if at.is_list() {
            return at.items().iter().try_for_each(|item| self.any(item));
        }
        for name in ["presets", "keys", "data", "requests"] {
            if let Some(below) = at.get(name) {
                match name == "presets" && below.is_map() {
                    true => self.named(below)?,
                    false => self.any(below)?,
                }
            }
        }
        let is_key = at.has("hash") || at.has("limit_reset") || (at.has("key") && at.has("name"));
        if is_key {
            return self.key(at);
        }
        match at.get("designated_version") {
            Some(version) => {
                let config = version.get("config").unwrap_or(version);
                self.preset(at, config)?;
                self.notes(version);
                Ok(())
            }
            None if at.get("config").is_some_and(Tree::is_map) => {
                let config = at.get("config").unwrap_or(at);
                self.preset(at, config)
            }
            None if at.has("model") || at.has("models") => self.preset(at, at),
            None => Ok(()),
        }
    }

    /// `{name: {model: …}}`.
    fn named(&mut self, at: &Tree) -> Result<(), ImportError> {
        at.members()
            .iter()
            .try_for_each(|(name, preset)| self.preset_called(preset, preset, name))
    }

    fn preset(&mut self, at: &Tree, config: &Tree) -> Result<(), ImportError> {
        let slug = at.text_of("slug")?;
        let name = match (slug, at.text_of("name")?) {
            (Some(slug), _) => slug,
            (None, Some(name)) => name,
            (None, None) => at.text_of("preset")?.unwrap_or("preset"),
        };
        let name = name.trim_start_matches("@preset/").to_owned();
        self.preset_called(at, config, &name)
    }

    fn preset_called(&mut self, at: &Tree, config: &Tree, name: &str) -> Result<(), ImportError> {
        let mut models: Vec<String> = Vec::new();
        models.extend(config.text_of("model")?.map(str::to_owned));
        if let Some(list) = config.get("models") {
            let more = list.texts()?;
            models
                .extend(more.into_iter().filter(|model| {
                    Some(model.as_str()) != config.text_of("model").ok().flatten()
                }));
        }
        self.found += 1;
        let provider = self.provider(at);
        let Some(provider) = provider.filter(|_| !models.is_empty()) else {
            self.draft
                .plan
                .report
                .left(at, "this preset names no model", "");
            return Ok(());
        };
        let ending = self.preferences(config)?;
        let targets = models
            .iter()
            .map(|model| Target::share(&provider, &with_ending(model, ending), 1));
        let route = Route {
            choice: Choice::Ordered,
            targets: targets.collect(),
            cache: None,
            fallback_on: Vec::new(),
        };
        let given = self.draft.model(at, name, &route);
        let how = format!("callers ask for {given}, and not for @preset/{name}");
        self.draft.plan.report.changed(at, how);
        if let Some(route) = config.get("route") {
            match route.text() {
                Some("fallback") => {
                    let what = "the models are asked in their order";
                    self.draft.plan.report.taken(route, what);
                }
                _ => self
                    .draft
                    .plan
                    .report
                    .left(route, "this way of routing is not known", ""),
            }
        }
        self.notes(at);
        self.notes(config);
        Ok(())
    }

    fn notes(&mut self, at: &Tree) {
        for name in PARAMETERS {
            if let Some(member) = at.get(name) {
                let why = "nothing is added to a request: what the caller sends is what the provider gets";
                self.draft
                    .plan
                    .report
                    .left(member, why, "let callers send it");
            }
        }
        for name in NOTES {
            if let Some(member) = at.get(name) {
                let why = "a model carries no notes";
                self.draft.plan.report.left(member, why, "");
            }
        }
        if at.has("slug")
            && let Some(name) = at.get("name")
        {
            name.claim();
        }
    }

    /// Preferences among OpenRouter's own providers: what can be said in a model's name is said
    /// there, everything else is left out.
    fn preferences(&mut self, config: &Tree) -> Result<Option<&'static str>, ImportError> {
        let Some(preferences) = config.get("provider") else {
            return Ok(None);
        };
        let mut ending = None;
        if let Some(sort) = preferences.get("sort")
            && let Some(word) = sort.text()
        {
            ending = match word {
                "price" => Some(":floor"),
                "throughput" => Some(":nitro"),
                _ => None,
            };
            match ending {
                Some(ending) => {
                    let how = format!(
                        "sort: {word} is the ending {ending} of a model's name at OpenRouter, where the \
                         catalogue has a price for it"
                    );
                    self.draft.plan.report.changed(sort, how);
                }
                None => {
                    let why = "OpenRouter has no ending of a model's name that sorts like this";
                    self.draft
                        .plan
                        .report
                        .left(sort, why, "let callers send `provider`");
                }
            }
        }
        for (name, member) in preferences.members() {
            let (why, instead) = match name.as_str() {
                "sort" if ending.is_some() || member.text().is_some() => continue,
                "order" | "only" | "ignore" | "allow_fallbacks" => (
                    "which of its providers OpenRouter asks is not said here",
                    "add a Provider with a key of your own for each, and put them before openrouter \
                     among the Model's targets; or let callers send `provider`",
                ),
                "max_price" => (
                    "a call is not refused by its price for a token",
                    "a Budget with the scope of the model limits what it costs",
                ),
                "require_parameters"
                | "data_collection"
                | "zdr"
                | "quantizations"
                | "enforce_distillable_text"
                | "preferred_min_throughput"
                | "preferred_max_latency"
                | "min_throughput"
                | "max_latency" => (
                    "what OpenRouter demands of its providers is not said here",
                    "set it in your account at OpenRouter, or let callers send `provider`",
                ),
                _ => continue,
            };
            self.draft.plan.report.left(member, why, instead);
        }
        Ok(ending)
    }

    /// OpenRouter itself, with the key that its variable holds.
    fn provider(&mut self, at: &Tree) -> Option<Name> {
        if self.provider.is_none() {
            let upstream = Upstream {
                stem: ID.to_owned(),
                catalog: Some(ID),
                base_url: None,
                keys: vec![KeySource::Env("OPENROUTER_API_KEY".to_owned())],
                headers: BTreeMap::new(),
                cloud: None,
            };
            self.provider = self.draft.provider(at, &upstream).ok();
            let how =
                "Provider openrouter takes its key from OPENROUTER_API_KEY: no preset holds it";
            self.draft.plan.report.changed(at, how);
        }
        self.provider.clone()
    }

    fn key(&mut self, at: &Tree) -> Result<(), ImportError> {
        self.found += 1;
        if at.flag_of("disabled") {
            self.draft
                .plan
                .report
                .left(at, "this key is switched off", "");
            return Ok(());
        }
        let application = self.application(at);
        let label = at.text_of("name")?.unwrap_or("key").to_owned();
        let name = self.draft.name(Kind::Key, &label, "key");
        let expires_at = at.text_of("expires_at")?.and_then(Micros::parse);
        let expires_at = expires_at.map(|time| time.to_string());
        match at.text_of("key")?.filter(|text| !text.contains(['.', '*'])) {
            Some(text) => {
                let foreign = ForeignKey {
                    application,
                    hash: KeyHash::of(text.as_bytes()),
                    hint: key_text::hint(text),
                    expires_at,
                    revoked: false,
                    models: Vec::new(),
                };
                self.draft.key(&name, &foreign);
                let what = format!("Key {name}: callers go on with the key that they have");
                self.draft.plan.report.taken(at, what);
            }
            None => {
                let how = format!(
                    "Key {name} is made anew, since OpenRouter does not show keys: its callers need the \
                     new one"
                );
                self.draft.plan.report.changed(at, how);
                self.draft.plan.keys.push(FreshKey {
                    name: name.clone(),
                    application,
                    expires_at,
                });
            }
        }
        self.limit(at, &name)?;
        for counted in COUNTED {
            if let Some(member) = at.get(counted) {
                let why =
                    "what OpenRouter counts of a key; what was spent before is not counted here";
                self.draft.plan.report.left(member, why, "");
            }
        }
        Ok(())
    }

    fn limit(&mut self, at: &Tree, key: &Name) -> Result<(), ImportError> {
        let reset = at.text_of("limit_reset")?;
        let Some(amount) = at.number_of("limit")?.and_then(|number| number.dollars()) else {
            return Ok(());
        };
        let limit = match reset {
            None => Some(windows::lifetime(amount.value)),
            Some(word) => windows::window(amount.value, word),
        };
        let member = at.get("limit").unwrap_or(at);
        match limit.filter(|_| !amount.value.is_negative()) {
            Some(limit) => {
                let stem = format!("key-{key}");
                self.draft
                    .budget(member, &stem, (json!({ "key": key }), &limit));
            }
            None => {
                let why = "this limit, or when it begins anew, cannot be read";
                self.draft
                    .plan
                    .report
                    .left(member, why, "make a Budget of the key");
            }
        }
        Ok(())
    }

    fn application(&mut self, at: &Tree) -> Name {
        if let Some(application) = &self.application {
            return application.clone();
        }
        let team = self.draft.name(Kind::Team, ID, ID);
        let application = self.draft.name(Kind::Application, ID, ID);
        self.draft.document(Kind::Team, &team, json!({}));
        self.draft
            .document(Kind::Application, &application, json!({ "team": team }));
        let what = format!("Team {team} with Application {application}, for its keys");
        self.draft.plan.report.taken(at, what);
        self.application = Some(application.clone());
        application
    }
}

/// A model's name with an ending, where the catalogue has a price for it with the ending or has none
/// for it in any case.
fn with_ending(model: &str, ending: Option<&str>) -> String {
    let Some(ending) = ending.filter(|_| !model.contains(':')) else {
        return model.to_owned();
    };
    let name = format!("{model}{ending}");
    let catalogue = builtin();
    let priced = |name: &str| {
        catalogue
            .model(ID, name)
            .is_some_and(|facts| facts.price.is_some())
    };
    if priced(&name) || !priced(model) {
        name
    } else {
        model.to_owned()
    }
}
