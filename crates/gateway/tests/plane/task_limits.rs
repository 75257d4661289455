//! What tasks may cost at the most, and requests for them that are wrong.

use serde_json::json;
use tollgate_model::{Nanos, UsageClass};
use tollgate_testkit::{Reply, Upstream};

use crate::tasks::{FORM, JSON, form, request, setup, wav};
use crate::world::Setup;

/// A request, the price of one class, and the most that it can cost by it.
struct Bound {
    path: &'static str,
    kind: &'static str,
    body: Vec<u8>,
    class: &'static str,
    rate: &'static str,
    most: &'static str,
}

fn bounds() -> Vec<Bound> {
    let sound = wav(3);
    let json = |path, text: &str, class, rate, most| Bound {
        path,
        kind: JSON,
        body: text.as_bytes().to_vec(),
        class,
        rate,
        most,
    };
    let heard = |file: &[u8], class, rate, most| Bound {
        path: "/v1/audio/transcriptions",
        kind: FORM,
        body: form(&[("model", "smart")], ("file", file)),
        class,
        rate,
        most,
    };
    vec![
        // The seven bytes of `"Hello"`, at a dollar a million.
        json(
            "/v1/embeddings",
            r#"{"model":"smart","input":"Hello"}"#,
            "input",
            "1.00",
            "0.000007",
        ),
        json(
            "/v1/images/generations",
            r#"{"model":"smart","prompt":"a","n":3}"#,
            "images",
            "40000.00",
            "0.12",
        ),
        json(
            "/v1/images/generations",
            r#"{"model":"smart","prompt":"a"}"#,
            "images",
            "40000.00",
            "0.04",
        ),
        json(
            "/v1/images/generations",
            r#"{"model":"smart","prompt":"a","n":2}"#,
            "output_image",
            "40.00",
            "1.31072",
        ),
        // Characters, not bytes.
        json(
            "/v1/audio/speech",
            r#"{"model":"smart","input":"Grüezi"}"#,
            "characters",
            "15.00",
            "0.00009",
        ),
        json(
            "/v1/rerank",
            r#"{"model":"smart","query":"q","documents":["a","b"]}"#,
            "rerank_searches",
            "2000.00",
            "0.002",
        ),
        // The length of a WAV is known; of others, the most that they can hold.
        heard(&sound, "audio_seconds", "100.00", "0.0003"),
        heard(&b"OggS".repeat(300), "audio_seconds", "100.00", "0.0002"),
    ]
}

fn at(class: &str, rate: &str) -> serde_json::Value {
    json!({ "prices": { "*": { class: rate } } })
}

#[test]
fn what_a_task_can_cost_is_set_aside_to_the_nano_dollar_and_no_call_is_made_for_less() {
    for bound in bounds() {
        let most: Nanos = bound.most.parse().unwrap();
        let less = Nanos::new(most.get() - 1).to_string();
        for (wallet, fits) in [(bound.most.to_owned(), true), (less, false)] {
            let upstream = Upstream::start(|_| Reply::json(500, "{}"));
            let wallet: &'static str = Box::leak(wallet.into_boxed_str());
            let plane = setup(&upstream, at(bound.class, bound.rate))
                .wallet(wallet)
                .start();
            let answer = plane.ask(request(bound.path, bound.kind, &bound.body));
            assert_eq!(
                upstream.requests().len() == 1,
                fits,
                "{} {}",
                bound.path,
                answer.text()
            );
            if !fits {
                assert_eq!(answer.reason(), "hold_exceeds_balance", "{}", bound.path);
                let money = &answer.json()["money"];
                assert_eq!(money["required"], json!(bound.most), "{}", bound.class);
                assert_eq!(money.get("affordable_max_tokens"), None);
            }
            plane.finish();
        }
    }
}

#[test]
fn who_has_no_price_for_a_task_does_not_serve_it() {
    let upstream = Upstream::scripted([]);
    let plane = setup(&upstream, json!({ "prices": {} })).start();
    let answer = plane.ask(request(
        "/v1/embeddings",
        JSON,
        r#"{"model":"smart","input":"a"}"#,
    ));
    assert_eq!(
        (answer.status(), answer.reason().as_str()),
        (503, "price_unknown")
    );
    plane.finish();
}

