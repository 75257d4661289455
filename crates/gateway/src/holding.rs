//! Setting money aside, and saying which fund is short.

use std::sync::Arc;

use tollgate_ledger::{Hold, HoldError, Ledger, Short};
use tollgate_model::account::{Fund, FundKind};
use tollgate_model::refusal::Shortage;
use tollgate_model::{Micros, Nanos, Reason, Refusal};

/// Seconds after which money that is set aside for calls in flight has probably come back.
const FLIGHT_SECONDS: u64 = 2;

/// Sets an amount aside on every fund, or refuses the call.
pub(crate) async fn set_aside(
    ledger: &Arc<Ledger>,
    funds: &[Arc<Fund>],
    amount: Nanos,
    now: Micros,
) -> Result<Hold, Refusal> {
    if let Some(hold) = ledger.try_hold(funds, amount, now) {
        return Ok(hold);
    }
    let held = ledger.hold(funds, amount, now).await;
    held.map_err(|error| match error {
        HoldError::Unavailable(why) => unavailable(&why),
        HoldError::Short(short) => refusal(&short, amount, None, now),
    })
}

/// The refusal where the store does not answer.
pub(crate) fn unavailable(why: &str) -> Refusal {
    tracing::error!(error = why, "money could not be set aside");
    let detail = "Money cannot be set aside right now: the store does not answer.";
    Refusal::new(Reason::LedgerUnavailable, detail).retry_after(2)
}

/// The refusal where a fund is short. `affordable` is told as the `max_tokens` with which the call would
/// fit.
pub(crate) fn refusal(
    short: &Short,
    needed: Nanos,
    affordable: Option<u64>,
    now: Micros,
) -> Refusal {
    let available = short.available;
    let fund: &Arc<Fund> = &short.fund;
    let (reason, scope, told) = match &fund.kind {
        FundKind::Wallet { team } => {
            let in_flight = short.in_flight.saturating_add(short.elsewhere);
            let with_flight = available.saturating_add(in_flight);
            let reason = if with_flight >= needed && !in_flight.is_zero() {
                Reason::FundsHeldInFlight
            } else if with_flight <= Nanos::ZERO {
                Reason::BalanceExhausted
            } else {
                Reason::HoldExceedsBalance
            };
            (reason, format!("the wallet of team {team}"), String::new())
        }
        FundKind::Budget {
            name,
            limit,
            window,
            scope,
            ..
        } => {
            let told = format!(" of {limit} USD per {} for {scope}", window.as_str());
            (Reason::BudgetExceeded, format!("budget {name}"), told)
        }
    };
    let mut detail = format!(
        "This call may cost up to {needed} USD, but {scope}{told} has {available} USD left that is \
         not set aside."
    );
    if let Some(tokens) = affordable {
        detail.push_str(&format!(" With max_tokens {tokens} or less it would fit."));
    }
    let resets_at = (short.ends != Micros::NEVER).then_some(short.ends);
    if let Some(reset) = resets_at {
        detail.push_str(&format!(" The budget begins anew at {reset}."));
    }
    let mut refusal = Refusal::new(reason, detail).by(fund.rule.clone());
    refusal.status = fund.on_exhausted;
    refusal.retry_after = match reason {
        Reason::FundsHeldInFlight => Some(FLIGHT_SECONDS),
        _ if fund.on_exhausted == 429 => resets_at.map(|reset| now.seconds_until(reset)),
        _ => None,
    };
    refusal.shortage = Some(Shortage {
        scope,
        needed,
        available,
        affordable_max_tokens: affordable,
        resets_at,
    });
    refusal
}
