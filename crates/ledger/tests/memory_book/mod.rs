//! A store in memory that keeps the promises of [`Book`], finds fault with whoever breaks theirs,
//! and can be made to fail.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used)] // Each test file uses a part of it.

pub mod records;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tollgate_ledger::{Book, BookError, BoxFuture};
use tollgate_model::account::{AccountId, Fund, FundKind, Lease};
use tollgate_model::call::CallRecord;
use tollgate_model::resource::RuleRef;
use tollgate_model::settled::{SettleBatch, SettledCall};
use tollgate_model::time::Window;
use tollgate_model::{CallId, Kind, Micros, Nanos};

/// A window of every budget here.
pub const WINDOW: i64 = 1_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    None,
    /// Nothing is done and the node is told so.
    Away,
    /// Nothing is done and the node is not told.
    LostBefore,
    /// It is done and the node is not told.
    LostAfter,
}

#[derive(Default)]
pub struct State {
    pub now: i64,
    pub balances: BTreeMap<AccountId, i64>,
    pub leases: BTreeMap<(String, AccountId), i64>,
    pub settled: BTreeMap<CallId, CallRecord>,
    pub cursors: BTreeMap<(String, String), u64>,
    /// What became of the next questions, one each; when it is empty, nothing fails.
    pub faults_ahead: VecDeque<Fault>,
    pub leases_asked: u64,
    /// How long each question takes.
    pub pause: Duration,
    pub batches: u64,
    limits: BTreeMap<AccountId, (u64, i64)>,
    /// What was ever put into each account.
    minted: BTreeMap<AccountId, i64>,
    /// Promises that a node broke.
    pub broken: Vec<String>,
}

#[derive(Default)]
pub struct MemoryBook {
    state: Mutex<State>,
}

impl MemoryBook {
    pub fn new() -> Arc<MemoryBook> {
        Arc::default()
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub fn credit(&self, team: &str, amount: i64) {
        let account = AccountId::wallet(team);
        let mut state = self.state();
        *state.balances.entry(account.clone()).or_default() += amount;
        *state.minted.entry(account).or_default() += amount;
    }

    pub fn spent(&self, account: &AccountId) -> i64 {
        self.state().spent(account)
    }
}

impl State {
    pub fn leased(&self, account: &AccountId) -> i64 {
        let of = self.leases.iter().filter(|((_, a), _)| a == account);
        of.map(|(_, amount)| amount).sum()
    }

    pub fn lease_of(&self, node: &str, account: &AccountId) -> i64 {
        let key = (node.to_owned(), account.clone());
        self.leases.get(&key).copied().unwrap_or(0)
    }

    pub fn spent(&self, account: &AccountId) -> i64 {
        let charges = self.settled.values().flat_map(|call| &call.charges);
        let of = charges.filter(|charge| charge.account == *account);
        of.map(|charge| charge.taken.get()).sum()
    }

    /// The invariants of section 7 of the design.
    pub fn verify(&self) {
        assert_eq!(self.broken, Vec::<String>::new());
        for (account, balance) in &self.balances {
            let leased = self.leased(account);
            assert!(
                0 <= leased && leased <= *balance,
                "{account}: {leased} of {balance}"
            );
            let spent = self.spent(account);
            assert_eq!(
                self.minted[account],
                balance + spent,
                "{account}: money was made or lost"
            );
        }
        assert!(self.leases.values().all(|amount| *amount >= 0));
    }

    /// The account of a fund whose window is open, and when that ends.
    pub fn open(&mut self, fund: &Fund) -> (AccountId, Micros) {
        let (account, limit, ends) = match &fund.kind {
            FundKind::Wallet { team } => {
                self.balances.entry(AccountId::wallet(team)).or_default();
                self.minted.entry(AccountId::wallet(team)).or_default();
                return (AccountId::wallet(team), Micros::NEVER);
            }
            FundKind::Budget { name, limit, .. } => {
                let start = self.now.div_euclid(WINDOW) * WINDOW;
                let account = AccountId::budget(name, Micros(start));
                (account, limit.get(), Micros(start + WINDOW))
            }
        };
        let revision = fund.rule.revision;
        let (known, before) = self.limits.get(&account).copied().unwrap_or((0, 0));
        if revision > known {
            let balance = self.balances.get(&account).copied().unwrap_or(0);
            let changed = (balance + limit - before).max(self.leased(&account));
            *self.minted.entry(account.clone()).or_default() += changed - balance;
            self.balances.insert(account.clone(), changed);
            self.limits
                .insert(account.clone(), (revision, before + changed - balance));
        }
        (account, ends)
    }

