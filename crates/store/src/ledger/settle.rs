//! Settlement: what nodes have charged becomes entries of the ledger, once.

use std::collections::BTreeMap;
use std::sync::Arc;

use tollgate_model::account::{AccountId, Entry, Transaction, TransactionKind};
use tollgate_model::settled::{CallSummary, SettleBatch};
use tollgate_model::{CallId, Micros, Nanos};

use super::book::{Floors, record, too_large};
use super::lease::{between, lock, lower};
use crate::clock::Clock;
use crate::sql::{Conn, values};
use crate::{Store, StoreError, calls, refusals, rollup};

/// What a batch has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Calls that were settled by this batch.
    pub settled: u64,
    /// Calls that had been settled before and were left as they are.
    pub repeated: u64,
}

impl Store {
    /// Settles a batch: keeps the records of its calls, posts their charges and costs as one
    /// transaction, lowers what the node has leased by what was taken, adds the calls to what was
    /// used in their slots of time and to the groups of what was refused, and moves the node's cursors on.
    /// A call that was settled before has no effect, so that a batch may be applied again.
    ///
    /// A charge is written down whatever the balance, for the call has been made. One on a window
    /// that is closed draws the amount into the window first.
    pub async fn settle(&self, node: &str, batch: Arc<SettleBatch>) -> Result<Applied, StoreError> {
        self.database()
            .write(
                (node.to_owned(), batch, self.clock()),
                |conn, (node, batch, clock)| Box::pin(settle(conn, node, batch, clock)),
            )
            .await
    }

    /// The files of a node's journal with the offset up to which each one is settled, by name.
    pub async fn cursors(&self, node: &str) -> Result<Vec<(String, u64)>, StoreError> {
        self.database()
            .read(node.to_owned(), |conn, node| {
                Box::pin(async move {
                    let sql =
                        "SELECT file, settled_to FROM journal_cursors WHERE node = $1 ORDER BY 1";
                    let rows = conn.query(sql, &values![node]).await?;
                    rows.iter()
                        .map(|row| Ok((row.text(0)?.to_owned(), row.count(1)?)))
                        .collect()
                })
            })
            .await
    }
}

/// Sums over the calls of a batch that were not settled before.
#[derive(Debug, Default, PartialEq)]
struct Totals<'a> {
    calls: u64,
    /// What was taken from each account.
    taken: BTreeMap<&'a AccountId, Nanos>,
    /// What each team has consumed.
    consumed: BTreeMap<&'a str, Nanos>,
}

async fn settle(
    conn: &mut Conn,
    node: &str,
    batch: &SettleBatch,
    clock: &Clock,
) -> Result<Applied, StoreError> {
    let mut settled = Vec::new();
    if !batch.calls.is_empty() {
        let now = clock.now(conn).await?;
        let new = calls::insert(conn, &batch.calls, now).await?;
        let calls = batch.calls.iter().zip(&new);
        settled.extend(calls.filter_map(|(call, new)| new.then_some(&call.summary)));
        let totals = add_up(&settled)?;
        if let Some(first) = settled.first() {
            charge(conn, node, &totals, (first.id, now)).await?;
            rollup::add(conn, &settled).await?;
            refusals::add(conn, &settled).await?;
        }
    }
    let sql = "INSERT INTO journal_cursors (node, file, settled_to) VALUES ($1, $2, $3)
               ON CONFLICT (node, file) DO UPDATE SET settled_to = excluded.settled_to";
    let rows = batch.cursors.iter();
    conn.execute_each(
        sql,
        rows.map(|(file, settled_to)| values![node, file, *settled_to]),
    )
    .await?;
    Ok(Applied {
        settled: settled.len() as u64,
        repeated: (batch.calls.len() - settled.len()) as u64,
    })
}

fn add_up<'a>(calls: &[&'a CallSummary]) -> Result<Totals<'a>, StoreError> {
    let mut totals = Totals {
        calls: calls.len() as u64,
        ..Totals::default()
    };
    for call in calls {
        for (account, taken) in &call.taken {
            let sum = totals.taken.entry(account).or_default();
            *sum = sum.checked_add(*taken).ok_or_else(too_large)?;
        }
        if let Some(caller) = &call.caller {
            let sum = totals.consumed.entry(&caller.team).or_default();
            *sum = sum.checked_add(call.cost).ok_or_else(too_large)?;
        }
    }
    totals.taken.retain(|_, amount| !amount.is_zero());
    totals.consumed.retain(|_, amount| !amount.is_zero());
    Ok(totals)
}

/// Posts the sums. The transaction is named by the first call that it settles, which is settled
/// only once.
async fn charge(
    conn: &mut Conn,
    node: &str,
    totals: &Totals<'_>,
    (first, at): (CallId, Micros),
) -> Result<(), StoreError> {
    let mut entries = Vec::new();
    for (account, taken) in &totals.taken {
        if let Some(row) = lock(conn, account).await? {
            if row.closed {
                entries.extend(between(account, *taken));
            }
            lower(conn, node, account, *taken).await?;
        }
        let side = if account.as_str().starts_with("wallet/") {
            "earned"
        } else {
            "spent"
        };
        entries.extend(pair((*account).clone(), AccountId::world(side), *taken));
    }
    for (team, cost) in &totals.consumed {
        let consumed = AccountId::world("consumed");
        entries.extend(pair(consumed, AccountId::usage(team), *cost));
    }
    if entries.is_empty() {
        return Ok(());
    }
    let settlement = Transaction {
        id: format!("settle/{node}/{first}"),
        kind: TransactionKind::Settlement,
        at,
        actor: format!("node {node}"),
        reason: match totals.calls {
            1 => "1 call".to_owned(),
            more => format!("{more} calls"),
        },
        entries,
    };
    record(conn, &settlement, Floors::Past).await.map(drop)
}

pub(super) fn pair(from: AccountId, to: AccountId, amount: Nanos) -> [Entry; 2] {
    let taken = Entry {
        account: from,
        amount: amount.negated(),
    };
    [
        taken,
        Entry {
            account: to,
            amount,
        },
    ]
}
