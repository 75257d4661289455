//! Batches: their requests are checked on the way up, their money is set aside before and taken after,
//! once, whatever breaks in between.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tollgate_model::account::AccountId;
use tollgate_model::call::{CallRecord, Ending};
use tollgate_model::usage::UsageQuality;
use tollgate_model::{Nanos, UsageClass};
use tollgate_testkit::{Received, Reply, Upstream};

use crate::client::{Answer, post};
use crate::files::{by, setup, upload, upstream};
use crate::voices::OPENAI;
use crate::world::{Plane, Setup, Which, bearer, until};

/// Two requests of model `smart`, of at most 50 tokens each.
fn requests() -> String {
    let line = |id: &str| {
        json!({ "custom_id": id, "method": "POST", "url": "/v1/chat/completions", "body": {
            "model": "smart", "max_tokens": 50, "messages": [{ "role": "user", "content": "hi" }],
        } })
    };
    format!("{}\n\n{}", line("a"), line("b"))
}

/// An answer of 10 tokens in and 4 tokens out, and a request that failed.
fn answers() -> String {
    let answer: Value = serde_json::from_str(OPENAI.whole).unwrap();
    let line = |id: &str, response: Value| json!({ "id": format!("r-{id}"), "custom_id": id, "response": response, "error": null });
    let given = json!({ "status_code": 200, "request_id": "r", "body": answer });
    format!("{}\n", line("a", given))
}

fn batch(status: &str, more: Value) -> Value {
    let mut object = json!({
        "id": "batch_1", "object": "batch", "endpoint": "/v1/chat/completions",
        "input_file_id": "file-in", "completion_window": "24h", "status": status,
        "created_at": 1_795_507_200, "request_counts": { "total": 2, "completed": 0, "failed": 0 },
    });
    for (member, value) in more.as_object().unwrap() {
        object[member] = value.clone();
    }
    object
}

fn completed() -> Value {
    batch(
        "completed",
        json!({
            "output_file_id": "file-out", "error_file_id": "file-err",
            "request_counts": { "total": 2, "completed": 1, "failed": 1 },
        }),
    )
}

/// A provider that has one batch, which stands as the test says.
struct Provider {
    upstream: Upstream,
    stand: Arc<Mutex<Value>>,
    /// How often the file of answers is not there before it is.
    missing: Arc<AtomicUsize>,
}

