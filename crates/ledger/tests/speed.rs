#![allow(clippy::unwrap_used, clippy::print_stdout)]
//! How long holding, settling, journalling and reading the journal take. To be run alone, on an idle machine, with
//! optimization: `cargo test --release -p tollgate-ledger --test speed -- --ignored --nocapture`.

mod memory_book;

use std::sync::Arc;
use std::time::{Duration, Instant};

use memory_book::records::{call, holds, intent};
use memory_book::{MemoryBook, budget, wallet};
use tollgate_ledger::journal::{Journal, Pump};
use tollgate_ledger::{Book, BookError, BoxFuture, LeasePolicy, Ledger};
use tollgate_model::account::{AccountId, Fund, Lease};
use tollgate_model::call::{Attempt, CallRecord, Charge};
use tollgate_model::price::CostLine;
use tollgate_model::settled::SettleBatch;
use tollgate_model::{Micros, Nanos, Rate, Usage, UsageClass};

/// The shortest time that one of many rounds took, per repetition.
fn shortest(mut act: impl FnMut()) -> Duration {
    let round = |act: &mut dyn FnMut()| {
        let begun = Instant::now();
        (0..1_000).for_each(|_| act());
        begun.elapsed() / 1_000
    };
    (0..50).map(|_| round(&mut act)).min().unwrap_or_default()
}

#[test]
#[ignore = "measures time"]
fn a_call_costs_little_time() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let book = MemoryBook::new();
    book.credit("w", 1_000_000_000);
    let ledger = Ledger::new("n".into(), book as Arc<dyn Book>, LeasePolicy::ALONE);
    let funds = [budget("b", 1_000_000_000, 1), wallet("w")];
    let amount = Nanos::new(1_000);
    for _ in 0..3 {
        let held = runtime.block_on(ledger.hold(&funds, amount, Micros(1)));
        held.unwrap().settle(amount);
    }
    let hold = shortest(|| {
        let hold = ledger.try_hold(&funds, amount, Micros(1)).unwrap();
        std::hint::black_box(hold.settle(Nanos::ZERO));
    });
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path(), 0).unwrap();
    let hold_of = ledger.try_hold(&funds, amount, Micros(1)).unwrap();
    let intent = intent(1, holds(&hold_of));
    let record = call(1, hold_of.settle(amount));
    let write = shortest(|| {
        journal.append_intent(&intent).unwrap();
    });
    let end = shortest(|| {
        journal.append_call(&record).unwrap();
    });
    println!("hold and settle {hold:?}, intent {write:?}, call {end:?}, each with its write");
    let factor = if cfg!(debug_assertions) { 40 } else { 1 };
    assert!(hold < Duration::from_nanos(300) * factor, "{hold:?}");
    assert!(end < Duration::from_micros(8) * factor, "{end:?}");
}

/// Calls that one file of the journal holds in the measurement of the pump.
const CALLS: u128 = 40_000;

/// A store that forgets what it is told.
struct Sink;

impl Book for Sink {
    fn lease<'a>(
        &'a self,
        _: &'a str,
        _: &'a Fund,
        _: Nanos,
        _: Nanos,
    ) -> BoxFuture<'a, Result<Lease, BookError>> {
        Box::pin(async { Err(BookError::Away("it leases nothing".to_owned())) })
    }

    fn give_back<'a>(
        &'a self,
        _: &'a str,
        _: &'a AccountId,
        _: Nanos,
    ) -> BoxFuture<'a, Result<(), BookError>> {
        Box::pin(async { Ok(()) })
    }

    fn settle<'a>(
        &'a self,
        _: &'a str,
        batch: Arc<SettleBatch>,
    ) -> BoxFuture<'a, Result<(), BookError>> {
        std::hint::black_box(&batch);
        Box::pin(async { Ok(()) })
    }

    fn cursors<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Vec<(String, u64)>, BookError>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn release_node<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<(), BookError>> {
        Box::pin(async { Ok(()) })
    }
}

/// A call as most calls are: one attempt, two lines of cost, a budget and a wallet.
fn usual(id: u128, charges: Vec<Charge>) -> CallRecord {
    let attempt = Attempt {
        provider: "openai".into(),
        model: "gpt-5-mini".into(),
        credential: Some("main".into()),
        status: Some(200),
        failure: None,
        note: String::new(),
        began: 38,
        cancelled: None,
        took: 412_251,
    };
    let line = |class, quantity, rate| CostLine {
        class,
        quantity,
        rate: Rate::new(rate).unwrap(),
    };
    let mut record = call(id, charges);
    record.attempts.push(attempt);
    record.usage = Usage::NONE
        .with(UsageClass::Input, 1_018)
        .with(UsageClass::Output, 234);
    record.cost_lines = vec![
        line(UsageClass::Input, 1_018, 250_000_000),
        line(UsageClass::Output, 234, 2_000_000_000),
    ];
    record.price_source = "openai, looked up 2026-11-20".to_owned();
    (1..9).for_each(|stage| record.timings.passed(stage * 1_403));
    record
}

#[test]
#[ignore = "measures time"]
fn a_call_is_carried_to_the_store_in_little_time() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let charge = |account| Charge {
        account,
        held: Nanos::new(123_456_000),
        taken: Nanos::new(722_500),
    };
    let accounts = [AccountId::budget("b", Micros(0)), AccountId::wallet("w")];
    let holds = accounts.clone().map(|a| (a, Nanos::new(123_456_000)));
    let mut shortest = Duration::MAX;
    let mut bytes = 0;
    for _ in 0..5 {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::open(dir.path(), 0).unwrap();
        for id in 0..CALLS {
            journal.append_intent(&intent(id, holds.to_vec())).unwrap();
            let charges = accounts.clone().map(charge).to_vec();
            journal.append_call(&usual(id, charges)).unwrap();
        }
        let pump = Pump::new("n".into(), Arc::new(Sink), &[journal]);
        bytes = pump.status().backlog_bytes() / CALLS as u64;
        let begun = Instant::now();
        runtime.block_on(pump.run(std::future::ready(())));
        shortest = shortest.min(begun.elapsed() / CALLS as u32);
    }
    println!("read and handed over {shortest:?}, of {bytes} bytes with the intent");
    let factor = if cfg!(debug_assertions) { 20 } else { 1 };
    assert!(shortest < Duration::from_micros(3) * factor, "{shortest:?}");
}
