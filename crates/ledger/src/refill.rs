//! Holding where the lease does not suffice: the store is asked for more.

use std::sync::Arc;

use tollgate_model::account::{Fund, Lease};
use tollgate_model::{Micros, Nanos};

use crate::book::BookError;
use crate::cell::{Cell, Part};
use crate::gate::{Lessons, Refusal, Turn};
use crate::hold::{Hold, HoldError, Short};
use crate::key::FundRef;
use crate::ledger::Ledger;

/// How long a window that the store calls open is believed, where by this node's clock it has
/// ended.
const BELIEVED_MICROS: i64 = 100_000;

/// How often one call asks about one fund.
const ROUNDS: u32 = 4;

impl Ledger {
    /// Sets `amount` aside in every fund, or in none, asking the store for a larger lease where
    /// this node's does not suffice. May be dropped at any moment: a lease that is granted all the
    /// same stays with the node.
    ///
    /// Fails with [`HoldError::Short`] where a fund has too little; a call that can do with less
    /// may try again with what is `available`. Fails with [`HoldError::Unavailable`] where the
    /// store is needed and does not answer.
    pub async fn hold(
        self: &Arc<Self>,
        funds: &[Arc<Fund>],
        amount: Nanos,
        now: Micros,
    ) -> Result<Hold, HoldError> {
        if let Some(hold) = self.try_hold(funds, amount, now) {
            return Ok(hold);
        }
        let amount = amount.get().max(0);
        let mut hold = Hold::of(amount);
        for fund in funds {
            let part = match self.part(fund, amount, now) {
                Some(part) => part,
                None => self.wait_and_ask(fund, amount, now).await?,
            };
            hold.push(part);
        }
        Ok(hold)
    }

    async fn wait_and_ask(
        self: &Arc<Self>,
        fund: &Arc<Fund>,
        amount: i64,
        now: Micros,
    ) -> Result<Part, HoldError> {
        let turn = self.turn(FundRef::of(fund).to_key()).await;
        if let Some(part) = self.part(fund, amount, now) {
            return Ok(part);
        }
        if let Some(refusal) = self.recall(&turn, fund, amount, now) {
            return Err(refusal);
        }
        let question = Question {
            ledger: Arc::clone(self),
            fund: Arc::clone(fund),
            amount,
            now,
            epoch: self.epoch(),
        };
        // A task of its own, so that a caller who hangs up does not lose a lease on its way here.
        let asked = tokio::spawn(question.ask(turn)).await;
        asked.unwrap_or_else(|_| Err(HoldError::Unavailable("this node is stopping".to_owned())))
    }

    /// Refuses without asking where the store has just refused as much.
    fn recall(
        &self,
        lessons: &Lessons,
        fund: &Arc<Fund>,
        amount: i64,
        now: Micros,
    ) -> Option<HoldError> {
        match lessons.refusal(self.policy.memory, self.epoch())? {
            Refusal::Away(message) => Some(HoldError::Unavailable(message.clone())),
            Refusal::Short => {
                let cell = self.current(fund).filter(|cell| cell.serves(fund, now))?;
                let short = short(&cell, fund, lessons);
                (short.available.get() < amount).then(|| short.into())
            }
        }
    }
}

fn short(cell: &Cell, fund: &Arc<Fund>, lessons: &Lessons) -> Short {
    Short {
        fund: Arc::clone(fund),
        available: Nanos::new(cell.free().saturating_add(lessons.free)),
        in_flight: Nanos::new(cell.held()),
        elsewhere: Nanos::new(lessons.elsewhere),
        ends: cell.ends,
    }
}

/// One call's question to the store.
struct Question {
    ledger: Arc<Ledger>,
    fund: Arc<Fund>,
    amount: i64,
    now: Micros,
    epoch: u64,
}

/// What came of asking once: the part that the call holds, or what there is for it.
type Outcome = Result<Part, Short>;

impl Question {
    async fn ask(mut self, mut turn: Turn) -> Result<Part, HoldError> {
        if let Err(error) = self.return_stale(&mut turn).await {
            return Err(self.unavailable(&mut turn, &error));
        }
        if let Some(cell) = self.ledger.current(&self.fund)
            && cell.fund.rule.revision > self.fund.rule.revision
        {
            // The call began before the configuration changed; the store knows the new one.
            self.fund = Arc::clone(&cell.fund);
        }
        let mut rounds = 0;
        loop {
            rounds += 1;
            match self.lease(&mut turn).await {
                Ok(Ok(part)) => return Ok(part),
                // The window was another one than this node took it for, or calls have ended
                // meanwhile: now that this is known, what there is may be had.
                Ok(Err(short)) if short.available.get() >= self.amount && rounds < ROUNDS => {}
                Ok(Err(short)) => {
                    turn.refused(Refusal::Short, self.epoch);
                    return Err(short.into());
                }
                Err(error) => return Err(self.unavailable(&mut turn, &error)),
            }
        }
    }

    /// Gives back what this node still has of the fund and cannot hold from, lest a call be refused
    /// for want of it.
    async fn return_stale(&self, turn: &mut Turn) -> Result<(), BookError> {
        let current = self.ledger.current(&self.fund);
        if let Some(cell) = current.filter(|cell| cell.is_superseded_by(&self.fund)) {
            self.ledger.retire(turn, cell);
        }
        self.ledger.sweep(turn).await
    }

    fn unavailable(&self, turn: &mut Turn, error: &BookError) -> HoldError {
        let message = error.to_string();
        turn.refused(Refusal::Away(message.clone()), self.epoch);
        HoldError::Unavailable(message)
    }

    /// Asks once. What is free here is set aside first: whoever comes later waits at the gate, so
    /// what the store adds cannot be snatched away.
    async fn lease(&self, turn: &mut Turn) -> Result<Outcome, BookError> {
        let current = self.ledger.current(&self.fund);
        let open = current
            .as_ref()
            .is_some_and(|cell| cell.serves(&self.fund, self.now));
        let reserved = current.map(|cell| Part::reserve(&cell, self.amount));
        let here = reserved.as_ref().map_or(0, Part::held);
        // Where the window may have ended, what is set aside may be of no use.
        let needed = if open {
            self.amount - here
        } else {
            self.amount
        };
        let policy = self.ledger.policy;
        let wanted = policy.wanted(needed, turn.free, turn.last());
        let asked = self.ledger.book.lease(
            &self.ledger.node,
            &self.fund,
            Nanos::new(needed),
            Nanos::new(wanted),
        );
        let lease = asked.await?;
        turn.free = lease.balance.saturating_sub(lease.leased).get().max(0);
        turn.elsewhere = lease.elsewhere.get().max(0);
        turn.granted(lease.granted.get());
        Ok(self.take_in(turn, lease, reserved))
    }

    fn take_in(&self, turn: &mut Turn, lease: Lease, reserved: Option<Part>) -> Outcome {
        let cell = self.ledger.adopt(turn, &self.fund, &lease);
        if self.now >= cell.ends {
            cell.confirm_until(Micros(self.now.0.saturating_add(BELIEVED_MICROS)));
        }
        let granted = lease.granted.get().max(0);
        let mut part = match reserved {
            Some(part) if Arc::ptr_eq(part.cell(), &cell) => part,
            _ => Part::of(&cell, 0),
        };
        part.grow(granted);
        if part.held() >= self.amount {
            part.trim(self.amount);
            return Ok(part);
        }
        drop(part);
        Err(short(&cell, &self.fund, turn))
    }
}
