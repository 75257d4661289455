//! Leases: the parts of an account that nodes may hold from without asking.

use tollgate_model::account::{
    AccountId, Entry, Fund, FundKind, Lease, Transaction, TransactionKind,
};
use tollgate_model::time::zone;
use tollgate_model::{Micros, Nanos};

use super::book::{Floors, record, too_large};
use super::window::{Span, open_at};
use crate::clock::Clock;
use crate::sql::{Conn, Row, values};
use crate::{Store, StoreError};

/// Who makes the transactions that follow from configuration and time.
const ACTOR: &str = "tollgate";

impl Store {
    /// Leases a part of a fund to a node, by the store's clock: of the wallet, or of the window of
    /// the budget that is open now. The window gets its limit, or the change of it, as an allowance
    /// first; earlier windows of the budget of which nothing is leased are closed.
    ///
    /// Grants `wanted`, or what is free of it; where less than `at_least` is free, nothing, lest a
    /// node keep from others what is of no use to it. What is granted is free for nobody else until
    /// it is given back or settled.
    pub async fn lease(
        &self,
        node: &str,
        fund: &Fund,
        at_least: Nanos,
        wanted: Nanos,
    ) -> Result<Lease, StoreError> {
        let order = Order {
            node: node.to_owned(),
            fund: fund.clone(),
            at_least,
            most: wanted.max(at_least).max(Nanos::ZERO),
            clock: self.clock(),
        };
        self.database()
            .write(order, |conn, order| Box::pin(lease(conn, order)))
            .await
    }

    /// Gives a part of a node's lease back to the account; at most what the node has leased.
    pub async fn give_back(
        &self,
        node: &str,
        account: &AccountId,
        amount: Nanos,
    ) -> Result<(), StoreError> {
        self.database()
            .write(
                (node.to_owned(), account.clone(), amount),
                |conn, (node, account, amount)| {
                    Box::pin(async move {
                        if lock(conn, account).await?.is_some() {
                            lower(conn, node, account, *amount).await?;
                        }
                        Ok(())
                    })
                },
            )
            .await
    }

    /// Gives back everything that a node has leased, and forgets its cursors. For a node whose
    /// journal is settled to its end: what it had held is free again.
    pub async fn release_node(&self, node: &str) -> Result<(), StoreError> {
        self.database()
            .write(node.to_owned(), |conn, node| {
                Box::pin(async move {
                    let sql = "SELECT account FROM leases WHERE node = $1 ORDER BY account";
                    for row in conn.query(sql, &values![node]).await? {
                        let account = row.account(0)?;
                        lock(conn, &account).await?;
                        lower(conn, node, &account, Nanos::MAX).await?;
                    }
                    let sql = "DELETE FROM journal_cursors WHERE node = $1";
                    conn.execute(sql, &values![node]).await.map(drop)
                })
            })
            .await
    }
}

struct Order {
    node: String,
    fund: Fund,
    /// The least that is of use.
    at_least: Nanos,
    /// The most to grant.
    most: Nanos,
    clock: Clock,
}

/// An account's row, locked until the transaction ends.
pub(super) struct Locked {
    pub(super) balance: Nanos,
    pub(super) leased: Nanos,
    /// What allowances have brought in so far.
    allowed: Nanos,
    /// In how many transactions.
    allowances: i64,
    /// Whether it is the window of a budget that is over.
    pub(super) closed: bool,
}

impl Locked {
    fn read(row: &Row) -> Result<Locked, StoreError> {
        Ok(Locked {
            balance: row.nanos(0)?,
            leased: row.nanos(1)?,
            allowed: row.nanos(2)?,
            allowances: row.int(3)?,
            closed: row.flag(4)?,
        })
    }

    /// What is there and not leased.
    fn free(&self) -> Nanos {
        self.balance.saturating_sub(self.leased).max(Nanos::ZERO)
    }
}

/// Locks an account's row; `None` where there is none.
pub(super) async fn lock(
    conn: &mut Conn,
    account: &AccountId,
) -> Result<Option<Locked>, StoreError> {
    let sql = "UPDATE accounts SET balance = balance WHERE id = $1
               RETURNING balance, leased, allowed, allowances, closed";
    let row = conn.query_one(sql, &values![account]).await?;
    row.map(|row| Locked::read(&row)).transpose()
}

