//! By which number a target is chosen.

use serde_json::json;
use tollgate_testkit::{Feed, Reply, Upstream};

use super::{answers, by, order, routed, target};
use crate::client::{Client, post};
use crate::voices::{OPENAI, plain};
use crate::whole::answering;
use crate::world::{Plane, Setup, bearer, chat, until};

/// A request for a whole answer of `smart` on behalf of an end user.
fn of_user(user: &str) -> String {
    let message = json!({ "role": "user", "content": "Hoi" });
    json!({ "model": "smart", "messages": [message], "user": user }).to_string()
}

#[test]
fn two_targets_alone_are_tried_in_their_order() {
    let (one, two) = (answering(OPENAI), answering(OPENAI));
    let spec = json!({ "targets": [target("one", json!({})), target("two", json!({}))] });
    let plane = routed(spec, &[("one", &one.url()), ("two", &two.url())]).start();
    assert_eq!(answers(&plane, plain()), "one");
    assert_eq!(order(&plane.finish_one()), ["one", "two"]);
}

#[test]
fn least_cost_takes_whom_this_request_costs_least() {
    let (one, two) = (answering(OPENAI), answering(OPENAI));
    let spec = json!({
        "strategy": "least-cost",
        "targets": [target("one", json!({})), target("two", json!({}))],
    });
    let prices = |input: &str, output: &str| json!({ "prices": { "*": { "input": input, "output": output } } });
    let plane = Setup::bare()
        .provider("one", &OPENAI, &one.url(), prices("1.00", "9.00"))
        .provider("two", &OPENAI, &two.url(), prices("4.00", "2.00"))
        .resource(json!({ "kind": "Model", "name": "smart", "spec": spec }))
        .start();
    let long = json!({ "role": "user", "content": "word ".repeat(2_000) });
    let short = json!({ "role": "user", "content": "Hoi" });
    let ask = |message, most: u32| {
        json!({ "model": "smart", "messages": [message], "max_tokens": most }).to_string()
    };
    assert_eq!(answers(&plane, ask(&long, 10)), "one", "cheap to read");
    assert_eq!(answers(&plane, ask(&short, 900)), "two", "cheap to write");
    let calls = plane.finish();
    assert_eq!(
        order(&calls[1]),
        ["two: about $0.00188", "one: about $0.00812"]
    );
}

/// A target whose answers come only when the test feeds them.
fn held_back(bodies: usize) -> (Upstream, Vec<Feed>) {
    let live = (0..bodies).map(|_| Reply::live("application/json"));
    let (replies, feeds): (Vec<_>, Vec<_>) = live.unzip();
    (Upstream::scripted(replies), feeds)
}

/// Asks until one of two targets was asked for the `count`th time; gives the client that waits for
/// its answer.
fn ask_until(plane: &Plane, held: &Upstream, free: &Upstream, count: usize) -> Client {
    loop {
        let before = held.requests().len() + free.requests().len();
        let mut client = plane.connect();
        client.send(chat(plain()));
        until("the call was sent", || {
            held.requests().len() + free.requests().len() > before
        });
        if held.requests().len() == count {
            return client;
        }
        assert_eq!(client.head().status, 200);
        client.rest();
    }
}

#[test]
fn least_busy_takes_whom_fewest_wait_for_over_all_workers() {
    let (held, feeds) = held_back(2);
    let free = answering(OPENAI);
    let spec = json!({
        "strategy": "least-busy",
        "targets": [target("held", json!({})), target("free", json!({}))],
    });
    let mut setup = routed(spec, &[("held", &held.url()), ("free", &free.url())]);
    setup.workers = 2;
    let plane = setup.start();
    for (count, feed) in feeds.into_iter().enumerate() {
        let mut waiting = ask_until(&plane, &held, &free, count + 1);
        for _ in 0..12 {
            assert_eq!(answers(&plane, plain()), "free");
        }
        feed.send(OPENAI.whole);
        feed.end();
        assert_eq!(waiting.head().status, 200);
        waiting.rest();
    }
    let calls = plane.finish();
    let want = ["free: 0 under way", "held: 1 under way"];
    let waited = calls.iter().filter(|call| order(call) == want).count();
    assert!(waited >= 24, "{waited}");
}

