#![allow(clippy::unwrap_used)]
//! No interleaving of what nodes do spends more than there is, or refuses what there is.

mod memory_book;

use std::sync::Arc;
use std::time::Duration;

use memory_book::records::{batch, settled};
use memory_book::{Fault, MemoryBook, State, WINDOW, budget, wallet};
use proptest::prelude::*;
use tollgate_ledger::{Book, Hold, HoldError, LeasePolicy, Ledger, Short};
use tollgate_model::account::{AccountId, Fund};
use tollgate_model::settled::SettledCall;
use tollgate_model::{Micros, Nanos};

/// Remembers no refusal, so that each one can be checked against the store.
const STRICT: LeasePolicy = LeasePolicy {
    memory: Duration::ZERO,
    ..LeasePolicy::CLUSTER
};

#[derive(Clone, Debug)]
enum Step {
    Hold {
        node: usize,
        which: u8,
        amount: i64,
    },
    /// Several calls at once.
    Burst {
        node: usize,
        calls: usize,
        amount: i64,
    },
    Settle {
        pick: prop::sample::Index,
        cost: i64,
    },
    Release {
        pick: prop::sample::Index,
    },
    Pump {
        node: usize,
    },
    Credit {
        amount: i64,
    },
    Tend {
        node: usize,
    },
    Refresh {
        node: usize,
    },
    SetLimit {
        limit: i64,
    },
    Pass {
        micros: i64,
    },
    Crash {
        node: usize,
    },
    Fail {
        fault: Fault,
    },
}

fn any_step(faults: bool) -> impl Strategy<Value = Step> {
    use any as anything;
    let node = 0..2usize;
    let pick = anything::<prop::sample::Index>;
    let fault = if faults { 1..4usize } else { 0..1usize };
    let kinds = [
        Fault::None,
        Fault::Away,
        Fault::LostBefore,
        Fault::LostAfter,
    ];
    prop_oneof![
        8 => (node.clone(), 0u8..4, 0i64..300)
            .prop_map(|(node, which, amount)| Step::Hold { node, which, amount }),
        2 => (node.clone(), 2usize..9, 1i64..60)
            .prop_map(|(node, calls, amount)| Step::Burst { node, calls, amount }),
        8 => (pick(), 0i64..400).prop_map(|(pick, cost)| Step::Settle { pick, cost }),
        3 => pick().prop_map(|pick| Step::Release { pick }),
        3 => node.clone().prop_map(|node| Step::Pump { node }),
        1 => (1i64..400).prop_map(|amount| Step::Credit { amount }),
        2 => node.clone().prop_map(|node| Step::Tend { node }),
        2 => node.clone().prop_map(|node| Step::Refresh { node }),
        1 => (0i64..800).prop_map(|limit| Step::SetLimit { limit }),
        1 => (1..WINDOW).prop_map(|micros| Step::Pass { micros }),
        1 => node.prop_map(|node| Step::Crash { node }),
        1 => fault.prop_map(move |of| Step::Fail { fault: kinds[of] }),
    ]
}

struct Node {
    name: String,
    ledger: Arc<Ledger>,
    /// What this node knows of the budget; it learns of changes by `Refresh`.
    budget: Arc<Fund>,
    /// How far its clock is ahead of the store's.
    skew: i64,
    journal: Vec<SettledCall>,
}

struct World {
    book: Arc<MemoryBook>,
    nodes: Vec<Node>,
    budget: Arc<Fund>,
    held: Vec<(usize, Hold)>,
    calls: u128,
    /// Whether an answer of the store was lost: from then on money may lie unused.
    lossy: bool,
}

impl World {
    fn new(skew: i64) -> World {
        let book = MemoryBook::new();
        let limits = budget("b", 500, 1);
        let node = |name: &str, skew| Node {
            name: name.to_owned(),
            ledger: Ledger::new(name.into(), Arc::clone(&book) as Arc<dyn Book>, STRICT),
            budget: Arc::clone(&limits),
            skew,
            journal: Vec::new(),
        };
        let nodes = vec![node("one", 0), node("two", skew)];
        book.credit("w", 700);
        World {
            book,
            nodes,
            budget: limits,
            held: Vec::new(),
            calls: 0,
            lossy: false,
        }
    }