/// Lowers what a node has leased of an account whose row is locked, to no less than nothing.
pub(super) async fn lower(
    conn: &mut Conn,
    node: &str,
    account: &AccountId,
    by: Nanos,
) -> Result<(), StoreError> {
    let sql = "SELECT amount FROM leases WHERE node = $1 AND account = $2";
    let Some(row) = conn.query_one(sql, &values![node, account]).await? else {
        return Ok(());
    };
    let leased = row.nanos(0)?;
    let by = by.clamp(Nanos::ZERO, leased.max(Nanos::ZERO));
    if by == leased {
        let sql = "DELETE FROM leases WHERE node = $1 AND account = $2";
        conn.execute(sql, &values![node, account]).await?;
    } else {
        let sql = "UPDATE leases SET amount = amount - $3 WHERE node = $1 AND account = $2";
        conn.execute(sql, &values![node, account, by]).await?;
    }
    let sql = "UPDATE accounts SET leased = leased - $2 WHERE id = $1";
    conn.execute(sql, &values![account, by]).await.map(drop)
}

async fn lease(conn: &mut Conn, order: &Order) -> Result<Lease, StoreError> {
    let (account, ends, row) = match &order.fund.kind {
        FundKind::Wallet { team } => {
            let account = AccountId::wallet(team);
            let row = ensure(conn, &account, None).await?;
            (account, Micros::NEVER, row)
        }
        FundKind::Budget { .. } => open_window(conn, order).await?,
    };
    let granted = match row.free() {
        free if free < order.at_least => Nanos::ZERO,
        free => free.min(order.most),
    };
    let leased = row.leased.checked_add(granted).ok_or_else(too_large)?;
    let own = add_to_lease(conn, &order.node, &account, granted).await?;
    if !granted.is_zero() {
        let sql = "UPDATE accounts SET leased = $2 WHERE id = $1";
        conn.execute(sql, &values![&account, leased]).await?;
    }
    Ok(Lease {
        account,
        granted,
        balance: row.balance,
        leased,
        elsewhere: leased.saturating_sub(own),
        ends,
    })
}

/// Raises what a node has leased of an account whose row is locked. Answers what that is now.
async fn add_to_lease(
    conn: &mut Conn,
    node: &str,
    account: &AccountId,
    granted: Nanos,
) -> Result<Nanos, StoreError> {
    if granted.is_zero() {
        let sql = "SELECT amount FROM leases WHERE node = $1 AND account = $2";
        let row = conn.query_one(sql, &values![node, account]).await?;
        return row.map_or(Ok(Nanos::ZERO), |row| row.nanos(0));
    }
    let sql = "INSERT INTO leases (node, account, amount) VALUES ($1, $2, $3)
               ON CONFLICT (node, account) DO UPDATE SET amount = leases.amount + excluded.amount
               RETURNING amount";
    let row = conn
        .query_row(sql, &values![node, account, granted])
        .await?;
    row.nanos(0)
}

/// Makes an account where there is none, and locks its row.
async fn ensure(
    conn: &mut Conn,
    account: &AccountId,
    window: Option<(&str, Span)>,
) -> Result<Locked, StoreError> {
    let budget = window.map(|(budget, _)| budget);
    let (opens, closes) = (window.map(|w| w.1.opens), window.map(|w| w.1.closes));
    let row = conn
        .query_row(
            "INSERT INTO accounts (id, floored, balance, budget, opens, closes)
             VALUES ($1, $2, 0, $3, $4, $5)
             ON CONFLICT (id) DO UPDATE SET budget = excluded.budget, opens = excluded.opens,
                 closes = excluded.closes
             RETURNING balance, leased, allowed, allowances, closed",
            &values![account, account.has_floor(), budget, opens, closes],
        )
        .await?;
    Locked::read(&row)
}

