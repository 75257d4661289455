//! Batches: money that is set aside for hours, in the books and not in a lease of a node, until the
//! provider has told what was used.

use std::collections::BTreeMap;

use tollgate_model::account::{AccountId, Entry, Transaction, TransactionKind};
use tollgate_model::file::{FilePage, KeptBatch, KeptFile};
use tollgate_model::settled::SettledCall;
use tollgate_model::{CallId, Micros, Nanos};

use super::book::{Floors, record, too_large};
use super::lease::{lock, lower};
use super::settle::pair;
use crate::sql::{Clauses, Conn, Row, values};
use crate::{Store, StoreError, calls, files, rollup};

/// How a batch has ended.
#[derive(Clone, Debug)]
pub struct BatchEnd {
    /// The batch.
    pub call: CallId,
    /// Its record, with what is taken from each account.
    pub settled: SettledCall,
    /// The files that the provider has made of it.
    pub files: Vec<KeptFile>,
    /// What the provider said of it last.
    pub object: String,
}

impl Store {
    /// Begins a batch: what a node has set aside for it goes from the accounts, and from what the node
    /// has leased of them, to the account of the batch. Has no effect where the batch has begun
    /// already, so that it may be repeated.
    ///
    /// Fails with [`StoreError::Short`] where an account does not cover what is to be set aside.
    pub async fn begin_batch(&self, node: &str, batch: &KeptBatch) -> Result<(), StoreError> {
        self.database()
            .write((node.to_owned(), batch.clone()), |conn, (node, batch)| {
                Box::pin(begin(conn, node, batch))
            })
            .await
    }

    /// Notes what the provider says of a batch, and its id there. Tells whether that was noted: not
    /// where the batch is not there, is settled, or another one has the id.
    pub async fn note_batch(
        &self,
        call: CallId,
        id: &str,
        object: &str,
    ) -> Result<bool, StoreError> {
        self.database()
            .write(
                (call, id.to_owned(), object.to_owned()),
                |conn, (call, id, object)| Box::pin(note(conn, *call, id, object)),
            )
            .await
    }

    /// Ends a batch that no provider has made: what was set aside for it returns, and it is forgotten.
    /// Tells whether there was one.
    pub async fn release_batch(&self, call: CallId) -> Result<bool, StoreError> {
        let clock = self.clock();
        self.database()
            .write((call, clock), |conn, (call, clock)| {
                Box::pin(async move {
                    let now = clock.now(conn).await?;
                    release(conn, *call, now).await
                })
            })
            .await
    }

    /// Settles a batch, once: keeps its record, takes from what was set aside for it what the record
    /// says, gives the rest back, and keeps the files that were made of it. Tells whether this was
    /// done now; `false` where it had been done before.
    pub async fn settle_batch(&self, end: BatchEnd) -> Result<bool, StoreError> {
        let clock = self.clock();
        self.database()
            .write((end, clock), |conn, (end, clock)| {
                Box::pin(async move {
                    let now = clock.now(conn).await?;
                    settle(conn, end, now).await
                })
            })
            .await
    }

    /// The batch of an application by the provider's id for it.
    pub async fn batch(
        &self,
        application: &str,
        id: &str,
    ) -> Result<Option<KeptBatch>, StoreError> {
        self.database()
            .read(
                (application.to_owned(), id.to_owned()),
                |conn, (application, id)| {
                    Box::pin(async move {
                        let sql = "SELECT detail FROM batches WHERE id = $1 AND application = $2";
                        let row = conn.query_one(sql, &values![id, application]).await?;
                        row.map(|row| read(&row)).transpose()
                    })
                },
            )
            .await
    }

    /// One page of the batches of an application that its provider has made, the newest first. Where
    /// the page begins after a batch that is not there, it is empty. Purpose and order of the page are
    /// not looked at.
    pub async fn batches(
        &self,
        application: &str,
        page: &FilePage,
    ) -> Result<Vec<KeptBatch>, StoreError> {
        self.database()
            .read(
                (application.to_owned(), page.clone()),
                |conn, (application, page)| Box::pin(list(conn, application, page)),
            )
            .await
    }

