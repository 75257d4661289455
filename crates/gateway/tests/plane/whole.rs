//! Whole answers: what goes to the provider, what comes back, and what is said of it.

use serde_json::{Value, json};
use tollgate_model::call::Ending;
use tollgate_model::usage::UsageQuality;
use tollgate_testkit::{Reply, Upstream};

use crate::client::{get, post};
use crate::voices::{ALL, ANTHROPIC, COST, GEMINI, OPENAI, Voice, plain};
use crate::world::{Setup, Which, bearer, key};

/// A request that no client writes so: odd spacing, unknown members, numbers in every spelling.
const ODD: &str = concat!(
    "  {\"temperature\" : 1.50e0,\n\t\"messages\":[ {\"role\":\"user\",\"content\":\"Gr\u{fc}\\u00fc\",",
    "\"x\":{}} ] , \"model\"\t:  \"smart\",\"seed\":12345678901234567890123,\"vendor\":{\"a\":[-0.0]},",
    "\"service_tier\":\"auto\",\"stream\":false,\"tools\":null,\"n\":1 }\n",
);

/// An upstream that gives every request the whole answer of a voice.
pub(crate) fn answering(voice: Voice) -> Upstream {
    Upstream::start(move |_| Reply::json(200, voice.whole))
}

#[test]
fn only_the_models_name_is_changed_on_the_way_to_a_provider_of_the_dialect() {
    let upstream = answering(OPENAI);
    let plane = Setup::with(&OPENAI, &upstream)
        .provider(
            "deepseek",
            &OPENAI,
            &upstream.url(),
            json!({ "prices": {} }),
        )
        .start();
    for (asked, sent) in [
        ("smart", "m-1"),
        ("up/m-1", "m-1"),
        ("up/a/b", "a/b"),
        ("deepseek/deepseek-chat", "deepseek-chat"),
        ("deepseek-chat", "deepseek-chat"),
        ("up/quo\\\"te", "quo\\\"te"),
    ] {
        let answer = plane.chat(ODD.replace("smart", asked));
        assert_eq!(answer.status(), 200, "{asked}: {}", answer.text());
        let request = upstream.requests().pop().unwrap();
        assert_eq!(
            String::from_utf8_lossy(&request.body),
            ODD.replace("smart", sent),
            "{asked}"
        );
    }
    let models: Vec<String> = plane.finish().into_iter().map(|call| call.model).collect();
    assert_eq!(models[0], "smart", "the record has the caller's word");
    assert_eq!(models[4], "deepseek-chat");
}

#[test]
fn a_whole_answer_of_the_dialect_passes_to_the_byte() {
    let odd = format!(
        "\n {{ \"x\":1.0E+2,\"choices\":[{{\"message\":{{\"content\":\"{}\\u00fc\"}}}}],{} }}\n\n",
        "Gr\u{fc}\u{1f600}", "\"usage\" :{\"prompt_tokens\":10 ,\"completion_tokens\":4.0}",
    );
    let upstream = Upstream::scripted([
        Reply::json(200, &odd),
        Reply::json(200, &odd).byte_by_byte(),
        // Some providers forget to say that it is JSON.
        Reply::whole(200, "text/plain", &odd),
        Reply::whole(201, "application/json; charset=utf-8", &odd),
    ]);
    let plane = Setup::with(&OPENAI, &upstream).start();
    for _ in 0..4 {
        let answer = plane.chat(plain());
        assert_eq!((answer.status(), answer.text()), (200, odd.clone()));
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("x-tollgate-cost-usd"), COST);
    }
    plane.finish();
}

