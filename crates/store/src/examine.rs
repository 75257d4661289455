//! What the database tells of itself, and what nodes have leased.

use tollgate_model::account::AccountId;
use tollgate_model::{Micros, Nanos};

use crate::clock::Clock;
use crate::sql::{Conn, values};
use crate::{Store, StoreError};

/// What the database tells of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined {
    /// `SQLite` or `PostgreSQL`.
    pub engine: &'static str,
    /// Its version, such as `3.50.2`.
    pub version: String,
    /// The time by the store's clock, to the millisecond on SQLite.
    pub time: Micros,
}

/// What a node has leased of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeLease {
    /// The node.
    pub node: String,
    /// The account.
    pub account: AccountId,
    /// How much.
    pub amount: Nanos,
}

impl Store {
    /// Asks the database for its version and its time.
    pub async fn examine(&self) -> Result<Examined, StoreError> {
        self.database()
            .read(self.clock(), |conn, clock| Box::pin(examine(conn, clock)))
            .await
    }

    /// Whether other processes can work on this database at the same time.
    pub fn is_shared(&self) -> bool {
        self.database().is_shared()
    }

    /// Everything that nodes have leased, by node and account; at most `limit`.
    pub async fn leases(&self, limit: u32) -> Result<Vec<NodeLease>, StoreError> {
        self.database()
            .read(limit, |conn, limit| {
                Box::pin(async move {
                    let sql = "SELECT node, account, amount FROM leases WHERE amount > 0
                               ORDER BY node, account LIMIT $1";
                    let rows = conn.query(sql, &values![i64::from(*limit)]).await?;
                    let leases = rows.iter().map(|row| {
                        Ok(NodeLease {
                            node: row.text(0)?.to_owned(),
                            account: row.account(1)?,
                            amount: row.nanos(2)?,
                        })
                    });
                    leases.collect()
                })
            })
            .await
    }
}

async fn examine(conn: &mut Conn, clock: &Clock) -> Result<Examined, StoreError> {
    let (engine, sql) = match conn {
        Conn::Sqlite(_) => ("SQLite", "SELECT sqlite_version()"),
        Conn::Postgres(_) => ("PostgreSQL", "SELECT current_setting('server_version')"),
    };
    let row = conn.query_row(sql, &[]).await?;
    Ok(Examined {
        engine,
        version: row.text(0)?.to_owned(),
        time: clock.now(conn).await?,
    })
}
