//! The configuration as the data plane reads it: immutable, every name resolved, every price at
//! hand, every secret opened. Keys are not in it; there may be a million.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::account::{Fund, FundKind};
use crate::catalogue::{Catalogue, ModelFacts, ProviderFacts, Quirks};
use crate::price::{Price, Rates, Schedule};
use crate::resource::{Kind, Resource, RuleRef, Spec, SpecError, nearest};
use crate::resources::{
    Billing, BudgetScope, BudgetSpec, CredentialSpec, ModelSpec, ProviderSpec, Secret, Strategy,
    Timeouts, Unpriced,
};
use crate::{Dialect, Name};

/// A secret in memory: never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(Arc<str>);

impl SecretText {
    /// Wraps a secret.
    pub fn new(text: &str) -> SecretText {
        SecretText(text.into())
    }

    /// The secret, for the one place that sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Opens the secrets that specs point to.
pub trait Secrets {
    /// The secret, or a sentence that says why it cannot be had.
    fn open(&self, secret: &Secret) -> Result<SecretText, String>;
}

/// Where a provider is reached.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// Inside the process: the built-in sandbox.
    Sandbox,
    /// Over the network.
    Http {
        /// Whether TLS is spoken.
        tls: bool,
        /// Host name or address, without brackets.
        host: String,
        /// The port.
        port: u16,
        /// What precedes the dialect's paths: empty, or `/v1`.
        base_path: String,
    },
}

/// One usable credential of a provider.
#[derive(Clone, Debug)]
pub struct CredentialPlan {
    /// Its name.
    pub name: Arc<str>,
    /// The API key.
    pub key: SecretText,
    /// Its share of calls.
    pub weight: u32,
}

/// A provider, ready to be called.
#[derive(Clone, Debug)]
pub struct ProviderPlan {
    /// Its name.
    pub name: Arc<str>,
    /// The catalogue entry it is made from; names the rules by which its errors are read.
    pub catalog: Option<Arc<str>>,
    /// The wire format.
    pub dialect: Dialect,
    /// Where it is reached.
    pub endpoint: Endpoint,
    /// Its credentials that could be opened.
    pub credentials: Vec<CredentialPlan>,
    /// Whether it is called without a credential where it has none.
    pub keyless: bool,
    /// Why credentials are missing, for the refusal of a call that needs one.
    pub missing: Vec<String>,
    /// Headers that every request carries.
    pub headers: Vec<(String, String)>,
    /// How long to wait.
    pub timeouts: Timeouts,
    /// Where it departs from its dialect.
    pub quirks: Quirks,
    /// A file of certificates to trust besides the system's.
    pub ca_file: Option<String>,
    /// The resource.
    pub rule: RuleRef,
    prices: HashMap<String, Price>,
    unpriced: Unpriced,
}

/// A model at a provider, ready to be called.
#[derive(Clone, Debug)]
pub struct TargetPlan {
    /// The provider.
    pub provider: Arc<ProviderPlan>,
    /// The provider's name for the model.
    pub model: Arc<str>,
    /// Its share of calls under `weighted`.
    pub weight: u32,
    /// What it costs; `None` where nobody knows, so that a call is refused.
    pub price: Option<Schedule>,
    /// The most tokens of an answer, where it is known.
    pub max_output: Option<u64>,
}

/// A name that callers may ask for.
#[derive(Clone, Debug)]
pub struct ModelPlan {
    /// The name as callers write it.
    pub name: Arc<str>,
    /// The `Model` that defines it; `None` for a provider's own name.
    pub rule: Option<RuleRef>,
    /// How a target is chosen.
    pub strategy: Strategy,
    /// At least one.
    pub targets: Vec<TargetPlan>,
}

/// An application, ready to be charged.
#[derive(Clone, Debug)]
pub struct ApplicationPlan {
    /// Its name.
    pub name: Arc<str>,
    /// The team that pays.
    pub team: Arc<str>,
    /// How that team pays.
    pub billing: Billing,
    /// The budgets of application, team and organization, then the wallet.
    pub funds: Vec<Arc<Fund>>,
}

/// The compiled configuration.
pub struct Snapshot {
    /// The revision that it is made from.
    pub revision: u64,
    applications: HashMap<Arc<str>, ApplicationPlan>,
    providers: Vec<Arc<ProviderPlan>>,
    models: HashMap<Arc<str>, Arc<ModelPlan>>,
    key_budgets: HashMap<Arc<str>, Vec<Arc<Fund>>>,
    model_budgets: HashMap<String, Vec<Arc<Fund>>>,
    catalogue: Arc<dyn Catalogue>,
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}

