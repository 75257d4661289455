use tollgate_model::account::AccountId;
use tollgate_model::call::{Attempt, CallRecord, Caller, Charge, Ending, FailureClass, Timings};
use tollgate_model::price::{Price, Rates};
use tollgate_model::refusal::{Refusal, Shortage};
use tollgate_model::resource::{Kind, RuleRef};
use tollgate_model::usage::UsageQuality;
use tollgate_model::{CallId, Dialect, Micros, Nanos, Reason, Usage, UsageClass};

use super::explain;

fn dollars(text: &str) -> Nanos {
    text.parse().unwrap()
}

fn passed(stages: usize) -> Timings {
    let mut timings = Timings::new();
    for stage in 0..stages {
        timings.passed(u32::try_from(stage * 100).unwrap());
    }
    timings
}

fn attempt(provider: &str, model: &str, failure: Option<FailureClass>) -> Attempt {
    Attempt {
        provider: provider.into(),
        model: model.into(),
        credential: Some("main".into()),
        status: Some(200),
        failure,
        note: String::new(),
        began: 700,
        cancelled: None,
        took: 411_300,
    }
}

fn charge(account: AccountId, held: &str, taken: &str) -> Charge {
    Charge {
        account,
        held: dollars(held),
        taken: dollars(taken),
    }
}

fn month() -> AccountId {
    AccountId::budget(
        "marketing-month",
        Micros::parse("2026-11-01T00:00:00Z").unwrap(),
    )
}

/// A call that was served: 1 000 prompt tokens, 500 of them cached, and 133 of an answer.
fn served() -> CallRecord {
    let mut rates = Rates::default();
    rates.set(UsageClass::Input, "1.25".parse().unwrap());
    rates.set(UsageClass::CacheRead, "0.125".parse().unwrap());
    rates.set(UsageClass::Output, "10.0001".parse().unwrap());
    let usage = Usage::NONE
        .with(UsageClass::Input, 500)
        .with(UsageClass::CacheRead, 500)
        .with(UsageClass::Output, 133);
    let cost = Price::flat("catalogue", rates).cost(&usage);
    CallRecord {
        id: CallId(0x0196_0000_0000_7000_8000_0000_0000_0001),
        at: Micros::parse("2026-11-24T06:00:00Z").unwrap(),
        revision: 7,
        request_id: Some("req-1".to_owned()),
        dialect: Dialect::OpenaiChat,
        path: "/v1/chat/completions".to_owned(),
        caller: Some(Caller {
            key: "web-1".into(),
            application: "web".into(),
            team: "default".into(),
        }),
        model: "smart".to_owned(),
        stream: true,
        status: 200,
        ending: Ending::Completed,
        refusal: None,
        recalled: None,
        attempts: vec![attempt("openai", "gpt-5", None)],
        dropped: Vec::new(),
        choice: None,
        shadow_of: None,
        max_tokens_set: None,
        usage,
        usage_quality: UsageQuality::Exact,
        cost: cost.total,
        cost_lines: cost.lines,
        price_source: "genai-prices 0.2.1".to_owned(),
        charges: vec![
            charge(month(), "0.0124", "0.002017514"),
            charge(AccountId::wallet("default"), "0.0124", "0.002017514"),
        ],
        request_bytes: 512,
        response_bytes: 2_048,
        timings: passed(8),
        first_byte: 412_000,
        duration: 1_204_000,
    }
}

/// The same call, refused in the stage after so many.
fn refused(stages: usize, refusal: Refusal) -> CallRecord {
    CallRecord {
        status: refusal.status,
        ending: Ending::Refused,
        refusal: Some(refusal),
        recalled: None,
        attempts: Vec::new(),
        usage: Usage::NONE,
        usage_quality: UsageQuality::None,
        cost: Nanos::ZERO,
        cost_lines: Vec::new(),
        price_source: String::new(),
        charges: Vec::new(),
        response_bytes: 0,
        timings: passed(stages),
        first_byte: 0,
        duration: 420,
        ..served()
    }
}

fn rule(kind: Kind, name: &str) -> RuleRef {
    RuleRef {
        kind,
        name: name.parse().unwrap(),
        revision: 5,
    }
}

