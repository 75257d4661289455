//! Prepaid money.

use std::collections::BTreeMap;

use tollgate_model::Nanos;
use tollgate_model::resource::Spec;
use tollgate_model::resources::Billing;

use crate::check::{Check, Found};
use crate::facts::{Facts, Unknown, known};
use crate::finding::{Finding, Severity, Step};
use crate::sale::BUYER;

/// A wallet is low when it covers fewer calls than this, at what they cost of late.
const FEW_CALLS: u64 = 100;

pub(super) const CHECKS: [Check; 3] = [
    Check::new(
        "wallet_empty",
        (Step::Payment, Severity::Error),
        [
            "Prepaid teams whose wallet is empty",
            "A prepaid team pays each call from its wallet. Where nothing is in it, every call of the \
             team is refused with `402 balance_exhausted`. Where the team has no key that works, \
             nobody notices yet, and it is a notice only.",
            "Credit the wallet, or let the team pay internally.",
        ],
        empty,
    ),
    Check::new(
        "wallet_low",
        (Step::Payment, Severity::Warning),
        [
            "Prepaid teams whose wallet is nearly empty",
            "The wallet covers fewer than 100 calls at what the team's calls have cost in the last \
             seven days. Long answers are refused first, since the most that a call can cost is set \
             aside before it is made.",
            "Credit the wallet.",
        ],
        low,
    ),
    Check::new(
        "wallet_unused",
        (Step::Payment, Severity::Notice),
        [
            "Money in wallets from which nobody pays",
            "A wallet holds money, and its team is not prepaid or is gone. Its calls are not paid from \
             the wallet, so the money lies there for ever.",
            "Make the team prepaid, or take the money back with a negative credit.",
        ],
        unused,
    ),
];

/// How each team pays; the doctor's own is none of them.
fn teams(facts: &Facts) -> impl Iterator<Item = (&str, Billing)> {
    let teams = facts.resources.iter().filter_map(|one| match &one.spec {
        Spec::Team(team) => Some((one.name.as_str(), team.billing)),
        _ => None,
    });
    teams.filter(|(name, _)| *name != BUYER)
}

fn prepaid(facts: &Facts) -> impl Iterator<Item = &str> {
    let prepaid = teams(facts).filter(|(_, billing)| *billing == Billing::Prepaid);
    prepaid.map(|(name, _)| name)
}

fn balances(facts: &Facts) -> Result<BTreeMap<&str, Nanos>, Unknown> {
    let wallets = known(&facts.wallets)?.iter();
    Ok(wallets
        .map(|wallet| (wallet.team.as_str(), wallet.balance))
        .collect())
}

/// Whether an application of the team has a key that works.
fn can_call(facts: &Facts, team: &str) -> Result<bool, Unknown> {
    let mut working = known(&facts.keys)?
        .iter()
        .filter(|key| !key.spec.revoked && key.spec.expires() > facts.now);
    Ok(working.any(|key| {
        let application = facts.snapshot.application(key.spec.application.as_str());
        application.is_some_and(|application| *application.team == *team)
    }))
}

fn empty(facts: &Facts) -> Found {
    let balances = balances(facts)?;
    let mut findings = Vec::new();
    for team in prepaid(facts) {
        let balance = balances.get(team).copied().unwrap_or_default();
        if balance > Nanos::ZERO {
            continue;
        }
        let (severity, effect) = match can_call(facts, team)? {
            true => (Severity::Error, "every call is refused with 402"),
            false => (Severity::Notice, "and it has no key that works yet"),
        };
        let detail = format!("The wallet is empty; {effect}.");
        let fix = "Credit the wallet, or let the team pay internally.";
        findings.push(
            Finding::new(severity, format!("Team {team}"), detail, fix)
                .seen("balance", format!("{balance} USD"))
                .by_command(format!("tollgate wallet credit {team} 25.00 --reason TEXT")),
        );
    }
    Ok(findings)
}

fn low(facts: &Facts) -> Found {
    let (balances, spending) = (balances(facts)?, known(&facts.spending)?);
    let mut findings = Vec::new();
    for team in prepaid(facts) {
        let balance = balances.get(team).copied().unwrap_or_default();
        let Some(spent) = spending.iter().find(|spent| spent.team == team) else {
            continue;
        };
        let Some(covered) = covered(balance, spent.calls, spent.cost) else {
            continue;
        };
        if balance > Nanos::ZERO && covered < FEW_CALLS {
            let detail = format!("The wallet covers about {covered} more calls.");
            findings.push(
                Finding::warning(format!("Team {team}"), detail, "Credit the wallet.")
                    .seen("balance", format!("{balance} USD"))
                    .seen("calls in seven days", spent.calls)
                    .seen("cost of them", format!("{} USD", spent.cost))
                    .by_command(format!("tollgate wallet credit {team} 25.00 --reason TEXT")),
            );
        }
    }
    Ok(findings)
}

/// How many calls a balance covers, where so many have cost so much; `None` where they cost nothing.
fn covered(balance: Nanos, calls: u64, cost: Nanos) -> Option<u64> {
    let (balance, cost) = (i128::from(balance.get()), i128::from(cost.get()));
    if cost <= 0 {
        return None;
    }
    u64::try_from(balance * i128::from(calls) / cost).ok()
}

fn unused(facts: &Facts) -> Found {
    let teams: BTreeMap<&str, Billing> = teams(facts).collect();
    let wallets = known(&facts.wallets)?.iter();
    let filled = wallets.filter(|wallet| wallet.balance > Nanos::ZERO && wallet.team != BUYER);
    let told = filled.filter_map(|wallet| {
        let detail = match teams.get(wallet.team.as_str()) {
            Some(Billing::Prepaid) => return None,
            Some(Billing::Internal) => "The wallet holds money, and the team is not prepaid.",
            None => "The wallet holds money, and its team is gone.",
        };
        let fix = "Make the team prepaid, or take the money back with a negative credit.";
        let found = Finding::notice(format!("Team {}", wallet.team), detail, fix);
        Some(found.seen("balance", format!("{} USD", wallet.balance)))
    });
    Ok(told.collect())
}
