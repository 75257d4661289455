//! The 402 desk with refusals that happened: whom they hit, what changed before, and their end.

use serde_json::{Value, json};
use tollgate_model::Nanos;
use tollgate_testkit::Upstream;

use crate::process::{Ended, eventually};
use crate::provider::{Ask, answer, error};
use crate::scene::{Scene, application, budget, model, provider, team};

/// The desk as the command line tells it, once every call that has ended is counted.
fn desk(scene: &Scene, more: &[&str]) -> (Ended, Value) {
    scene.settled();
    let ended = scene
        .place
        .run(&[&["refusals", "--json"][..], more].concat());
    let desk = serde_json::from_str(&ended.stdout).unwrap_or_else(|why| panic!("{why}: {ended:?}"));
    (ended, desk)
}

/// The group of a reason.
#[track_caller]
fn group<'a>(desk: &'a Value, reason: &str) -> &'a Value {
    let mut items = desk["items"].as_array().unwrap().iter();
    let found = items.find(|group| group["reason"] == reason);
    found.unwrap_or_else(|| panic!("no {reason}: {desk}"))
}

fn deeds(group: &Value) -> Vec<&str> {
    let actions = group["actions"].as_array().unwrap().iter();
    actions
        .map(|action| action["deed"].as_str().unwrap())
        .collect()
}

#[test]
fn what_is_refused_for_real_stands_on_the_desk_until_it_is_answered() {
    let upstream = Upstream::start(answer);
    let locked = Upstream::start(|_| error(401, "invalid_api_key", "no such key"));
    let scene = Scene::start();
    let of_web = json!({ "application": "web" });
    scene.apply(&[
        team("rich", "internal"),
        team("poor", "prepaid"),
        application("web", "rich"),
        application("cron", "poor"),
        provider("main", &upstream),
        provider("locked", &locked),
        model("smart", &["main"]),
        model("closed", &["locked"]),
        budget("month", of_web.clone(), Nanos::new(5_000_000_000)),
    ]);
    let (clean, _) = desk(&scene, &[]);
    assert_eq!(clean.code, 0, "{clean:?}");

    let (web, cron) = (scene.key("web", "web-key"), scene.key("cron", "cron-key"));
    let body = Ask::loose("smart", false).body();
    assert_eq!(scene.caller(&web).ask(&body).status, 200);
    let closed = Ask::loose("closed", false).body();
    assert_eq!(
        scene.caller(&web).ask(&closed).reason(),
        "upstream_auth_failed"
    );
    scene.apply(&[budget("month", of_web, Nanos::new(1))]);
    for _ in 0..3 {
        assert_eq!(scene.caller(&web).ask(&body).reason(), "budget_exceeded");
    }
    assert_eq!(scene.caller(&cron).ask(&body).reason(), "balance_exhausted");
    assert_eq!(scene.caller("tg_nobody").ask(&body).reason(), "key_invalid");
    let unknown = Ask::loose("smartest", false).body();
    assert_eq!(scene.caller(&web).ask(&unknown).reason(), "model_not_found");

    let (ended, told) = desk(&scene, &[]);
    assert_eq!(
        (ended.code, &told["happening"]),
        (1, &json!(5)),
        "{ended:?}"
    );
    let failed = group(&told, "upstream_auth_failed");
    assert_eq!(failed["rule"], json!({ "kind": "Model", "name": "closed" }));
    assert_eq!(deeds(failed), ["open_resource"]);
    let opens = &failed["actions"][0];
    assert_eq!(
        (&opens["kind"], &opens["name"]),
        (&json!("Provider"), &json!("locked"))
    );
    assert_eq!(
        told["items"][0]["reason"], "balance_exhausted",
        "a 402 first"
    );
    let over = group(&told, "budget_exceeded");
    assert_eq!((&over["calls"], &over["keys"]), (&json!(3), &json!(1)));
    assert_eq!(over["rule"], json!({ "kind": "Budget", "name": "month" }));
    assert_eq!(
        (&over["state"], &over["models"]),
        (&json!("happening"), &json!(["smart"]))
    );
    assert_eq!(deeds(over), ["raise_budget", "open_history"]);
    let suspect = &over["changes"][0];
    assert_eq!(
        (&suspect["action"], &suspect["when"]),
        (&json!("updated"), &json!("before"))
    );
    assert_eq!(
        (&suspect["kind"], &suspect["name"]),
        (&json!("Budget"), &json!("month"))
    );
    let call = over["samples"][0].as_str().unwrap();
    let story = scene.place.run(&["explain", call]).good();
    assert!(story.contains("budget_exceeded"), "{story}");
    assert_eq!(deeds(group(&told, "balance_exhausted")), ["credit_wallet"]);
    assert_eq!(group(&told, "key_invalid")["keys"], 0);

    // The deeds, by what they stand for.
    let restored = scene.place.run(&["restore", &restorable(&scene, suspect)]);
    restored.good();
    scene.credit("poor", Nanos::new(50_000_000_000));
    for key in [&web, &cron] {
        eventually(|| (scene.caller(key).ask(&body).status == 200).then_some(()));
    }
    let (_, told) = desk(&scene, &[]);
    for reason in ["budget_exceeded", "balance_exhausted"] {
        assert_eq!(group(&told, reason)["state"], "answered", "{reason}");
    }
    let (ended, _) = desk(&scene, &["--team", "rich", "--reason", "budget_exceeded"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let quiet = scene
        .place
        .run(&["refusals", "-q", "--reason", "budget_exceeded"]);
    assert_eq!(quiet.good(), "0\n");
}

/// The revision before a change, to which the thing can be restored.
fn restorable(scene: &Scene, change: &Value) -> String {
    let name = change["name"].as_str().unwrap();
    let history = scene.api(&format!("history?kind=Budget&name={name}"));
    history["items"][1]["revision"].to_string()
}
