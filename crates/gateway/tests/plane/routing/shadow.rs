//! Copies of requests that go to a second target.

use serde_json::{Value, json};
use tollgate_model::call::{CallRecord, Ending};
use tollgate_testkit::{Reply, Upstream};

use super::{answers, routed, target};
use crate::voices::{COST, OPENAI, plain, streamed};
use crate::whole::answering;
use crate::world::{Plane, chat, until};

fn shadowed(one: &Upstream, shade: &Upstream, more: Value) -> Plane {
    let mut shadow = json!({ "provider": "shade", "model": "m-2" });
    for (member, value) in more.as_object().unwrap() {
        shadow[member] = value.clone();
    }
    let spec = json!({ "targets": [target("one", json!({}))], "shadow": shadow });
    routed(spec, &[("one", &one.url()), ("shade", &shade.url())]).start()
}

/// The caller's call and its shadow.
fn both(plane: Plane) -> (CallRecord, CallRecord) {
    plane.settled(2);
    let calls = plane.finish();
    let (shadows, own): (Vec<_>, Vec<_>) =
        calls.into_iter().partition(|call| call.shadow_of.is_some());
    assert_eq!((own.len(), shadows.len()), (1, 1));
    (own[0].clone(), shadows[0].clone())
}

#[test]
fn a_shadow_gets_the_same_request_and_its_cost_is_the_operators() {
    let (one, shade) = (answering(OPENAI), answering(OPENAI));
    let plane = shadowed(&one, &shade, json!({}));
    assert_eq!(answers(&plane, plain()), "one");
    let (own, shadow) = both(plane);
    assert_eq!(
        own.charges[0].taken.to_string(),
        COST,
        "the caller pays once"
    );
    assert_eq!(shadow.shadow_of, Some(own.id));
    assert_eq!((shadow.caller.clone(), shadow.charges.len()), (None, 0));
    assert_eq!(
        (shadow.ending, shadow.cost.to_string().as_str()),
        (Ending::Completed, COST)
    );
    assert_eq!(&*shadow.attempts[0].model, "m-2");
    let sent = shade.requests()[0].json();
    assert_eq!(
        (&sent["model"], &sent["messages"]),
        (
            &json!("m-2"),
            &json!([{ "role": "user", "content": "Hoi" }])
        )
    );
}

#[test]
fn a_streams_shadow_is_read_to_its_end() {
    let one = Upstream::start(|_| Reply::sse(OPENAI.stream));
    let shade = Upstream::start(|_| Reply::sse(OPENAI.stream));
    let plane = shadowed(&one, &shade, json!({}));
    assert_eq!(plane.ask(chat(streamed(false))).status(), 200);
    let (_, shadow) = both(plane);
    assert_eq!(
        (shadow.ending, shadow.cost.to_string().as_str()),
        (Ending::Completed, COST)
    );
}

#[test]
fn a_shadow_that_fails_or_hangs_harms_nobody() {
    let one = answering(OPENAI);
    let broken = Upstream::start(|_| Reply::json(500, "{}"));
    let plane = shadowed(&one, &broken, json!({}));
    assert_eq!(answers(&plane, plain()), "one");
    let (own, shadow) = both(plane);
    assert_eq!((own.status, own.ending), (200, Ending::Completed));
    assert_eq!(
        (shadow.ending, shadow.cost.is_zero()),
        (Ending::Refused, true)
    );
    let hanging = Upstream::start(|_| Reply::hang());
    let plane = shadowed(&one, &hanging, json!({}));
    for _ in 0..40 {
        assert_eq!(answers(&plane, plain()), "one");
    }
    until("shadows were sent", || hanging.requests().len() == 32);
    let calls = plane.finish();
    assert_eq!(
        calls.len(),
        40,
        "what hangs is not waited for, and there is a bound"
    );
}

#[test]
fn a_share_of_requests_has_a_shadow() {
    let (one, shade) = (answering(OPENAI), answering(OPENAI));
    let plane = shadowed(&one, &shade, json!({ "percent": 50 }));
    for _ in 0..60 {
        assert_eq!(answers(&plane, plain()), "one");
    }
    plane.finish();
    let shadows = shade.requests().len();
    assert!((10..50).contains(&shadows), "{shadows}");
}
