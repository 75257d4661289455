//! Providers whose dialect is known, and whose addresses and proofs are their own: Azure OpenAI,
//! Vertex AI, and those that want a key in another header.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tollgate_gateway::CredentialState;
use tollgate_model::call::FailureClass;
use tollgate_testkit::{Received, Reply, Upstream};

use crate::client::post;
use crate::probe::listed;
use crate::voices::{ANTHROPIC, GEMINI, OPENAI, Voice};
use crate::world::{Plane, START, Setup, Which, bearer, chat, key, until};

/// The key of the service account, made for this run.
static ROBOT: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate(KeySize::Rsa2048).unwrap());
const EMAIL: &str = "robot@p-1.iam.gserviceaccount.com";
const HELLO: &str = r#"{"model":"up/NAME","messages":[{"role":"user","content":"Hi"}]}"#;

fn hello(model: &str) -> String {
    HELLO.replace("NAME", model)
}

fn pem() -> String {
    let der: Pkcs8V1Der<'_> = ROBOT.as_der().unwrap();
    let text = STANDARD.encode(der.as_ref());
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    let body = lines.join("\n");
    format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n")
}

/// A service account whose tokens come from there, as a credential.
fn robot(tokens: &Upstream) -> Value {
    let file = json!({
        "type": "service_account", "project_id": "p-1", "private_key_id": "kid-1",
        "private_key": pem(), "client_email": EMAIL,
        "token_uri": format!("{}/token", tokens.url()),
    });
    json!({ "name": "robot", "service_account": { "env": file.to_string() } })
}

/// A server that gives tokens `t-1`, `t-2` … that hold for an hour.
fn giving() -> Upstream {
    let given = AtomicUsize::new(0);
    Upstream::start(move |_| {
        let number = given.fetch_add(1, Ordering::SeqCst) + 1;
        let answer = json!({
            "access_token": format!("t-{number}"), "expires_in": 3600, "token_type": "Bearer",
        });
        Reply::json(200, answer.to_string())
    })
}

fn answering(body: &'static str) -> Upstream {
    Upstream::start(move |_| Reply::json(200, body))
}

fn vertex(upstream: &Upstream, tokens: &Upstream) -> Setup {
    let spec = json!({
        "platform": { "vertex": { "location": "us-east5" } },
        "credentials": [robot(tokens)], "headers": { "x-team": "lab" },
    });
    Setup::bare().provider("up", &GEMINI, &upstream.url(), spec)
}

fn azure(upstream: &Upstream, more: Value) -> Setup {
    let mut spec = json!({ "catalog": "azure-openai" });
    for (member, value) in more.as_object().unwrap() {
        spec[member] = value.clone();
    }
    Setup::bare().provider("up", &OPENAI, &upstream.url(), spec)
}

fn entra(tokens: &Upstream) -> Value {
    json!([{ "name": "app", "entra": {
        "tenant": "contoso.onmicrosoft.com", "client_id": "client-1",
        "client_secret": { "env": "SECRET" }, "authority": tokens.url(),
    } }])
}

fn bearers(upstream: &Upstream) -> Vec<String> {
    let all = upstream.requests();
    let bearer = |request: &Received| request.header("authorization").unwrap_or("none").to_owned();
    all.iter().map(|request| bearer(request)).collect()
}

fn form(request: &Received) -> BTreeMap<String, String> {
    let text = std::str::from_utf8(&request.body).unwrap();
    form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .collect()
}

/// Asks in OpenAI's dialect, and expects an answer.
fn served(plane: &Plane, model: &str) {
    let answer = plane.chat(hello(model));
    assert_eq!(answer.status(), 200, "{}", answer.text());
    let content = answer.json()["choices"][0]["message"]["content"].clone();
    assert_eq!(content, "Grüezi");
}

