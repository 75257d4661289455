//! The store of these tests: balances, leases and settled calls in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use tollgate_ledger::{Book, BookError, BoxFuture};
use tollgate_model::account::{AccountId, Fund, FundKind, Lease};
use tollgate_model::call::CallRecord;
use tollgate_model::file::{KeptBatch, KeptFile};
use tollgate_model::settled::SettleBatch;
use tollgate_model::{Micros, Nanos};

/// How long after [`crate::world::START`] every window of a budget ends, in seconds.
pub(crate) const WINDOW: i64 = 90;

#[derive(Default)]
pub(crate) struct State {
    pub(crate) balances: BTreeMap<AccountId, i64>,
    leased: BTreeMap<AccountId, i64>,
    pub(crate) calls: Vec<CallRecord>,
    pub(crate) files: Vec<KeptFile>,
    pub(crate) batches: Vec<KeptBatch>,
    away: bool,
}

/// A store with one node.
pub(crate) struct MemoryBook {
    ends: Micros,
    state: Mutex<State>,
}

impl MemoryBook {
    pub(crate) fn new(start: Micros) -> Arc<MemoryBook> {
        Arc::new(MemoryBook {
            ends: start.plus_seconds(WINDOW),
            state: Mutex::default(),
        })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(crate) fn credit(&self, team: &str, amount: Nanos) {
        let mut state = self.state();
        *state.balances.entry(AccountId::wallet(team)).or_default() += amount.get();
    }

    pub(crate) fn balance(&self, account: &AccountId) -> Nanos {
        let known = self.state().balances.get(account).copied();
        Nanos::new(known.unwrap_or_default())
    }

    /// All of a wallet is leased: what a node has done that was killed.
    pub(crate) fn lease_wallet(&self, team: &str) {
        let all = (Nanos::ZERO, Nanos::new(i64::MAX));
        self.state()
            .lease(AccountId::wallet(team), Micros::NEVER, all);
    }

    /// What is leased of any account.
    pub(crate) fn leased(&self) -> i64 {
        self.state().leased.values().sum()
    }

    /// From now on the store does not answer.
    pub(crate) fn go_away(&self) {
        self.state().away = true;
    }

    pub(crate) fn come_back(&self) {
        self.state().away = false;
    }

    /// The calls that were settled so far, in the order in which they ended.
    pub(crate) fn calls(&self) -> Vec<CallRecord> {
        self.state().calls.clone()
    }

    pub(crate) fn work<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut State) -> T,
    ) -> BoxFuture<'static, Result<T, BookError>> {
        let mut state = self.state();
        let done = match state.away {
            true => Err(BookError::Away("scripted".to_owned())),
            false => Ok(act(&mut state)),
        };
        Box::pin(async move { done })
    }
}

impl State {
    fn lease(&mut self, account: AccountId, ends: Micros, range: (Nanos, Nanos)) -> Lease {
        let (at_least, wanted) = (range.0.get(), range.1.get());
        let balance = *self.balances.entry(account.clone()).or_default();
        let leased = self.leased.entry(account.clone()).or_default();
        let free = balance - *leased;
        let granted = if free >= at_least {
            wanted.min(free)
        } else {
            0
        };
        *leased += granted;
        Lease {
            account,
            granted: Nanos::new(granted),
            balance: Nanos::new(balance),
            leased: Nanos::new(*leased),
            elsewhere: Nanos::ZERO,
            ends,
        }
    }

    pub(crate) fn give_back(&mut self, account: &AccountId, amount: Nanos) {
        let leased = self.leased.entry(account.clone()).or_default();
        *leased -= amount.get();
        assert!(*leased >= 0, "{account}: more came back than was leased");
    }

    fn settle(&mut self, batch: &SettleBatch) {
        for call in &batch.calls {
            let known = |settled: &CallRecord| settled.id == call.summary.id;
            assert!(!self.calls.iter().any(known), "a call is settled once");
            for (account, taken) in &call.summary.taken {
                self.give_back(account, *taken);
                *self.balances.entry(account.clone()).or_default() -= taken.get();
            }
            self.calls.push(serde_json::from_str(&call.json).unwrap());
        }
    }
}

impl Book for MemoryBook {
    fn lease<'a>(
        &'a self,
        _node: &'a str,
        fund: &'a Fund,
        at_least: Nanos,
        wanted: Nanos,
    ) -> BoxFuture<'a, Result<Lease, BookError>> {
        let (account, ends) = match &fund.kind {
            FundKind::Wallet { team } => (AccountId::wallet(team), Micros::NEVER),
            FundKind::Budget { name, .. } => (AccountId::budget(name, Micros(0)), self.ends),
        };
        self.work(|state| {
            if let FundKind::Budget { limit, .. } = &fund.kind {
                state.balances.entry(account.clone()).or_insert(limit.get());
            }
            state.lease(account, ends, (at_least, wanted))
        })
    }

    fn give_back<'a>(
        &'a self,
        _node: &'a str,
        account: &'a AccountId,
        amount: Nanos,
    ) -> BoxFuture<'a, Result<(), BookError>> {
        self.work(|state| state.give_back(account, amount))
    }

    fn settle<'a>(
        &'a self,
        _node: &'a str,
        batch: Arc<SettleBatch>,
    ) -> BoxFuture<'a, Result<(), BookError>> {
        self.work(|state| state.settle(&batch))
    }

    fn cursors<'a>(
        &'a self,
        _node: &'a str,
    ) -> BoxFuture<'a, Result<Vec<(String, u64)>, BookError>> {
        self.work(|_| Vec::new())
    }

    fn release_node<'a>(&'a self, _node: &'a str) -> BoxFuture<'a, Result<(), BookError>> {
        self.work(|state| state.leased.clear())
    }
}