impl Provider {
    fn start(made: impl Fn() -> Reply + Send + Sync + 'static) -> Provider {
        let stand = Arc::new(Mutex::new(batch("in_progress", json!({}))));
        let missing = Arc::new(AtomicUsize::new(0));
        let (shown, absent) = (Arc::clone(&stand), Arc::clone(&missing));
        let upstream = upstream(move |asked: &Received| {
            let stand = shown.lock().unwrap().clone();
            let path = asked.target.split('?').next().unwrap();
            match (asked.method.as_str(), path) {
                ("POST", "/files") => Reply::json(
                    200,
                    json!({
                    "id": "file-in", "object": "file", "purpose": "batch", "bytes": 1 })
                    .to_string(),
                ),
                ("POST", "/batches") => made(),
                ("GET", "/batches") => Reply::json(
                    200,
                    json!({
                    "object": "list", "data": [stand], "has_more": false })
                    .to_string(),
                ),
                (_, "/batches/batch_1" | "/batches/batch_1/cancel") if stand.is_null() => {
                    Reply::json(404, r#"{"error":{"message":"No such batch"}}"#)
                }
                (_, "/batches/batch_1" | "/batches/batch_1/cancel") => {
                    Reply::json(200, stand.to_string())
                }
                ("GET", "/files/file-out/content") => {
                    let left = absent.load(Ordering::SeqCst);
                    if left > 0 {
                        absent.store(left - 1, Ordering::SeqCst);
                        return Reply::json(500, "{}");
                    }
                    Reply::whole(200, "application/jsonl", answers())
                }
                ("GET", "/files/file-out") => Reply::json(
                    200,
                    json!({
                    "id": "file-out", "object": "file", "purpose": "batch_output", "bytes": 7 })
                    .to_string(),
                ),
                _ => Reply::json(404, r#"{"error":{"message":"no such thing"}}"#),
            }
        });
        Provider {
            upstream,
            stand,
            missing,
        }
    }

    fn well() -> Provider {
        Provider::start(|| Reply::json(200, batch("validating", json!({})).to_string()))
    }

    fn stands(&self, object: Value) {
        *self.stand.lock().unwrap() = object;
    }
}

fn create(plane: &Plane, input: &str) -> Answer {
    let body = json!({ "input_file_id": input, "endpoint": "/v1/chat/completions",
                       "completion_window": "24h", "metadata": { "of": "me" } });
    let bearer = bearer();
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    plane.ask(post("/v1/batches", &headers, body.to_string()))
}

fn begin(plane: &Plane) -> Answer {
    let kept = upload(plane, "batch", requests().as_bytes(), &[]);
    assert_eq!(kept.status(), 200, "{}", kept.text());
    let made = create(plane, "file-in");
    assert_eq!(made.status(), 200, "{}", made.text());
    made
}

fn wallet(plane: &Plane) -> Nanos {
    plane.book.balance(&AccountId::wallet("acme"))
}

fn dollars(text: &str) -> Nanos {
    text.parse().unwrap()
}

/// The batch has ended and is on record, and nothing is set aside any more.
fn ended(plane: &Plane) -> CallRecord {
    until("the batch is settled", || plane.book.calls().len() == 1);
    assert_eq!(plane.book.reserved(), Nanos::ZERO);
    let record = plane.book.calls().remove(0);
    assert_eq!(dollars("100").checked_sub(wallet(plane)), Some(record.cost));
    record
}

#[test]
fn a_batch_costs_what_its_answers_used_and_no_more_than_was_set_aside() {
    let provider = Provider::well();
    let plane = setup(&provider.upstream).start();
    let made = begin(&plane);
    assert_eq!(made.json()["status"], "validating");
    let sent = provider.upstream.requests();
    let file = String::from_utf8_lossy(&sent[0].body).into_owned();
    let expected = requests().replace("\"model\":\"smart\"", "\"model\":\"m-1\"");
    assert!(
        file.contains(&expected),
        "only the model is changed: {file}"
    );
    let asked = sent.iter().find(|one| one.target == "/batches").unwrap();
    assert_eq!(asked.json()["metadata"], json!({ "of": "me" }));
    // Two answers of 50 tokens at two dollars a million, and every byte of the prompts.
    let reserved = plane.book.reserved();
    assert!(
        reserved > dollars("0.0002") && reserved < dollars("0.001"),
        "{reserved}"
    );
    assert_eq!(
        wallet(&plane),
        dollars("100").checked_sub(reserved).unwrap()
    );
    provider.stands(completed());
    let record = ended(&plane);
    assert_eq!(
        (record.cost, record.usage_quality),
        (dollars("0.000018"), UsageQuality::Exact)
    );
    assert_eq!(record.usage.get(UsageClass::Output), Some(4));
    assert_eq!(
        (record.ending, record.status, record.model.as_str()),
        (Ending::Completed, 200, "smart")
    );
    assert_eq!(record.id.to_string(), made.header("x-tollgate-call"));
    assert_eq!(
        (record.charges[0].held, record.charges[0].taken),
        (reserved, record.cost)
    );
    assert_eq!(plane.get("/v1/batches/batch_1").json(), completed());
    assert_eq!(
        plane.get("/v1/batches").json()["data"],
        json!([completed()])
    );
    assert_eq!(plane.get("/v1/files/file-out/content").text(), answers());
    let desk = |path: &str| plane.ask(by(Which::Desk, "GET", path, &[], b"")).status();
    assert_eq!(
        [
            desk("/v1/batches/batch_1"),
            desk("/v1/files/file-out/content")
        ],
        [404, 404]
    );
    assert_eq!(
        plane
            .ask(by(Which::Desk, "GET", "/v1/batches", &[], b""))
            .json()["data"],
        json!([])
    );
    let cancelled = plane.ask(by(
        Which::Desk,
        "POST",
        "/v1/batches/batch_1/cancel",
        &[],
        b"",
    ));
    assert_eq!(cancelled.status(), 404);
    plane.finish();
}

#[test]
fn a_batch_is_settled_before_its_caller_is_told_that_it_has_ended() {
    let provider = Provider::start({
        let object = completed().to_string();
        move || Reply::json(200, &object)
    });
    let plane = setup(&provider.upstream).start();
    begin(&plane);
    assert_eq!(plane.book.calls().len(), 1);
    ended(&plane);
    plane.finish();
}

#[test]
fn a_file_with_a_line_that_could_not_be_asked_alone_is_refused_by_the_line() {
    let provider = Provider::well();
    let plane = setup(&provider.upstream)
        .provider("none", &OPENAI, &provider.upstream.url(), json!({}))
        .model("far", &["none"])
        .start();
    let good = requests();
    let line = |change: &dyn Fn(&mut Value)| {
        let mut line: Value = serde_json::from_str(good.lines().next().unwrap()).unwrap();
        change(&mut line);
        format!("{good}\n{line}\n")
    };
    let member = |name: &'static str, value: Value| {
        line(&move |line: &mut Value| line["body"][name] = value.clone())
    };
    for (content, begins, reason) in [
        (format!("{good}\nnot JSON\n"), "Line 4", "request_malformed"),
        (
            member("model", json!("up/m-1")),
            "Line 4: The line asks for model up/m-1",
            "request_malformed",
        ),
        (
            member("stream", json!(true)),
            "Line 4: The answers of a batch",
            "parameter_unsupported",
        ),
        (
            line(&|line| line["url"] = json!("/v1/images/generations")),
            "Line 4",
            "parameter_unsupported",
        ),
        (
            line(&|line| line["url"] = json!("/v1/embeddings")),
            "Line 4",
            "request_malformed",
        ),
        (
            good.replace("smart", "far"),
            "Line 1: No provider of model far",
            "files_unsupported",
        ),
        (
            good.replace("smart", "nobody"),
            "Line 1: There is no model",
            "model_not_found",
        ),
        (
            member("file_id", json!("file-9")),
            "No such file",
            "file_not_found",
        ),
        (
            "\n\n".to_owned(),
            "The file has no request",
            "request_malformed",
        ),
    ] {
        let refused = upload(&plane, "batch", content.as_bytes(), &[]);
        assert_eq!(refused.reason(), reason, "{}", refused.text());
        let told = refused.json()["error"]["message"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(told.starts_with(begins), "{told}");
    }
    let narrow = crate::tasks::form(
        &[("purpose", "batch")],
        ("file", good.replace("smart", "sandbox/echo").as_bytes()),
    );
    let headers = [("content-type", crate::files::FORM)];
    let refused = plane.ask(by(Which::Narrow, "POST", "/v1/files", &headers, &narrow));
    assert_eq!(refused.reason(), "model_not_allowed");
    assert!(provider.upstream.requests().is_empty());
    plane.finish();
}

#[test]
fn a_batch_that_may_cost_more_than_there_is_is_not_made() {
    let provider = Provider::well();
    let plane = setup(&provider.upstream).wallet("0.0001").start();
    upload(&plane, "batch", requests().as_bytes(), &[]);
    let refused = create(&plane, "file-in");
    assert_eq!(
        (refused.status(), refused.reason().as_str()),
        (402, "hold_exceeds_balance")
    );
    assert!(
        !provider
            .upstream
            .requests()
            .iter()
            .any(|one| one.target == "/batches")
    );
    assert_eq!(
        (plane.book.reserved(), wallet(&plane)),
        (Nanos::ZERO, dollars("0.0001"))
    );
    for (input, reason) in [
        ("file-none", "file_not_found"),
        ("file-in", "hold_exceeds_balance"),
    ] {
        assert_eq!(create(&plane, input).reason(), reason);
    }
    plane.finish();
}

#[test]
fn a_batch_that_the_provider_refuses_costs_nothing() {
    let provider = Provider::start(|| Reply::json(400, r#"{"error":{"message":"Invalid file"}}"#));
    let plane = setup(&provider.upstream).start();
    upload(&plane, "batch", requests().as_bytes(), &[]);
    let refused = create(&plane, "file-in");
    assert_eq!(
        (
            refused.status(),
            refused.json()["error"]["message"].as_str()
        ),
        (400, Some("Invalid file"))
    );
    assert_eq!(
        (plane.book.reserved(), wallet(&plane)),
        (Nanos::ZERO, dollars("100"))
    );
    assert_eq!(plane.get("/v1/batches").json()["data"], json!([]));
    plane.finish();
}

/// The provider breaks off as a batch is made; whether it was made is found out later.
fn interrupted() -> (Provider, Plane) {
    let provider = Provider::start(Reply::close);
    let plane = Setup::bare()
        .provider(
            "up",
            &OPENAI,
            &provider.upstream.url(),
            json!({
            "files": "batches", "timeouts": { "first_byte_ms": 1_000 } }),
        )
        .model("smart", &["up"])
        .start();
    upload(&plane, "batch", requests().as_bytes(), &[]);
    let refused = create(&plane, "file-in");
    assert_eq!(
        (refused.status(), refused.reason().as_str()),
        (502, "upstream_unreachable")
    );
    assert!(plane.book.reserved() > Nanos::ZERO, "it may have been made");
    (provider, plane)
}

#[test]
fn a_batch_whose_answer_was_lost_is_found_at_the_provider() {
    let (provider, plane) = interrupted();
    provider.stands(completed());
    plane.pass_seconds(62);
    let settled = || plane.book.kept_batches().iter().any(|batch| batch.settled);
    until("it is found and settled", settled);
    let records = plane.book.calls();
    let record = records.iter().find(|call| call.refusal.is_none()).unwrap();
    assert_eq!(record.cost, dollars("0.000018"));
    assert_eq!(
        wallet(&plane),
        dollars("100").checked_sub(record.cost).unwrap()
    );
    plane.finish();
}

#[test]
fn what_was_set_aside_for_a_batch_that_was_never_made_returns() {
    let (provider, plane) = interrupted();
    // The provider has a batch of another file.
    provider.stands(batch(
        "in_progress",
        json!({ "input_file_id": "file-other" }),
    ));
    let listed = || {
        provider
            .upstream
            .requests()
            .iter()
            .any(|one| one.target.starts_with("/batches?"))
    };
    assert!(!listed(), "it is not looked for while it may be on its way");
    plane.pass_seconds(62);
    until("the money returns", || plane.book.reserved() == Nanos::ZERO);
    assert_eq!(wallet(&plane), dollars("100"));
    assert!(plane.book.kept_batches().is_empty());
    plane.finish();
}

#[test]
fn answers_that_cannot_be_read_now_are_read_later() {
    let provider = Provider::well();
    provider.missing.store(3, Ordering::SeqCst);
    let plane = setup(&provider.upstream).start();
    begin(&plane);
    provider.stands(completed());
    assert_eq!(ended(&plane).cost, dollars("0.000018"));
    plane.finish();
}

#[test]
fn a_batch_that_ends_early_costs_what_was_answered() {
    for (object, ending, cost, quality) in [
        (
            batch("failed", json!({ "errors": { "data": [] } })),
            Ending::Refused,
            "0",
            UsageQuality::None,
        ),
        (
            batch("expired", json!({ "output_file_id": "file-out" })),
            Ending::UpstreamCut,
            "0.000018",
            UsageQuality::Exact,
        ),
        (
            batch("cancelled", json!({})),
            Ending::ClientGone,
            "0",
            UsageQuality::None,
        ),
        // Its answers are gone, and the provider has counted.
        (
            batch(
                "completed",
                json!({ "output_file_id": "file-gone", "usage": {
                "input_tokens": 20, "output_tokens": 8,
                "input_tokens_details": { "cached_tokens": 5 } } }),
            ),
            Ending::Completed,
            "0.000036",
            UsageQuality::Exact,
        ),
    ] {
        let provider = Provider::well();
        let plane = setup(&provider.upstream).start();
        begin(&plane);
        provider.stands(object.clone());
        let record = ended(&plane);
        assert_eq!(
            (record.ending, record.usage_quality),
            (ending, quality),
            "{object}"
        );
        assert_eq!(record.cost, dollars(cost), "{object}");
        plane.finish();
    }
}

#[test]
fn where_nobody_has_counted_the_answered_part_of_what_was_set_aside_is_taken() {
    let provider = Provider::well();
    let plane = setup(&provider.upstream).start();
    begin(&plane);
    let reserved = plane.book.reserved();
    provider.stands(batch(
        "completed",
        json!({ "output_file_id": "file-gone",
        "request_counts": { "total": 2, "completed": 1, "failed": 1 } }),
    ));
    let record = ended(&plane);
    assert_eq!(record.usage_quality, UsageQuality::Estimated);
    assert_eq!(record.cost, reserved.share(1, 2));
    plane.finish();
}

#[test]
fn a_batch_that_its_provider_has_forgotten_is_given_up_in_the_end() {
    let provider = Provider::well();
    let plane = setup(&provider.upstream).start();
    begin(&plane);
    provider.stands(Value::Null);
    let asked = || {
        provider
            .upstream
            .requests()
            .iter()
            .filter(|one| one.target == "/batches/batch_1")
            .count()
    };
    until("it was asked about", || asked() > 2);
    assert!(
        plane.book.reserved() > Nanos::ZERO,
        "a provider may err for a while"
    );
    plane.pass_seconds(8 * 86_400);
    let record = ended(&plane);
    assert_eq!(
        (record.ending, record.cost),
        (Ending::Unresolved, Nanos::ZERO)
    );
    plane.finish();
}

#[test]
fn a_batch_on_the_sandbox_is_answered_at_once() {
    let plane = Setup::bare().start();
    let content = requests().replace("smart", "sandbox/echo");
    let kept = upload(&plane, "batch", content.as_bytes(), &[]).json();
    let made = create(&plane, kept["id"].as_str().unwrap());
    assert_eq!(made.json()["status"], "completed", "{}", made.text());
    let output = made.json()["output_file_id"].as_str().unwrap().to_owned();
    let answers = plane.get(&format!("/v1/files/{output}/content")).text();
    let lines: Vec<Value> = answers
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    let said = &lines[1]["response"]["body"]["choices"][0]["message"]["content"];
    assert_eq!((&lines[1]["custom_id"], said), (&json!("b"), &json!("hi")));
    ended(&plane);
    plane.finish();
}
