//! Keys, and what they open.

use std::collections::BTreeSet;

use tollgate_model::Micros;
use tollgate_model::resource::{Spec, nearest};

use crate::check::{Check, Found};
use crate::facts::{Facts, KeyFacts, Unknown, known};
use crate::finding::{Finding, Severity, Step};
use crate::sale::{BUYER, LIMITED};

/// A key is told of so long before it expires.
const SOON_SECONDS: i64 = 14 * 86_400;
/// And so long after: what has expired longer ago is over.
const LATELY_SECONDS: i64 = 14 * 86_400;

pub(super) const CHECKS: [Check; 4] = [
    Check::new(
        "key_expired",
        (Step::Payment, Severity::Warning),
        [
            "Keys that have expired lately",
            "A key stopped working in the last two weeks and was not revoked. Whoever still calls with \
             it gets `401 key_expired`.",
            "Create a new key for the application, and revoke or delete the old one.",
        ],
        expired,
    ),
    Check::new(
        "key_expiring",
        (Step::Payment, Severity::Warning),
        [
            "Keys that expire soon",
            "A key stops working within two weeks.",
            "Create a new key for the application, and have it used before the old one ends.",
        ],
        expiring,
    ),
    Check::new(
        "key_allows_unknown_model",
        (Step::Configuration, Severity::Warning),
        [
            "Keys that allow models that do not exist",
            "A key has a list of models, and a name or a prefix in it means none that there is. Whoever \
             asks for what was meant gets `403 model_not_allowed`.",
            "Correct the list of the key, or add the model or its provider.",
        ],
        unknown_models,
    ),
    Check::new(
        "model_without_key",
        (Step::Configuration, Severity::Notice),
        [
            "Models that no key may use",
            "A `Model` is configured, and every key that works has a list of models without it.",
            "Add the model to a key, or delete it.",
        ],
        models_without_key,
    ),
];

/// The keys of others than the doctor that were not revoked.
fn keys(facts: &Facts) -> Result<impl Iterator<Item = &KeyFacts>, Unknown> {
    let keys = known(&facts.keys)?.iter();
    Ok(keys.filter(|key| {
        !key.spec.revoked && ![BUYER, LIMITED].contains(&key.spec.application.as_str())
    }))
}

fn told(key: &KeyFacts, detail: String) -> Finding {
    let application = &key.spec.application;
    let fix = "Create a new key for the application, have it used, and revoke this one.";
    Finding::warning(format!("Key {}", key.name), detail, fix)
        .seen("application", application)
        .by_command(format!("tollgate key create --application {application}"))
}

fn expired(facts: &Facts) -> Found {
    let lately = Micros(facts.now.plus_seconds(-LATELY_SECONDS).0);
    let ended = keys(facts)?.filter(|key| {
        let ends = key.spec.expires();
        ends <= facts.now && ends > lately
    });
    Ok(ended
        .map(|key| told(key, format!("It expired at {}.", key.spec.expires())))
        .collect())
}

fn expiring(facts: &Facts) -> Found {
    let soon = facts.now.plus_seconds(SOON_SECONDS);
    let ending = keys(facts)?.filter(|key| {
        let ends = key.spec.expires();
        ends > facts.now && ends <= soon
    });
    Ok(ending
        .map(|key| {
            let ends = key.spec.expires();
            let days = facts.now.seconds_until(ends).div_ceil(86_400);
            told(key, format!("It expires in {days} days, at {ends}."))
        })
        .collect())
}

fn unknown_models(facts: &Facts) -> Found {
    let names: BTreeSet<&str> = facts.snapshot.models().map(|plan| &*plan.name).collect();
    let is_there = |entry: &str| match entry.strip_suffix('*') {
        Some(prefix) => {
            // What a provider serves that nobody lists is asked for as `provider/name`.
            let below_provider = || {
                let providers = facts.snapshot.providers().iter();
                providers
                    .map(|provider| format!("{}/", provider.name))
                    .any(|start| start.starts_with(prefix) || prefix.starts_with(&start))
            };
            names.iter().any(|name| name.starts_with(prefix)) || below_provider()
        }
        None => facts.snapshot.resolve(entry).is_some(),
    };
    let mut findings = Vec::new();
    for key in keys(facts)? {
        for entry in key.spec.models.iter().filter(|entry| !is_there(entry)) {
            let near = nearest(entry, names.iter().copied());
            let near = near.map_or_else(String::new, |near| format!(" Did somebody mean {near}?"));
            let detail = format!("It allows \"{entry}\", and there is no such model.{near}");
            let fix = "Correct the key's list of models, or add the model or its provider.";
            findings.push(
                Finding::warning(format!("Key {}", key.name), detail, fix)
                    .seen("models", key.spec.models.join(", "))
                    .by_command(format!("tollgate get key {}", key.name)),
            );
        }
    }
    Ok(findings)
}

fn models_without_key(facts: &Facts) -> Found {
    let working: Vec<&KeyFacts> = keys(facts)?
        .filter(|key| key.spec.expires() > facts.now)
        .collect();
    if working.is_empty() {
        return Ok(Vec::new());
    }
    let allows = |key: &KeyFacts, model: &str| {
        let listed = |entry: &String| match entry.strip_suffix('*') {
            Some(prefix) => model.starts_with(prefix),
            None => entry == model,
        };
        key.spec.models.is_empty() || key.spec.models.iter().any(listed)
    };
    let models = facts.resources.iter().filter_map(|one| match &one.spec {
        Spec::Model(_) => Some(one.name.as_str()),
        _ => None,
    });
    let closed = models.filter(|model| !working.iter().any(|key| allows(key, model)));
    Ok(closed
        .map(|model| {
            let detail = "Every key that works has a list of models, and it is on none of them.";
            let fix = "Add it to the list of a key, or delete it.";
            Finding::notice(format!("Model {model}"), detail, fix)
        })
        .collect())
}
