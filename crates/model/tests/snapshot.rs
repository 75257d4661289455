//! Compiling resources, and what is found in the result.

#![cfg(test)]

use std::sync::Arc;

use serde_json::{Value, json};
use tollgate_model::abilities::{Abilities, Ability, Modalities};
use tollgate_model::account::FundKind;
use tollgate_model::catalogue::{Catalogue, ModelFacts, ProviderFacts, Quirks};
use tollgate_model::price::{Price, Rates, Schedule};
use tollgate_model::resource::{Document, Resource, SpecError};
use tollgate_model::resources::Secret;
use tollgate_model::snapshot::{Compiled, Endpoint, SecretText, Secrets, Snapshot};
use tollgate_model::task::Tasks;
use tollgate_model::{Dialect, UsageClass};

struct Shelf {
    providers: Vec<ProviderFacts>,
    models: Vec<ModelFacts>,
}

impl Catalogue for Shelf {
    fn provider(&self, id: &str) -> Option<&ProviderFacts> {
        self.providers.iter().find(|facts| facts.id == id)
    }

    fn models(&self, provider: &str) -> &[ModelFacts] {
        if provider == "custom" {
            &[]
        } else {
            &self.models
        }
    }

    fn model(&self, provider: &str, name: &str) -> Option<&ModelFacts> {
        let plain = name.strip_suffix("-2026-01-01").unwrap_or(name);
        self.models(provider).iter().find(|facts| facts.id == plain)
    }
}

fn shelf() -> Arc<dyn Catalogue> {
    let provider = |id: &str, base_url: Option<&str>| ProviderFacts {
        id: id.to_owned(),
        title: id.to_owned(),
        dialect: Dialect::OpenaiChat,
        also: Vec::new(),
        base_url: base_url.map(str::to_owned),
        regional_url: None,
        platform: None,
        auth: None,
        env: Vec::new(),
        own_names: false,
        keyless: base_url.is_none(),
        quirks: Quirks::default(),
        realtime: false,
        tasks: Tasks::new(),
        files: Default::default(),
    };
    let mut rates = Rates::default();
    rates.set(UsageClass::Input, "1".parse().unwrap());
    let model = |id: &str| ModelFacts {
        id: id.to_owned(),
        price: Some(Schedule::always(Price::flat("shelf", rates))),
        services: std::collections::BTreeMap::new(),
        context_window: Some(1000),
        max_output: None,
        input: Modalities::UNKNOWN,
        output: Modalities::UNKNOWN,
        abilities: Abilities::UNKNOWN.with(Ability::Vision),
        deprecated: false,
    };
    Arc::new(Shelf {
        providers: vec![
            provider("openai", Some("https://api.openai.example/v1")),
            provider("mirror", Some("https://mirror.example")),
            provider("sandbox", None),
        ],
        models: vec![model("gpt-5"), model("echo")],
    })
}

struct NoSecrets;

impl Secrets for NoSecrets {
    fn open(&self, secret: &Secret) -> Result<SecretText, String> {
        match secret {
            Secret::Env(name) if name == "SET" => Ok(SecretText::new("sk-secret")),
            _ => Err("the variable is not set".to_owned()),
        }
    }
}

fn resource(kind: &str, name: &str, spec: Value) -> Result<Resource, SpecError> {
    let document: Document =
        serde_json::from_value(json!({ "kind": kind, "name": name, "spec": spec })).unwrap();
    document.check()
}

fn compile(list: &[(&str, &str, Value)]) -> Result<Compiled, Vec<SpecError>> {
    let resources: Vec<Resource> = list
        .iter()
        .map(|(kind, name, spec)| resource(kind, name, spec.clone()).unwrap())
        .collect();
    Snapshot::compile(7, &resources, shelf(), &NoSecrets)
}

