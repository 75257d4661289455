//! What was spent from an account, step by step of time.

use tollgate_model::account::{AccountId, TransactionKind};
use tollgate_model::{Micros, Nanos};

use crate::sql::{Conn, Row, values};
use crate::{Store, StoreError};

impl Store {
    /// What calls have taken from an account, by steps of so many microseconds that are counted
    /// from `since`: the start of each step, in their order, and the amount, which is positive.
    /// Steps in which nothing was taken are left out; what happened at `until` or later is not
    /// counted.
    ///
    /// These are the negative entries of settlements, by the time at which they were settled. What
    /// allowances, credits, corrections and the closing of a window bring in or take back is not
    /// spent, and not counted.
    ///
    /// Fails with [`StoreError::Refused`] where a step is shorter than a microsecond.
    pub async fn account_steps(
        &self,
        account: &AccountId,
        (since, until): (Micros, Micros),
        step: i64,
    ) -> Result<Vec<(Micros, Nanos)>, StoreError> {
        if step <= 0 {
            return Err(StoreError::Refused(
                "a step of an account's burn-down takes at least a microsecond".to_owned(),
            ));
        }
        self.database()
            .read(
                (account.clone(), (since, until), step),
                |conn, (account, times, step)| Box::pin(steps(conn, account, *times, *step)),
            )
            .await
    }
}

async fn steps(
    conn: &mut Conn,
    account: &AccountId,
    (since, until): (Micros, Micros),
    step: i64,
) -> Result<Vec<(Micros, Nanos)>, StoreError> {
    let rows = conn
        .query(
            "SELECT (e.at - $2) / $4, CAST(-SUM(e.amount) AS BIGINT)
             FROM entries e JOIN transactions t ON t.id = e.tx
             WHERE e.account = $1 AND e.at >= $2 AND e.at < $3 AND e.amount < 0 AND t.kind = $5
             GROUP BY 1 ORDER BY 1",
            &values![
                account,
                since,
                until,
                step,
                TransactionKind::Settlement.as_str(),
            ],
        )
        .await?;
    let read = |row: &Row| {
        let start = row.int(0)?.saturating_mul(step).saturating_add(since.0);
        Ok((Micros(start), row.nanos(1)?))
    };
    rows.iter().map(read).collect()
}
