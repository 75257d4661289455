//! A gateway in which nothing is wrong, for tests.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};
use tollgate_model::account::LedgerReport;
use tollgate_model::catalogue::{Catalogue, ModelFacts, ProviderFacts};
use tollgate_model::resource::{Document, Kind, Resource, Spec};
use tollgate_model::resources::Secret;
use tollgate_model::snapshot::{SecretText, Secrets};
use tollgate_model::{Dialect, Micros, Nanos, Reason, Snapshot};

use crate::facts::{
    DatabaseFacts, Disk, DoorFacts, Facts, FileFacts, KeyFacts, Memory, OpenFiles, PricesFacts,
    ServerFacts, SpendingFacts, WalletFacts, WindowFacts,
};
use crate::sale::{Answer, Books, Crowd, Paid, Sale, Timed};

/// A catalogue of one provider with one model, whose end is announced.
struct Shelf {
    provider: ProviderFacts,
    models: Vec<ModelFacts>,
}

impl Catalogue for Shelf {
    fn provider(&self, id: &str) -> Option<&ProviderFacts> {
        (id == self.provider.id).then_some(&self.provider)
    }

    fn models(&self, provider: &str) -> &[ModelFacts] {
        match provider == self.provider.id {
            true => &self.models,
            false => &[],
        }
    }

    fn model(&self, provider: &str, name: &str) -> Option<&ModelFacts> {
        self.models(provider).iter().find(|model| model.id == name)
    }
}

fn shelf() -> Arc<dyn Catalogue> {
    let provider = ProviderFacts {
        id: "listed".to_owned(),
        title: "Listed".to_owned(),
        dialect: Dialect::OpenaiChat,
        also: Vec::new(),
        base_url: Some("https://listed.example/v1".to_owned()),
        regional_url: None,
        platform: None,
        auth: None,
        env: Vec::new(),
        own_names: false,
        keyless: false,
        quirks: Default::default(),
        tasks: Default::default(),
        realtime: false,
        files: Default::default(),
    };
    let old = ModelFacts {
        id: "old".to_owned(),
        price: None,
        services: BTreeMap::new(),
        context_window: None,
        max_output: None,
        input: Default::default(),
        output: Default::default(),
        abilities: Default::default(),
        deprecated: true,
    };
    Arc::new(Shelf {
        provider,
        models: vec![old],
    })
}

/// Opens the variable `SET` and nothing else.
struct Opener;

impl Secrets for Opener {
    fn open(&self, secret: &Secret) -> Result<SecretText, String> {
        match secret {
            Secret::Env(name) if name == "SET" => Ok(SecretText::new("sk-1")),
            _ => Err("the variable is not set".to_owned()),
        }
    }
}

fn base() -> Vec<Value> {
    vec![
        json!({ "kind": "Team", "name": "inner" }),
        json!({ "kind": "Team", "name": "acme", "spec": { "billing": "prepaid" } }),
        json!({ "kind": "Application", "name": "web", "spec": { "team": "acme" } }),
        json!({ "kind": "Application", "name": "tool", "spec": { "team": "inner" } }),
        json!({ "kind": "Key", "name": "first", "spec": { "application": "web", "hash": HASH } }),
        json!({ "kind": "Provider", "name": "up", "spec": {
            "dialect": "openai-chat", "base_url": "https://up.example/v1",
            "credentials": [{ "name": "main", "key": { "env": "SET" } }],
            "prices": { "m": { "input": "1.00", "output": "2.00" } } } }),
        json!({ "kind": "Model", "name": "smart", "spec": {
            "targets": [{ "provider": "up", "model": "m" }] } }),
        json!({ "kind": "Budget", "name": "month", "spec": {
            "scope": { "team": "inner" }, "limit": "100.00", "window": "month" } }),
    ]
}

const HASH: &str = "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";

/// The time.
pub(super) fn now() -> Micros {
    Micros::parse("2026-11-25T08:00:00Z").unwrap()
}

/// An amount of dollars.
pub(super) fn dollars(text: &str) -> Nanos {
    text.parse().unwrap()
}

