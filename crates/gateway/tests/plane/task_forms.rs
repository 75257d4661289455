//! Embeddings and reranking between a caller and a provider that are asked in different forms.

use serde_json::{Value, json};
use tollgate_model::usage::UsageQuality;
use tollgate_testkit::{Reply, Upstream};

use crate::client::Answer;
use crate::tasks::{JSON, rates, request};
use crate::voices::{GEMINI, OPENAI};
use crate::world::{Plane, Setup};

const NUMBERS: &str = "[0.5,-1.0, 2e-1]";

/// A provider of embeddings or reranking: its form, where it is asked, and what it answers.
struct Provider {
    form: &'static str,
    embed: &'static str,
    embedded: &'static str,
}

const PROVIDERS: [Provider; 4] = [
    Provider {
        form: "openai",
        embed: "/embeddings",
        embedded: r#"{"object":"list","data":[{"index":1,"embedding":[0.5,-1.0, 2e-1]},{"index":0,"embedding":[1,0,0]}],"usage":{"prompt_tokens":7,"total_tokens":7}}"#,
    },
    Provider {
        form: "gemini",
        embed: "/models/m-1:batchEmbedContents",
        embedded: r#"{"embeddings":[{"values":[1,0,0]},{"values":[0.5,-1.0, 2e-1]}],"usageMetadata":{"promptTokenCount":7}}"#,
    },
    Provider {
        form: "cohere",
        embed: "/v2/embed",
        embedded: r#"{"id":"e","embeddings":{"float":[[1,0,0],[0.5,-1.0, 2e-1]]},"meta":{"billed_units":{"input_tokens":7}}}"#,
    },
    Provider {
        form: "voyage",
        embed: "/embeddings",
        embedded: r#"{"object":"list","data":[{"index":0,"embedding":[1,0,0]},{"index":1,"embedding":[0.5,-1.0, 2e-1]}],"usage":{"total_tokens":7}}"#,
    },
];

/// A gateway whose model `smart` a provider serves in this form.
fn plane(form: &str, upstream: &Upstream) -> Plane {
    let voice = if form == "gemini" { GEMINI } else { OPENAI };
    let mut more = rates();
    more["tasks"] = json!({ "embeddings": form });
    if form != "openai" && form != "gemini" {
        more["tasks"]["rerank"] = json!(form);
    }
    Setup::bare()
        .provider("up", &voice, &upstream.url(), more)
        .model("smart", &["up"])
        .start()
}

fn answering(body: &'static str) -> Upstream {
    Upstream::start(move |_| Reply::json(200, body))
}

fn ask(plane: &Plane, path: &str, body: &Value) -> Answer {
    let answer = plane.ask(request(path, JSON, body.to_string()));
    assert_eq!(answer.status(), 200, "{path}: {}", answer.text());
    answer
}

#[test]
fn openais_clients_get_vectors_from_every_provider() {
    for provider in PROVIDERS {
        let upstream = answering(provider.embedded);
        let plane = plane(provider.form, &upstream);
        let body = json!({ "model": "smart", "input": ["a", "b"], "encoding_format": "float" });
        let answer = ask(&plane, "/v1/embeddings", &body);
        assert!(answer.text().contains(NUMBERS), "{}", answer.text());
        assert_eq!(upstream.requests()[0].target, provider.embed);
        let told = answer.json();
        assert_eq!(told["object"], json!("list"));
        if provider.form != "openai" && provider.form != "voyage" {
            assert_eq!(told["model"], json!("smart"));
            assert_eq!(
                told["usage"],
                json!({ "prompt_tokens": 7, "total_tokens": 7 })
            );
            assert_eq!(told["data"][1]["index"], json!(1));
            let body = json!({ "model": "smart", "input": "a", "encoding_format": "base64" });
            let one = plane.ask(request("/v1/embeddings", JSON, body.to_string()));
            assert_eq!(
                one.reason(),
                "upstream_bad_response",
                "two vectors for one text"
            );
        }
        let calls = plane.finish();
        assert_eq!(calls[0].cost.to_string(), "0.000007");
        assert_eq!(calls[0].usage_quality, UsageQuality::Exact);
    }
}

#[test]
fn what_openais_sdk_asks_for_by_itself_is_base64_and_comes_as_base64() {
    let one = r#"{"embedding":{"values":[1.0, -2.5]}}"#;
    let upstream = answering(one);
    let plane = plane("gemini", &upstream);
    let body = json!({ "model": "smart", "input": "a", "encoding_format": "base64" });
    let answer = ask(&plane, "/v1/embeddings", &body);
    assert_eq!(answer.json()["data"][0]["embedding"], json!("AACAPwAAIMA="));
    // A single text goes by the door for one.
    let sent = &upstream.requests()[0];
    assert_eq!(sent.target, "/models/m-1:embedContent");
    let content = json!({ "parts": [{ "text": "a" }] });
    assert_eq!(
        sent.json(),
        json!({ "model": "models/m-1", "content": content })
    );
    let call = plane.finish_one();
    // Gemini's older models tell nothing: what was sent is estimated, and never free.
    assert_eq!(call.usage_quality, UsageQuality::Estimated);
    assert!(!call.cost.is_zero());
}

