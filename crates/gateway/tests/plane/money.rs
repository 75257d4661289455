//! What may be spent, what is set aside, what is taken.

use serde_json::json;
use tollgate_model::Nanos;
use tollgate_model::account::AccountId;
use tollgate_model::call::{CallRecord, Ending};
use tollgate_testkit::{Reply, Upstream};

use crate::book::WINDOW;
use crate::client::Answer;
use crate::voices::{ALL, ANTHROPIC, COST, GEMINI, OPENAI, plain, streamed};
use crate::world::{Plane, Setup, chat, soon};

/// What a byte of the request and a token of the answer may cost, in nano-dollars.
const IN: i64 = 1_000;
const OUT: i64 = 2_000;

/// A request for an answer of at most so many tokens.
fn capped(max_tokens: u64) -> String {
    plain().replacen('{', &format!("{{\"max_tokens\":{max_tokens},"), 1)
}

/// The most that a request can cost, with so many tokens of answer.
fn bound(body: &str, tokens: u64) -> Nanos {
    let bytes = i64::try_from(body.len()).unwrap();
    Nanos::new(bytes * IN + i64::try_from(tokens).unwrap() * OUT)
}

fn answering() -> Upstream {
    Upstream::start(|_| Reply::json(200, OPENAI.whole))
}

/// `Setup::with` for a wallet of so many dollars.
fn poor(wallet: &'static str, upstream: &Upstream) -> Setup {
    Setup::with(&OPENAI, upstream).wallet(wallet)
}

fn budget(name: &str, scope: &serde_json::Value, limit: &str) -> serde_json::Value {
    let spec = json!({ "scope": scope, "limit": limit, "window": "day" });
    json!({ "kind": "Budget", "name": name, "spec": spec })
}

fn wallet(plane: &Plane) -> Nanos {
    plane.book.balance(&AccountId::wallet("acme"))
}

fn check_refusal(answer: &Answer, status: u16, reason: &str) {
    assert_eq!(answer.status(), status, "{}", answer.text());
    assert_eq!(answer.reason(), reason);
    assert_eq!(answer.header("cache-control"), "no-store");
    let told = answer.json();
    assert_eq!(told["status"], json!(status));
    assert_eq!(told["error"]["type"], json!("insufficient_quota"), "{told}");
    assert_eq!(told["error"]["code"], json!(reason));
    assert_eq!(told["money"]["currency"], json!("USD"));
}

#[test]
fn er_05_an_empty_wallet_is_told_with_every_number_and_a_way_out() {
    let upstream = answering();
    let plane = poor("0.00", &upstream).start();
    let answer = plane.chat(capped(1_000));
    check_refusal(&answer, 402, "balance_exhausted");
    assert_eq!(answer.header("x-should-retry"), "false");
    let told = answer.json();
    assert_eq!(told["type"], json!("/problems/balance_exhausted"));
    assert_eq!(told["cause"], json!("payment_info"));
    assert_eq!(told["rule"]["kind"], json!("Team"));
    assert_eq!(told["money"]["scope"], json!("the wallet of team acme"));
    let needed = bound(&capped(1_000), 1_000).to_string();
    assert_eq!(told["money"]["required"], json!(needed));
    assert_eq!(told["money"]["available"], json!("0.00"));
    assert_eq!(told["money"].get("affordable_max_tokens"), None);
    let instance = told["instance"].as_str().unwrap();
    assert!(
        instance.ends_with(answer.header("x-tollgate-call")),
        "{instance}"
    );
    assert!(told["fix"].as_str().unwrap().contains("Top up"));
    assert!(
        upstream.requests().is_empty(),
        "nothing is bought that is not paid"
    );
    let call = plane.finish_one();
    assert_eq!((call.status, call.ending), (402, Ending::Refused));
    let refusal = call.refusal.unwrap();
    assert_eq!(refusal.shortage.unwrap().needed.to_string(), needed);
}

