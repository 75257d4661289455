//! Ledger, journal and database.

use crate::check::{Check, Found};
use crate::facts::{Facts, known};
use crate::finding::{Finding, Severity, Step};

/// Bytes of the journal that the store may be behind.
const BEHIND: u64 = 1 << 20;
/// Microseconds that a question to the database may take.
const SLOW: u64 = 20_000;
/// And after which calls wait for leases.
const VERY_SLOW: u64 = 200_000;

pub(super) const CHECKS: [Check; 4] = [
    Check::new(
        "ledger_faulty",
        (Step::Server, Severity::Error),
        [
            "A ledger that does not add up",
            "Every account, transaction and settled call is looked at, as `tollgate ledger verify` does.",
            "Keep a copy of the database, and report each sentence.",
        ],
        ledger,
    ),
    Check::new(
        "journal_behind",
        (Step::Server, Severity::Error),
        [
            "Settled calls that the store does not have yet",
            "More than 1 MiB of the journal waits for the store: it is away, slow, or refuses. Nothing \
             is lost, and balances are shown too high meanwhile.",
            "Look at the database; the journal is carried over by itself.",
        ],
        behind,
    ),
    Check::new(
        "journal_unsettled",
        (Step::Server, Severity::Warning),
        [
            "A journal that an earlier process left",
            "The last process did not end in order. What its journal holds is settled by the next start, \
             each call once.",
            "Start the gateway: `tollgate serve`.",
        ],
        unsettled,
    ),
    Check::new(
        "database_slow",
        (Step::Server, Severity::Error),
        [
            "A database that answers slowly",
            "The fastest of five questions took more than 20 ms; more than 200 ms are an error. Calls \
             do not wait for the database, but for a lease of money that ran out they do.",
            "Look at its load, its disk, and the network to it.",
        ],
        slow,
    ),
];

fn ledger(facts: &Facts) -> Found {
    let report = known(&facts.ledger)?;
    let fix = "Keep a copy of the database, and report this sentence.";
    Ok(report
        .faults
        .iter()
        .map(|fault| {
            let found = Finding::error("Ledger", format!("{fault}."), fix);
            found
                .seen("accounts", report.accounts)
                .seen("transactions", report.transactions)
                .by_command("tollgate ledger verify")
        })
        .collect())
}

fn behind(facts: &Facts) -> Found {
    let server = known(&facts.server)?;
    if server.backlog <= BEHIND {
        return Ok(Vec::new());
    }
    let detail = format!(
        "{} bytes of settled calls wait for the store.",
        server.backlog
    );
    let fix = "Look at the database; the journal is carried over by itself.";
    Ok(vec![
        Finding::error("Journal", detail, fix).by_command("tollgate status"),
    ])
}

fn unsettled(facts: &Facts) -> Found {
    let server = known(&facts.server)?;
    if server.serves || server.unsettled == 0 {
        return Ok(Vec::new());
    }
    let detail = format!(
        "{} bytes are left of a process that did not end in order.",
        server.unsettled
    );
    let fix = "Start the gateway: it settles them, each call once.";
    Ok(vec![
        Finding::warning("Journal", detail, fix).by_command("tollgate serve"),
    ])
}

fn slow(facts: &Facts) -> Found {
    let database = known(&facts.database)?;
    let severity = match database.latency {
        micros if micros > VERY_SLOW => Severity::Error,
        micros if micros > SLOW => Severity::Warning,
        _ => return Ok(Vec::new()),
    };
    let millis = database.latency / 1_000;
    let detail = format!("The fastest of five questions took {millis} ms.");
    let fix = "Look at its load, its disk, and the network to it.";
    let found = Finding::new(severity, "Database", detail, fix);
    Ok(vec![found.seen(
        "database",
        format!("{} {}", database.engine, database.version),
    )])
}