#[test]
fn a_usage_that_has_no_price_is_estimated_and_never_free() {
    // The answer tells seconds, the price is for tokens.
    let upstream = Upstream::start(|_| Reply::json(200, r#"{"text":"Hi","duration":3}"#));
    let rates = json!({ "prices": { "*": { "input_audio": "6.00", "output": "10.00" } } });
    let plane = setup(&upstream, rates).start();
    let sound = wav(3);
    let body = form(&[("model", "smart")], ("file", &sound));
    let answer = plane.ask(request("/v1/audio/transcriptions", FORM, body));
    assert_eq!(answer.status(), 200);
    let call = plane.finish_one();
    assert_eq!(
        call.usage.get(UsageClass::InputAudio),
        Some(30),
        "ten a second"
    );
    assert!(!call.cost.is_zero());
}

const DOORS: [&str; 4] = [
    "/v1/images/edits",
    "/v1/images/variations",
    "/v1/audio/transcriptions",
    "/v1/audio/translations",
];

#[test]
fn a_wrong_form_is_a_clear_400_and_nothing_is_sent() {
    let upstream = Upstream::scripted([]);
    let plane = setup(&upstream, at("input", "1.00")).start();
    let file: (&str, &[u8]) = ("file", b"OggS");
    let good = form(&[("model", "smart"), ("prompt", "p")], file);
    let cut = &good[..good.len() - 10];
    for path in DOORS {
        for (kind, body, told) in [
            (FORM, form(&[("prompt", "p")], file), "names no model"),
            (FORM, form(&[("model", "")], file), "name of 1 to 256 bytes"),
            (FORM, form(&[("model", "a\nb")], file), "in one line"),
            (
                FORM,
                form(&[("model", "smart"), ("model", "smart")], file),
                "more than once",
            ),
            (
                FORM,
                form(&[("model", "smart"), ("Model", "other")], file),
                "more than once",
            ),
            (FORM, form(&[("model", "smart")], ("", b"")), "file"),
            (FORM, form(&[], ("model", b"smart")), "not a file"),
            (FORM, cut.to_vec(), "breaks off"),
            (FORM, Vec::new(), "breaks off"),
            (FORM, b"{}".to_vec(), "breaks off"),
            ("multipart/form-data", good.clone(), "boundary"),
            ("text/plain", good.clone(), "text/plain"),
        ] {
            // Edits of pictures may be asked for in JSON as well.
            let is_json = path == "/v1/images/edits" && kind == "text/plain";
            let answer = plane.ask(request(path, kind, &body));
            assert_eq!(answer.status(), 400, "{path}: {}", answer.text());
            assert_eq!(answer.reason(), "request_malformed");
            assert!(
                is_json || answer.text().contains(told),
                "{path} {told}: {}",
                answer.text()
            );
        }
    }
    assert!(upstream.requests().is_empty());
    plane.finish();
}

#[test]
fn a_wrong_body_is_a_clear_400_and_nothing_is_sent() {
    let upstream = Upstream::scripted([]);
    let plane = setup(&upstream, at("input", "1.00")).start();
    for (path, body) in [
        ("/v1/embeddings", "{"),
        ("/v1/embeddings", "[]"),
        ("/v1/embeddings", r#"{"input":"a"}"#),
        ("/v1/embeddings", r#"{"model":7,"input":"a"}"#),
        ("/v1/embeddings", r#"{"model":"smart","input":[]}"#),
        (
            "/v1/embeddings",
            r#"{"model":"smart","model":"other","input":"a"}"#,
        ),
        (
            "/v1/embeddings",
            r#"{"model":"smart","MODEL":"other","input":"a"}"#,
        ),
        ("/v1/moderations", r#"{"model":"smart"}"#),
        ("/v1/images/generations", r#"{"model":"smart"}"#),
        (
            "/v1/images/generations",
            r#"{"model":"smart","prompt":"a","n":0}"#,
        ),
        (
            "/v1/images/generations",
            r#"{"model":"smart","prompt":"a","n":1000000}"#,
        ),
        (
            "/v1/images/generations",
            r#"{"model":"smart","prompt":"a","n":"x"}"#,
        ),
        (
            "/v1/images/generations",
            r#"{"model":"smart","prompt":"a","stream":7}"#,
        ),
        ("/v1/audio/speech", r#"{"model":"smart"}"#),
        ("/v1/audio/speech", r#"{"model":"smart","input":["a"]}"#),
        ("/v1/rerank", r#"{"model":"smart","documents":["a"]}"#),
        (
            "/v1/rerank",
            r#"{"model":"smart","query":"q","documents":"a"}"#,
        ),
        (
            "/v1/rerank",
            r#"{"model":"smart","query":"q","documents":[]}"#,
        ),
        ("/v2/embed", r#"{"model":"smart"}"#),
    ] {
        let answer = plane.ask(request(path, JSON, body));
        assert_eq!(answer.status(), 400, "{path} {body}: {}", answer.text());
        assert_eq!(answer.reason(), "request_malformed");
    }
    assert!(upstream.requests().is_empty());
    plane.finish();
}

#[test]
fn a_file_may_be_larger_than_other_bodies_and_not_larger_than_its_limit() {
    let upstream = Upstream::start(|_| Reply::json(200, r#"{"text":"Hi"}"#));
    let plane = setup(&upstream, at("audio_seconds", "0.01"))
        .limits(|limits| {
            limits.body_bytes = 1_000;
            limits.upload_bytes = 100_000;
        })
        .start();
    let ask = |size: usize| {
        let body = form(&[("model", "smart")], ("file", &vec![7; size]));
        plane.ask(request("/v1/audio/transcriptions", FORM, body))
    };
    assert_eq!(ask(90_000).status(), 200);
    let large = ask(200_000);
    assert_eq!(
        (large.status(), large.reason().as_str()),
        (413, "body_too_large")
    );
    let text = "x".repeat(2_000);
    let body = json!({ "model": "smart", "input": text }).to_string();
    assert_eq!(
        plane.ask(request("/v1/embeddings", JSON, body)).status(),
        413
    );
    plane.finish();
}

#[test]
fn a_recording_of_25_megabytes_passes_to_the_byte() {
    let upstream = Upstream::start(|_| Reply::json(200, r#"{"text":"Hi"}"#));
    let plane = Setup::bare()
        .provider(
            "up",
            &crate::voices::OPENAI,
            &upstream.url(),
            at("audio_seconds", "0.01"),
        )
        .model("a-longer-name-than-the-providers", &["up"])
        .start();
    let file: Vec<u8> = (0u8..=250).cycle().take(25 << 20).collect();
    let name = "a-longer-name-than-the-providers";
    let body = form(&[("model", name)], ("file", &file));
    let answer = plane.ask(request("/v1/audio/transcriptions", FORM, body));
    assert_eq!(answer.status(), 200, "{}", answer.text());
    let wanted = form(&[("model", "m-1")], ("file", &file));
    assert!(
        upstream.requests()[0].body == wanted,
        "every byte of the file arrived"
    );
    plane.finish();
}
