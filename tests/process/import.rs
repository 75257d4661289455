//! Coming from elsewhere: a source is shown, applied, and answers; again it changes nothing.

use std::path::Path;

use serde_json::Value;
use tollgate_testkit::{Reply, Upstream};

use crate::process::{Ended, Place, call, http};

/// What no output may hold.
const SECRETS: [&str; 2] = [
    "upstream-secret-0123456789",
    "CallerSecret0123456789CallerSecret0123456789abcd",
];

fn hello() -> Reply {
    let body = r#"{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,
        "message":{"role":"assistant","content":"Hello from upstream"},"finish_reason":"stop"}],
        "usage":{"prompt_tokens":5,"completion_tokens":3,"total_tokens":8}}"#;
    Reply::json(200, body)
}

fn litellm(address: &str) -> String {
    format!(
        "model_list:
  - model_name: smart
    litellm_params:
      model: openai/gpt-4o
      api_base: {address}/v1
      api_key: {}
      input_cost_per_token: 0.000001
      output_cost_per_token: 0.000002
  - model_name: sand
    litellm_params: {{ model: openai/whatever }}
litellm_settings: {{ max_budget: 50, budget_duration: 1mo }}
general_settings: {{ master_key: sk-{} }}
",
        SECRETS[0], SECRETS[1]
    )
}

#[track_caller]
fn without_secrets(ended: Ended) -> Ended {
    for secret in SECRETS {
        let whole = format!("{}{}", ended.stdout, ended.stderr);
        assert!(!whole.contains(secret), "{whole}");
    }
    ended
}

/// Every file below a folder, as one text.
fn texts(folder: &Path) -> String {
    let mut all = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        all.push_str(&std::fs::read_to_string(entry.unwrap().path()).unwrap());
    }
    all
}

#[test]
fn a_config_of_litellm_is_shown_applied_and_answers_with_the_callers_own_key() {
    let upstream = Upstream::start(|_| hello());
    let place = Place::new();
    let server = place.serve();
    let file = place.file("config.yaml", &litellm(&upstream.url()));
    let shown = without_secrets(place.run(&["import", "litellm", &file])).good();
    assert!(shown.contains("created  Model"), "{shown}");
    assert!(
        shown.contains("nothing was changed; --apply does it"),
        "{shown}"
    );
    assert_eq!(place.run(&["get", "model", "smart"]).code, 1);
    let applied = without_secrets(place.run(&["import", "litellm", &file, "--apply"])).good();
    assert!(applied.contains("is kept"), "{applied}");
    let key = format!("sk-{}", SECRETS[1]);
    let answer = call(&server, &key, "smart");
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.body.contains("Hello from upstream"), "{answer:?}");
    let asked = upstream.requests();
    let bearer = format!("Bearer {}", SECRETS[0]);
    assert_eq!(asked[0].header("authorization"), Some(bearer.as_str()));
    let before = place.run(&["history", "-q", "--limit", "1"]).good();
    let again = without_secrets(place.run(&["import", "litellm", &file, "--apply"])).good();
    assert!(again.contains("nothing to change"), "{again}");
    assert_eq!(place.run(&["history", "-q", "--limit", "1"]).good(), before);
}

#[test]
fn files_are_written_without_a_process_and_hold_no_secret() {
    let place = Place::new();
    let file = place.file("config.yaml", &litellm("http://127.0.0.1:1"));
    let folder = place.data().with_file_name("out");
    let out = folder.display().to_string();
    let told = without_secrets(place.run(&["import", "litellm", &file, "--out", &out])).good();
    assert!(told.contains("tollgate secret set litellm-"), "{told}");
    assert!(!place.data().exists(), "nothing has to run");
    let written = texts(&folder);
    assert!(
        written.contains("kind: Provider") && !written.contains("secret-0123"),
        "{written}"
    );
    let refused = place.run(&["import", "litellm", &file, "--out", &out]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("is there already"), "{refused:?}");
    let server = place.serve();
    place.run(&["apply", "-f", &out]).good();
    drop(server);
}

const ONE_API: &str = "
INSERT INTO `channels` (`id`,`type`,`key`,`status`,`name`,`base_url`,`models`,`group`) VALUES
 (1,8,'upstream-secret-0123456789',1,'Relay','ADDRESS','smart','default');
INSERT INTO `users` (`id`,`username`,`status`,`quota`,`group`) VALUES (1,'alice',1,1000000,'default');
INSERT INTO `tokens` (`id`,`user_id`,`key`,`status`,`name`,`expired_time`,`remain_quota`,`unlimited_quota`)
 VALUES (1,1,'CallerSecret0123456789CallerSecret0123456789abcd',1,'web',-1,0,1);
INSERT INTO `options` (`key`,`value`) VALUES
 ('ModelRatio','{\\\"smart\\\":1}'),('CompletionRatio','{\\\"smart\\\":2}');
