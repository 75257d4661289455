//! Batches, whose money outlives the process that has set it aside.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use tollgate_testkit::postgres::fresh_database;
use tollgate_testkit::{Received, Reply, Upstream};

use crate::process::{Place, Server, eventually, http, http_with};

const POLL: (&str, &str) = ("TOLLGATE_BATCH_POLL_SECONDS", "1");

/// A provider whose batch goes on until it is told to end. Its one answer used 10 tokens in and 4 out.
fn provider(ended: &Arc<AtomicBool>) -> Upstream {
    let ended = Arc::clone(ended);
    Upstream::start(move |asked: &Received| {
        let status = match ended.load(Ordering::SeqCst) {
            true => "completed",
            false => "in_progress",
        };
        let batch = json!({
            "id": "batch_1", "object": "batch", "input_file_id": "file-in", "status": status,
            "endpoint": "/v1/chat/completions", "output_file_id": "file-out",
        });
        let answer = json!({
            "id": "c1", "object": "chat.completion", "choices": [{ "index": 0,
                "message": { "role": "assistant", "content": "Hi" }, "finish_reason": "stop" }],
            "usage": { "prompt_tokens": 10, "completion_tokens": 4, "total_tokens": 14 },
        });
        let line = json!({ "custom_id": "a", "response": { "status_code": 200, "body": answer } });
        match (asked.method.as_str(), asked.target.as_str()) {
            ("POST", "/files") => Reply::json(200, r#"{"id":"file-in","object":"file"}"#),
            ("GET", "/files/file-out") => Reply::json(200, r#"{"id":"file-out","object":"file"}"#),
            ("GET", "/files/file-out/content") => {
                Reply::whole(200, "application/jsonl", format!("{line}\n"))
            }
            ("POST", "/batches") | ("GET", "/batches/batch_1") => {
                Reply::json(200, batch.to_string())
            }
            _ => Reply::json(404, "{}"),
        }
    })
}

/// Team `acme` with a wallet of a dollar, and provider `up` at a dollar per million tokens in and two
/// per million out.
fn configuration(upstream: &Upstream) -> String {
    let resources = [
        json!({ "kind": "Team", "name": "acme", "spec": { "billing": "prepaid" } }),
        json!({ "kind": "Application", "name": "web", "spec": { "team": "acme" } }),
        json!({ "kind": "Provider", "name": "up", "spec": {
            "dialect": "openai-chat", "base_url": upstream.url(), "files": "batches",
            "prices": { "*": { "input": "1.00", "output": "2.00" } } } }),
        json!({ "kind": "Model", "name": "smart", "spec": {
            "targets": [{ "provider": "up", "model": "m-1" }] } }),
    ];
    let documents: Vec<String> = resources.iter().map(Value::to_string).collect();
    documents.join("\n---\n")
}

/// Uploads a file of one request, and makes a batch of it.
fn make(server: &Server, key: &str) -> Value {
    let gateway = server.text("gateway");
    let request = json!({ "custom_id": "a", "method": "POST", "url": "/v1/chat/completions",
        "body": { "model": "smart", "max_tokens": 100,
                  "messages": [{ "role": "user", "content": "Hello" }] } });
    let form = format!(
        "--x-y\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jsonl\"\r\n\r\n\
         {request}\r\n--x-y\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--x-y--\r\n"
    );
    let lines = format!(
        "authorization: Bearer {key}\r\ncontent-type: multipart/form-data; boundary=x-y\r\n"
    );
    let kept = http_with(&gateway, "POST /v1/files", &lines, &form);
    assert_eq!(kept.status, 200, "{kept:?}");
    let body = json!({ "input_file_id": "file-in", "endpoint": "/v1/chat/completions",
                       "completion_window": "24h" });
    let made = http(&gateway, "POST /v1/batches", Some(key), &body.to_string());
    assert_eq!(made.status, 200, "{made:?}");
    serde_json::from_str(&made.body).unwrap()
}

fn balance(place: &Place) -> String {
    let shown = place.run(&["wallet", "show", "acme", "-q"]).good();
    shown.trim_end().to_owned()
}

fn a_batch_that_a_killed_process_has_made_is_settled_by_the_next(variables: &[(&str, &str)]) {
    let ended = Arc::new(AtomicBool::new(false));
    let upstream = provider(&ended);
    let place = Place::new();
    let server = place.serve_with(variables);
    place
        .run_with(&["apply", "-f", "-"], &configuration(&upstream))
        .good();
    let credit = ["wallet", "credit", "acme", "1.00", "--reason", "test"];
    place.run(&credit).good();
    let create = ["key", "create", "--application", "web", "--name", "k", "-q"];
    let key = place.run(&create).good();
    let made = make(&server, key.trim_end());
    assert_eq!(made["status"], "in_progress");
    let set_aside = balance(&place);
    assert_ne!(set_aside, "1.00");
    server.signal("KILL");
    server.ended();
    let again = place.serve_with(variables);
    assert_eq!(
        balance(&place),
        set_aside,
        "what is set aside outlives the process"
    );
    place.run(&["ledger", "verify"]).good();
    ended.store(true, Ordering::SeqCst);
    let calls = eventually(|| {
        let calls = place.run(&["calls", "--json"]).json();
        let has_one = calls["items"]
            .as_array()
            .is_some_and(|calls| !calls.is_empty());
        has_one.then_some(calls)
    });
    let call = &calls["items"][0];
    assert_eq!(
        (&call["cost"], &call["model"]),
        (&json!("0.000018"), &json!("smart")),
        "{calls}"
    );
    assert_eq!(balance(&place), "0.999982");
    place.run(&["ledger", "verify"]).good();
    let gateway = again.text("gateway");
    let got = http(
        &gateway,
        "GET /v1/files/file-out/content",
        Some(key.trim_end()),
        "",
    );
    assert_eq!(got.status, 200, "{got:?}");
    let calls = place.run(&["calls", "-q"]).good();
    assert_eq!(calls.lines().count(), 1, "{calls}");
}

#[test]
fn a_killed_process_leaves_a_batch_that_the_next_one_settles() {
    a_batch_that_a_killed_process_has_made_is_settled_by_the_next(&[POLL]);
}

#[test]
fn a_killed_process_leaves_a_batch_that_the_next_one_settles_in_postgresql() {
    let database = fresh_database();
    let variables = [POLL, ("TOLLGATE_DATABASE", database.as_str())];
    a_batch_that_a_killed_process_has_made_is_settled_by_the_next(&variables);
}
