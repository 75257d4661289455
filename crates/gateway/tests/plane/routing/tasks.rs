//! Tasks take the way of every call: each strategy, conditions, and the time that they may take.

use serde_json::{Value, json};
use tollgate_model::call::Ending;
use tollgate_testkit::{Reply, Upstream};

use super::{by, order, skipped, target};
use crate::tasks::{FORM, JSON, form, request, wav};
use crate::voices::{ANTHROPIC, OPENAI};
use crate::world::{Plane, Setup};

const EMBEDDED: &str = r#"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[1]}],
    "model":"m-1","usage":{"prompt_tokens":4,"total_tokens":4}}"#;
const RANKED: &str = r#"{"results":[{"index":0,"relevance_score":0.5}]}"#;
const PAINTED: &str = r#"{"created":1,"data":[{"b64_json":"AA=="}]}"#;
const JUDGED: &str = r#"{"id":"m","model":"m-1","results":[{"flagged":false}]}"#;

/// Providers `one` and `two` at these prices, and the model `smart` over both.
fn two(upstream: &Upstream, spec: Value, prices: [Value; 2]) -> Setup {
    let [one, other] = prices.map(|prices| {
        json!({ "prices": { "*": prices },
        "tasks": { "embeddings": "openai", "rerank": "jina", "images": "openai",
            "speech": "openai", "transcriptions": "openai", "moderations": "openai" } })
    });
    let mut spec = spec;
    if spec.get("targets").is_none() {
        spec["targets"] = json!([target("one", json!({})), target("two", json!({}))]);
    }
    Setup::bare()
        .provider("one", &OPENAI, &upstream.url(), one)
        .provider("two", &OPENAI, &upstream.url(), other)
        .resource(json!({ "kind": "Model", "name": "smart", "spec": spec }))
        .wallet("100000.00")
}

fn embed(plane: &Plane) -> String {
    let body = r#"{"model":"smart","input":"a lamp","user":"u-1"}"#;
    by(&plane.ask(request("/v1/embeddings", JSON, body))).to_owned()
}

fn heard(seconds: usize) -> Vec<u8> {
    let body = form(&[("model", "smart")], ("file", &wav(seconds)));
    request("/v1/audio/transcriptions", FORM, body)
}