    fn now(&self, node: usize) -> Micros {
        Micros(self.book.state().now + self.nodes[node].skew)
    }

    fn funds(&self, node: usize, which: u8) -> Vec<Arc<Fund>> {
        let mut funds = Vec::new();
        if which & 1 == 1 {
            funds.push(Arc::clone(&self.nodes[node].budget));
        }
        if which & 2 == 2 {
            funds.push(wallet("w"));
        }
        funds
    }

    async fn step(&mut self, step: Step) {
        match step {
            Step::Hold {
                node,
                which,
                amount,
            } => self.hold(node, which, amount).await,
            Step::Burst {
                node,
                calls,
                amount,
            } => self.burst(node, calls, amount).await,
            Step::Settle { pick, cost } => {
                if !self.held.is_empty() {
                    self.settle(pick.index(self.held.len()), cost);
                }
            }
            Step::Release { pick } => {
                if !self.held.is_empty() {
                    drop(self.held.swap_remove(pick.index(self.held.len())));
                }
            }
            Step::Pump { node } => self.pump(node).await,
            Step::Credit { amount } => self.book.credit("w", amount),
            Step::Tend { node } => self.nodes[node].ledger.tend(self.now(node)).await,
            Step::Refresh { node } => {
                self.nodes[node].budget = Arc::clone(&self.budget);
                let funds = self.funds(node, 3);
                self.nodes[node].ledger.refresh(&funds).await;
            }
            Step::SetLimit { limit } => {
                self.budget = budget("b", limit, self.budget.rule.revision + 1);
            }
            Step::Pass { micros } => self.book.state().now += micros,
            Step::Crash { node } => self.crash(node).await,
            Step::Fail { fault } => {
                self.lossy |= matches!(fault, Fault::LostBefore | Fault::LostAfter);
                self.book.state().faults_ahead.push_back(fault);
            }
        }
    }

    async fn hold(&mut self, node: usize, which: u8, amount: i64) {
        let funds = self.funds(node, which);
        let (now, ledger) = (self.now(node), Arc::clone(&self.nodes[node].ledger));
        let before = self.book.state().faults_ahead.len();
        match ledger.hold(&funds, Nanos::new(amount), now).await {
            Ok(hold) => {
                assert!(hold.holds().all(|(_, held)| held.get() == amount));
                assert!(amount == 0 || hold.holds().count() == funds.len());
                self.held.push((node, hold));
            }
            Err(HoldError::Short(short)) => self.check_refusal(node, amount, &short),
            Err(HoldError::Unavailable(_)) => {
                assert!(before > 0, "the store did not fail");
            }
        }
    }

    /// A call may be refused only for money that other nodes have, that is held or that is spent.
    fn check_refusal(&self, node: usize, amount: i64, short: &Short) {
        assert!(short.available.get() < amount, "{short:?}");
        if self.lossy {
            return;
        }
        let mut state = self.book.state();
        let (account, _) = state.open(&short.fund);
        let node = &self.nodes[node];
        let elsewhere = state.leased(&account) - state.lease_of(&node.name, &account);
        let leases = node.ledger.leases();
        let held = leases.iter().filter(|lease| lease.account == account);
        let held: i64 = held.map(|lease| lease.held.get()).sum();
        let free = state.balances[&account] - elsewhere - held - node.unsettled(&state, &account);
        assert!(free < amount, "{free} was there for {amount}: {short:?}");
        assert_eq!(short.available.get(), free.max(0));
    }