    fn lease(&mut self, node: &str, fund: &Fund, at_least: i64, wanted: i64) -> Lease {
        self.leases_asked += 1;
        let (account, ends) = self.open(fund);
        let balance = self.balances[&account];
        let free = balance - self.leased(&account);
        let granted = if free >= at_least {
            wanted.min(free)
        } else {
            0
        };
        *self
            .leases
            .entry((node.to_owned(), account.clone()))
            .or_default() += granted;
        let leased = Nanos::new(self.leased(&account));
        let own = Nanos::new(self.lease_of(node, &account));
        Lease {
            account,
            granted: Nanos::new(granted),
            balance: Nanos::new(balance),
            leased,
            elsewhere: leased.checked_sub(own).unwrap(),
            ends,
        }
    }

    fn take_off(&mut self, node: &str, account: &AccountId, amount: i64) {
        let lease = self
            .leases
            .entry((node.to_owned(), account.clone()))
            .or_default();
        if amount > *lease || amount < 0 {
            self.broken.push(format!(
                "{node} takes {amount} of {lease} leased of {account}"
            ));
        }
        *lease -= amount;
    }

    fn settle(&mut self, node: &str, batch: &SettleBatch) {
        self.batches += 1;
        for call in &batch.calls {
            let record: CallRecord = serde_json::from_str(&call.json).unwrap();
            let read = SettledCall::of(&record).unwrap();
            assert_eq!(read, *call, "the text is the record's");
            if self.settled.contains_key(&record.id) {
                continue;
            }
            for (account, taken) in &call.summary.taken {
                self.take_off(node, account, taken.get());
                *self.balances.entry(account.clone()).or_default() -= taken.get();
            }
            self.settled.insert(record.id, record);
        }
        for (name, position) in &batch.cursors {
            self.cursors
                .insert((node.to_owned(), name.clone()), *position);
        }
    }
}

impl MemoryBook {
    async fn work<T>(&self, act: impl FnOnce(&mut State) -> T) -> Result<T, BookError> {
        // Others get their turn before and after, as they would with a real store.
        tokio::task::yield_now().await;
        let pause = self.state().pause;
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        let done = {
            let mut state = self.state();
            match state.faults_ahead.pop_front().unwrap_or(Fault::None) {
                Fault::Away => Err(BookError::Away("scripted".to_owned())),
                Fault::LostBefore => Err(BookError::Unsure("scripted".to_owned())),
                Fault::LostAfter => {
                    act(&mut state);
                    Err(BookError::Unsure("scripted".to_owned()))
                }
                Fault::None => Ok(act(&mut state)),
            }
        };
        tokio::task::yield_now().await;
        done
    }
}

impl Book for MemoryBook {
    fn lease<'a>(
        &'a self,
        node: &'a str,
        fund: &'a Fund,
        at_least: Nanos,
        wanted: Nanos,
    ) -> BoxFuture<'a, Result<Lease, BookError>> {
        Box::pin(self.work(move |s| s.lease(node, fund, at_least.get(), wanted.get())))
    }

    fn give_back<'a>(
        &'a self,
        node: &'a str,
        account: &'a AccountId,
        amount: Nanos,
    ) -> BoxFuture<'a, Result<(), BookError>> {
        Box::pin(self.work(move |s| s.take_off(node, account, amount.get())))
    }

    fn settle<'a>(
        &'a self,
        node: &'a str,
        batch: Arc<SettleBatch>,
    ) -> BoxFuture<'a, Result<(), BookError>> {
        Box::pin(self.work(move |s| s.settle(node, &batch)))
    }

    fn cursors<'a>(
        &'a self,
        node: &'a str,
    ) -> BoxFuture<'a, Result<Vec<(String, u64)>, BookError>> {
        Box::pin(self.work(move |s| {
            let of = s.cursors.iter().filter(|((n, _), _)| n == node);
            of.map(|((_, name), position)| (name.clone(), *position))
                .collect()
        }))
    }

    fn release_node<'a>(&'a self, node: &'a str) -> BoxFuture<'a, Result<(), BookError>> {
        Box::pin(self.work(move |s| {
            s.leases.retain(|(n, _), _| n != node);
            s.cursors.retain(|(n, _), _| n != node);
        }))
    }
}

pub fn wallet(team: &str) -> Arc<Fund> {
    Arc::new(Fund {
        kind: FundKind::Wallet { team: team.into() },
        rule: rule(Kind::Team, team, 1),
        on_exhausted: 402,
    })
}

pub fn budget(name: &str, limit: i64, revision: u64) -> Arc<Fund> {
    Arc::new(Fund {
        kind: FundKind::Budget {
            name: name.into(),
            limit: Nanos::new(limit),
            window: Window::Hour,
            time_zone: "UTC".into(),
            scope: "team t".into(),
        },
        rule: rule(Kind::Budget, name, revision),
        on_exhausted: 429,
    })
}

fn rule(kind: Kind, name: &str, revision: u64) -> RuleRef {
    RuleRef {
        kind,
        name: name.parse().unwrap(),
        revision,
    }
}
