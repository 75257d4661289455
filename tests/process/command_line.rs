//! The verbs, their exit codes, and what they write where.

use serde_json::json;

use tollgate_testkit::{Reply, Upstream};

use crate::process::{Place, call, eventually, run_with, tollgate};

#[test]
fn nothing_to_talk_to_is_exit_code_3() {
    let place = Place::new();
    let ended = place.run(&["get", "models"]);
    assert_eq!(ended.code, 3, "{ended:?}");
    assert_eq!(ended.stdout, "");
    let named = place.run(&["--control", "http://127.0.0.1:1", "status"]);
    assert_eq!(named.code, 3, "{named:?}");
    assert!(!place.data().exists(), "asking makes no data folder");
}

#[test]
fn wrong_usage_is_exit_code_2() {
    let place = Place::new();
    for arguments in [
        &["get", "modle"][..],
        &["unheard-of"],
        &["wallet", "credit", "acme", "5,00", "--reason", "x"],
        &["apply", "-f", "/nowhere/at/all.yaml"],
        &["serve", "--gateway", "nowhere"],
        &["--control", "ftp://x", "status"],
        &["explain", "no-call"],
    ] {
        let mut command = place.command(arguments);
        command.env("TOLLGATE_TOKEN", "t");
        let ended = run_with(command, "");
        assert_eq!(ended.code, 2, "{arguments:?}: {ended:?}");
        assert_eq!(ended.stdout, "", "{arguments:?}");
    }
}

#[test]
fn a_fault_is_exit_code_1_and_json_where_that_was_asked_for() {
    let place = Place::new();
    let server = place.serve();
    let ended = place.run(&["get", "model", "absent", "--json"]);
    assert_eq!(ended.code, 1, "{ended:?}");
    let told: serde_json::Value = serde_json::from_str(&ended.stderr).unwrap();
    assert_eq!(told["exit"], json!(1));
    assert_eq!(told["problem"]["status"], json!(404));
    drop(server);
}

#[test]
fn a_wrong_token_is_told_as_such() {
    let place = Place::new();
    let server = place.serve();
    let mut command = place.command(&["status"]);
    command.env("TOLLGATE_TOKEN", "wrong");
    let ended = run_with(command, "");
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.stderr.contains("token"), "{ended:?}");
    drop(server);
}

#[test]
fn the_schema_and_the_reasons_need_nobody() {
    let schema = run_with(with(&["schema", "budget"]), "").json();
    assert!(schema["properties"]["limit"].is_object(), "{schema}");
    let reasons = run_with(with(&["reasons", "-q"]), "").good();
    assert!(
        reasons.lines().any(|line| line == "hold_exceeds_balance"),
        "{reasons}"
    );
}

fn with(arguments: &[&str]) -> std::process::Command {
    let mut command = tollgate();
    command.args(arguments);
    command
}

#[test]
fn a_created_key_is_printed_alone_and_works_until_it_is_revoked() {
    let place = Place::new();
    let server = place.serve();
    let arguments = [
        "key",
        "create",
        "--application",
        "default",
        "--name",
        "k",
        "-q",
    ];
    let key = place.run(&arguments).good();
    let key = key.trim_end();
    assert!(
        key.starts_with("tg_") && !key.contains(char::is_whitespace),
        "{key}"
    );
    assert_eq!(call(&server, key, "sandbox/echo").status, 200);
    place.run(&["key", "revoke", "k"]).good();
    eventually(|| (call(&server, key, "sandbox/echo").status == 401).then_some(()));
    let listed = place.run(&["key", "list", "--json"]).json();
    let state = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["name"] == "k");
    assert_eq!(state.unwrap()["state"], "revoked");
}

#[test]
fn a_key_for_some_models_is_refused_others() {
    let place = Place::new();
    let server = place.serve();
    let arguments = [
        "key",
        "create",
        "--application",
        "default",
        "--model",
        "other/*",
        "--expires",
        "1d",
        "-q",
    ];
    let key = place.run(&arguments).good();
    assert_eq!(call(&server, key.trim_end(), "sandbox/echo").status, 403);
}

