//! The plans of a snapshot, and what is found in them.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use super::access::Access;
use super::endpoint::Endpoint;
use super::platform::Platform;
use crate::abilities::Abilities;
use crate::account::Fund;
use crate::catalogue::{Catalogue, ModelFacts, Quirks};
use crate::price::{Price, Rates, Schedule};
use crate::resource::RuleRef;
use crate::resources::{
    AuthHeader, Billing, CacheSpec, CredentialLimits, Ejection, Fallback, FileService, HashBy,
    HedgeSpec, ModelTimeouts, Need, Strategy, Timeouts, Unpriced, When,
};
use crate::task::Tasks;
use crate::{Dialect, ServedIn, ServiceTier, Usage};

/// One usable credential of a provider.
#[derive(Clone, Debug)]
pub struct CredentialPlan {
    /// Its name.
    pub name: Arc<str>,
    /// What it is.
    pub access: Access,
    /// Its share of calls.
    pub weight: u32,
    /// How much it may be used.
    pub limits: CredentialLimits,
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
    /// Other wire formats that it speaks at the same address, with the same credentials.
    pub also: Vec<Dialect>,
    /// Where it is reached.
    pub endpoint: Endpoint,
    /// Where models are asked below that address.
    pub platform: Platform,
    /// What is added to the query of every request: empty, or `a=b&c=d`.
    pub query: String,
    /// The header that carries an API key, where it is not the dialect's.
    pub auth: Option<AuthHeader>,
    /// The region in which it is, where that is known.
    pub region: Option<Arc<str>>,
    /// Its credentials that could be opened.
    pub credentials: Vec<CredentialPlan>,
    /// Whether its models are called as its owner likes: then a bare name never means one of them.
    pub own_names: bool,
    /// Whether it is called without a credential where it has none.
    pub keyless: bool,
    /// Its credentials that are switched off.
    pub disabled: Vec<Arc<str>>,
    /// How often it is asked whether it is there, in seconds; `None` for never.
    pub probe_every: Option<u32>,
    /// Why credentials are missing, for the refusal of a call that needs one.
    pub missing: Vec<String>,
    /// Headers that every request carries.
    pub headers: Vec<(String, String)>,
    /// How long to wait.
    pub timeouts: Timeouts,
    /// Where it departs from its dialect.
    pub quirks: Quirks,
    /// What its models do besides conversing, and in which form it is asked for that.
    pub tasks: Tasks,
    /// Whether it holds realtime sessions.
    pub realtime: bool,
    /// What of OpenAI's files and batches it has.
    pub files: FileService,
    /// The resource.
    pub rule: RuleRef,
    pub(super) prices: HashMap<String, Price>,
    pub(super) tier_prices: BTreeMap<ServiceTier, HashMap<String, Price>>,
    pub(super) unpriced: Unpriced,
}

impl ProviderPlan {
    /// Whether what has no price is asked for all the same.
    pub fn lets_unpriced_pass(&self) -> bool {
        self.unpriced == Unpriced::Free
    }
}

/// A model at a provider, ready to be called.
#[derive(Clone, Debug)]
pub struct TargetPlan {
    /// The provider.
    pub provider: Arc<ProviderPlan>,
    /// The provider's name for the model.
    pub model: Arc<str>,
    /// Its share of calls, under the strategies that weigh.
    pub weight: u32,
    /// What it costs; `None` where nobody knows, so that a call is refused.
    pub price: Option<Schedule>,
    /// What it costs in other tiers of service than the standard one.
    pub services: Arc<BTreeMap<ServiceTier, Schedule>>,
    /// The most tokens of an answer, where it is known.
    pub max_output: Option<u64>,
    /// The most tokens of prompt and answer together, where it is known.
    pub context_window: Option<u64>,
    /// What the model can do, where it is known.
    pub abilities: Abilities,
    /// What the model's spec says of it.
    pub terms: Option<Arc<Terms>>,
}

/// What a `Model` says of one of its targets beyond its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// Which requests it is for.
    pub when: When,
    /// What is said of it.
    pub tags: Vec<String>,
    /// What it cannot do.
    pub cannot: Vec<Need>,
    /// The most tokens of prompt and answer together, as the spec says.
    pub context_window: Option<u64>,
    /// After which failures of others it takes over; it waits for one where there are some.
    pub takes_over: Vec<Fallback>,
}

impl TargetPlan {
    /// What it costs in a tier of service; the standard one is `None`. Where the provider lets models
    /// without a price through, a tier without one costs what the standard one does.
    pub fn price_in(&self, tier: Option<ServiceTier>) -> Option<&Schedule> {
        let Some(tier) = tier else {
            return self.price.as_ref();
        };
        let passes = self.provider.lets_unpriced_pass();
        let standard = || self.price.as_ref().filter(|_| passes);
        self.services.get(&tier).or_else(standard)
    }

    /// What an answer costs that was asked for in a tier: the price of the tier in which its provider
    /// says that it was given, as far as that has one; else of the tier that was asked for.
    pub fn price_of(&self, usage: &Usage, asked: Option<ServiceTier>) -> Option<&Schedule> {
        let told = match usage.served_in() {
            Some(ServedIn::Standard) => self.price.as_ref(),
            Some(ServedIn::Tier(tier)) => self.services.get(&tier),
            None => None,
        };
        told.or_else(|| self.price_in(asked))
    }

