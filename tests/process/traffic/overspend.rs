//! No number of calls at the same time spends more than there is, not by a nano-dollar.

use serde_json::json;
use tollgate_model::Nanos;
use tollgate_testkit::Upstream;

use crate::client::Answer;
use crate::process::eventually;
use crate::provider::{Ask, Dice, crowded, sum, times};
use crate::scene::{Scene, amount, application, budget, provider, sorted, storm, team, text};

/// Callers at once.
const CALLERS: usize = 64;

/// A scene with one provider, `side`, and a team `lab` with an application `lab`.
fn scene(billing: &str, upstream: &Upstream) -> Scene {
    let scene = Scene::start();
    scene.apply(&[
        provider("side", upstream),
        team("lab", billing),
        application("lab", "lab"),
    ]);
    scene
}

/// Checks what every refusal for want of money says, and that its amounts are true.
#[track_caller]
fn check_refusal(refused: &Answer, status: u16, hold: Nanos) {
    assert_eq!(refused.status, status, "{refused:?}");
    let problem = refused.json();
    assert_eq!(problem["reason"], refused.reason());
    assert_eq!(problem["status"], status);
    let (required, available) = (
        &problem["money"]["required"],
        &problem["money"]["available"],
    );
    assert_eq!(amount(required), hold, "{problem}");
    assert!(amount(available) < hold, "it would have fitted: {problem}");
    let is_passing = refused.reason() == "funds_held_in_flight";
    assert_eq!(refused.told("x-should-retry"), is_passing.to_string());
    assert_eq!(problem["retry"]["safe"], is_passing);
    assert_eq!(refused.header("cache-control"), Some("no-store"));
    assert_eq!(refused.header("x-tollgate-cost-usd"), None);
}

/// A wallet with the money for exactly `afforded` calls that cost what is held for them.
fn an_exact_wallet(stream: bool) {
    let afforded = 40;
    let upstream = crowded(16, 1);
    let scene = scene("prepaid", &upstream);
    let ask = Ask::exact("side/m", stream);
    let credited = times(ask.cost(), afforded);
    scene.credit("lab", credited);
    let key = scene.key("lab", "k");
    let mut answers = storm(&scene, &key, &ask.body(), CALLERS, 4 * afforded);
    let (served, refused) = sorted(&answers);
    assert_eq!(served.len(), afforded);
    for answer in &served {
        assert_eq!(answer.cost(), ask.cost());
    }
    for refusal in &refused {
        check_refusal(refusal, 402, ask.hold());
        assert_eq!(
            text(&refusal.json()["money"]["scope"]),
            "the wallet of team lab"
        );
        let reason = refusal.reason();
        assert!(
            matches!(reason, "balance_exhausted" | "funds_held_in_flight"),
            "{refusal:?}"
        );
    }
    answers.push(scene.caller(&key).ask(&ask.body()));
    let last = answers.last().unwrap();
    assert_eq!(
        last.reason(),
        "balance_exhausted",
        "nothing is in flight: {last:?}"
    );
    assert_eq!(amount(&last.json()["money"]["available"]), Nanos::ZERO);
    assert_eq!(
        upstream.requests().len(),
        afforded,
        "nothing else was bought"
    );
    assert_eq!(scene.audit("lab", &answers), credited);
    assert_eq!(scene.wallet("lab", "balance"), Nanos::ZERO);
}

#[test]
fn a_wallet_for_so_many_calls_pays_for_exactly_as_many_and_ends_at_zero() {
    an_exact_wallet(false);
}

#[test]
fn a_wallet_for_so_many_streams_pays_for_exactly_as_many_and_ends_at_zero() {
    an_exact_wallet(true);
}

#[test]
fn an_empty_wallet_is_called_empty_however_many_ask_at_once() {
    let upstream = crowded(16, 6);
    let scene = scene("prepaid", &upstream);
    let ask = Ask::exact("side/m", false);
    let key = scene.key("lab", "k");
    let answers = storm(&scene, &key, &ask.body(), CALLERS, 1000);
    for refusal in &answers {
        check_refusal(refusal, 402, ask.hold());
        assert_eq!(refusal.reason(), "balance_exhausted", "{refusal:?}");
    }
    assert_eq!(upstream.requests().len(), 0);
}

