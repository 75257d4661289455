//! Calls that were refused in the last day.

use tollgate_model::Reason;
use tollgate_model::reason::{Cause, Who};

use crate::check::{Check, Found};
use crate::facts::{Facts, RefusalFacts, Unknown, known};
use crate::finding::{Finding, Severity, Step};
use crate::sale::{BUYER, LIMITED};

pub(super) const CHECKS: [Check; 2] = [
    Check::new(
        "refused_for_money",
        (Step::Payment, Severity::Warning),
        [
            "Calls that were refused for want of money in the last day",
            "Somebody was told that there is not enough money: by a wallet or by a budget. Each line \
             is one reason, one rule and one application.",
            "Credit the wallet or raise the budget, unless the refusal is what was wanted.",
        ],
        for_money,
    ),
    Check::new(
        "refused_through_us",
        (Step::Configuration, Severity::Error),
        [
            "Calls that failed in the last day through the operator's own fault",
            "Somebody's calls failed for a reason that only the operator can mend: a model without a \
             price, a provider that is not paid or does not take the credential, a store that does \
             not answer.",
            "Do what the reason's page says: `docs/reasons.md`.",
        ],
        through_us,
    ),
];

/// Whether a call was refused for this reason because there was not enough money for it.
pub(crate) fn is_for_money(reason: Reason) -> bool {
    let row = reason.row();
    row.cause == Cause::PaymentInfo || reason == Reason::BudgetExceeded
}

/// Whether a call failed for a reason that only the operator can mend.
pub(crate) fn is_through_us(reason: Reason) -> bool {
    let row = reason.row();
    row.who == Who::Operator && !is_for_money(reason)
}

fn of_others(
    facts: &Facts,
    which: fn(Reason) -> bool,
) -> Result<impl Iterator<Item = &RefusalFacts>, Unknown> {
    let all = known(&facts.refusals)?.iter();
    Ok(all.filter(move |refused| {
        let ours = [Some(BUYER), Some(LIMITED)].contains(&refused.application.as_deref());
        which(refused.reason) && !ours
    }))
}

fn told(refused: &RefusalFacts, severity: Severity) -> Finding {
    let row = refused.reason.row();
    let subject = match &refused.application {
        Some(application) => format!("Application {application}"),
        None => "Unknown callers".to_owned(),
    };
    let calls = match refused.calls {
        1 => "1 call was".to_owned(),
        many => format!("{many} calls were"),
    };
    let detail = format!("{calls} refused with {}: {}.", row.code, row.title);
    let found = Finding::new(severity, subject, detail, row.fix);
    let found = match &refused.rule {
        Some(rule) => found.seen("rule", rule),
        None => found,
    };
    found
        .seen("last", refused.last)
        .seen("last call", &refused.call)
        .by_command(format!("tollgate explain {}", refused.call))
}

fn for_money(facts: &Facts) -> Found {
    let refused = of_others(facts, is_for_money)?;
    Ok(refused.map(|one| told(one, Severity::Warning)).collect())
}

fn through_us(facts: &Facts) -> Found {
    let refused = of_others(facts, is_through_us)?;
    Ok(refused.map(|one| told(one, Severity::Error)).collect())
}