    /// The dialect in which the target is asked on behalf of a caller: the one on which the platform
    /// decides; else the caller's where the provider speaks it, so that nothing need be translated;
    /// else the provider's own.
    pub fn dialect_for(&self, caller: Dialect) -> Dialect {
        let provider = &self.provider;
        let is_refused = caller == Dialect::OpenaiCompletions
            && provider.quirks.older_completions
            && !is_from_before_chat(&self.model);
        match provider.platform.dialect_of(&self.model) {
            Some(dialect) => dialect,
            None if provider.also.contains(&caller) && !is_refused => caller,
            None => provider.dialect,
        }
    }
}

/// Whether a model of OpenAI's is one that continues a text, by its name or that of what it was tuned
/// from (`ft:davinci-002:acme::7`).
fn is_from_before_chat(model: &str) -> bool {
    let name = model.strip_prefix("ft:").unwrap_or(model);
    let stems = ["davinci", "babbage", "text-"];
    name.contains("-instruct") || stems.iter().any(|stem| name.starts_with(stem))
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
    /// Which calls `consistent-hash` sends to the same target.
    pub hash_by: HashBy,
    /// At least one.
    pub targets: Vec<TargetPlan>,
    /// How its answers are kept.
    pub cache: Option<CacheSpec>,
    /// After which failures another target takes over.
    pub fallback_on: Vec<Fallback>,
    /// How long answers may take.
    pub timeouts: ModelTimeouts,
    /// When a target that fails is put behind the others.
    pub ejection: Ejection,
    /// When another target is asked as well.
    pub hedge: Option<HedgeSpec>,
    /// Who gets copies of requests.
    pub shadow: Option<ShadowPlan>,
}

/// A target that gets copies of requests.
#[derive(Clone, Debug)]
pub struct ShadowPlan {
    /// The target.
    pub target: TargetPlan,
    /// Of how many of a hundred requests it gets one.
    pub percent: u8,
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
    pub(super) applications: HashMap<Arc<str>, ApplicationPlan>,
    pub(super) providers: Vec<Arc<ProviderPlan>>,
    pub(super) models: HashMap<Arc<str>, Arc<ModelPlan>>,
    pub(super) key_budgets: HashMap<Arc<str>, Vec<Arc<Fund>>>,
    pub(super) model_budgets: HashMap<String, Vec<Arc<Fund>>>,
    pub(super) catalogue: Arc<dyn Catalogue>,
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}

/// The name of the provider that answers inside the process.
pub const SANDBOX: &str = "sandbox";

impl Snapshot {
    /// What is known of providers and models.
    pub fn catalogue(&self) -> &Arc<dyn Catalogue> {
        &self.catalogue
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
            .filter(|provider| !provider.own_names)
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

pub(super) fn bare(name: &str, targets: Vec<TargetPlan>) -> ModelPlan {
    ModelPlan {
        name: name.into(),
        rule: None,
        strategy: Strategy::Priority,
        hash_by: HashBy::Key,
        targets,
        cache: None,
        fallback_on: Fallback::USUAL.to_vec(),
        timeouts: ModelTimeouts::default(),
        ejection: Ejection::default(),
        hedge: None,
        shadow: None,
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

pub(super) fn target(
    provider: &Arc<ProviderPlan>,
    model: &str,
    weight: u32,
    facts: Option<&ModelFacts>,
) -> TargetPlan {
    let listed = facts.is_some_and(|facts| facts.price.is_some());
    let own = own_price(&provider.prices, model, listed);
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
        services: Arc::new(services(provider, model, facts.filter(|_| own.is_none()))),
        max_output: facts.and_then(|facts| facts.max_output.or(facts.context_window)),
        context_window: facts.and_then(|facts| facts.context_window),
        abilities: facts.map(|facts| facts.abilities).unwrap_or_default(),
        terms: None,
    }
}

/// The price that a provider's spec has for a model: its own, else that for all which nobody lists.
fn own_price<'a>(
    prices: &'a HashMap<String, Price>,
    model: &str,
    listed: bool,
) -> Option<&'a Price> {
    let others = || prices.get("*").filter(|_| !listed);
    prices.get(model).or_else(others)
}

/// The prices of a model in other tiers of service: those of the provider's spec, else those of the
/// catalogue, as far as the standard price is the catalogue's too.
fn services(
    provider: &ProviderPlan,
    model: &str,
    facts: Option<&ModelFacts>,
) -> BTreeMap<ServiceTier, Schedule> {
    let mut services = facts
        .map(|facts| facts.services.clone())
        .unwrap_or_default();
    for (tier, prices) in &provider.tier_prices {
        if let Some(own) = own_price(prices, model, services.contains_key(tier)) {
            services.insert(*tier, Schedule::always(own.clone()));
        }
    }
    services
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_from_before_chat_are_known_by_name() {
        for (model, want) in [
            ("gpt-3.5-turbo-instruct", true),
            ("gpt-3.5-turbo-instruct-0914", true),
            ("davinci-002", true),
            ("ft:babbage-002:acme::7", true),
            ("gpt-4o", false),
            ("gpt-5.1-mini", false),
            ("ft:gpt-4o-mini:acme::7", false),
        ] {
            assert_eq!(is_from_before_chat(model), want, "{model}");
        }
    }
}
