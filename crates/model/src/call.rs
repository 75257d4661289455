//! The record of a call: written once when it ends, and the source of every view of it.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::account::AccountId;
use crate::choice::Choice;
pub use crate::failure::FailureClass;
use crate::price::CostLine;
use crate::refusal::{Refusal, Stage};
use crate::resource::RuleRef;
use crate::usage::{Usage, UsageQuality};
use crate::{CallId, Dialect, KeyHash, Micros, Name, Nanos};

/// An API key as the data plane knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyEntry {
    /// The hash by which it is found.
    pub hash: KeyHash,
    /// The resource.
    pub rule: RuleRef,
    /// The application that calls with it.
    pub application: Name,
    /// When it stops working.
    pub expires: Micros,
    /// Whether it was revoked.
    pub revoked: bool,
    /// The models it may ask for; empty allows all. See [`KeyEntry::allows`].
    pub models: Vec<String>,
    /// Tags that every request with it has.
    pub tags: Vec<String>,
}

impl KeyEntry {
    /// Whether the key may ask for a model of this name. An entry that ends in `*` allows every
    /// name that begins so.
    pub fn allows(&self, model: &str) -> bool {
        self.models.is_empty()
            || self
                .models
                .iter()
                .any(|entry| match entry.strip_suffix('*') {
                    Some(prefix) => model.starts_with(prefix),
                    None => entry == model,
                })
    }
}

/// Who made a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Caller {
    /// The key's name.
    pub key: Arc<str>,
    /// The application's name.
    pub application: Arc<str>,
    /// The team's name.
    pub team: Arc<str>,
}

/// One try at one target with one credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Attempt {
    /// The provider's name.
    pub provider: Arc<str>,
    /// The provider's name for the model.
    pub model: Arc<str>,
    /// The credential's name; absent where the provider needs none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<Arc<str>>,
    /// The status of the provider's answer; absent where none came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// How it failed; absent where it succeeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<FailureClass>,
    /// What the provider or the network said, redacted and cut, for the operator only.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Microseconds from the start of the call to the start of the attempt.
    pub began: u32,
    /// What it costs, of one that was cancelled, since another target began sooner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled: Option<Nanos>,
    /// Microseconds that the attempt took, up to the first byte of the answer or the failure.
    pub took: u32,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The whole answer was delivered.
    Completed,
    /// It was refused, or every attempt failed: no answer of a model was delivered.
    Refused,
    /// The caller hung up; what was delivered is charged.
    ClientGone,
    /// The provider broke off mid-answer; what was delivered is charged.
    UpstreamCut,
    /// The gateway crashed after the call was sent and before it was settled.
    Unresolved,
}

impl Ending {
    /// The word as it stands in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Ending::Completed => "completed",
            Ending::Refused => "refused",
            Ending::ClientGone => "client_gone",
            Ending::UpstreamCut => "upstream_cut",
            Ending::Unresolved => "unresolved",
        }
    }
}

/// Money taken from one account for a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Charge {
    /// The account.
    pub account: AccountId,
    /// What was set aside before the call.
    pub held: Nanos,
    /// What was taken after it. Never more than was held and could be added to the hold.
    pub taken: Nanos,
}

/// Microseconds from the start of a call to the end of each stage that it passed, in the order of
/// [`Stage::ALL`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Timings(Vec<u32>);

impl Timings {
    /// With room for every stage, so that a call allocates once.
    pub fn new() -> Timings {
        Timings(Vec::with_capacity(Stage::ALL.len()))
    }

    /// Notes the end of the next stage.
    pub fn passed(&mut self, after_micros: u32) {
        self.0.push(after_micros);
    }

    /// Each stage that was passed with the time of its end.
    pub fn iter(&self) -> impl Iterator<Item = (Stage, u32)> + '_ {
        Stage::ALL.into_iter().zip(self.0.iter().copied())
    }

    /// The stage that the call is in: the first that it has not passed.
    pub fn current(&self) -> Stage {
        Stage::ALL
            .get(self.0.len())
            .copied()
            .unwrap_or(Stage::Settle)
    }
}

/// All that is kept of a call.
// What a `settled::CallSummary` is made of stands before `request_bytes`, so that the rest need not
// be parsed on the way to the store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CallRecord {
    /// The id.
    pub id: CallId,
    /// When it was accepted.
    pub at: Micros,
    /// Who called; absent before the key was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<Caller>,
    /// The model as the caller named it; empty before it was read.
    pub model: String,
    /// The status of our answer.
    pub status: u16,
    /// How it ended.
    pub ending: Ending,
    /// Why it was refused or failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
    /// Each try, in order; the last one may have succeeded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Attempt>,
    /// What was consumed.
    pub usage: Usage,
    /// What it cost, by the price of the target that answered.
    pub cost: Nanos,
    /// The money taken, account by account.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charges: Vec<Charge>,
    /// Microseconds from the start to the end.
    pub duration: u64,
    /// Bytes of the request's body.
    pub request_bytes: u64,
    /// Bytes of the answer's body.
    pub response_bytes: u64,
    /// The revision of the configuration that served it.
    pub revision: u64,
    /// The caller's `x-request-id`, or the call id where there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The dialect of the caller.
    pub dialect: Dialect,
    /// The path that was asked for, without query.
    pub path: String,
    /// Whether a streamed answer was asked for.
    pub stream: bool,
    /// The call whose answer was given again, out of the cache; no provider was asked then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recalled: Option<CallId>,
    /// Members of the request that the target's dialect could not carry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<String>,
    /// How the targets were ordered; absent where there was only one to take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<Box<Choice>>,
    /// The call whose request was copied, where this one is its shadow: no caller asked for it, and
    /// its cost is the operator's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shadow_of: Option<CallId>,
    /// What `max_tokens` was set to, where the caller set none and the money allowed no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tokens_set: Option<u64>,
    /// How well the usage is known.
    pub usage_quality: UsageQuality,
    /// The lines of the cost.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cost_lines: Vec<CostLine>,
    /// Where the price came from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub price_source: String,
    /// When each stage was passed.
    pub timings: Timings,
    /// Microseconds from the start to the first byte of the answer.
    pub first_byte: u32,
}

impl CallRecord {
    /// The attempt that answered.
    pub fn served(&self) -> Option<&Attempt> {
        self.attempts
            .last()
            .filter(|attempt| attempt.failure.is_none())
    }
}

/// What the journal holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JournalEntry {
    /// A call is about to be sent to a provider, with this money set aside.
    Intent(Intent),
    /// A call has ended.
    Call(Box<CallRecord>),
}

/// What is known of a call before it is sent: enough to resolve it, should no more be known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Intent {
    /// The call.
    pub id: CallId,
    /// When it was accepted.
    pub at: Micros,
    /// Who called.
    pub caller: Caller,
    /// The model as the caller named it.
    pub model: String,
    /// The caller's dialect.
    pub dialect: Dialect,
    /// The money set aside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<(AccountId, Nanos)>,
}
