#![allow(clippy::unwrap_used)]
//! Whatever breaks off, wherever: no settled call is lost and none is charged twice.

mod memory_book;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use memory_book::records::{call, intent};
use memory_book::{Fault, MemoryBook, wallet};
use proptest::prelude::*;
use tollgate_ledger::journal::{Committer, Journal, Pump, Unsettled, recover};
use tollgate_ledger::{Book, BookError};
use tollgate_model::account::AccountId;
use tollgate_model::call::{Charge, Ending, JournalEntry};
use tollgate_model::{CallId, Nanos};

/// What each call held, and what it took.
const HELD: i64 = 10;
const TAKEN: i64 = 7;

/// Small, so that a few calls fill one.
const SEGMENT: u64 = 1_500;

fn account() -> AccountId {
    AccountId::wallet("w")
}

fn charge() -> Charge {
    Charge {
        account: account(),
        held: Nanos::new(HELD),
        taken: Nanos::new(TAKEN),
    }
}

fn begin(journal: &Journal, id: u128) {
    journal
        .append_intent(&intent(id, vec![(account(), Nanos::new(HELD))]))
        .unwrap();
}

fn end(journal: &Journal, id: u128) {
    journal.append_call(&call(id, vec![charge()])).unwrap();
}

/// A book whose node has leased all of a wallet.
async fn leased_book() -> Arc<MemoryBook> {
    let book = MemoryBook::new();
    book.credit("w", 1_000);
    book.lease("n", &wallet("w"), Nanos::ZERO, Nanos::new(1_000))
        .await
        .unwrap();
    book
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.collect();
    files.sort();
    files
}

/// What the records in a folder say, read without the crate's own reader.
#[derive(Default)]
struct Written {
    intents: BTreeSet<CallId>,
    calls: BTreeSet<CallId>,
}

impl Written {
    fn of(dir: &Path) -> Written {
        let mut written = Written::default();
        for file in files(dir) {
            let bytes = std::fs::read(file).unwrap();
            let mut rest = &bytes[..];
            while rest.len() > 8 {
                let length = u32::from_le_bytes(rest[..4].try_into().unwrap()) as usize;
                let sum = u32::from_le_bytes(rest[4..8].try_into().unwrap());
                let Some(json) = rest.get(8..8 + length) else {
                    break;
                };
                assert_eq!(crc32fast::hash(json), sum);
                match serde_json::from_slice(json).unwrap() {
                    JournalEntry::Intent(intent) => written.intents.insert(intent.id),
                    JournalEntry::Call(call) => written.calls.insert(call.id),
                };
                rest = &rest[8 + length..];
            }
        }
        written
    }
}

/// What must be true of the store after a recovery of what was written.
fn check(book: &MemoryBook, written: &Written, unsettled: Unsettled) {
    let state = book.state();
    state.verify();
    assert!(
        state.leases.values().all(|amount| *amount == 0),
        "every lease has ended"
    );
    let of = |ending| {
        let settled = state
            .settled
            .values()
            .filter(move |call| call.ending == ending);
        settled.map(|call| call.id).collect::<BTreeSet<CallId>>()
    };
    let completed = of(Ending::Completed);
    assert_eq!(completed, written.calls);
    let open: BTreeSet<_> = written.intents.difference(&completed).copied().collect();
    assert_eq!(of(Ending::Unresolved), open);
    let guess = if unsettled == Unsettled::Charge {
        HELD
    } else {
        0
    };
    let calls = completed.len() as i64;
    assert_eq!(
        state.spent(&account()),
        calls * TAKEN + open.len() as i64 * guess
    );
}

/// A journal of several segments with calls that end in other segments than they began in.
fn sample(dir: &Path) {
    let journal = Journal::open_sized(dir, 0, SEGMENT).unwrap();
    begin(&journal, 1);
    for id in 2..8 {
        begin(&journal, id);
        if id % 3 != 0 {
            end(&journal, id);
        }
    }
    end(&journal, 3);
    end(&journal, 1);
}

/// The state of a folder after a kill when only so many bytes had been written, file after file.
fn cut(from: &Path, to: &Path, mut bytes: usize) {
    for file in files(from) {
        let all = std::fs::read(&file).unwrap();
        let kept = bytes.min(all.len());
        std::fs::write(to.join(file.file_name().unwrap()), &all[..kept]).unwrap();
        bytes -= kept;
        if bytes == 0 {
            return;
        }
    }
}

