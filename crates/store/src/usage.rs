//! What calls add up to: sums by slot of time and by what calls have in common, and how long they
//! took. They are kept as calls are settled, and outlive the records of calls.

use tollgate_model::{Micros, Nanos};

use crate::calls::column;
use crate::sql::{Clauses, Conn, Row, values};
use crate::{Store, StoreError};

/// How long a slot of time is. Slots are counted from 1970 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grain {
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// A day of 24 hours, by UTC.
    Day,
}

impl Grain {
    /// Every length that is kept.
    pub const ALL: [Grain; 3] = [Grain::Minute, Grain::Hour, Grain::Day];

    /// The length of a slot in microseconds.
    pub const fn micros(self) -> i64 {
        self.seconds() * 1_000_000
    }

    /// The length of a slot in seconds, by which it is kept.
    pub(crate) const fn seconds(self) -> i64 {
        match self {
            Grain::Minute => 60,
            Grain::Hour => 3_600,
            Grain::Day => 86_400,
        }
    }

    /// The start of the slot that holds a time.
    pub(crate) fn slot(self, at: Micros) -> Micros {
        Micros(at.0.saturating_sub(at.0.rem_euclid(self.micros())))
    }
}

/// By what sums are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// The caller's team.
    Team,
    /// The caller's application.
    Application,
    /// The model that was asked for.
    Model,
    /// The provider of the last attempt.
    Provider,
    /// The status of the answer.
    Status,
    /// How the call ended: a word of `Ending`.
    Ending,
    /// Why it was refused or failed: a code of `Reason`.
    Reason,
}

impl Dimension {
    /// Its value as a text.
    const fn expression(self) -> &'static str {
        match self {
            Dimension::Team => "team",
            Dimension::Application => "application",
            Dimension::Model => "model",
            Dimension::Provider => "provider",
            Dimension::Status => "CAST(status AS TEXT)",
            Dimension::Ending => "ending",
            Dimension::Reason => "reason",
        }
    }
}

/// Which calls to add up. What is absent is not asked for; an empty text asks for the calls that
/// have none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UsageFilter {
    /// Calls of this team.
    pub team: Option<String>,
    /// Calls of this application.
    pub application: Option<String>,
    /// Calls that asked for this model.
    pub model: Option<String>,
    /// Calls whose last attempt went to this provider.
    pub provider: Option<String>,
    /// Calls that were answered with this status.
    pub status: Option<u16>,
    /// Calls that ended so: a word of `Ending`.
    pub ending: Option<String>,
    /// Calls that were refused or failed for this reason: a code of `Reason`.
    pub reason: Option<String>,
    /// Calls accepted in the slot that holds this time, or later.
    pub since: Micros,
    /// Calls accepted in slots that begin before this time.
    pub until: Micros,
}

/// Sums over calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UsageSums {
    /// Calls that have ended.
    pub calls: u64,
    /// Those of them that failed: answered with a status of 500 or more, cut off by a provider, or
    /// never resolved.
    pub errors: u64,
    /// Those of them that were refused with a lower status.
    pub refused: u64,
    /// Tokens of prompts; of a call, at most 4 294 967 295 count.
    pub prompt_tokens: u64,
    /// Tokens of answers, counted likewise.
    pub output_tokens: u64,
    /// What the calls cost.
    pub cost: Nanos,
}

/// Sums over the calls that were accepted in a slot of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsagePoint {
    /// When the slot begins.
    pub at: Micros,
    /// The sums.
    pub sums: UsageSums,
}

/// How long the calls took that were accepted in a slot of time and delivered whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Durations {
    /// When the slot begins.
    pub at: Micros,
    /// The buckets of [`crate::durations`], in their order, with the calls in each.
    pub buckets: Vec<(u16, u64)>,
}

/// Rows that are deleted in one transaction, and at most one slot's more, so that no other one
/// waits for long.
const PRUNED_AT_ONCE: u32 = 5_000;

/// The sums that [`read_sums`] expects.
const SUMS: &str = "CAST(SUM(calls) AS BIGINT), CAST(SUM(errors) AS BIGINT),
                    CAST(SUM(refused) AS BIGINT), CAST(SUM(prompt_tokens) AS BIGINT),
                    CAST(SUM(output_tokens) AS BIGINT), CAST(SUM(cost) AS BIGINT)";

impl Store {
    /// What the calls of a filter add up to in each slot of time that has any, by time.
    pub async fn usage(
        &self,
        filter: &UsageFilter,
        grain: Grain,
    ) -> Result<Vec<UsagePoint>, StoreError> {
        self.database()
            .read((filter.clone(), grain), |conn, (filter, grain)| {
                Box::pin(async move {
                    let select = format!("SELECT at, {SUMS} FROM usage");
                    let query = narrow(&select, filter, *grain);
                    let (sql, values) = query.end("GROUP BY at ORDER BY at");
                    let rows = conn.query(&sql, &values).await?;
                    rows.iter()
                        .map(|row| {
                            Ok(UsagePoint {
                                at: row.micros(0)?,
                                sums: read_sums(row)?,
                            })
                        })
                        .collect()
                })
            })
            .await
    }

