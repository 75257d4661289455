//! A Tollgate process with resources in it, its admin API, and its books.

use std::collections::HashSet;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use tollgate_model::Nanos;
use tollgate_testkit::Upstream;

use crate::client::{Answer, Caller};
use crate::process::{Ended, Place, Server, eventually, http};
use crate::provider::{INPUT, OUTPUT, sum};

/// How many calls the admin API gives at a time.
const PAGE: usize = 1000;

/// A process that serves, and its data folder.
pub(crate) struct Scene {
    pub(crate) place: Place,
    server: Server,
}

impl Scene {
    pub(crate) fn start() -> Scene {
        Scene::on(Place::new(), &[])
    }

    /// Starts on a data folder, with these variables.
    pub(crate) fn on(place: Place, variables: &[(&str, &str)]) -> Scene {
        let mut all = vec![("TOLLGATE_LOG", "warn"), ("TOLLGATE_WORKERS", "2")];
        all.extend(variables);
        let server = place.serve_with(&all);
        Scene { place, server }
    }

    /// Sends the signal and waits for the end: the data folder, and the exit code.
    pub(crate) fn end(self, signal: &str) -> (Place, i32) {
        self.signal(signal);
        self.ended()
    }

    /// Waits for the end, of which it has been told: the data folder, and the exit code.
    pub(crate) fn ended(self) -> (Place, i32) {
        let (code, _) = self.server.ended();
        (self.place, code)
    }

    pub(crate) fn signal(&self, name: &str) {
        self.server.signal(name);
    }

    /// `http://HOST:PORT` of the gateway.
    pub(crate) fn gateway(&self) -> String {
        self.server.text("gateway")
    }

    pub(crate) fn caller(&self, key: &str) -> Caller {
        Caller::new(&self.gateway(), key)
    }

    /// Applies resources that have to be accepted.
    #[track_caller]
    pub(crate) fn apply(&self, resources: &[Value]) {
        self.try_apply(resources).good();
    }

    pub(crate) fn try_apply(&self, resources: &[Value]) -> Ended {
        let documents: Vec<String> = resources.iter().map(Value::to_string).collect();
        let text = documents.join("\n---\n");
        self.place.run_with(&["apply", "-f", "-"], &text)
    }

    /// Makes a key of an application.
    #[track_caller]
    pub(crate) fn key(&self, application: &str, name: &str) -> String {
        let create = ["key", "create", "--application", application];
        let key = self
            .place
            .run(&[&create[..], &["--name", name, "-q"]].concat());
        key.good().trim().to_owned()
    }

    #[track_caller]
    pub(crate) fn credit(&self, team: &str, amount: Nanos) {
        let amount = amount.to_string();
        let credit = ["wallet", "credit", team, &amount, "--reason", "a test"];
        self.place.run(&credit).good();
    }

    /// Asks the admin API, which has to answer well.
    #[track_caller]
    pub(crate) fn api(&self, path: &str) -> Value {
        let token = std::fs::read_to_string(self.place.data().join("admin.token")).unwrap();
        let request = format!("GET /api/v1/{path}");
        let answer = http(
            &self.server.text("control"),
            &request,
            Some(token.trim()),
            "",
        );
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        serde_json::from_str(&answer.body).unwrap()
    }

    /// Waits until the store has every call that has ended.
    #[track_caller]
    pub(crate) fn settled(&self) {
        eventually(|| (self.api("status")["backlog"] == 0).then_some(()));
    }

