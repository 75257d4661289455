//! Changes under traffic: they are in force when they are acknowledged, and no call fails of them.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use serde_json::{Value, json};
use tollgate_model::Nanos;
use tollgate_testkit::Upstream;

use crate::client::{Answer, Caller};
use crate::process::eventually;
use crate::provider::{Ask, answer, crowded, times};
use crate::scene::{Scene, application, budget, model, provider, team};

/// Callers at once.
const CALLERS: usize = 16;
/// How many calls are made between two changes.
const BETWEEN: usize = 64;

/// An answer, and how many changes were in force when the call began and when it had ended.
struct Tagged {
    begun: usize,
    ended: usize,
    answer: Answer,
}

/// Callers that call without pause, and how many changes were made meanwhile.
struct Traffic<'a> {
    changes: &'a AtomicUsize,
    told: Receiver<Tagged>,
    seen: Vec<Tagged>,
}

impl Traffic<'_> {
    /// Waits until enough calls have seen the present configuration.
    fn flow(&mut self) {
        let now = self.changes.load(Ordering::SeqCst);
        let mut fresh = 0;
        while fresh < BETWEEN {
            let next = self.told.recv().unwrap();
            fresh += usize::from(next.begun == now);
            self.seen.push(next);
        }
    }

    /// Makes a change, and lets calls see it.
    fn change<T>(&mut self, make: impl FnOnce() -> T) -> T {
        let made = make();
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.flow();
        made
    }
}

