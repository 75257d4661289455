//! Models, their targets and prices.

use std::collections::BTreeSet;
use std::sync::Arc;

use tollgate_model::Micros;
use tollgate_model::snapshot::{Endpoint, ModelPlan, ProviderPlan};

use crate::check::{Check, Found};
use crate::facts::Facts;
use crate::finding::{Finding, Severity, Step};

/// Prices older than this may be wrong.
const STALE_SECONDS: i64 = 120 * 86_400;

pub(super) const CHECKS: [Check; 7] = [
    Check::new(
        "configuration_not_in_force",
        (Step::Configuration, Severity::Error),
        [
            "A configuration that is not in force",
            "The newest revision cannot be compiled by this node, or was not taken in. The last good \
             one is served.",
            "Look at `tollgate status`, and restore a revision that compiles: `tollgate restore`.",
        ],
        not_in_force,
    ),
    Check::new(
        "model_without_price",
        (Step::Configuration, Severity::Error),
        [
            "Models of which a target has no price",
            "Nobody has said what a model costs at a provider. It is refused with `503 price_unknown`, \
             or, where others take over, never used.",
            "Give it a price under `prices` of the provider, or bring a newer catalogue.",
        ],
        without_price,
    ),
    Check::new(
        "model_served_free",
        (Step::Configuration, Severity::Warning),
        [
            "Models that are served for nothing because nobody knows their price",
            "A provider has `unpriced: free`, so a model without a price costs its callers nothing, \
             whatever it costs the operator.",
            "Give it a price under `prices` of the provider; zero, where it is free.",
        ],
        served_free,
    ),
    Check::new(
        "model_deprecated",
        (Step::Configuration, Severity::Warning),
        [
            "Models whose provider has announced their end",
            "A `Model` names a target that its provider will switch off.",
            "Name its successor as a target.",
        ],
        deprecated,
    ),
    Check::new(
        "target_named_twice",
        (Step::Configuration, Severity::Warning),
        [
            "Models that fall back to what has just failed",
            "A `Model` names the same provider and model twice, under the same conditions. Where the \
             first fails, the same is asked again.",
            "Name each target once; its `weight` says its share.",
        ],
        named_twice,
    ),
    Check::new(
        "provider_is_this_gateway",
        (Step::Configuration, Severity::Error),
        [
            "Providers that lead back to this gateway",
            "A provider's address is the one at which this gateway listens. A call to it comes back as \
             another call, is billed again, and may go round until a limit ends it.",
            "Correct `base_url` of the provider.",
        ],
        leads_back,
    ),
    Check::new(
        "prices_stale",
        (Step::Configuration, Severity::Warning),
        [
            "Prices of the catalogue that are old",
            "The prices in use were taken more than 120 days ago. Providers change prices more often, \
             and what callers pay follows what stands here.",
            "Bring newer prices: `tollgate catalog update --from FILE`.",
        ],
        stale,
    ),
];

fn not_in_force(facts: &Facts) -> Found {
    let served = facts.snapshot.revision;
    if served >= facts.revision {
        return Ok(Vec::new());
    }
    let newest = facts.revision;
    let detail = format!("Revision {newest} is stored, and revision {served} is served.");
    let fix = "See why with `tollgate status`; restore a revision that compiles.";
    let mut found = Finding::error("Configuration", detail, fix).by_command("tollgate status");
    if let Ok(server) = &facts.server {
        for trouble in &server.troubles {
            found = found.seen("trouble", trouble);
        }
    }
    Ok(vec![found])
}

/// The models that are resources, in the order of names.
fn models(facts: &Facts) -> Vec<&Arc<ModelPlan>> {
    let models = facts.snapshot.models();
    let mut models: Vec<_> = models.filter(|model| model.rule.is_some()).collect();
    models.sort_by(|a, b| a.name.cmp(&b.name));
    models
}

