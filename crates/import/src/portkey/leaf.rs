//! One target of a config: the provider and model that it is.

use std::collections::BTreeMap;

use tollgate_catalog::providers as catalogue;
use tollgate_model::snapshot::SecretText;

use crate::ImportError;
use crate::decimal::Decimal;
use crate::draft::{Cloud, KeySource, Upstream, facts};
use crate::providers::{self, Known};
use crate::routing::{self, Choice, Target};
use crate::tree::Tree;

use super::{Branch, Import};

/// For how many seconds Portkey keeps answers where nothing is said: a week.
const USUAL_AGE: i64 = 7 * 86_400;

/// Providers at Azure, which speak OpenAI's dialect.
const AZURE: [&str; 2] = ["azure-openai", "azure"];

impl Import {
    /// The providers of virtual keys, where the file lists them.
    pub(super) fn virtual_keys(&mut self, root: &Tree) {
        for key in root
            .get("virtual_keys")
            .map(Tree::items)
            .unwrap_or_default()
        {
            let slug = key.get("slug").or(key.get("name")).and_then(Tree::text);
            let provider = ["ai_provider_name", "provider", "ai_provider_id"]
                .iter()
                .find_map(|member| key.get(member)?.text());
            if let (Some(slug), Some(provider)) = (slug, provider) {
                let what = format!("virtual key {slug} is a key at {provider}");
                self.draft.plan.report.taken(key, what);
                self.virtual_keys
                    .insert(slug.to_owned(), provider.to_owned());
            }
            super::words::leave_key(key, &mut self.draft.plan.report);
        }
    }

    /// The target at the end of a tree.
    pub(super) fn leaf(&mut self, at: &Tree) -> Result<Branch, ImportError> {
        let name = at.text_of("name")?.map(str::to_owned);
        let mut branch = Branch {
            name,
            choice: Choice::Ordered,
            targets: Vec::new(),
            cache: self.cache(at)?,
            fallback_on: Vec::new(),
        };
        let (model, named) = self.model(at)?;
        let virtual_key = at.text_of("virtual_key")?;
        let word = at.text_of("provider")?.map(str::to_owned).or(named);
        let word =
            word.or_else(|| virtual_key.and_then(|slug| self.virtual_keys.get(slug).cloned()));
        let guessed = word.is_none();
        let word = match word.or_else(|| virtual_key.and_then(guess)) {
            Some(word) => word,
            None => {
                let why = "this target does not say which provider it is";
                let instead = "add `provider` to it, or the export of your virtual keys to the file as \
                               `virtual_keys`";
                self.draft.plan.report.left(at, why, instead);
                return Ok(branch);
            }
        };
        if guessed {
            let how = format!("the provider is taken to be {word}, by the name of the virtual key");
            self.draft.plan.report.changed(at, how);
        }
        let slug = word.trim_start_matches('@').to_owned();
        let provider = self
            .virtual_keys
            .get(&slug)
            .cloned()
            .unwrap_or(slug.clone());
        let Some(upstream) = self.upstream(at, &provider, &slug)? else {
            return Ok(branch);
        };
        let provider = match self.draft.provider(at, &upstream) {
            Ok(provider) => provider,
            Err(why) => {
                let why = format!("target {word}: {why}");
                self.draft.plan.report.left(at, why, "add `custom_host`");
                return Ok(branch);
            }
        };
        if let Some(wait) = at.number_of("request_timeout")? {
            // Portkey counts milliseconds.
            if let Some(wait) = wait.integer().and_then(|wait| u32::try_from(wait).ok()) {
                self.draft.wait(&provider, wait.max(1));
            }
            if let Some(at) = at.get("request_timeout") {
                let how = format!(
                    "how long Provider {provider} may take for the first byte (timeouts.first_byte_ms)"
                );
                self.draft.plan.report.changed(at, how);
            }
        }
        match model {
            Some(model) => branch.targets.push(Target::share(&provider, &model, 1)),
            None => {
                let how = format!("the caller names the model: {provider}/MODEL");
                self.draft.plan.report.changed(at, how);
            }
        }
        Ok(branch)
    }

    /// The model that a target insists on, and the provider that `@provider/model` names.
    fn model(&mut self, at: &Tree) -> Result<(Option<String>, Option<String>), ImportError> {
        let Some(overridden) = at.get("override_params") else {
            let model = at
                .text_of("azure_model_name")?
                .or(at.text_of("deployment_id")?);
            return Ok((model.map(str::to_owned), None));
        };
        let model = overridden.text_of("model")?;
        for (name, member) in overridden.members() {
            if name != "model" {
                let why = "nothing is added to a request: what the caller sends is what the provider gets";
                self.draft
                    .plan
                    .report
                    .left(member, why, "let callers send it");
            }
        }
        Ok(
            match model.and_then(|text| text.strip_prefix('@')?.split_once('/')) {
                Some((provider, model)) => (Some(model.to_owned()), Some(provider.to_owned())),
                None => (model.map(str::to_owned), None),
            },
        )
    }

