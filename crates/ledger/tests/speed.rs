#![allow(clippy::unwrap_used, clippy::print_stdout)]
//! How long holding, settling and journalling take. To be run alone, on an idle machine, with
//! optimization: `cargo test --release -p tollgate-ledger --test speed -- --ignored --nocapture`.

mod memory_book;

use std::sync::Arc;
use std::time::{Duration, Instant};

use memory_book::records::{call, holds, intent};
use memory_book::{MemoryBook, budget, wallet};
use tollgate_ledger::journal::Journal;
use tollgate_ledger::{Book, LeasePolicy, Ledger};
use tollgate_model::{Micros, Nanos};

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