#[test]
fn a_provider_gets_its_own_key_and_never_the_callers() {
    for voice in ALL {
        let upstream = answering(voice);
        let more = json!({ "headers": { "x-title": "acme" } });
        let plane = Setup::bare()
            .provider("up", &voice, &upstream.url(), more)
            .model("smart", &["up"])
            .start();
        let headers = [
            ("authorization", bearer()),
            ("x-api-key", key(Which::Main)),
            ("cookie", "a=b".to_owned()),
            ("accept-encoding", "gzip, br".to_owned()),
            ("x-forwarded-for", "1.2.3.4".to_owned()),
        ];
        let headers = headers
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        let answer = plane.ask(post("/v1/chat/completions", &headers, plain()));
        assert_eq!(answer.status(), 200, "{}", answer.text());
        let request = upstream.requests().pop().unwrap();
        assert_eq!(
            (request.method.as_str(), request.target.as_str()),
            ("POST", voice.path)
        );
        let (name, value) = voice.key;
        assert_eq!(request.header(name), Some(value));
        assert_eq!(request.header("x-title"), Some("acme"));
        assert_eq!(request.header("content-type"), Some("application/json"));
        assert_eq!(
            request.header("host"),
            Some(upstream.addr().to_string().as_str())
        );
        for kept in ["cookie", "accept-encoding", "x-forwarded-for"] {
            assert_eq!(request.header(kept), None);
        }
        let all = format!(
            "{:?}{}",
            request.headers,
            String::from_utf8_lossy(&request.body)
        );
        assert!(!all.contains(&key(Which::Main)), "{all}");
        if voice.dialect == ANTHROPIC.dialect {
            assert_eq!(request.header("anthropic-version"), Some("2023-06-01"));
        }
        plane.finish();
    }
}

#[test]
fn the_headers_of_an_answer_tell_who_answered_and_what_it_cost() {
    for voice in ALL {
        let upstream = answering(voice);
        let plane = Setup::with(&voice, &upstream).start();
        let headers = [
            ("authorization", bearer()),
            ("x-request-id", "req-1/a.b:c=".to_owned()),
        ];
        let headers = headers
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        let answer = plane.ask(post("/v1/chat/completions", &headers, plain()));
        assert_eq!(answer.status(), 200, "{}", answer.text());
        assert_eq!(answer.header("x-request-id"), "req-1/a.b:c=");
        assert_eq!(answer.header("x-tollgate-provider"), "up");
        assert_eq!(answer.header("x-tollgate-model"), "m-1");
        assert_eq!(answer.header("x-tollgate-attempts"), "1");
        assert_eq!(answer.header("x-tollgate-cost-usd"), COST);
        assert_eq!(answer.head.header("x-tollgate-reason"), None);
        let call = plane.finish_one();
        assert_eq!(answer.header("x-tollgate-call"), call.id.to_string());
        assert_eq!(call.request_id.as_deref(), Some("req-1/a.b:c="));
        assert_eq!(call.cost.to_string(), COST);
        assert_eq!(call.charges[0].taken, call.cost);
        assert_eq!((call.ending, call.status), (Ending::Completed, 200));
        assert_eq!(call.usage_quality, UsageQuality::Exact);
        assert_eq!(call.response_bytes, answer.body.len() as u64);
        assert_eq!(call.request_bytes, plain().len() as u64);
        assert_eq!(call.revision, 7);
        let caller = call.caller.unwrap();
        assert_eq!(
            [&*caller.key, &*caller.application, &*caller.team],
            ["main", "web", "acme"]
        );
    }
}

#[test]
fn a_request_id_that_is_not_plain_is_replaced_by_the_calls() {
    let upstream = answering(OPENAI);
    let plane = Setup::with(&OPENAI, &upstream).start();
    let long = "a".repeat(129);
    for odd in ["", "a b", "a\"b", "<script>", "\u{e9}", &long] {
        let headers = [
            ("authorization", bearer()),
            ("x-request-id", odd.to_owned()),
        ];
        let headers = headers
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        let answer = plane.ask(post("/v1/chat/completions", &headers, plain()));
        assert_eq!(
            answer.header("x-request-id"),
            answer.header("x-tollgate-call"),
            "{odd}"
        );
    }
    plane.finish();
}

