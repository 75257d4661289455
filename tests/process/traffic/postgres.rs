//! The same binary with its state in PostgreSQL.

use serde_json::json;
use tollgate_model::Nanos;
use tollgate_testkit::Upstream;
use tollgate_testkit::postgres::fresh_database;

use crate::client::Answer;
use crate::process::{Place, eventually};
use crate::provider::{Ask, answer, crowded, times};
use crate::scene::{Scene, application, budget, provider, sorted, storm, team};

#[test]
fn everything_durable_is_in_the_database_and_survives_the_process() {
    let database = fresh_database();
    let start = |place| Scene::on(place, &[("TOLLGATE_DATABASE", &database)]);
    let upstream = Upstream::start(answer);
    let mut scene = start(Place::new());
    assert!(
        !scene.place.data().join("tollgate.db").exists(),
        "no SQLite beside it"
    );
    let ask = Ask::exact("side/m", false);
    scene.apply(&[
        provider("side", &upstream),
        team("lab", "prepaid"),
        application("lab", "lab"),
        budget("cap", json!({ "team": "lab" }), times(ask.cost(), 25)),
    ]);
    let credited = times(ask.cost(), 30);
    scene.credit("lab", credited);
    let key = scene.key("lab", "k");
    let mut answers = vec![scene.caller(&key).ask(&ask.body())];
    assert_eq!(answers[0].status, 200, "{answers:?}");

    answers.extend(storm(&scene, &key, &ask.body(), 16, 80));
    let check = |scene: &Scene, answers: &[Answer], expected: usize, status: u16| {
        let (served, refused) = sorted(answers);
        assert_eq!(served.len(), expected);
        assert_eq!(refused.last().unwrap().status, status);
        let spent = scene.audit("lab", answers);
        assert_eq!(spent, times(ask.cost(), expected));
        assert_eq!(scene.spent("cap"), spent);
        assert_eq!(
            scene.wallet("lab", "balance").checked_add(spent),
            Some(credited)
        );
    };
    check(&scene, &answers, 25, 429);

    // In order, and out of order.
    for signal in ["TERM", "KILL"] {
        let (place, _) = scene.end(signal);
        scene = start(place);
        check(&scene, &answers, 25, 429);
        let again = scene.caller(&key).ask(&ask.body());
        assert_eq!((again.status, again.reason()), (429, "budget_exceeded"));
        answers.push(again);
    }

    scene.apply(&[budget(
        "cap",
        json!({ "team": "lab" }),
        times(ask.cost(), 1000),
    )]);
    answers.extend(storm(&scene, &key, &ask.body(), 16, 40));
    check(&scene, &answers, 30, 402);
    assert_eq!(upstream.requests().len(), 30, "nothing else was bought");
}

#[test]
fn two_nodes_on_one_wallet_spend_all_of_it_and_not_a_nano_dollar_more() {
    let database = fresh_database();
    let start = || Scene::on(Place::new(), &[("TOLLGATE_DATABASE", &database)]);
    let (one, other) = (start(), start());
    let upstream = crowded(8, 1);
    let ask = Ask::exact("side/m", false);
    one.apply(&[
        provider("side", &upstream),
        team("lab", "prepaid"),
        application("lab", "lab"),
    ]);
    let (afforded, body) = (60, ask.body());
    let credited = times(ask.cost(), afforded);
    one.credit("lab", credited);
    let key = one.key("lab", "k");
    eventually(|| (other.caller(&key).ask(&body).status == 200).then_some(()));

    let answers = std::thread::scope(|scope| {
        let storms = [&one, &other].map(|node| {
            let (key, body) = (&key, &body);
            scope.spawn(move || storm(node, key, body, 16, 25))
        });
        storms.map(|storm| storm.join().unwrap()).concat()
    });
    // There was enough for all of these, though some may have met it in the hands of the other node.
    let (served, refused) = sorted(&answers);
    let is_in_flight = |answer: &Answer| answer.reason() == "funds_held_in_flight";
    assert!(
        refused.iter().all(|answer| is_in_flight(answer)),
        "{refused:?}"
    );
    // What one node has leased and does not use comes back, and the other one can have it.
    let (mut caller, mut bought) = (one.caller(&key), 1 + served.len());
    eventually(|| {
        let answer = caller.ask(&body);
        match answer.status {
            200 => bought += 1,
            _ => assert!(is_in_flight(&answer), "{answer:?}"),
        }
        (bought == afforded).then_some(())
    });
    eventually(|| (caller.ask(&body).reason() == "balance_exhausted").then_some(()));
    assert_eq!(upstream.requests().len(), afforded);
    one.settled();
    other.settled();
    assert_eq!(one.wallet("lab", "balance"), Nanos::ZERO);
    assert_eq!(one.consumed("lab"), credited);
    one.place.run(&["ledger", "verify"]).good();
}
