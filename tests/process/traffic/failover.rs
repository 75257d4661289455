//! When a provider fails: who is asked next, who is left alone, and what the caller is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use tollgate_model::Nanos;
use tollgate_testkit::{Received, Reply, Upstream};

use crate::process::{Place, eventually};
use crate::provider::{Ask, answer, error, error_body, first_event};
use crate::scene::{Scene, amount, application, model, provider, provider_at, storm, team, text};

/// An address where nobody listens.
const NOBODY: &str = "http://127.0.0.1:1";

/// A scene with these resources besides a team `lab`, and a key of it.
fn scene(resources: &[Value]) -> (Scene, String) {
    scene_with(resources, &[])
}

fn scene_with(resources: &[Value], variables: &[(&str, &str)]) -> (Scene, String) {
    let scene = Scene::on(Place::new(), variables);
    scene.apply(&[team("lab", "internal"), application("lab", "lab")]);
    scene.apply(resources);
    let key = scene.key("lab", "k");
    (scene, key)
}

/// How a provider can fail before the first byte of its answer, by the name of the model.
fn failing(received: &Received) -> Reply {
    let request = received.json();
    match request["model"].as_str().unwrap() {
        "hangs-up" => Reply::close(),
        "talks-nonsense" => Reply::raw("SSH-2.0-OpenSSH_9.9\r\n"),
        "is-no-json" => Reply::whole(200, "text/html", "<h1>It works!</h1>"),
        "errs-in-a-200" => Reply::json(200, error_body("server_error", "sorry")),
        "errs-in-its-first-event" => {
            let body = error_body("server_error", "sorry");
            Reply::sse([format!("data: {body}\n\n")])
        }
        "ends-before-it-begins" => Reply::sse(Vec::<String>::new()),
        "knows-no-such-model" => error(404, "model_not_found", "no such model"),
        "knows-no-such-key" => error(401, "invalid_api_key", "no such key"),
        status => error(status.parse().unwrap(), "server_error", "sorry"),
    }
}

#[test]
fn whatever_fails_before_the_first_byte_the_next_target_answers() {
    let (bad, good) = (Upstream::start(failing), Upstream::start(answer));
    let whole = [
        "500",
        "502",
        "503",
        "529",
        "408",
        "429",
        "hangs-up",
        "talks-nonsense",
        "is-no-json",
        "errs-in-a-200",
        "knows-no-such-model",
        "knows-no-such-key",
    ];
    let streamed = [
        "500",
        "hangs-up",
        "errs-in-its-first-event",
        "ends-before-it-begins",
    ];
    let cases: Vec<(&str, bool)> = whole
        .map(|case| (case, false))
        .into_iter()
        .chain(streamed.map(|case| (case, true)))
        .collect();
    let mut resources = vec![provider("good", &good), provider_at("refuses", NOBODY)];
    let name = |case: &str, stream: bool| format!("{case}-{stream}");
    for (case, stream) in &cases {
        let name = name(case, *stream);
        let mut model = model(&name, &[&name, "good"]);
        model["spec"]["targets"][0]["model"] = json!(case);
        resources.extend([provider(&name, &bad), model]);
    }
    resources.push(model("refuses-false", &["refuses", "good"]));
    let (scene, key) = scene(&resources);
    let mut caller = scene.caller(&key);
    for (case, stream) in cases.iter().copied().chain([("refuses", false)]) {
        let before = bad.requests().len();
        let ask = Ask::loose(&name(case, stream), stream);
        let answer = caller.ask(&ask.body());
        assert_eq!(answer.status, 200, "{case}: {answer:?}");
        assert_eq!(answer.told("x-tollgate-provider"), "good", "{case}");
        assert_eq!(answer.told("x-tollgate-attempts"), "2", "{case}");
        assert_eq!(answer.is_done(), stream, "{case}");
        assert_eq!(
            answer.cost(),
            ask.cost(),
            "{case}: only the good answer costs"
        );
        // A kept connection that closes may have been about to: that is worth a second try.
        let tried = match case {
            "refuses" => 0..=0,
            "hangs-up" => 1..=2,
            _ => 1..=1,
        };
        let hits = bad.requests().len() - before;
        assert!(tried.contains(&hits), "{case} is asked {hits} times");
        let record = scene.call(answer.call());
        let attempts = record["attempts"].as_array().unwrap();
        assert!(attempts[0]["failure"].is_string(), "{case}: {record}");
        assert_eq!(attempts[1]["failure"], Value::Null, "{case}: {record}");
    }
}

