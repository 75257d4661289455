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

impl CallFilter {
    /// How many columns it asks for, times aside.
    fn asked(&self) -> usize {
        let texts = [
            &self.team,
            &self.application,
            &self.key,
            &self.model,
            &self.provider,
            &self.ending,
            &self.reason,
        ];
        let texts = texts.into_iter().flatten().count();
        texts + usize::from(self.status.is_some())
    }
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

/// From where on calls are read in the order of their arrival: by its time, then by their ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrived {
    /// Those that arrived at this time or later.
    Since(Micros),
    /// Those that come after the call of this id, which arrived at this time.
    After(Micros, CallId),
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
                    row.map(|row| read(&row, 0)).transpose()
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

    /// The calls that arrived from there on and that a filter lets through, with the times of their
    /// arrival, those that arrived first before the others; at most `limit`. A call arrives when it
    /// is settled, by the store's clock.
    ///
    /// On PostgreSQL a batch may become visible a moment after one that arrived later: whoever
    /// follows along begins a little before the last arrival that they know, and leaves out what
    /// they have seen.
    pub async fn calls_arrived(
        &self,
        from: Arrived,
        filter: &CallFilter,
        limit: u32,
    ) -> Result<Vec<(Micros, CallRecord)>, StoreError> {
        self.database()
            .read(
                (from, filter.clone(), limit),
                |conn, (from, filter, limit)| Box::pin(arrived(conn, filter, *from, *limit)),
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
    let cursor = match page {
        CallPage::Newest => None,
        CallPage::Before(id) | CallPage::After(id) => Some(id.to_bytes()),
    };
    let bounds = Bounds::of(filter, cursor);
    let (sql, values) = list_query(filter, &bounds, page, limit);
    let rows = conn.query(&sql, &values).await?;
    rows.iter().map(|row| read(row, 0)).collect()
}

async fn arrived(
    conn: &mut Conn,
    filter: &CallFilter,
    from: Arrived,
    limit: u32,
) -> Result<Vec<(Micros, CallRecord)>, StoreError> {
    let (at, after) = match from {
        Arrived::Since(at) => (at, None),
        Arrived::After(at, id) => (at, Some(id.to_bytes())),
    };
    let bounds = Bounds::of(filter, after);
    let (sql, values) = arrived_query(filter, &bounds, at, limit);
    let rows = conn.query(&sql, &values).await?;
    rows.iter()
        .map(|row| Ok((row.micros(0)?, read(row, 1)?)))
        .collect()
}

/// Ids between which calls are looked for, as bytes.
struct Bounds {
    since: Option<[u8; 16]>,
    until: Option<[u8; 16]>,
    cursor: Option<[u8; 16]>,
}

impl Bounds {
    fn of(filter: &CallFilter, cursor: Option<[u8; 16]>) -> Bounds {
        Bounds {
            since: filter.since.map(first_id),
            until: filter.until.map(first_id),
            cursor,
        }
    }
}

/// Finds the ids in an index first, so that no record is read but those that are shown.
fn list_query<'a>(
    filter: &'a CallFilter,
    bounds: &'a Bounds,
    page: CallPage,
    limit: u32,
) -> (String, Vec<Value<'a>>) {
    let mut query = Clauses::new("SELECT id FROM calls");
    let index = match filter.asked() {
        0 | 1 => Index::OfColumn,
        _ => Index::Other,
    };
    narrow(&mut query, filter, bounds, index);
    let (condition, order) = match page {
        CallPage::Newest | CallPage::Before(_) => ("id <", "id DESC"),
        CallPage::After(_) => ("id >", "id"),
    };
    query.and_some(condition, bounds.cursor.as_ref().map(|id| &id[..]));
    let (ids, values) = query.order(order, limit);
    let sql = format!("SELECT detail FROM calls WHERE id IN ({ids}) ORDER BY {order}");
    (sql, values)
}

fn arrived_query<'a>(
    filter: &'a CallFilter,
    bounds: &'a Bounds,
    at: Micros,
    limit: u32,
) -> (String, Vec<Value<'a>>) {
    let mut query = Clauses::new("SELECT arrived, detail FROM calls");
    match &bounds.cursor {
        Some(id) => query.and_pair("(arrived, id) >", at, &id[..]),
        None => query.and("arrived >=", at),
    }
    narrow(&mut query, filter, bounds, Index::Other);
    query.order("arrived, id", limit)
}

/// By which index calls are to be found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Index {
    /// That of the column that is asked for, where it has one.
    OfColumn,
    /// Another one: that of a single column would lead to the records of all calls of a team, most
    /// of which are perhaps not asked for.
    Other,
}

/// Adds the conditions of a filter.
fn narrow<'a>(query: &mut Clauses<'a>, filter: &'a CallFilter, bounds: &'a Bounds, index: Index) {
    // An expression is served by no index of the column in it, on either database.
    let (team, reason) = match index {
        Index::OfColumn => ("team =", "reason ="),
        Index::Other => ("team || '' =", "reason || '' ="),
    };
    query.and_some(team, filter.team.as_ref());
    query.and_some("application =", filter.application.as_ref());
    query.and_some("key =", filter.key.as_ref());
    query.and_some("model =", filter.model.as_deref().map(column));
    query.and_some("provider =", filter.provider.as_ref());
    query.and_some("status =", filter.status.map(u32::from));
    query.and_some("ending =", filter.ending.as_ref());
    query.and_some(reason, filter.reason.as_ref());
    query.and_some("id >=", bounds.since.as_ref().map(|id| &id[..]));
    query.and_some("id <", bounds.until.as_ref().map(|id| &id[..]));
}