#[test]
fn azure_is_asked_at_its_deployment_with_its_key_and_its_version() {
    let upstream = answering(OPENAI.whole);
    let surface = json!({ "surface": "deployments", "api_version": "2024-10-21" });
    let plane = azure(&upstream, json!({ "platform": { "azure": surface } })).start();
    served(&plane, "my-gpt");
    let sent = &upstream.requests()[0];
    let path = "/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21";
    assert_eq!(sent.target, path);
    assert_eq!(sent.header("api-key"), Some(crate::world::PROVIDER_KEY));
    assert_eq!(sent.header("authorization"), None);
    let body = String::from_utf8(sent.body.clone()).unwrap();
    assert_eq!(
        body,
        hello("my-gpt").replace("up/", ""),
        "nothing else changes"
    );
    plane.finish();
}

#[test]
fn the_newer_surface_of_azure_needs_no_version_and_takes_one() {
    for (azure_spec, query) in [
        (json!({}), ""),
        (json!({ "api_version": "preview" }), "?api-version=preview"),
    ] {
        let upstream = answering(OPENAI.whole);
        let plane = azure(&upstream, json!({ "platform": { "azure": azure_spec } })).start();
        served(&plane, "my-gpt");
        let target = &upstream.requests()[0].target;
        assert_eq!(*target, format!("/openai/v1/chat/completions{query}"));
        plane.finish();
    }
}

#[test]
fn a_client_of_entra_gets_one_token_for_calls_that_come_at_once() {
    let (upstream, tokens) = (answering(OPENAI.whole), giving());
    let plane = azure(&upstream, json!({ "credentials": entra(&tokens) })).start();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| served(&plane, "my-gpt"));
        }
    });
    assert_eq!(bearers(&upstream), ["Bearer t-1"; 8]);
    let asked = tokens.requests();
    assert_eq!(asked.len(), 1);
    assert_eq!(
        asked[0].target,
        "/contoso.onmicrosoft.com/oauth2/v2.0/token"
    );
    let form = form(&asked[0]);
    let expected = [
        ("client_id", "client-1"),
        ("client_secret", crate::world::PROVIDER_KEY),
        ("grant_type", "client_credentials"),
        ("scope", "https://cognitiveservices.azure.com/.default"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(form, BTreeMap::from(expected));
    plane.finish();
}

#[test]
fn sa_03_a_first_chunk_of_filter_results_begins_one_message() {
    let filter = concat!(
        r#"data: {"choices":[],"created":0,"id":"","model":"","object":"","#,
        r#""prompt_filter_results":[{"prompt_index":0,"content_filter_results":{}}]}"#,
        "\n\n"
    );
    let pieces = [&[filter][..], &OPENAI.stream[..]].concat();
    let upstream = Upstream::start(move |_| Reply::sse(pieces.clone()));
    let plane = azure(&upstream, json!({})).start();
    let body = r#"{"model":"up/g","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"Hi"}]}"#;
    let answer = plane.ask(post(
        "/v1/messages",
        &[("x-api-key", &key(Which::Main))],
        body,
    ));
    let text = answer.text();
    assert_eq!(text.matches("event: message_start").count(), 1, "{text}");
    assert!(
        text.contains("Grü") && text.ends_with("message_stop\"}\n\n"),
        "{text}"
    );
    let passed = plane.chat(hello("g").replace("{\"model", "{\"stream\":true,\"model"));
    assert!(passed.text().starts_with(filter), "{}", passed.text());
    plane.finish();
}

#[test]
fn what_azure_refuses_keeps_its_code() {
    let filtered = json!({ "error": {
        "message": "The response was filtered due to the prompt triggering Azure's policy.",
        "type": null, "param": "prompt", "code": "content_filter", "status": 400,
    } });
    let missing = json!({ "error": {
        "code": "DeploymentNotFound", "message": "The API deployment does not exist.",
    } });
    for (status, error, told, code) in [
        (400, filtered, 400, "content_filter"),
        (404, missing, 404, "model_not_found"),
    ] {
        let upstream = Upstream::start(move |_| Reply::json(status, error.to_string()));
        let plane = azure(&upstream, json!({})).start();
        let answer = plane.chat(hello("g"));
        assert_eq!(answer.status(), told, "{}", answer.text());
        assert_eq!(answer.json()["error"]["code"], code, "{}", answer.text());
        plane.finish();
    }
}

#[test]
fn a_service_account_signs_for_a_token_with_which_gemini_is_asked() {
    let (upstream, tokens) = (answering(GEMINI.whole), giving());
    let plane = vertex(&upstream, &tokens).start();
    served(&plane, "gemini-2.5-flash");
    served(&plane, "gemini-2.5-flash");
    let sent = &upstream.requests()[0];
    assert_eq!(
        sent.target,
        "/v1/projects/p-1/locations/us-east5/publishers/google/models/gemini-2.5-flash:generateContent"
    );
    assert_eq!(sent.header("x-goog-api-key"), None);
    assert_eq!(sent.header("x-team"), Some("lab"));
    assert_eq!(bearers(&upstream), ["Bearer t-1"; 2]);
    let asked = tokens.requests();
    assert_eq!(asked.len(), 1, "the token is kept");
    let form = form(&asked[0]);
    assert_eq!(
        form["grant_type"],
        "urn:ietf:params:oauth:grant-type:jwt-bearer"
    );
    assert_assertion(&form["assertion"], &format!("{}/token", tokens.url()));
    plane.finish();
}

/// The assertion says who asks for what, and is signed with the account's key.
fn assert_assertion(assertion: &str, audience: &str) {
    let (signed, signature) = assertion.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let public = ROBOT.public_key().as_ref();
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public)
        .verify(signed.as_bytes(), &signature)
        .unwrap();
    let parts: Vec<Value> = signed
        .split('.')
        .map(|part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap())
        .collect();
    let seconds = START.0 / 1_000_000;
    let scope = "https://www.googleapis.com/auth/cloud-platform";
    let claims = json!({
        "iss": EMAIL, "scope": scope, "aud": audience, "iat": seconds, "exp": seconds + 3600,
    });
    assert_eq!(
        parts,
        [
            json!({ "alg": "RS256", "typ": "JWT", "kid": "kid-1" }),
            claims
        ]
    );
}

