//! One deployment of LiteLLM: the provider that it is, and what its parameters become.

use std::collections::BTreeMap;

use tollgate_model::UsageClass;

use crate::ImportError;
use crate::decimal::Decimal;
use crate::draft::{self, KeySource, Upstream, facts};
use crate::providers::{self, Known};
use crate::tree::Tree;

use super::import::{Deployment, Import};

/// Prefixes of whatever speaks OpenAI's dialect at its own address.
const COMPATIBLE: [&str; 6] = [
    "custom_openai",
    "openai_like",
    "litellm_proxy",
    "custom",
    "aiohttp_openai",
    "text-completion-custom",
];

/// Members that say what a class costs, per unit.
const PRICES: [(&str, UsageClass); 12] = [
    ("input_cost_per_token", UsageClass::Input),
    ("output_cost_per_token", UsageClass::Output),
    ("cache_read_input_token_cost", UsageClass::CacheRead),
    ("cache_creation_input_token_cost", UsageClass::CacheWrite),
    (
        "cache_creation_input_token_cost_above_1hr",
        UsageClass::CacheWriteLong,
    ),
    ("input_cost_per_audio_token", UsageClass::InputAudio),
    ("output_cost_per_audio_token", UsageClass::OutputAudio),
    ("output_cost_per_reasoning_token", UsageClass::Reasoning),
    ("input_cost_per_request", UsageClass::Requests),
    ("input_cost_per_character", UsageClass::Characters),
    ("output_cost_per_image", UsageClass::Images),
    ("input_cost_per_query", UsageClass::RerankSearches),
];

/// Parts of a header's name that say that its value is a secret.
const SECRETIVE: [&str; 6] = ["key", "token", "secret", "auth", "cookie", "password"];

/// What a deployment's `model` means.
enum Meaning {
    /// A provider of the catalogue.
    Listed(Known, String),
    /// Whatever answers at the address, in OpenAI's dialect.
    Compatible(String),
    /// A deployment of a resource at Azure.
    Azure(String),
    /// A model at Vertex AI.
    Vertex(String),
    /// A provider that is not in the catalogue.
    Unlisted(String),
}

