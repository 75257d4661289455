//! A lease on this node, and the part of it that one call holds.

use std::sync::Arc;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};
use std::sync::atomic::{AtomicI64, AtomicU64};

use tollgate_model::account::{AccountId, Fund};
use tollgate_model::call::Charge;
use tollgate_model::{Micros, Nanos};

/// What this node has leased of one account. Amounts are nano-dollars.
pub(crate) struct Cell {
    pub(crate) account: AccountId,
    pub(crate) fund: Arc<Fund>,
    /// When the window ends; [`Micros::NEVER`] for a wallet.
    pub(crate) ends: Micros,
    /// The newest revision of the fund that is known to mean what `fund` means.
    revision: AtomicU64,
    /// From when on the store must be asked whether the window is still open.
    check_at: AtomicI64,
    /// Leased and not held. Never below zero: it is only ever lowered by compare-and-swap.
    free: AtomicI64,
    /// Set aside for calls under way.
    held: AtomicI64,
    /// What was free when [`Cell::is_idle`] looked last.
    seen: AtomicI64,
}

impl Cell {
    pub(crate) fn new(account: AccountId, fund: Arc<Fund>, ends: Micros) -> Cell {
        Cell {
            account,
            ends,
            revision: AtomicU64::new(fund.rule.revision),
            fund,
            check_at: AtomicI64::new(ends.0),
            free: AtomicI64::new(0),
            held: AtomicI64::new(0),
            seen: AtomicI64::new(-1),
        }
    }

    /// Whether a call that knows `fund` may hold from here without asking.
    pub(crate) fn serves(&self, fund: &Fund, now: Micros) -> bool {
        fund.rule.revision <= self.revision.load(Relaxed) && now.0 < self.check_at.load(Relaxed)
    }

    /// Whether `fund` is a later configuration of the same fund and means something else.
    pub(crate) fn is_superseded_by(&self, fund: &Fund) -> bool {
        fund.rule.revision > self.revision.load(Relaxed) && fund.kind != self.fund.kind
    }

    /// Notes that a later revision changed nothing that matters here.
    pub(crate) fn accept(&self, fund: &Fund) {
        if fund.kind == self.fund.kind {
            self.revision.fetch_max(fund.rule.revision, Relaxed);
        }
    }

    /// Notes that the store called this window open; a node's clock may run ahead of the store's.
    pub(crate) fn confirm_until(&self, moment: Micros) {
        self.check_at.fetch_max(moment.0, Relaxed);
    }

    pub(crate) fn free(&self) -> i64 {
        self.free.load(Acquire)
    }

    pub(crate) fn held(&self) -> i64 {
        self.held.load(Acquire)
    }

    pub(crate) fn put(&self, amount: i64) {
        if amount > 0 {
            self.free.fetch_add(amount, AcqRel);
        }
    }

    /// Takes `amount` where so much is free.
    fn take(&self, amount: i64) -> bool {
        let enough = |free: i64| (free >= amount).then(|| free - amount);
        amount == 0 || self.free.fetch_update(AcqRel, Acquire, enough).is_ok()
    }

    /// Takes `amount` or, where less is free, what is free; says how much it was.
    fn take_up_to(&self, amount: i64) -> i64 {
        let mut taken = 0;
        let _ = self.free.fetch_update(AcqRel, Acquire, |free| {
            taken = free.min(amount).max(0);
            (taken > 0).then(|| free - taken)
        });
        taken
    }

    /// Takes all that is free.
    pub(crate) fn take_all(&self) -> i64 {
        self.free.swap(0, AcqRel)
    }

    /// Whether nothing has happened since this was asked last, and nothing is under way.
    pub(crate) fn is_idle(&self) -> bool {
        let free = self.free();
        self.seen.swap(free, Relaxed) == free && self.held() == 0
    }
}

/// What one call holds of one cell. Dropped, it returns.
pub(crate) struct Part {
    cell: Arc<Cell>,
    held: i64,
}

impl Part {
    /// Holds `amount` where so much is free.
    pub(crate) fn take(cell: &Arc<Cell>, amount: i64) -> Option<Part> {
        // Where it is not there, nothing may count as held: others would be told that money is on
        // its way back to them.
        if cell.free() < amount {
            return None;
        }
        // Counted as held first, so that whoever finds the lease empty meanwhile is not told that
        // the money is gone.
        let part = Part::of(cell, amount);
        if cell.take(amount) {
            return Some(part);
        }
        part.discard();
        None
    }

    /// Holds `amount` or, where less is free, what is free.
    pub(crate) fn reserve(cell: &Arc<Cell>, amount: i64) -> Part {
        Part::of(cell, cell.take_up_to(amount))
    }

    /// Holds `amount` that was just leased and was free to nobody.
    pub(crate) fn of(cell: &Arc<Cell>, amount: i64) -> Part {
        cell.held.fetch_add(amount, Relaxed);
        Part {
            cell: Arc::clone(cell),
            held: amount,
        }
    }

    pub(crate) fn cell(&self) -> &Arc<Cell> {
        &self.cell
    }

    pub(crate) fn held(&self) -> i64 {
        self.held
    }

    /// Adds what was just leased.
    pub(crate) fn grow(&mut self, granted: i64) {
        self.cell.held.fetch_add(granted, Relaxed);
        self.held += granted;
    }

    /// Frees what is held beyond `amount`.
    pub(crate) fn trim(&mut self, amount: i64) {
        let surplus = (self.held - amount).max(0);
        self.held -= surplus;
        self.cell.put(surplus);
        self.cell.held.fetch_sub(surplus, Relaxed);
    }

    /// Undoes [`Part::of`] for money that was not there.
    fn discard(mut self) {
        let held = std::mem::take(&mut self.held);
        self.cell.held.fetch_sub(held, Relaxed);
    }

    /// Takes `cost`, or as much of it as is held and free; the rest returns.
    pub(crate) fn settle(mut self, cost: i64) -> Charge {
        let held = std::mem::take(&mut self.held);
        let taken = if cost <= held {
            self.cell.put(held - cost);
            cost
        } else {
            held + self.cell.take_up_to(cost - held)
        };
        self.cell.held.fetch_sub(held, Relaxed);
        Charge {
            account: self.cell.account.clone(),
            held: Nanos::new(held),
            taken: Nanos::new(taken),
        }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if self.held > 0 {
            self.trim(0);
        }
    }
}
