//! The process dies at the worst moment: what callers have got is on record, and nobody pays twice.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::net::TcpStream;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use serde_json::{Value, json};
use tollgate_model::Nanos;
use tollgate_testkit::postgres::fresh_database;
use tollgate_testkit::{Feed, Reply, Upstream};

use crate::client::{Answer, Broken, Caller};
use crate::process::{Place, eventually};
use crate::provider::{Ask, Dice, crowded, first_event, pieces, sum};
use crate::scene::{Scene, amount, application, budget, provider, team, text};

/// Where the moments of death and the calls come from.
const SEED: u64 = 20_261_124;
/// Names another seed, to look for moments that this one does not meet.
const SEED_VARIABLE: &str = "TOLLGATE_TEST_SEED";
const ROUNDS: usize = 10;
/// Callers at once.
const CALLERS: usize = 8;

/// What a caller got in full.
struct Got {
    call: String,
    cost: Nanos,
}

impl Got {
    fn of(answer: &Answer) -> Got {
        assert_eq!(answer.status, 200, "{answer:?}");
        Got {
            call: answer.call().to_owned(),
            cost: answer.cost(),
        }
    }
}

/// What is in the wallet at first, and the limit of the budget.
const CREDITED: Nanos = Nanos::new(1_000_000_000_000);

/// A scene with these providers, and a team that pays from a wallet below a budget.
fn scene(providers: &[(&str, &Upstream)], variables: &[(&str, &str)]) -> Scene {
    let scene = Scene::on(Place::new(), variables);
    let providers = providers
        .iter()
        .map(|(name, upstream)| provider(name, upstream));
    let mut resources: Vec<Value> = providers.collect();
    resources.extend([
        team("lab", "prepaid"),
        application("lab", "lab"),
        budget("month", json!({ "team": "lab" }), CREDITED),
    ]);
    scene.apply(&resources);
    scene.credit("lab", CREDITED);
    scene
}

/// A call of some kind.
fn any_ask(dice: &mut Dice) -> Ask {
    let stream = dice.below(2) == 0;
    match dice.below(2) {
        0 => Ask::exact("side/m", stream),
        _ => Ask::loose("side/m", stream),
    }
}

/// Calls without pause and tells what it got in full, until the gateway is gone.
fn hammer(mut caller: Caller, mut dice: Dice, tell: Sender<Got>) -> JoinHandle<()> {
    thread::spawn(move || {
        loop {
            match caller.send(&any_ask(&mut dice).body()) {
                Ok(answer) => {
                    let _ = tell.send(Got::of(&answer));
                }
                Err(broken) => {
                    // The end of the chunks may be missing where nothing of the answer is.
                    if let Some(answer) = broken.answer.filter(Answer::is_done) {
                        let _ = tell.send(Got::of(&answer));
                    }
                    return;
                }
            }
        }
    })
}

/// A provider that begins streams and ends none, and answers nothing else.
fn stuck() -> Upstream {
    let feeds: Mutex<Vec<Feed>> = Mutex::default();
    Upstream::start(move |received| {
        if received.json()["stream"] != true {
            return Reply::hang();
        }
        let (reply, feed) = Reply::live("text/event-stream");
        feed.send(first_event("m"));
        feeds.lock().unwrap().push(feed);
        reply
    })
}

/// Two calls that the provider will never finish.
fn get_stuck(scene: &Scene, key: &str) -> Vec<JoinHandle<()>> {
    let stick = |stream| {
        let (mut caller, ask) = (scene.caller(key), Ask::loose("stuck/m", stream));
        thread::spawn(move || {
            let broken = caller.send(&ask.body()).unwrap_err();
            let begun = broken.answer.is_some_and(|answer| answer.status == 200);
            assert_eq!(begun, stream, "a stream has begun, another answer has not");
        })
    };
    vec![stick(false), stick(true)]
}