#[test]
fn a_request_says_in_each_form_what_it_says_in_openais() {
    let said = json!({
        "model": "smart", "input": ["a"], "dimensions": 256, "input_type": "query", "user": "u",
    });
    for (form, sent, dropped) in [
        (
            "gemini",
            json!({ "requests": [{
                "model": "models/m-1", "content": { "parts": [{ "text": "a" }] },
                "taskType": "RETRIEVAL_QUERY", "outputDimensionality": 256,
            }] }),
            "user",
        ),
        (
            "cohere",
            json!({
                "model": "m-1", "texts": ["a"], "input_type": "search_query",
                "embedding_types": ["float"], "output_dimension": 256,
            }),
            "user",
        ),
        (
            "voyage",
            json!({
                "model": "m-1", "input": ["a"], "output_dimension": 256, "input_type": "query",
                "user": "u",
            }),
            "",
        ),
    ] {
        let upstream = answering("{}");
        let plane = plane(form, &upstream);
        let answer = plane.ask(request("/v1/embeddings", JSON, said.to_string()));
        assert_eq!(answer.reason(), "upstream_bad_response");
        assert_eq!(upstream.requests()[0].json(), sent);
        let strict = [
            ("authorization", crate::world::bearer()),
            ("x-tollgate-strict", "true".to_owned()),
        ];
        let strict = strict
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        let refused = plane.ask(crate::client::post(
            "/v1/embeddings",
            &strict,
            said.to_string(),
        ));
        if dropped.is_empty() {
            assert_eq!(refused.reason(), "upstream_bad_response");
        } else {
            assert_eq!(refused.reason(), "parameter_unsupported");
            assert_eq!(refused.json()["param"], json!(dropped));
        }
        plane.finish();
    }
}

#[test]
fn gi_10_gemini_s_clients_get_vectors_from_every_provider() {
    for provider in PROVIDERS {
        let upstream = answering(provider.embedded);
        let plane = plane(provider.form, &upstream);
        let one = |text: &str| {
            json!({
                "model": "models/smart", "content": { "parts": [{ "text": text }] },
                "task_type": "RETRIEVAL_DOCUMENT", "outputDimensionality": 3,
            })
        };
        let body = json!({ "requests": [one("a"), one("b")] });
        let answer = ask(&plane, "/v1beta/models/smart:batchEmbedContents", &body);
        assert!(answer.text().contains(NUMBERS), "{}", answer.text());
        let told = answer.json();
        assert_eq!(told["embeddings"].as_array().unwrap().len(), 2);
        assert_eq!(told["usageMetadata"]["promptTokenCount"], json!(7));
        let sent = upstream.requests()[0].json();
        match provider.form {
            "gemini" => {
                // Only the names change.
                let text = body.to_string().replace("models/smart", "models/m-1");
                assert_eq!(sent.to_string(), text);
            }
            "cohere" => assert_eq!(sent["input_type"], json!("search_document")),
            _ => assert_eq!(sent["input"], json!(["a", "b"])),
        }
        let call = plane.finish_one();
        assert_eq!(
            (call.cost.to_string().as_str(), call.dialect.as_str()),
            ("0.000007", "gemini")
        );
    }
}

