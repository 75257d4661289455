//! Transactions: how they are written down and how they change balances.

use std::collections::BTreeMap;

use tollgate_model::Nanos;
use tollgate_model::account::{AccountId, Entry, Transaction, TransactionKind};

use crate::sql::{Conn, Row, values};
use crate::{Store, StoreError};

/// Whether a transaction may take from an account what the account does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Floors {
    /// It may not: neither what is not there nor what a node has leased.
    Kept,
    /// It tells what has happened already, and is written down whatever the balance.
    Past,
}

impl Store {
    /// Posts a transaction, once: `false` where it was posted before.
    ///
    /// Fails with [`StoreError::Short`] where it takes from a wallet or budget more than is there
    /// and not leased, with [`StoreError::Refused`] where its entries do not sum to zero, and with
    /// [`StoreError::Conflict`] where another transaction has its id.
    pub async fn post(&self, transaction: &Transaction) -> Result<bool, StoreError> {
        if !transaction.is_balanced() {
            return Err(StoreError::Refused(format!(
                "the entries of transaction {} do not sum to zero",
                transaction.id
            )));
        }
        self.database()
            .write(transaction.clone(), |conn, transaction| {
                Box::pin(post(conn, transaction))
            })
            .await
    }
}

async fn post(conn: &mut Conn, transaction: &Transaction) -> Result<bool, StoreError> {
    if record(conn, transaction, Floors::Kept).await? {
        return Ok(true);
    }
    let posted = entries(conn, &transaction.id).await?;
    if posted == transaction.entries {
        return Ok(false);
    }
    Err(StoreError::Conflict(format!(
        "another transaction has the id {}: choose a new one",
        transaction.id
    )))
}

/// Writes a transaction down and changes the balances of its accounts, which are made where there
/// are none. Answers `false`, and does nothing, where there is one of this id.
pub(super) async fn record(
    conn: &mut Conn,
    transaction: &Transaction,
    floors: Floors,
) -> Result<bool, StoreError> {
    debug_assert!(transaction.is_balanced(), "{}", transaction.id);
    let inserted = conn
        .execute(
            "INSERT INTO transactions (id, kind, at, actor, reason) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (id) DO NOTHING",
            &values![
                &transaction.id,
                transaction.kind.as_str(),
                transaction.at,
                &transaction.actor,
                &transaction.reason,
            ],
        )
        .await?;
    if inserted == 0 {
        return Ok(false);
    }
    for (account, change) in changes(&transaction.entries)? {
        move_balance(conn, account, change, floors).await?;
    }
    let rows = transaction.entries.iter().zip(0i64..).map(|(entry, seq)| {
        let (account, amount) = (&entry.account, entry.amount);
        values![&transaction.id, seq, account, amount, transaction.at]
    });
    let sql = "INSERT INTO entries (tx, seq, account, amount, at) VALUES ($1, $2, $3, $4, $5)";
    conn.execute_each(sql, rows).await?;
    Ok(true)
}

/// What each account gains or loses, in the order in which rows are locked.
fn changes(entries: &[Entry]) -> Result<BTreeMap<&AccountId, Nanos>, StoreError> {
    let mut changes: BTreeMap<&AccountId, Nanos> = BTreeMap::new();
    for entry in entries {
        let change = changes.entry(&entry.account).or_default();
        *change = change.checked_add(entry.amount).ok_or_else(too_large)?;
    }
    Ok(changes)
}

pub(super) fn too_large() -> StoreError {
    StoreError::Refused("an amount is beyond 9223372036.854775807 dollars".to_owned())
}

async fn move_balance(
    conn: &mut Conn,
    account: &AccountId,
    change: Nanos,
    floors: Floors,
) -> Result<(), StoreError> {
    let row = conn
        .query_row(
            "INSERT INTO accounts (id, floored, balance) VALUES ($1, $2, $3)
             ON CONFLICT (id) DO UPDATE SET balance = accounts.balance + excluded.balance
             RETURNING balance, leased",
            &values![account, account.has_floor(), change],
        )
        .await?;
    let free = row.nanos(0)?.saturating_sub(row.nanos(1)?);
    let short = account.has_floor() && change.is_negative() && free.is_negative();
    if short && floors == Floors::Kept {
        return Err(StoreError::Short {
            account: account.clone(),
            available: free.saturating_sub(change),
        });
    }
    Ok(())
}

/// The entries of a transaction.
pub(super) async fn entries(conn: &mut Conn, id: &str) -> Result<Vec<Entry>, StoreError> {
    let sql = "SELECT account, amount FROM entries WHERE tx = $1 ORDER BY seq";
    let rows = conn.query(sql, &values![id]).await?;
    rows.iter()
        .map(|row| {
            Ok(Entry {
                account: row.account(0)?,
                amount: row.nanos(1)?,
            })
        })
        .collect()
}

/// Reads the columns `id, kind, at, actor, reason`, and takes the entries.
pub(super) fn read_transaction(row: &Row, entries: Vec<Entry>) -> Result<Transaction, StoreError> {
    Ok(Transaction {
        id: row.text(0)?.to_owned(),
        kind: read_kind(row.text(1)?)?,
        at: row.micros(2)?,
        actor: row.text(3)?.to_owned(),
        reason: row.text(4)?.to_owned(),
        entries,
    })
}

fn read_kind(word: &str) -> Result<TransactionKind, StoreError> {
    serde_json::from_value(serde_json::Value::from(word))
        .map_err(|_| StoreError::Corrupt(format!("there is no kind of transaction \"{word}\"")))
}
