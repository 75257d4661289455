//! Asking providers for their models, without a gateway.

use std::net::TcpListener;
use std::sync::Arc;

use serde_json::json;
use tollgate_gateway::{Clock, probe};
use tollgate_model::Snapshot;
use tollgate_model::call::FailureClass;
use tollgate_model::probe::Probe;
use tollgate_model::snapshot::{Access, CredentialPlan, ProviderPlan, SecretText};
use tollgate_testkit::{Received, Reply, Upstream};

use crate::voices::{ALL, OPENAI, Voice};
use crate::world::{PROVIDER_KEY, START, Setup, soon};

fn named(snapshot: &Snapshot, name: &str) -> Arc<ProviderPlan> {
    let found = snapshot.providers().iter().find(|p| &*p.name == name);
    Arc::clone(found.expect("the provider is there"))
}

/// Provider `up`, with so much patience.
fn provider(voice: &Voice, url: &str, first_byte_ms: u32) -> Arc<ProviderPlan> {
    let more = json!({ "timeouts": { "first_byte_ms": first_byte_ms } });
    let setup = Setup::bare().provider("up", voice, url, more);
    named(&setup.snapshot(1), "up")
}

fn ask(provider: &ProviderPlan, credential: Option<&CredentialPlan>) -> Probe {
    fn sendable<T: Send>(future: T) -> T {
        future
    }
    let clock: Clock = Arc::new(|| START);
    soon(sendable(probe(provider, credential, &clock)))
}

fn with_its_key(provider: &ProviderPlan) -> Probe {
    ask(provider, provider.credentials.first())
}

/// The models that a provider of a configuration lists when it is asked with its first credential.
pub(crate) fn listed(snapshot: &Snapshot, name: &str) -> Vec<String> {
    with_its_key(&named(snapshot, name)).outcome.unwrap()
}

fn failure(probe: Probe) -> (FailureClass, Option<u16>, String) {
    let failure = probe.outcome.unwrap_err();
    (failure.class, failure.status, failure.note)
}

