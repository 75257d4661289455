//! `ledger verify`: every invariant of the rows, checked from the rows.

use tollgate_model::Nanos;
use tollgate_model::account::LedgerReport;

use crate::sql::{Conn, Row, values};
use crate::{Store, StoreError};

/// Faults of one kind that are told; more would tell nothing more.
const TOLD: i64 = 100;

impl Store {
    /// Checks the whole ledger at one moment: that every transaction sums to zero, that balances
    /// follow from entries, that floors are kept, that what is leased is what nodes have leased,
    /// and that what teams have consumed is what their calls cost. Reads everything.
    pub async fn verify(&self) -> Result<LedgerReport, StoreError> {
        self.database()
            .read((), |conn, ()| Box::pin(verify(conn)))
            .await
    }
}

/// An invariant: a query that answers what breaks it, and the sentence that tells so.
struct Check {
    sql: &'static str,
    told: fn(&Row) -> Result<String, StoreError>,
}

/// A sum is asked for in two halves, so that it is exact whatever the rows hold; in `HAVING` and
/// `WHERE` the halves are put together again, which is exact for every sum near zero.
const CHECKS: [Check; 10] = [
    Check {
        sql: "SELECT tx, CAST(SUM(amount >> 32) AS BIGINT),
                  CAST(SUM(amount & 4294967295) AS BIGINT)
              FROM entries GROUP BY tx
              HAVING SUM(amount >> 32) * 4294967296 + SUM(amount & 4294967295) <> 0
              ORDER BY tx LIMIT $1",
        told: |row| {
            let (tx, sum) = (row.text(0)?, row.exact_sum(1)?);
            Ok(format!(
                "transaction {tx} does not sum to zero: it makes {} dollars",
                dollars(sum)
            ))
        },
    },
    Check {
        sql: "SELECT t.id FROM transactions t
              WHERE (SELECT COUNT(*) FROM entries e WHERE e.tx = t.id) < 2
              ORDER BY t.id LIMIT $1",
        told: |row| {
            Ok(format!(
                "transaction {} has fewer than two entries",
                row.text(0)?
            ))
        },
    },
    Check {
        sql: "SELECT DISTINCT e.tx FROM entries e
              WHERE NOT EXISTS (SELECT 1 FROM transactions t WHERE t.id = e.tx)
              ORDER BY e.tx LIMIT $1",
        told: |row| {
            Ok(format!(
                "entries belong to no transaction: {}",
                row.text(0)?
            ))
        },
    },
    Check {
        sql: "SELECT DISTINCT e.account FROM entries e
              WHERE NOT EXISTS (SELECT 1 FROM accounts a WHERE a.id = e.account)
              ORDER BY e.account LIMIT $1",
        told: |row| {
            Ok(format!(
                "account {} has entries and no balance",
                row.text(0)?
            ))
        },
    },
    Check {
        sql: "SELECT a.id, a.balance, COALESCE(s.high, 0), COALESCE(s.low, 0)
              FROM accounts a LEFT JOIN (
                  SELECT account, CAST(SUM(amount >> 32) AS BIGINT) AS high,
                      CAST(SUM(amount & 4294967295) AS BIGINT) AS low
                  FROM entries GROUP BY account
              ) s ON s.account = a.id
              WHERE (a.balance >> 32) <> COALESCE(s.high, 0) + (COALESCE(s.low, 0) >> 32)
                  OR (a.balance & 4294967295) <> (COALESCE(s.low, 0) & 4294967295)
              ORDER BY a.id LIMIT $1",
        told: |row| {
            let (account, balance) = (row.text(0)?, row.nanos(1)?);
            let sum = dollars(row.exact_sum(2)?);
            Ok(format!(
                "account {account} has a balance of {balance} dollars and entries of {sum} dollars"
            ))
        },
    },
    Check {
        sql: "SELECT id, balance FROM accounts WHERE floored = 1 AND balance < 0
              ORDER BY id LIMIT $1",
        told: |row| {
            let (account, balance) = (row.text(0)?, row.nanos(1)?);
            Ok(format!(
                "account {account} is below its floor: {balance} dollars"
            ))
        },
    },
    Check {
        sql: "SELECT a.id, a.leased, a.balance, COALESCE(s.total, 0)
              FROM accounts a LEFT JOIN (
                  SELECT account, CAST(SUM(amount) AS BIGINT) AS total, MIN(amount) AS smallest
                  FROM leases GROUP BY account
              ) s ON s.account = a.id
              WHERE a.leased <> COALESCE(s.total, 0) OR COALESCE(s.smallest, 0) < 0
                  OR (a.floored = 1 AND a.leased > a.balance)
              ORDER BY a.id LIMIT $1",
        told: |row| {
            let (account, leased) = (row.text(0)?, row.nanos(1)?);
            let (balance, of_nodes) = (row.nanos(2)?, row.nanos(3)?);
            Ok(format!(
                "account {account} counts {leased} dollars as leased, nodes have leased {of_nodes} \
                 dollars, and its balance is {balance} dollars"
            ))
        },
    },
    Check {
        sql: "SELECT id, balance, leased FROM accounts
              WHERE closed = 1 AND (balance <> 0 OR leased <> 0) ORDER BY id LIMIT $1",
        told: |row| {
            let (account, balance, leased) = (row.text(0)?, row.nanos(1)?, row.nanos(2)?);
            Ok(format!(
                "account {account} is closed, with {balance} dollars left and {leased} leased"
            ))
        },
    },
    Check {
        sql: "SELECT h.account, CAST(SUM(h.balance) AS BIGINT), CAST(SUM(h.held) AS BIGINT)
              FROM (
                  SELECT id AS account, balance, 0 AS held FROM accounts
                  WHERE id >= 'batch/' AND id < 'batch0'
                  UNION ALL
                  SELECT account, 0 AS balance, held FROM batches WHERE settled = 0
              ) h
              GROUP BY h.account HAVING SUM(h.balance) <> SUM(h.held) ORDER BY h.account LIMIT $1",
        told: |row| {
            let (account, balance, held) = (row.text(0)?, row.nanos(1)?, row.nanos(2)?);
            Ok(format!(
                "account {account} has {balance} dollars, and {held} dollars are set aside for its \
                 batch"
            ))
        },
    },
    Check {
        sql: "SELECT u.team, CAST(SUM(u.recorded) AS BIGINT), CAST(SUM(u.cost) AS BIGINT)
              FROM (
                  SELECT substr(id, 7) AS team, balance AS recorded, 0 AS cost FROM accounts
                  WHERE id >= 'usage/' AND id < 'usage0'
                  UNION ALL
                  SELECT team, 0 AS recorded, SUM(cost) AS cost FROM calls
                  WHERE team IS NOT NULL GROUP BY team
                  UNION ALL
                  SELECT team, 0 AS recorded, cost FROM pruned_calls WHERE team <> ''
              ) u
              GROUP BY u.team HAVING SUM(u.recorded) <> SUM(u.cost) ORDER BY u.team LIMIT $1",
        told: |row| {
            let (team, recorded, cost) = (row.text(0)?, row.nanos(1)?, row.nanos(2)?);
            Ok(format!(
                "team {team} has consumed {recorded} dollars by the ledger and {cost} dollars by \
                 its calls"
            ))
        },
    },
];

