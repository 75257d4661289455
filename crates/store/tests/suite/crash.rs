//! A process that is killed in the middle of its work loses nothing that was acknowledged.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tollgate_model::Micros;
use tollgate_model::account::{AccountId, ByHand, wallet_credit};
use tollgate_store::{Change, HistoryFilter, Location, Store};

use crate::records::{dollars, team};

/// Names the database to the process that is to be killed.
const VICTIM: &str = "TOLLGATE_TEST_VICTIM";
/// Rounds that are acknowledged before the process is killed.
const ROUNDS: usize = 25;

#[test]
fn what_was_acknowledged_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tollgate.db");
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::the_victim_works_until_it_is_killed"])
        .args(["--ignored", "--nocapture"])
        .env(VICTIM, &path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let told = BufReader::new(victim.stdout.take().unwrap());
    let rounds = told.lines().map_while(Result::ok);
    let rounds = rounds
        .filter(|line| line.contains("round "))
        .take(ROUNDS)
        .count();
    victim.kill().unwrap();
    victim.wait().unwrap();
    assert_eq!(rounds, ROUNDS, "the victim ended by itself");

    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::open(&Location::Sqlite(path)).await.unwrap();
        let all = HistoryFilter::default();
        let made = store.history(&all, None, 100_000).await.unwrap();
        assert!(made.len() >= ROUNDS);
        let found: Vec<u64> = made.iter().rev().map(|made| made.revision).collect();
        let expected: Vec<u64> = (1..=made.len() as u64).collect();
        assert_eq!(found, expected);
        assert_eq!(*store.watch().borrow(), made.len() as u64);
        let wallet = store.account(&AccountId::wallet("acme")).await.unwrap();
        let rounds = i64::try_from(ROUNDS).unwrap();
        assert!(wallet.unwrap().balance.get() >= dollars("1").get() * rounds);
        assert_eq!(store.verify().await.unwrap().faults, [""; 0]);
        let changes = [Change::Put(team("acme", "after"))];
        let next = store
            .change(&changes, "ann", Micros(0), None)
            .await
            .unwrap();
        assert_eq!(next[0].revision, made.len() as u64 + 1);
    });
}

#[tokio::test]
#[ignore = "the other half of what_was_acknowledged_survives_a_kill, which runs it"]
async fn the_victim_works_until_it_is_killed() {
    let Some(path) = std::env::var_os(VICTIM) else {
        return;
    };
    let store = Store::open(&Location::Sqlite(PathBuf::from(path)))
        .await
        .unwrap();
    for round in 0..100_000 {
        let changes = [Change::Put(team("acme", &format!("{round}")))];
        let credit = wallet_credit(
            format!("{round}"),
            "acme",
            dollars("1"),
            ByHand {
                actor: "ann",
                reason: "",
                at: Micros(round),
            },
        );
        let change = store.change(&changes, "ann", Micros(round), None);
        let (changed, posted) = tokio::join!(change, store.post(&credit));
        changed.unwrap();
        posted.unwrap();
        println!("round {round}");
    }
}