#[test]
fn a_limit_that_the_caller_set_is_not_touched_but_one_that_would_fit_is_told() {
    let upstream = answering();
    let plane = poor("0.001", &upstream).start();
    let body = capped(1_000);
    let answer = plane.chat(&body);
    check_refusal(&answer, 402, "hold_exceeds_balance");
    let fits = answer.json()["money"]["affordable_max_tokens"]
        .as_u64()
        .unwrap();
    let have: Nanos = "0.001".parse().unwrap();
    assert!(
        bound(&body, fits) <= have && bound(&body, fits + 1) > have,
        "{fits}"
    );
    assert!(
        answer.text().contains(&format!("max_tokens {fits}")),
        "{}",
        answer.text()
    );
    assert!(upstream.requests().is_empty());
    // The advice is good: the body that it makes is no longer.
    let advised = capped(fits);
    assert!(advised.len() <= body.len());
    let answer = plane.chat(&advised);
    assert_eq!(answer.status(), 200, "{}", answer.text());
    assert_eq!(answer.head.header("x-tollgate-max-tokens"), None);
    let sent = String::from_utf8(upstream.requests()[0].body.clone()).unwrap();
    assert_eq!(
        sent,
        advised.replace("smart", "m-1"),
        "not a byte more is changed"
    );
    let calls = plane.finish();
    assert_eq!(calls[1].max_tokens_set, None);
    assert_eq!(calls[1].cost.to_string(), COST);
}

#[test]
fn an_answer_that_nobody_limited_is_limited_to_what_the_money_allows() {
    for voice in ALL {
        let upstream = Upstream::scripted([Reply::json(200, voice.whole)]);
        let setup = Setup::with(&voice, &upstream);
        let plane = setup.wallet("0.002").start();
        let answer = plane.chat(plain());
        assert_eq!(answer.status(), 200, "{}", answer.text());
        let set: u64 = answer.header("x-tollgate-max-tokens").parse().unwrap();
        let have: Nanos = "0.002".parse().unwrap();
        assert!(
            bound(&plain(), set) <= have && bound(&plain(), set + 1) > have,
            "{set}"
        );
        let sent = upstream.requests()[0].json();
        let place = match voice.dialect {
            "gemini" => "/generationConfig/maxOutputTokens",
            _ => "/max_tokens",
        };
        assert_eq!(sent.pointer(place), Some(&json!(set)), "{}", voice.dialect);
        let call = plane.finish_one();
        assert_eq!(call.max_tokens_set, Some(set));
        assert_eq!(call.charges[0].held, bound(&plain(), set));
        assert_eq!(call.charges[0].taken.to_string(), COST);
    }
}

#[test]
fn the_limit_is_set_under_the_name_that_the_provider_reads() {
    let upstream = answering();
    let prices = json!({ "prices": { "gpt-x": { "input": "1.00", "output": "2.00" } } });
    let setup = Setup::bare().provider("openai", &OPENAI, &upstream.url(), prices);
    let plane = setup.wallet("0.002").start();
    let answer = plane.chat(plain().replace("smart", "openai/gpt-x"));
    let set: u64 = answer.header("x-tollgate-max-tokens").parse().unwrap();
    let sent = upstream.requests()[0].json();
    assert_eq!(sent["max_completion_tokens"], json!(set), "{sent}");
    assert_eq!(sent.get("max_tokens"), None);
    plane.finish();
}

#[test]
fn a_useless_stump_of_an_answer_is_not_bought() {
    let upstream = answering();
    let plane = poor("0.0003", &upstream).start();
    let answer = plane.chat(plain());
    check_refusal(&answer, 402, "hold_exceeds_balance");
    assert!(upstream.requests().is_empty());
    plane.finish();
}

#[test]
fn money_that_is_only_set_aside_comes_back() {
    let (reply, feed) = Reply::live("text/event-stream");
    let upstream = Upstream::scripted([reply, Reply::json(200, OPENAI.whole)]);
    let plane = poor("0.30", &upstream).start();
    feed.send(OPENAI.stream[0]);
    let mut client = plane.stream(streamed(false));
    let answer = plane.chat(capped(30_000));
    check_refusal(&answer, 402, "funds_held_in_flight");
    assert_eq!(answer.header("retry-after"), "2");
    assert_eq!(answer.header("x-should-retry"), "true");
    feed.send(OPENAI.stream[2]);
    feed.end();
    client.rest();
    assert_eq!(plane.chat(capped(30_000)).status(), 200);
    plane.finish();
}

#[test]
fn a_budget_that_is_spent_says_when_it_begins_anew() {
    let upstream = answering();
    let small = budget("small", &json!({ "team": "acme" }), "0.0002");
    let plane = Setup::with(&OPENAI, &upstream).resource(small).start();
    let answer = plane.chat(plain());
    check_refusal(&answer, 429, "budget_exceeded");
    assert_eq!(answer.header("retry-after"), WINDOW.to_string());
    assert_eq!(
        answer.header("x-should-retry"),
        "false",
        "no client may hammer on it"
    );
    let told = answer.json();
    assert_eq!(told["money"]["scope"], json!("budget small"));
    assert_eq!(told["money"]["available"], json!("0.0002"));
    assert_eq!(told["money"]["resets_at"], json!("2026-11-24T08:01:30Z"));
    assert_eq!(
        told["rule"],
        json!({ "kind": "Budget", "name": "small", "revision": 7 })
    );
    assert!(upstream.requests().is_empty());
    let call = plane.finish_one();
    assert_eq!(
        call.refusal.unwrap().retry_after,
        Some(WINDOW.unsigned_abs())
    );
}