async fn verify(conn: &mut Conn) -> Result<LedgerReport, StoreError> {
    let counted = conn
        .query_row(
            "SELECT (SELECT COUNT(*) FROM accounts), (SELECT COUNT(*) FROM transactions),
                 (SELECT COUNT(*) FROM calls)",
            &[],
        )
        .await?;
    let mut report = LedgerReport {
        accounts: counted.count(0)?,
        transactions: counted.count(1)?,
        calls: counted.count(2)?,
        faults: Vec::new(),
    };
    for check in &CHECKS {
        for row in conn.query(check.sql, &values![TOLD]).await? {
            report.faults.push((check.told)(&row)?);
        }
    }
    let sums = conn
        .query_row(
            "SELECT CAST(COALESCE(SUM(amount >> 32), 0) AS BIGINT),
                 CAST(COALESCE(SUM(amount & 4294967295), 0) AS BIGINT) FROM entries",
            &[],
        )
        .await?;
    let sum = sums.exact_sum(0)?;
    if sum != 0 {
        let text = format!(
            "all entries together make {} dollars, not zero",
            dollars(sum)
        );
        report.faults.push(text);
    }
    Ok(report)
}

/// A sum for people; one that fits no amount is given in nano-dollars.
fn dollars(sum: i128) -> String {
    match i64::try_from(sum) {
        Ok(nanos) => Nanos::new(nanos).to_string(),
        Err(_) => format!("{sum} nano-"),
    }
}
