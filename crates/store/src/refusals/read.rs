//! How groups of refusals are read.

use tollgate_model::resource::Kind;
use tollgate_model::{CallId, Micros, Reason};

use super::groups::{Hit, RefusalFilter, RefusalGroup, RefusalKey, ShortRange};
use crate::StoreError;
use crate::calls::column;
use crate::revision::kind;
use crate::sql::{Clauses, Conn, Row, Value};
use crate::usage::Grain;

/// The columns by which calls are grouped, in the order in which [`read_key`] expects them.
const GROUP: &str = "reason, rule_kind, rule_name, team, application";
/// So many keys, models, providers and calls of a group are named at most.
const NAMED: usize = 5;
/// Among so many of those that were last hit.
const LOOKED_AT: u32 = 50;

pub(super) async fn list(
    conn: &mut Conn,
    filter: &RefusalFilter,
    grain: Grain,
    limit: u32,
) -> Result<Vec<RefusalGroup>, StoreError> {
    let (sql, values) = list_query(filter, grain, limit);
    let rows = conn.query(&sql, &values).await?;
    let mut groups = Vec::with_capacity(rows.len());
    for row in &rows {
        let key = read_key(row)?;
        let first = row.micros(6)?;
        let known = Known {
            key: &key,
            model: filter.model.as_deref().map(column),
            since: filter.since,
            first: (first, call(row, 12)?),
        };
        let hit = hit(conn, &known).await?;
        groups.push(RefusalGroup {
            calls: row.count(5)?,
            first,
            last: row.micros(7)?,
            short: short(row)?,
            hit,
            key,
        });
    }
    Ok(groups)
}

fn list_query(filter: &RefusalFilter, grain: Grain, limit: u32) -> (String, Vec<Value<'_>>) {
    let select = format!(
        "SELECT {GROUP}, CAST(SUM(calls) AS BIGINT), MIN(first_at), MAX(last_at),
             MIN(least_needed), MAX(most_needed), MIN(least_available), MAX(most_available),
             MIN(first_call)
         FROM refusals"
    );
    let mut query = Clauses::new(&select);
    query.and("grain =", grain.seconds());
    query.and("at >=", grain.slot(filter.since));
    query.and("at <", filter.until);
    query.and("last_at >=", filter.since);
    query.and("first_at <", filter.until);
    narrow(&mut query, filter);
    let rest = format!(
        "GROUP BY {GROUP}
         ORDER BY MAX(CASE WHEN status = 402 THEN 1 ELSE 0 END) DESC, MAX(last_at) DESC, {GROUP}"
    );
    query.end_at(&rest, limit)
}

pub(super) async fn count_open(
    conn: &mut Conn,
    filter: &RefusalFilter,
    since: Micros,
) -> Result<u64, StoreError> {
    let (sql, values) = open_query(filter, since);
    conn.query_row(&sql, &values).await?.count(0)
}

fn open_query(filter: &RefusalFilter, since: Micros) -> (String, Vec<Value<'_>>) {
    let mut query = Clauses::new("SELECT COUNT(*) FROM (SELECT reason FROM refused");
    query.and("last_at >=", since);
    narrow(&mut query, filter);
    query.end(&format!(
        "AND answered < last_at GROUP BY {GROUP}) AS happening"
    ))
}

/// Adds the conditions of a filter that both tables have.
fn narrow<'a>(query: &mut Clauses<'a>, filter: &'a RefusalFilter) {
    if let Some(reasons) = &filter.reasons {
        query.and_any("reason", reasons.iter().map(|reason| reason.code()));
    }
    query.and_some("rule_kind =", filter.rule_kind.map(Kind::as_str));
    query.and_some("rule_name =", filter.rule.as_ref());
    query.and_some("team =", filter.team.as_ref());
    query.and_some("application =", filter.application.as_ref());
    query.and_some("model =", filter.model.as_deref().map(column));
}

/// What is known of a group from the sums, for the questions about whom it hit.
struct Known<'a> {
    key: &'a RefusalKey,
    model: Option<&'a str>,
    since: Micros,
    first: (Micros, CallId),
}

impl<'a> Known<'a> {
    fn query(&self, select: &str) -> Clauses<'a> {
        let (rule_kind, rule_name) = match &self.key.rule {
            Some((kind, name)) => (kind.as_str(), name.as_str()),
            None => ("", ""),
        };
        let mut query = Clauses::new(&format!("SELECT {select} FROM refused"));
        let application = self.key.application.as_deref();
        query.and("application =", application.unwrap_or_default());
        query.and("team =", self.key.team.as_deref().unwrap_or_default());
        query.and("reason =", self.key.reason.code());
        query.and("rule_kind =", rule_kind);
        query.and("rule_name =", rule_name);
        query.and_some("model =", self.model);
        query.and("last_at >=", self.since);
        query
    }
}