#[test]
fn a_budget_answers_with_the_status_that_was_chosen_for_it() {
    for (status, kind) in [(402, "insufficient_quota"), (403, "insufficient_quota")] {
        let upstream = answering();
        let mut small = budget("small", &json!("organization"), "0.00");
        small["spec"]["on_exhausted"] = json!(status);
        let plane = Setup::with(&OPENAI, &upstream).resource(small).start();
        let answer = plane.chat(plain());
        check_refusal(&answer, status, "budget_exceeded");
        assert_eq!(answer.json()["error"]["type"], json!(kind));
        assert_eq!(answer.head.header("retry-after"), None);
        plane.finish();
    }
}

#[test]
fn every_budget_above_a_call_must_have_room_for_it() {
    for scope in [
        json!("organization"),
        json!({ "team": "acme" }),
        json!({ "application": "web" }),
        json!({ "key": "main" }),
        json!({ "model": "smart" }),
    ] {
        let upstream = answering();
        let plane = Setup::with(&OPENAI, &upstream)
            .resource(budget("wide", &scope, "50.00"))
            .resource(budget("narrow", &scope, "0.0001"))
            .start();
        let answer = plane.chat(plain());
        assert_eq!(answer.status(), 429, "{scope}: {}", answer.text());
        assert_eq!(
            answer.json()["money"]["scope"],
            json!("budget narrow"),
            "{scope}"
        );
        assert_eq!(wallet(&plane).to_string(), "100.00");
        plane.finish();
        // Another's budget does not matter.
        let others = [json!({ "key": "narrow" }), json!({ "model": "up/m-1" })];
        let mut setup = Setup::with(&OPENAI, &upstream).resource(budget("mine", &scope, "50.00"));
        for (at, scope) in others.iter().enumerate() {
            setup = setup.resource(budget(&format!("other-{at}"), scope, "0.00"));
        }
        let plane = setup.start();
        assert_eq!(plane.chat(plain()).status(), 200);
        let call = plane.finish_one();
        let accounts: Vec<&str> = call.charges.iter().map(|c| c.account.as_str()).collect();
        assert_eq!(accounts, ["budget/mine@0", "wallet/acme"], "{scope}");
        assert!(call.charges.iter().all(|charge| charge.taken == call.cost));
    }
}

#[test]
fn what_costs_nothing_needs_no_money() {
    let upstream = answering();
    let free = json!({ "prices": { "*": { "input": "0", "output": "0" } } });
    let unpriced = json!({ "prices": {}, "unpriced": "free" });
    for more in [free, unpriced] {
        let setup = Setup::bare().provider("up", &OPENAI, &upstream.url(), more);
        let plane = setup.wallet("0.00").start();
        let answer = plane.chat(plain().replace("smart", "up/m-1"));
        assert_eq!(answer.status(), 200, "{}", answer.text());
        assert_eq!(answer.header("x-tollgate-cost-usd"), "0.00");
        let call = plane.finish_one();
        assert!(call.cost.is_zero() && call.charges.is_empty(), "{call:#?}");
        assert_eq!(call.usage.output_tokens(), 4, "what was used is known");
    }
}

#[test]
fn what_has_no_price_is_not_sold() {
    let upstream = answering();
    let plane = Setup::bare()
        .provider("up", &OPENAI, &upstream.url(), json!({ "prices": {} }))
        .start();
    let answer = plane.chat(plain().replace("smart", "up/m-1"));
    assert_eq!(
        (answer.status(), answer.reason().as_str()),
        (503, "price_unknown")
    );
    assert_eq!(answer.header("x-should-retry"), "false");
    assert_eq!(answer.json()["rule"]["name"], json!("up"));
    assert!(upstream.requests().is_empty());
    plane.finish();
}

#[test]
fn a_target_without_a_price_is_left_out_where_another_has_one() {
    let (unpriced, priced) = (answering(), answering());
    let plane = Setup::bare()
        .provider(
            "unpriced",
            &OPENAI,
            &unpriced.url(),
            json!({ "prices": {} }),
        )
        .provider("priced", &OPENAI, &priced.url(), json!({}))
        .model("smart", &["unpriced", "priced"])
        .start();
    let answer = plane.chat(plain());
    assert_eq!(
        (answer.status(), answer.header("x-tollgate-provider")),
        (200, "priced")
    );
    assert!(unpriced.requests().is_empty());
    plane.finish();
}

