//! Resources, funds and records of calls, as the tests need them.

use std::sync::Arc;

use serde_json::json;
use tollgate_model::account::{AccountId, Fund, FundKind};
use tollgate_model::call::{Attempt, CallRecord, Caller, Charge, Ending, Timings};
use tollgate_model::resource::{Document, Kind, Resource, RuleRef};
use tollgate_model::settled::{SettleBatch, SettledCall};
use tollgate_model::time::Window;
use tollgate_model::usage::UsageQuality;
use tollgate_model::{CallId, Dialect, KeyHash, Micros, Name, Nanos, Usage, UsageClass};

pub(crate) fn name(text: &str) -> Name {
    text.parse().unwrap()
}

pub(crate) fn dollars(text: &str) -> Nanos {
    text.parse().unwrap()
}

pub(crate) fn time(text: &str) -> Micros {
    Micros::parse(text).unwrap()
}

pub(crate) fn resource(kind: Kind, called: &str, spec: serde_json::Value) -> Resource {
    let document = Document {
        kind,
        name: name(called),
        spec,
    };
    document.check().unwrap()
}

pub(crate) fn team(called: &str, title: &str) -> Resource {
    resource(Kind::Team, called, json!({ "title": title }))
}

pub(crate) fn key(called: &str, secret: &str) -> Resource {
    let hash = KeyHash::of(secret.as_bytes());
    let spec = json!({ "application": "web", "hash": hash, "models": ["gpt-*"] });
    resource(Kind::Key, called, spec)
}

pub(crate) fn wallet(team: &str) -> Fund {
    Fund {
        kind: FundKind::Wallet { team: team.into() },
        rule: rule(Kind::Team, team),
        on_exhausted: 402,
    }
}

pub(crate) fn budget(called: &str, limit: Nanos, window: Window) -> Fund {
    Fund {
        kind: FundKind::Budget {
            name: called.into(),
            limit,
            window,
            time_zone: "UTC".into(),
            scope: "team acme".into(),
        },
        rule: rule(Kind::Budget, called),
        on_exhausted: 429,
    }
}

fn rule(kind: Kind, called: &str) -> RuleRef {
    RuleRef {
        kind,
        name: name(called),
        revision: 1,
    }
}

/// The id of the call of this number, a millisecond after the one before it.
pub(crate) fn id(number: u64) -> CallId {
    CallId(u128::from(1_795_521_600_000 + number) << 80)
}

/// A call of a team that cost what its charges took, or nothing.
pub(crate) fn call(number: u64, team: &str, taken: &[(&AccountId, Nanos)]) -> CallRecord {
    let charges = taken.iter().map(|(account, taken)| Charge {
        account: (*account).clone(),
        held: *taken,
        taken: *taken,
    });
    CallRecord {
        id: id(number),
        at: Micros((1_795_521_600_000 + number as i64) * 1_000),
        revision: 3,
        request_id: None,
        dialect: Dialect::OpenaiChat,
        path: "/v1/chat/completions".to_owned(),
        caller: Some(Caller {
            key: "web-key".into(),
            application: "web".into(),
            team: team.into(),
        }),
        model: "smart".to_owned(),
        stream: true,
        status: 200,
        ending: Ending::Completed,
        refusal: None,
        recalled: None,
        attempts: vec![Attempt {
            provider: "openai".into(),
            model: "gpt-5".into(),
            credential: Some("main".into()),
            status: Some(200),
            failure: None,
            note: String::new(),
            began: 120,
            cancelled: None,
            took: 400_000,
        }],
        dropped: Vec::new(),
        choice: None,
        shadow_of: None,
        max_tokens_set: None,
        usage: Usage::NONE
            .with(UsageClass::Input, 1_200)
            .with(UsageClass::Output, 340),
        usage_quality: UsageQuality::Exact,
        cost: taken.first().map_or(Nanos::ZERO, |(_, taken)| *taken),
        cost_lines: Vec::new(),
        price_source: "catalogue".to_owned(),
        charges: charges.collect(),
        request_bytes: 4_096,
        response_bytes: 9_000,
        timings: Timings::new(),
        first_byte: 400_500,
        duration: 2_000_000,
    }
}

pub(crate) fn settled(record: CallRecord) -> SettledCall {
    SettledCall::of(&record).unwrap()
}

pub(crate) fn batch(records: impl IntoIterator<Item = CallRecord>) -> Arc<SettleBatch> {
    Arc::new(SettleBatch {
        calls: records.into_iter().map(settled).collect(),
        cursors: Vec::new(),
    })
}