    /// Every call that is on record; each is there once.
    #[track_caller]
    pub(crate) fn calls(&self) -> Vec<Value> {
        let mut all: Vec<Value> = Vec::new();
        let mut path = format!("calls?limit={PAGE}");
        loop {
            let page = self.api(&path);
            all.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => path = format!("calls?limit={PAGE}&before={next}"),
                None => break,
            }
        }
        let ids: HashSet<&str> = all.iter().map(|call| text(&call["id"])).collect();
        assert_eq!(ids.len(), all.len(), "a call is on record twice");
        all
    }

    /// The record of a call, once it is there.
    #[track_caller]
    pub(crate) fn call(&self, id: &str) -> Value {
        self.settled();
        self.api(&format!("calls/{id}"))
    }

    /// An amount of a team's wallet: `balance`, `leased` or `available`.
    #[track_caller]
    pub(crate) fn wallet(&self, team: &str, member: &str) -> Nanos {
        amount(&self.api(&format!("wallets/{team}"))[member])
    }

    /// What is spent of a budget in its present window.
    #[track_caller]
    pub(crate) fn spent(&self, budget: &str) -> Nanos {
        let budgets = self.api("budgets");
        let items = budgets["items"].as_array().unwrap();
        let found = items.iter().find(|item| item["name"] == budget).unwrap();
        amount(&found["spent"])
    }

    /// What a team has consumed, by the ledger.
    #[track_caller]
    pub(crate) fn consumed(&self, team: &str) -> Nanos {
        let account = format!("usage/{team}");
        let accounts = self.api(&format!("ledger/accounts?prefix={account}"));
        let items = accounts["items"].as_array().unwrap();
        let found = items.iter().find(|item| item["id"] == account.as_str());
        found.map_or(Nanos::ZERO, |item| amount(&item["balance"]))
    }

    /// Checks that the books are in order, and that callers, records and ledger say the same of a
    /// team that made these calls and no others. Gives what it has consumed.
    #[track_caller]
    pub(crate) fn audit(&self, team: &str, answers: &[Answer]) -> Nanos {
        self.settled();
        self.place.run(&["ledger", "verify"]).good();
        let calls = self.calls();
        let of_team: Vec<&Value> = calls.iter().filter(|call| call["team"] == team).collect();
        assert_eq!(of_team.len(), answers.len(), "one record per answer");
        let told = sum(answers.iter().filter(|a| a.status == 200).map(Answer::cost));
        let recorded = sum(of_team.iter().map(|call| amount(&call["cost"])));
        assert_eq!(told, recorded, "callers and records");
        assert_eq!(told, self.consumed(team), "callers and ledger");
        told
    }
}

/// `total` calls by `callers` at once, as fast as they are answered.
#[track_caller]
pub(crate) fn storm(
    scene: &Scene,
    key: &str,
    body: &str,
    callers: usize,
    total: usize,
) -> Vec<Answer> {
    let (left, start) = (AtomicUsize::new(total), Barrier::new(callers));
    let one = || {
        let (mut caller, mut answers) = (scene.caller(key), Vec::new());
        start.wait();
        let take = |left: usize| left.checked_sub(1);
        while left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
            .is_ok()
        {
            answers.push(caller.ask(body));
        }
        answers
    };
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..callers).map(|_| scope.spawn(one)).collect();
        callers
            .into_iter()
            .flat_map(|caller| caller.join().unwrap())
            .collect()
    });
    assert_eq!(answers.len(), total);
    answers
}

/// The answers that are answers of a model, and the others.
pub(crate) fn sorted(answers: &[Answer]) -> (Vec<&Answer>, Vec<&Answer>) {
    answers.iter().partition(|answer| answer.status == 200)
}

#[track_caller]
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

/// An amount of money as the API writes it.
#[track_caller]
pub(crate) fn amount(value: &Value) -> Nanos {
    text(value).parse().unwrap()
}

pub(crate) fn team(name: &str, billing: &str) -> Value {
    json!({ "kind": "Team", "name": name, "spec": { "billing": billing } })
}

pub(crate) fn application(name: &str, team: &str) -> Value {
    json!({ "kind": "Application", "name": name, "spec": { "team": team } })
}

/// A provider that speaks as OpenAI does, at the prices of [`crate::provider`].
pub(crate) fn provider(name: &str, upstream: &Upstream) -> Value {
    provider_at(name, &upstream.url())
}

/// The same at an address.
pub(crate) fn provider_at(name: &str, address: &str) -> Value {
    json!({ "kind": "Provider", "name": name, "spec": {
        "dialect": "openai-chat",
        "base_url": format!("{address}/v1"),
        "prices": { "*": { "input": INPUT, "output": OUTPUT } },
    } })
}

/// A model whose targets are model `m` of these providers, in this order.
pub(crate) fn model(name: &str, providers: &[&str]) -> Value {
    let targets = providers
        .iter()
        .map(|provider| json!({ "provider": provider, "model": "m" }));
    let targets: Vec<Value> = targets.collect();
    json!({ "kind": "Model", "name": name, "spec": { "targets": targets } })
}

pub(crate) fn budget(name: &str, scope: Value, limit: Nanos) -> Value {
    let limit = limit.to_string();
    let spec = json!({ "scope": scope, "limit": limit, "window": "month" });
    json!({ "kind": "Budget", "name": name, "spec": spec })
}
