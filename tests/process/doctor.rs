//! The doctor on a real process: healthy, with seeded faults, and on a data folder at rest.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::process::{Ended, Place, Server, call, mode};

/// What the doctor says, whatever its exit code.
fn told(ended: &Ended) -> Value {
    serde_json::from_str(&ended.stdout).unwrap_or_else(|why| panic!("{why}: {ended:?}"))
}

fn doctor(place: &Place, more: &[&str]) -> (i32, Value) {
    let ended = place.run(&[&["doctor", "--json"][..], more].concat());
    (ended.code, told(&ended))
}

/// The check of this id.
fn check<'a>(report: &'a Value, id: &str) -> &'a Value {
    let steps = report["steps"].as_array().unwrap().iter();
    let mut checks = steps.flat_map(|step| step["checks"].as_array().unwrap());
    checks.find(|check| check["id"] == id).unwrap()
}

fn errors(report: &Value) -> Vec<&Value> {
    let steps = report["steps"].as_array().unwrap().iter();
    let checks = steps.flat_map(|step| step["checks"].as_array().unwrap());
    let findings = checks
        .filter_map(|check| check["findings"].as_array())
        .flatten();
    findings.filter(|one| one["severity"] == "error").collect()
}

fn apply(place: &Place, documents: &str) {
    let file = place.file("faults.yaml", documents);
    place.run(&["apply", "-f", &file]).good();
}

#[test]
fn a_new_installation_is_healthy_and_a_sale_from_end_to_end_leaves_nothing_behind() {
    let place = Place::new();
    let server = place.serve();
    for run in 0..2 {
        let (code, report) = doctor(&place, &[]);
        assert_eq!(errors(&report), [&json!(null); 0], "run {run}");
        assert_eq!(code, 0, "{report}");
        let transaction = report["steps"][2]["checks"].as_array().unwrap();
        for part in transaction {
            assert_eq!(part["state"], "passed", "{part}");
        }
        let measured = transaction.iter().filter(|part| part["took"].is_u64());
        assert_eq!(
            measured.count(),
            transaction.len() - 1,
            "all but whether it could be made"
        );
        let gone = place.run(&["get", "team", "tollgate-doctor"]);
        assert_eq!(gone.code, 1, "{gone:?}");
    }
    place.run(&["ledger", "verify"]).good();
    let account = [
        "ledger",
        "transactions",
        "--account",
        "wallet/tollgate-doctor",
        "--json",
    ];
    let moved = place.run(&account).json();
    let actors = moved["items"].as_array().unwrap().iter();
    let by_hand = actors.filter(|one| one["kind"] != "settlement");
    for one in by_hand {
        assert_eq!(one["actor"], "doctor", "{one}");
    }
    drop(server);
}

/// The faults, as files that are applied.
const FAULTS: &str = r#"
kind: Team
name: acme
spec: { billing: prepaid }
---
kind: Application
name: web
spec: { team: acme }
---
kind: Provider
name: up
spec: { dialect: openai-chat, base_url: "http://127.0.0.1:1", credentials: [ { name: main, key: { env: ABSENT } } ] }
---
kind: Model
name: smart
spec: { targets: [ { provider: up, model: m }, { provider: up, model: m } ] }
---
kind: Budget
name: vain
spec: { scope: { team: default }, limit: "1.00", window: day, on_exhausted: 402 }
---
kind: Budget
name: nothing
spec: { scope: { team: acme }, limit: "0", window: day }
---
kind: Budget
name: nobody
spec: { scope: { key: absent }, limit: "1.00", window: day }
"#;

fn seeded(place: &Place) -> Server {
    let server = place.serve();
    apply(place, FAULTS);
    let key = [
        "key",
        "create",
        "--application",
        "web",
        "--model",
        "smart",
        "--model",
        "smrat",
        "-q",
    ];
    let key = place.run(&key).good();
    let refused = call(&server, key.trim(), "smart");
    assert!(refused.status >= 400, "{refused:?}");
    server
}

#[test]
fn seeded_faults_are_found_and_what_is_safe_is_mended() {
    let place = Place::new();
    let server = seeded(&place);
    let key = place.data().join("sealing.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let (code, report) = doctor(&place, &["--step", "1", "--step", "2", "--step", "4"]);
    assert_eq!(code, 1);
    for (id, severity) in [
        ("wallet_empty", "error"),
        ("credential_secret_missing", "error"),
        ("provider_without_credential", "warning"),
        ("model_without_price", "error"),
        ("target_named_twice", "warning"),
        ("budget_asks_for_payment_in_vain", "warning"),
        ("budget_refuses_everything", "warning"),
        ("budget_of_nobody", "warning"),
        ("key_allows_unknown_model", "warning"),
        ("data_readable_by_others", "error"),
    ] {
        let findings = &check(&report, id)["findings"];
        assert_eq!(findings[0]["severity"], severity, "{id}: {findings}");
    }
    let (_, mended) = doctor(&place, &["--step", "2", "--step", "4", "--fix"]);
    for id in ["budget_asks_for_payment_in_vain", "data_readable_by_others"] {
        assert_eq!(check(&mended, id)["state"], "passed", "{id}");
    }
    assert_eq!(mended["fixed"].as_array().unwrap().len(), 2, "{mended}");
    assert_eq!(mode(&key), 0o600);
    assert_eq!(check(&mended, "model_without_price")["state"], "found");
    drop(server);
}

#[test]
fn what_can_be_told_of_a_data_folder_at_rest_is_told() {
    let place = Place::new();
    drop(place.serve());
    apply(&place, FAULTS);
    let read = place.run(&["doctor"]);
    assert_eq!(read.code, 1, "{read:?}");
    assert!(
        read.stdout.contains("[model_without_price]"),
        "{}",
        read.stdout
    );
    assert!(
        read.stdout.contains("no gateway runs in this process"),
        "{}",
        read.stdout
    );
    let quiet = place.run(&["doctor", "--step", "2", "-q"]);
    assert!(
        quiet.stdout.lines().any(|id| id == "budget_of_nobody"),
        "{quiet:?}"
    );
    let (_, report) = doctor(&place, &["--step", "3"]);
    assert_eq!(check(&report, "paid_call_is_answered")["state"], "unknown");
    assert_eq!(place.run(&["doctor", "--step", "5"]).code, 2);
}