fn faults(list: &[(&str, &str, Value)]) -> String {
    let faults = compile(list).unwrap_err();
    faults
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn the_sandbox_is_there_without_any_configuration() {
    let snapshot = compile(&[]).unwrap().snapshot;
    let plan = snapshot.resolve("sandbox/echo").unwrap();
    assert_eq!(plan.targets[0].provider.endpoint, Endpoint::Sandbox);
    assert!(plan.targets[0].price.is_some());
    assert!(plan.targets[0].abilities.has(Ability::Vision));
    assert_eq!(plan.targets[0].context_window, Some(1000));
    assert!(snapshot.resolve("sandbox/nothing").is_none());
    assert!(snapshot.resolve("gpt-9").is_none());
}

#[test]
fn a_name_is_a_model_a_provider_and_model_or_a_catalogue_model() {
    let snapshot = compile(&[
        ("Provider", "openai", json!({})),
        ("Provider", "mirror", json!({})),
        (
            "Model",
            "smart",
            json!({ "targets": [{ "provider": "openai", "model": "gpt-5" }] }),
        ),
    ])
    .unwrap()
    .snapshot;
    assert!(snapshot.resolve("smart").unwrap().rule.is_some());
    assert_eq!(
        &*snapshot.resolve("openai/gpt-5").unwrap().targets[0].model,
        "gpt-5"
    );
    let bare = snapshot.resolve("gpt-5").unwrap();
    let providers: Vec<&str> = bare.targets.iter().map(|t| &*t.provider.name).collect();
    assert_eq!(providers, ["mirror", "openai", "sandbox"]);
    let dated = snapshot.resolve("openai/gpt-5-2026-01-01").unwrap();
    assert_eq!(&*dated.targets[0].model, "gpt-5-2026-01-01");
    assert!(dated.targets[0].price.is_some());
    let unpriced = snapshot.resolve("openai/brand-new").unwrap();
    assert!(unpriced.targets[0].price.is_none());
    assert_eq!(&*snapshot.near_matches("gtp-5")[0], "gpt-5");
}

#[test]
fn own_prices_go_before_the_catalogue_and_unpriced_may_be_free() {
    let snapshot = compile(&[(
        "Provider",
        "openai",
        json!({ "prices": { "gpt-5": { "input": "9" } }, "unpriced": "free" }),
    )])
    .unwrap()
    .snapshot;
    let price = |name: &str| {
        snapshot.resolve(name).unwrap().targets[0]
            .price
            .clone()
            .unwrap()
    };
    let at = tollgate_model::Micros(0);
    assert_eq!(
        price("openai/gpt-5")
            .at(at)
            .rates(0)
            .of(UsageClass::Input)
            .to_string(),
        "9.00"
    );
    assert_eq!(price("openai/echo").at(at).source, "shelf");
    assert_eq!(
        price("openai/other")
            .at(at)
            .rates(0)
            .of(UsageClass::Input)
            .to_string(),
        "0.00"
    );
}

#[test]
fn a_call_draws_on_every_budget_above_it_and_then_the_wallet() {
    let budget = |scope: Value| json!({ "scope": scope, "limit": "5", "window": "day" });
    let snapshot = compile(&[
        ("Team", "acme", json!({ "billing": "prepaid" })),
        ("Application", "web", json!({ "team": "acme" })),
        ("Budget", "all", budget(json!("organization"))),
        ("Budget", "team", budget(json!({ "team": "acme" }))),
        ("Budget", "app", budget(json!({ "application": "web" }))),
        ("Budget", "key", budget(json!({ "key": "web-1" }))),
        ("Budget", "model", budget(json!({ "model": "smart" }))),
    ])
    .unwrap()
    .snapshot;
    let application = snapshot.application("web").unwrap();
    let keys: Vec<String> = snapshot
        .funds(application, "web-1", "smart")
        .map(|fund| fund.key())
        .collect();
    let expected = [
        "budget/key",
        "budget/model",
        "budget/app",
        "budget/team",
        "budget/all",
        "wallet/acme",
    ];
    assert_eq!(keys, expected);
    assert_eq!(snapshot.funds(application, "other", "other").count(), 4);
    assert_eq!(snapshot.all_funds().len(), 6);
    let wallet = snapshot.funds(application, "", "").last().unwrap();
    assert!(matches!(&wallet.kind, FundKind::Wallet { team } if &**team == "acme"));
}

#[test]
fn every_fault_is_told_at_once_with_what_was_perhaps_meant() {
    let told = faults(&[
        ("Team", "acme", json!({})),
        ("Application", "web", json!({ "team": "acne" })),
        (
            "Model",
            "smart",
            json!({ "targets": [{ "provider": "opnai", "model": "x" }] }),
        ),
        ("Provider", "openai", json!({})),
        ("Provider", "custom", json!({})),
        (
            "Budget",
            "b",
            json!({ "scope": { "team": "nobody" }, "limit": "1", "window": "day" }),
        ),
    ]);
    assert!(
        told.contains(
            "Application web: spec.team: there is no Team called \"acne\"; did you mean acme?"
        ),
        "{told}"
    );
    assert!(
        told.contains("Model smart: spec.targets[0].provider"),
        "{told}"
    );
    assert!(told.contains("did you mean openai?"), "{told}");
    assert!(told.contains("Provider custom: spec.dialect"), "{told}");
    assert!(told.contains("Budget b: spec.scope.team"), "{told}");
}

#[test]
fn a_secret_that_is_missing_is_a_warning_and_one_that_is_there_is_never_printed() {
    let credential = |name: &str, var: &str| json!({ "name": name, "key": { "env": var } });
    let compiled = compile(&[(
        "Provider",
        "openai",
        json!({ "credentials": [credential("a", "SET"), credential("b", "UNSET")] }),
    )])
    .unwrap();
    assert_eq!(compiled.warnings.len(), 1);
    assert!(compiled.warnings[0].contains("credential b"));
    let shown = format!("{:?}", compiled.snapshot.providers());
    assert!(!shown.contains("sk-secret"), "{shown}");
}

#[test]
fn unknown_members_are_refused_with_a_suggestion() {
    let error = resource("Team", "acme", json!({ "biling": "prepaid" }))
        .unwrap_err()
        .to_string();
    assert!(error.contains("did you mean `billing`?"), "{error}");
    let error = resource(
        "Budget",
        "b",
        json!({ "scope": "organization", "limit": 5, "window": "day" }),
    );
    assert!(error.unwrap_err().to_string().contains("spec.limit"));
}

#[test]
fn specs_that_cannot_work_are_refused() {
    let provider = |spec: Value| resource("Provider", "p", spec).unwrap_err().to_string();
    for url in [
        "ftp://x",
        "https://",
        "https://u@h/v1",
        "https://h/v1/",
        "https://h/v1?k=1",
    ] {
        assert!(
            provider(json!({ "base_url": url })).contains("spec.base_url"),
            "{url}"
        );
    }
    let header = json!({ "headers": { "Authorization": "Bearer x" } });
    assert!(provider(header).contains("sets this header itself"));
    let waits = json!({ "timeouts": { "idle_ms": 0 } });
    assert!(provider(waits).contains("spec.timeouts"));
    assert!(resource("Model", "m", json!({ "targets": [] })).is_err());
    let negative = json!({ "scope": "organization", "limit": "-1", "window": "day" });
    assert!(resource("Budget", "b", negative).is_err());
    let zone =
        json!({ "scope": "organization", "limit": "1", "window": "day", "time_zone": "Mars/X" });
    assert!(resource("Budget", "b", zone).is_err());
}

#[test]
fn a_credential_is_a_key_or_a_key_pair() {
    let with = |credential: Value| {
        let spec = json!({ "base_url": "http://h", "credentials": [credential] });
        resource("Provider", "p", spec).map(|resource| resource.spec.to_json())
    };
    let pair = json!({ "access_key_id": { "env": "A" }, "secret_access_key": { "env": "S" } });
    let key = json!({ "env": "K" });
    for credential in [
        json!({ "name": "a", "key": key }),
        json!({ "name": "a", "aws": pair, "weight": 3 }),
    ] {
        let read = with(credential.clone()).unwrap();
        assert_eq!(read["credentials"][0], credential);
    }
    for (credential, why) in [
        (json!({ "name": "a" }), "none of them"),
        (
            json!({ "name": "a", "key": key, "aws": pair }),
            "key and aws",
        ),
        (json!({ "name": "a", "keys": key }), "did you mean `key`?"),
        (
            json!({ "name": "a", "aws": { "access_key_id": key } }),
            "secret_access_key",
        ),
    ] {
        let error = with(credential.clone()).unwrap_err().to_string();
        assert!(
            error.contains("spec.credentials[0]") && error.contains(why),
            "{error}"
        );
    }
}

#[test]
fn a_region_makes_an_address_and_is_read_from_one_of_aws() {
    let pair = json!({ "access_key_id": { "env": "A" }, "secret_access_key": { "env": "S" } });
    let signed = json!([{ "name": "a", "aws": pair }]);
    let at = |url: &str| {
        let spec = json!({ "dialect": "bedrock-converse", "base_url": url, "credentials": signed });
        let compiled = compile(&[("Provider", "p", spec)]);
        compiled.map(|compiled| {
            let mut providers = compiled.snapshot.providers().iter();
            providers
                .find(|plan| &*plan.name == "p")
                .unwrap()
                .region
                .clone()
        })
    };
    for (url, region) in [
        (
            "https://bedrock-runtime.eu-west-1.amazonaws.com",
            "eu-west-1",
        ),
        (
            "https://bedrock-runtime-fips.us-east-1.amazonaws.com",
            "us-east-1",
        ),
        (
            "https://vpce-1.bedrock-runtime.us-east-1.vpce.amazonaws.com",
            "us-east-1",
        ),
        (
            "https://bedrock-runtime.cn-north-1.amazonaws.com.cn",
            "cn-north-1",
        ),
    ] {
        assert_eq!(at(url).unwrap().as_deref(), Some(region), "{url}");
    }
    let faults = at("http://127.0.0.1:9").unwrap_err();
    assert!(faults[0].to_string().contains("spec.region"), "{faults:?}");
    assert!(resource("Provider", "p", json!({ "region": "Mars X" })).is_err());
}

#[test]
fn a_spec_round_trips_without_its_defaults() {
    for (kind, spec) in [
        ("Team", json!({ "billing": "prepaid" })),
        ("Application", json!({ "team": "acme" })),
        (
            "Budget",
            json!({ "scope": { "team": "acme" }, "limit": "250.00", "window": "month", "on_exhausted": 402 }),
        ),
        (
            "Model",
            json!({ "strategy": "weighted", "targets": [{ "provider": "openai", "model": "gpt-5", "weight": 3 }] }),
        ),
        (
            "Provider",
            json!({ "base_url": "http://127.0.0.1:9/v1", "dialect": "gemini" }),
        ),
    ] {
        assert_eq!(
            resource(kind, "x", spec.clone()).unwrap().spec.to_json(),
            spec,
            "{kind}"
        );
    }
}

#[test]
fn a_hedge_needs_a_time_and_a_second_target() {
    let target = json!({ "provider": "openai", "model": "gpt-5" });
    let stand_in = json!({ "provider": "azure", "model": "gpt-5", "takes_over": ["timeout"] });
    for (after_ms, targets, says) in [
        (
            0,
            json!([target, target]),
            "spec.hedge.after_ms: this is at least 1; leave `hedge` out for none",
        ),
        (
            1,
            json!([target, stand_in]),
            "spec.hedge: there must be a second target that does not wait for another to fail",
        ),
        (1, json!([target, target]), "taken"),
    ] {
        let spec = json!({ "hedge": { "after_ms": after_ms }, "targets": targets });
        assert_eq!(said_of(spec).trim_start_matches("Model smart: "), says);
    }
}

/// What is said of a model's spec; "taken" where nothing is.
fn said_of(spec: Value) -> String {
    resource("Model", "smart", spec).map_or_else(|error| error.to_string(), |_| "taken".into())
}

#[test]
fn a_strategy_is_checked_against_what_stands_beside_it() {
    let targets = json!([{ "provider": "openai", "model": "gpt-5" }]);
    let weightless = json!([{ "provider": "openai", "model": "gpt-5", "weight": 0 }]);
    for (spec, says) in [
        (
            json!({ "targets": [] }),
            "spec.targets: name at least one target",
        ),
        (
            json!({ "strategy": "least-busy", "targets": weightless }),
            "spec.targets: give at least one target a weight",
        ),
        (
            json!({ "strategy": "least-cost", "targets": weightless }),
            "taken",
        ),
        (
            json!({ "hash_by": "user", "targets": targets }),
            "spec.hash_by: only the strategy consistent-hash hashes, and this one is priority",
        ),
        (
            json!({
                "strategy": "consistent-hash", "hash_by": { "header": "x y" }, "targets": targets,
            }),
            "spec.hash_by.header: this is not the name of a header",
        ),
        (
            json!({ "strategy": "consistent-hash", "hash_by": "user", "targets": targets }),
            "taken",
        ),
    ] {
        assert_eq!(said_of(spec).trim_start_matches("Model smart: "), says);
    }
}

#[test]
fn what_a_model_says_of_its_targets_must_make_sense() {
    let of = |more: Value| {
        let mut spec = json!({ "targets": [{ "provider": "openai", "model": "gpt-5" }] });
        for (member, value) in more.as_object().unwrap() {
            spec[member] = value.clone();
        }
        said_of(spec)
    };
    let with = |more: Value| {
        let mut target = json!({ "provider": "openai", "model": "gpt-5" });
        for (member, value) in more.as_object().unwrap() {
            target[member] = value.clone();
        }
        of(json!({ "targets": [target] }))
    };
    let says = [
        with(json!({ "takes_over": ["timeout"] })),
        with(json!({ "when": { "has": ["vision"], "has_none": ["vision"] } })),
        with(json!({ "when": { "has": ["vision"] }, "cannot": ["vision"] })),
        with(json!({ "when": { "min_prompt_tokens": 2, "max_prompt_tokens": 1 } })),
        with(json!({ "tags": ["a b"] })),
        with(json!({ "context_window": 0 })),
        of(json!({ "timeouts": { "attempt_ms": 0 } })),
        of(json!({ "timeouts": { "attempt_ms": 2, "total_ms": 1 } })),
        of(json!({ "timeouts": { "attempt_ms": 1, "first_token_ms": 1, "total_ms": 1 } })),
    ];
    let says: Vec<&str> = says
        .iter()
        .map(|one| one.trim_start_matches("Model smart: "))
        .collect();
    assert_eq!(
        says,
        [
            "spec.targets[0].takes_over: at least one target must not wait for another to fail",
            "spec.targets[0].when.has: no request both has vision and has none of it",
            "spec.targets[0].cannot: it is for requests with vision and cannot do it",
            "spec.targets[0].when.min_prompt_tokens: this is more than max_prompt_tokens, so no \
             prompt fits",
            "spec.targets[0].tags: \"a b\" is no tag: a tag has no spaces and no commas",
            "spec.targets[0].context_window: a window is at least 1 token",
            "spec.timeouts.attempt_ms: a time to wait is at least 1 ms",
            "spec.timeouts.attempt_ms: this is longer than total_ms",
            "taken",
        ]
    );
}