#[test]
fn the_first_target_is_asked_as_long_as_it_is_well() {
    let is_ill = Arc::new(AtomicBool::new(false));
    let ill = Arc::clone(&is_ill);
    let first = Upstream::start(move |received| match ill.load(Ordering::SeqCst) {
        true => error(500, "server_error", "sorry"),
        false => answer(received),
    });
    let second = Upstream::start(answer);
    let (scene, key) = scene(&[
        provider("first", &first),
        provider("second", &second),
        model("smart", &["first", "second"]),
    ]);
    let (mut caller, body) = (scene.caller(&key), Ask::loose("smart", false).body());
    for _ in 0..20 {
        assert_eq!(caller.ask(&body).told("x-tollgate-provider"), "first");
    }
    assert_eq!(second.requests().len(), 0);
    is_ill.store(true, Ordering::SeqCst);
    let mut ask = || {
        let answer = caller.ask(&body);
        let attempts: usize = answer.told("x-tollgate-attempts").parse().unwrap();
        (answer.told("x-tollgate-provider").to_owned(), attempts)
    };
    // From the third failure in a row on it is left alone.
    for _ in 0..3 {
        assert_eq!(ask(), ("second".to_owned(), 2));
    }
    assert_eq!(ask(), ("second".to_owned(), 1));
    assert_eq!(first.requests().len(), 23);
    is_ill.store(false, Ordering::SeqCst);
    eventually(|| (ask() == ("first".to_owned(), 1)).then_some(()));
}

#[test]
fn targets_get_their_share_by_weight() {
    let upstreams = [Upstream::start(answer), Upstream::start(answer)];
    let mut smart = model("smart", &["three", "one"]);
    smart["spec"]["strategy"] = json!("weighted");
    smart["spec"]["targets"][0]["weight"] = json!(3);
    let (scene, key) = scene(&[
        provider("three", &upstreams[0]),
        provider("one", &upstreams[1]),
        smart,
    ]);
    let answers = storm(&scene, &key, &Ask::loose("smart", false).body(), 8, 400);
    assert!(answers.iter().all(|answer| answer.status == 200));
    let shares = upstreams.map(|upstream| upstream.requests().len());
    assert_eq!(shares.iter().sum::<usize>(), 400);
    // Nine standard deviations to either side.
    assert!((220..=380).contains(&shares[0]), "{shares:?}");
}

/// The state of a provider's credential, as the operator sees it.
#[track_caller]
fn health(scene: &Scene, provider: &str, credential: Option<&str>) -> Value {
    let health = scene.api("providers/health");
    let items = health["items"].as_array().unwrap();
    let found = items
        .iter()
        .find(|item| item["provider"] == provider && item["credential"].as_str() == credential);
    found.unwrap_or_else(|| panic!("{health}")).clone()
}

