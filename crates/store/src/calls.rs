//! The records of calls.

use tollgate_model::call::CallRecord;
use tollgate_model::settled::SettledCall;
use tollgate_model::{CallId, Micros};

use crate::sql::{Clauses, Conn, Row, Value, values};
use crate::{Store, StoreError};

/// Which calls to list. Everything that is absent is not asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CallFilter {
    /// Calls of this team.
    pub team: Option<String>,
    /// Calls of this application.
    pub application: Option<String>,
    /// Calls with the key of this name.
    pub key: Option<String>,
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
    /// Calls accepted at this time or later, to the millisecond.
    pub since: Option<Micros>,
    /// Calls accepted before this time, to the millisecond.
    pub until: Option<Micros>,
}

/// Which part of the list of calls is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CallPage {
    /// The newest calls, the newest first.
    #[default]
    Newest,
    /// The calls that came before this one, the newest first.
    Before(CallId),
    /// The calls that came after this one, the oldest first: for following along.
    After(CallId),
}

/// Calls that are deleted in one transaction, so that no other one waits for long.
const PRUNED_AT_ONCE: u32 = 5_000;
/// Characters that are kept of a caller's word in a column. The record has all of it.
const COLUMN_CHARS: usize = 256;

impl Store {
    /// The record of a call.
    pub async fn call(&self, id: CallId) -> Result<Option<CallRecord>, StoreError> {
        self.database()
            .read(id, |conn, id| {
                Box::pin(async move {
                    let sql = "SELECT detail FROM calls WHERE id = $1";
                    let row = conn.query_one(sql, &values![&id.to_bytes()[..]]).await?;
                    row.map(|row| read(&row)).transpose()
                })
            })
            .await
    }

    /// The records of calls that a filter lets through, one page of at most `limit`.
    pub async fn calls(
        &self,
        filter: &CallFilter,
        page: CallPage,
        limit: u32,
    ) -> Result<Vec<CallRecord>, StoreError> {
        self.database()
            .read(
                (filter.clone(), page, limit),
                |conn, (filter, page, limit)| Box::pin(list(conn, filter, *page, *limit)),
            )
            .await
    }

    /// Deletes the records of calls accepted before a time, to the millisecond. What they cost
    /// remains in the ledger. Answers how many were deleted.
    pub async fn prune_calls(&self, before: Micros) -> Result<u64, StoreError> {
        let mut pruned = 0;
        loop {
            let now = self
                .database()
                .write(before, |conn, before| Box::pin(prune(conn, *before)))
                .await?;
            pruned += now;
            if now < u64::from(PRUNED_AT_ONCE) {
                return Ok(pruned);
            }
        }
    }
}

/// The smallest id that a call accepted at this time can have: its first 48 bits are milliseconds.
fn first_id(at: Micros) -> [u8; 16] {
    const MOST: i64 = (1 << 48) - 1;
    let millis = at.0.div_euclid(1_000).clamp(0, MOST);
    CallId(u128::from(millis.unsigned_abs()) << 80).to_bytes()
}

async fn list(
    conn: &mut Conn,
    filter: &CallFilter,
    page: CallPage,
    limit: u32,
) -> Result<Vec<CallRecord>, StoreError> {
    let (since, until) = (filter.since.map(first_id), filter.until.map(first_id));
    let cursor = match page {
        CallPage::Newest => None,
        CallPage::Before(id) | CallPage::After(id) => Some(id.to_bytes()),
    };
    let mut query = Clauses::new("SELECT detail FROM calls");
    query.and_some("team =", filter.team.as_ref());
    query.and_some("application =", filter.application.as_ref());
    query.and_some("key =", filter.key.as_ref());
    query.and_some("model =", filter.model.as_deref().map(column));
    query.and_some("provider =", filter.provider.as_ref());
    query.and_some("status =", filter.status.map(u32::from));
    query.and_some("ending =", filter.ending.as_ref());
    query.and_some("reason =", filter.reason.as_ref());
    query.and_some("id >=", since.as_ref().map(|id| &id[..]));
    query.and_some("id <", until.as_ref().map(|id| &id[..]));
    let (condition, order) = match page {
        CallPage::Newest | CallPage::Before(_) => ("id <", "id DESC"),
        CallPage::After(_) => ("id >", "id"),
    };
    query.and_some(condition, cursor.as_ref().map(|id| &id[..]));
    let (sql, values) = query.order(order, limit);
    let rows = conn.query(&sql, &values).await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<CallRecord, StoreError> {
    serde_json::from_str(row.text(0)?)
        .map_err(|error| StoreError::Corrupt(format!("the record of a call: {error}")))
}

/// Inserts the records of calls; tells of each whether it is new.
pub(crate) async fn insert(
    conn: &mut Conn,
    calls: &[SettledCall],
) -> Result<Vec<bool>, StoreError> {
    let ids: Vec<[u8; 16]> = calls.iter().map(|c| c.summary.id.to_bytes()).collect();
    let rows = calls.iter().zip(&ids).map(|(call, id)| columns(call, id));
    let inserted = conn
        .execute_each(
            "INSERT INTO calls (id, at, team, application, key, model, provider, status, ending,
                 reason, cost, prompt_tokens, output_tokens, duration, detail)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
             ON CONFLICT (id) DO NOTHING",
            rows,
        )
        .await?;
    Ok(inserted.into_iter().map(|count| count > 0).collect())
}