/// A snapshot, and what is not wrong but will not work either.
#[derive(Debug)]
pub struct Compiled {
    /// The snapshot.
    pub snapshot: Snapshot,
    /// Sentences for the operator: a variable that is not set, a provider without a credential.
    pub warnings: Vec<String>,
}

/// The name of the provider that answers inside the process.
pub const SANDBOX: &str = "sandbox";

impl Snapshot {
    /// Compiles resources. The built-in sandbox is always among the providers. Fails with every
    /// fault that was found, so that a file is corrected in one go.
    pub fn compile(
        revision: u64,
        resources: &[Resource],
        catalogue: Arc<dyn Catalogue>,
        secrets: &dyn Secrets,
    ) -> Result<Compiled, Vec<SpecError>> {
        Compiler {
            resources,
            catalogue,
            secrets,
            faults: Vec::new(),
            warnings: Vec::new(),
        }
        .run(revision)
    }

    /// The application of this name.
    pub fn application(&self, name: &str) -> Option<&ApplicationPlan> {
        self.applications.get(name)
    }

    /// Every provider, in the order of names; the sandbox is one of them.
    pub fn providers(&self) -> &[Arc<ProviderPlan>] {
        &self.providers
    }

    /// The names that callers can ask for, without those that only the catalogue's rules match.
    pub fn models(&self) -> impl Iterator<Item = &Arc<ModelPlan>> {
        self.models.values()
    }

    /// Every fund on which a call of this application, key and model draws: the budgets of the key,
    /// of the model, of application, team and organization, then the wallet.
    pub fn funds<'a>(
        &'a self,
        application: &'a ApplicationPlan,
        key: &str,
        model: &str,
    ) -> impl Iterator<Item = &'a Arc<Fund>> {
        let of_key = self.key_budgets.get(key).into_iter().flatten();
        let of_model = self.model_budgets.get(model).into_iter().flatten();
        of_key.chain(of_model).chain(&application.funds)
    }

    /// Every fund of the configuration.
    pub fn all_funds(&self) -> Vec<Arc<Fund>> {
        let lists = self
            .applications
            .values()
            .map(|application| &application.funds);
        let lists = lists
            .chain(self.key_budgets.values())
            .chain(self.model_budgets.values());
        let mut all: HashMap<String, Arc<Fund>> = HashMap::new();
        for fund in lists.flatten() {
            all.entry(fund.key()).or_insert_with(|| Arc::clone(fund));
        }
        all.into_values().collect()
    }

    /// What a caller means by a model's name: a `Model`, `provider/model`, or a bare name that the
    /// catalogue lists under a registered provider.
    pub fn resolve(&self, name: &str) -> Option<Arc<ModelPlan>> {
        if let Some(plan) = self.models.get(name) {
            return Some(Arc::clone(plan));
        }
        if let Some((provider, model)) = name.split_once('/')
            && let Some(plan) = self.providers.iter().find(|p| &*p.name == provider)
            && !model.is_empty()
        {
            return direct(name, plan, model, &*self.catalogue).map(Arc::new);
        }
        let targets: Vec<TargetPlan> = self
            .providers
            .iter()
            .filter_map(|provider| {
                let facts = self.catalogue.model(provider.catalog.as_deref()?, name)?;
                Some(target(provider, name, 1, Some(facts)))
            })
            .collect();
        (!targets.is_empty()).then(|| Arc::new(bare(name, targets)))
    }

    /// Names that are spelt much like this one, the likeliest first, at most three.
    pub fn near_matches(&self, name: &str) -> Vec<Arc<str>> {
        let mut scored: Vec<(f64, &Arc<str>)> = self
            .models
            .keys()
            .map(|known| {
                let tail = known.rsplit('/').next().unwrap_or(known);
                let likeness = strsim::jaro_winkler(name, known);
                (likeness.max(strsim::jaro_winkler(name, tail)), known)
            })
            .filter(|(likeness, _)| *likeness > 0.8)
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        scored
            .into_iter()
            .take(3)
            .map(|(_, known)| Arc::clone(known))
            .collect()
    }
}

fn bare(name: &str, targets: Vec<TargetPlan>) -> ModelPlan {
    ModelPlan {
        name: name.into(),
        rule: None,
        strategy: Strategy::Priority,
        targets,
    }
}

/// `provider/model`, where the provider's catalogue entry knows the model, the spec prices it, or
/// the provider takes unlisted names.
fn direct(
    name: &str,
    provider: &Arc<ProviderPlan>,
    model: &str,
    catalogue: &dyn Catalogue,
) -> Option<ModelPlan> {
    let facts = provider
        .catalog
        .as_deref()
        .and_then(|id| catalogue.model(id, model));
    if provider.endpoint == Endpoint::Sandbox && facts.is_none() {
        return None;
    }
    Some(bare(name, vec![target(provider, model, 1, facts)]))
}