#[test]
fn a_credential_that_is_limited_rests_while_another_one_is_used_and_comes_back() {
    let is_limited = Arc::new(AtomicBool::new(true));
    let limited = Arc::clone(&is_limited);
    let upstream = Upstream::start(move |received| {
        let by_first = received.header("authorization") == Some("Bearer key-one");
        match by_first && limited.load(Ordering::SeqCst) {
            true => error(429, "rate_limit_exceeded", "slow down").header("retry-after", "3"),
            false => answer(received),
        }
    });
    let mut pooled = provider("pooled", &upstream);
    // The second one has no weight: it is used only where the first one is not.
    pooled["spec"]["credentials"] = json!([
        { "name": "one", "key": { "env": "KEY_ONE" } },
        { "name": "two", "key": { "env": "KEY_TWO" }, "weight": 0 },
    ]);
    let variables = [("KEY_ONE", "key-one"), ("KEY_TWO", "key-two")];
    let (scene, key) = scene_with(&[pooled], &variables);
    let (mut caller, body) = (scene.caller(&key), Ask::loose("pooled/m", false).body());
    let first = caller.ask(&body);
    assert_eq!(
        (first.status, first.told("x-tollgate-attempts")),
        (200, "2")
    );
    let one = health(&scene, "pooled", Some("one"));
    assert_eq!(
        (&one["state"], &one["class"]),
        (&json!("cooling_down"), &json!("rate_limited"))
    );
    assert_eq!(health(&scene, "pooled", Some("two"))["state"], "ok");
    let second = caller.ask(&body);
    assert_eq!(
        (second.status, second.told("x-tollgate-attempts")),
        (200, "1"),
        "it rests"
    );
    is_limited.store(false, Ordering::SeqCst);
    let of_one = || {
        let requests = upstream.requests();
        let used = requests
            .iter()
            .map(|r| r.header("authorization").unwrap().to_owned());
        used.filter(|used| used == "Bearer key-one").count()
    };
    assert_eq!(of_one(), 1);
    eventually(|| {
        assert_eq!(caller.ask(&body).status, 200);
        (of_one() > 1).then_some(())
    });
    assert_eq!(health(&scene, "pooled", Some("one"))["state"], "ok");
    let record = scene.call(first.call());
    assert_eq!(record["attempts"][0]["credential"], "one");
    assert!(
        !record.to_string().contains("key-one"),
        "no key is on record"
    );
}

#[test]
fn an_account_without_funds_is_the_operators_trouble_and_never_the_callers_402() {
    let by_status = Upstream::start(|_| error(402, "payment_required", "no money"));
    let by_code =
        Upstream::start(|_| error(429, "insufficient_quota", "You exceeded your current quota"));
    let by_words = Upstream::start(|_| {
        let message = "Your credit balance is too low to access the API.";
        let error = json!({ "type": "invalid_request_error", "message": message });
        Reply::json(400, json!({ "type": "error", "error": error }).to_string())
    });
    let good = Upstream::start(answer);
    let mut anthropic = provider("by-words", &by_words);
    anthropic["spec"]["dialect"] = json!("anthropic-messages");
    let mut resources = vec![
        provider("good", &good),
        provider("by-status", &by_status),
        provider("by-code", &by_code),
        anthropic,
    ];
    let names = ["by-status", "by-code", "by-words"];
    resources.extend(names.map(|name| model(&format!("backed-{name}"), &[name, "good"])));
    let (scene, key) = scene(&resources);
    let mut caller = scene.caller(&key);
    for (name, upstream) in names.iter().zip([&by_status, &by_code, &by_words]) {
        let backed = caller.ask(&Ask::loose(&format!("backed-{name}"), false).body());
        assert_eq!(backed.status, 200, "{name}: {backed:?}");
        assert_eq!(backed.told("x-tollgate-provider"), "good");
        let seen = health(&scene, name, None);
        assert_eq!(
            (&seen["state"], &seen["class"]),
            (&json!("cooling_down"), &json!("unfunded"))
        );
        assert!(!text(&seen["error"]).is_empty(), "{seen}");
        let shown = scene.place.run(&["providers"]).good();
        let line = shown.lines().find(|line| line.starts_with(name)).unwrap();
        assert!(line.contains("cooling"), "{line}");

        // Alone, and resting: the caller is told whose trouble it is.
        let alone = caller.ask(&Ask::loose(&format!("{name}/m"), false).body());
        assert_eq!(alone.status, 503, "{name}: {alone:?}");
        assert_eq!(alone.reason(), "upstream_account_unfunded", "{name}");
        assert_eq!(alone.told("x-should-retry"), "false", "{name}");
        assert_eq!(alone.json()["who"], "operator", "{name}");
        assert_eq!(alone.header("retry-after"), None, "{name}");
        assert_eq!(upstream.requests().len(), 1, "{name} rests");
        let record = scene.call(alone.call());
        assert_eq!(amount(&record["cost"]), Nanos::ZERO, "{name}");
    }
}