#[test]
fn least_cost_reckons_each_task_in_what_it_consumes() {
    let json = |path, body: &str| request(path, JSON, body);
    let tasks = [
        // 2 tokens against a fee that is higher.
        (
            json("/v1/embeddings", r#"{"model":"smart","input":"a lamp"}"#),
            [json!({ "requests": "1000.00" }), json!({ "input": "1.00" })],
            EMBEDDED,
        ),
        (
            json(
                "/v1/rerank",
                r#"{"model":"smart","query":"q","documents":["a","b"]}"#,
            ),
            [
                json!({ "rerank_searches": "2000.00" }),
                json!({ "input": "0.10" }),
            ],
            RANKED,
        ),
        // Three pictures of four cents, or of 1056 tokens each at ten dollars.
        (
            json(
                "/v1/images/generations",
                r#"{"model":"smart","prompt":"a","n":3}"#,
            ),
            [
                json!({ "images": "40000.00" }),
                json!({ "output_image": "10.00" }),
            ],
            PAINTED,
        ),
        // Five characters, or the sound that is made of them.
        (
            json(
                "/v1/audio/speech",
                r#"{"model":"smart","input":"Hello","voice":"any"}"#,
            ),
            [
                json!({ "output_audio": "1000.00" }),
                json!({ "characters": "15.00" }),
            ],
            "",
        ),
        // Twenty seconds, or the tokens of which they are made.
        (
            heard(20),
            [
                json!({ "audio_seconds": "100.00" }),
                json!({ "input_audio": "3.00", "output": "5.00" }),
            ],
            r#"{"text":"Hallo"}"#,
        ),
        (
            json("/v1/moderations", r#"{"model":"smart","input":"a lamp"}"#),
            [json!({ "input": "1.00" }), json!({ "input": "0.50" })],
            JUDGED,
        ),
    ];
    for (request, prices, reply) in tasks {
        let upstream = Upstream::start(move |_| match reply {
            "" => Reply::whole(200, "audio/mpeg", b"ID3"),
            reply => Reply::json(200, reply),
        });
        let spec = json!({ "strategy": "least-cost" });
        let plane = two(&upstream, spec, prices.clone()).start();
        assert_eq!(by(&plane.ask(&request)), "two", "{prices:?}");
        let call = plane.finish_one();
        let order = order(&call);
        assert!(order[0].starts_with("two: about $0.0"), "{order:?}");
    }
}

#[test]
fn every_other_strategy_orders_targets_of_tasks_as_well() {
    for strategy in [
        "priority",
        "weighted",
        "least-latency",
        "least-busy",
        "consistent-hash",
    ] {
        let upstream = Upstream::start(|_| Reply::json(200, EMBEDDED));
        let targets = json!([
            target("one", json!({ "weight": 0 })),
            target("two", json!({}))
        ]);
        let spec = match strategy {
            "priority" | "least-latency" => json!({ "strategy": strategy }),
            "consistent-hash" => {
                json!({ "strategy": strategy, "targets": targets, "hash_by": "user" })
            }
            _ => json!({ "strategy": strategy, "targets": targets }),
        };
        let prices = || json!({ "input": "1.00" });
        let plane = two(&upstream, spec, [prices(), prices()]).start();
        let answered: Vec<String> = (0..3).map(|_| embed(&plane)).collect();
        match strategy {
            "priority" => assert_eq!(answered, ["one"; 3]),
            // Each is measured before one is preferred.
            "least-latency" => assert_ne!(answered[0], answered[1]),
            _ => assert_eq!(answered, ["two"; 3], "{strategy}"),
        }
        let calls = plane.finish();
        if strategy == "consistent-hash" {
            let order = order(&calls[0]);
            assert!(order[0].ends_with("the hash of the end user"), "{order:?}");
        }
    }
}

#[test]
fn conditions_look_at_what_a_task_is_and_how_much_it_brings() {
    let upstream = Upstream::start(|_| Reply::json(200, r#"{"text":"Hallo"}"#));
    let targets = json!([
        target("one", json!({ "when": { "min_prompt_tokens": 1000 } })),
        target("two", json!({ "when": { "has": ["audio"] } })),
    ]);
    let spec = json!({ "targets": targets });
    let prices = || json!({ "audio_seconds": "100.00" });
    let plane = two(&upstream, spec, [prices(), prices()]).start();
    // Three seconds are some thirty tokens, however many bytes they have; 200 are more.
    assert_eq!(by(&plane.ask(heard(3))), "two");
    assert_eq!(by(&plane.ask(heard(200))), "one");
    let calls = plane.finish();
    let short = calls.iter().find(|call| call.request_bytes < 1_000_000);
    let why = skipped(short.unwrap());
    assert_eq!(why.len(), 1, "{why:?}");
    assert!(
        why[0].starts_with("one is for prompts of at least 1000 tokens"),
        "{why:?}"
    );
}

#[test]
fn tags_choose_targets_of_tasks_and_who_has_no_such_task_is_told_so() {
    let upstream = Upstream::start(|_| Reply::json(200, EMBEDDED));
    let targets = json!([
        { "provider": "other", "model": "m-1" },
        target("one", json!({ "tags": ["near"] })),
        target("two", json!({ "tags": ["far"] })),
    ]);
    let spec = json!({ "targets": targets });
    let prices = || json!({ "input": "1.00" });
    let plane = two(&upstream, spec, [prices(), prices()])
        .provider("other", &ANTHROPIC, &upstream.url(), json!({}))
        .start();
    let body = r#"{"model":"smart","input":"a lamp","metadata":{"tags":"far"}}"#;
    assert_eq!(by(&plane.ask(request("/v1/embeddings", JSON, body))), "two");
    let why = skipped(&plane.finish_one());
    assert!(
        why.contains(&"other does no embeddings".to_owned()),
        "{why:?}"
    );
    assert!(
        why.contains(&"one does not have the request's tag far".to_owned()),
        "{why:?}"
    );
}

#[test]
fn streams_of_tasks_end_when_the_time_of_the_call_is_over() {
    let event = "data: {\"type\":\"image_generation.partial_image\",\"b64_json\":\"AA\"}\n\n";
    let (reply, pictures) = Reply::live("text/event-stream");
    pictures.send(event);
    let upstream = Upstream::scripted([reply]);
    let spec = json!({ "timeouts": { "total_ms": 200 } });
    let prices = || json!({ "images": "40000.00" });
    let plane = two(&upstream, spec.clone(), [prices(), prices()]).start();
    let body = r#"{"model":"smart","prompt":"a","stream":true}"#;
    let answer = plane.ask(request("/v1/images/generations", JSON, body));
    assert!(answer.text().starts_with(event), "{}", answer.text());
    assert!(
        answer
            .text()
            .contains("longer than the model's timeouts allow")
    );
    assert_eq!(plane.finish_one().ending, Ending::UpstreamCut);
    drop(pictures);

    let (reply, sound) = Reply::live("audio/mpeg");
    sound.send(b"ID3");
    let upstream = Upstream::scripted([reply]);
    let prices = || json!({ "characters": "15.00" });
    let plane = two(&upstream, spec, [prices(), prices()]).start();
    let mut client = plane.connect();
    let body = r#"{"model":"smart","input":"Hello","voice":"any"}"#;
    client.send(request("/v1/audio/speech", JSON, body));
    assert_eq!(client.head().status, 200);
    assert_eq!(client.piece().unwrap(), b"ID3");
    assert!(
        client.is_closed(),
        "nothing but the end can tell it of sound"
    );
    let call = plane.finish_one();
    assert_eq!(call.ending, Ending::UpstreamCut);
    drop(sound);
}
