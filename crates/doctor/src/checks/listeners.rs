//! What stands open, what may not be closed, and clocks.

use std::net::IpAddr;

use crate::check::{Check, Found};
use crate::facts::{Facts, known};
use crate::finding::{Finding, Severity, Step};

/// Clocks that differ by more are told of, in microseconds.
const SKEW_WARNING: u64 = 5_000_000;
/// Clocks that differ by more break signatures and windows.
const SKEW_ERROR: u64 = 60_000_000;

pub(super) const CHECKS: [Check; 3] = [
    Check::new(
        "control_open_to_the_network",
        (Step::Configuration, Severity::Error),
        [
            "A control listener that is open to the network without TLS",
            "Console and admin API listen on an address that others reach, and speak no TLS: passwords \
             and the operator's token can be read on the way. Where nobody has set a password yet, it \
             is an error; where names are set for it (`control_hosts`), a proxy that speaks TLS is \
             taken to be in front, and it is a notice.",
            "Let it listen on loopback (`--control 127.0.0.1:8403`), or put a proxy that speaks TLS in \
             front and set `control_hosts`.",
        ],
        open,
    ),
    Check::new(
        "free_path_behind_a_wall",
        (Step::Configuration, Severity::Error),
        [
            "Paths behind a wall that must be free",
            "The running gateway is asked for `/robots.txt`, `/sitemap.xml`, `/.well-known/…`, and \
             with `OPTIONS`. A 402 or 401 on `/robots.txt` opens the whole site to every bot (RFC \
             9309: a robots file that is unavailable forbids nothing), a 5xx closes it to search \
             engines, and a wall before `OPTIONS` breaks every browser.",
            "Let these paths through; nothing there is for sale.",
        ],
        walls,
    ),
    Check::new(
        "clock_skew",
        (Step::Configuration, Severity::Error),
        [
            "A clock that differs from others",
            "This machine's clock is compared with the database's and, with `--probe`, with the `Date` \
             of each provider's answer. Signatures, payment windows and budgets go wrong by it. More \
             than 5 seconds are told, more than 60 are an error.",
            "Let the machine's clock be set over the network (NTP).",
        ],
        skew,
    ),
];

fn is_open(ip: IpAddr) -> bool {
    !ip.is_loopback()
}

fn open(facts: &Facts) -> Found {
    let server = known(&facts.server)?;
    let Some(control) = server.control.filter(|at| is_open(at.ip())) else {
        return Ok(Vec::new());
    };
    let nobody = *known(&facts.people)? == 0;
    let (severity, more) = match (nobody, server.control_hosts.is_empty()) {
        (true, _) => (Severity::Error, " Nobody has set a password yet."),
        (false, true) => (Severity::Warning, ""),
        (false, false) => (Severity::Notice, " Names are set for a proxy before it."),
    };
    let detail = format!("It listens on {control} without TLS.{more}");
    let fix = "Let it listen on loopback, or put a proxy that speaks TLS in front.";
    let found = Finding::new(severity, "Control listener", detail, fix);
    Ok(vec![
        found
            .seen("control_hosts", server.control_hosts.join(", "))
            .by_command("tollgate serve --control 127.0.0.1:8403"),
    ])
}

fn walls(facts: &Facts) -> Found {
    let asked = known(&facts.doors)?.iter();
    let walls = asked
        .filter(|door| matches!(door.status, 401..=403 | 407 | 429 | 451) || door.status >= 500);
    Ok(walls
        .map(|door| {
            let detail = format!("It is answered with {}.", door.status);
            let fix = "Let it through; nothing there is for sale.";
            Finding::error(door.asked.clone(), detail, fix).seen("status", door.status)
        })
        .collect())
}

/// The finding of a clock that is so many microseconds ahead of ours.
fn differs(whose: String, ahead: i64) -> Option<Finding> {
    let by = ahead.unsigned_abs();
    let severity = match by {
        by if by > SKEW_ERROR => Severity::Error,
        by if by > SKEW_WARNING => Severity::Warning,
        _ => return None,
    };
    let side = if ahead > 0 { "ahead of" } else { "behind" };
    let detail = format!("Its clock is {} s {side} this machine's.", by / 1_000_000);
    let fix = "Let this machine's clock be set over the network (NTP).";
    Some(Finding::new(severity, whose, detail, fix).seen("difference", format!("{ahead} µs")))
}

fn skew(facts: &Facts) -> Found {
    let database = known(&facts.database)?;
    let mut findings = Vec::new();
    findings.extend(differs("Database".to_owned(), database.ahead));
    for one in facts.probes.iter().flatten() {
        // The header counts whole seconds.
        let ahead = one.probe.date.map(|date| date.0.saturating_sub(one.at.0));
        let found = ahead.and_then(|ahead| differs(format!("Provider {}", one.provider), ahead));
        findings.extend(found);
    }
    Ok(findings)
}