#[test]
fn a_request_that_the_provider_calls_wrong_is_not_sent_to_another() {
    let strict = Upstream::start(|_| error(400, "invalid_request_error", "temperature is above 2"));
    let good = Upstream::start(answer);
    let (scene, key) = scene(&[
        provider("strict", &strict),
        provider("good", &good),
        model("smart", &["strict", "good"]),
    ]);
    let refused = scene.caller(&key).ask(&Ask::loose("smart", false).body());
    assert_eq!(
        (refused.status, refused.reason()),
        (400, "upstream_rejected")
    );
    assert!(
        refused.body.contains("temperature is above 2"),
        "{refused:?}"
    );
    assert_eq!(refused.told("x-should-retry"), "false");
    assert_eq!((strict.requests().len(), good.requests().len()), (1, 0));
    assert_eq!(
        health(&scene, "strict", None)["state"],
        "ok",
        "it did nothing wrong"
    );
}

#[test]
fn one_call_tries_so_many_ways_and_no_more() {
    let bad = Upstream::start(|_| error(500, "server_error", "sorry"));
    let names = ["a", "b", "c", "d", "e"];
    let mut resources: Vec<Value> = names.iter().map(|name| provider(name, &bad)).collect();
    resources.push(model("smart", &names));
    let (scene, key) = scene(&resources);
    let failed = scene.caller(&key).ask(&Ask::loose("smart", false).body());
    assert_eq!((failed.status, failed.reason()), (502, "upstream_error"));
    assert_eq!(bad.requests().len(), 3);
    let record = scene.call(failed.call());
    assert_eq!(record["attempts"].as_array().unwrap().len(), 3, "{record}");
    assert_eq!(amount(&record["cost"]), Nanos::ZERO);
}

#[test]
fn all_calls_together_retry_no_more_than_a_share_of_the_traffic() {
    // A model that is not there fails over and rests nobody.
    let bad = Upstream::start(|_| error(404, "model_not_found", "no such model"));
    let worse = Upstream::start(|_| error(404, "model_not_found", "no such model"));
    let resources = [
        provider("bad", &bad),
        provider("worse", &worse),
        model("smart", &["bad", "worse"]),
    ];
    let (scene, key) = scene_with(&resources, &[("TOLLGATE_WORKERS", "1")]);
    let answers = storm(&scene, &key, &Ask::loose("smart", false).body(), 8, 300);
    assert!(answers.iter().all(|answer| answer.status == 503));
    assert_eq!(bad.requests().len(), 300);
    let retries = worse.requests().len();
    assert!(
        (50..=150).contains(&retries),
        "a burst, then a fifth: {retries}"
    );
}

#[test]
fn after_the_first_byte_nobody_else_is_asked() {
    let cut = Upstream::start(|_| {
        let (reply, feed) = Reply::live("text/event-stream");
        feed.send(first_event("m"));
        feed.cut();
        reply
    });
    let good = Upstream::start(answer);
    let (scene, key) = scene(&[
        provider("cut", &cut),
        provider("good", &good),
        model("smart", &["cut", "good"]),
    ]);
    let ask = Ask::loose("smart", true);
    let answer = scene.caller(&key).ask(&ask.body());
    assert_eq!(answer.status, 200);
    assert_eq!(answer.told("x-tollgate-provider"), "cut");
    assert!(!answer.is_done(), "{answer:?}");
    let events = answer.events();
    assert_eq!(events[0]["choices"][0]["delta"]["content"], "so ");
    assert_eq!(events.last().unwrap()["reason"], "upstream_bad_response");
    assert_eq!((cut.requests().len(), good.requests().len()), (1, 0));
    let record = scene.call(answer.call());
    assert_eq!(record["ending"], "upstream_cut");
    assert_eq!(record["usage_quality"], "estimated");
    let cost = amount(&record["cost"]);
    assert!(
        cost > Nanos::ZERO && cost <= ask.hold(),
        "what was delivered: {cost}"
    );
}
