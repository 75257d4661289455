//! What a group of refusals is, and which are asked for.

use tollgate_model::resource::Kind;
use tollgate_model::{CallId, Micros, Nanos, Reason};

use crate::usage::Grain;

/// A day in microseconds. A refusal that comes after a day without one of its kind begins anew.
pub(super) const DAY: i64 = Grain::Day.micros();

/// Tells the lock under which refusals are written from every other advisory lock on a PostgreSQL
/// server: the bytes of `refusals` as a number.
pub(super) const LOCK: i64 = 0x7265_6675_7361_6c73;

/// Which groups of refusals to list. Everything that is absent is not asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalFilter {
    /// Those for one of these reasons.
    pub reasons: Option<Vec<Reason>>,
    /// Those by a rule of this kind.
    pub rule_kind: Option<Kind>,
    /// Those by a rule of this name.
    pub rule: Option<String>,
    /// Those of this team's applications.
    pub team: Option<String>,
    /// Those of this application.
    pub application: Option<String>,
    /// Those of calls that asked for this model.
    pub model: Option<String>,
    /// Those of calls accepted at this time or later. The slot in which it lies counts as a whole.
    pub since: Micros,
    /// Those of calls accepted before this time, likewise.
    pub until: Micros,
}

/// What the calls of a group have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalKey {
    /// The reason.
    pub reason: Reason,
    /// The resource that said no; the provider of the last attempt, where an upstream failed and no
    /// rule is named.
    pub rule: Option<(Kind, String)>,
    /// The team; absent where nobody was identified.
    pub team: Option<String>,
    /// Its application.
    pub application: Option<String>,
}

/// The least and the most of what calls needed and found available.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShortRange {
    /// The least that one of the calls could cost at most.
    pub least_needed: Nanos,
    /// The most that one of them could.
    pub most_needed: Nanos,
    /// The least that was available to one of them.
    pub least_available: Nanos,
    /// The most that was.
    pub most_available: Nanos,
}

/// Calls that were refused or failed in the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalGroup {
    /// What they have in common.
    pub key: RefusalKey,
    /// How many.
    pub calls: u64,
    /// The first of them, by the time of the filter.
    pub first: Micros,
    /// The last of them.
    pub last: Micros,
    /// The amounts, where it is about money.
    pub short: Option<ShortRange>,
    /// Whom it hit.
    pub hit: Hit,
}

/// Whom the refusals of a group hit, as of now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// How many keys.
    pub keys: u64,
    /// The first refusal after a day without any: since when it has been so.
    pub began: Micros,
    /// The last refusal after which no call with that key for that model was answered; absent where
    /// there was an answer after each.
    pub open: Option<Micros>,
    /// When a call like those that were refused was answered after them.
    pub answered: Option<Micros>,
    /// The status of the last answer.
    pub status: u16,
    /// Keys that were hit, the last first; some of them where there are many.
    pub some_keys: Vec<String>,
    /// Models that were asked for, likewise.
    pub models: Vec<String>,
    /// Providers to which the last attempts went, likewise.
    pub providers: Vec<String>,
    /// Calls to look at: the last first, and the first of the time that was asked for.
    pub samples: Vec<CallId>,
}
