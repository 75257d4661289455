//! Every check finds its fault, and finds nothing where there is none.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tollgate_model::account::AccountId;
use tollgate_model::call::FailureClass;
use tollgate_model::probe::{Probe, ProbeFailure};
use tollgate_model::{Micros, Reason};

use super::all;
use super::world::{dollars, facts_with, now, paid, refused, timed};
use crate::facts::{
    CredentialFacts, DoorFacts, Facts, FileFacts, LeaseFacts, LogLine, OpenFiles, ProbeFacts,
    RefusalFacts, ServerFacts, Unknown,
};
use crate::finding::{Finding, Severity, Step};
use crate::report::{CheckState, examine};

/// A fault: the check that finds it, resources that make it, and facts that do.
type Fault = (&'static str, Value, fn(&mut Facts));

fn none() -> Value {
    json!([])
}

fn as_it_is(_: &mut Facts) {}

fn server(facts: &mut Facts) -> &mut ServerFacts {
    facts.server.as_mut().unwrap()
}

fn credential(class: FailureClass) -> CredentialFacts {
    CredentialFacts {
        provider: "up".to_owned(),
        credential: Some("main".to_owned()),
        class,
        since: now(),
        said: "no".to_owned(),
    }
}

fn probe(class: FailureClass) -> ProbeFacts {
    ProbeFacts {
        provider: "up".to_owned(),
        credential: Some("main".to_owned()),
        probe: Probe {
            took: 1,
            outcome: Err(ProbeFailure {
                class,
                status: Some(402),
                note: "no".to_owned(),
            }),
            open_to_all: false,
            date: None,
        },
        at: now(),
    }
}

fn refusal(reason: Reason, application: &str) -> RefusalFacts {
    RefusalFacts {
        reason,
        rule: Some("Team acme (revision 2)".to_owned()),
        application: Some(application.to_owned()),
        calls: 3,
        last: now(),
        call: "call_1".to_owned(),
    }
}

fn key(more: Value) -> Value {
    let hash = "sha256:fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9";
    let mut spec = json!({ "application": "web", "hash": hash });
    for (name, value) in more.as_object().unwrap() {
        spec[name] = value.clone();
    }
    json!([{ "kind": "Key", "name": "first", "spec": spec }])
}

fn budget(spec: Value) -> Value {
    json!([{ "kind": "Budget", "name": "cap", "spec": spec }])
}

fn provider(spec: Value) -> Value {
    json!([{ "kind": "Provider", "name": "other", "spec": spec },
        { "kind": "Model", "name": "m2", "spec": { "targets": [{ "provider": "other", "model": "x" }] } }])
}

fn payment() -> Vec<Fault> {
    vec![
        ("wallet_empty", none(), |facts| {
            facts.wallets = Ok(Vec::new())
        }),
        ("wallet_low", none(), |facts| {
            facts.wallets.as_mut().unwrap()[0].balance = dollars("0.99");
        }),
        ("wallet_unused", none(), |facts| {
            facts.wallets.as_mut().unwrap()[0].team = "gone".to_owned();
        }),
        ("budget_used_up", none(), |facts| {
            facts.windows.as_mut().unwrap()[0].spent = dollars("100.00");
        }),
        ("budget_nearly_used_up", none(), |facts| {
            facts.windows.as_mut().unwrap()[0].spent = dollars("90.00");
        }),
        (
            "key_expired",
            key(json!({ "expires_at": "2026-11-25T07:59:59Z" })),
            as_it_is,
        ),
        (
            "key_expiring",
            key(json!({ "expires_at": "2026-12-09T07:00:00Z" })),
            as_it_is,
        ),
        ("lease_of_dead_node", none(), |facts| {
            facts.leases = Ok(vec![LeaseFacts {
                node: "node-0".to_owned(),
                account: AccountId::wallet("acme"),
                amount: dollars("1.00"),
            }]);
        }),
        ("refused_for_money", none(), |facts| {
            facts.refusals = Ok(vec![refusal(Reason::BalanceExhausted, "web")]);
        }),
        ("provider_unfunded", none(), |facts| {
            facts.credentials.push(credential(FailureClass::Unfunded));
        }),
        ("provider_funds_probed", none(), |facts| {
            facts.probes = Ok(vec![probe(FailureClass::Unfunded)]);
        }),
    ]
}

fn configuration() -> Vec<Fault> {
    let twice = json!([{ "kind": "Model", "name": "smart", "spec": { "targets": [
        { "provider": "up", "model": "m" }, { "provider": "up", "model": "m" }] } }]);
    let closed = key(json!({ "models": ["up/m"] }));
    let in_vain = budget(
        json!({ "scope": { "team": "inner" }, "limit": "1.00", "window": "day",
        "on_exhausted": 402 }),
    );
    let wider = json!([
        { "kind": "Budget", "name": "all", "spec":
            { "scope": "organization", "limit": "5.00", "window": "day" } },
        { "kind": "Budget", "name": "cap", "spec":
            { "scope": { "team": "acme" }, "limit": "6.00", "window": "day" } }]);
    vec![
        (
            "budget_refuses_everything",
            budget(json!({ "scope": { "team": "acme" }, "limit": "0",
            "window": "day" })),
            as_it_is,
        ),
        (
            "budget_of_nobody",
            budget(json!({ "scope": { "key": "absent" }, "limit": "1.00",
            "window": "day" })),
            as_it_is,
        ),
        ("budget_never_reached", wider, as_it_is),
        ("budget_asks_for_payment_in_vain", in_vain, as_it_is),
        (
            "key_allows_unknown_model",
            key(json!({ "models": ["smrat", "smart"] })),
            as_it_is,
        ),
        ("model_without_key", closed, as_it_is),
        ("refused_through_us", none(), |facts| {
            facts.refusals = Ok(vec![refusal(Reason::PriceUnknown, "web")]);
        }),
        ("provider_fails", none(), |facts| {
            facts.credentials.push(credential(FailureClass::Auth))
        }),
        ("provider_probe_fails", none(), |facts| {
            facts.probes = Ok(vec![probe(FailureClass::Auth)])
        }),
        ("credential_secret_missing", none(), |facts| {
            facts.sealed = Ok(vec![(
                "openai".to_owned(),
                "it was sealed by another key".to_owned(),
            )]);
        }),
        (
            "provider_without_credential",
            provider(json!({ "dialect": "openai-chat",
            "base_url": "https://o.example", "credentials": [{ "name": "a", "key": { "env": "ABSENT" } }],
            "unpriced": "free" })),
            as_it_is,
        ),
        ("configuration_not_in_force", none(), |facts| {
            facts.revision = 8
        }),
        (
            "model_without_price",
            provider(json!({ "dialect": "openai-chat",
            "base_url": "https://o.example" })),
            as_it_is,
        ),
        (
            "model_served_free",
            provider(json!({ "dialect": "openai-chat",
            "base_url": "https://o.example", "unpriced": "free" })),
            as_it_is,
        ),
        (
            "model_deprecated",
            json!([
                { "kind": "Provider", "name": "listed", "spec": { "prices": { "old": { "input": "1.00" } } } },
                { "kind": "Model", "name": "m2", "spec": { "targets": [{ "provider": "listed", "model": "old" }] } },
            ]),
            as_it_is,
        ),
        ("target_named_twice", twice, as_it_is),
        (
            "provider_is_this_gateway",
            provider(json!({ "dialect": "openai-chat",
            "base_url": "http://localhost:8402/v1", "unpriced": "free" })),
            as_it_is,
        ),
        ("prices_stale", none(), |facts| {
            facts.prices.taken = Micros::parse("2026-01-01T00:00:00Z").unwrap();
        }),
        ("control_open_to_the_network", none(), |facts| {
            facts.people = Ok(0);
            server(facts).control = Some("0.0.0.0:8403".parse().unwrap());
        }),
        ("free_path_behind_a_wall", none(), |facts| {
            facts.doors = Ok(vec![DoorFacts {
                asked: "GET /robots.txt".to_owned(),
                status: 402,
            }]);
        }),
        ("clock_skew", none(), |facts| {
            facts.database.as_mut().unwrap().ahead = -61_000_000
        }),
    ]
}

fn transaction() -> Vec<Fault> {
    vec![
        ("transaction_can_be_made", none(), |facts| {
            facts.sale.made = Ok(Err("no".to_owned()))
        }),
        ("no_key_is_401", none(), |facts| {
            facts.sale.keyless = Ok(timed(vec![paid("0.10")]));
        }),
        ("empty_wallet_is_402", none(), |facts| {
            let mut answer = refused(402, Reason::BalanceExhausted);
            answer.body_agrees = false;
            facts.sale.empty = Ok(timed(vec![answer]));
        }),
        ("paid_call_is_answered", none(), |facts| {
            facts.sale.paid.as_mut().unwrap().value.expected = Some(dollars("0.11"));
        }),
        ("too_dear_is_402", none(), |facts| {
            let mut answer = refused(402, Reason::HoldExceedsBalance);
            answer.uncached = false;
            facts.sale.dear = Ok(timed(vec![answer]));
        }),
        ("budget_is_kept", none(), |facts| {
            facts.sale.limited = Ok(timed(vec![refused(402, Reason::BudgetExceeded)]));
        }),
        ("nothing_is_spent_twice", none(), |facts| {
            facts
                .sale
                .crowd
                .as_mut()
                .unwrap()
                .value
                .answers
                .push(paid("0.01"));
        }),
        ("ledger_adds_up", none(), |facts| {
            facts
                .sale
                .books
                .as_mut()
                .unwrap()
                .value
                .after
                .push("a new fault".to_owned());
        }),
        ("nothing_is_left_over", none(), |facts| {
            facts.sale.left_over = Ok(timed(vec!["Team tollgate-doctor".to_owned()]));
        }),
    ]
}

fn of_server() -> Vec<Fault> {
    vec![
        ("trouble", none(), |facts| {
            server(facts).troubles.push("the store is away".to_owned())
        }),
        ("log_has_errors", none(), |facts| {
            server(facts).log.push(LogLine {
                at: now(),
                is_error: true,
                text: "the disk is full".to_owned(),
                times: 2,
            });
        }),
        ("disk_nearly_full", none(), |facts| {
            server(facts).disk.as_mut().unwrap().free = 1 << 20
        }),
        ("file_limit_low", none(), |facts| {
            server(facts).open_files = Ok(OpenFiles {
                open: 10,
                limit: 1_024,
            });
        }),
        ("memory_nearly_full", none(), |facts| {
            server(facts).memory.as_mut().unwrap().available = 1 << 20;
        }),
        ("clock_was_set", none(), |facts| {
            server(facts).set_forward = -6_000_000
        }),
        ("data_readable_by_others", none(), |facts| {
            server(facts).files.push(FileFacts {
                name: "sealing.key".to_owned(),
                mode: 0o640,
            });
        }),
        ("ledger_faulty", none(), |facts| {
            facts
                .ledger
                .as_mut()
                .unwrap()
                .faults
                .push("it does not sum to zero".to_owned());
        }),
        ("journal_behind", none(), |facts| {
            server(facts).backlog = 2 << 20
        }),
        ("journal_unsettled", none(), |facts| {
            server(facts).serves = false;
            server(facts).unsettled = 100;
        }),
        ("database_slow", none(), |facts| {
            facts.database.as_mut().unwrap().latency = 300_000
        }),
    ]
}

/// What a check finds in facts.
fn found(id: &str, facts: &Facts) -> Vec<Finding> {
    let check = all().find(|check| check.id == id).unwrap();
    (check.find)(facts).unwrap()
}

#[test]
fn every_check_finds_its_fault_at_its_worst_and_says_what_to_do() {
    let mut tried = BTreeSet::new();
    let faults = [payment(), configuration(), transaction(), of_server()].concat();
    for (id, documents, seed) in faults {
        let check = all().find(|check| check.id == id).unwrap();
        let mut facts = facts_with(documents);
        seed(&mut facts);
        let findings = found(id, &facts);
        let worst = findings.iter().map(|one| one.severity).max();
        assert_eq!(worst, Some(check.worst), "{id}: {findings:?}");
        for one in &findings {
            assert!(
                one.detail.ends_with(['.', '?']) || id == "log_has_errors",
                "{id}: {one:?}"
            );
            assert!(!one.fix.is_empty() && !one.subject.is_empty(), "{id}");
            assert_eq!(one.fixable, one.remedy.is_some(), "{id}");
            assert_eq!(one.fixable, check.mends.is_some(), "{id}");
        }
        tried.insert(id);
    }
    let known: BTreeSet<&str> = all().map(|check| check.id).collect();
    assert_eq!(tried, known, "every check has a fault that it finds");
}

#[test]
fn a_healthy_gateway_has_no_finding_and_every_check_can_tell() {
    let facts = facts_with(none());
    for step in Step::ALL {
        for check in examine(step, &facts).checks {
            assert_eq!(check.state, CheckState::Passed, "{check:?}");
        }
    }
}

#[test]
fn every_check_is_documented_once() {
    let mut ids = BTreeSet::new();
    for check in all() {
        assert!(ids.insert(check.id), "{} stands there twice", check.id);
        let fits = check
            .id
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        assert!(fits, "{}", check.id);
        assert!(
            !check.title.is_empty() && !check.title.ends_with('.'),
            "{}",
            check.id
        );
        assert!(
            check.meaning.ends_with(['.', ':']) && check.fix.ends_with('.'),
            "{}",
            check.id
        );
    }
}

#[test]
fn what_is_not_known_is_told_as_such() {
    let mut facts = facts_with(none());
    facts.leases = Ok(Vec::new());
    facts.alone = false;
    facts.probes = Err(Unknown("only with --probe".to_owned()));
    let report = examine(Step::Payment, &facts);
    let of = |id: &str| report.checks.iter().find(|check| check.id == id).unwrap();
    assert_eq!(of("lease_of_dead_node").state, CheckState::Unknown);
    let probed = of("provider_funds_probed");
    assert_eq!(probed.unknown.as_deref(), Some("only with --probe"));
    assert_eq!(report.worst(), None);
}

#[test]
fn the_doctors_own_team_is_not_told_of() {
    let mut facts = facts_with(json!([
        { "kind": "Team", "name": "tollgate-doctor", "spec": { "billing": "prepaid" } },
        { "kind": "Application", "name": "tollgate-doctor-limited", "spec": { "team": "tollgate-doctor" } },
        { "kind": "Budget", "name": "tollgate-doctor-limited", "spec": {
            "scope": { "application": "tollgate-doctor-limited" }, "limit": "0", "window": "hour" } },
    ]));
    facts.refusals = Ok(vec![refusal(Reason::BalanceExhausted, "tollgate-doctor")]);
    for id in [
        "wallet_empty",
        "refused_for_money",
        "budget_refuses_everything",
    ] {
        assert_eq!(found(id, &facts), [], "{id}");
    }
}

#[test]
fn severity_follows_what_is_at_stake() {
    let mut facts = facts_with(none());
    facts.wallets = Ok(Vec::new());
    facts.keys = Ok(Vec::new());
    let unused = &found("wallet_empty", &facts)[0];
    assert_eq!(unused.severity, Severity::Notice, "nobody can call yet");
    let control = |people, hosts: &[&str]| {
        let mut facts = facts_with(none());
        facts.people = Ok(people);
        server(&mut facts).control = Some("10.0.0.7:8403".parse().unwrap());
        server(&mut facts).control_hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
        found("control_open_to_the_network", &facts)[0].severity
    };
    assert_eq!(control(0, &["control.example"]), Severity::Error);
    assert_eq!(control(1, &[]), Severity::Warning);
    assert_eq!(control(1, &["control.example"]), Severity::Notice);
}

#[test]
fn a_key_with_a_list_may_name_what_a_provider_serves_unlisted() {
    let listed = key(json!({ "models": ["up/*", "u*", "up/anything", "smart"] }));
    assert_eq!(found("key_allows_unknown_model", &facts_with(listed)), []);
    let misspelt = key(json!({ "models": ["smrat", "zzz*"] }));
    let found = found("key_allows_unknown_model", &facts_with(misspelt));
    let told: Vec<&str> = found.iter().map(|one| one.detail.as_str()).collect();
    assert_eq!(
        told,
        [
            "It allows \"smrat\", and there is no such model. Did somebody mean smart?",
            "It allows \"zzz*\", and there is no such model.",
        ]
    );
}
