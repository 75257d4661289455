//! The money of a story: lines, sum, accounts.

use tollgate_model::account::AccountId;
use tollgate_model::call::{CallRecord, Charge};
use tollgate_model::money::Exact;
use tollgate_model::{Micros, Nanos};

use super::story::{AccountLine, Bill, BillLine};

/// The bill of a call; `None` where no money was in play.
pub(super) fn bill(record: &CallRecord) -> Option<Bill> {
    let idle = record.cost_lines.is_empty() && record.charges.is_empty() && record.cost.is_zero();
    if idle {
        return None;
    }
    let lines = record.cost_lines.iter().map(|line| BillLine {
        class: line.class,
        quantity: line.quantity,
        rate: line.rate,
        amount: line.rate.charge(line.quantity).to_string(),
    });
    Some(Bill {
        lines: lines.collect(),
        total: record.cost,
        quality: record.usage_quality,
        source: record.price_source.clone(),
        note: note(record),
        accounts: record
            .charges
            .iter()
            .map(|charge| account(charge, record.cost))
            .collect(),
    })
}

fn note(record: &CallRecord) -> Option<String> {
    if record.cost_lines.is_empty() {
        return None;
    }
    let sum = record
        .cost_lines
        .iter()
        .fold(Exact::default(), |sum, line| {
            sum.plus(line.rate.charge(line.quantity))
        });
    if sum.round_up() != record.cost {
        let (sum, cost) = (sum, record.cost);
        return Some(format!(
            "The lines sum to ${sum}, but ${cost} was recorded."
        ));
    }
    let (sum, total) = (sum.to_string(), record.cost.to_string());
    (sum != total).then(|| format!("The lines sum to ${sum}; rounded up once to a nano-dollar."))
}

fn account(charge: &Charge, cost: Nanos) -> AccountLine {
    let (held, taken) = (charge.held, charge.taken);
    let mut says = format!("held ${held}, took ${taken}");
    if taken < held {
        says += &format!(", gave back ${}", held.saturating_sub(taken));
    } else if taken > held {
        says += &format!(", ${} more than was held", taken.saturating_sub(held));
    }
    if taken < cost {
        let open = cost.saturating_sub(taken);
        says += &format!("; it had no more, and ${open} of the cost stays open");
    }
    AccountLine {
        account: charge.account.to_string(),
        title: title(&charge.account),
        held,
        taken,
        says,
    }
}

/// An account in words: `the wallet of team acme`, `budget marketing from 2026-11-01T00:00:00Z`.
pub(super) fn title(account: &AccountId) -> String {
    let text = account.as_str();
    if let Some(team) = text.strip_prefix("wallet/") {
        return format!("the wallet of team {team}");
    }
    let window = text
        .strip_prefix("budget/")
        .and_then(|rest| rest.rsplit_once('@'))
        .and_then(|(name, start)| Some((name, start.parse::<i64>().ok()?)));
    match window {
        Some((name, start)) => {
            let start = Micros(start.saturating_mul(1_000_000));
            format!("budget {name} from {start}")
        }
        None => text.to_owned(),
    }
}
