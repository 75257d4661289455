//! Whole sources, as people have them: what becomes of each, that nothing is lost in silence, and
//! that no secret is told.

// A test that cannot go on says so by panicking.
#![allow(clippy::unwrap_used, clippy::panic)]

mod bad_input;
mod litellm;
mod nothing_lost;
mod one_api;
mod openrouter;
mod portkey;

use std::sync::Arc;

use tollgate_import::{Flavour, Plan, Source, Tables};
use tollgate_model::resource::Resource;
use tollgate_model::resources::Secret;
use tollgate_model::snapshot::{SecretText, Secrets};
use tollgate_model::{Kind, Snapshot};

pub(crate) const LITELLM: &str = include_str!("../fixtures/litellm.yaml");
pub(crate) const LITELLM_KEYS: &str = include_str!("../fixtures/litellm-keys.json");
pub(crate) const ONE_API: &str = include_str!("../fixtures/one-api.sql");
pub(crate) const OPENROUTER: &str = include_str!("../fixtures/openrouter.json");
pub(crate) const PORTKEY: &str = include_str!("../fixtures/portkey.json");

pub(crate) fn source<'a>(name: &'a str, text: &'a str) -> Source<'a> {
    Source { name, text }
}

pub(crate) fn litellm(config: &str, keys: Option<&str>) -> Plan {
    let keys = keys.map(|text| source("keys.json", text));
    tollgate_import::litellm(source("config.yaml", config), keys).unwrap()
}

pub(crate) fn one_api(sql: &str) -> Plan {
    let tables = tollgate_import::dump("dump.sql", sql).unwrap();
    rows(tables)
}

pub(crate) fn rows(tables: Tables) -> Plan {
    tollgate_import::one_api(tables, Flavour::OneApi, None).unwrap()
}

pub(crate) fn openrouter(text: &str) -> Plan {
    tollgate_import::openrouter(source("keys.json", text)).unwrap()
}

pub(crate) fn portkey(text: &str) -> Plan {
    tollgate_import::portkey(source("configs.json", text)).unwrap()
}

/// Every fixture as a plan.
pub(crate) fn all() -> Vec<(&'static str, Plan)> {
    vec![
        ("litellm", litellm(LITELLM, Some(LITELLM_KEYS))),
        ("one-api", one_api(ONE_API)),
        ("openrouter", openrouter(OPENROUTER)),
        ("portkey", portkey(PORTKEY)),
    ]
}

/// A resource of a plan, as `kind name: spec`.
pub(crate) fn resources(plan: &Plan, kind: Kind) -> String {
    let lines = plan
        .documents
        .iter()
        .filter(|document| document.kind == kind)
        .map(|document| format!("{}: {}\n", document.name, document.spec));
    lines.collect()
}

/// The secrets of a plan all open.
struct Open;

impl Secrets for Open {
    fn open(&self, _: &Secret) -> Result<SecretText, String> {
        Ok(SecretText::new("opened"))
    }
}

/// Compiles a plan.
pub(crate) fn compile(plan: &Plan) -> Snapshot {
    let resources: Vec<Resource> = plan.documents.iter().map(|d| d.check().unwrap()).collect();
    let catalogue = tollgate_catalog::builtin();
    let compiled = Snapshot::compile(1, &resources, Arc::clone(&catalogue), &Open);
    compiled.unwrap().snapshot
}

#[test]
fn every_plan_compiles_and_every_model_of_it_can_be_called() {
    for (source, plan) in all() {
        let snapshot = compile(&plan);
        for document in plan.documents.iter().filter(|d| d.kind == Kind::Model) {
            let model = snapshot.resolve(document.name.as_str()).unwrap();
            let priced = model.targets.iter().all(|target| target.price.is_some());
            // one-api keeps the price of an answer of this one to itself.
            let refused = source == "one-api" && document.name.as_str() == "claude-3";
            assert_eq!(priced, !refused, "{source}: {}", document.name);
        }
    }
}