/// A request for a tier of service.
fn tiered(tier: &str) -> String {
    plain().replacen('{', &format!("{{\"service_tier\":{tier},"), 1)
}

#[test]
fn a_tier_of_service_that_has_a_price_of_its_own_is_not_bought_at_another() {
    let upstream = answering();
    let plane = Setup::with(&OPENAI, &upstream).start();
    for tier in ["\"flex\"", "\"priority\"", "\"scale\"", "7", "{}"] {
        let answer = plane.chat(tiered(tier));
        assert_eq!(answer.status(), 400, "{tier}: {}", answer.text());
        assert_eq!(answer.reason(), "parameter_unsupported", "{tier}");
        assert_eq!(
            answer.json()["error"]["param"],
            json!("service_tier"),
            "{tier}"
        );
    }
    assert!(upstream.requests().is_empty());
    for tier in ["null", "\"auto\"", "\"default\""] {
        assert_eq!(plane.chat(tiered(tier)).status(), 200, "{tier}");
    }
    plane.finish();
    for voice in [ANTHROPIC, GEMINI] {
        let upstream = Upstream::scripted([Reply::json(200, voice.whole)]);
        let plane = Setup::with(&voice, &upstream).start();
        let answer = plane.chat(tiered("\"flex\""));
        assert_eq!(answer.header("x-tollgate-dropped"), "service_tier");
        assert_eq!(upstream.requests()[0].json().get("service_tier"), None);
        plane.finish();
    }
}

#[test]
fn searches_that_a_provider_may_make_are_provided_for_and_paid_as_they_were_made() {
    let searched = OPENAI.whole.replace(
        "\"total_tokens\":14",
        "\"total_tokens\":14,\"num_search_queries\":3",
    );
    let upstream = Upstream::start(move |_| Reply::json(200, &searched));
    // A cent for a search.
    let prices = json!({ "input": "1.00", "output": "2.00", "web_searches": "10000.00" });
    let plane = Setup::bare()
        .provider(
            "up",
            &OPENAI,
            &upstream.url(),
            json!({ "prices": { "*": prices } }),
        )
        .model("smart", &["up"])
        .start();
    let body = capped(1).replacen('{', "{\"web_search_options\":{},", 1);
    let answer = plane.chat(&body);
    assert_eq!(answer.status(), 200, "{}", answer.text());
    let call = plane.finish_one();
    let provided = call.charges[0].held.checked_sub(bound(&body, 1)).unwrap();
    assert_eq!(provided.to_string(), "0.10", "ten searches");
    assert_eq!(
        call.cost.to_string(),
        "0.030018",
        "three searches and the answer"
    );
    assert_eq!(call.charges[0].taken, call.cost);
}

#[test]
fn more_than_was_set_aside_is_on_record_and_taken_only_as_far_as_there_is_money() {
    let excess = OPENAI
        .whole
        .replace("\"completion_tokens\":4", "\"completion_tokens\":1000000");
    for (have, taken) in [("100.00", None), ("1.00", Some("1.00"))] {
        let reply = excess.clone();
        let upstream = Upstream::start(move |_| Reply::json(200, &reply));
        let plane = poor(have, &upstream).start();
        let answer = plane.chat(capped(1));
        assert_eq!(answer.header("x-tollgate-cost-usd"), "2.00001");
        let book = std::sync::Arc::clone(&plane.book);
        let call = plane.finish_one();
        assert_eq!(call.cost.to_string(), "2.00001", "the record hides nothing");
        let charge = &call.charges[0];
        assert_eq!(charge.held, bound(&capped(1), 1));
        assert!(charge.taken <= call.cost);
        let left = book.balance(&AccountId::wallet("acme"));
        assert!(!left.is_negative(), "{left}");
        let have: Nanos = have.parse().unwrap();
        assert_eq!(left, have.checked_sub(charge.taken).unwrap());
        if let Some(most) = taken {
            assert!(charge.taken <= most.parse().unwrap());
        }
    }
}