#[tokio::test]
async fn a_kill_at_any_byte_of_the_journal_loses_no_call_and_charges_none_twice() {
    let whole = tempfile::tempdir().unwrap();
    sample(whole.path());
    assert!(files(whole.path()).len() > 3);
    let total: usize = files(whole.path())
        .iter()
        .map(|f| std::fs::read(f).unwrap().len())
        .sum();
    let mut seen = BTreeSet::new();
    for bytes in 0..=total {
        let unsettled = [Unsettled::Release, Unsettled::Charge][bytes % 2];
        let dir = tempfile::tempdir().unwrap();
        cut(whole.path(), dir.path(), bytes);
        let written = Written::of(dir.path());
        // Most cuts are alike: all near the ends of records are tried, and some between.
        if !seen.insert((written.intents.len(), written.calls.len())) && bytes % 29 != 0 {
            continue;
        }
        let book = leased_book().await;
        let found = recover(dir.path(), "n", &*book, unsettled).await.unwrap();
        check(&book, &written, unsettled);
        assert_eq!(found.replayed, written.calls.len() as u64);
        assert_eq!(files(dir.path()), Vec::<PathBuf>::new());
        // As if it had been killed before it deleted the files.
        cut(whole.path(), dir.path(), bytes);
        recover(dir.path(), "n", &*book, unsettled).await.unwrap();
        check(&book, &written, unsettled);
    }
}

#[tokio::test]
async fn a_recovery_that_is_cut_off_at_any_question_is_finished_by_the_next() {
    let whole = tempfile::tempdir().unwrap();
    sample(whole.path());
    for fault in [Fault::Away, Fault::LostBefore, Fault::LostAfter] {
        for at in 0.. {
            let dir = tempfile::tempdir().unwrap();
            cut(whole.path(), dir.path(), usize::MAX);
            let written = Written::of(dir.path());
            let book = leased_book().await;
            book.state().faults_ahead.extend(vec![Fault::None; at]);
            book.state().faults_ahead.push_back(fault);
            let first = recover(dir.path(), "n", &*book, Unsettled::Charge).await;
            book.state().faults_ahead.clear();
            recover(dir.path(), "n", &*book, Unsettled::Charge)
                .await
                .unwrap();
            check(&book, &written, Unsettled::Charge);
            if first.is_ok() {
                assert!(at > 5, "it asked {at} questions");
                break;
            }
        }
    }
}

#[tokio::test]
async fn damage_in_the_middle_costs_the_record_it_is_in_and_the_file_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path(), 0).unwrap();
    (1..=3).for_each(|id| end(&journal, id));
    let file = dir.path().join("w0-00000001.log");
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let book = leased_book().await;
    let found = recover(dir.path(), "n", &*book, Unsettled::Release)
        .await
        .unwrap();
    assert_eq!(found.replayed, 2);
    assert_eq!(found.damaged, [file]);
    let settled: Vec<u128> = book.state().settled.keys().map(|id| id.0).collect();
    assert_eq!(settled, [1, 3]);
    assert_eq!(
        files(dir.path()),
        [dir.path().join("w0-00000001.log.damaged")]
    );
}

#[tokio::test]
async fn a_new_file_with_the_name_of_an_old_one_is_read_from_its_start() {
    let book = leased_book().await;
    for id in [1, 2] {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::open(dir.path(), 0).unwrap();
        end(&journal, id);
        let journals = [journal];
        let pump = Pump::new("n".into(), Arc::clone(&book) as Arc<dyn Book>, &journals);
        let status = pump.status();
        let running = tokio::spawn(pump.run(std::future::pending()));
        if id == 1 {
            until(|| status.backlog_bytes() == 0).await;
        }
        // Killed; the folder of the first is lost, its cursor is in the store.
        running.abort();
        if id == 2 {
            let _ = running.await;
            recover(dir.path(), "n", &*book, Unsettled::Release)
                .await
                .unwrap();
        }
    }
    assert_eq!(book.state().settled.len(), 2);
}

async fn until(reached: impl Fn() -> bool) {
    while !reached() {
        tokio::task::yield_now().await;
    }
}

#[derive(Clone, Debug)]
enum Step {
    Begin { worker: usize },
    End { pick: prop::sample::Index },
    Wait,
    Fail { fault: usize },
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0usize..2).prop_map(|worker| Step::Begin { worker }),
        5 => any::<prop::sample::Index>().prop_map(|pick| Step::End { pick }),
        2 => Just(Step::Wait),
        2 => (0usize..3).prop_map(|fault| Step::Fail { fault }),
    ]
}