#[test]
fn one_content_of_gemini_s_becomes_one_vector_and_errors_come_in_its_dialect() {
    let upstream = answering(r#"{"data":[{"embedding":"AACAPwAAIMA="}]}"#);
    let plane = plane("openai", &upstream);
    let path = "/v1beta/models/smart:embedContent";
    let answer = ask(
        &plane,
        path,
        &json!({ "content": { "parts": [{ "text": "a" }, { "text": "b" }] } }),
    );
    assert_eq!(answer.json()["embedding"], json!({ "values": [1.0, -2.5] }));
    assert_eq!(upstream.requests()[0].json()["input"], json!(["a\nb"]));
    for (body, code) in [
        (json!({}), "INVALID_ARGUMENT"),
        (
            json!({ "content": { "parts": [{ "inlineData": {} }] } }),
            "INVALID_ARGUMENT",
        ),
    ] {
        let refused = plane.ask(request(path, JSON, body.to_string()));
        assert_eq!(refused.status(), 400, "{}", refused.text());
        assert_eq!(refused.json()["error"]["status"], json!(code));
    }
    let batch = plane.ask(request(
        "/v1beta/models/smart:batchEmbedContents",
        JSON,
        r#"{"requests":[]}"#,
    ));
    assert_eq!(batch.reason(), "request_malformed");
    plane.finish();
}

#[test]
fn coheres_clients_get_vectors_from_every_provider() {
    for provider in PROVIDERS {
        let upstream = answering(provider.embedded);
        let plane = plane(provider.form, &upstream);
        let body = json!({
            "model": "smart", "texts": ["a", "b"], "input_type": "search_query",
            "embedding_types": ["float"], "output_dimension": 3,
        });
        let answer = ask(&plane, "/v2/embed", &body);
        let told = answer.json();
        assert_eq!(told["embeddings"]["float"][1], json!([0.5, -1.0, 0.2]));
        assert_eq!(told["meta"]["billed_units"]["input_tokens"], json!(7));
        if provider.form != "cohere" {
            assert_eq!(told["texts"], json!(["a", "b"]));
            assert_eq!(told["response_type"], json!("embeddings_by_type"));
        }
        assert_eq!(plane.finish_one().cost.to_string(), "0.000007");
    }
}

#[test]
fn tokens_and_other_types_of_vectors_only_pass_and_are_never_made_up() {
    let upstream = answering(PROVIDERS[0].embedded);
    let gateway = plane("openai", &upstream);
    ask(
        &gateway,
        "/v1/embeddings",
        &json!({ "model": "smart", "input": [[1, 2], [3]] }),
    );
    gateway.finish();
    let upstream = answering(PROVIDERS[1].embedded);
    let gateway = plane("gemini", &upstream);
    for (path, body, param) in [
        (
            "/v1/embeddings",
            json!({ "model": "smart", "input": [1, 2] }),
            "input[0]",
        ),
        (
            "/v1/embeddings",
            json!({ "model": "smart", "input": [[1, 2]] }),
            "input[0]",
        ),
        (
            "/v2/embed",
            json!({ "model": "smart", "texts": ["a"], "embedding_types": ["int8"] }),
            "embedding_types",
        ),
        (
            "/v2/embed",
            json!({ "model": "smart", "images": ["data:image/png;base64,AA"] }),
            "images",
        ),
    ] {
        let answer = gateway.ask(request(path, JSON, body.to_string()));
        assert_eq!(answer.status(), 400, "{body}");
        let told = answer.json();
        assert_eq!(
            told.pointer("/problem/param").unwrap_or(&told["param"]),
            &json!(param),
            "{}",
            answer.text()
        );
    }
    assert!(upstream.requests().is_empty());
    gateway.finish();
}

const RANKED: [(&str, &str, &str); 3] = [
    (
        "cohere",
        "/v2/rerank",
        r#"{"id":"r","results":[{"index":1,"relevance_score":0.90},{"index":0,"relevance_score":1e-2}],"meta":{"billed_units":{"search_units":1}}}"#,
    ),
    (
        "jina",
        "/rerank",
        r#"{"model":"m-1","results":[{"index":1,"relevance_score":0.90},{"index":0,"relevance_score":1e-2}],"usage":{"total_tokens":9}}"#,
    ),
    (
        "voyage",
        "/rerank",
        r#"{"object":"list","data":[{"index":1,"relevance_score":0.90},{"index":0,"relevance_score":1e-2}],"usage":{"total_tokens":9}}"#,
    ),
];

#[test]
fn documents_are_ranked_by_every_provider_for_every_client() {
    for (form, target, ranked) in RANKED {
        for (path, cohere) in [
            ("/v1/rerank", false),
            ("/rerank", false),
            ("/v2/rerank", true),
        ] {
            let upstream = answering(ranked);
            let plane = plane(form, &upstream);
            let body = json!({
                "model": "smart", "query": "q", "documents": ["a", "b"], "top_n": 2,
            });
            let answer = ask(&plane, path, &body);
            let told = answer.json();
            if form != "voyage" {
                assert!(
                    answer.text().contains(r#""relevance_score":0.90"#),
                    "{}",
                    answer.text()
                );
            }
            assert_eq!(told["results"][0]["index"], json!(1));
            let translated = !matches!((form, cohere), ("jina", false) | ("cohere", true));
            if translated {
                assert_eq!(told["id"].is_string(), cohere);
                // Jina's clients get the documents back where they do not say otherwise.
                let echo = if cohere { Value::Null } else { json!("b") };
                assert_eq!(told["results"][0]["document"]["text"], echo);
            }
            let sent = &upstream.requests()[0];
            assert_eq!(sent.target, target);
            let top = if form == "voyage" { "top_k" } else { "top_n" };
            assert_eq!(sent.json()[top], json!(2), "{form}");
            let call = plane.finish_one();
            let cost = if form == "cohere" {
                "0.002"
            } else {
                "0.000009"
            };
            assert_eq!(call.cost.to_string(), cost, "{form} {path}");
        }
    }
}

#[test]
fn providers_of_different_forms_stand_in_for_each_other() {
    let failing = Upstream::start(|_| Reply::json(500, "{}"));
    let good =
        answering(r#"{"embeddings":[{"values":[1,2]}],"usageMetadata":{"promptTokenCount":3}}"#);
    let plane = Setup::bare()
        .provider("one", &OPENAI, &failing.url(), rates())
        .provider("two", &GEMINI, &good.url(), rates())
        .model("smart", &["one", "two"])
        .start();
    let body = json!({ "model": "smart", "input": "a", "user": "u" });
    let answer = ask(&plane, "/v1/embeddings", &body);
    assert_eq!(answer.json()["data"][0]["embedding"], json!([1, 2]));
    assert_eq!(answer.header("x-tollgate-dropped"), "user");
    assert_eq!(failing.requests()[0].json()["model"], json!("m-1"));
    assert_eq!(plane.finish_one().attempts.len(), 2);
}

#[test]
fn documents_are_ranked_by_text_embeddings_inference() {
    let upstream = answering(r#"[{"index":1,"score":0.90},{"index":0,"score":0.1}]"#);
    let mut more = rates();
    more["tasks"] = json!({ "rerank": "tei" });
    let plane = Setup::bare()
        .provider("up", &OPENAI, &upstream.url(), more)
        .model("smart", &["up"])
        .start();
    let body = json!({ "model": "smart", "query": "q", "documents": ["a", "b"], "top_n": 1 });
    for path in ["/v1/rerank", "/v2/rerank"] {
        let told = ask(&plane, path, &body).json();
        assert_eq!(told["results"].as_array().unwrap().len(), 1, "{told}");
        assert_eq!(told["results"][0]["index"], json!(1));
        assert_eq!(told["results"][0]["relevance_score"], json!(0.9));
    }
    let sent = &upstream.requests()[0];
    assert_eq!(sent.target, "/rerank");
    assert_eq!(
        sent.json(),
        json!({ "query": "q", "texts": ["a", "b"], "truncate": true })
    );
    for call in plane.finish() {
        assert_eq!(call.usage_quality, UsageQuality::Estimated);
    }
}

#[test]
fn pictures_are_made_by_googles_models() {
    let drawn = r#"{"candidates":[{"content":{"parts":[{"text":"Here."},{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo="}}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":1290,"candidatesTokensDetails":[{"modality":"IMAGE","tokenCount":1290}],"totalTokenCount":1293}}"#;
    let predicted = r#"{"predictions":[{"bytesBase64Encoded":"iVBORw0KGgo=","mimeType":"image/png"},{"bytesBase64Encoded":"AAAA"}]}"#;
    let prices =
        json!({ "input": "1.00", "output": "2.00", "output_image": "30.00", "images": "40000.00" });
    for (model, answer, n, path, tokens) in [
        (
            "gemini-2.5-flash-image",
            drawn,
            1,
            ":generateContent",
            Some(1290),
        ),
        ("imagen-4.0-generate-001", predicted, 2, ":predict", None),
    ] {
        let upstream = answering(answer);
        let more = json!({ "prices": { "*": prices } });
        let target = json!({ "targets": [{ "provider": "up", "model": model }] });
        let plane = Setup::bare()
            .provider("up", &GEMINI, &upstream.url(), more)
            .resource(json!({ "kind": "Model", "name": "smart", "spec": target }))
            .start();
        let body = json!({ "model": "smart", "prompt": "A gate", "n": n, "size": "1792x1024",
            "response_format": "b64_json" });
        let answer = ask(&plane, "/v1/images/generations", &body);
        let told = answer.json();
        assert_eq!(told["data"][0]["b64_json"], json!("iVBORw0KGgo="), "{told}");
        assert_eq!(told["data"].as_array().unwrap().len(), n);
        assert_eq!(told["usage"]["output_tokens"].as_u64(), tokens);
        assert_eq!(answer.header("x-tollgate-dropped"), "size");
        let sent = &upstream.requests()[0];
        assert_eq!(sent.target, format!("/models/{model}{path}"));
        let sent = sent.json();
        let shape = sent.pointer("/generationConfig/imageConfig/aspectRatio");
        let shape = shape.or(sent.pointer("/parameters/aspectRatio"));
        assert_eq!(shape, Some(&json!("16:9")), "{sent}");
        plane.finish();
    }
}