#[test]
fn a_prepaid_team_pays_from_its_wallet_and_is_told_when_it_is_empty() {
    let place = Place::new();
    let server = place.serve();
    place.run(&["team", "create", "acme", "--prepaid"]).good();
    place
        .run(&["application", "create", "shop", "--team", "acme"])
        .good();
    let key = place
        .run(&["key", "create", "--application", "shop", "-q"])
        .good();
    let key = key.trim_end();
    let refused = call(&server, key, "sandbox/echo");
    assert_eq!(refused.status, 402, "{refused:?}");
    let credit = [
        "wallet", "credit", "acme", "5.00", "--reason", "test", "--id", "one", "-q",
    ];
    assert_eq!(place.run(&credit).good(), "5.00\n");
    assert_eq!(
        place.run(&credit).good(),
        "5.00\n",
        "the same id again credits nothing"
    );
    let served = eventually(|| {
        let answer = call(&server, key, "sandbox/echo");
        (answer.status == 200).then_some(answer)
    });
    let cost = served.head.split("x-tollgate-cost-usd: ").nth(1).unwrap();
    assert_ne!(cost.split("\r\n").next().unwrap(), "0.00");
    eventually(|| {
        let balance = place.run(&["wallet", "show", "acme", "-q"]).good();
        (balance != "5.00\n").then_some(())
    });
    place.run(&["ledger", "verify"]).good();
    let transactions = place
        .run(&["ledger", "transactions", "--account", "wallet/acme"])
        .good();
    assert!(
        transactions.contains("credit") && transactions.contains("settlement"),
        "{transactions}"
    );
}

#[test]
fn a_refused_call_is_explained() {
    let place = Place::new();
    let server = place.serve();
    let answer = call(&server, &server.text("key"), "absent/model");
    assert_eq!(answer.status, 404, "{answer:?}");
    let id = answer.head.split("x-tollgate-call: ").nth(1).unwrap();
    let id = id.split("\r\n").next().unwrap();
    let story = eventually(|| {
        let ended = place.run(&["explain", id]);
        (ended.code == 0).then_some(ended.stdout)
    });
    assert!(story.contains("model_not_found"), "{story}");
}

#[test]
fn a_secret_is_read_from_stdin_and_never_shown() {
    let place = Place::new();
    let server = place.serve();
    place
        .run_with(&["secret", "set", "openai"], "sk-very-secret\n")
        .good();
    let listed = place.run(&["secret", "list"]).good();
    assert!(
        listed.contains("openai") && !listed.contains("sk-very-secret"),
        "{listed}"
    );
    let exported = place.run(&["export"]).good();
    assert!(!exported.contains("sk-very-secret"), "{exported}");
    place.run(&["secret", "delete", "openai"]).good();
    assert_eq!(place.run_with(&["secret", "set", "openai"], "\n").code, 2);
    drop(server);
}

#[test]
fn the_command_line_works_on_the_data_folder_where_no_process_runs() {
    let place = Place::new();
    let server = place.serve();
    let key = server.text("key");
    assert_eq!(call(&server, &key, "sandbox/echo").status, 200);
    server.signal("TERM");
    server.ended();
    assert_eq!(place.run(&["status"]).code, 3);
    let calls = place.run(&["calls", "--json"]).json();
    assert_eq!(calls["items"].as_array().unwrap().len(), 1, "{calls}");
    place.run(&["team", "create", "offline"]).good();
    let server = place.serve();
    assert!(
        place
            .run(&["get", "teams", "-q"])
            .good()
            .contains("offline")
    );
    drop(server);
}