#[test]
fn an_answer_is_translated_with_its_words_tools_usage_and_reason_to_stop() {
    let anthropic = json!({
        "id": "msg_1", "type": "message", "role": "assistant", "model": "m-1",
        "content": [
            { "type": "text", "text": "Let me look." },
            { "type": "tool_use", "id": "toolu_1", "name": "weather", "input": { "city": "Bern" } },
        ],
        "stop_reason": "tool_use",
        "usage": {
            "input_tokens": 10, "cache_read_input_tokens": 5, "cache_creation_input_tokens": 3,
            "output_tokens": 4,
        },
    });
    let gemini = json!({
        "candidates": [{ "content": { "role": "model", "parts": [
            { "text": "Let me look." },
            { "functionCall": { "name": "weather", "args": { "city": "Bern" } } },
        ] }, "finishReason": "STOP" }],
        "usageMetadata": {
            "promptTokenCount": 18, "cachedContentTokenCount": 5, "candidatesTokenCount": 4,
            "totalTokenCount": 22,
        },
        "modelVersion": "m-1", "responseId": "r1",
    });
    let body = json!({
        "model": "smart", "messages": [{ "role": "user", "content": "Weather in Bern?" }],
        "tools": [{ "type": "function", "function": {
            "name": "weather", "parameters": { "type": "object", "properties": {
                "city": { "type": "string" } } } } }],
    });
    for (voice, whole) in [(ANTHROPIC, anthropic), (GEMINI, gemini)] {
        let upstream = Upstream::scripted([Reply::json(200, whole.to_string())]);
        let plane = Setup::with(&voice, &upstream).start();
        let answer = plane.chat(body.to_string());
        assert_eq!(answer.status(), 200, "{}", answer.text());
        let told = answer.json();
        assert_eq!(told["object"], json!("chat.completion"));
        assert_eq!(told["model"], json!("smart"), "the caller's name for it");
        let choice = &told["choices"][0];
        assert_eq!(choice["finish_reason"], json!("tool_calls"), "{told:#}");
        assert_eq!(choice["message"]["content"], json!("Let me look."));
        let function = &choice["message"]["tool_calls"][0]["function"];
        assert_eq!(function["name"], json!("weather"));
        let arguments: Value =
            serde_json::from_str(function["arguments"].as_str().unwrap()).unwrap();
        assert_eq!(arguments, json!({ "city": "Bern" }));
        assert_eq!(told["usage"]["prompt_tokens"], json!(18));
        assert_eq!(told["usage"]["completion_tokens"], json!(4));
        assert_eq!(
            told["usage"]["prompt_tokens_details"]["cached_tokens"],
            json!(5)
        );
        let sent = upstream.requests()[0].json();
        assert!(
            sent.to_string().contains("weather"),
            "the tool is offered: {sent}"
        );
        let call = plane.finish_one();
        assert_eq!(answer.header("x-tollgate-cost-usd"), "0.000026");
        assert_eq!(call.cost.to_string(), "0.000026", "18 tokens in and 4 out");
    }
}

#[test]
fn every_reason_to_stop_has_its_word() {
    let cases = [
        (ANTHROPIC, "end_turn", "stop"),
        (ANTHROPIC, "stop_sequence", "stop"),
        (ANTHROPIC, "max_tokens", "length"),
        (ANTHROPIC, "refusal", "content_filter"),
        (GEMINI, "STOP", "stop"),
        (GEMINI, "MAX_TOKENS", "length"),
        (GEMINI, "SAFETY", "content_filter"),
    ];
    for (voice, reason, word) in cases {
        let whole = voice
            .whole
            .replace("end_turn", reason)
            .replace("STOP", reason);
        let upstream = Upstream::scripted([Reply::json(200, whole)]);
        let plane = Setup::with(&voice, &upstream).start();
        let told = plane.chat(plain()).json();
        assert_eq!(told["choices"][0]["finish_reason"], json!(word), "{reason}");
        plane.finish();
    }
}

#[test]
fn what_a_dialect_lacks_is_dropped_and_told_or_refused() {
    let upstream = answering(ANTHROPIC);
    let plane = Setup::with(&ANTHROPIC, &upstream).start();
    let with = |member: &str| plain().replace("{\"messages\"", &format!("{{{member},\"messages\""));
    let answer = plane.chat(with("\"logit_bias\":{\"1\":2},\"seed\":7"));
    assert_eq!(answer.status(), 200, "{}", answer.text());
    assert_eq!(answer.header("x-tollgate-dropped"), "logit_bias, seed");
    let answer = plane.chat(with("\"logprobs\":true"));
    assert_eq!(
        (answer.status(), answer.reason().as_str()),
        (400, "parameter_unsupported")
    );
    assert_eq!(answer.json()["error"]["param"], json!("logprobs"));
    assert_eq!(upstream.requests().len(), 1);
    let calls = plane.finish();
    assert_eq!(calls[0].dropped, ["logit_bias", "seed"]);
}