/// Facts of a healthy gateway that has these resources too; they take the place of those of the same
/// name.
pub(super) fn facts_with(more: Value) -> Facts {
    let mut resources: Vec<Resource> = Vec::new();
    let more = more.as_array().cloned().unwrap_or_default();
    for document in base().into_iter().chain(more) {
        let document: Document = serde_json::from_value(document).unwrap();
        let resource = document.check().unwrap();
        let same = |one: &Resource| (one.kind(), &one.name) != (resource.kind(), &resource.name);
        resources.retain(same);
        resources.push(resource);
    }
    let (keys, resources): (Vec<_>, Vec<_>) = resources
        .into_iter()
        .partition(|one| one.kind() == Kind::Key);
    let compiled = Snapshot::compile(7, &resources, shelf(), &Opener).unwrap();
    Facts {
        now: now(),
        node: "node-1".to_owned(),
        alone: true,
        revision: 7,
        resources,
        snapshot: Arc::new(compiled.snapshot),
        keys: Ok(keys.into_iter().filter_map(key).collect()),
        sealed: Ok(Vec::new()),
        people: Ok(1),
        wallets: Ok(vec![WalletFacts {
            team: "acme".to_owned(),
            balance: dollars("25.00"),
        }]),
        spending: Ok(vec![SpendingFacts {
            team: "acme".to_owned(),
            calls: 100,
            cost: dollars("1.00"),
        }]),
        windows: Ok(vec![WindowFacts {
            budget: "month".parse().unwrap(),
            spent: dollars("10.00"),
            ends: Micros::parse("2026-12-01T00:00:00Z").unwrap(),
        }]),
        leases: Ok(Vec::new()),
        refusals: Ok(Vec::new()),
        credentials: Vec::new(),
        probes: Ok(Vec::new()),
        gateway: Some("127.0.0.1:8402".parse().unwrap()),
        doors: Ok(vec![DoorFacts {
            asked: "GET /robots.txt".to_owned(),
            status: 404,
        }]),
        prices: PricesFacts {
            source: "a list".to_owned(),
            taken: Micros::parse("2026-11-01T00:00:00Z").unwrap(),
        },
        sale: sale(),
        ledger: Ok(LedgerReport::default()),
        database: Ok(DatabaseFacts {
            engine: "SQLite",
            version: "3".to_owned(),
            latency: 200,
            ahead: 1_000,
        }),
        server: Ok(server()),
    }
}

fn key(resource: Resource) -> Option<KeyFacts> {
    match resource.spec {
        Spec::Key(spec) => Some(KeyFacts {
            name: resource.name,
            spec: *spec,
        }),
        _ => None,
    }
}

fn server() -> ServerFacts {
    ServerFacts {
        serves: true,
        control: Some("127.0.0.1:8403".parse().unwrap()),
        control_hosts: Vec::new(),
        files: vec![FileFacts {
            name: String::new(),
            mode: 0o700,
        }],
        disk: Ok(Disk {
            free: 1 << 40,
            total: 1 << 41,
        }),
        backlog: 0,
        unsettled: 0,
        open_files: Ok(OpenFiles {
            open: 50,
            limit: 65_536,
        }),
        memory: Ok(Memory {
            used: 1 << 25,
            available: 1 << 32,
            total: 1 << 33,
        }),
        set_forward: 100,
        log: Vec::new(),
        troubles: Vec::new(),
    }
}

/// The answer to a call that was refused.
pub(super) fn refused(status: u16, reason: Reason) -> Answer {
    Answer {
        dialect: Dialect::OpenaiChat,
        status,
        reason: Some(reason),
        body_agrees: true,
        uncached: true,
        cost: None,
        call: Some("call_1".to_owned()),
    }
}

/// The answer to a call that was paid for.
pub(super) fn paid(cost: &str) -> Answer {
    Answer {
        reason: None,
        cost: Some(dollars(cost)),
        ..refused(200, Reason::KeyMissing)
    }
}

/// Something that took a millisecond.
pub(super) fn timed<T>(value: T) -> Timed<T> {
    Timed { took: 1_000, value }
}

fn sale() -> Sale {
    let one = |status, reason| Ok(timed(vec![refused(status, reason)]));
    Sale {
        made: Ok(Ok(())),
        keyless: one(401, Reason::KeyMissing),
        empty: one(402, Reason::BalanceExhausted),
        paid: Ok(timed(Paid {
            answer: paid("0.10"),
            expected: Some(dollars("0.10")),
            before: dollars("1.00"),
            after: dollars("0.90"),
        })),
        dear: one(402, Reason::HoldExceedsBalance),
        limited: one(429, Reason::BudgetExceeded),
        crowd: Ok(timed(Crowd {
            answers: vec![
                paid("0.50"),
                paid("0.40"),
                refused(402, Reason::FundsHeldInFlight),
            ],
            before: dollars("0.90"),
            after: dollars("0.00"),
        })),
        books: Ok(timed(Books {
            before: vec!["an old fault".to_owned()],
            after: vec!["an old fault".to_owned()],
            left: Nanos::ZERO,
            leased: Nanos::ZERO,
        })),
        left_over: Ok(timed(Vec::new())),
    }
}
