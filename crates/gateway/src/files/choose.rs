//! At which provider a new file goes to lie.

use std::sync::Arc;

use tollgate_model::call::KeyEntry;
use tollgate_model::resources::FileService;
use tollgate_model::snapshot::{Endpoint, ModelPlan, ProviderPlan};
use tollgate_model::{Reason, Refusal};

use crate::errand::Place;
use crate::exchange::{Exchange, impossible};
use crate::models;
use crate::routing::draw::by_weight;
use crate::worker::Worker;

/// The header that names the provider.
const PROVIDER: &str = "x-tollgate-provider";
/// The header that names a model whose provider is meant.
const MODEL: &str = "x-tollgate-model";

/// What a file is to be.
pub(super) struct Wanted<'a> {
    /// What it is for.
    pub(super) service: FileService,
    /// The model that the requests in it ask for.
    pub(super) model: Option<&'a str>,
}

/// The place for a file: at the provider that a header names; else at the one of the model that a
/// header names, or that is asked for in the file; else at the first one that takes files and that
/// the caller's key may use. Refuses where there is none.
pub(super) fn place(
    worker: &Worker,
    call: &Exchange,
    wanted: &Wanted<'_>,
) -> Result<Place, Refusal> {
    let provider = match (
        header(call, PROVIDER)?,
        header(call, MODEL)?.or(wanted.model),
    ) {
        (Some(name), _) => named(call, name, wanted)?,
        (None, Some(model)) => of_model(call, model, wanted)?,
        (None, None) => first(call, wanted)?,
    };
    let credential = credential(worker, &provider);
    Ok(Place {
        provider,
        credential,
    })
}

fn header<'a>(call: &'a Exchange, name: &str) -> Result<Option<&'a str>, Refusal> {
    let Some(value) = call.headers.get(name) else {
        return Ok(None);
    };
    let text = value
        .to_str()
        .ok()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    text.map(Some).ok_or_else(|| {
        let detail = format!("The header `{name}` must be a name.");
        Refusal::new(Reason::RequestMalformed, detail).at(name)
    })
}

fn key(call: &Exchange) -> Result<&KeyEntry, Refusal> {
    let key = call.key.as_deref();
    key.ok_or_else(|| impossible("a file of nobody"))
}

fn named(call: &Exchange, name: &str, wanted: &Wanted<'_>) -> Result<Arc<ProviderPlan>, Refusal> {
    let mut providers = call.snapshot.providers().iter();
    let provider = providers.find(|provider| *provider.name == *name);
    let usable = provider.filter(|provider| may_use(call, provider));
    let Some(provider) = usable else {
        let detail = format!("There is no provider {name} that this key may use.");
        return Err(Refusal::new(Reason::FilesUnsupported, detail).at(PROVIDER));
    };
    if !takes(provider, wanted) {
        return Err(none(call, &format!("Provider {name} takes none"), wanted).at(PROVIDER));
    }
    Ok(Arc::clone(provider))
}

/// The first provider of a model that takes files.
fn of_model(
    call: &Exchange,
    model: &str,
    wanted: &Wanted<'_>,
) -> Result<Arc<ProviderPlan>, Refusal> {
    let plan = plan(call, model)?;
    let mut targets = plan.targets.iter();
    let found = targets.find(|target| takes(&target.provider, wanted));
    found
        .map(|target| Arc::clone(&target.provider))
        .ok_or_else(|| {
            none(
                call,
                &format!("No provider of model {model} takes any"),
                wanted,
            )
            .at("model")
        })
}

/// A model that the key may use.
pub(super) fn plan(call: &Exchange, model: &str) -> Result<Arc<ModelPlan>, Refusal> {
    let key = key(call)?;
    if !key.allows(model) {
        let detail = format!("Key {} may not use model {model}.", key.rule.name);
        let refusal = Refusal::new(Reason::ModelNotAllowed, detail).by(key.rule.clone());
        return Err(refusal.at("model"));
    }
    let plan = call.snapshot.resolve(model);
    plan.ok_or_else(|| models::unknown(call, model))
}

fn first(call: &Exchange, wanted: &Wanted<'_>) -> Result<Arc<ProviderPlan>, Refusal> {
    let fits = |provider: &&Arc<ProviderPlan>| takes(provider, wanted) && may_use(call, provider);
    let fitting: Vec<_> = call.snapshot.providers().iter().filter(fits).collect();
    let real = fitting.iter().find(|one| one.endpoint != Endpoint::Sandbox);
    let found = real
        .or(fitting.first())
        .map(|provider| Arc::clone(provider));
    found.ok_or_else(|| none(call, "No provider that this key may use takes any", wanted))
}

/// Whether a provider takes what is wanted, and can be asked at all.
fn takes(provider: &ProviderPlan, wanted: &Wanted<'_>) -> bool {
    let askable = provider.keyless || !provider.credentials.is_empty();
    provider.files >= wanted.service && askable
}

/// Whether a key may use some model of a provider.
fn may_use(call: &Exchange, provider: &ProviderPlan) -> bool {
    let Some(key) = &call.key else {
        return false;
    };
    let below = format!("{}/", provider.name);
    let direct = |entry: &String| match entry.strip_suffix('*') {
        Some(prefix) => below.starts_with(prefix) || prefix.starts_with(&below),
        None => entry.starts_with(&below),
    };
    let is_there = |plan: &Arc<ModelPlan>| {
        let mut targets = plan.targets.iter();
        targets.any(|target| target.provider.name == provider.name)
    };
    key.models.is_empty()
        || key.models.iter().any(direct)
        || call
            .snapshot
            .models()
            .any(|plan| key.allows(&plan.name) && is_there(plan))
}

/// The credential with which a file is made: by weight, one that does not rest before others.
fn credential(worker: &Worker, provider: &ProviderPlan) -> Option<usize> {
    let pool = provider.credentials.iter().zip(0usize..);
    let pool = pool.map(|(one, at)| (one.weight, at)).collect();
    let order = by_weight(pool, |bound| worker.random_below(bound));
    let rests = |at: &&usize| {
        let name = provider.credentials.get(**at).map(|one| &one.name);
        let health = name.map(|name| worker.shared.health.of(&provider.name, name));
        health.is_some_and(|health| health.pause().is_some())
    };
    let awake = order.iter().find(|at| !rests(at));
    awake.or(order.first()).copied()
}

fn none(call: &Exchange, why: &str, wanted: &Wanted<'_>) -> Refusal {
    let what = match wanted.service {
        FileService::Batches => "files for batches",
        FileService::Files | FileService::None => "files",
    };
    let able = call
        .snapshot
        .providers()
        .iter()
        .filter(|one| takes(one, wanted) && may_use(call, one));
    let able: Vec<&str> = able.map(|provider| &*provider.name).collect();
    let hint = match able.as_slice() {
        [] => "The operator can say which provider does: `files` in the spec of a Provider."
            .to_owned(),
        able => format!(
            "Name one that does in the header `{PROVIDER}`: {}.",
            able.join(", ")
        ),
    };
    let detail = format!("{why} of the {what} that OpenAI's API knows. {hint}");
    Refusal::new(Reason::FilesUnsupported, detail)
}