/// Calls while the test changes something; gives every answer.
fn under_traffic(
    scene: &Scene,
    key: &str,
    body: &str,
    test: impl FnOnce(&mut Traffic<'_>),
) -> Vec<Tagged> {
    let (changes, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (tell, told) = mpsc::channel();
    let call = |mut caller: Caller, tell: Sender<Tagged>| {
        while !stop.load(Ordering::SeqCst) {
            let begun = changes.load(Ordering::SeqCst);
            let answer = caller.ask(body);
            let ended = changes.load(Ordering::SeqCst);
            let tagged = Tagged {
                begun,
                ended,
                answer,
            };
            if tell.send(tagged).is_err() {
                return;
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..CALLERS {
            let (caller, tell, call) = (scene.caller(key), tell.clone(), &call);
            scope.spawn(move || call(caller, tell));
        }
        drop(tell);
        let changes = &changes;
        let mut traffic = Traffic {
            changes,
            told,
            seen: Vec::new(),
        };
        // Callers end also where the test fails.
        let _stopping = OnDrop(&stop);
        traffic.flow();
        test(&mut traffic);
        stop.store(true, Ordering::SeqCst);
        traffic.seen.extend(traffic.told.iter());
        traffic.seen
    })
}

/// Sets a flag when it goes.
struct OnDrop<'a>(&'a AtomicBool);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Checks that each answer is one of those that the configurations gave which were in force while
/// the call was under way. A change is in force from before it is acknowledged, hence the one more.
#[track_caller]
fn check<T: PartialEq + std::fmt::Debug>(
    seen: &[Tagged],
    expected: &[T],
    of: impl Fn(&Answer) -> T,
) {
    for Tagged {
        begun,
        ended,
        answer,
    } in seen
    {
        let last = (ended + 1).min(expected.len() - 1);
        let possible = &expected[*begun..=last];
        let got = of(answer);
        assert!(
            possible.contains(&got),
            "{got:?} is none of {possible:?}: {answer:?}"
        );
    }
}

fn priced(mut provider: Value, input: &str, output: &str) -> Value {
    provider["spec"]["prices"] = json!({ "*": { "input": input, "output": output } });
    provider
}

fn scene(billing: &str) -> (Scene, Upstream) {
    let upstream = Upstream::start(answer);
    let scene = Scene::start();
    scene.apply(&[
        provider("a", &upstream),
        model("smart", &["a"]),
        team("lab", billing),
        application("lab", "lab"),
    ]);
    (scene, upstream)
}

#[test]
fn a_new_price_and_a_new_target_are_in_force_at_once_and_no_call_fails() {
    let (scene, upstream) = scene("internal");
    let other = Upstream::start(answer);
    let ask = Ask::loose("smart", false);
    let (prompt, tokens) = (ask.prompt, ask.answer);
    let nanos = |input: u64, output: u64| {
        Nanos::new(i64::try_from(1000 * (input * prompt + output * tokens)).unwrap())
    };
    let key = scene.key("lab", "k");
    let (a, b) = (provider("a", &upstream), provider("b", &other));
    let large = budget(
        "large",
        json!("organization"),
        Nanos::new(1_000_000_000_000),
    );
    let seen = under_traffic(&scene, &key, &ask.body(), |traffic| {
        traffic.change(|| scene.apply(&[priced(a.clone(), "1", "2")]));
        traffic.change(|| scene.apply(&[priced(b, "3", "5"), model("smart", &["b"])]));
        traffic.change(|| scene.apply(&[large]));
        traffic.change(|| scene.apply(&[priced(a, "7", "11"), model("smart", &["a", "b"])]));
    });
    let expected = [
        ("a", ask.cost()),
        ("a", nanos(1, 2)),
        ("b", nanos(3, 5)),
        ("b", nanos(3, 5)),
        ("a", nanos(7, 11)),
    ];
    let expected = expected.map(|(provider, cost)| (200, provider.to_owned(), cost));
    check(&seen, &expected, |answer| {
        let provider = answer.told("x-tollgate-provider").to_owned();
        (answer.status, provider, answer.cost())
    });
    let answers: Vec<Answer> = seen.into_iter().map(|seen| seen.answer).collect();
    scene.audit("lab", &answers);
    assert_eq!(
        upstream.requests().len() + other.requests().len(),
        answers.len()
    );
}

#[test]
fn a_budget_that_is_lowered_and_raised_decides_at_once() {
    let (scene, _upstream) = scene("internal");
    let ask = Ask::loose("smart", false);
    let key = scene.key("lab", "k");
    let limit = |limit| budget("cap", json!({ "team": "lab" }), Nanos::new(limit));
    let seen = under_traffic(&scene, &key, &ask.body(), |traffic| {
        traffic.change(|| scene.apply(&[limit(1_000_000_000_000)]));
        traffic.change(|| scene.apply(&[limit(1)]));
        traffic.change(|| scene.apply(&[limit(2_000_000_000_000)]));
        traffic.change(|| scene.place.run(&["delete", "budget", "cap"]).good());
    });
    check(&seen, &[200, 200, 429, 200, 200], |answer| answer.status);
    let refused = seen.iter().filter(|seen| seen.answer.status == 429);
    assert!(refused.clone().count() >= BETWEEN);
    for Tagged { answer, .. } in refused {
        assert_eq!(answer.reason(), "budget_exceeded");
        assert_eq!(answer.json()["rule"]["name"], "cap");
    }
    let answers: Vec<Answer> = seen.into_iter().map(|seen| seen.answer).collect();
    scene.audit("lab", &answers);
}

#[test]
fn keys_come_and_go_without_disturbing_the_calls_of_others() {
    let (scene, _upstream) = scene("internal");
    let ask = Ask::loose("smart", false);
    let body = ask.body();
    let key = scene.key("lab", "steady");
    let seen = under_traffic(&scene, &key, &body, |traffic| {
        let fleeting = traffic.change(|| scene.key("lab", "fleeting"));
        let mut caller = scene.caller(&fleeting);
        assert_eq!(caller.ask(&body).status, 200, "it works at once");
        traffic.change(|| scene.place.run(&["key", "revoke", "fleeting"]).good());
        let revoked = caller.ask(&body);
        assert_eq!((revoked.status, revoked.reason()), (401, "key_revoked"));
        assert_eq!(revoked.told("x-should-retry"), "false");

        let create = [
            "key",
            "create",
            "--application",
            "lab",
            "--expires",
            "3s",
            "-q",
        ];
        let mortal = scene.place.run(&create).good();
        let mut caller = scene.caller(mortal.trim());
        assert_eq!(caller.ask(&body).status, 200, "it has not expired yet");
        let expired = eventually(|| Some(caller.ask(&body)).filter(|a| a.status != 200));
        assert_eq!((expired.status, expired.reason()), (401, "key_expired"));
    });
    check(&seen, &[200; 3], |answer| answer.status);
    scene.settled();
    scene.place.run(&["ledger", "verify"]).good();
}

#[test]
fn a_configuration_that_does_not_compile_is_refused_and_changes_nothing() {
    let (scene, upstream) = scene("internal");
    let ask = Ask::loose("smart", false);
    let key = scene.key("lab", "k");
    let newest = || scene.place.run(&["history", "-q", "--limit", "1"]).good();
    let exported = || scene.place.run(&["export"]).good();
    let (before, configuration) = (newest(), exported());
    let seen = under_traffic(&scene, &key, &ask.body(), |traffic| {
        let good = priced(provider("a", &upstream), "1", "2");
        for bad in [
            model("smart", &["nobody"]),
            json!({ "kind": "Model", "name": "smart", "spec": { "targets": [] } }),
            budget("cap", json!({ "team": "nobody" }), Nanos::new(1)),
        ] {
            let refused = traffic.change(|| scene.try_apply(&[good.clone(), bad.clone()]));
            assert_eq!(refused.code, 1, "{bad}: {refused:?}");
        }
        let again = exported();
        assert_eq!(again, configuration, "nothing has changed");
        traffic.change(|| scene.place.run_with(&["apply", "-f", "-"], &again).good());
        assert_eq!(newest(), before, "and what was exported is what there is");
    });
    check(&seen, &[ask.cost(); 5], Answer::cost);
    assert!(seen.iter().all(|seen| seen.answer.status == 200));
}

#[test]
fn a_credit_after_a_402_is_there_for_the_next_call() {
    let (scene, upstream) = scene("prepaid");
    let ask = Ask::exact("smart", false);
    let key = scene.key("lab", "k");
    let credited = times(ask.cost(), 100_000);
    let seen = under_traffic(&scene, &key, &ask.body(), |traffic| {
        traffic.change(|| scene.credit("lab", credited));
    });
    check(&seen, &[402, 200], |answer| answer.status);
    for Tagged { answer, .. } in seen.iter().filter(|seen| seen.answer.status == 402) {
        assert_eq!(answer.reason(), "balance_exhausted");
    }
    let answers: Vec<Answer> = seen.into_iter().map(|seen| seen.answer).collect();
    let spent = scene.audit("lab", &answers);
    assert_eq!(spent, times(ask.cost(), upstream.requests().len()));
    assert_eq!(
        scene.wallet("lab", "balance").checked_add(spent),
        Some(credited)
    );
}

#[test]
fn a_credit_for_a_few_calls_lets_exactly_those_pass() {
    let (few, upstream) = (7, crowded(4, 1));
    let scene = Scene::start();
    scene.apply(&[
        provider("a", &upstream),
        team("lab", "prepaid"),
        application("lab", "lab"),
    ]);
    let ask = Ask::exact("a/m", true);
    let key = scene.key("lab", "k");
    let seen = under_traffic(&scene, &key, &ask.body(), |traffic| {
        for _ in 0..3 {
            traffic.change(|| scene.credit("lab", times(ask.cost(), few)));
        }
    });
    let answers: Vec<Answer> = seen.into_iter().map(|seen| seen.answer).collect();
    let served = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(served, 3 * few);
    assert_eq!(upstream.requests().len(), served);
    scene.audit("lab", &answers);
    assert_eq!(scene.wallet("lab", "balance"), Nanos::ZERO);
}
