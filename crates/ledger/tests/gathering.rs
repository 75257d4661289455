#![allow(clippy::unwrap_used)]
//! Calls are settled in batches that are worth a transaction.

mod memory_book;

use std::sync::Arc;
use std::time::Duration;

use memory_book::MemoryBook;
use memory_book::records::call;
use tollgate_ledger::Book;
use tollgate_ledger::journal::{Journal, Pump};

#[tokio::test(start_paused = true)]
async fn calls_that_end_while_the_store_works_gather_for_the_next_batch() {
    let (dir, book) = (tempfile::tempdir().unwrap(), MemoryBook::new());
    book.state().pause = Duration::from_millis(10);
    let journal = Journal::open(dir.path(), 0).unwrap();
    let journals = [journal.clone()];
    let pump = Pump::new("n".into(), Arc::clone(&book) as Arc<dyn Book>, &journals);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(pump.run(async {
        let _ = stopped.await;
    }));
    for id in 0..200 {
        journal.append_call(&call(id, Vec::new())).unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stop.send(()).unwrap();
    running.await.unwrap();
    let state = book.state();
    assert_eq!(state.settled.len(), 200);
    // A second, and no two batches within 50 ms but the last.
    assert!((2..=21).contains(&state.batches), "{}", state.batches);
}