#[test]
fn claude_at_vertex_is_asked_in_its_own_dialect_without_a_model_in_the_body() {
    let (upstream, tokens) = (answering(ANTHROPIC.whole), giving());
    let plane = vertex(&upstream, &tokens).start();
    let claude = "claude-sonnet-4-5@20250929";
    served(&plane, claude);
    let body = format!(
        r#"{{"model": "up/{claude}", "max_tokens":9, "messages":[{{"role":"user","content":"Hi"}}], "odd":1.0}}"#
    );
    let main = key(Which::Main);
    let headers = [
        ("x-api-key", &*main),
        ("anthropic-beta", "context-1m-2025-08-07"),
    ];
    let answer = plane.ask(post("/v1/messages", &headers, &body));
    assert_eq!(answer.text(), ANTHROPIC.whole, "it passes as it came");
    let sent = upstream.requests();
    let path = format!(
        "/v1/projects/p-1/locations/us-east5/publishers/anthropic/models/{claude}:rawPredict"
    );
    assert_eq!([&*sent[0].target, &*sent[1].target], [&*path, &*path]);
    let translated = sent[0].json();
    assert_eq!(translated["anthropic_version"], "vertex-2023-10-16");
    assert_eq!(translated.get("model"), None);
    assert_eq!(
        String::from_utf8(sent[1].body.clone()).unwrap(),
        r#"{"anthropic_version": "vertex-2023-10-16", "max_tokens":9, "messages":[{"role":"user","content":"Hi"}], "odd":1.0}"#
    );
    assert_eq!(
        sent[1].header("anthropic-beta"),
        Some("context-1m-2025-08-07")
    );
    plane.finish();
}