    /// What the calls of a filter add up to for each value of a dimension, the empty text for the
    /// calls that have none: those with most calls first, at most `limit`. `grain` says at which
    /// slots the time of the filter begins and ends.
    pub async fn usage_by(
        &self,
        filter: &UsageFilter,
        grain: Grain,
        dimension: Dimension,
        limit: u32,
    ) -> Result<Vec<(String, UsageSums)>, StoreError> {
        self.database()
            .read(
                (filter.clone(), grain, dimension, limit),
                |conn, (filter, grain, dimension, limit)| {
                    Box::pin(async move {
                        let select =
                            format!("SELECT {}, {SUMS} FROM usage", dimension.expression());
                        let query = narrow(&select, filter, *grain);
                        let (sql, values) = query.end_at("GROUP BY 1 ORDER BY 2 DESC, 1", *limit);
                        let rows = conn.query(&sql, &values).await?;
                        rows.iter()
                            .map(|row| Ok((row.text(0)?.to_owned(), read_sums(row)?)))
                            .collect()
                    })
                },
            )
            .await
    }

    /// How long the calls of a filter took in each slot of time that has any, by time. Of the
    /// filter, only team, model and times are looked at; of calls, those that a provider answered
    /// and whose answer was delivered whole.
    pub async fn durations(
        &self,
        filter: &UsageFilter,
        grain: Grain,
    ) -> Result<Vec<Durations>, StoreError> {
        self.database()
            .read((filter.clone(), grain), |conn, (filter, grain)| {
                Box::pin(list_durations(conn, filter, *grain))
            })
            .await
    }

    /// Deletes what is kept of the slots of this length that begin before a time, sums of refusals
    /// among it. Answers how many
    /// rows were deleted.
    pub async fn prune_usage(&self, grain: Grain, before: Micros) -> Result<u64, StoreError> {
        let mut pruned = 0;
        loop {
            let now = self
                .database()
                .write((grain, before), |conn, (grain, before)| {
                    Box::pin(prune(conn, *grain, *before))
                })
                .await?;
            pruned += now;
            if now == 0 {
                return Ok(pruned);
            }
        }
    }
}

/// A query with the conditions of a filter.
fn narrow<'a>(select: &str, filter: &'a UsageFilter, grain: Grain) -> Clauses<'a> {
    let mut query = within(select, filter, grain);
    query.and_some("application =", filter.application.as_ref());
    query.and_some("provider =", filter.provider.as_ref());
    query.and_some("status =", filter.status.map(u32::from));
    query.and_some("ending =", filter.ending.as_ref());
    query.and_some("reason =", filter.reason.as_ref());
    query
}

/// A query with the conditions of a filter that every table has.
fn within<'a>(select: &str, filter: &'a UsageFilter, grain: Grain) -> Clauses<'a> {
    let mut query = Clauses::new(select);
    query.and("grain =", grain.seconds());
    query.and("at >=", grain.slot(filter.since));
    query.and("at <", filter.until);
    query.and_some("team =", filter.team.as_ref());
    query.and_some("model =", filter.model.as_deref().map(column));
    query
}

fn read_sums(row: &Row) -> Result<UsageSums, StoreError> {
    Ok(UsageSums {
        calls: row.count(1)?,
        errors: row.count(2)?,
        refused: row.count(3)?,
        prompt_tokens: row.count(4)?,
        output_tokens: row.count(5)?,
        cost: row.nanos(6)?,
    })
}

async fn list_durations(
    conn: &mut Conn,
    filter: &UsageFilter,
    grain: Grain,
) -> Result<Vec<Durations>, StoreError> {
    let select = "SELECT at, bucket, CAST(SUM(calls) AS BIGINT) FROM durations";
    let query = within(select, filter, grain);
    let (sql, values) = query.end("GROUP BY at, bucket ORDER BY at, bucket");
    let mut slots: Vec<Durations> = Vec::new();
    for row in conn.query(&sql, &values).await? {
        let at = row.micros(0)?;
        let bucket = u16::try_from(row.int(1)?)
            .map_err(|_| StoreError::Corrupt("a duration is in no bucket".to_owned()))?;
        let counted = (bucket, row.count(2)?);
        match slots.last_mut() {
            Some(slot) if slot.at == at => slot.buckets.push(counted),
            _ => slots.push(Durations {
                at,
                buckets: vec![counted],
            }),
        }
    }
    Ok(slots)
}

async fn prune(conn: &mut Conn, grain: Grain, before: Micros) -> Result<u64, StoreError> {
    let mut pruned = 0;
    for table in ["usage", "durations", "refusals"] {
        let sql = format!(
            "DELETE FROM {table} WHERE grain = $1 AND at <= (
                 SELECT MAX(at) FROM (
                     SELECT at FROM {table} WHERE grain = $1 AND at < $2 ORDER BY at LIMIT $3
                 ) AS oldest
             )"
        );
        let values = values![grain.seconds(), before, PRUNED_AT_ONCE];
        pruned += conn.execute(&sql, &values).await?;
    }
    Ok(pruned)
}
