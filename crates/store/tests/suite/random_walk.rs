//! Random interleavings of all that moves money, against a model in memory.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use tollgate_model::account::{AccountId, ByHand, wallet_credit};
use tollgate_model::time::Window;
use tollgate_model::{Micros, Nanos};
use tollgate_store::{Store, StoreError};

use crate::place::Place;
use crate::records::{batch, budget, call, wallet};

/// A step: what nodes, finance and time may do. Amounts are nano-dollars.
#[derive(Clone, Debug)]
enum Step {
    Lease { node: usize, of: Of, wanted: i64 },
    GiveBack { node: usize, of: Of, amount: i64 },
    Settle { node: usize, call: u64, part: u8 },
    Post { amount: i64 },
    SetLimit { limit: i64 },
    NextHour,
    Release { node: usize },
}

/// Which fund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Wallet,
    Budget,
}

const NODES: [&str; 3] = ["n0", "n1", "n2"];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let node = || 0..NODES.len();
    let of = || prop_oneof![Just(Of::Wallet), Just(Of::Budget)];
    let step = prop_oneof![
        4 => (node(), of(), 0i64..60)
            .prop_map(|(node, of, wanted)| Step::Lease { node, of, wanted }),
        2 => (node(), of(), 0i64..60)
            .prop_map(|(node, of, amount)| Step::GiveBack { node, of, amount }),
        // Few numbers, so that calls come again.
        4 => (node(), 0u64..12, any::<u8>())
            .prop_map(|(node, call, part)| Step::Settle { node, call, part }),
        2 => (-80i64..120).prop_map(|amount| Step::Post { amount }),
        1 => (0i64..150).prop_map(|limit| Step::SetLimit { limit }),
        1 => Just(Step::NextHour),
        1 => node().prop_map(|node| Step::Release { node }),
    ];
    proptest::collection::vec(step, 1..40)
}

/// What the model knows of an account.
#[derive(Clone, Debug, Default)]
struct Purse {
    balance: i64,
    allowed: i64,
    leases: BTreeMap<usize, i64>,
    closed: bool,
}

impl Purse {
    fn leased(&self) -> i64 {
        self.leases.values().sum()
    }

    fn free(&self) -> i64 {
        self.balance - self.leased()
    }
}

struct Walk {
    place: Place,
    store: Store,
    wallet: Purse,
    /// The windows of the budget, by the hour of the day in which they open.
    windows: BTreeMap<i64, Purse>,
    hour: i64,
    limit: i64,
    settled: BTreeSet<u64>,
    cost: i64,
    posts: u32,
}

impl Walk {
    async fn new() -> Walk {
        let place = Place::sqlite();
        let store = place.open().await;
        Walk {
            place,
            store,
            wallet: Purse::default(),
            windows: BTreeMap::new(),
            hour: 12,
            limit: 100,
            settled: BTreeSet::new(),
            cost: 0,
            posts: 0,
        }
    }

    fn window_id(hour: i64) -> AccountId {
        let day = Micros::parse("2026-11-24T00:00:00Z").unwrap();
        AccountId::budget("cap", day.plus_seconds(hour * 3_600))
    }

    /// The purse and account of a fund; of the budget, that of the newest window.
    fn purse(&mut self, of: Of) -> Option<(&mut Purse, AccountId)> {
        match of {
            Of::Wallet => Some((&mut self.wallet, AccountId::wallet("acme"))),
            Of::Budget => {
                let (hour, purse) = self.windows.iter_mut().next_back()?;
                Some((purse, Walk::window_id(*hour)))
            }
        }
    }

    async fn step(&mut self, step: &Step) {
        match *step {
            Step::Lease { node, of, wanted } => self.lease(node, of, wanted).await,
            Step::GiveBack { node, of, amount } => {
                let Some((purse, id)) = self.purse(of) else {
                    return;
                };
                let leased = purse.leases.entry(node).or_default();
                *leased -= amount.min(*leased);
                let given = self.store.give_back(NODES[node], &id, Nanos::new(amount));
                given.await.unwrap();
            }
            Step::Settle { node, call, part } => self.settle(node, call, part).await,
            Step::Post { amount } => self.post(amount).await,
            Step::SetLimit { limit } => self.limit = limit,
            Step::NextHour => {
                self.hour += 1;
                let (day, hour) = (24 + self.hour / 24, self.hour % 24);
                self.place
                    .set_clock(&format!("2026-11-{day}T{hour:02}:00:00Z"));
            }
            Step::Release { node } => {
                self.store.release_node(NODES[node]).await.unwrap();
                for purse in self.windows.values_mut().chain([&mut self.wallet]) {
                    purse.leases.remove(&node);
                }
            }
        }
    }