fn target(
    provider: &Arc<ProviderPlan>,
    model: &str,
    weight: u32,
    facts: Option<&ModelFacts>,
) -> TargetPlan {
    let own = provider.prices.get(model).or_else(|| {
        let listed = facts.is_some_and(|facts| facts.price.is_some());
        provider.prices.get("*").filter(|_| !listed)
    });
    let free = || match provider.unpriced {
        Unpriced::Free => Some(Schedule::always(Price::flat(
            "unpriced: free",
            Rates::default(),
        ))),
        Unpriced::Refuse => None,
    };
    TargetPlan {
        provider: Arc::clone(provider),
        model: model.into(),
        weight,
        price: own
            .map(|price| Schedule::always(price.clone()))
            .or_else(|| facts.and_then(|facts| facts.price.clone()))
            .or_else(free),
        max_output: facts.and_then(|facts| facts.max_output.or(facts.context_window)),
    }
}

struct Compiler<'a> {
    resources: &'a [Resource],
    catalogue: Arc<dyn Catalogue>,
    secrets: &'a dyn Secrets,
    faults: Vec<SpecError>,
    warnings: Vec<String>,
}

impl Compiler<'_> {
    fn run(mut self, revision: u64) -> Result<Compiled, Vec<SpecError>> {
        let providers = self.providers();
        let models = self.models(&providers);
        let (key_budgets, model_budgets) = self.narrow_budgets();
        let applications = self.applications();
        if !self.faults.is_empty() {
            return Err(self.faults);
        }
        let snapshot = Snapshot {
            revision,
            applications,
            providers,
            models,
            key_budgets,
            model_budgets,
            catalogue: self.catalogue,
        };
        Ok(Compiled {
            snapshot,
            warnings: self.warnings,
        })
    }

    fn fault(&mut self, resource: &Resource, place: &str, message: String) {
        let place = format!("{} {}: {place}", resource.kind(), resource.name);
        self.faults.push(SpecError::new(place, message));
    }

    /// Says that a resource names another that is not there, with the nearest that is.
    fn missing(&mut self, resource: &Resource, place: &str, kind: Kind, name: &str) {
        let known = self
            .resources
            .iter()
            .filter(|r| r.kind() == kind)
            .map(|r| r.name.as_str());
        let hint = match nearest(name, known) {
            Some(near) => format!("; did you mean {near}?"),
            None => format!("; create the {kind} first, or in the same file"),
        };
        self.fault(
            resource,
            place,
            format!("there is no {kind} called \"{name}\"{hint}"),
        );
    }

    fn has(&self, kind: Kind, name: &Name) -> bool {
        self.resources
            .iter()
            .any(|r| r.kind() == kind && r.name == *name)
    }

    fn providers(&mut self) -> Vec<Arc<ProviderPlan>> {
        let mut plans = Vec::new();
        for resource in self.resources {
            if let Spec::Provider(spec) = &resource.spec {
                plans.extend(self.provider(resource, spec).map(Arc::new));
            }
        }
        if !plans.iter().any(|plan| &*plan.name == SANDBOX) {
            plans.extend(sandbox(&*self.catalogue).map(Arc::new));
        }
        plans.sort_by(|a, b| a.name.cmp(&b.name));
        plans
    }

    fn provider(&mut self, resource: &Resource, spec: &ProviderSpec) -> Option<ProviderPlan> {
        let catalogue = Arc::clone(&self.catalogue);
        let id = spec.catalog.as_deref().unwrap_or(resource.name.as_str());
        let facts = catalogue.provider(id);
        if spec.catalog.is_some() && facts.is_none() {
            self.fault(
                resource,
                "spec.catalog",
                format!("the catalogue has no provider \"{id}\""),
            );
            return None;
        }
        let dialect = spec.dialect.or(facts.map(|facts| facts.dialect));
        let Some(dialect) = dialect else {
            let message = "name the dialect: the catalogue does not know this provider".to_owned();
            self.fault(resource, "spec.dialect", message);
            return None;
        };
        let endpoint = match (spec.base_url.as_deref(), facts) {
            (Some(url), _) => endpoint(url),
            (None, Some(facts)) if facts.id == SANDBOX => Some(Endpoint::Sandbox),
            (None, Some(facts)) => facts.base_url.as_deref().and_then(endpoint),
            (None, None) => None,
        };
        let Some(endpoint) = endpoint else {
            let message = "give the address: the catalogue has none for this provider".to_owned();
            self.fault(resource, "spec.base_url", message);
            return None;
        };
        let (credentials, missing) = self.credentials(resource, &spec.credentials);
        Some(ProviderPlan {
            name: resource.name.shared(),
            catalog: facts.map(|facts| facts.id.as_str().into()),
            dialect,
            endpoint,
            keyless: spec.credentials.is_empty(),
            credentials,
            missing,
            headers: spec.headers.clone().into_iter().collect(),
            timeouts: spec.timeouts,
            quirks: facts.map(|facts| facts.quirks).unwrap_or_default(),
            ca_file: spec.ca_file.clone(),
            rule: resource.rule(),
            prices: prices(resource, spec),
            unpriced: spec.unpriced,
        })
    }

    fn credentials(
        &mut self,
        resource: &Resource,
        specs: &[CredentialSpec],
    ) -> (Vec<CredentialPlan>, Vec<String>) {
        let (mut usable, mut missing) = (Vec::new(), Vec::new());
        for spec in specs {
            match self.secrets.open(&spec.key) {
                Ok(key) => usable.push(CredentialPlan {
                    name: spec.name.shared(),
                    key,
                    weight: spec.weight,
                }),
                Err(why) => missing.push(format!("credential {}: {why}", spec.name)),
            }
        }
        let told = missing
            .iter()
            .map(|why| format!("Provider {}: {why}", resource.name));
        self.warnings.extend(told);
        (usable, missing)
    }

    fn models(&mut self, providers: &[Arc<ProviderPlan>]) -> HashMap<Arc<str>, Arc<ModelPlan>> {
        let mut models: HashMap<Arc<str>, Arc<ModelPlan>> = HashMap::new();
        let mut bare_names: HashMap<&str, Vec<TargetPlan>> = HashMap::new();
        let catalogue = Arc::clone(&self.catalogue);
        for provider in providers {
            let Some(id) = provider.catalog.as_deref() else {
                continue;
            };
            for facts in catalogue.models(id) {
                let plan = target(provider, &facts.id, 1, Some(facts));
                bare_names.entry(&facts.id).or_default().push(plan.clone());
                let name: Arc<str> = format!("{}/{}", provider.name, facts.id).into();
                models.insert(Arc::clone(&name), Arc::new(bare(&name, vec![plan])));
            }
        }
        for (name, targets) in bare_names {
            models
                .entry(name.into())
                .or_insert_with(|| Arc::new(bare(name, targets)));
        }
        for resource in self.resources {
            if let Spec::Model(spec) = &resource.spec
                && let Some(plan) = self.model(resource, spec, providers)
            {
                models.insert(resource.name.shared(), Arc::new(plan));
            }
        }
        models
    }

    fn model(
        &mut self,
        resource: &Resource,
        spec: &ModelSpec,
        providers: &[Arc<ProviderPlan>],
    ) -> Option<ModelPlan> {
        let mut targets = Vec::new();
        for (place, wanted) in spec.targets.iter().enumerate() {
            let Some(provider) = providers
                .iter()
                .find(|p| *p.name == *wanted.provider.as_str())
            else {
                let place = format!("spec.targets[{place}].provider");
                self.missing(resource, &place, Kind::Provider, wanted.provider.as_str());
                continue;
            };
            let facts = provider
                .catalog
                .as_deref()
                .and_then(|id| self.catalogue.model(id, &wanted.model));
            targets.push(target(provider, &wanted.model, wanted.weight, facts));
        }
        (!targets.is_empty()).then(|| ModelPlan {
            name: resource.name.shared(),
            rule: Some(resource.rule()),
            strategy: spec.strategy,
            targets,
        })
    }

    #[allow(clippy::type_complexity)]
    fn narrow_budgets(
        &mut self,
    ) -> (
        HashMap<Arc<str>, Vec<Arc<Fund>>>,
        HashMap<String, Vec<Arc<Fund>>>,
    ) {
        let mut of_keys: HashMap<Arc<str>, Vec<Arc<Fund>>> = HashMap::new();
        let mut of_models: HashMap<String, Vec<Arc<Fund>>> = HashMap::new();
        for (resource, spec) in budgets(self.resources) {
            let fund = budget(resource, spec);
            match &spec.scope {
                BudgetScope::Key(key) => of_keys.entry(key.shared()).or_default().push(fund),
                BudgetScope::Model(model) => {
                    of_models.entry(model.clone()).or_default().push(fund);
                }
                BudgetScope::Team(team) if !self.has(Kind::Team, team) => {
                    self.missing(resource, "spec.scope.team", Kind::Team, team.as_str());
                }
                BudgetScope::Application(name) if !self.has(Kind::Application, name) => {
                    let place = "spec.scope.application";
                    self.missing(resource, place, Kind::Application, name.as_str());
                }
                BudgetScope::Organization | BudgetScope::Team(_) | BudgetScope::Application(_) => {}
            }
        }
        (of_keys, of_models)
    }

    fn applications(&mut self) -> HashMap<Arc<str>, ApplicationPlan> {
        let mut plans = HashMap::new();
        for resource in self.resources {
            let Spec::Application(spec) = &resource.spec else {
                continue;
            };
            let team = self.resources.iter().find_map(|r| match &r.spec {
                Spec::Team(team) if r.name == spec.team => Some((r, team)),
                _ => None,
            });
            let Some((team, team_spec)) = team else {
                self.missing(resource, "spec.team", Kind::Team, spec.team.as_str());
                continue;
            };
            let mut funds = Vec::new();
            for level in 0..3 {
                funds.extend(budgets(self.resources).filter_map(
                    |(budget_resource, budget_spec)| {
                        let applies = match (&budget_spec.scope, level) {
                            (BudgetScope::Application(name), 0) => *name == resource.name,
                            (BudgetScope::Team(name), 1) => *name == spec.team,
                            (BudgetScope::Organization, 2) => true,
                            _ => false,
                        };
                        applies.then(|| budget(budget_resource, budget_spec))
                    },
                ));
            }
            if team_spec.billing == Billing::Prepaid {
                funds.push(wallet(team));
            }
            let plan = ApplicationPlan {
                name: resource.name.shared(),
                team: spec.team.shared(),
                billing: team_spec.billing,
                funds,
            };
            plans.insert(resource.name.shared(), plan);
        }
        plans
    }
}

