//! Money set aside for one call.

use std::fmt;
use std::sync::Arc;

use smallvec::SmallVec;
use tollgate_model::account::{AccountId, Fund};
use tollgate_model::call::Charge;
use tollgate_model::{Micros, Nanos};

use crate::cell::Part;

/// Money set aside for one call in every fund on which it draws. Dropped, it returns: that is for a
/// call that was not dispatched. A call that was is settled.
#[must_use = "a hold that is dropped sets nothing aside"]
pub struct Hold {
    amount: Nanos,
    /// A call seldom draws on more than a key's budget, a team's, the organization's and a wallet.
    parts: SmallVec<[Part; 4]>,
}

impl Hold {
    pub(crate) fn of(amount: i64) -> Hold {
        Hold {
            amount: Nanos::new(amount),
            parts: SmallVec::new(),
        }
    }

    pub(crate) fn push(&mut self, part: Part) {
        self.parts.push(part);
    }

    /// What is set aside in each fund.
    pub fn amount(&self) -> Nanos {
        self.amount
    }

    /// What is set aside, account by account, in the order of the funds. Empty for a call without
    /// funds.
    pub fn holds(&self) -> impl Iterator<Item = (&AccountId, Nanos)> {
        self.parts
            .iter()
            .map(|part| (&part.cell().account, Nanos::new(part.held())))
    }

    /// Takes `cost` from each account, at most what is held there and can be added to it from this
    /// node's lease; the rest returns. Neither waits nor fails. A negative cost counts as nothing.
    /// Accounts in which nothing was held and nothing was taken are left out.
    pub fn settle(self, cost: Nanos) -> Vec<Charge> {
        let cost = cost.get().max(0);
        let mut charges = Vec::with_capacity(self.parts.len());
        for part in self.parts {
            let charge = part.settle(cost);
            if !(charge.held.is_zero() && charge.taken.is_zero()) {
                charges.push(charge);
            }
        }
        charges
    }
}

impl fmt::Debug for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.holds()).finish()
    }
}

/// Why no money was set aside.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HoldError {
    /// A fund holds less than the call may cost.
    #[error(transparent)]
    Short(#[from] Short),
    /// The lease does not suffice, and the store did not answer.
    #[error("no money could be set aside, and the call was not sent: {0}")]
    Unavailable(String),
}

/// The fund that is short, and by how much. Only the first such fund of a call is named: another
/// one further on may hold still less.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} has ${available} left for a new call", .fund.key())]
pub struct Short {
    /// The fund.
    pub fund: Arc<Fund>,
    /// What a call could hold there now: what is free on this node and what no node has leased.
    pub available: Nanos,
    /// What is set aside on this node for calls under way; what they do not use comes back.
    pub in_flight: Nanos,
    /// What other nodes had leased when the store was asked last; what they do not use comes back.
    pub elsewhere: Nanos,
    /// When the window of the fund ends; [`Micros::NEVER`] for a wallet.
    pub ends: Micros,
}