#[test]
fn calls_that_cost_less_than_is_held_for_them_never_spend_more_than_the_wallet_has() {
    let upstream = crowded(16, 2);
    let scene = scene("prepaid", &upstream);
    let ask = Ask::loose("side/m", false);
    assert!(ask.hold() > ask.cost());
    // Not a whole number of anything, so that the last dollars cannot be spent.
    let credited = times(ask.cost(), 60).saturating_add(Nanos::new(12_345));
    scene.credit("lab", credited);
    let key = scene.key("lab", "k");
    let mut answers = storm(&scene, &key, &ask.body(), CALLERS, 240);
    let (served, refused) = sorted(&answers);
    assert!(sum(served.iter().map(|answer| answer.cost())) <= credited);
    for refusal in &refused {
        check_refusal(refusal, 402, ask.hold());
    }
    // What nobody holds any more can be spent, until the next hold does not fit.
    let mut caller = scene.caller(&key);
    let left = loop {
        answers.push(caller.ask(&ask.body()));
        let last = answers.last().unwrap();
        if last.status != 200 {
            check_refusal(last, 402, ask.hold());
            assert_eq!(last.reason(), "hold_exceeds_balance", "{last:?}");
            break amount(&last.json()["money"]["available"]);
        }
        assert!(answers.len() < 1000, "the wallet never ends");
    };
    let spent = scene.audit("lab", &answers);
    assert_eq!(
        spent.checked_add(left),
        Some(credited),
        "what is left is told exactly"
    );
    assert_eq!(scene.wallet("lab", "balance"), left);
    assert_eq!(upstream.requests().len(), sorted(&answers).0.len());
}

#[test]
fn a_provider_that_reports_more_than_it_was_allowed_overdraws_nobody() {
    let upstream = crowded(16, 3);
    let scene = scene("prepaid", &upstream);
    let honest = Ask::exact("side/m", false);
    let ask = Ask {
        answer: honest.answer * 3,
        ..honest.clone()
    };
    assert!(ask.cost() > ask.hold());
    let credited = times(ask.hold(), 30);
    scene.credit("lab", credited);
    let key = scene.key("lab", "k");
    let answers = storm(&scene, &key, &ask.body(), CALLERS, 120);
    let served = sorted(&answers).0.len();
    assert!((10..=30).contains(&served), "{served}");
    let consumed = scene.audit("lab", &answers);
    assert_eq!(
        consumed,
        times(ask.cost(), served),
        "the record tells the whole cost"
    );
    let balance = scene.wallet("lab", "balance");
    assert!(!balance.is_negative(), "{balance}");
    assert!(
        balance < ask.hold(),
        "the difference is taken as far as there is money"
    );
}

#[test]
fn callers_who_hang_up_pay_for_what_they_got_and_leave_nothing_set_aside() {
    let upstream = crowded(16, 7);
    let scene = scene("prepaid", &upstream);
    let ask = Ask::exact("side/m", true);
    let credited = times(ask.cost(), 1000);
    scene.credit("lab", credited);
    let key = scene.key("lab", "k");
    std::thread::scope(|scope| {
        for caller in 0..16 {
            let (ask, mut dice) = (&ask, Dice(caller));
            let caller = scene.caller(&key);
            // An answer has some 2000 bytes.
            let call = move || (0..20).for_each(|_| caller.hang_up(&ask.body(), dice.below(3000)));
            scope.spawn(call);
        }
    });
    // A lease that is not used is given back, but for what is held.
    eventually(|| scene.wallet("lab", "leased").is_zero().then_some(()));
    scene.settled();
    let calls = scene.calls();
    let ended = |how: &str| calls.iter().filter(|call| call["ending"] == how).count();
    let (gone, completed) = (ended("client_gone"), ended("completed"));
    assert_eq!(gone + completed, calls.len(), "{calls:?}");
    assert!(gone > 20 && completed > 20, "{gone} {completed}");
    assert!(calls.len() >= upstream.requests().len());
    let spent = sum(calls.iter().map(|call| amount(&call["cost"])));
    assert!(spent >= times(ask.cost(), completed));
    assert!(
        spent < times(ask.cost(), calls.len()),
        "less for less: {spent}"
    );
    let balance = scene.wallet("lab", "balance");
    assert_eq!(balance.checked_add(spent), Some(credited));
    scene.place.run(&["ledger", "verify"]).good();
}

