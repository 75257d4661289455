//! Records of calls for tests.

use std::sync::Arc;

use tollgate_ledger::Hold;
use tollgate_model::account::AccountId;
use tollgate_model::call::{CallRecord, Caller, Charge, Ending, Intent, Timings};
use tollgate_model::settled::{SettleBatch, SettledCall};
use tollgate_model::usage::{Usage, UsageQuality};
use tollgate_model::{CallId, Dialect, Micros, Nanos};

pub fn caller() -> Caller {
    let text = || Arc::from("x");
    Caller {
        key: text(),
        application: text(),
        team: text(),
    }
}

pub fn intent(id: u128, holds: Vec<(AccountId, Nanos)>) -> Intent {
    Intent {
        id: CallId(id),
        at: Micros(7),
        caller: caller(),
        model: "m".to_owned(),
        dialect: Dialect::OpenaiChat,
        holds,
    }
}

pub fn call(id: u128, charges: Vec<Charge>) -> CallRecord {
    CallRecord {
        id: CallId(id),
        at: Micros(7),
        revision: 1,
        request_id: None,
        dialect: Dialect::OpenaiChat,
        path: "/v1/chat/completions".to_owned(),
        caller: Some(caller()),
        model: "m".to_owned(),
        stream: false,
        status: 200,
        ending: Ending::Completed,
        refusal: None,
        recalled: None,
        attempts: Vec::new(),
        dropped: Vec::new(),
        choice: None,
        shadow_of: None,
        max_tokens_set: None,
        usage: Usage::NONE,
        usage_quality: UsageQuality::Exact,
        cost: charges.iter().map(|c| c.taken).max().unwrap_or_default(),
        cost_lines: Vec::new(),
        price_source: String::new(),
        charges,
        request_bytes: 0,
        response_bytes: 0,
        timings: Timings::default(),
        first_byte: 0,
        duration: 0,
    }
}

pub fn settled(id: u128, charges: Vec<Charge>) -> SettledCall {
    SettledCall::of(&call(id, charges)).unwrap()
}

pub fn batch(calls: impl Into<Vec<SettledCall>>) -> Arc<SettleBatch> {
    let (calls, cursors) = (calls.into(), Vec::new());
    Arc::new(SettleBatch { calls, cursors })
}

pub fn holds(hold: &Hold) -> Vec<(AccountId, Nanos)> {
    hold.holds()
        .map(|(account, amount)| (account.clone(), amount))
        .collect()
}
