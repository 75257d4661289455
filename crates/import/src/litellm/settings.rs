//! `router_settings`, `litellm_settings` and `general_settings`: fallbacks, aliases, budgets, and
//! the master key.

use serde_json::json;
use tollgate_model::ids::key_text;
use tollgate_model::{KeyHash, Kind};

use crate::ImportError;
use crate::decimal::Decimal;
use crate::draft::{ForeignKey, KeySource};
use crate::routing;
use crate::tree::Tree;
use crate::windows::{self, Limit};

use super::import::{Group, Import};

/// The sections in which most settings may stand; the first one wins.
const SECTIONS: [&str; 2] = ["router_settings", "litellm_settings"];

/// The lists of fallbacks, each with the kind of failure that it is for.
const FALLBACKS: [(&str, Option<&str>); 3] = [
    ("fallbacks", None),
    ("context_window_fallbacks", Some("context_too_long")),
    ("content_policy_fallbacks", Some("content_filtered")),
];

/// How long a key has to be to be taken over: a short one can be found by its hash.
const LONG_ENOUGH: usize = 24;

impl<'t> Import<'t> {
    /// Reads what bears on models: fallbacks and aliases; and the budget of everything.
    pub(super) fn settings(&mut self, root: &'t Tree) -> Result<(), ImportError> {
        for section in SECTIONS.iter().filter_map(|name| root.get(name)) {
            if !section.is_map() {
                return Err(section.wrong("a map"));
            }
            self.aliases(section)?;
            self.fallbacks(section)?;
            self.timeouts(section)?;
            self.cache(section)?;
            self.budget(section, ("max_budget", "budget_duration"))?;
        }
        Ok(())
    }

    /// `{alias: name}` or `{alias: {model: name}}`: another name for the same deployments.
    fn aliases(&mut self, section: &'t Tree) -> Result<(), ImportError> {
        for name in ["model_group_alias", "model_alias_map"] {
            for (alias, at) in section.get(name).map(Tree::members).unwrap_or_default() {
                let meant = match at.is_map() {
                    true => {
                        if let Some(hidden) = at.get("hidden") {
                            let why = "a model is listed, or it is not there";
                            self.draft.plan.report.left(hidden, why, "");
                        }
                        at.required("model")?
                    }
                    false => at.text().ok_or_else(|| at.wrong("a model's name"))?,
                };
                let deployments = self
                    .groups
                    .iter()
                    .find(|group| group.name == meant)
                    .map(|group| group.deployments.clone());
                match deployments {
                    Some(_) if self.groups.iter().any(|group| group.name == *alias) => {
                        let why = format!("there are deployments of {alias} already");
                        self.draft.plan.report.left(at, why, "");
                    }
                    Some(deployments) => self.groups.push(Group {
                        name: alias.clone(),
                        at,
                        deployments,
                        fallbacks: Vec::new(),
                    }),
                    None => {
                        let why = format!("{meant} is no model that was taken over");
                        self.draft.plan.report.left(at, why, "");
                    }
                }
            }
        }
        Ok(())
    }

    fn fallbacks(&mut self, section: &'t Tree) -> Result<(), ImportError> {
        for (list, after) in FALLBACKS {
            for entry in section.list_of(list)? {
                for (name, others) in entry.members() {
                    let others = others.texts()?;
                    self.fall_back(entry, name, (&others, after));
                }
            }
        }
        if let Some(at) = section.get("default_fallbacks") {
            let others = at.texts()?;
            let names: Vec<String> = self.groups.iter().map(|group| group.name.clone()).collect();
            for name in names.iter().filter(|name| !others.contains(name)) {
                self.fall_back(at, name, (&others, None));
            }
        }
        Ok(())
    }