    /// Batches that are not settled and of which it is time to ask the provider; at most so many. No
    /// other node is given one of them before so many microseconds have passed.
    pub async fn due_batches(&self, pause: i64, limit: u32) -> Result<Vec<KeptBatch>, StoreError> {
        let clock = self.clock();
        self.database()
            .write((pause, limit, clock), |conn, (pause, limit, clock)| {
                Box::pin(async move {
                    let now = clock.now(conn).await?;
                    let later = Micros(now.0.saturating_add(*pause));
                    // Who finds a row locked looks at it again, and finds it no longer due.
                    let sql = "UPDATE batches SET due = $2 WHERE due <= $1 AND settled = 0
                               AND call IN (SELECT call FROM batches
                                   WHERE due <= $1 AND settled = 0 ORDER BY due LIMIT $3)
                               RETURNING detail";
                    let rows = conn.query(sql, &values![now, later, *limit]).await?;
                    rows.iter().map(read).collect()
                })
            })
            .await
    }

    /// Forgets settled batches that began before a time; tells how many they were.
    pub async fn prune_batches(&self, before: Micros) -> Result<u64, StoreError> {
        self.database()
            .write(before, |conn, before| {
                Box::pin(async move {
                    let sql = "DELETE FROM batches WHERE settled = 1 AND at < $1";
                    conn.execute(sql, &values![*before]).await
                })
            })
            .await
    }
}

fn read(row: &Row) -> Result<KeptBatch, StoreError> {
    serde_json::from_str(row.text(0)?)
        .map_err(|error| StoreError::Corrupt(format!("what is known of a batch: {error}")))
}

fn written(batch: &KeptBatch) -> Result<String, StoreError> {
    serde_json::to_string(batch)
        .map_err(|why| StoreError::Other(format!("batch {} cannot be written: {why}", batch.call)))
}

/// A batch, its row locked until the transaction ends.
async fn locked(conn: &mut Conn, call: CallId) -> Result<Option<KeptBatch>, StoreError> {
    let sql = "UPDATE batches SET due = due WHERE call = $1 RETURNING detail";
    let row = conn.query_one(sql, &values![&call.to_bytes()[..]]).await?;
    row.map(|row| read(&row)).transpose()
}

async fn begin(conn: &mut Conn, node: &str, batch: &KeptBatch) -> Result<(), StoreError> {
    let (account, held) = (
        AccountId::batch(batch.call),
        batch.held().ok_or_else(too_large)?,
    );
    let (detail, application): (_, &str) = (written(batch)?, &batch.application);
    let inserted = conn
        .execute(
            "INSERT INTO batches (call, account, application, at, due, held, detail)
             VALUES ($1, $2, $3, $4, $4, $5, $6) ON CONFLICT (call) DO NOTHING",
            &values![
                &batch.call.to_bytes()[..],
                &account,
                application,
                batch.at,
                held,
                &detail
            ],
        )
        .await?;
    if inserted == 0 || held.is_zero() {
        return Ok(());
    }
    let holds: BTreeMap<&AccountId, Nanos> = batch.holds.iter().map(|(a, n)| (a, *n)).collect();
    let mut entries = Vec::new();
    for (from, amount) in &holds {
        if lock(conn, from).await?.is_some() {
            lower(conn, node, from, *amount).await?;
        }
        entries.extend(pair((*from).clone(), account.clone(), *amount));
    }
    let reserve = Transaction {
        id: format!("reserve/{}", batch.call),
        kind: TransactionKind::Reserve,
        at: batch.at,
        actor: format!("node {node}"),
        reason: format!("the most that batch {} can cost", batch.call),
        entries,
    };
    record(conn, &reserve, Floors::Kept).await.map(drop)
}

async fn note(conn: &mut Conn, call: CallId, id: &str, object: &str) -> Result<bool, StoreError> {
    let Some(mut batch) = locked(conn, call).await? else {
        return Ok(false);
    };
    let is_other = batch.id.as_deref().is_some_and(|known| known != id);
    let sql = "SELECT call FROM batches WHERE id = $1 AND call <> $2";
    let mine = call.to_bytes();
    let taken = conn.query_one(sql, &values![id, &mine[..]]).await?;
    if batch.settled || is_other || taken.is_some() {
        return Ok(false);
    }
    batch.id = Some(id.to_owned());
    batch.object = Some(object.to_owned());
    let sql = "UPDATE batches SET id = $2, detail = $3 WHERE call = $1";
    let detail = written(&batch)?;
    conn.execute(sql, &values![&mine[..], id, &detail]).await?;
    Ok(true)
}