fn without_price(facts: &Facts) -> Found {
    let mut findings = Vec::new();
    for model in models(facts) {
        let (unpriced, priced): (Vec<_>, Vec<_>) = model
            .targets
            .iter()
            .partition(|target| target.price.is_none());
        for target in unpriced {
            let (provider, name) = (&target.provider.name, &target.model);
            let (severity, effect) = match priced.is_empty() {
                true => (Severity::Error, "every call is refused with price_unknown"),
                false => (Severity::Warning, "it is never used"),
            };
            let detail = format!("Nobody has said what {name} costs at {provider}: {effect}.");
            let fix = "Give it a price under `prices` of the provider, or bring a newer catalogue.";
            findings.push(
                Finding::new(severity, format!("Model {}", model.name), detail, fix)
                    .by_command(format!("tollgate get provider {provider}")),
            );
        }
    }
    Ok(findings)
}

fn served_free(facts: &Facts) -> Found {
    let mut findings = Vec::new();
    for model in models(facts) {
        let free = model.targets.iter().filter(|target| {
            let price = target.price.as_ref();
            target.provider.lets_unpriced_pass()
                && price.is_some_and(|price| price.at(facts.now).source == "unpriced: free")
        });
        for target in free {
            let (provider, name) = (&target.provider.name, &target.model);
            let detail = format!("{name} at {provider} has no price, and is served for nothing.");
            let fix = "Give it a price under `prices` of the provider; zero, where it is free.";
            findings.push(Finding::warning(
                format!("Model {}", model.name),
                detail,
                fix,
            ));
        }
    }
    Ok(findings)
}

fn deprecated(facts: &Facts) -> Found {
    let catalogue = facts.snapshot.catalogue();
    let mut findings = Vec::new();
    for model in models(facts) {
        for target in &model.targets {
            let listed = target.provider.catalog.as_deref();
            let listed = listed.and_then(|id| catalogue.model(id, &target.model));
            if listed.is_some_and(|listed| listed.deprecated) {
                let (provider, name) = (&target.provider.name, &target.model);
                let detail = format!("{provider} has announced the end of {name}.");
                let fix = "Name its successor as a target.";
                findings.push(Finding::warning(
                    format!("Model {}", model.name),
                    detail,
                    fix,
                ));
            }
        }
    }
    Ok(findings)
}

fn named_twice(facts: &Facts) -> Found {
    let mut findings = Vec::new();
    for model in models(facts) {
        let mut seen = Vec::new();
        let mut told = BTreeSet::new();
        for target in &model.targets {
            let same = (&target.provider.name, &target.model, &target.terms);
            if seen.contains(&same) && told.insert((&target.provider.name, &target.model)) {
                let detail = format!(
                    "It names {} at {} twice: where that fails, the same is asked again.",
                    target.model, target.provider.name
                );
                let fix = "Name each target once; its `weight` says its share.";
                findings.push(Finding::warning(
                    format!("Model {}", model.name),
                    detail,
                    fix,
                ));
            }
            seen.push(same);
        }
    }
    Ok(findings)
}

fn leads_back(facts: &Facts) -> Found {
    let Some(gateway) = facts.gateway else {
        return Ok(Vec::new());
    };
    let is_here = |provider: &ProviderPlan| match &provider.endpoint {
        Endpoint::Sandbox => false,
        Endpoint::Http { host, port, .. } => {
            let here = ["localhost", "127.0.0.1", "::1", "0.0.0.0"].contains(&host.as_str())
                || *host == gateway.ip().to_string();
            here && *port == gateway.port()
        }
    };
    let providers = facts.snapshot.providers().iter();
    Ok(providers
        .filter(|provider| is_here(provider))
        .map(|provider| {
            let detail = "Its address is that of this gateway: calls to it go round.";
            let fix = "Correct `base_url` of the provider.";
            let found = Finding::error(format!("Provider {}", provider.name), detail, fix);
            found
                .seen("gateway", gateway)
                .seen("address", provider.endpoint.authority().unwrap_or_default())
        })
        .collect())
}

fn stale(facts: &Facts) -> Found {
    let Micros(age) = Micros(facts.now.0.saturating_sub(facts.prices.taken.0));
    let days = age / 86_400_000_000;
    if age <= STALE_SECONDS * 1_000_000 {
        return Ok(Vec::new());
    }
    let detail = format!("The prices in use are {days} days old.");
    let fix = "Bring newer prices, or give your own under `prices` of a provider.";
    Ok(vec![
        Finding::warning("Catalogue", detail, fix)
            .seen("source", &facts.prices.source)
            .seen("taken", facts.prices.taken)
            .by_command("tollgate catalog update --from FILE"),
    ])
}
