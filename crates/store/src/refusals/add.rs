//! How calls that are settled are added to the groups of refusals.

use std::collections::{BTreeMap, BTreeSet};

use tollgate_model::call::Ending;
use tollgate_model::reason::Cause;
use tollgate_model::resource::Kind;
use tollgate_model::settled::{CallSummary, RefusalSummary};
use tollgate_model::{CallId, Micros, Nanos};

use super::groups::{DAY, LOCK};
use crate::StoreError;
use crate::calls::column;
use crate::rollup::{in_slots, model};
use crate::sql::{Conn, Value, values};
use crate::usage::Grain;

/// What the calls have in common that are counted in one row of a slot.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Sort<'a> {
    reason: &'static str,
    rule_kind: &'static str,
    rule_name: &'a str,
    team: &'a str,
    application: &'a str,
    model: &'a str,
}

impl<'a> Sort<'a> {
    fn of(call: &'a CallSummary, refusal: &'a RefusalSummary) -> Sort<'a> {
        let caller = call.caller.as_ref();
        let rule = refusal.rule.as_ref().map(|(kind, name)| (*kind, &**name));
        let (rule_kind, rule_name) = rule
            .or_else(|| failed_provider(call, refusal))
            .map_or(("", ""), |(kind, name)| (kind.as_str(), name));
        Sort {
            reason: refusal.reason.code(),
            rule_kind,
            rule_name,
            team: caller.map_or("", |caller| &caller.team),
            application: caller.map_or("", |caller| &caller.application),
            model: model(call),
        }
    }
}

/// The provider that an upstream's failure is put down to, where no rule said no.
fn failed_provider<'a>(call: &'a CallSummary, refusal: &RefusalSummary) -> Option<(Kind, &'a str)> {
    let provider = call.provider.as_deref()?;
    (refusal.reason.row().cause == Cause::Upstream).then_some((Kind::Provider, provider))
}

/// What refused calls add to their row.
#[derive(Clone, Copy)]
struct Sums {
    calls: u64,
    /// Time, call and status of the first and of the last.
    first: (Micros, CallId),
    last: (Micros, CallId, u16),
    /// The least and the most.
    needed: Option<(Nanos, Nanos)>,
    available: Option<(Nanos, Nanos)>,
}

impl Sums {
    fn of(call: &CallSummary, refusal: &RefusalSummary) -> Sums {
        Sums {
            calls: 1,
            first: (call.at, call.id),
            last: (call.at, call.id, call.status),
            needed: refusal.short.map(|(needed, _)| (needed, needed)),
            available: refusal.short.map(|(_, available)| (available, available)),
        }
    }

    fn add(self, more: Sums) -> Sums {
        Sums {
            calls: self.calls + more.calls,
            first: self.first.min(more.first),
            last: self.last.max(more.last),
            needed: widest(self.needed, more.needed),
            available: widest(self.available, more.available),
        }
    }
}

fn widest(one: Option<(Nanos, Nanos)>, other: Option<(Nanos, Nanos)>) -> Option<(Nanos, Nanos)> {
    match (one, other) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (one, other) => one.or(other),
    }
}

/// The key of a row of `refused`.
type Held<'a> = (&'a str, &'a str, Sort<'a>);

/// When a key was refused in the same way: the first call, and the last.
struct Seen<'a> {
    first: Micros,
    last: &'a CallSummary,
}