#[test]
fn a_crowd_spends_to_the_last_call_and_never_beyond() {
    const THREADS: usize = 8;
    const CALLS: usize = 30;
    let upstream = answering();
    let plane = poor("0.003", &upstream).start();
    let count = std::sync::Mutex::new([0usize; 2]);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let mut client = plane.connect();
                for _ in 0..CALLS {
                    let answer = client.ask(chat(capped(100)));
                    let place = match answer.status() {
                        200 => 0,
                        402 => 1,
                        other => panic!("{other}: {}", answer.text()),
                    };
                    count.lock().unwrap()[place] += 1;
                }
            });
        }
    });
    let [paid, refused] = *count.lock().unwrap();
    assert_eq!(paid + refused, THREADS * CALLS);
    assert!(refused > 0 && paid > 0, "{paid} paid, {refused} refused");
    assert_eq!(
        upstream.requests().len(),
        paid,
        "each that was sent is paid"
    );
    let book = std::sync::Arc::clone(&plane.book);
    let calls = plane.finish();
    let taken: i64 = calls
        .iter()
        .flat_map(|call| &call.charges)
        .map(|c| c.taken.get())
        .sum();
    assert_eq!(taken, 18_000 * i64::try_from(paid).unwrap());
    assert_eq!(
        book.balance(&AccountId::wallet("acme")).get(),
        3_000_000 - taken
    );
}

#[test]
fn while_the_store_is_away_calls_are_made_as_far_as_the_lease_goes() {
    let upstream = answering();
    let plane = Setup::with(&OPENAI, &upstream).start();
    assert_eq!(plane.chat(plain()).status(), 200);
    plane.settled(1);
    plane.book.go_away();
    assert_eq!(
        plane.chat(capped(100)).status(),
        200,
        "what is leased may be spent"
    );
    let answer = plane.chat(plain());
    assert_eq!(
        (answer.status(), answer.reason().as_str()),
        (503, "ledger_unavailable")
    );
    assert_eq!(answer.header("retry-after"), "2");
    assert_eq!(answer.header("x-should-retry"), "true");
    assert_eq!(upstream.requests().len(), 2);
    plane.book.come_back();
    let calls: Vec<CallRecord> = plane.finish();
    assert_eq!(calls.len(), 3);
}

#[test]
fn a_call_that_cannot_be_written_down_is_not_made() {
    let upstream = answering();
    let mut plane = Setup::with(&OPENAI, &upstream).start();
    assert_eq!(plane.chat(plain()).status(), 200);
    plane.stop_the_pump();
    for _ in 0..2 {
        let answer = plane.chat(plain());
        assert_eq!(
            (answer.status(), answer.reason().as_str()),
            (503, "ledger_unavailable")
        );
        assert_eq!(answer.header("retry-after"), "5");
    }
    assert_eq!(
        upstream.requests().len(),
        1,
        "nothing is bought that nobody would know of"
    );
    assert_eq!(plane.finish().len(), 1);
}

#[test]
fn what_was_not_delivered_is_not_paid_whatever_the_provider_bills() {
    for voice in [OPENAI, ANTHROPIC, GEMINI] {
        let upstream = Upstream::scripted([Reply::hang()]);
        let plane = Setup::with(&voice, &upstream).start();
        let mut client = plane.connect();
        client.send(chat(plain()));
        let request = soon(upstream.request(0));
        drop(client);
        soon(request.client_gone());
        let book = std::sync::Arc::clone(&plane.book);
        let call = plane.finish_one();
        assert_eq!(call.ending, Ending::ClientGone);
        assert_eq!(
            book.balance(&AccountId::wallet("acme")).to_string(),
            "100.00"
        );
    }
}

#[test]
fn us_10_a_later_price_is_for_later_calls_and_each_record_keeps_its_own() {
    let upstream = answering();
    let at = |input: &str| {
        let prices = json!({ "prices": { "*": { "input": input, "output": "2.00" } } });
        Setup::bare()
            .provider("up", &OPENAI, &upstream.url(), prices)
            .model("smart", &["up"])
    };
    let plane = at("1.00").start();
    assert_eq!(plane.chat(plain()).header("x-tollgate-cost-usd"), COST);
    let first = plane.settled(1).remove(0);
    plane.configure(&at("3.00"), 8);
    assert_eq!(
        plane.chat(plain()).header("x-tollgate-cost-usd"),
        "0.000038"
    );
    let mut calls = plane.finish();
    calls.sort_by_key(|call| call.revision);
    assert_eq!(calls[0], first, "a record stays as it was written");
    let rates: Vec<_> = calls.iter().map(|call| call.cost_lines[0].rate).collect();
    assert_ne!(rates[0], rates[1]);
    assert_eq!((calls[0].revision, calls[1].revision), (7, 8));
}