fn budgets(resources: &[Resource]) -> impl Iterator<Item = (&Resource, &BudgetSpec)> {
    resources
        .iter()
        .filter_map(|resource| match &resource.spec {
            Spec::Budget(spec) => Some((resource, &**spec)),
            _ => None,
        })
}

fn wallet(team: &Resource) -> Arc<Fund> {
    let kind = FundKind::Wallet {
        team: team.name.shared(),
    };
    Arc::new(Fund {
        kind,
        rule: team.rule(),
        on_exhausted: 402,
    })
}

fn budget(resource: &Resource, spec: &BudgetSpec) -> Arc<Fund> {
    Arc::new(Fund {
        kind: FundKind::Budget {
            name: resource.name.shared(),
            limit: spec.limit,
            window: spec.window,
            time_zone: spec.time_zone.as_str().into(),
            scope: spec.scope.to_string().into(),
        },
        rule: resource.rule(),
        on_exhausted: spec.on_exhausted.into(),
    })
}

fn prices(resource: &Resource, spec: &ProviderSpec) -> HashMap<String, Price> {
    let source = format!(
        "Provider {} (revision {})",
        resource.name, resource.revision
    );
    let entries = spec.prices.iter().map(|(model, list)| {
        let mut rates = Rates::default();
        for (class, rate) in list {
            rates.set(*class, *rate);
        }
        (model.clone(), Price::flat(source.clone(), rates))
    });
    entries.collect()
}

