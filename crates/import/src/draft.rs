//! The plan while it is drawn up: providers that are the same are one, secrets that are the same
//! are one, and every name is given once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Value, json};
use tollgate_catalog::{builtin, providers};
use tollgate_model::catalogue::ProviderFacts;
use tollgate_model::resource::Document;
use tollgate_model::snapshot::SecretText;
use tollgate_model::{KeyHash, Kind, Name, Rate, UsageClass};

use crate::names::Names;
use crate::plan::{Plan, StoredSecret};
use crate::report::Fate;
use crate::routing::Route;
use crate::tree::Tree;
use crate::windows::Limit;

/// Where a provider's key is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KeySource {
    /// There is none.
    None,
    /// In a variable of the environment.
    Env(String),
    /// In a file.
    File(String),
    /// The machine's own identity takes its place.
    Machine,
    /// In the source: it goes into the store.
    Literal(SecretText),
    /// Somewhere else: somebody has to set a secret that is told apart by this.
    Elsewhere(String),
}

/// A provider as a source describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Upstream {
    /// What it is called, where nothing else has the name.
    pub stem: String,
    /// The catalogue's id.
    pub catalog: Option<&'static str>,
    /// The address, where it is not the catalogue's.
    pub base_url: Option<String>,
    /// Its keys.
    pub keys: Vec<KeySource>,
    /// Headers that every request carries.
    pub headers: BTreeMap<String, String>,
    /// The cloud on which it runs.
    pub cloud: Option<Cloud>,
}

/// A cloud that serves a dialect at addresses of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cloud {
    /// Azure OpenAI, with the version that its deployments are asked with; without one it is asked
    /// where none is needed.
    Azure(Option<String>),
    /// Vertex AI: its project, where it is said, and its location.
    Vertex(Option<String>, String),
}

impl Cloud {
    /// The catalogue's id of it.
    pub(crate) const fn id(&self) -> &'static str {
        match self {
            Cloud::Azure(_) => "azure-openai",
            Cloud::Vertex(..) => "vertex",
        }
    }

    /// The spec's `platform`; `None` where the catalogue says it already.
    fn platform(&self) -> Option<Value> {
        match self {
            Cloud::Azure(version) => version.as_ref().map(
                |version| json!({ "azure": { "surface": "deployments", "api_version": version } }),
            ),
            Cloud::Vertex(project, location) => {
                let mut vertex = json!({ "location": location });
                if let Some(project) = project {
                    vertex["project"] = json!(project);
                }
                Some(json!({ "vertex": vertex }))
            }
        }
    }

    /// What its credentials are called in a spec.
    const fn access(&self) -> &'static str {
        match self {
            Cloud::Azure(_) => "key",
            Cloud::Vertex(..) => "service_account",
        }
    }
}

struct Provider {
    name: Name,
    upstream: Upstream,
    credentials: Vec<Value>,
    prices: BTreeMap<String, BTreeMap<UsageClass, Rate>>,
    first_byte_ms: Option<u32>,
    models: BTreeSet<String>,
    place: String,
}

/// A plan that is being drawn up.
pub(crate) struct Draft {
    /// The word of the source: `litellm`.
    pub source: &'static str,
    /// What has been decided.
    pub plan: Plan,
    /// Whether a model without a price costs nothing; else calls of it are refused.
    free: bool,
    names: Names,
    providers: Vec<Provider>,
    secrets: HashMap<String, Name>,
}

impl Draft {
    /// A plan from a source that charges its callers nothing for a model without a price.
    pub(crate) fn new(source: &'static str) -> Draft {
        Draft {
            free: true,
            ..Draft::of_till(source)
        }
    }

    /// A plan from a source that charges its callers for every model: what has no price here is
    /// refused, so that nobody calls for nothing.
    pub(crate) fn of_till(source: &'static str) -> Draft {
        Draft {
            source,
            free: false,
            plan: Plan::default(),
            names: Names::default(),
            providers: Vec::new(),
            secrets: HashMap::new(),
        }
    }

