//! Targets that fail while others do not.

use serde_json::json;
use tollgate_testkit::{Reply, Upstream};

use super::{answers, order, routed, target};
use crate::voices::{OPENAI, plain};
use crate::whole::answering;

#[test]
fn a_target_that_keeps_failing_goes_behind_the_others_for_a_while() {
    let broken = Upstream::start(|_| Reply::json(404, r#"{"error":{"code":"model_not_found"}}"#));
    let good = answering(OPENAI);
    let spec = json!({
        "targets": [target("broken", json!({})), target("good", json!({}))],
        "ejection": { "consecutive_failures": 2 },
    });
    let plane = routed(spec, &[("broken", &broken.url()), ("good", &good.url())]).start();
    for _ in 0..4 {
        assert_eq!(answers(&plane, plain()), "good");
    }
    assert_eq!(broken.requests().len(), 2);
    plane.pass_seconds(31);
    assert_eq!(answers(&plane, plain()), "good");
    assert_eq!(broken.requests().len(), 3, "it gets another chance");
    let calls = plane.finish();
    assert_eq!(
        order(&calls[3]),
        [
            "good",
            "broken: behind the others until 2026-11-24T08:00:30Z, since it failed",
        ]
    );
}

#[test]
fn where_all_targets_fail_they_are_still_asked() {
    let broken = Upstream::start(|_| Reply::json(404, r#"{"error":{"code":"model_not_found"}}"#));
    let spec = json!({
        "targets": [target("one", json!({})), target("two", json!({}))],
        "ejection": { "consecutive_failures": 1 },
    });
    let plane = routed(spec, &[("one", &broken.url()), ("two", &broken.url())]).start();
    for _ in 0..3 {
        assert_eq!(plane.chat(plain()).status(), 503);
    }
    assert_eq!(broken.requests().len(), 6);
    plane.finish();
}