/// Adds calls, which were not added before, to the groups of those that were refused, and notes
/// which of those that were refused before are answered now.
pub(crate) async fn add(conn: &mut Conn, calls: &[&CallSummary]) -> Result<(), StoreError> {
    let mut minutes: BTreeMap<(Micros, Sort<'_>), Sums> = BTreeMap::new();
    let mut seen: BTreeMap<Held<'_>, Seen<'_>> = BTreeMap::new();
    for call in calls {
        let Some(refusal) = &call.refusal else {
            continue;
        };
        // The shadow of a call: nobody was refused anything.
        if call.caller.is_none() && call.provider.is_some() {
            continue;
        }
        let (sort, sums) = (Sort::of(call, refusal), Sums::of(call, refusal));
        let slot = minutes.entry((Grain::Minute.slot(call.at), sort));
        slot.and_modify(|kept| *kept = kept.add(sums))
            .or_insert(sums);
        let key = call.caller.as_ref().map_or("", |caller| &*caller.key);
        let kept = seen.entry((sort.application, key, sort)).or_insert(Seen {
            first: call.at,
            last: call,
        });
        kept.first = kept.first.min(call.at);
        if call.at >= kept.last.at {
            kept.last = call;
        }
    }
    if !seen.is_empty() {
        // Rows of two tables and, below, rows by another order: one node at a time, or two of them
        // could wait for each other.
        conn.lock_database(LOCK).await?;
        add_sums(conn, minutes).await?;
        add_seen(conn, seen).await?;
    }
    note_answers(conn, calls).await
}

async fn add_sums(
    conn: &mut Conn,
    minutes: BTreeMap<(Micros, Sort<'_>), Sums>,
) -> Result<(), StoreError> {
    let minutes = minutes.into_iter().map(|(place, sums)| (place, Some(sums)));
    let slots = in_slots(&minutes.collect(), |kept, more: Option<Sums>| {
        *kept = match (*kept, more) {
            (Some(kept), Some(more)) => Some(kept.add(more)),
            (kept, more) => kept.or(more),
        };
    });
    let slots: Vec<_> = slots
        .iter()
        .filter_map(|(place, sums)| Some((place, sums.as_ref()?)))
        .map(|(place, sums)| {
            (
                place,
                sums,
                sums.first.1.to_string(),
                sums.last.1.to_string(),
            )
        })
        .collect();
    let rows = slots.iter().map(|((grain, at, sort), sums, first, last)| {
        let row: [Value<'_>; 18] = values![
            grain.seconds(),
            *at,
            sort.reason,
            sort.rule_kind,
            sort.rule_name,
            sort.team,
            sort.application,
            sort.model,
            u32::from(sums.last.2),
            sums.calls,
            sums.first.0,
            sums.last.0,
            first,
            last,
            sums.needed.map(|(least, _)| least),
            sums.needed.map(|(_, most)| most),
            sums.available.map(|(least, _)| least),
            sums.available.map(|(_, most)| most),
        ];
        row
    });
    conn.execute_each(&insert_sums(), rows).await.map(drop)
}

/// One that adds to a slot: the least stays the least, whatever the order of batches.
fn insert_sums() -> String {
    let least = |column: &str| extreme(column, "<");
    let most = |column: &str| extreme(column, ">");
    format!(
        "INSERT INTO refusals (grain, at, reason, rule_kind, rule_name, team, application, model,
             status, calls, first_at, last_at, first_call, last_call,
             least_needed, most_needed, least_available, most_available)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
         ON CONFLICT (grain, at, reason, rule_kind, rule_name, team, application, model)
         DO UPDATE SET calls = refusals.calls + excluded.calls,
             status = CASE WHEN excluded.last_at >= refusals.last_at THEN excluded.status
                 ELSE refusals.status END,
             {}, {}, {}, {}, {}, {}, {}, {}",
        least("first_at"),
        most("last_at"),
        least("first_call"),
        most("last_call"),
        least("least_needed"),
        most("most_needed"),
        least("least_available"),
        most("most_available"),
    )
}

/// Sets a column to the new value where there is none yet, or where the new one compares so.
fn extreme(column: &str, than: &str) -> String {
    format!(
        "{column} = CASE WHEN refusals.{column} IS NULL
             OR excluded.{column} {than} refusals.{column}
             THEN excluded.{column} ELSE refusals.{column} END"
    )
}

async fn add_seen(conn: &mut Conn, seen: BTreeMap<Held<'_>, Seen<'_>>) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO refused (application, key, reason, rule_kind, rule_name, team, model,
             asked, provider, status, last_call, began, last_at, answered)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0)
         ON CONFLICT (application, key, reason, rule_kind, rule_name, team, model)
         DO UPDATE SET
             began = CASE WHEN excluded.began - refused.last_at > {DAY}
                     OR excluded.began < refused.began
                 THEN excluded.began ELSE refused.began END,
             {}, {}, {}, {}, {}",
        newer("asked"),
        newer("provider"),
        newer("status"),
        newer("last_call"),
        newer("last_at"),
    );
    let rows: Vec<_> = seen
        .iter()
        .map(|(held, seen)| (held, seen, seen.last.id.to_string()))
        .collect();
    let rows = rows.iter().map(|((application, key, sort), seen, id)| {
        // A stranger's words are kept nowhere but in the record.
        let asked = match *application {
            "" => "",
            _ => column(&seen.last.model),
        };
        let row: [Value<'_>; 13] = values![
            *application,
            *key,
            sort.reason,
            sort.rule_kind,
            sort.rule_name,
            sort.team,
            sort.model,
            asked,
            seen.last.provider.as_deref().unwrap_or_default(),
            u32::from(seen.last.status),
            id,
            seen.first,
            seen.last.at,
        ];
        row
    });
    conn.execute_each(&sql, rows).await.map(drop)
}

/// Sets a column to the new value where it is that of a later call.
fn newer(column: &str) -> String {
    format!(
        "{column} = CASE WHEN excluded.last_at >= refused.last_at THEN excluded.{column}
             ELSE refused.{column} END"
    )
}

/// Notes of keys that were refused lately that a call of theirs for the same model was answered.
async fn note_answers(conn: &mut Conn, calls: &[&CallSummary]) -> Result<(), StoreError> {
    let Some(latest) = calls.iter().map(|call| call.at).max() else {
        return Ok(());
    };
    let sql = "SELECT DISTINCT application, key, asked FROM refused
               WHERE answered < last_at AND last_at >= $1";
    let rows = conn
        .query(sql, &values![latest.0.saturating_sub(DAY)])
        .await?;
    let mut open = BTreeSet::new();
    for row in &rows {
        open.insert((row.text(0)?, row.text(1)?, row.text(2)?));
    }
    if open.is_empty() {
        return Ok(());
    }
    let mut answered: BTreeMap<(&str, &str, &str), Micros> = BTreeMap::new();
    for call in calls {
        let Some(caller) = &call.caller else {
            continue;
        };
        let asked = (&*caller.application, &*caller.key, column(&call.model));
        let is_answered = call.ending == Ending::Completed && call.refusal.is_none();
        if is_answered && open.contains(&asked) {
            let at = answered.entry(asked).or_insert(call.at);
            *at = call.at.max(*at);
        }
    }
    if answered.is_empty() {
        return Ok(());
    }
    conn.lock_database(LOCK).await?;
    let sql = "UPDATE refused SET answered = $4
               WHERE application = $1 AND key = $2 AND asked = $3 AND answered < $4
                   AND last_at < $4";
    let rows = answered
        .iter()
        .map(|((application, key, asked), at)| values![*application, *key, *asked, *at]);
    conn.execute_each(sql, rows).await.map(drop)
}