impl<'t> Import<'t> {
    /// The provider and model of a deployment. `None` where it cannot be taken over, which the
    /// report then says.
    pub(super) fn deployment(
        &mut self,
        entry: &'t Tree,
        params: &'t Tree,
    ) -> Result<Option<Deployment>, ImportError> {
        let model = params.required("model")?;
        let shared = self.shared(params)?;
        let text_of = |name: &str| -> Result<Option<&'t str>, ImportError> {
            match params.text_of(name)? {
                Some(text) => Ok(Some(text)),
                None => shared.map_or(Ok(None), |values| values.text_of(name)),
            }
        };
        let base = text_of("api_base")?.or(text_of("base_url")?);
        let address = base.and_then(|text| self.plain(text)).map(str::to_owned);
        if base.is_some() && address.is_none() {
            let why = format!(
                "deployment {model}: its address is in a variable of LiteLLM's environment"
            );
            let instead = "write the address itself into the config, and import it again";
            self.draft.plan.report.left(entry, why, instead);
            return Ok(None);
        }
        let word = params.text_of("custom_llm_provider")?;
        let meaning = meaning(model, word, address.is_some());
        let key = text_of("api_key")?.map_or(KeySource::None, |text| self.secret(text));
        let headers = self.headers(params)?;
        let (upstream, model) = match meaning {
            Meaning::Unlisted(word) => {
                let why = format!("deployment {model}: {} ({word})", providers::UNKNOWN);
                self.draft.plan.report.left(entry, why, providers::INSTEAD);
                return Ok(None);
            }
            Meaning::Compatible(model) => (compatible(address, key, headers), model),
            Meaning::Azure(model) => (self.azure(params, address, (key, headers))?, model),
            Meaning::Vertex(model) => (self.vertex(params, headers)?, model),
            Meaning::Listed(known, model) => {
                let upstream = self.listed(params, known, address, (key, headers));
                (upstream, model)
            }
        };
        let provider = match self.draft.provider(entry, &upstream) {
            Ok(provider) => provider,
            Err(why) => {
                let why = format!("deployment {model}: {why}");
                self.draft
                    .plan
                    .report
                    .left(entry, why, "give it an address (`api_base`)");
                return Ok(None);
            }
        };
        let deployment = Deployment {
            provider,
            model,
            order: params.number_of("order")?.and_then(Decimal::integer),
            weight: params.number_of("weight")?,
            requests: params.number_of("rpm")?,
            tokens: params.number_of("tpm")?,
        };
        self.waits(&deployment, params)?;
        self.prices(&deployment, params)?;
        if let Some(info) = entry.get("model_info") {
            self.prices(&deployment, info)?;
        }
        Ok(Some(deployment))
    }

    /// The values of the credential that a deployment names.
    fn shared(&mut self, params: &'t Tree) -> Result<Option<&'t Tree>, ImportError> {
        let Some(name) = params.text_of("litellm_credential_name")? else {
            return Ok(None);
        };
        let found = self.credentials.get(name).copied();
        if let (None, Some(at)) = (found, params.get("litellm_credential_name")) {
            let why = format!("there is no credential {name:?} in credential_list");
            let instead = "set the provider's key with `tollgate secret set`";
            self.draft.plan.report.left(at, why, instead);
        }
        Ok(found)
    }

    fn listed(
        &mut self,
        params: &Tree,
        known: Known,
        address: Option<String>,
        (key, headers): (KeySource, BTreeMap<String, String>),
    ) -> Upstream {
        let usual = facts(known.id).and_then(|facts| facts.env.first());
        let key = match (key, usual, &address) {
            (KeySource::None, Some(variable), None) => {
                let how = format!("no api_key is given: the key is read from {variable}");
                self.draft.plan.report.changed(params, how);
                KeySource::Env(variable.clone())
            }
            (key, ..) => key,
        };
        let own = address.as_deref().map(|url| known.address.written(url));
        let stem = match (
            &own,
            facts(known.id).and_then(|facts| facts.base_url.as_ref()),
        ) {
            (Some(own), Some(usual)) if own != usual => providers::host(own),
            _ => known.id.to_owned(),
        };
        Upstream {
            stem,
            catalog: Some(known.id),
            base_url: own,
            keys: vec![key],
            headers,
            cloud: None,
        }
    }

    fn headers(&mut self, params: &Tree) -> Result<BTreeMap<String, String>, ImportError> {
        let mut headers = BTreeMap::new();
        if let Some(organization) = params.text_of("organization")?
            && let Some(organization) = self.plain(organization)
        {
            headers.insert("openai-organization".to_owned(), organization.to_owned());
        }
        for name in ["extra_headers", "headers"] {
            let members = params.get(name).map(Tree::members).unwrap_or_default();
            for (header, value) in members {
                let lower = header.to_ascii_lowercase();
                let secretive = SECRETIVE.iter().any(|part| lower.contains(part));
                match value.text().filter(|_| !secretive) {
                    Some(text) if draft::header_passes(&lower, text) => {
                        headers.insert(lower, text.to_owned());
                    }
                    Some(_) => {
                        let why =
                            "this header cannot be set: the gateway sets it itself, or it is none";
                        self.draft.plan.report.left(value, why, "");
                    }
                    None => {
                        let why = "the value of this header may be a secret, and a provider's headers \
                                   are shown";
                        let instead = "add it to the Provider's `headers` if it is none";
                        self.draft.plan.report.left(value, why, instead);
                    }
                }
            }
        }
        Ok(headers)
    }

    fn waits(&mut self, deployment: &Deployment, params: &Tree) -> Result<(), ImportError> {
        for name in ["timeout", "stream_timeout"] {
            let Some(wait) = params.number_of(name)?.and_then(Decimal::milliseconds) else {
                continue;
            };
            self.draft.wait(&deployment.provider, wait);
            if let Some(at) = params.get(name) {
                let how = format!(
                    "{name} is how long Provider {} may take for the first byte \
                     (timeouts.first_byte_ms); the longest of a provider's deployments holds",
                    deployment.provider
                );
                self.draft.plan.report.changed(at, how);
            }
        }
        Ok(())
    }

    fn prices(&mut self, deployment: &Deployment, from: &Tree) -> Result<(), ImportError> {
        for (name, class) in PRICES {
            let Some(price) = from.number_of(name)? else {
                continue;
            };
            let Some(at) = from.get(name) else {
                continue;
            };
            let Some(rate) = price.rate_of_one() else {
                let why = "this price is negative or too large";
                self.draft
                    .plan
                    .report
                    .left(at, why, "set it in the Provider's `prices`");
                continue;
            };
            let Deployment {
                provider, model, ..
            } = deployment;
            let other = self.draft.price(provider, model, (class, rate.value));
            let what = format!(
                "Provider {provider}: {model} costs ${} per million ({class})",
                other.unwrap_or(rate.value)
            );
            let report = &mut self.draft.plan.report;
            match (other, rate.exact) {
                (None, true) => report.taken(at, what),
                (None, false) => report.changed(at, format!("{what}, rounded up to a nano-dollar")),
                (Some(_), _) => {
                    let how = format!(
                        "{what}: another deployment of it said so first, and a provider has one price"
                    );
                    report.changed(at, how);
                }
            }
        }
        Ok(())
    }
}

fn compatible(
    address: Option<String>,
    key: KeySource,
    headers: BTreeMap<String, String>,
) -> Upstream {
    let base_url = address.map(|url| providers::Address::Same.written(&url));
    Upstream {
        stem: base_url
            .as_deref()
            .map_or_else(|| "custom".to_owned(), providers::host),
        catalog: None,
        base_url,
        keys: vec![key],
        headers,
        cloud: None,
    }
}

fn meaning(model: &str, word: Option<&str>, has_address: bool) -> Meaning {
    let (prefix, rest) = match (word, model.split_once('/')) {
        (Some(word), Some((prefix, rest))) if prefix == word => (Some(word), rest),
        (Some(word), _) => (Some(word), model),
        (None, Some((prefix, rest))) => (Some(prefix), rest),
        (None, None) => (None, model),
    };
    let rest = rest.strip_prefix("responses/").unwrap_or(rest).to_owned();
    match prefix {
        Some(prefix) if COMPATIBLE.contains(&prefix) => Meaning::Compatible(rest),
        Some("azure" | "azure_text") if has_address => Meaning::Azure(rest),
        Some("vertex_ai" | "vertex_ai_beta") if !has_address => Meaning::Vertex(rest),
        // Its prices would be those of another.
        Some("openai") if has_address => Meaning::Compatible(rest),
        Some(prefix) => match providers::by_word(prefix) {
            Some(known) => Meaning::Listed(known, rest),
            None => Meaning::Unlisted(prefix.to_owned()),
        },
        None => match providers::by_model(model) {
            Some(known) if !has_address => Meaning::Listed(known, rest),
            _ if has_address => Meaning::Compatible(rest),
            _ => Meaning::Unlisted(model.to_owned()),
        },
    }
}