    async fn lease(&mut self, node: usize, of: Of, wanted: i64) {
        let fund = match of {
            Of::Wallet => wallet("acme"),
            Of::Budget => budget("cap", Nanos::new(self.limit), Window::Hour),
        };
        if of == Of::Budget {
            self.open_window();
        }
        let lease = self
            .store
            .lease(NODES[node], &fund, Nanos::ZERO, Nanos::new(wanted))
            .await
            .unwrap();
        let (purse, id) = self.purse(of).unwrap();
        let granted = wanted.min(purse.free()).max(0);
        *purse.leases.entry(node).or_default() += granted;
        let (balance, leased) = (purse.balance, purse.leased());
        assert_eq!(lease.account, id);
        assert_eq!(lease.granted.get(), granted);
        assert_eq!((lease.balance.get(), lease.leased.get()), (balance, leased));
        let own = purse.leases[&node];
        assert_eq!(lease.elsewhere.get(), leased - own);
    }

    fn open_window(&mut self) {
        let (hour, limit) = (self.hour, self.limit);
        for (_, before) in self.windows.range_mut(..hour) {
            if !before.closed && before.leased() == 0 {
                before.closed = true;
                before.balance = 0;
            }
        }
        let purse = self.windows.entry(hour).or_default();
        let change = (limit - purse.allowed).max(-purse.free());
        purse.allowed += change;
        purse.balance += change;
    }

    /// Settles a call that takes a part of what the node has leased of both funds.
    async fn settle(&mut self, node: usize, number: u64, part: u8) {
        let mut taken = Vec::new();
        let first = self.settled.insert(number);
        for of in [Of::Wallet, Of::Budget] {
            let Some((purse, id)) = self.purse(of) else {
                continue;
            };
            let leased = purse.leases.get(&node).copied().unwrap_or_default();
            let amount = leased * i64::from(part) / 255;
            taken.push((id, Nanos::new(amount)));
            if first {
                purse.balance -= amount;
                *purse.leases.entry(node).or_default() -= amount;
            }
        }
        let taken: Vec<_> = taken.iter().map(|(id, amount)| (id, *amount)).collect();
        let record = call(number, "acme", &taken);
        if first {
            self.cost += record.cost.get();
        }
        let applied = self
            .store
            .settle(NODES[node], batch([record]))
            .await
            .unwrap();
        assert_eq!(applied.settled, u64::from(first));
    }

    async fn post(&mut self, amount: i64) {
        self.posts += 1;
        let id = format!("post-{}", self.posts);
        let credit = wallet_credit(
            id,
            "acme",
            Nanos::new(amount),
            ByHand {
                actor: "ann",
                reason: "",
                at: Micros(0),
            },
        );
        let free = self.wallet.free();
        match self.store.post(&credit).await {
            Ok(posted) => {
                assert!(posted && (amount >= 0 || free + amount >= 0));
                self.wallet.balance += amount;
            }
            Err(StoreError::Short { available, .. }) => {
                assert!(free + amount < 0);
                assert_eq!(available.get(), free);
            }
            Err(other) => panic!("{other}"),
        }
    }

    async fn check(&self) {
        let report = self.store.verify().await.unwrap();
        assert_eq!(report.faults, [""; 0]);
        assert_eq!(report.calls, self.settled.len() as u64);
        let mut purses = vec![(AccountId::wallet("acme"), &self.wallet)];
        for (hour, purse) in &self.windows {
            purses.push((Walk::window_id(*hour), purse));
        }
        for (id, purse) in purses {
            let Some(found) = self.store.account(&id).await.unwrap() else {
                assert_eq!((purse.balance, purse.leased()), (0, 0), "{id}");
                continue;
            };
            let state = (found.balance.get(), found.leased.get(), found.closed);
            assert_eq!(state, (purse.balance, purse.leased(), purse.closed), "{id}");
            assert!(
                0 <= purse.leased() && purse.leased() <= purse.balance,
                "{id}"
            );
        }
        let usage = self.store.account(&AccountId::usage("acme")).await.unwrap();
        assert_eq!(usage.map_or(0, |usage| usage.balance.get()), self.cost);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_books_agree_with_the_model_after_every_step(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut walk = Walk::new().await;
            for step in &steps {
                walk.step(step).await;
                walk.check().await;
            }
        });
    }
}