/// Whom a group hit.
async fn hit(conn: &mut Conn, known: &Known<'_>) -> Result<Hit, StoreError> {
    let mut hit = sums(conn, known).await?;
    let query = known.query("key, asked, provider, status, last_call");
    let (sql, values) = query.order("last_at DESC, key, model", LOOKED_AT);
    for (at, row) in conn.query(&sql, &values).await?.iter().enumerate() {
        if at == 0 {
            hit.status = u16::try_from(row.int(3)?)
                .map_err(|_| StoreError::Corrupt("a status is none".to_owned()))?;
        }
        name(&mut hit.some_keys, row.text(0)?);
        name(&mut hit.models, row.text(1)?);
        name(&mut hit.providers, row.text(2)?);
        let last = call(row, 4)?;
        if hit.samples.len() + 1 < NAMED && !hit.samples.contains(&last) {
            hit.samples.push(last);
        }
    }
    if !hit.samples.contains(&known.first.1) {
        hit.samples.push(known.first.1);
    }
    Ok(hit)
}

/// What the rows of a group say together. There may be none: sums by the day are kept for longer.
async fn sums(conn: &mut Conn, known: &Known<'_>) -> Result<Hit, StoreError> {
    let query = known.query(
        "COUNT(DISTINCT CASE WHEN key = '' THEN NULL ELSE key END), MIN(began),
         MAX(CASE WHEN answered < last_at THEN last_at ELSE NULL END),
         MAX(CASE WHEN answered = 0 THEN NULL ELSE answered END)",
    );
    let (sql, values) = query.end("");
    let row = conn.query_row(&sql, &values).await?;
    Ok(Hit {
        keys: row.count(0)?,
        began: row.optional_micros(1)?.unwrap_or(known.first.0),
        open: row.optional_micros(2)?,
        answered: row.optional_micros(3)?,
        status: known.key.reason.row().status,
        some_keys: Vec::new(),
        models: Vec::new(),
        providers: Vec::new(),
        samples: Vec::new(),
    })
}

/// Adds a name that is not yet among the few.
fn name(names: &mut Vec<String>, name: &str) {
    if names.len() < NAMED && !name.is_empty() && !names.iter().any(|known| known == name) {
        names.push(name.to_owned());
    }
}

fn read_key(row: &Row) -> Result<RefusalKey, StoreError> {
    let code = row.text(0)?;
    let reason = Reason::from_code(code)
        .ok_or_else(|| StoreError::Corrupt(format!("there is no reason \"{code}\"")))?;
    let rule = match row.text(1)? {
        "" => None,
        word => Some((kind(word)?, row.text(2)?.to_owned())),
    };
    let word = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Ok(RefusalKey {
        reason,
        rule,
        team: word(row.text(3)?),
        application: word(row.text(4)?),
    })
}

fn call(row: &Row, field: usize) -> Result<CallId, StoreError> {
    let text = row.text(field)?;
    CallId::parse(text)
        .ok_or_else(|| StoreError::Corrupt(format!("\"{text}\" is not the id of a call")))
}

/// The amounts, where every one is there.
fn short(row: &Row) -> Result<Option<ShortRange>, StoreError> {
    if row.optional_micros(8)?.is_none() {
        return Ok(None);
    }
    Ok(Some(ShortRange {
        least_needed: row.nanos(8)?,
        most_needed: row.nanos(9)?,
        least_available: row.nanos(10)?,
        most_available: row.nanos(11)?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Location, Store};

    /// How SQLite runs a query, in its own words.
    async fn plan(store: &Store, (sql, values): (String, Vec<Value<'_>>)) -> String {
        let values = values.len();
        let plan = store.database().read((sql, values), |conn, (sql, values)| {
            Box::pin(async move {
                let sql = format!("EXPLAIN QUERY PLAN {sql}");
                let values = vec![Value::Null; *values];
                let rows = conn.query(&sql, &values).await?;
                let told = rows.iter().map(|row| row.text(3).map(str::to_owned));
                told.collect::<Result<Vec<_>, _>>()
            })
        });
        plan.await.unwrap().join("\n")
    }

    #[tokio::test]
    async fn groups_are_found_by_their_time_and_those_they_hit_by_the_application() {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("db"));
        let store = Store::open(&location).await.unwrap();
        let filter = RefusalFilter {
            reasons: Some(vec![Reason::BudgetExceeded, Reason::BalanceExhausted]),
            rule_kind: Some(Kind::Budget),
            rule: Some("b".to_owned()),
            team: Some("t".to_owned()),
            application: Some("a".to_owned()),
            model: Some("m".to_owned()),
            since: Micros(0),
            until: Micros::NEVER,
        };
        let listed = plan(&store, list_query(&filter, Grain::Hour, 10)).await;
        let by_time = "SEARCH refusals USING PRIMARY KEY (grain=? AND at>? AND at<?)";
        assert!(listed.contains(by_time), "{listed}");
        let none = RefusalFilter {
            reasons: None,
            rule_kind: None,
            rule: None,
            team: None,
            application: None,
            model: None,
            ..filter
        };
        let open = plan(&store, open_query(&none, Micros(9))).await;
        assert!(open.contains("INDEX refused_open (last_at>?)"), "{open}");
        let key = RefusalKey {
            reason: Reason::BudgetExceeded,
            rule: None,
            team: None,
            application: None,
        };
        let known = Known {
            key: &key,
            model: None,
            since: Micros(0),
            first: (Micros(0), CallId(1)),
        };
        let hit = plan(&store, known.query("key").order("last_at DESC", 5)).await;
        assert!(hit.contains("USING PRIMARY KEY (application=?"), "{hit}");
    }
}