fn read(row: &Row, field: usize) -> Result<CallRecord, StoreError> {
    serde_json::from_str(row.text(field)?)
        .map_err(|error| StoreError::Corrupt(format!("the record of a call: {error}")))
}

/// Inserts the records of calls, which arrive at this time; tells of each whether it is new.
pub(crate) async fn insert(
    conn: &mut Conn,
    calls: &[SettledCall],
    now: Micros,
) -> Result<Vec<bool>, StoreError> {
    let ids: Vec<[u8; 16]> = calls.iter().map(|c| c.summary.id.to_bytes()).collect();
    let rows = calls.iter().zip(&ids);
    let rows = rows.map(|(call, id)| columns(call, id, now));
    let inserted = conn
        .execute_each(
            "INSERT INTO calls (id, at, team, application, key, model, provider, status, ending,
                 reason, cost, prompt_tokens, output_tokens, duration, detail, arrived)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
             ON CONFLICT (id) DO NOTHING",
            rows,
        )
        .await?;
    Ok(inserted.into_iter().map(|count| count > 0).collect())
}

fn columns<'a>(call: &'a SettledCall, id: &'a [u8; 16], now: Micros) -> [Value<'a>; 16] {
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
        summary.reason().map(|reason| reason.code()),
        summary.cost,
        summary.prompt_tokens,
        summary.output_tokens,
        summary.duration,
        &*call.json,
        now,
    ]
}

/// As much of a caller's word as a column keeps.
pub(crate) fn column(word: &str) -> &str {
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

    /// A filter, by what it asks for.
    fn filter(of: &[&str]) -> CallFilter {
        let word = |name: &str| of.contains(&name).then(|| "x".to_owned());
        CallFilter {
            team: word("team"),
            application: word("application"),
            key: word("key"),
            model: word("model"),
            provider: word("provider"),
            status: of.contains(&"status").then_some(500),
            ending: word("ending"),
            reason: word("reason"),
            since: of.contains(&"since").then_some(Micros(5)),
            until: None,
        }
    }

    /// How SQLite runs a query, in its own words.
    async fn plan(store: &Store, (sql, values): (String, Vec<Value<'_>>)) -> String {
        let values = values.len();
        store
            .database()
            .read((sql, values), |conn, (sql, values)| {
                Box::pin(async move {
                    let sql = format!("EXPLAIN QUERY PLAN {sql}");
                    // What is bound has no part in the plan.
                    let values = vec![Value::Null; *values];
                    let rows = conn.query(&sql, &values).await?;
                    let told = rows.iter().map(|row| row.text(3).map(str::to_owned));
                    told.collect::<Result<Vec<_>, _>>()
                        .map(|told| told.join("\n"))
                })
            })
            .await
            .unwrap()
    }

    async fn empty_file() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let location = crate::Location::Sqlite(folder.path().join("db"));
        let store = Store::open(&location).await.unwrap();
        (folder, store)
    }

    const PAGES: [CallPage; 3] = [
        CallPage::Newest,
        CallPage::Before(CallId(7)),
        CallPage::After(CallId(7)),
    ];

    #[tokio::test]
    async fn a_filtered_list_is_found_in_an_index_and_reads_the_records_that_it_shows_only() {
        let (_folder, store) = empty_file().await;
        for (of, index) in [
            (&["application"][..], "calls_seen"),
            (&["key"], "calls_seen"),
            (&["model"], "calls_seen"),
            (&["provider"], "calls_seen"),
            (&["status"], "calls_seen"),
            (&["ending"], "calls_seen"),
            (&["provider", "since"], "calls_seen"),
            (&["team", "provider"], "calls_seen"),
            (&["team", "reason"], "calls_seen"),
            (&["reason", "status", "since"], "calls_seen"),
            (&["team"], "calls_by_team"),
            (&["team", "since"], "calls_by_team"),
            (&["reason"], "calls_by_reason"),
        ] {
            let filter = filter(of);
            for page in PAGES {
                let bounds = Bounds::of(&filter, Some([7; 16]));
                let plan = plan(&store, list_query(&filter, &bounds, page, 10)).await;
                let reads: Vec<&str> = plan.lines().filter(|l| l.contains(" calls ")).collect();
                let [shown, found] = reads[..] else {
                    panic!("{of:?} {page:?}: {plan}");
                };
                assert_eq!(
                    shown, "SEARCH calls USING INDEX sqlite_autoindex_calls_1 (id=?)",
                    "{of:?} {page:?}: {plan}"
                );
                let covering = format!("calls USING COVERING INDEX {index}");
                assert!(found.contains(&covering), "{of:?} {page:?}: {plan}");
                let sorted_at = plan.find("TEMP B-TREE").unwrap_or(0);
                let found_at = plan.find(&covering).unwrap();
                assert!(sorted_at < found_at, "ids are not sorted: {plan}");
            }
        }
    }

    #[tokio::test]
    async fn arrivals_are_found_by_their_time_whatever_the_filter() {
        let (_folder, store) = empty_file().await;
        for of in [&[][..], &["team"], &["reason"], &["provider", "since"]] {
            let filter = filter(of);
            for (cursor, found) in [(None, "arrived>?"), (Some([7; 16]), "(arrived,id)>(?,?)")] {
                let bounds = Bounds::of(&filter, cursor);
                let plan = plan(&store, arrived_query(&filter, &bounds, Micros(9), 10)).await;
                let expected = format!("SEARCH calls USING INDEX calls_by_arrival ({found})");
                assert_eq!(plan, expected, "{of:?}");
            }
        }
    }
}