#[test]
fn models_and_their_meaning_are_shown() {
    let place = Place::new();
    let server = place.serve();
    let models = place.run(&["models", "-q"]).good();
    assert!(
        models.lines().any(|line| line == "sandbox/echo"),
        "{models}"
    );
    let meaning = place
        .run(&["models", "--resolve", "sandbox/echo", "--json"])
        .json();
    assert_eq!(meaning["targets"][0]["provider"], "sandbox");
    assert_eq!(place.run(&["models", "--resolve", "sandbox/ehco"]).code, 1);
    let known = place
        .run(&["catalog", "models", "gpt-4o", "--provider", "openai"])
        .good();
    assert!(known.contains("gpt-4o-mini"), "{known}");
    assert!(
        place
            .run(&["catalog", "providers", "-q"])
            .good()
            .contains("anthropic")
    );
    assert!(place.run(&["providers"]).good().contains("sandbox"));
    drop(server);
}

#[test]
fn newer_prices_come_from_a_file_or_an_address_and_survive_a_restart() {
    let place = Place::new();
    let server = place.serve();
    let key = server.text("key");
    let update = |rate: &str| {
        let models =
            json!([{ "id": "jina-embeddings-v4", "prices": [{ "rates": { "input": rate } }] }]);
        json!({ "source": "our deal", "providers": { "jina": models } }).to_string()
    };
    let file = place.data().with_file_name("prices.json");
    let file = file.to_str().unwrap();
    std::fs::write(file, update("0.05")).unwrap();
    let listed = |place: &Place| {
        let models = place
            .run(&["catalog", "models", "--provider", "jina", "--json"])
            .json();
        models["items"][0]["price"]["rates"]["input"].clone()
    };
    let dry = place.run(&["catalog", "update", "--from", file, "--dry-run"]);
    let summary = "1 new, 0 changed, 0 gone; nothing was changed";
    assert!(dry.stderr.contains(summary), "{dry:?}");
    assert!(dry.good().contains("jina-embeddings-v4"));
    assert_eq!(listed(&place), json!(null));
    place.run(&["catalog", "update", "--from", file]).good();
    assert_eq!(listed(&place), json!("0.05"));
    let newer = Upstream::start({
        let text = update("0.06");
        move |_| Reply::json(200, &text)
    });
    let address = format!("{}/prices.json?token=secret", newer.url());
    let told = place.run(&["catalog", "update", "--from", &address]);
    let told = told.good();
    assert!(told.contains("0.05") && told.contains("0.06"), "{told}");
    assert_eq!(listed(&place), json!("0.06"));
    let source = place.run(&["catalog", "source"]).good();
    assert!(
        source.contains("our deal (1 models)") && !source.contains("secret"),
        "{source}"
    );
    assert_eq!(call(&server, &key, "sandbox/echo").status, 200);
    server.signal("TERM");
    server.ended();
    let server = place.serve();
    assert_eq!(listed(&place), json!("0.06"));
    let history = place.run(&["history"]).good();
    assert!(history.contains("Catalogue"), "{history}");
    std::fs::write(
        file,
        r#"{"source":"s","providers":{"jina":[{"id":"","prices":[{"rates":{}}]}]}}"#,
    )
    .unwrap();
    let wrong = place.run(&["catalog", "update", "--from", file]);
    assert_eq!(wrong.code, 1, "{wrong:?}");
    assert!(wrong.stderr.contains("providers.jina[0]"), "{wrong:?}");
    assert!(wrong.stderr.contains("at least one rate"), "{wrong:?}");
    assert_eq!(listed(&place), json!("0.06"));
    place.run(&["catalog", "update", "--reset"]).good();
    assert_eq!(listed(&place), json!(null));
    for from in ["http://prices.example/a.json", "/nowhere/prices.json"] {
        let ended = place.run(&["catalog", "update", "--from", from]);
        assert!(matches!(ended.code, 1 | 2), "{ended:?}");
    }
    assert_eq!(place.run(&["catalog", "update"]).code, 2);
    drop(server);
}
