//! Counting the tokens of a prompt, and lists of models in each dialect.

use serde_json::{Value, json};
use tollgate_model::call::Ending;
use tollgate_testkit::{Reply, Upstream};

use crate::client::{Answer, get, post};
use crate::voices::{ALL, ANTHROPIC, GEMINI, OPENAI, Voice};
use crate::world::{Plane, Setup, Which, bearer, key};

const MESSAGES: &str = r#"{ "model":"smart","messages":[{"role":"user","content":"Hoi"}],"x":1.0}"#;
const CONTENTS: &str = r#"{"contents":[{"role":"user","parts":[{"text":"Hoi"}]}] }"#;

struct Counter {
    voice: Voice,
    path: &'static str,
    body: &'static str,
    /// At the provider.
    target: &'static str,
    member: &'static str,
    counted: &'static str,
}

const COUNTERS: [Counter; 2] = [
    Counter {
        voice: ANTHROPIC,
        path: "/v1/messages/count_tokens?beta=true",
        body: MESSAGES,
        target: "/messages/count_tokens",
        member: "input_tokens",
        counted: r#"{ "input_tokens":14, "x":1.0 }"#,
    },
    Counter {
        voice: GEMINI,
        path: "/v1beta/models/smart:countTokens",
        body: CONTENTS,
        target: "/models/m-1:countTokens",
        member: "totalTokens",
        counted: r#"{"totalTokens": 14,"promptTokensDetails":[]}"#,
    },
];

fn ask(plane: &Plane, counter: &Counter) -> Answer {
    plane.ask(post(
        counter.path,
        &[("authorization", &bearer())],
        counter.body,
    ))
}

/// An estimate, of which the record says that it cost nothing.
fn check_estimate(answer: &Answer, counter: &Counter) {
    assert_eq!(answer.status(), 200, "{}", answer.text());
    assert_eq!(answer.header("x-tollgate-estimate"), "true");
    let told = answer.json()[counter.member].as_u64().unwrap();
    assert!((10..40).contains(&told), "{told}");
}

#[test]
fn tokens_are_counted_by_a_provider_of_the_callers_dialect() {
    for counter in COUNTERS {
        let upstream = Upstream::start(move |_| Reply::json(200, counter.counted));
        let plane = Setup::with(&counter.voice, &upstream)
            .wallet("0.00")
            .start();
        let answer = ask(&plane, &counter);
        assert_eq!(
            (answer.status(), answer.text().as_str()),
            (200, counter.counted)
        );
        assert_eq!(answer.head.header("x-tollgate-estimate"), None);
        assert_eq!(answer.header("x-tollgate-cost-usd").parse::<f64>(), Ok(0.0));
        let request = upstream.requests().remove(0);
        assert_eq!(request.target, counter.target);
        let body = counter.body.replace("smart", "m-1");
        assert_eq!(String::from_utf8_lossy(&request.body), body);
        let call = plane.finish_one();
        assert_eq!((call.status, call.ending), (200, Ending::Completed));
        assert_eq!(call.path, counter.path.split('?').next().unwrap());
        assert!(call.cost.is_zero() && call.charges.is_empty() && call.usage.is_empty());
        assert_eq!((call.model.as_str(), call.attempts.len()), ("smart", 1));
    }
}