/// Checks that the books say what the callers got, and gives all calls.
#[track_caller]
fn check_books(scene: &Scene, got: &[Got]) -> Vec<Value> {
    let calls = scene.calls();
    let recorded: HashMap<&str, Nanos> = calls
        .iter()
        .map(|call| (text(&call["id"]), amount(&call["cost"])))
        .collect();
    for Got { call, cost } in got {
        let found = recorded.get(call.as_str());
        assert_eq!(
            found,
            Some(cost),
            "{call} is on record as its caller saw it"
        );
    }
    let spent = sum(recorded.values().copied());
    let balance = scene.wallet("lab", "balance");
    assert_eq!(
        balance.checked_add(spent),
        Some(CREDITED),
        "each call is charged once"
    );
    assert_eq!(scene.spent("month"), spent);
    assert_eq!(scene.consumed("lab"), spent);
    scene.place.run(&["ledger", "verify"]).good();
    calls
}

/// A process that is killed again and again, and what its callers got in full.
struct Lab {
    dice: Dice,
    side: Upstream,
    stuck: Upstream,
    scene: Scene,
    key: String,
    got: Vec<Got>,
    deaths: usize,
}

impl Lab {
    fn new(seed: u64, variables: &[(&str, &str)]) -> Lab {
        let (side, stuck) = (crowded(4, seed), stuck());
        let scene = scene(&[("side", &side), ("stuck", &stuck)], variables);
        let key = scene.key("lab", "k");
        Lab {
            dice: Dice(seed),
            side,
            stuck,
            scene,
            key,
            got: Vec::new(),
            deaths: 0,
        }
    }

    /// Kills the process at a moment of chance while callers call, and starts the next one.
    fn die(mut self, variables: &[(&str, &str)]) -> Lab {
        self.deaths += 1;
        let (tell, told) = mpsc::channel();
        let mut threads = get_stuck(&self.scene, &self.key);
        for _ in 0..CALLERS {
            let dice = Dice(self.dice.below(u64::MAX));
            threads.push(hammer(self.scene.caller(&self.key), dice, tell.clone()));
        }
        drop(tell);
        eventually(|| (self.stuck.requests().len() == 2 * self.deaths).then_some(()));
        let answers = 20 + self.dice.below(800);
        self.got.extend((0..answers).map(|_| told.recv().unwrap()));
        let (place, _) = self.scene.end("KILL");
        self.got.extend(told.iter());
        threads
            .into_iter()
            .for_each(|thread| thread.join().unwrap());
        self.scene = Scene::on(place, variables);
        self
    }

    /// Checks the books, and gives the records of the calls that nobody saw end.
    #[track_caller]
    fn unresolved(&self) -> Vec<Value> {
        let leased = self.scene.wallet("lab", "leased");
        assert_eq!(leased, Nanos::ZERO, "the dead hold nothing");
        let calls = check_books(&self.scene, &self.got);
        let sent = self.side.requests().len() + self.stuck.requests().len();
        assert!(calls.len() >= sent, "each call that was sent is on record");
        let unresolved = calls.iter().filter(|call| call["ending"] == "unresolved");
        let unresolved: Vec<Value> = unresolved
            .map(|call| self.scene.call(text(&call["id"])))
            .collect();
        assert!(unresolved.len() >= 2 * self.deaths, "{unresolved:?}");
        unresolved
    }
}

/// What was held for a call and what was taken for it, account by account: that is a budget and a
/// wallet.
#[track_caller]
fn charges(record: &Value) -> [(Nanos, Nanos); 2] {
    let charges = record["charges"].as_array().unwrap().iter();
    let charges = charges.map(|charge| (amount(&charge["held"]), amount(&charge["taken"])));
    let charges: Vec<_> = charges.collect();
    charges.try_into().unwrap_or_else(|_| panic!("{record}"))
}

fn seed() -> u64 {
    let given = std::env::var(SEED_VARIABLE);
    given.map_or(SEED, |text| text.parse().unwrap())
}

/// Kills the process so often, each time with the next of these settings.
fn kill(seed: u64, rounds: usize, settings: &[&[(&str, &str)]]) {
    let mut lab = Lab::new(seed, settings[0]);
    for variables in settings.iter().cycle().take(rounds) {
        lab = lab.die(variables);
        for record in lab.unresolved() {
            for (held, taken) in charges(&record) {
                assert!(held > Nanos::ZERO && taken == Nanos::ZERO, "{record}");
            }
        }
    }
    let body = Ask::loose("side/m", false).body();
    assert_eq!(lab.scene.caller(&lab.key).ask(&body).status, 200);
}

