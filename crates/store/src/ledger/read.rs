//! Looking things up in the ledger.

use tollgate_model::account::{AccountId, Transaction};
use tollgate_model::{Micros, Nanos};

use super::book::{entries, read_transaction};
use crate::sql::{Clauses, Conn, Row, values};
use crate::{Store, StoreError};

/// An account of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// The sum of its entries.
    pub balance: Nanos,
    /// What of the balance nodes have leased.
    pub leased: Nanos,
    /// When the window opened, for that of a budget.
    pub opens: Option<Micros>,
    /// When the window ends or has ended, for that of a budget.
    pub closes: Option<Micros>,
    /// Whether the window is over and what was left of it has gone back.
    pub closed: bool,
    /// What allowances have brought in so far, for the window of a budget.
    pub allowed: Nanos,
}

/// A place in the list of transactions: the time and id of one of them.
pub type TransactionCursor = (Micros, String);

const COLUMNS: &str = "id, balance, leased, opens, closes, closed, allowed";

impl Store {
    /// The account of this id; `None` where nothing ever happened on it.
    pub async fn account(&self, id: &AccountId) -> Result<Option<Account>, StoreError> {
        self.database()
            .read(id.clone(), |conn, id| {
                Box::pin(async move {
                    let sql = format!("SELECT {COLUMNS} FROM accounts WHERE id = $1");
                    let row = conn.query_one(&sql, &values![id]).await?;
                    row.map(|row| read_account(&row)).transpose()
                })
            })
            .await
    }

    /// The accounts whose ids begin so, such as `wallet/`, in the order of ids: those after an id,
    /// or from the first one on; at most `limit`.
    pub async fn accounts(
        &self,
        prefix: &str,
        after: Option<&AccountId>,
        limit: u32,
    ) -> Result<Vec<Account>, StoreError> {
        self.database()
            .read(
                (prefix.to_owned(), after.cloned(), limit),
                |conn, (prefix, after, limit)| {
                    Box::pin(async move {
                        // No character sorts after this one.
                        let end = format!("{prefix}\u{10ffff}");
                        let mut query = Clauses::new(&format!("SELECT {COLUMNS} FROM accounts"));
                        query.and("id >=", prefix);
                        query.and("id <", &end);
                        query.and_some("id >", after.as_ref());
                        let (sql, values) = query.order("id", *limit);
                        let rows = conn.query(&sql, &values).await?;
                        rows.iter().map(read_account).collect()
                    })
                },
            )
            .await
    }

    /// Transactions, those of the latest time first: all of them or those that touch an account;
    /// those before a place in the list or from its head on; at most `limit`.
    pub async fn transactions(
        &self,
        account: Option<&AccountId>,
        before: Option<TransactionCursor>,
        limit: u32,
    ) -> Result<Vec<Transaction>, StoreError> {
        self.database()
            .read(
                (account.cloned(), before, limit),
                |conn, (account, before, limit)| {
                    Box::pin(transactions(
                        conn,
                        account.as_ref(),
                        before.as_ref(),
                        *limit,
                    ))
                },
            )
            .await
    }
}

async fn transactions(
    conn: &mut Conn,
    account: Option<&AccountId>,
    before: Option<&TransactionCursor>,
    limit: u32,
) -> Result<Vec<Transaction>, StoreError> {
    let mut query = match account {
        None => Clauses::new("SELECT t.at, t.id FROM transactions t"),
        Some(account) => {
            let mut query = Clauses::new("SELECT DISTINCT e.at, e.tx FROM entries e");
            query.and("e.account =", account);
            query
        }
    };
    let (time, id) = match account {
        None => ("t.at", "t.id"),
        Some(_) => ("e.at", "e.tx"),
    };
    if let Some((at, before)) = before {
        query.and_pair(&format!("({time}, {id}) <"), *at, before);
    }
    let (sql, values) = query.order(&format!("{time} DESC, {id} DESC"), limit);
    let mut found = Vec::new();
    for place in conn.query(&sql, &values).await? {
        let id = place.text(1)?;
        let sql = "SELECT id, kind, at, actor, reason FROM transactions WHERE id = $1";
        let row = conn.query_row(sql, &values![id]).await?;
        let entries = entries(conn, id).await?;
        found.push(read_transaction(&row, entries)?);
    }
    Ok(found)
}

fn read_account(row: &Row) -> Result<Account, StoreError> {
    Ok(Account {
        id: row.account(0)?,
        balance: row.nanos(1)?,
        leased: row.nanos(2)?,
        opens: row.optional_micros(3)?,
        closes: row.optional_micros(4)?,
        closed: row.flag(5)?,
        allowed: row.nanos(6)?,
    })
}