#[test]
fn least_latency_takes_the_fastest_and_gives_a_slow_start_another_chance() {
    let (slow, mut feeds) = held_back(2);
    let fast = answering(OPENAI);
    let spec = json!({
        "strategy": "least-latency",
        "targets": [target("slow", json!({})), target("fast", json!({}))],
    });
    let plane = routed(spec, &[("slow", &slow.url()), ("fast", &fast.url())]).start();
    let mut waiting = ask_until(&plane, &slow, &fast, 1);
    for _ in 0..4 {
        assert_eq!(
            answers(&plane, plain()),
            "fast",
            "nobody waits for the unknown"
        );
    }
    let answer = |feed: Feed, waiting: &mut Client| {
        feed.send(OPENAI.whole);
        feed.end();
        assert_eq!(waiting.head().status, 200);
        waiting.rest();
    };
    let second = feeds.pop().unwrap();
    answer(feeds.pop().unwrap(), &mut waiting);
    for _ in 0..4 {
        assert_eq!(answers(&plane, plain()), "fast");
    }
    plane.pass_seconds(31);
    let mut waiting = ask_until(&plane, &slow, &fast, 2);
    assert_eq!(answers(&plane, plain()), "fast", "one call tries, not all");
    answer(second, &mut waiting);
    let calls = plane.finish();
    let tried = calls
        .iter()
        .filter(|call| &*call.attempts[0].provider == "slow");
    assert_eq!(tried.count(), 2);
    assert!(
        calls
            .iter()
            .any(|call| order(call)[0] == "slow: to be measured again")
    );
}

#[test]
fn consistent_hash_keeps_a_users_calls_together_and_the_next_one_steps_in() {
    let hosts = ["one", "two", "three"];
    let upstreams = hosts.map(|_| answering(OPENAI));
    let targets = hosts.map(|host| target(host, json!({})));
    let spec = json!({
        "strategy": "consistent-hash", "hash_by": "user", "targets": targets,
    });
    let urls: Vec<String> = upstreams.iter().map(Upstream::url).collect();
    let providers: Vec<(&str, &str)> = hosts
        .into_iter()
        .zip(urls.iter().map(String::as_str))
        .collect();
    let plane = routed(spec, &providers).start();
    let mut taken = std::collections::BTreeSet::new();
    for number in 0..24 {
        let user = format!("user-{number}");
        let first = answers(&plane, of_user(&user));
        assert_eq!(answers(&plane, of_user(&user)), first);
        taken.insert(first);
    }
    assert_eq!(taken.len(), 3, "all targets have users");
    let calls = plane.finish();
    assert!(order(&calls[0])[0].ends_with(": the hash of the end user"));
    let [first, second] = [0, 1].map(|at| order(&calls[0])[at].clone());
    let gone = first.split(':').next().unwrap();
    let places: Vec<usize> = (0..3).filter(|at| hosts[*at] == gone).collect();
    let broken = Upstream::start(|_| Reply::json(500, "{}"));
    let mut providers = providers;
    providers[places[0]].1 = broken_url(&broken);
    let targets = hosts.map(|host| target(host, json!({})));
    let spec = json!({
        "strategy": "consistent-hash", "hash_by": "user", "targets": targets,
    });
    let plane = routed(spec, &providers).start();
    let next = answers(&plane, of_user("user-0"));
    assert!(second.starts_with(&next), "{next} {second}");
    plane.finish();
}

/// The address of an upstream, for as long as the test runs.
fn broken_url(upstream: &Upstream) -> &'static str {
    Box::leak(upstream.url().into_boxed_str())
}

#[test]
fn consistent_hash_goes_by_a_header_and_by_the_key_where_it_is_not_there() {
    let (one, two) = (answering(OPENAI), answering(OPENAI));
    let spec = json!({
        "strategy": "consistent-hash", "hash_by": { "header": "x-session" },
        "targets": [target("one", json!({})), target("two", json!({}))],
    });
    let plane = routed(spec, &[("one", &one.url()), ("two", &two.url())]).start();
    let ask = |session: &str| {
        let headers = [("authorization", &*bearer()), ("x-session", session)];
        by(&plane.ask(post("/v1/chat/completions", &headers, plain()))).to_owned()
    };
    let mut taken = std::collections::BTreeSet::new();
    for session in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"] {
        let first = ask(session);
        assert_eq!(ask(session), first);
        taken.insert(first);
    }
    assert_eq!(taken.len(), 2);
    let by_key = answers(&plane, plain());
    assert_eq!(answers(&plane, plain()), by_key);
    let calls = plane.finish();
    assert!(order(&calls[0])[0].ends_with("the hash of the header x-session"));
    assert!(order(calls.last().unwrap())[0].ends_with("the hash of key main"));
}