#[test]
fn a_served_call_tells_its_stages_and_its_bill_to_the_last_digit() {
    insta::assert_snapshot!(explain(&served()), @r"
    call_01jr000000e008000000000001 at 2026-11-24T06:00:00Z
    Served by openai gpt-5 in 1204 ms for $0.002017514.

    accept    passed  /v1/chat/completions in the dialect openai-chat, 512 bytes, to be streamed
                      x-request-id req-1
    route     passed  model smart, by configuration revision 7
    identify  passed  key web-1 of application web, team default
    authorize passed  the key may ask for this model
    admit     passed  set aside $0.0124 on budget marketing-month from 2026-11-01T00:00:00Z
                      set aside $0.0124 on the wallet of team default
    prepare   passed  the request was passed on with nothing left out
    dispatch  passed  openai gpt-5 with credential main: 200, answering after 411 ms
    relay     passed  first byte after 412 ms, 2048 bytes in 1204 ms
    settle    passed  cost $0.002017514

    bill      500 input            × $1.25/million = $0.000625
    bill      500 cache_read       × $0.125/million = $0.0000625
    bill      133 output           × $10.0001/million = $0.0013300133
    total     $0.002017514 (as the provider counted)
    note      The lines sum to $0.0020175133; rounded up once to a nano-dollar.
    price     genai-prices 0.2.1
    account   budget marketing-month from 2026-11-01T00:00:00Z: held $0.0124, took $0.002017514, gave back $0.010382486
    account   the wallet of team default: held $0.0124, took $0.002017514, gave back $0.010382486
    ");
}

#[test]
fn an_answer_out_of_the_cache_names_the_call_that_got_it() {
    let record = CallRecord {
        recalled: Some(CallId(0x0196_0000_0000_7000_8000_0000_0000_0009)),
        attempts: Vec::new(),
        usage: Usage::NONE,
        usage_quality: UsageQuality::None,
        cost: Nanos::ZERO,
        cost_lines: Vec::new(),
        price_source: String::new(),
        charges: Vec::new(),
        ..served()
    };
    let told = explain(&record).to_string();
    for line in [
        "Served out of the cache in 1204 ms for $0.00.",
        "admit     passed  nothing to set aside: an answer from the cache costs nothing here",
        "prepare   passed  the answer of call_01jr000000e008000000000009 is given again, out of the \
         cache: nobody is asked",
        "settle    passed  nothing was charged",
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }
}

#[test]
fn a_budget_that_refuses_is_named_with_its_numbers() {
    let mut refusal = Refusal::new(
        Reason::BudgetExceeded,
        "Budget marketing-month has $0.0040 left, and this call may cost up to $0.0124.",
    );
    refusal = refusal
        .by(rule(Kind::Budget, "marketing-month"))
        .retry_after(604_800);
    refusal.shortage = Some(Shortage {
        scope: "budget marketing-month".to_owned(),
        needed: dollars("0.0124"),
        available: dollars("0.004"),
        affordable_max_tokens: Some(211),
        resets_at: Micros::parse("2026-12-01T00:00:00Z"),
    });
    insta::assert_snapshot!(explain(&refused(4, refusal)), @r"
    call_01jr000000e008000000000001 at 2026-11-24T06:00:00Z
    Refused with 429 budget_exceeded: The budget is spent. Nothing was charged.

    accept    passed  /v1/chat/completions in the dialect openai-chat, 512 bytes, to be streamed
                      x-request-id req-1
    route     passed  model smart, by configuration revision 7
    identify  passed  key web-1 of application web, team default
    authorize passed  the key may ask for this model
    admit     refused 429 budget_exceeded: Budget marketing-month has $0.0040 left, and this call may cost up to $0.0124.
                      by Budget marketing-month (revision 5)
                      budget marketing-month: needs up to $0.0124, has $0.004 left
                      max_tokens up to 211 would fit
                      begins anew at 2026-12-01T00:00:00Z
                      may be tried again after 168h

    reason    budget_exceeded (429): The budget is spent
    rule      Budget marketing-month (revision 5)
    fix       Wait until the budget's window ends, or have its limit raised.
    ");
}

#[test]
fn an_empty_wallet_is_named_with_the_fix() {
    let mut refusal = Refusal::new(
        Reason::BalanceExhausted,
        "The wallet of team default is empty.",
    );
    refusal = refusal.by(rule(Kind::Team, "default"));
    refusal.shortage = Some(Shortage {
        scope: "the wallet of team default".to_owned(),
        needed: dollars("0.0124"),
        available: Nanos::ZERO,
        affordable_max_tokens: None,
        resets_at: None,
    });
    insta::assert_snapshot!(explain(&refused(4, refusal)), @r"
    call_01jr000000e008000000000001 at 2026-11-24T06:00:00Z
    Refused with 402 balance_exhausted: The wallet is empty. Nothing was charged.

    accept    passed  /v1/chat/completions in the dialect openai-chat, 512 bytes, to be streamed
                      x-request-id req-1
    route     passed  model smart, by configuration revision 7
    identify  passed  key web-1 of application web, team default
    authorize passed  the key may ask for this model
    admit     refused 402 balance_exhausted: The wallet of team default is empty.
                      by Team default (revision 5)
                      the wallet of team default: needs up to $0.0124, has $0.00 left

    reason    balance_exhausted (402): The wallet is empty
    rule      Team default (revision 5)
    fix       Top up the wallet: `tollgate wallet credit TEAM AMOUNT --reason TEXT`.
    ");
}

#[test]
fn a_failover_tells_each_attempt() {
    let mut record = served();
    let mut first = attempt("azure", "gpt-5-eu", Some(FailureClass::RateLimited));
    first.status = Some(429);
    first.note = "slow down".to_owned();
    let mut second = attempt("backup", "gpt-5", Some(FailureClass::Unreachable));
    (second.status, second.credential) = (None, None);
    record.attempts = vec![first, second, attempt("openai", "gpt-5", None)];
    record.dropped = vec!["logit_bias".to_owned(), "seed".to_owned()];
    record.max_tokens_set = Some(900);
    insta::assert_snapshot!(explain(&record), @r"
    call_01jr000000e008000000000001 at 2026-11-24T06:00:00Z
    Served by openai gpt-5 in 1204 ms for $0.002017514.

    accept    passed  /v1/chat/completions in the dialect openai-chat, 512 bytes, to be streamed
                      x-request-id req-1
    route     passed  model smart, by configuration revision 7
    identify  passed  key web-1 of application web, team default
    authorize passed  the key may ask for this model
    admit     passed  set aside $0.0124 on budget marketing-month from 2026-11-01T00:00:00Z
                      set aside $0.0124 on the wallet of team default
                      max_tokens set to 900, the most that the money allowed
    prepare   passed  left out, since the target's dialect cannot carry it: logit_bias, seed
    dispatch  passed  azure gpt-5-eu with credential main: 429, rate_limited after 411 ms (slow down)
                      backup gpt-5: unreachable after 411 ms
                      openai gpt-5 with credential main: 200, answering after 411 ms
    relay     passed  first byte after 412 ms, 2048 bytes in 1204 ms
    settle    passed  cost $0.002017514

    bill      500 input            × $1.25/million = $0.000625
    bill      500 cache_read       × $0.125/million = $0.0000625
    bill      133 output           × $10.0001/million = $0.0013300133
    total     $0.002017514 (as the provider counted)
    note      The lines sum to $0.0020175133; rounded up once to a nano-dollar.
    price     genai-prices 0.2.1
    account   budget marketing-month from 2026-11-01T00:00:00Z: held $0.0124, took $0.002017514, gave back $0.010382486
    account   the wallet of team default: held $0.0124, took $0.002017514, gave back $0.010382486
    ");
}

#[test]
fn a_call_that_no_provider_served_is_refused_at_its_dispatch() {
    let refusal = Refusal::new(
        Reason::UpstreamAccountUnfunded,
        "The gateway's account at openai is out of funds, and no other target answered.",
    );
    let mut record = refused(6, refusal);
    let mut unfunded = attempt("openai", "gpt-5", Some(FailureClass::Unfunded));
    (unfunded.status, unfunded.note) = (Some(429), "insufficient_quota".to_owned());
    record.attempts = vec![unfunded];
    record.charges = vec![charge(AccountId::wallet("default"), "0.0124", "0")];
    insta::assert_snapshot!(explain(&record), @r"
    call_01jr000000e008000000000001 at 2026-11-24T06:00:00Z
    Refused with 503 upstream_account_unfunded: The gateway's account at the provider is out of funds. Nothing was charged.

    accept    passed  /v1/chat/completions in the dialect openai-chat, 512 bytes, to be streamed
                      x-request-id req-1
    route     passed  model smart, by configuration revision 7
    identify  passed  key web-1 of application web, team default
    authorize passed  the key may ask for this model
    admit     passed  set aside $0.0124 on the wallet of team default
    prepare   passed  the request was passed on with nothing left out
    dispatch  refused openai gpt-5 with credential main: 429, unfunded after 411 ms (insufficient_quota)
                      503 upstream_account_unfunded: The gateway's account at openai is out of funds, and no other target answered.
    settle    passed  nothing was charged; all that was set aside went back

    reason    upstream_account_unfunded (503): The gateway's account at the provider is out of funds
    fix       The operator has to pay the provider, or add another target to the model.

    total     $0.00 (nothing was consumed)
    account   the wallet of team default: held $0.0124, took $0.00, gave back $0.0124
    ");
}

#[test]
fn a_caller_who_hung_up_pays_for_what_was_delivered() {
    let mut record = served();
    record.ending = Ending::ClientGone;
    record.usage_quality = UsageQuality::Estimated;
    record.timings = passed(7);
    insta::assert_snapshot!(explain(&record), @r"
    call_01jr000000e008000000000001 at 2026-11-24T06:00:00Z
    Served by openai gpt-5 until the caller hung up after 1204 ms; what was delivered costs $0.002017514.

    accept    passed  /v1/chat/completions in the dialect openai-chat, 512 bytes, to be streamed
                      x-request-id req-1
    route     passed  model smart, by configuration revision 7
    identify  passed  key web-1 of application web, team default
    authorize passed  the key may ask for this model
    admit     passed  set aside $0.0124 on budget marketing-month from 2026-11-01T00:00:00Z
                      set aside $0.0124 on the wallet of team default
    prepare   passed  the request was passed on with nothing left out
    dispatch  passed  openai gpt-5 with credential main: 200, answering after 411 ms
    relay     cut     first byte after 412 ms, 2048 bytes in 1204 ms
                      the caller hung up
    settle    passed  cost $0.002017514

    bill      500 input            × $1.25/million = $0.000625
    bill      500 cache_read       × $0.125/million = $0.0000625
    bill      133 output           × $10.0001/million = $0.0013300133
    total     $0.002017514 (estimated, since the provider's count did not arrive)
    note      The lines sum to $0.0020175133; rounded up once to a nano-dollar.
    price     genai-prices 0.2.1
    account   budget marketing-month from 2026-11-01T00:00:00Z: held $0.0124, took $0.002017514, gave back $0.010382486
    account   the wallet of team default: held $0.0124, took $0.002017514, gave back $0.010382486
    ");
}

#[test]
fn a_call_that_was_never_settled_says_what_is_not_known() {
    let mut record = served();
    record.ending = Ending::Unresolved;
    record.attempts = Vec::new();
    record.cost = dollars("0.0124");
    record.cost_lines = Vec::new();
    record.price_source = String::new();
    record.usage_quality = UsageQuality::Estimated;
    record.charges = vec![charge(AccountId::wallet("default"), "0.0124", "0.0124")];
    record.timings = Timings::new();
    insta::assert_snapshot!(explain(&record), @r"
    call_01jr000000e008000000000001 at 2026-11-24T06:00:00Z
    Never settled: the gateway stopped while the call was under way. It was resolved at its restart for $0.0124.

    accept    passed  a call in the dialect openai-chat
    route     passed  model smart
    identify  passed  key web-1 of application web, team default
    authorize passed  the key may ask for this model
    admit     passed  set aside $0.0124 on the wallet of team default
    prepare   passed
    dispatch  unknown the call was about to be sent when the gateway stopped; whether it was, and what came back, is not known
    relay     unknown what was delivered is not known
    settle    passed  cost $0.0124

    total     $0.0124 (estimated, since the provider's count did not arrive)
    account   the wallet of team default: held $0.0124, took $0.0124
    ");
}

#[test]
fn a_call_without_a_key_tells_only_what_was_reached() {
    let mut record = refused(
        2,
        Refusal::new(Reason::KeyMissing, "The request carries no API key."),
    );
    record.caller = None;
    insta::assert_snapshot!(explain(&record), @r"
    call_01jr000000e008000000000001 at 2026-11-24T06:00:00Z
    Refused with 401 key_missing: No API key. Nothing was charged.

    accept    passed  /v1/chat/completions in the dialect openai-chat, 512 bytes, to be streamed
                      x-request-id req-1
    route     passed  model smart, by configuration revision 7
    identify  refused 401 key_missing: The request carries no API key.

    reason    key_missing (401): No API key
    fix       Send the key as `Authorization: Bearer tg_…`; `tollgate key create --application NAME` makes one.
    ");
}

#[test]
fn an_account_that_ran_dry_says_what_stays_open() {
    let mut record = served();
    record.charges = vec![charge(AccountId::wallet("default"), "0.001", "0.0015")];
    let bill = explain(&record).bill.unwrap();
    insta::assert_snapshot!(bill.accounts[0].says, @r"
    held $0.001, took $0.0015, $0.0005 more than was held; it had no more, and $0.000517514 of the cost stays open
    ");
}

#[test]
fn a_bill_whose_lines_do_not_sum_up_says_so() {
    let mut record = served();
    record.cost = dollars("1");
    insta::assert_snapshot!(explain(&record).bill.unwrap().note.unwrap(), @r"
    The lines sum to $0.0020175133, but $1.00 was recorded.
    ");
}
