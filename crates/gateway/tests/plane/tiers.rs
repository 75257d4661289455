//! Tiers of service: bought at their own price, paid in the one in which the answer was given.

use serde_json::{Value, json};
use tollgate_model::Nanos;
use tollgate_testkit::{Reply, Upstream};

use crate::voices::{GEMINI, OPENAI, Voice, plain, streamed};
use crate::world::Setup;

/// What the answer of every voice costs in the standard tier, at half the price and at double.
const STANDARD: &str = "0.000018";
const FLEX: &str = "0.000009";
const PRIORITY: &str = "0.000036";

fn tier_prices() -> Value {
    json!({
        "flex": { "*": { "input": "0.50", "output": "1.00" } },
        "priority": { "m-1": { "input": "2.00", "output": "4.00" } },
    })
}

fn priced(voice: &Voice, upstream: &Upstream) -> Setup {
    let more = json!({ "tier_prices": tier_prices() });
    Setup::bare()
        .provider("up", voice, &upstream.url(), more)
        .model("smart", &["up"])
}

fn tiered(body: &str, tier: &str) -> String {
    body.replacen('{', &format!("{{\"service_tier\":\"{tier}\","), 1)
}

/// An answer that tells its tier, where one is named.
fn told(text: &str, tier: &str) -> String {
    match tier {
        "" => text.to_owned(),
        tier => text.replace(
            "\"model\":\"m-1\",",
            &format!("\"model\":\"m-1\",\"service_tier\":\"{tier}\","),
        ),
    }
}

#[test]
fn a_tier_is_paid_as_the_answer_tells_and_without_a_word_as_it_was_asked_for() {
    for (asked, answered, cost) in [
        ("flex", "flex", FLEX),
        ("flex", "", FLEX),
        ("flex", "default", STANDARD),
        ("priority", "priority", PRIORITY),
        // The provider had no room in it.
        ("priority", "default", STANDARD),
        // The account's own setting.
        ("auto", "priority", PRIORITY),
        ("auto", "default", STANDARD),
        // A tier that has no price here.
        ("flex", "scale", FLEX),
    ] {
        let whole = told(OPENAI.whole, answered);
        let upstream = Upstream::start(move |_| Reply::json(200, &whole));
        let plane = priced(&OPENAI, &upstream).start();
        let body = tiered(&plain(), asked).replace("smart", "up/m-1");
        let answer = plane.chat(&body);
        assert_eq!(answer.status(), 200, "{}", answer.text());
        assert_eq!(
            answer.header("x-tollgate-cost-usd"),
            cost,
            "{asked} {answered}"
        );
        let sent = upstream.requests()[0].json();
        assert_eq!(sent["service_tier"], json!(asked));
        let call = plane.finish_one();
        assert_eq!(call.cost.to_string(), cost);
        let tier = match cost {
            FLEX => ", tier flex",
            PRIORITY => ", tier priority",
            _ => "",
        };
        assert_eq!(call.price_source, format!("Provider up (revision 7){tier}"));
    }
}

#[test]
fn a_streamed_answer_is_paid_in_its_tier() {
    for (with_usage, asked, answered, cost) in [
        (true, "priority", "default", STANDARD),
        (false, "flex", "flex", FLEX),
        (false, "priority", "priority", PRIORITY),
    ] {
        let stream = told(&OPENAI.stream.concat(), answered);
        let upstream = Upstream::start(move |_| Reply::sse([stream.clone()]));
        let plane = priced(&OPENAI, &upstream).start();
        let answer = plane.chat(tiered(&streamed(with_usage), asked));
        assert_eq!(answer.status(), 200, "{}", answer.text());
        assert_eq!(
            plane.finish_one().cost.to_string(),
            cost,
            "{asked} {answered}"
        );
    }
}

#[test]
fn what_is_set_aside_covers_the_tier_and_the_standard_one() {
    let upstream = Upstream::start(|_| Reply::json(200, OPENAI.whole));
    let plane = priced(&OPENAI, &upstream).start();
    let body = |tier| tiered(&plain(), tier).replacen('{', "{\"max_tokens\":10,", 1);
    let bodies = [body("flex"), body("priority"), body("default")];
    for body in &bodies {
        assert_eq!(plane.chat(body).status(), 200);
    }
    let calls = plane.finish();
    for (body, dearer) in bodies.iter().zip([1, 2, 1]) {
        let bytes = i64::try_from(body.len()).unwrap();
        let most = Nanos::new((bytes * 1_000 + 10 * 2_000) * dearer);
        let held = |call: &&tollgate_model::call::CallRecord| call.charges[0].held == most;
        assert!(calls.iter().any(|call| held(&call)), "{body}");
    }
}