/// A budget of a key, for exactly `afforded` calls or for calls that cost less than is held.
fn a_budget(exact: bool, on_exhausted: Option<u16>) {
    let afforded = 40;
    let upstream = crowded(16, 4);
    let scene = scene("internal", &upstream);
    let ask = match exact {
        true => Ask::exact("side/m", false),
        false => Ask::loose("side/m", false),
    };
    let limit = times(ask.cost(), afforded);
    let key = scene.key("lab", "k");
    let mut cap = budget("cap", json!({ "key": "k" }), limit);
    if let Some(status) = on_exhausted {
        cap["spec"]["on_exhausted"] = json!(status);
    }
    scene.apply(&[cap]);
    let answers = storm(&scene, &key, &ask.body(), CALLERS, 4 * afforded);
    let (served, refused) = sorted(&answers);
    for refusal in &refused {
        check_refusal(refusal, on_exhausted.unwrap_or(429), ask.hold());
        assert_eq!(refusal.reason(), "budget_exceeded");
        assert_eq!(refusal.json()["rule"]["name"], "cap");
    }
    let spent = scene.audit("lab", &answers);
    assert!(spent <= limit, "{spent} of {limit}");
    assert_eq!(scene.spent("cap"), spent);
    assert_eq!(upstream.requests().len(), served.len());
    if exact {
        assert_eq!((served.len(), spent), (afforded, limit));
    }
}

#[test]
fn a_budget_for_so_many_calls_allows_exactly_as_many() {
    a_budget(true, None);
}

#[test]
fn a_budget_is_kept_by_calls_that_cost_less_than_is_held_for_them() {
    a_budget(false, None);
}

#[test]
fn a_budget_that_answers_with_402_is_kept_as_exactly() {
    a_budget(true, Some(402));
}

#[test]
fn of_four_budgets_above_a_call_the_tightest_decides_and_all_count_the_same() {
    let upstream = crowded(16, 5);
    let scene = scene("internal", &upstream);
    let ask = Ask::exact("side/m", false);
    let key = scene.key("lab", "k");
    let levels = [
        ("of-key", json!({ "key": "k" }), 10),
        ("of-application", json!({ "application": "lab" }), 25),
        ("of-team", json!({ "team": "lab" }), 45),
        ("of-all", json!("organization"), 70),
    ];
    let level = |(name, scope, calls): &(&str, serde_json::Value, usize)| {
        budget(name, scope.clone(), times(ask.cost(), *calls))
    };
    scene.apply(&levels.iter().map(level).collect::<Vec<_>>());
    let mut answers = Vec::new();
    for (tightest, scope, calls) in &levels {
        answers.extend(storm(&scene, &key, &ask.body(), CALLERS, 128));
        let (served, refused) = sorted(&answers);
        assert_eq!(served.len(), *calls, "{tightest} decides");
        let by = refused.last().unwrap().json();
        assert_eq!(by["rule"]["name"], *tightest, "{by}");
        let spent = scene.audit("lab", &answers);
        for (name, _, _) in &levels {
            assert_eq!(
                scene.spent(name),
                spent,
                "{name} counts what {tightest} allowed"
            );
        }
        // Raised, it leaves the decision to the next one.
        scene.apply(&[budget(tightest, scope.clone(), times(ask.cost(), 1000))]);
    }
    assert_eq!(upstream.requests().len(), 70);
    answers.push(scene.caller(&key).ask(&ask.body()));
    assert_eq!(
        answers.last().unwrap().status,
        200,
        "none is short any more"
    );
    scene.audit("lab", &answers);
}