    /// The provider that is reached like this, made where it is the first. Fails where its address
    /// cannot be one.
    pub(crate) fn provider(&mut self, at: &Tree, wanted: &Upstream) -> Result<Name, &'static str> {
        let mut upstream = wanted.clone();
        if let Some(url) = &mut upstream.base_url {
            *url = url.trim().trim_end_matches('/').to_owned();
        }
        // What the catalogue says need not be said again.
        let facts = upstream.catalog.and_then(facts);
        if facts.is_some_and(|facts| facts.base_url == upstream.base_url) {
            upstream.base_url = None;
        }
        let known = |provider: &&Provider| {
            let theirs = &provider.upstream;
            theirs.catalog == upstream.catalog
                && theirs.base_url == upstream.base_url
                && theirs.keys == upstream.keys
                && theirs.headers == upstream.headers
                && theirs.cloud == upstream.cloud
        };
        if let Some(provider) = self.providers.iter().find(known) {
            return Ok(provider.name.clone());
        }
        let platform = upstream.cloud.as_ref().and_then(Cloud::platform);
        if platform
            .is_some_and(|platform| !passes(Kind::Provider, &json!({ "platform": platform })))
        {
            return Err("its version, project or location is not one that can be written");
        }
        let bare = json!({ "dialect": "openai-chat", "base_url": upstream.base_url });
        if upstream.base_url.is_some() && !passes(Kind::Provider, &bare) {
            return Err(
                "its address is not one that can be called: an address is scheme, host and \
                        path, without user, query or spaces",
            );
        }
        let on_vertex = matches!(upstream.cloud, Some(Cloud::Vertex(..)));
        let placed = on_vertex || facts.is_some_and(|facts| facts.base_url.is_some());
        if upstream.base_url.is_none() && !placed {
            return Err("it has no address, and the catalogue knows none either");
        }
        let name = self.names.give("Provider", &upstream.stem, "provider");
        let credentials = self.credentials(&name, &upstream);
        self.providers.push(Provider {
            name: name.clone(),
            upstream,
            credentials,
            prices: BTreeMap::new(),
            first_byte_ms: None,
            models: BTreeSet::new(),
            place: at.path().to_owned(),
        });
        Ok(name)
    }

    fn credentials(&mut self, provider: &Name, upstream: &Upstream) -> Vec<Value> {
        let keys = &upstream.keys;
        let access = upstream.cloud.as_ref().map_or("key", Cloud::access);
        let several = keys.len() > 1;
        let mut credentials = Vec::new();
        for (place, key) in keys.iter().enumerate() {
            let pointer = match key {
                KeySource::None => continue,
                KeySource::Machine => json!({}),
                KeySource::Env(variable) => json!({ "env": variable }),
                KeySource::File(path) => json!({ "file": path }),
                KeySource::Literal(secret) => {
                    let stem = format!("{}-{provider}", self.source);
                    json!({ "secret": self.secret(&stem, Some(secret.clone())) })
                }
                KeySource::Elsewhere(word) => {
                    let stem = format!("{}-{word}", self.source);
                    json!({ "secret": self.secret(&stem, None) })
                }
            };
            let name = match several {
                true => format!("key-{}", place + 1),
                false => "main".to_owned(),
            };
            let access = if *key == KeySource::Machine {
                "metadata"
            } else {
                access
            };
            credentials.push(json!({ "name": name, access: pointer }));
        }
        credentials
    }

    /// The name of a stored secret; one that was seen before has a name already.
    fn secret(&mut self, stem: &str, value: Option<SecretText>) -> Name {
        let known = match &value {
            Some(value) => format!("value {}", value.reveal()),
            None => format!("name {stem}"),
        };
        if let Some(name) = self.secrets.get(&known) {
            return name.clone();
        }
        let name = self.names.give("secret", stem, "imported-key");
        self.secrets.insert(known, name.clone());
        self.plan.secrets.push(StoredSecret {
            name: name.clone(),
            value,
        });
        name
    }

    /// Notes that a provider is asked for a model.
    pub(crate) fn serves(&mut self, provider: &Name, model: &str) {
        if let Some(provider) = self.find(provider) {
            provider.models.insert(model.to_owned());
        }
    }

    /// Sets the price of a class of a model; gives back the rate that was set before, where it was
    /// another one.
    pub(crate) fn price(
        &mut self,
        provider: &Name,
        model: &str,
        (class, rate): (UsageClass, Rate),
    ) -> Option<Rate> {
        let provider = self.find(provider)?;
        let prices = provider.prices.entry(model.to_owned()).or_default();
        let before = *prices.entry(class).or_insert(rate);
        (before != rate).then_some(before)
    }

    /// Lets a provider take so long for its first byte; the longest of several holds.
    pub(crate) fn wait(&mut self, provider: &Name, milliseconds: u32) {
        if let Some(provider) = self.find(provider) {
            let longest = provider.first_byte_ms.unwrap_or(0).max(milliseconds);
            provider.first_byte_ms = Some(longest);
        }
    }

    fn find(&mut self, name: &Name) -> Option<&mut Provider> {
        self.providers.iter_mut().find(|known| known.name == *name)
    }

    /// Adds a model that callers ask for by `text`. Gives the name that they have to use.
    pub(crate) fn model(&mut self, at: &Tree, text: &str, route: &Route) -> Name {
        let name = self.names.give("Model", text, "model");
        if name.as_str() != text {
            let how = format!(
                "the name {text:?} cannot be a model's here: callers ask for {name} instead"
            );
            self.plan.report.changed(at, how);
        }
        for target in &route.targets {
            if let Ok(provider) = target.provider.parse() {
                self.serves(&provider, &target.model);
            }
        }
        let (spec, change) = route.spec();
        let targets: Vec<String> = route
            .targets
            .iter()
            .map(|target| format!("{}/{}", target.provider, target.model))
            .collect();
        let what = format!("Model {name}: {}", targets.join(", "));
        self.plan.report.taken(at, what);
        if let Some(change) = change {
            self.plan
                .report
                .changed(at, format!("Model {name}: {change}"));
        }
        self.document(Kind::Model, &name, spec);
        name
    }

    /// A name of this kind that nothing else has.
    pub(crate) fn name(&mut self, kind: Kind, text: &str, otherwise: &str) -> Name {
        self.names.give(kind.as_str(), text, otherwise)
    }

    /// Adds a resource.
    pub(crate) fn document(&mut self, kind: Kind, name: &Name, spec: Value) {
        let name = name.clone();
        self.plan.documents.push(Document { kind, name, spec });
    }

    /// Adds a key that callers have: what is kept of it is its hash, so they go on with it.
    pub(crate) fn key(&mut self, name: &Name, key: &ForeignKey) {
        let mut spec = json!({
            "application": key.application, "hash": key.hash, "hint": key.hint,
        });
        if let Some(time) = &key.expires_at {
            spec["expires_at"] = json!(time);
        }
        if key.revoked {
            spec["revoked"] = json!(true);
        }
        if !key.models.is_empty() {
            spec["models"] = json!(key.models);
        }
        self.document(Kind::Key, name, spec);
    }

    /// Adds a budget, and says where it differs from what was meant.
    pub(crate) fn budget(&mut self, at: &Tree, stem: &str, (scope, limit): (Value, &Limit)) {
        let name = self.names.give("Budget", stem, "budget");
        let spec = json!({
            "scope": scope, "limit": limit.limit, "window": limit.window,
        });
        let what = format!(
            "Budget {name}: ${} per {}",
            limit.limit,
            limit.window.as_str()
        );
        match &limit.change {
            Some(change) => self.plan.report.changed(at, format!("{what}; {change}")),
            None => self.plan.report.taken(at, what),
        }
        self.document(Kind::Budget, &name, spec);
    }

    /// The plan, with everything in the report that nobody looked at.
    pub(crate) fn finish(mut self, roots: &[&Tree]) -> Plan {
        for provider in std::mem::take(&mut self.providers) {
            self.write(provider);
        }
        let order = |document: &Document| {
            let place = Kind::ALL.iter().position(|kind| *kind == document.kind);
            place.unwrap_or(usize::MAX)
        };
        self.plan.documents.sort_by_key(order);
        for root in roots {
            self.plan.report.forgotten(root);
        }
        self.plan
    }

    fn write(&mut self, provider: Provider) {
        let Provider { name, upstream, .. } = &provider;
        let mut spec = json!({});
        match upstream.catalog {
            Some(id) if id == name.as_str() => {}
            Some(id) => spec["catalog"] = json!(id),
            None => spec["dialect"] = json!("openai-chat"),
        }
        if let Some(url) = &upstream.base_url {
            spec["base_url"] = json!(url);
        }
        if let Some(platform) = upstream.cloud.as_ref().and_then(Cloud::platform) {
            spec["platform"] = platform;
        }
        if !provider.credentials.is_empty() {
            spec["credentials"] = json!(provider.credentials);
        }
        if !upstream.headers.is_empty() {
            spec["headers"] = json!(upstream.headers);
        }
        if !provider.prices.is_empty() {
            spec["prices"] = json!(provider.prices);
        }
        if let Some(wait) = provider.first_byte_ms {
            spec["timeouts"] = json!({ "first_byte_ms": wait });
        }
        let unpriced: Vec<&str> = provider
            .models
            .iter()
            .filter(|model| !provider.is_priced(model))
            .map(String::as_str)
            .collect();
        if !unpriced.is_empty() {
            let models = brief(&unpriced);
            let how = match self.free {
                true => format!(
                    "Provider {name}: no price is known for {models}: calls go through at no cost \
                     (unpriced: free), and no budget limits them, until the provider's `prices` name one"
                ),
                false => format!(
                    "Provider {name}: no price is known for {models}: calls are refused until the \
                     provider's `prices` name one"
                ),
            };
            if self.free {
                spec["unpriced"] = json!("free");
            }
            let place = provider.place.clone();
            self.plan
                .report
                .add(Fate::Changed, place, None, (how, None));
        }
        let kind = upstream.catalog.unwrap_or("openai-chat at its own address");
        let what = format!("Provider {name} ({kind})");
        let place = provider.place.clone();
        self.plan.report.add(Fate::Taken, place, None, (what, None));
        self.document(Kind::Provider, name, spec);
    }
}

