//! Giving back: after a change of configuration, from time to time, and at the end.

use std::collections::HashMap;
use std::sync::Arc;

use tollgate_model::account::{AccountId, Fund};
use tollgate_model::{Micros, Nanos};

use crate::cell::Cell;
use crate::key::{FundKey, FundRef};
use crate::ledger::Ledger;

/// A lease of this node, for people and metrics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseView {
    /// The account.
    pub account: AccountId,
    /// Leased and not held.
    pub free: Nanos,
    /// Set aside for calls under way.
    pub held: Nanos,
    /// When the window ends; [`Micros::NEVER`] for a wallet.
    pub ends: Micros,
}

impl Ledger {
    /// To be called after a change of configuration, with every fund of the new one, and after a
    /// wallet was credited: forgets what was refused, and gives back the leases of funds that
    /// vanished or changed. Once it is called, no call is refused for what was true before.
    pub async fn refresh(&self, funds: &[Arc<Fund>]) {
        self.begin_epoch();
        let known: HashMap<FundRef<'_>, &Arc<Fund>> =
            funds.iter().map(|fund| (FundRef::of(fund), fund)).collect();
        self.retire_where(|cell| {
            let current = known.get(&FundRef::of(&cell.fund));
            current.is_none_or(|fund| cell.is_superseded_by(fund))
        })
        .await;
    }

    /// To be called every few seconds: gives back leases of windows that have ended, and those that
    /// nobody has used since the last time, so that other nodes can.
    pub async fn tend(&self, now: Micros) {
        self.retire_where(|cell| now >= cell.ends || cell.is_idle())
            .await;
    }

    /// To be called when no new call is admitted: gives back everything that no call holds. What
    /// calls still under way leave is given back when it is called again.
    pub async fn close(&self) {
        self.retire_where(|_| true).await;
    }

    /// The leases of this node, also those of ended windows from which a call still holds. A fund
    /// about which the store is being asked at this moment may be missing.
    pub fn leases(&self) -> Vec<LeaseView> {
        let view = |cell: &Arc<Cell>| LeaseView {
            account: cell.account.clone(),
            free: Nanos::new(cell.free()),
            held: Nanos::new(cell.held()),
            ends: cell.ends,
        };
        let mut leases: Vec<LeaseView> = self.cells.pin().values().map(view).collect();
        for gate in self.gates.pin().values() {
            if let Ok(lessons) = gate.try_lock() {
                leases.extend(lessons.retired.iter().map(view));
            }
        }
        leases.retain(|lease| !lease.free.is_zero() || !lease.held.is_zero());
        leases
    }

    /// Retires the current cells of which `outdated` says so, and gives back what is free in every
    /// retired one. Has each fund's turn meanwhile, so that no call is refused for want of money
    /// that is on its way back.
    async fn retire_where(&self, outdated: impl Fn(&Cell) -> bool) {
        let keys: Vec<FundKey> = self.gates.pin().keys().cloned().collect();
        for key in keys {
            let mut turn = self.turn(key.clone()).await;
            let current = self.cells.pin().get(&key).map(Arc::clone);
            let in_use = match current {
                Some(cell) if outdated(&cell) => {
                    self.retire(&mut turn, cell);
                    false
                }
                found => found.is_some(),
            };
            if let Err(error) = self.sweep(&mut turn).await {
                tracing::debug!(%error, "a lease was not given back; it is tried again later");
            }
            if !in_use && turn.retired.is_empty() {
                self.gates.pin().remove(&key);
            }
        }
    }
}
