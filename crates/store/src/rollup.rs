//! How calls that are settled are added to what was used in their slots of time.

use std::collections::BTreeMap;

use tollgate_model::call::Ending;
use tollgate_model::settled::CallSummary;
use tollgate_model::{Micros, Reason};

use crate::StoreError;
use crate::calls::column;
use crate::durations::bucket;
use crate::sql::{Conn, Value, values};
use crate::usage::{Grain, UsageSums};

/// Tokens of one call that count at most: no model takes more, and a provider that tells of
/// nonsense cannot make the sums overflow.
const MOST_TOKENS: u64 = u32::MAX as u64;

/// What the calls have in common that are counted in one row of a slot.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Sort<'a> {
    team: &'a str,
    application: &'a str,
    model: &'a str,
    provider: &'a str,
    status: u16,
    ending: &'static str,
    reason: &'static str,
}

impl<'a> Sort<'a> {
    fn of(call: &'a CallSummary) -> Sort<'a> {
        let caller = call.caller.as_ref();
        Sort {
            team: caller.map_or("", |caller| &caller.team),
            application: caller.map_or("", |caller| &caller.application),
            model: model(call),
            provider: call.provider.as_deref().unwrap_or_default(),
            status: call.status,
            ending: call.ending.as_str(),
            reason: call.reason().map_or("", |reason| reason.code()),
        }
    }
}

/// The model of a call; empty where its name is the word of a stranger, or may name nothing, lest
/// anybody make as many rows as they can think of names.
pub(crate) fn model(call: &CallSummary) -> &str {
    let is_unknown = matches!(
        call.reason(),
        Some(Reason::ModelNotFound | Reason::ModelNotAllowed)
    );
    if call.caller.is_none() || is_unknown {
        return "";
    }
    column(&call.model)
}

/// What one call adds to the sums.
fn sums(call: &CallSummary) -> UsageSums {
    let cut = matches!(call.ending, Ending::UpstreamCut | Ending::Unresolved);
    let refused = call.ending == Ending::Refused && call.status < 500;
    UsageSums {
        calls: 1,
        errors: u64::from(cut || call.status >= 500),
        refused: u64::from(refused),
        prompt_tokens: call.prompt_tokens.min(MOST_TOKENS),
        output_tokens: call.output_tokens.min(MOST_TOKENS),
        cost: call.cost,
    }
}

fn add_to(sums: &mut UsageSums, more: UsageSums) {
    sums.calls += more.calls;
    sums.errors += more.errors;
    sums.refused += more.refused;
    sums.prompt_tokens += more.prompt_tokens;
    sums.output_tokens += more.output_tokens;
    // The ledger has refused a batch whose costs do not fit.
    sums.cost = sums.cost.saturating_add(more.cost);
}

/// Sums for every slot of every length, from those of the minutes. They are in one order, in which
/// every node that settles locks their rows.
pub(crate) fn in_slots<K: Copy + Ord, S: Copy + Default>(
    minutes: &BTreeMap<(Micros, K), S>,
    add: impl Fn(&mut S, S),
) -> BTreeMap<(Grain, Micros, K), S> {
    let mut slots = BTreeMap::new();
    for grain in Grain::ALL {
        for ((at, kept), sums) in minutes {
            let slot = slots.entry((grain, grain.slot(*at), *kept)).or_default();
            add(slot, *sums);
        }
    }
    slots
}

/// Adds calls, which were not added before, to the sums of their slots.
pub(crate) async fn add(conn: &mut Conn, calls: &[&CallSummary]) -> Result<(), StoreError> {
    add_sums(conn, calls).await?;
    add_durations(conn, calls).await
}

async fn add_sums(conn: &mut Conn, calls: &[&CallSummary]) -> Result<(), StoreError> {
    let mut minutes: BTreeMap<(Micros, Sort<'_>), UsageSums> = BTreeMap::new();
    for call in calls {
        let minute = Grain::Minute.slot(call.at);
        let entry = minutes.entry((minute, Sort::of(call))).or_default();
        add_to(entry, sums(call));
    }
    let slots = in_slots(&minutes, add_to);
    let rows = slots.iter().map(|((grain, at, sort), sums)| {
        let row: [Value<'_>; 15] = values![
            grain.seconds(),
            *at,
            sort.team,
            sort.application,
            sort.model,
            sort.provider,
            u32::from(sort.status),
            sort.ending,
            sort.reason,
            sums.calls,
            sums.errors,
            sums.refused,
            sums.prompt_tokens,
            sums.output_tokens,
            sums.cost,
        ];
        row
    });
    conn.execute_each(
        "INSERT INTO usage (grain, at, team, application, model, provider, status, ending, reason,
             calls, errors, refused, prompt_tokens, output_tokens, cost)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         ON CONFLICT (grain, at, team, application, model, provider, status, ending, reason)
         DO UPDATE SET calls = usage.calls + excluded.calls,
             errors = usage.errors + excluded.errors,
             refused = usage.refused + excluded.refused,
             prompt_tokens = usage.prompt_tokens + excluded.prompt_tokens,
             output_tokens = usage.output_tokens + excluded.output_tokens,
             cost = usage.cost + excluded.cost",
        rows,
    )
    .await
    .map(drop)
}

async fn add_durations(conn: &mut Conn, calls: &[&CallSummary]) -> Result<(), StoreError> {
    let mut minutes: BTreeMap<(Micros, (&str, &str, u16)), u64> = BTreeMap::new();
    for call in calls {
        if call.ending != Ending::Completed || call.provider.is_none() {
            continue;
        }
        let team = call.caller.as_ref().map_or("", |caller| &*caller.team);
        let kept = (team, model(call), bucket(call.duration));
        *minutes
            .entry((Grain::Minute.slot(call.at), kept))
            .or_default() += 1;
    }
    let slots = in_slots(&minutes, |sum, calls| *sum += calls);
    let rows = slots.iter().map(|((grain, at, kept), calls)| {
        let (team, model, bucket) = *kept;
        let (grain, bucket) = (grain.seconds(), u32::from(bucket));
        values![grain, *at, team, model, bucket, *calls]
    });
    conn.execute_each(
        "INSERT INTO durations (grain, at, team, model, bucket, calls)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (grain, at, team, model, bucket)
         DO UPDATE SET calls = durations.calls + excluded.calls",
        rows,
    )
    .await
    .map(drop)
}
