//! The leases of this node.

use std::sync::Arc;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicI64, AtomicU64};

use tollgate_model::account::{Fund, Lease};
use tollgate_model::{Micros, Nanos};

use crate::book::{Book, BookError};
use crate::cell::{Cell, Part};
use crate::gate::{Gate, Lessons, Turn};
use crate::hold::Hold;
use crate::key::{FundKey, FundRef};
use crate::policy::LeasePolicy;

/// The money with which this node may work. Shared by its workers; holding and settling take no
/// lock and wait for nothing as long as a lease suffices.
///
/// The one lock on the way of a call is the fund's gate in [`Ledger::hold`]; it is met only where
/// the store must be asked.
pub struct Ledger {
    pub(crate) node: Arc<str>,
    pub(crate) book: Arc<dyn Book>,
    pub(crate) policy: LeasePolicy,
    /// The lease of each fund in the window that is open.
    pub(crate) cells: papaya::HashMap<FundKey, Arc<Cell>>,
    pub(crate) gates: papaya::HashMap<FundKey, Gate>,
    /// Counts refreshes; what was learnt in an earlier epoch is forgotten.
    epoch: AtomicU64,
    stranded: AtomicI64,
}

impl Ledger {
    /// The ledger of a node without any lease. `node` names it in the store, and no other node may
    /// go by that name.
    pub fn new(node: Arc<str>, book: Arc<dyn Book>, policy: LeasePolicy) -> Arc<Ledger> {
        Arc::new(Ledger {
            node,
            book,
            policy,
            cells: papaya::HashMap::new(),
            gates: papaya::HashMap::new(),
            epoch: AtomicU64::new(0),
            stranded: AtomicI64::new(0),
        })
    }

    /// Sets `amount` aside in every fund, or in none. `None` says that the store must be asked:
    /// [`Ledger::hold`]. An amount of nothing fits everywhere.
    pub fn try_hold(&self, funds: &[Arc<Fund>], amount: Nanos, now: Micros) -> Option<Hold> {
        let amount = amount.get().max(0);
        let mut hold = Hold::of(amount);
        let cells = self.cells.pin();
        for fund in funds {
            let cell = cells.get(&FundRef::of(fund));
            let serving = cell.filter(|cell| cell.serves(fund, now));
            match serving.and_then(|cell| Part::take(cell, amount)) {
                Some(part) => hold.push(part),
                None if amount == 0 => {}
                None => return None,
            }
        }
        Some(hold)
    }

    /// What the store has leased to this node and this node cannot use, since an answer of the
    /// store was lost. It returns when the node restarts.
    pub fn stranded(&self) -> Nanos {
        Nanos::new(self.stranded.load(Relaxed))
    }

    /// Holds from the lease of one fund.
    pub(crate) fn part(&self, fund: &Fund, amount: i64, now: Micros) -> Option<Part> {
        let cells = self.cells.pin();
        let cell = cells.get(&FundRef::of(fund))?;
        cell.accept(fund);
        cell.serves(fund, now).then(|| Part::take(cell, amount))?
    }

    pub(crate) fn current(&self, fund: &Fund) -> Option<Arc<Cell>> {
        self.cells.pin().get(&FundRef::of(fund)).map(Arc::clone)
    }

    /// The cell of the account that the store named: the current one, or a new one that takes its
    /// place.
    pub(crate) fn adopt(
        &self,
        lessons: &mut Lessons,
        fund: &Arc<Fund>,
        lease: &Lease,
    ) -> Arc<Cell> {
        if let Some(cell) = self.current(fund) {
            if cell.account == lease.account && !cell.is_superseded_by(fund) {
                return cell;
            }
            self.retire(lessons, cell);
        }
        let account = lease.account.clone();
        let cell = Arc::new(Cell::new(account, Arc::clone(fund), lease.ends));
        let key = FundRef::of(fund).to_key();
        self.cells.pin().insert(key, Arc::clone(&cell));
        cell
    }

    /// Lets no new call hold from the current cell of a fund.
    pub(crate) fn retire(&self, lessons: &mut Lessons, cell: Arc<Cell>) {
        self.cells.pin().remove(&FundRef::of(&cell.fund));
        lessons.retired.push(cell);
    }

    /// Waits for the turn to ask the store about a fund. Cells are put in place and retired by
    /// whoever has the turn, and by nobody else.
    pub(crate) async fn turn(&self, key: FundKey) -> Turn {
        loop {
            let gate = Arc::clone(
                self.gates
                    .pin()
                    .get_or_insert_with(key.clone(), Gate::default),
            );
            let turn = Arc::clone(&gate).lock_owned().await;
            // The gate of a fund that nobody used may have been taken down meanwhile.
            if self
                .gates
                .pin()
                .get(&key)
                .is_some_and(|now| Arc::ptr_eq(now, &gate))
            {
                return turn;
            }
        }
    }

    pub(crate) fn epoch(&self) -> u64 {
        self.epoch.load(Acquire)
    }

    /// Forgets every refusal, also of questions that are under way.
    pub(crate) fn begin_epoch(&self) {
        self.epoch.fetch_add(1, Release);
    }

    /// Gives back what is free in retired cells, and forgets those that are of no more use. Where
    /// the store is away it stays here until the next time.
    pub(crate) async fn sweep(&self, lessons: &mut Lessons) -> Result<(), BookError> {
        let mut outcome = Ok(());
        for cell in &lessons.retired {
            outcome = outcome.and(self.give_back(cell).await);
        }
        // A cell that only this list knows is one from which nobody holds any more.
        lessons
            .retired
            .retain(|cell| cell.free() > 0 || Arc::strong_count(cell) > 1);
        outcome
    }

    /// Gives back what is free in `cell`. Where the store's answer is lost the money stays leased:
    /// to use it here or to give it back again could spend it twice.
    async fn give_back(&self, cell: &Cell) -> Result<(), BookError> {
        let amount = cell.take_all();
        if amount == 0 {
            return Ok(());
        }
        let (node, account) = (&self.node, &cell.account);
        let given = self.book.give_back(node, account, Nanos::new(amount)).await;
        match &given {
            Ok(()) => {}
            Err(BookError::Away(_)) => cell.put(amount),
            Err(error @ BookError::Unsure(_)) => {
                self.stranded.fetch_add(amount, Relaxed);
                let amount = Nanos::new(amount);
                tracing::warn!(%account, %amount, %error,
                    "a lease may not have been given back; it stays unused until a restart");
            }
        }
        given
    }
}