";

#[test]
fn a_dump_of_one_api_keeps_tokens_and_quota() {
    let upstream = Upstream::start(|_| hello());
    let place = Place::new();
    let server = place.serve();
    let sql = ONE_API.replace("ADDRESS", &upstream.url());
    let file = place.file("dump.sql", &sql);
    let applied =
        without_secrets(place.run(&["import", "one-api", &file, "--apply", "--json"])).json();
    assert_eq!(
        applied["report"]["unknown"],
        Value::Array(Vec::new()),
        "{applied}"
    );
    let key = format!("sk-{}", SECRETS[1]);
    let answer = call(&server, &key, "smart");
    assert_eq!(answer.status, 200, "{answer:?}");
    let wallet = place.run(&["wallet", "show", "alice", "--json"]).json();
    assert_eq!(wallet["billing"], "prepaid");
    place.run(&["import", "one-api", &file, "--apply"]).good();
    let wallets = place.run(&["ledger", "verify"]).good();
    assert!(!wallets.is_empty());
    let credits = place.run(&["ledger", "transactions", "--json"]);
    assert_eq!(
        credits.stdout.matches("what was left at one-api").count(),
        1,
        "{credits:?}"
    );
    drop(server);
}

#[test]
fn a_running_new_api_is_asked_with_a_token_that_no_argument_holds() {
    let upstream = Upstream::start(|request| {
        let body = match request.target.as_str() {
            path if path.starts_with("/api/channel/") => {
                r#"{"success":true,"data":{"total":1,"items":[{"id":1,"type":43,"status":1,"name":"Deep",
                    "models":"deepseek-chat","group":"default"}]}}"#
            }
            path if path.starts_with("/api/option/") => r#"{"success":false,"message":"no right"}"#,
            _ => r#"{"success":true,"data":{"total":0,"items":[]}}"#,
        };
        Reply::json(200, body)
    });
    let place = Place::new();
    let token = place.file("token", "admin-token-0123456789\n");
    let out = place.data().with_file_name("new-api.yaml");
    let out = out.display().to_string();
    let address = upstream.url();
    let asked = [
        "import",
        "new-api",
        &address,
        "--token-file",
        &token,
        "--out",
        &out,
    ];
    let told = place.run(&asked);
    assert!(
        told.stderr.contains("options are left out") && told.stderr.contains("no right"),
        "{told:?}"
    );
    let told = told.good();
    assert!(
        told.contains("tollgate secret set new-api-Deep    # its value is not in the source"),
        "{told}"
    );
    let first = &upstream.requests()[0];
    assert_eq!(
        first.header("authorization"),
        Some("admin-token-0123456789")
    );
    assert_eq!(first.header("new-api-user"), Some("1"));
    let refused = place.run(&["import", "new-api", &address]);
    assert_eq!(refused.code, 2);
    assert!(
        refused.stderr.contains("TOLLGATE_IMPORT_TOKEN"),
        "{refused:?}"
    );
}

#[test]
fn keys_that_cannot_be_taken_over_are_made_once_and_shown_once() {
    let place = Place::new();
    let server = place.serve();
    let keys = r#"{"data":[{"hash":"00","name":"Shop","limit":1.5,"limit_reset":"daily"}]}"#;
    let file = place.file("keys.json", keys);
    let made = place
        .run(&["import", "openrouter", &file, "--apply"])
        .good();
    let key = made
        .lines()
        .find_map(|line| line.strip_prefix("key Shop: "))
        .unwrap();
    let answer = http(&server.text("gateway"), "GET /v1/models", Some(key), "");
    assert_eq!(answer.status, 200, "{answer:?}");
    let again = place
        .run(&["import", "openrouter", &file, "--apply"])
        .good();
    assert!(!again.contains("key Shop: "), "{again}");
}

#[test]
fn bad_input_is_told_in_a_sentence_that_names_the_place() {
    let place = Place::new();
    let file = place.file(
        "bad.yaml",
        "model_list:\n  - model_name: a\n    litellm_params: { model: 1.5e }\n  - x\n",
    );
    let folder = place.data().with_file_name("").display().to_string();
    let text = place.file("text.db", "not a database");
    for (arguments, code, told) in [
        (
            ["import", "litellm", &file],
            1,
            "line 4: model_list[1] has no `model_name`",
        ),
        (["import", "litellm", &folder], 2, "is a folder"),
        (
            ["import", "one-api", &text],
            1,
            "is it the dump of a database of one-api?",
        ),
        (
            ["import", "portkey", "/nowhere/x.json"],
            2,
            "/nowhere/x.json",
        ),
    ] {
        let ended = place.run(&arguments);
        assert_eq!(ended.code, code, "{ended:?}");
        assert!(ended.stderr.contains(told), "{ended:?}");
    }
}