fn columns<'a>(call: &'a SettledCall, id: &'a [u8; 16]) -> [Value<'a>; 15] {
    let summary = &call.summary;
    let caller = summary.caller.as_ref();
    values![
        &id[..],
        summary.at,
        caller.map(|caller| &*caller.team),
        caller.map(|caller| &*caller.application),
        caller.map(|caller| &*caller.key),
        column(&summary.model),
        summary.provider.as_deref(),
        u32::from(summary.status),
        summary.ending.as_str(),
        summary.reason.map(|reason| reason.code()),
        summary.cost,
        summary.prompt_tokens,
        summary.output_tokens,
        summary.duration,
        &*call.json,
    ]
}

/// As much of a caller's word as a column keeps.
fn column(word: &str) -> &str {
    if word.len() <= COLUMN_CHARS {
        return word;
    }
    let end = word.char_indices().nth(COLUMN_CHARS);
    end.map_or(word, |(end, _)| &word[..end])
}

async fn prune(conn: &mut Conn, before: Micros) -> Result<u64, StoreError> {
    let rows = conn
        .query(
            "DELETE FROM calls WHERE id IN
                 (SELECT id FROM calls WHERE id < $1 ORDER BY id LIMIT $2)
             RETURNING team, cost",
            &values![&first_id(before)[..], PRUNED_AT_ONCE],
        )
        .await?;
    let counted: Result<Vec<(&str, i64)>, StoreError> = rows
        .iter()
        .map(|row| Ok((row.optional_text(0)?.unwrap_or_default(), row.int(1)?)))
        .collect();
    let mut counted = counted?;
    counted.sort_unstable();
    for team in counted.chunk_by(|a, b| a.0 == b.0) {
        let cost: i128 = team.iter().map(|(_, cost)| i128::from(*cost)).sum();
        let cost = i64::try_from(cost)
            .map_err(|_| StoreError::Corrupt("the costs of calls are beyond bounds".to_owned()))?;
        let name = team.first().map(|(name, _)| *name);
        conn.execute(
            "INSERT INTO pruned_calls (team, calls, cost) VALUES ($1, $2, $3)
             ON CONFLICT (team) DO UPDATE SET calls = pruned_calls.calls + excluded.calls,
                 cost = pruned_calls.cost + excluded.cost",
            &values![name, team.len() as u64, cost],
        )
        .await?;
    }
    Ok(rows.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_in_a_column_is_bounded() {
        assert_eq!(column("gpt-5"), "gpt-5");
        assert_eq!(column(&"é".repeat(500)).chars().count(), COLUMN_CHARS);
    }

    #[test]
    fn the_first_id_of_a_time_sorts_before_every_id_of_that_millisecond() {
        let at = Micros(1_795_503_600_123_456);
        let millis = 1_795_503_600_123u128;
        let lowest = CallId(millis << 80).to_bytes();
        let earlier = CallId(((millis - 1) << 80) | ((1 << 80) - 1)).to_bytes();
        assert!(first_id(at) <= lowest && first_id(at) > earlier);
        assert_eq!(first_id(Micros(-5)), [0; 16]);
    }
}