    async fn burst(&mut self, node: usize, calls: usize, amount: i64) {
        let funds = self.funds(node, 3);
        let now = self.now(node);
        let tasks: Vec<_> = (0..calls)
            .map(|_| {
                let (ledger, funds) = (Arc::clone(&self.nodes[node].ledger), funds.clone());
                tokio::spawn(async move { ledger.hold(&funds, Nanos::new(amount), now).await })
            })
            .collect();
        for (index, task) in tasks.into_iter().enumerate() {
            if index == 1 {
                // A caller who hangs up while the store is being asked.
                task.abort();
            }
            if let Ok(Ok(hold)) = task.await {
                self.held.push((node, hold));
            }
        }
        // What a dropped call had asked for is on its way.
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }

    fn settle(&mut self, at: usize, cost: i64) {
        let (node, hold) = self.held.swap_remove(at);
        let held = hold.amount().get();
        let charges = hold.settle(Nanos::new(cost));
        for charge in &charges {
            assert!(charge.held.get() == held || held == 0);
            assert!(charge.taken.get() >= cost.min(held) && charge.taken.get() <= cost);
        }
        self.calls += 1;
        self.nodes[node].journal.push(settled(self.calls, charges));
    }

    async fn pump(&mut self, node: usize) {
        let node = &mut self.nodes[node];
        let batch = batch(node.journal.clone());
        if self.book.settle(&node.name, batch).await.is_ok() {
            node.journal.clear();
        }
    }

    async fn crash(&mut self, at: usize) {
        self.held.retain(|(node, _)| *node != at);
        self.book.state().faults_ahead.clear();
        self.pump(at).await;
        let node = &mut self.nodes[at];
        self.book.release_node(&node.name).await.unwrap();
        let book = Arc::clone(&self.book) as Arc<dyn Book>;
        node.ledger = Ledger::new(node.name.as_str().into(), book, STRICT);
    }

    fn verify(&self) {
        let state = self.book.state();
        state.verify();
        for node in &self.nodes {
            let leases = node.ledger.leases();
            for account in state.balances.keys() {
                let of = leases.iter().filter(|lease| lease.account == *account);
                let here: i64 = of.map(|lease| lease.free.get() + lease.held.get()).sum();
                let used = here + node.unsettled(&state, account);
                let leased = state.lease_of(&node.name, account);
                assert!(
                    used <= leased,
                    "{}: {used} of {leased} leased of {account}",
                    node.name
                );
                assert!(
                    self.lossy || used == leased,
                    "{account}: {used} but {leased} leased"
                );
            }
        }
    }

    /// Everything ends: afterwards nothing is leased any more.
    async fn end(mut self) {
        self.book.state().faults_ahead.clear();
        while !self.held.is_empty() {
            self.settle(0, 17);
        }
        for at in 0..self.nodes.len() {
            self.pump(at).await;
            self.nodes[at].ledger.close().await;
            assert!(self.nodes[at].ledger.leases().is_empty());
        }
        self.verify();
        let state = self.book.state();
        assert!(self.lossy || state.leases.values().all(|amount| *amount == 0));
    }
}

impl Node {
    /// What was taken and has not reached the store.
    fn unsettled(&self, state: &State, account: &AccountId) -> i64 {
        let calls = self.journal.iter().map(|call| &call.summary);
        let pending = calls.filter(|call| !state.settled.contains_key(&call.id));
        let charges = pending.flat_map(|call| &call.taken);
        let of = charges.filter(|(charged, _)| charged == account);
        of.map(|(_, taken)| taken.get()).sum()
    }
}

fn play(skew: i64, steps: Vec<Step>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut world = World::new(skew);
        for step in steps {
            world.step(step).await;
            world.verify();
        }
        world.end().await;
    });
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn money_is_neither_overspent_nor_withheld(
        skew in -WINDOW..WINDOW,
        steps in proptest::collection::vec(any_step(false), 1..120),
    ) {
        play(skew, steps);
    }

    #[test]
    fn money_is_not_overspent_when_answers_of_the_store_are_lost(
        skew in -WINDOW..WINDOW,
        steps in proptest::collection::vec(any_step(true), 1..120),
    ) {
        play(skew, steps);
    }
}