#[test]
fn us_05_an_answer_without_usage_is_estimated_and_never_free() {
    let upstream = Upstream::scripted([
        Reply::json(
            200,
            r#"{"choices":[{"message":{"content":"Hello, how are you?"}}]}"#,
        ),
        Reply::json(
            200,
            r#"{"choices":[{"message":{"content":"Hi"}}],"usage":null}"#,
        ),
        Reply::json(
            200,
            r#"{"choices":[{"message":{"content":"Hi"}}],"usage":{"x":1}}"#,
        ),
        Reply::json(
            200,
            r#"{"choices":[{"message":{"content":"Hi"}}],"usage":[]}"#,
        ),
        Reply::json(200, r#"{"choices":[]}"#),
    ]);
    let plane = Setup::with(&OPENAI, &upstream).start();
    for _ in 0..5 {
        let answer = plane.chat(plain());
        assert_eq!(answer.status(), 200);
        assert_ne!(answer.header("x-tollgate-cost-usd"), "0.00");
    }
    for call in plane.finish() {
        assert_eq!(call.usage_quality, UsageQuality::Estimated);
        assert_eq!(call.usage.prompt_tokens(), plain().len().div_ceil(4) as u64);
        assert!(call.usage.output_tokens() > 0);
        assert_eq!(call.charges[0].taken, call.cost);
        assert!(!call.cost.is_zero() && call.cost <= call.charges[0].held);
    }
}

#[test]
fn the_models_are_listed_as_far_as_the_key_may_use_them() {
    let upstream = answering(OPENAI);
    let plane = Setup::with(&OPENAI, &upstream)
        .model("hidden", &["up"])
        .start();
    let ids = |which: Which, path: &str| -> Vec<String> {
        let value = format!("Bearer {}", key(which));
        let answer = plane.ask(get(path, &[("authorization", &value)]));
        assert_eq!(answer.status(), 200, "{}", answer.text());
        let list = answer.json();
        assert_eq!(list["object"], json!("list"));
        let data = list["data"].as_array().unwrap();
        data.iter()
            .map(|model| model["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = ids(Which::Main, "/v1/models");
    for model in ["smart", "hidden", "sandbox/echo"] {
        assert!(all.iter().any(|id| id == model), "{all:?}");
    }
    assert!(all.is_sorted());
    assert_eq!(ids(Which::Narrow, "/v1/models"), ["smart"]);
    for path in [
        "/v1/models/smart",
        "/v1/models/sandbox/echo",
        "/v1/models/sandbox%2Fecho",
    ] {
        let answer = plane.get(path);
        assert_eq!(
            (answer.status(), &answer.json()["object"]),
            (200, &json!("model")),
            "{path}"
        );
    }
    let narrow = format!("Bearer {}", key(Which::Narrow));
    let answer = plane.ask(get("/v1/models/hidden", &[("authorization", &narrow)]));
    assert_eq!(
        (answer.status(), answer.reason().as_str()),
        (404, "model_not_found")
    );
    assert!(!answer.text().contains("hidden?"), "{}", answer.text());
    let answer = plane.ask(get("/v1/models", &[]));
    assert_eq!(
        (answer.status(), answer.reason().as_str()),
        (401, "key_missing")
    );
    plane.finish();
}

#[test]
fn the_pages_of_the_gateway_need_no_key() {
    let plane = Setup::bare().start();
    for (path, text) in [
        ("/healthz", "ok\n"),
        ("/readyz", "ready\n"),
        ("/problems/balance_exhausted", "Reason: balance_exhausted"),
    ] {
        let answer = plane.ask(get(path, &[]));
        assert_eq!(answer.status(), 200, "{path}");
        assert!(answer.text().contains(text), "{}", answer.text());
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    assert_eq!(plane.finish(), [], "a look at a page is no call");
}