    fn upstream(
        &mut self,
        at: &Tree,
        provider: &str,
        slug: &str,
    ) -> Result<Option<Upstream>, ImportError> {
        let host = at.text_of("custom_host")?;
        let known = providers::by_word(provider);
        let mut catalog = known.map(|known| known.id);
        let mut cloud = None;
        let mut base_url = host.map(|url| match known {
            Some(Known { address, .. }) => address.written(url),
            None => providers::Address::Same.written(url),
        });
        if AZURE.contains(&provider) && host.is_none() {
            let Some(resource) = at
                .text_of("azure_resource_name")?
                .or(at.text_of("resource_name")?)
            else {
                let why = "the resource at Azure is in Portkey's vault, not in the file";
                let instead = "add `resource_name` to the target";
                self.draft.plan.report.left(at, why, instead);
                return Ok(None);
            };
            let version = at
                .text_of("azure_api_version")?
                .or(at.text_of("api_version")?);
            let found = Cloud::Azure(providers::azure_version(version));
            base_url = Some(format!("https://{resource}.openai.azure.com"));
            catalog = Some(found.id());
            cloud = Some(found);
        } else if known.is_none() && host.is_none() {
            let why = format!("target {provider}: {}", providers::UNKNOWN);
            self.draft.plan.report.left(at, why, providers::INSTEAD);
            return Ok(None);
        }
        let key = self.key(at, catalog, slug)?;
        let stem = match (&base_url, catalog) {
            (None, Some(id)) => id.to_owned(),
            (Some(url), None) if !AZURE.contains(&provider) => providers::host(url),
            _ => provider.to_owned(),
        };
        Ok(Some(Upstream {
            stem,
            catalog,
            base_url,
            keys: vec![key],
            headers: BTreeMap::new(),
            cloud,
        }))
    }

    fn key(
        &mut self,
        at: &Tree,
        catalog: Option<&str>,
        slug: &str,
    ) -> Result<KeySource, ImportError> {
        if let Some(text) = at.text_of("api_key")? {
            return Ok(KeySource::Literal(SecretText::new(text)));
        }
        let vault = at.text_of("virtual_key")?;
        let vault = vault.or((catalog != Some(slug)).then_some(slug));
        if let Some(word) = vault.filter(|_| catalog.is_some() || at.has("virtual_key")) {
            let how = format!(
                "the key of {word} is in Portkey's vault: the secret has to be set by hand"
            );
            self.draft.plan.report.changed(at, how);
            return Ok(KeySource::Elsewhere(word.to_owned()));
        }
        let variable = catalog.and_then(facts).and_then(|facts| facts.env.first());
        Ok(match variable {
            Some(variable) => {
                let how = format!("no key is given: it is read from {variable}");
                self.draft.plan.report.changed(at, how);
                KeySource::Env(variable.clone())
            }
            None => KeySource::None,
        })
    }

    /// For how many seconds a config or target keeps answers.
    pub(super) fn cache(&mut self, at: &Tree) -> Result<Option<u32>, ImportError> {
        let Some(cache) = at.get("cache").filter(|cache| cache.is_map()) else {
            return Ok(None);
        };
        let mode = cache.text_of("mode")?.unwrap_or("simple");
        let age = cache.number_of("max_age")?.and_then(Decimal::integer);
        let Some(seconds) = routing::kept_for(Some(age.unwrap_or(USUAL_AGE))) else {
            return Ok(None);
        };
        let how = format!(
            "cache ({mode}): answers are kept for {seconds} s, apart for each key (cache.scope: key), and \
             only given again where exactly the same is asked"
        );
        self.draft.plan.report.changed(cache, how);
        Ok(Some(seconds))
    }

    /// The kinds of failures after which a strategy asks the next target; empty for the usual ones.
    pub(super) fn fallback_on(&mut self, at: &Tree) -> Result<Vec<&'static str>, ImportError> {
        let Some(strategy) = at.get("strategy") else {
            return Ok(Vec::new());
        };
        let mut kinds = Vec::new();
        for name in ["on_status_codes", "onStatusCodes"] {
            for code in strategy.list_of(name)? {
                let status = code.number().and_then(Decimal::integer);
                match status.and_then(routing::failure) {
                    Some(kind) if kinds.contains(&kind) => {}
                    Some(kind) => kinds.push(kind),
                    None => {
                        let why =
                            "an answer of this status is the caller's: no other target is asked";
                        self.draft.plan.report.left(code, why, "");
                    }
                }
            }
            if let Some(codes) = strategy.get(name).filter(|_| !kinds.is_empty()) {
                let how = format!(
                    "the next target is asked by kinds of failures and not by status: {}",
                    kinds.join(", ")
                );
                self.draft.plan.report.changed(codes, how);
            }
        }
        Ok(kinds)
    }

    /// Says what of a config or target has no place here.
    pub(super) fn common(&mut self, at: &Tree) {
        if let Some(retry) = at.get("retry") {
            let attempts = retry
                .get("attempts")
                .and_then(Tree::number)
                .and_then(Decimal::integer);
            let attempts = attempts
                .map(|n| format!("{n} attempts: "))
                .unwrap_or_default();
            let why = format!("{attempts}each target is tried once, and the next one asked");
            self.draft
                .plan
                .report
                .left(retry, why, "see docs/failover.md");
        }
        super::words::leave(at, &mut self.draft.plan.report);
    }

    /// Notes of a config that is listed with others.
    pub(super) fn notes(&mut self, at: &Tree) {
        super::words::leave_notes(at, &mut self.draft.plan.report);
    }
}

/// The provider that a virtual key's name begins with.
fn guess(slug: &str) -> Option<String> {
    let lower = slug.to_ascii_lowercase();
    let mut ids: Vec<&str> = catalogue().iter().map(|facts| facts.id.as_str()).collect();
    ids.extend(AZURE);
    ids.sort_by_key(|id| std::cmp::Reverse(id.len()));
    let found = ids.into_iter().find(|id| lower.starts_with(id))?;
    Some(found.to_owned())
}