#[test]
fn a_tier_is_asked_for_in_the_words_of_another_dialect_and_else_dropped() {
    let whole = GEMINI.whole.replace(
        "\"usageMetadata\":{",
        "\"usageMetadata\":{\"serviceTier\":\"flex\",",
    );
    assert_ne!(whole, GEMINI.whole);
    let upstream = Upstream::start(move |_| Reply::json(200, &whole));
    let plane = priced(&GEMINI, &upstream).start();
    let answer = plane.chat(tiered(&plain(), "flex"));
    assert_eq!(answer.status(), 200, "{}", answer.text());
    assert_eq!(answer.header("x-tollgate-cost-usd"), FLEX);
    assert_eq!(answer.head.header("x-tollgate-dropped"), None);
    assert_eq!(upstream.requests()[0].json()["serviceTier"], json!("flex"));
    // There is no such tier at Google.
    let answer = plane.chat(tiered(&plain(), "fast"));
    assert_eq!(answer.header("x-tollgate-dropped"), "service_tier");
    assert_eq!(upstream.requests()[1].json().get("serviceTier"), None);
    plane.finish();
}

#[test]
fn a_tier_without_a_price_is_refused_by_name_unless_the_provider_lets_it_pass() {
    let upstream = Upstream::start(|_| Reply::json(200, OPENAI.whole));
    let plane = priced(&OPENAI, &upstream).start();
    for tier in ["fast", "scale"] {
        let answer = plane.chat(tiered(&plain(), tier));
        assert_eq!(answer.status(), 400, "{}", answer.text());
        let message = answer.json()["error"]["message"].to_string();
        assert!(message.contains(tier), "{message}");
        assert!(
            message.contains("`tier_prices` of the provider"),
            "{message}"
        );
    }
    assert!(upstream.requests().is_empty());
    plane.finish();
    let plane = Setup::bare()
        .provider(
            "up",
            &OPENAI,
            &upstream.url(),
            json!({ "unpriced": "free" }),
        )
        .model("smart", &["up"])
        .start();
    for tier in ["fast", "scale"] {
        let answer = plane.chat(tiered(&plain(), tier));
        assert_eq!(answer.header("x-tollgate-cost-usd"), STANDARD, "{tier}");
    }
    plane.finish();
}

#[test]
fn targets_without_a_price_for_the_tier_are_left_out() {
    let (without, with) = (
        Upstream::start(|_| Reply::json(200, OPENAI.whole)),
        Upstream::start(|_| Reply::json(200, OPENAI.whole)),
    );
    let plane = Setup::bare()
        .provider("without", &OPENAI, &without.url(), json!({}))
        .provider(
            "with",
            &OPENAI,
            &with.url(),
            json!({ "tier_prices": tier_prices() }),
        )
        .model("smart", &["without", "with"])
        .start();
    let answer = plane.chat(tiered(&plain(), "flex"));
    assert_eq!(answer.header("x-tollgate-provider"), "with");
    assert!(without.requests().is_empty());
    let call = plane.finish_one();
    let skipped = &call.choice.unwrap().skipped;
    assert_eq!(skipped[0].why, "has no price for the tier of service");
}

#[test]
fn the_catalogue_has_tiers_of_its_own() {
    let upstream = Upstream::start(|_| Reply::json(200, told(OPENAI.whole, "flex")));
    let spec = json!({
        "catalog": "openai", "base_url": upstream.url(),
        "credentials": [{ "name": "main", "key": { "env": "UP" } }],
    });
    let plane = Setup::bare()
        .resource(json!({ "kind": "Provider", "name": "up", "spec": spec }))
        .start();
    let answer = plane.chat(tiered(&plain(), "flex").replace("smart", "up/gpt-5"));
    assert_eq!(answer.status(), 200, "{}", answer.text());
    // Half of 10 * 1.25 and 4 * 10 dollars per million.
    assert_eq!(answer.header("x-tollgate-cost-usd"), "0.00002625");
    let call = plane.finish_one();
    assert!(
        call.price_source.ends_with(", tier flex"),
        "{}",
        call.price_source
    );
}