/// Plays steps with pump and committer at work, then kills the process or stops it in order.
async fn live(steps: Vec<Step>, killed: bool) {
    let faults = [Fault::Away, Fault::LostBefore, Fault::LostAfter];
    let (dir, book) = (tempfile::tempdir().unwrap(), leased_book().await);
    let journals = [0, 1].map(|w| Journal::open_sized(dir.path(), w, SEGMENT).unwrap());
    let committer = Committer::start(&journals).unwrap();
    let pump = Pump::new("n".into(), Arc::clone(&book) as Arc<dyn Book>, &journals);
    let status = pump.status();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(pump.run(async {
        let _ = stopped.await;
    }));
    let (mut open, mut ended) = (BTreeMap::new(), BTreeSet::new());
    for (id, step) in (1u128..).zip(steps) {
        match step {
            Step::Begin { worker } => {
                begin(&journals[worker], id);
                open.insert(CallId(id), worker);
            }
            Step::End { pick } if !open.is_empty() => {
                let (id, worker) = open.iter().nth(pick.index(open.len())).unwrap();
                let (id, worker) = (*id, *worker);
                end(&journals[worker], id.0);
                open.remove(&id);
                ended.insert(id);
            }
            Step::Wait => until(|| status.backlog_bytes() == 0).await,
            Step::Fail { fault } => book.state().faults_ahead.push_back(faults[fault]),
            Step::End { .. } => {}
        }
    }
    if killed {
        running.abort();
        let _ = running.await;
    } else {
        book.state().faults_ahead.clear();
        stop.send(()).unwrap();
        running.await.unwrap();
        assert!(status.healthy() && status.backlog_bytes() == 0);
        assert!(journals[0].append_call(&call(1, vec![])).is_err(), "closed");
        if open.is_empty() {
            assert_eq!(files(dir.path()), Vec::<PathBuf>::new());
        }
    }
    drop(committer);
    book.state().faults_ahead.clear();
    recover(dir.path(), "n", &*book, Unsettled::Charge)
        .await
        .unwrap();
    let intents = open.keys().chain(&ended).copied().collect();
    check(
        &book,
        &Written {
            intents,
            calls: ended,
        },
        Unsettled::Charge,
    );
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 12, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn a_pump_applies_each_call_once_whatever_the_store_answers(
        steps in proptest::collection::vec(any_step(), 1..60), killed: bool,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(live(steps, killed));
    }
}

#[tokio::test]
async fn a_pump_says_that_it_is_behind_while_the_store_is_away_and_deletes_what_is_applied() {
    let (dir, book) = (tempfile::tempdir().unwrap(), leased_book().await);
    let journals = [Journal::open_sized(dir.path(), 0, SEGMENT).unwrap()];
    let pump = Pump::new("n".into(), Arc::clone(&book) as Arc<dyn Book>, &journals);
    let status = pump.status();
    book.state().faults_ahead.extend(vec![Fault::Away; 3]);
    let running = tokio::spawn(pump.run(std::future::pending()));
    begin(&journals[0], 1_000);
    for id in 1..30 {
        begin(&journals[0], id);
        end(&journals[0], id);
    }
    until(|| !status.healthy()).await;
    assert!(status.backlog_bytes() > 0);
    until(|| status.backlog_bytes() == 0).await;
    assert!(status.healthy());
    assert_eq!(book.state().settled.len(), 29);
    until(|| files(dir.path()).len() == 1).await;
    running.abort();
    let _ = running.await;
    let found = recover(dir.path(), "n", &*book, Unsettled::Release)
        .await
        .unwrap();
    assert_eq!(
        found.unresolved,
        [CallId(1_000)],
        "its intent was carried from file to file"
    );
    assert_eq!(found.replayed, 0, "cursors save the work");
}

#[tokio::test]
async fn a_recovery_says_what_it_cannot_do() {
    let dir = tempfile::tempdir().unwrap();
    let book = leased_book().await;
    book.state().faults_ahead.push_back(Fault::Away);
    let error = recover(dir.path(), "n", &*book, Unsettled::Release)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the journal could not be settled: the ledger's store is away: scripted"
    );
    assert!(matches!(
        error,
        tollgate_ledger::journal::RecoverError::Book(BookError::Away(_))
    ));
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = recover(&file, "n", &*book, Unsettled::Release)
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with(&format!("the journal at {}", file.display()))
    );
}