async fn release(conn: &mut Conn, call: CallId, now: Micros) -> Result<bool, StoreError> {
    let Some(batch) = locked(conn, call).await?.filter(|batch| !batch.settled) else {
        return Ok(false);
    };
    let mut entries = Vec::new();
    for (account, held) in &batch.holds {
        entries.extend(back(conn, call, account, (*held, Nanos::ZERO)).await?);
    }
    if !entries.is_empty() {
        let release = Transaction {
            id: format!("release/{call}"),
            kind: TransactionKind::Reserve,
            at: now,
            actor: "tollgate".to_owned(),
            reason: format!("batch {call} was never made"),
            entries,
        };
        record(conn, &release, Floors::Past).await?;
    }
    let sql = "DELETE FROM batches WHERE call = $1";
    conn.execute(sql, &values![&call.to_bytes()[..]]).await?;
    Ok(true)
}

/// The entries by which what was set aside on an account comes back to it, and what is taken of it
/// goes. A window that is closed gets only what is taken; the rest goes where its own rest went.
async fn back(
    conn: &mut Conn,
    call: CallId,
    account: &AccountId,
    (held, taken): (Nanos, Nanos),
) -> Result<Vec<Entry>, StoreError> {
    if held.is_zero() {
        return Ok(Vec::new());
    }
    let from = AccountId::batch(call);
    let closed = lock(conn, account).await?.is_some_and(|row| row.closed);
    let mut entries = Vec::new();
    if closed {
        let rest = held.checked_sub(taken).ok_or_else(too_large)?;
        entries.extend(pair(from.clone(), AccountId::world("budgets"), rest));
        entries.extend(pair(from, account.clone(), taken));
    } else {
        entries.extend(pair(from, account.clone(), held));
    }
    let side = if account.as_str().starts_with("wallet/") {
        "earned"
    } else {
        "spent"
    };
    entries.extend(pair(account.clone(), AccountId::world(side), taken));
    entries.retain(|entry| !entry.amount.is_zero());
    Ok(entries)
}

async fn settle(conn: &mut Conn, end: &BatchEnd, now: Micros) -> Result<bool, StoreError> {
    let Some(mut batch) = locked(conn, end.call).await?.filter(|batch| !batch.settled) else {
        return Ok(false);
    };
    let summary = &end.settled.summary;
    let new = calls::insert(conn, std::slice::from_ref(&end.settled), now).await?;
    if summary.id != end.call || new != [true] {
        let message = format!("batch {} has another call's record", end.call);
        return Err(StoreError::Conflict(message));
    }
    let mut entries = Vec::new();
    let mut holds = batch.holds.clone();
    holds.sort();
    for (account, held) in &holds {
        let taken = summary.taken.iter().find(|(taken, _)| taken == account);
        let taken = taken.map_or(Nanos::ZERO, |(_, taken)| *taken);
        let taken = taken.clamp(Nanos::ZERO, (*held).max(Nanos::ZERO));
        entries.extend(back(conn, end.call, account, (*held, taken)).await?);
    }
    if let Some(caller) = summary.caller.as_ref().filter(|_| !summary.cost.is_zero()) {
        let (consumed, usage) = (AccountId::world("consumed"), AccountId::usage(&caller.team));
        entries.extend(pair(consumed, usage, summary.cost));
    }
    if !entries.is_empty() {
        let settlement = Transaction {
            id: format!("settle/batch/{}", end.call),
            kind: TransactionKind::Settlement,
            at: now,
            actor: "tollgate".to_owned(),
            reason: format!("batch {}", batch.id.as_deref().unwrap_or("without an id")),
            entries,
        };
        record(conn, &settlement, Floors::Past).await?;
    }
    rollup::add(conn, &[summary]).await?;
    for file in &end.files {
        files::put(conn, file).await?;
    }
    batch.settled = true;
    batch.object = Some(end.object.clone());
    let sql = "UPDATE batches SET settled = 1, detail = $2 WHERE call = $1";
    let detail = written(&batch)?;
    conn.execute(sql, &values![&end.call.to_bytes()[..], &detail])
        .await?;
    Ok(true)
}

async fn list(
    conn: &mut Conn,
    application: &str,
    page: &FilePage,
) -> Result<Vec<KeptBatch>, StoreError> {
    let mut query = Clauses::new("SELECT detail FROM batches");
    query.and("application =", application);
    // What no provider has told the id of cannot be asked for.
    query.and("COALESCE(id, '') >", "");
    if let Some(after) = &page.after {
        let sql = "SELECT at FROM batches WHERE id = $1 AND application = $2";
        let Some(row) = conn.query_one(sql, &values![after, application]).await? else {
            return Ok(Vec::new());
        };
        query.and_pair("(at, id) <", row.micros(0)?, after);
    }
    let (sql, values) = query.order("at DESC, id DESC", page.limit);
    let rows = conn.query(&sql, &values).await?;
    rows.iter().map(read).collect()
}