/// A key that callers have.
pub(crate) struct ForeignKey {
    /// The application that calls with it.
    pub application: Name,
    /// SHA-256 of it as callers send it.
    pub hash: KeyHash,
    /// What of it may be shown.
    pub hint: String,
    /// RFC 3339 time from which on it no longer works.
    pub expires_at: Option<String>,
    /// Whether it was switched off.
    pub revoked: bool,
    /// The models that it may ask for; empty allows all.
    pub models: Vec<String>,
}

impl Provider {
    fn is_priced(&self, model: &str) -> bool {
        let catalogue = builtin();
        let listed = || {
            let facts = catalogue.model(self.upstream.catalog?, model)?;
            facts.price.as_ref()
        };
        self.prices.contains_key(model) || listed().is_some()
    }
}

/// The first few of a list.
pub(crate) fn brief(words: &[&str]) -> String {
    match words {
        [first, second, third, rest @ ..] if !rest.is_empty() => {
            format!("{first}, {second}, {third} and {} more", rest.len())
        }
        words => words.join(", "),
    }
}

/// The provider of this id in the catalogue.
pub(crate) fn facts(id: &str) -> Option<&'static ProviderFacts> {
    providers().iter().find(|facts| facts.id == id)
}

/// Whether a provider may send this header.
pub(crate) fn header_passes(name: &str, value: &str) -> bool {
    let spec = json!({ "dialect": "openai-chat", "headers": { name: value } });
    passes(Kind::Provider, &spec)
}

/// Whether a spec would be taken.
fn passes(kind: Kind, spec: &Value) -> bool {
    let Ok(name) = "imported".parse() else {
        return false;
    };
    let spec = spec.clone();
    Document { kind, name, spec }.check().is_ok()
}