fn sandbox(catalogue: &dyn Catalogue) -> Option<ProviderPlan> {
    let facts: &ProviderFacts = catalogue.provider(SANDBOX)?;
    Some(ProviderPlan {
        name: SANDBOX.into(),
        catalog: Some(SANDBOX.into()),
        dialect: facts.dialect,
        endpoint: Endpoint::Sandbox,
        credentials: Vec::new(),
        keyless: true,
        missing: Vec::new(),
        headers: Vec::new(),
        timeouts: Timeouts::default(),
        quirks: facts.quirks,
        ca_file: None,
        rule: RuleRef {
            kind: Kind::Provider,
            name: SANDBOX.parse().ok()?,
            revision: 0,
        },
        prices: HashMap::new(),
        unpriced: Unpriced::Refuse,
    })
}

/// Splits a base URL that [`ProviderSpec`] has checked.
fn endpoint(url: &str) -> Option<Endpoint> {
    let (tls, rest) = match url.strip_prefix("https://") {
        Some(rest) => (true, rest),
        None => (false, url.strip_prefix("http://")?),
    };
    let (authority, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
        _ => (authority, if tls { 443 } else { 80 }),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let base_path = path.trim_end_matches('/').to_owned();
    (!host.is_empty()).then(|| Endpoint::Http {
        tls,
        host: host.to_owned(),
        port,
        base_path,
    })
}