#[test]
fn ai_18_tokens_are_estimated_where_no_provider_of_the_dialect_is_there_or_can() {
    for counter in COUNTERS {
        for voice in ALL {
            let upstream = Upstream::start(|_| Reply::json(404, r#"{"error":{"message":"no"}}"#));
            let plane = Setup::with(&voice, &upstream).wallet("0.00").start();
            check_estimate(&ask(&plane, &counter), &counter);
            let same = voice.dialect == counter.voice.dialect;
            assert_eq!(
                upstream.requests().len(),
                usize::from(same),
                "{}",
                voice.dialect
            );
            for health in plane.credentials() {
                assert_eq!(
                    health.last_failure, None,
                    "a count tells nothing of answers"
                );
            }
            let call = plane.finish_one();
            assert_eq!((call.status, call.ending), (200, Ending::Completed));
            assert_eq!(call.dialect.as_str(), counter.voice.dialect);
            assert!(call.cost.is_zero() && call.charges.is_empty());
        }
    }
}

#[test]
fn a_provider_that_fails_to_count_is_replaced_by_an_estimate() {
    for counter in COUNTERS {
        for (status, body) in [
            (429, "{}"),
            (500, "oops"),
            (200, "{}"),
            (200, "<html>"),
            (405, "{}"),
        ] {
            let upstream = Upstream::start(move |_| Reply::json(status, body));
            let plane = Setup::with(&counter.voice, &upstream).start();
            check_estimate(&ask(&plane, &counter), &counter);
            assert_eq!(plane.finish_one().status, 200, "{status} {body}");
        }
    }
}

#[test]
fn a_request_to_count_that_is_wrong_is_refused_in_the_providers_words() {
    for counter in COUNTERS {
        let error = json!({ "type": "error", "error": {
            "type": "invalid_request_error", "message": "roles must alternate",
            "code": 400, "status": "INVALID_ARGUMENT",
        } });
        let upstream = Upstream::start(move |_| Reply::json(400, error.to_string()));
        let plane = Setup::with(&counter.voice, &upstream).start();
        let answer = ask(&plane, &counter);
        assert_eq!(answer.status(), 400, "{}", answer.text());
        assert_eq!(answer.reason(), "upstream_rejected");
        assert!(
            answer.text().contains("roles must alternate"),
            "{}",
            answer.text()
        );
        let unread = plane.ask(post(counter.path, &[("authorization", &bearer())], "{"));
        assert_eq!(unread.reason(), "request_malformed");
        plane.finish();
    }
}

#[test]
fn tokens_are_counted_for_those_who_may_use_the_model() {
    for counter in COUNTERS {
        let upstream = Upstream::start(move |_| Reply::json(200, counter.counted));
        let plane = Setup::with(&counter.voice, &upstream).start();
        let narrow = format!("Bearer {}", key(Which::Narrow));
        let ask = |headers: &[(&str, &str)], model: &str| {
            let [path, body] =
                [counter.path, counter.body].map(|text| text.replace("smart", model));
            plane.ask(post(&path, headers, body)).status()
        };
        assert_eq!(ask(&[("authorization", &narrow)], "smart"), 200);
        assert_eq!(ask(&[("authorization", &narrow)], "sandbox/echo"), 403);
        assert_eq!(ask(&[], "smart"), 401);
        assert_eq!(ask(&[("authorization", &bearer())], "nobody"), 404);
        plane.finish();
    }
}

#[test]
fn models_are_listed_in_the_shape_of_whoever_asks() {
    let upstream = Upstream::scripted([]);
    let plane = Setup::with(&OPENAI, &upstream).start();
    let ask = |path: &str, more: &[(&str, &str)]| {
        let bearer = bearer();
        let headers = [&[("authorization", bearer.as_str())], more].concat();
        plane.ask(get(path, &headers))
    };
    let anthropic = [("anthropic-version", "2023-06-01")];
    let list = ask("/v1/models?limit=1000", &anthropic).json();
    let names = |list: &Value, member: &str, name: &str| -> Vec<String> {
        let entries = list[member].as_array().unwrap().iter();
        entries
            .map(|entry| entry[name].as_str().unwrap().to_owned())
            .collect()
    };
    let ids = names(&list, "data", "id");
    assert!(
        ids.contains(&"smart".to_owned()) && ids.is_sorted(),
        "{list}"
    );
    assert_eq!(list["has_more"], json!(false));
    assert_eq!(list["last_id"].as_str(), ids.last().map(String::as_str));
    let one = ask("/v1/models/smart", &anthropic).json();
    assert_eq!(
        (&one["type"], &one["display_name"]),
        (&json!("model"), &json!("smart"))
    );
    assert!(list["data"].as_array().unwrap().contains(&one), "{one}");

    let list = ask("/v1beta/models?pageSize=50", &[]).json();
    let models = names(&list, "models", "name");
    let prefixed: Vec<String> = ids.iter().map(|id| format!("models/{id}")).collect();
    assert_eq!(models, prefixed);
    let one = ask("/v1beta/models/sandbox%2Fecho", &[]).json();
    assert_eq!(one["name"], json!("models/sandbox/echo"));
    let can = one["supportedGenerationMethods"].as_array().unwrap();
    assert!(can.contains(&json!("generateContent")), "{one}");
    assert!(!can.contains(&json!("embedContent")), "{one}");
    let one = ask("/v1beta/models/sandbox%2Fembed", &[]).json();
    assert_eq!(
        one["supportedGenerationMethods"],
        json!(["embedContent", "batchEmbedContents"])
    );

    let openai = ask("/v1/models", &[]).json();
    assert_eq!(names(&openai, "data", "id"), ids);
    let missing = ask("/v1beta/models/nobody", &[]);
    assert_eq!(missing.json()["error"]["status"], json!("NOT_FOUND"));
    let missing = ask("/v1/models/nobody", &anthropic);
    assert_eq!(missing.json()["error"]["type"], json!("not_found_error"));
    let stranger = plane.ask(get("/v1beta/models", &[])).json();
    assert_eq!(stranger["error"]["status"], json!("UNAUTHENTICATED"));
    plane.finish();
}