/// Opens the window of a budget that belongs to the present, if it is not open yet, and closes
/// those before it. Answers its account, its end, and the account's locked row.
async fn open_window(
    conn: &mut Conn,
    order: &Order,
) -> Result<(AccountId, Micros, Locked), StoreError> {
    let FundKind::Budget {
        name,
        limit,
        window,
        time_zone,
        ..
    } = &order.fund.kind
    else {
        return Err(StoreError::Other("a wallet has no windows".to_owned()));
    };
    let now = order.clock.now(conn).await?;
    let calendar = zone(time_zone).and_then(|zone| window.around(now, &zone));
    let Some((opens, closes)) = calendar else {
        return Err(StoreError::Refused(format!(
            "budget {name}: no window of time zone \"{time_zone}\" holds {now}"
        )));
    };
    let newest = newest_window(conn, name).await?;
    let span = open_at(now, Span { opens, closes }, newest);
    close_before(conn, name, span.opens, now).await?;
    let account = AccountId::budget(name, span.opens);
    let mut row = ensure(conn, &account, Some((name, span))).await?;
    allow(conn, &account, &mut row, *limit, now).await?;
    Ok((account, span.closes, row))
}

async fn newest_window(conn: &mut Conn, budget: &str) -> Result<Option<Span>, StoreError> {
    let sql = "SELECT opens, closes FROM accounts WHERE budget = $1 AND closed = 0
               ORDER BY opens DESC LIMIT 1";
    let row = conn.query_one(sql, &values![budget]).await?;
    row.map(|row| {
        Ok(Span {
            opens: row.micros(0)?,
            closes: row.micros(1)?,
        })
    })
    .transpose()
}

/// Closes the windows before a time of which nothing is leased: what is left of them goes back.
async fn close_before(
    conn: &mut Conn,
    budget: &str,
    opens: Micros,
    now: Micros,
) -> Result<(), StoreError> {
    let sql = "UPDATE accounts SET closed = 1
               WHERE budget = $1 AND opens < $2 AND closed = 0 AND leased = 0
               RETURNING id, balance";
    for row in conn.query(sql, &values![budget, opens]).await? {
        let (account, rest) = (row.account(0)?, row.nanos(1)?);
        if rest.is_zero() {
            continue;
        }
        let close = Transaction {
            id: format!("close/{account}"),
            kind: TransactionKind::Close,
            at: now,
            actor: ACTOR.to_owned(),
            reason: format!("the window of budget {budget} is over"),
            entries: between(&account, rest.negated()),
        };
        // A window that was overdrawn is closed all the same.
        record(conn, &close, Floors::Past).await?;
    }
    Ok(())
}

/// Brings what was allowed to a window to the budget's limit. A lower limit takes back what is free
/// only: what is spent stays spent, and what is leased is taken when it comes back.
async fn allow(
    conn: &mut Conn,
    account: &AccountId,
    row: &mut Locked,
    limit: Nanos,
    now: Micros,
) -> Result<(), StoreError> {
    let missing = limit.checked_sub(row.allowed).ok_or_else(too_large)?;
    let change = missing.max(row.free().negated());
    if change.is_zero() {
        return Ok(());
    }
    row.allowances += 1;
    row.allowed = row.allowed.checked_add(change).ok_or_else(too_large)?;
    row.balance = row.balance.checked_add(change).ok_or_else(too_large)?;
    let opening = row.allowances == 1;
    let allowance = Transaction {
        id: format!("allow/{account}/{}", row.allowances),
        kind: TransactionKind::Allowance,
        at: now,
        actor: ACTOR.to_owned(),
        reason: if opening {
            format!("the window opens with a limit of {limit} dollars")
        } else {
            format!("the limit is now {limit} dollars")
        },
        entries: between(account, change),
    };
    record(conn, &allowance, Floors::Kept).await?;
    let sql = "UPDATE accounts SET allowed = $2, allowances = $3 WHERE id = $1";
    conn.execute(sql, &values![account, row.allowed, row.allowances])
        .await
        .map(drop)
}

/// The entries that bring an amount into the window of a budget.
pub(super) fn between(account: &AccountId, amount: Nanos) -> Vec<Entry> {
    vec![
        Entry {
            account: account.clone(),
            amount,
        },
        Entry {
            account: AccountId::world("budgets"),
            amount: amount.negated(),
        },
    ]
}