    fn fall_back(
        &mut self,
        at: &Tree,
        name: &str,
        (others, after): (&[String], Option<&'static str>),
    ) {
        let known = |wanted: &str| self.groups.iter().any(|group| group.name == wanted);
        let (there, missing): (Vec<String>, Vec<String>) =
            others.iter().cloned().partition(|other| known(other));
        if !missing.is_empty() {
            let missing = missing.join(", ");
            let how = format!("{name} falls back to {missing}, which was not taken over");
            self.draft.plan.report.changed(at, how);
        }
        if name == "*" {
            let names: Vec<String> = self.groups.iter().map(|group| group.name.clone()).collect();
            for name in names {
                self.fall_back(at, &name, (&there, after));
            }
            return;
        }
        match self.groups.iter_mut().find(|group| group.name == name) {
            Some(group) => {
                let when = after
                    .map(|kind| format!(" after {kind}"))
                    .unwrap_or_default();
                let what = format!("{name} falls back to {}{when}", there.join(", "));
                let there = there.into_iter().filter(|other| *other != group.name);
                group.fallbacks.extend(there.map(|other| (other, after)));
                self.draft.plan.report.taken(at, what);
            }
            None => {
                let how =
                    format!("{name} is no model that was taken over: nothing falls back from it");
                self.draft.plan.report.changed(at, how);
            }
        }
    }

    fn timeouts(&mut self, section: &'t Tree) -> Result<(), ImportError> {
        for name in ["timeout", "stream_timeout", "request_timeout"] {
            let Some(wait) = section.number_of(name)?.and_then(Decimal::milliseconds) else {
                continue;
            };
            let providers: Vec<_> = self
                .groups
                .iter()
                .flat_map(|group| &group.deployments)
                .map(|deployment| deployment.provider.clone())
                .collect();
            for provider in &providers {
                self.draft.wait(provider, wait);
            }
            if let Some(at) = section.get(name) {
                let how = format!(
                    "{name} is how long each provider may take for the first byte \
                     (timeouts.first_byte_ms), unless a deployment says a longer time"
                );
                self.draft.plan.report.changed(at, how);
            }
        }
        Ok(())
    }

    /// `cache: true` with its parameters: every model keeps its answers.
    fn cache(&mut self, section: &'t Tree) -> Result<(), ImportError> {
        let Some(at) = section.get("cache").filter(|_| section.flag_of("cache")) else {
            return Ok(());
        };
        let Some(params) = section.get("cache_params") else {
            let why = "how long answers are kept is not said";
            let instead = "write `cache: {ttl_s: 600}` into a Model";
            self.draft.plan.report.left(at, why, instead);
            return Ok(());
        };
        let mode = params.text_of("mode")?;
        let seconds = params.number_of("ttl")?.and_then(Decimal::integer);
        self.cache = routing::kept_for(seconds).filter(|_| mode != Some("default_off"));
        match self.cache {
            Some(seconds) => {
                let how = format!(
                    "each model keeps answers for {seconds} s, apart for each key (cache.scope: key), \
                     and only gives them again where exactly the same is asked"
                );
                self.draft.plan.report.changed(at, how);
            }
            None => {
                let why = "answers are kept only where a request asks for it, or for no time";
                let instead = "write `cache: {ttl_s: 600}` into the Models that are to keep them";
                self.draft.plan.report.left(at, why, instead);
            }
        }
        for (name, member) in params.members() {
            if !matches!(name.as_str(), "ttl" | "mode") {
                let why = "answers are kept by each node itself";
                self.draft.plan.report.left(member, why, "");
            }
        }
        Ok(())
    }

    /// The budget of everything that goes through the proxy.
    fn budget(
        &mut self,
        section: &'t Tree,
        (amount, duration): (&str, &str),
    ) -> Result<(), ImportError> {
        let Some(at) = section.get(amount) else {
            return Ok(());
        };
        if let Some(limit) = self.limit(section, (amount, duration))? {
            let scope = json!("organization");
            self.draft.budget(at, "litellm", (scope, &limit));
        }
        Ok(())
    }

    /// An amount and a duration as a limit. `None` where there is none, or it cannot be one, which
    /// the report then says.
    pub(super) fn limit(
        &mut self,
        from: &Tree,
        (amount, duration): (&str, &str),
    ) -> Result<Option<Limit>, ImportError> {
        let (Some(number), Some(at)) = (from.number_of(amount)?, from.get(amount)) else {
            return Ok(None);
        };
        let Some(dollars) = number.dollars().filter(|d| !d.value.is_negative()) else {
            let why = "this amount is negative or too large";
            self.draft.plan.report.left(at, why, "make a Budget");
            return Ok(None);
        };
        let limit = match from.text_of(duration)? {
            None => Some(windows::lifetime(dollars.value)),
            Some(text) => windows::window(dollars.value, text),
        };
        let Some(mut limit) = limit else {
            let why = "the duration of this budget cannot be read";
            self.draft.plan.report.left(
                at,
                why,
                "make a Budget with a window of hour, day, week or month",
            );
            return Ok(None);
        };
        if !dollars.exact {
            let before = limit.change.map(|change| format!("; {change}"));
            let change = format!(
                "rounded down to a nano-dollar{}",
                before.unwrap_or_default()
            );
            limit.change = Some(change);
        }
        Ok(Some(limit))
    }

    /// The master key, with which callers may call too.
    pub(super) fn general(&mut self, root: &'t Tree) -> Result<(), ImportError> {
        let Some(general) = root.get("general_settings") else {
            return Ok(());
        };
        if !general.is_map() {
            return Err(general.wrong("a map"));
        }
        let Some(text) = general.text_of("master_key")? else {
            return Ok(());
        };
        let Some(at) = general.get("master_key") else {
            return Ok(());
        };
        let key = match self.secret(text) {
            KeySource::Literal(secret) if secret.reveal().len() >= LONG_ENOUGH => secret,
            KeySource::Literal(_) => {
                let why = "the master key is too short to be kept as a hash: it could be guessed";
                let instead = "`tollgate key create --application NAME` makes a key for those who \
                               called with it";
                self.draft.plan.report.left(at, why, instead);
                return Ok(());
            }
            _ => {
                let why = "the master key is in the environment of LiteLLM, not in the file";
                let instead = "`tollgate key create --application NAME` makes a key for those who \
                               called with it; Tollgate has an operator's token of its own";
                self.draft.plan.report.left(at, why, instead);
                return Ok(());
            }
        };
        let application = self.application(at, "litellm");
        let name = self.draft.name(Kind::Key, "litellm-master", "master");
        let foreign = ForeignKey {
            application,
            hash: KeyHash::of(key.reveal().as_bytes()),
            hint: key_text::hint(key.reveal()),
            expires_at: None,
            revoked: false,
            models: Vec::new(),
        };
        self.draft.key(&name, &foreign);
        let how = format!(
            "Key {name}: callers go on with the master key, which calls models and administers \
             nothing here; Tollgate has an operator's token of its own"
        );
        self.draft.plan.report.changed(at, how);
        Ok(())
    }
}