#[test]
fn kill_9_under_load_loses_no_answered_call_and_charges_none_twice() {
    let seed = seed();
    println!("seed {seed}");
    let settlement = |how| [("TOLLGATE_SETTLEMENT", how)];
    kill(seed, ROUNDS, &[&settlement("group"), &settlement("strict")]);
}

#[test]
fn kill_9_under_load_does_no_more_harm_to_books_that_are_in_postgresql() {
    let seed = seed();
    println!("seed {seed}");
    let database = fresh_database();
    kill(seed, ROUNDS / 2, &[&[("TOLLGATE_DATABASE", &database)]]);
}

#[test]
fn what_nobody_saw_end_is_charged_as_it_was_held_where_the_operator_says_so() {
    let seed = seed();
    println!("seed {seed}");
    let lab = Lab::new(seed, &[]).die(&[("TOLLGATE_UNSETTLED", "charge")]);
    for record in lab.unresolved() {
        for (held, taken) in charges(&record) {
            assert!(held > Nanos::ZERO && taken == held, "{record}");
        }
    }
}

/// Streams under way, and the events that are still to come.
type Held = Arc<Mutex<Vec<(Feed, Vec<String>)>>>;

/// A provider that holds streams back after their first event, until it is told to go on.
fn held_back() -> (Upstream, Held) {
    let held = Held::default();
    let keep = Arc::clone(&held);
    let upstream = Upstream::start(move |received| {
        let (_, mut events) = pieces(&received.json());
        let (reply, feed) = Reply::live("text/event-stream");
        feed.send(events.remove(0));
        keep.lock().unwrap().push((feed, events));
        reply
    });
    (upstream, held)
}

/// Calls without pause until nobody listens any more; every answer that began has to be whole.
fn call_until_refused(mut caller: Caller, mut dice: Dice, tell: Sender<Answer>) {
    loop {
        match caller.send(&any_ask(&mut dice).body()) {
            Ok(answer) if answer.status == 503 => assert_eq!(answer.reason(), "shutting_down"),
            Ok(answer) => tell.send(answer).unwrap(),
            Err(Broken { answer: None, why }) if why.kind() == ErrorKind::ConnectionRefused => {
                return;
            }
            // The connection was closed before the request was read: the call has not begun.
            Err(Broken { answer: None, .. }) => {}
            Err(broken) => panic!("an answer was cut: {broken:?}"),
        }
    }
}

#[test]
fn sigterm_under_load_completes_what_is_under_way_and_loses_nothing() {
    let (side, (slow, held)) = (crowded(4, SEED), held_back());
    let scene = scene(&[("side", &side), ("slow", &slow)], &[]);
    let key = scene.key("lab", "k");
    let gateway = scene.gateway();
    let host = gateway.strip_prefix("http://").unwrap();
    let (tell, told) = mpsc::channel();
    let mut answers: Vec<Answer> = Vec::new();
    thread::scope(|scope| {
        let slow_calls: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| scene.caller(&key).ask(&Ask::exact("slow/m", true).body())))
            .collect();
        for number in 0..CALLERS {
            let (caller, dice) = (scene.caller(&key), Dice(number as u64));
            let tell = tell.clone();
            scope.spawn(|| call_until_refused(caller, dice, tell));
        }
        drop(tell);
        eventually(|| (held.lock().unwrap().len() == 4).then_some(()));
        answers.extend((0..100).map(|_| told.recv().unwrap()));
        scene.signal("TERM");
        eventually(|| TcpStream::connect(host).is_err().then_some(()));
        for (feed, rest) in held.lock().unwrap().drain(..) {
            rest.iter().for_each(|event| feed.send(event));
            feed.end();
        }
        for call in slow_calls {
            let answer = call.join().unwrap();
            assert!(answer.is_done(), "{answer:?}");
            answers.push(answer);
        }
        answers.extend(told.iter());
    });
    let (place, code) = scene.ended();
    assert_eq!(code, 0);
    let sent = side.requests().len() + slow.requests().len();
    assert_eq!(answers.len(), sent, "each call that was sent was answered");
    let scene = Scene::on(place, &[]);
    let got: Vec<Got> = answers.iter().map(Got::of).collect();
    let calls = check_books(&scene, &got);
    let completed = calls.iter().filter(|call| call["ending"] == "completed");
    assert_eq!(completed.count(), sent);
    assert!(calls.iter().all(|call| call["ending"] != "unresolved"));
}