/// The path at which a provider that speaks so lists its models, and a list.
fn listing(voice: &Voice) -> (&'static str, &'static str) {
    match voice.dialect {
        "anthropic-messages" => ("/models?limit=1000", r#"{"data":[{"id":"m-1"}]}"#),
        "gemini" => (
            "/models?pageSize=1000",
            r#"{"models":[{"name":"models/m-1"}]}"#,
        ),
        _ => ("/models", r#"{"object":"list","data":[{"id":"m-1"}]}"#),
    }
}

#[test]
fn every_dialect_is_asked_for_its_models_with_the_key_and_then_without() {
    for voice in ALL {
        let (path, list) = listing(&voice);
        let (header, value) = voice.key;
        let upstream = Upstream::start(move |asked: &Received| match asked.header(header) {
            Some(sent) if sent == value => Reply::json(200, list),
            _ => Reply::json(401, r#"{"error":{"message":"Who are you?"}}"#),
        });
        let told = with_its_key(&provider(&voice, &upstream.url(), 9_000));
        assert_eq!(
            told.outcome,
            Ok(vec!["m-1".to_owned()]),
            "{}",
            voice.dialect
        );
        assert!(!told.open_to_all, "{}", voice.dialect);
        assert!(told.took > 0);
        let asked = upstream.requests();
        assert_eq!(asked.len(), 2);
        for asked in &asked {
            assert_eq!(
                (asked.method.as_str(), asked.target.as_str()),
                ("GET", path)
            );
            assert_eq!(asked.header("accept"), Some("application/json"));
            assert_eq!(
                (asked.header("content-type"), asked.body.as_slice()),
                (None, &b""[..])
            );
            let version = asked.header("anthropic-version");
            assert_eq!(version.is_some(), voice.dialect == "anthropic-messages");
        }
        assert_eq!(asked[1].header(header), None);
    }
}

#[test]
fn the_time_by_the_providers_clock_is_told() {
    let date = "Tue, 24 Nov 2026 08:01:00 GMT";
    let list = listing(&OPENAI).1;
    let upstream = Upstream::start(move |_| Reply::json(200, list).header("date", date));
    let told = with_its_key(&provider(&OPENAI, &upstream.url(), 9_000));
    assert_eq!(
        told.date,
        tollgate_model::Micros::parse("2026-11-24T08:01:00Z")
    );
}

#[test]
fn a_list_that_anyone_is_given_does_not_prove_a_key() {
    let upstream = Upstream::start(|_| Reply::json(200, listing(&OPENAI).1));
    let provider = provider(&OPENAI, &upstream.url(), 9_000);
    let told = with_its_key(&provider);
    assert_eq!(told.outcome, Ok(vec!["m-1".to_owned()]));
    assert!(told.open_to_all);
    let keyless = ask(&provider, None);
    assert_eq!(keyless.outcome, told.outcome);
    assert!(!keyless.open_to_all, "there was no key to prove");
    assert_eq!(upstream.requests().len(), 3);
}

#[test]
fn a_failure_is_judged_as_that_of_a_call_and_tells_no_key() {
    use FailureClass::{
        Auth, BadResponse, NotFound, Overloaded, RateLimited, Unfunded, Unreachable,
    };
    type Make = fn(&str) -> Reply;
    let cases: [(Make, FailureClass, Option<u16>, &str); 11] = [
        (
            |error| Reply::json(401, error),
            Auth,
            Some(401),
            "Wrong key",
        ),
        (
            |error| Reply::json(403, error),
            Auth,
            Some(403),
            "Wrong key",
        ),
        (
            |error| Reply::json(402, error),
            Unfunded,
            Some(402),
            "Wrong key",
        ),
        (
            |_| {
                Reply::json(
                    200,
                    r#"{"error":{"message":"No.","code":"insufficient_quota"}}"#,
                )
            },
            Unfunded,
            Some(500),
            "No.",
        ),
        (
            |error| Reply::json(429, error),
            RateLimited,
            Some(429),
            "Wrong key",
        ),
        (
            |error| Reply::json(503, error),
            Overloaded,
            Some(503),
            "Wrong key",
        ),
        (
            |error| Reply::json(404, error),
            NotFound,
            Some(404),
            "no list of models",
        ),
        (
            |error| Reply::whole(200, "text/html", format!("<html>{error}</html>")),
            BadResponse,
            Some(200),
            "not JSON",
        ),
        (
            |_| Reply::json(200, listing(&OPENAI).1).cut_after(9),
            BadResponse,
            Some(200),
            "broke off",
        ),
        (|error| Reply::raw(error), Unreachable, None, "broke"),
        (|_| Reply::close(), Unreachable, None, "broke"),
    ];
    for (reply, class, status, words) in cases {
        let error = format!("Wrong key {PROVIDER_KEY}, ({PROVIDER_KEY}).");
        let error = json!({ "error": { "message": error } }).to_string();
        let upstream = Upstream::start(move |_| reply(&error));
        let told = with_its_key(&provider(&OPENAI, &upstream.url(), 9_000));
        assert!(!told.open_to_all);
        let (found, given, note) = failure(told);
        assert_eq!((found, given), (class, status), "{note}");
        assert!(note.contains(words), "{note}");
        assert!(!note.contains(PROVIDER_KEY), "{note}");
        assert_eq!(upstream.requests().len(), 1, "a failure is not asked twice");
    }
}

#[test]
fn a_provider_that_answers_nothing_in_time_is_a_timeout() {
    let (still, feed) = Reply::live("application/json");
    feed.send(r#"{"data":["#);
    for reply in [Reply::hang(), still] {
        let upstream = Upstream::scripted([reply]);
        let told = failure(with_its_key(&provider(&OPENAI, &upstream.url(), 100)));
        let why = "no list of models came within 100 ms".to_owned();
        assert_eq!(told, (FailureClass::Timeout, None, why));
    }
}

#[test]
fn a_provider_that_takes_no_connection_is_unreachable() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
    let url = format!("http://{}", free.unwrap());
    let (class, status, note) = failure(with_its_key(&provider(&OPENAI, &url, 9_000)));
    assert_eq!((class, status), (FailureClass::Unreachable, None));
    assert!(
        note.starts_with("no connection to 127.0.0.1 port "),
        "{note}"
    );
}

#[test]
fn a_key_that_no_header_can_carry_is_a_wrong_key_and_is_not_sent() {
    let upstream = Upstream::start(|_| Reply::json(200, listing(&OPENAI).1));
    let provider = provider(&OPENAI, &upstream.url(), 9_000);
    let torn = CredentialPlan {
        access: Access::Key(SecretText::new("sk-torn\n0123")),
        ..provider.credentials[0].clone()
    };
    let (class, status, note) = failure(ask(&provider, Some(&torn)));
    assert_eq!((class, status), (FailureClass::Auth, None));
    assert!(note.contains("pool-1") && !note.contains("torn"), "{note}");
    assert!(upstream.requests().is_empty());
}

#[test]
fn the_sandbox_lists_its_models_without_a_key() {
    let sandbox = named(&Setup::bare().snapshot(1), "sandbox");
    let told = ask(&sandbox, None);
    let models = told.outcome.unwrap();
    assert!(models.iter().any(|name| name == "echo"), "{models:?}");
}