#[test]
fn claude_at_vertex_streams_and_counts_at_paths_of_their_own() {
    let place = "/v1/projects/p-1/locations/us-east5/publishers/anthropic/models";
    let tokens = giving();
    let upstream = Upstream::start(|request| match request.target.contains("count-tokens") {
        true => Reply::json(200, r#"{"input_tokens":7}"#),
        false => Reply::sse(ANTHROPIC.stream),
    });
    let plane = vertex(&upstream, &tokens).start();
    let main = key(Which::Main);
    let ask = |path: &str, more: &str| {
        let body = format!(
            r#"{{"model":"up/claude-opus-4-1","messages":[{{"role":"user","content":"Hi"}}]{more}}}"#
        );
        plane.ask(post(path, &[("x-api-key", &main)], body))
    };
    let streamed = ask("/v1/messages", r#","max_tokens":9,"stream":true"#);
    assert_eq!(streamed.text(), ANTHROPIC.stream.concat());
    let counted = ask("/v1/messages/count_tokens", "");
    assert_eq!(counted.json()["input_tokens"], 7);
    let sent = upstream.requests();
    assert_eq!(
        sent[0].target,
        format!("{place}/claude-opus-4-1:streamRawPredict")
    );
    assert_eq!(sent[0].json()["stream"], true);
    assert_eq!(sent[1].target, format!("{place}/count-tokens:rawPredict"));
    assert_eq!(sent[1].json()["model"], "claude-opus-4-1");
    plane.finish();
}

#[test]
fn models_of_others_at_vertex_are_asked_as_openai_is() {
    let (upstream, tokens) = (answering(OPENAI.whole), giving());
    let plane = vertex(&upstream, &tokens).start();
    served(&plane, "meta/llama-3.3-70b-instruct-maas");
    let sent = &upstream.requests()[0];
    assert_eq!(
        sent.target,
        "/v1/projects/p-1/locations/us-east5/endpoints/openapi/chat/completions"
    );
    assert_eq!(sent.json()["model"], "meta/llama-3.3-70b-instruct-maas");
    plane.finish();
}

#[test]
fn gm_06_vertex_is_not_told_the_ids_of_calls() {
    let (upstream, tokens) = (answering(GEMINI.whole), giving());
    let plane = vertex(&upstream, &tokens).start();
    let body = concat!(
        r#"{"contents":[{"role":"user","parts":[{"text":"a \"functionCall\": {\"id\":1}"}]},"#,
        r#"{"role":"model","parts":[{"functionCall":{"id":"c}1","name":"f","args":{"id":"kept"}}}]},"#,
        r#"{"role":"user","parts":[{"functionResponse": {"name":"f","response":{"id":2} , "id":"c}1"}}]}]}"#
    );
    let path = "/v1beta/models/up/gemini-2.5-pro:generateContent";
    let answer = plane.ask(post(path, &[("x-goog-api-key", &key(Which::Main))], body));
    assert_eq!(answer.text(), GEMINI.whole);
    let sent = String::from_utf8(upstream.requests()[0].body.clone()).unwrap();
    let expected = body.replace(r#""id":"c}1","name""#, r#""name""#);
    assert_eq!(sent, expected.replace(r#" , "id":"c}1""#, " "));
    plane.finish();
}

#[test]
fn a_token_is_renewed_beside_the_calls_before_it_ends() {
    let (upstream, tokens) = (answering(GEMINI.whole), giving());
    let plane = vertex(&upstream, &tokens).start();
    served(&plane, "gemini-2.5-pro");
    plane.pass_seconds(3_290);
    served(&plane, "gemini-2.5-pro");
    assert_eq!(tokens.requests().len(), 1, "it is not near its end");
    plane.pass_seconds(20);
    served(&plane, "gemini-2.5-pro");
    until("the token is renewed", || tokens.requests().len() == 2);
    until("the new token is used", || {
        served(&plane, "gemini-2.5-pro");
        bearers(&upstream).last().unwrap() == "Bearer t-2"
    });
    let used = bearers(&upstream);
    assert_eq!(
        used[..3],
        ["Bearer t-1"; 3],
        "no call waited for the renewal"
    );
    assert_eq!(tokens.requests().len(), 2);
    plane.finish();
}

#[test]
fn a_server_of_tokens_that_is_down_is_the_operators_trouble() {
    let upstream = answering(GEMINI.whole);
    let tokens = Upstream::scripted([
        Reply::json(200, r#"{"access_token":"t-1","expires_in":3600}"#),
        Reply::json(503, "down"),
        Reply::json(503, "down"),
    ]);
    let other = answering(OPENAI.whole);
    let plane = vertex(&upstream, &tokens)
        .provider("spare", &OPENAI, &other.url(), json!({}))
        .resource(
            json!({ "kind": "Model", "name": "smart", "spec": { "targets": [
            { "provider": "up", "model": "gemini-2.5-pro" },
            { "provider": "spare", "model": "m-1" },
        ] } }),
        )
        .start();
    let smart = hello("").replace("up/", "smart");
    served(&plane, "gemini-2.5-pro");
    plane.pass_seconds(3_400);
    served(&plane, "gemini-2.5-pro");
    until("the renewal failed", || tokens.requests().len() == 2);
    assert_eq!(
        bearers(&upstream),
        ["Bearer t-1"; 2],
        "the old one is used while it holds"
    );
    plane.pass_seconds(600);
    let alone = plane.chat(hello("gemini-2.5-pro"));
    assert_eq!(
        (alone.status(), &*alone.reason()),
        (502, "upstream_error"),
        "{}",
        alone.text()
    );
    assert_eq!(
        upstream.requests().len(),
        2,
        "nothing is asked without a token"
    );
    let failed_over = plane.chat(&smart);
    assert_eq!(failed_over.status(), 200, "{}", failed_over.text());
    let health = plane.credentials();
    let robot = health
        .iter()
        .find(|one| &*one.credential == "robot")
        .unwrap();
    let note = &robot.last_failure.as_ref().unwrap().note;
    assert!(note.starts_with("no token from 127.0.0.1:"), "{note}");
    plane.finish();
}

#[test]
fn a_credential_that_gets_no_token_rests_and_says_why() {
    let upstream = answering(GEMINI.whole);
    let refusal =
        json!({ "error": "invalid_grant", "error_description": "Invalid JWT signature." });
    let tokens = Upstream::start(move |_| Reply::json(400, refusal.to_string()));
    let plane = vertex(&upstream, &tokens).start();
    let answer = plane.chat(hello("gemini-2.5-pro"));
    assert_eq!(
        (answer.status(), &*answer.reason()),
        (503, "upstream_auth_failed")
    );
    let health = plane.credentials();
    assert!(matches!(
        health[0].state,
        CredentialState::CoolingDown { .. }
    ));
    let last = health[0].last_failure.as_ref().unwrap();
    assert_eq!(last.class, FailureClass::Auth);
    assert!(
        last.note
            .ends_with("400: invalid_grant: Invalid JWT signature."),
        "{}",
        last.note
    );
    plane.finish();
}

#[test]
fn a_token_that_is_not_accepted_is_renewed_once() {
    let tokens = giving();
    let upstream = Upstream::start(|request| match request.header("authorization") {
        Some("Bearer t-2") => Reply::json(200, GEMINI.whole),
        _ => Reply::json(401, r#"{"error":{"code":401,"status":"UNAUTHENTICATED"}}"#),
    });
    let plane = vertex(&upstream, &tokens).start();
    let first = plane.chat(hello("gemini-2.5-pro"));
    assert_eq!(
        &*first.reason(),
        "upstream_auth_failed",
        "a token that was just had is no better"
    );
    assert_eq!(bearers(&upstream), ["Bearer t-1"]);
    plane.pass_seconds(120);
    served(&plane, "gemini-2.5-pro");
    assert_eq!(tokens.requests().len(), 2);
    plane.finish();

    let (tokens, revoked) = (giving(), AtomicUsize::new(0));
    let upstream = Upstream::start(move |_| match revoked.fetch_add(1, Ordering::SeqCst) {
        1 => Reply::json(401, "{}"),
        _ => Reply::json(200, GEMINI.whole),
    });
    let plane = vertex(&upstream, &tokens).start();
    served(&plane, "gemini-2.5-pro");
    served(&plane, "gemini-2.5-pro");
    assert_eq!(
        bearers(&upstream),
        ["Bearer t-1", "Bearer t-1", "Bearer t-2"]
    );
    plane.finish();
}

#[test]
fn machines_get_their_tokens_from_the_server_beside_them() {
    let upstream = answering(GEMINI.whole);
    let tokens = giving();
    let machine = json!([{ "name": "vm", "metadata": { "base_url": tokens.url() } }]);
    let place = json!({ "vertex": { "project": "p-2" } });
    let spec = json!({ "platform": place, "credentials": machine });
    let plane = Setup::bare()
        .provider("up", &GEMINI, &upstream.url(), spec)
        .start();
    served(&plane, "gemini-2.5-pro");
    let asked = &tokens.requests()[0];
    assert_eq!(
        (asked.method.as_str(), asked.header("metadata-flavor")),
        ("GET", Some("Google"))
    );
    assert_eq!(
        asked.target,
        "/computeMetadata/v1/instance/service-accounts/default/token"
    );
    let target = &upstream.requests()[0].target;
    assert!(
        target.starts_with("/v1/projects/p-2/locations/global/"),
        "{target}"
    );
    plane.finish();

    let upstream = answering(OPENAI.whole);
    // Azure's machines write the number as a text.
    let tokens = Upstream::start(|_| {
        Reply::json(
            200,
            r#"{"access_token":"az","expires_in":"3599","token_type":"Bearer"}"#,
        )
    });
    let machine = json!([{ "name": "vm", "metadata": {
        "base_url": tokens.url(), "identity": "client-7",
    } }]);
    let plane = azure(&upstream, json!({ "credentials": machine })).start();
    served(&plane, "g");
    let asked = &tokens.requests()[0];
    assert_eq!(asked.header("metadata"), Some("true"));
    assert_eq!(
        asked.target,
        "/metadata/identity/oauth2/token?api-version=2018-02-01\
         &resource=https%3A%2F%2Fcognitiveservices.azure.com&client_id=client-7"
    );
    assert_eq!(bearers(&upstream), ["Bearer az"]);
    plane.finish();
}

#[test]
fn a_provider_may_want_its_key_in_another_header_and_more_in_the_query() {
    let upstream = answering(OPENAI.whole);
    let spec = json!({
        "auth": { "header": "X-Token", "prefix": "Key " }, "query": { "tenant": "a b" },
        "quirks": { "max_completion_tokens": true },
        "headers": { "OpenAI-Organization": "org-1" },
    });
    let plane = Setup::bare()
        .provider("up", &OPENAI, &format!("{}/llm", upstream.url()), spec)
        .start();
    served(&plane, "m-1");
    let sent = &upstream.requests()[0];
    assert_eq!(sent.target, "/llm/chat/completions?tenant=a%20b");
    let expected = format!("Key {}", crate::world::PROVIDER_KEY);
    assert_eq!(sent.header("x-token"), Some(&*expected));
    assert_eq!(sent.header("authorization"), None);
    assert_eq!(sent.header("openai-organization"), Some("org-1"));
    plane.finish();
}

#[test]
fn a_probe_lists_the_models_of_each_platform() {
    let tokens = giving();
    let models = r#"{"publisherModels":[{"name":"publishers/google/models/gemini-2.5-pro"}]}"#;
    let upstream = answering(models);
    let names = listed(&vertex(&upstream, &tokens).snapshot(1), "up");
    assert_eq!(names, ["gemini-2.5-pro"]);
    assert_eq!(
        upstream.requests()[0].target,
        "/v1beta1/publishers/google/models?pageSize=200"
    );
    assert_eq!(bearers(&upstream)[0], "Bearer t-1");

    let upstream = answering(r#"{"data":[{"id":"gpt-5"}]}"#);
    let surface = json!({ "surface": "deployments", "api_version": "2024-10-21" });
    let setup = azure(&upstream, json!({ "platform": { "azure": surface } }));
    assert_eq!(listed(&setup.snapshot(1), "up"), ["gpt-5"]);
    assert_eq!(
        upstream.requests()[0].target,
        "/openai/models?api-version=2024-10-21"
    );
}

#[test]
fn clients_of_azure_and_of_vertex_are_served_by_any_provider() {
    let voices: [&Voice; 2] = [&OPENAI, &GEMINI];
    for voice in voices {
        let upstream = answering(voice.whole);
        let plane = Setup::with(voice, &upstream).start();
        let main = key(Which::Main);
        let without_model = r#"{"messages":[{"role":"user","content":"Hi"}]}"#;
        let path = "/openai/deployments/smart/chat/completions?api-version=2024-10-21";
        let answer = plane.ask(post(path, &[("api-key", &main)], without_model));
        let content = &answer.json()["choices"][0]["message"]["content"];
        assert_eq!(content, "Grüezi", "{}", answer.text());
        let named = r#"{"model":"smart","messages":[{"role":"user","content":"Hi"}]}"#;
        let answer = plane.ask(post(
            "/openai/v1/chat/completions",
            &[("api-key", &main)],
            named,
        ));
        assert_eq!(answer.status(), 200, "{}", answer.text());
        let path =
            "/v1beta1/projects/p/locations/global/publishers/google/models/smart:generateContent";
        let asked = r#"{"contents":[{"role":"user","parts":[{"text":"Hi"}]}]}"#;
        let answer = plane.ask(post(path, &[("authorization", &bearer())], asked));
        let content = &answer.json()["candidates"][0]["content"]["parts"][0]["text"];
        assert_eq!(content, "Grüezi", "{}", answer.text());
        let answer = plane.ask(post("/openai/deployments/smart/nothing", &[], "{}"));
        assert_eq!(answer.status(), 404);
        assert_eq!(
            answer.json()["error"]["code"],
            "route_not_found",
            "in OpenAI's dialect"
        );
        plane.finish();
    }
}

#[test]
fn anthropics_client_for_vertex_is_served_by_any_provider() {
    for voice in [&ANTHROPIC, &OPENAI] {
        let upstream = answering(voice.whole);
        let plane = Setup::with(voice, &upstream).start();
        let place = "/v1/projects/p/locations/us-east5/publishers/anthropic/models";
        let body = r#"{"anthropic_version":"vertex-2023-10-16","max_tokens":9,
            "messages":[{"role":"user","content":"Hi"}]}"#;
        let key = bearer();
        let headers = [("authorization", &*key)];
        let answer = plane.ask(post(&format!("{place}/smart:rawPredict"), &headers, body));
        assert_eq!(answer.status(), 200, "{}", answer.text());
        assert_eq!(answer.json()["content"][0]["text"], "Grüezi");
        let sent = upstream.requests()[0].json();
        assert_eq!(sent["model"], "m-1", "{sent}");
        assert_eq!(sent.get("anthropic_version"), None);
        let counted = r#"{"anthropic_version":"vertex-2023-10-16","model":"smart",
            "messages":[{"role":"user","content":"Hi"}]}"#;
        let path = format!("{place}/count-tokens:rawPredict");
        let answer = plane.ask(post(&path, &headers, counted));
        assert_eq!(answer.status(), 200, "{}", answer.text());
        plane.finish();
        let upstream = Upstream::scripted([Reply::sse(voice.stream)]);
        let plane = Setup::with(voice, &upstream).start();
        let path = format!("{place}/smart:streamRawPredict");
        let answer = plane.ask(post(&path, &headers, body));
        assert!(
            answer.text().contains("event: message_stop"),
            "{}",
            answer.text()
        );
        assert_eq!(upstream.requests()[0].json()["stream"], true);
        plane.finish();
    }
}

#[test]
fn no_token_and_no_secret_is_on_record_or_in_an_error() {
    let tokens = Upstream::start(|_| {
        Reply::json(
            200,
            r#"{"access_token":"ya29.secret-token-0123456789","expires_in":3600}"#,
        )
    });
    let upstream = Upstream::start(|request| {
        let told = request.header("authorization").unwrap_or_default();
        let error = json!({ "error": { "code": 500, "message": format!("bad {told}") } });
        Reply::json(500, error.to_string())
    });
    let plane = vertex(&upstream, &tokens).start();
    let answer = plane.ask(chat(hello("gemini-2.5-pro")));
    assert_eq!(answer.status(), 502);
    assert!(!answer.text().contains("ya29"), "{}", answer.text());
    let record = serde_json::to_string(&plane.finish_one()).unwrap();
    assert!(!record.contains("ya29"), "{record}");
}
