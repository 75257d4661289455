//! Spending limits.

use tollgate_model::resource::{Resource, Spec};
use tollgate_model::resources::{Billing, BudgetScope, BudgetSpec, Exhausted};
use tollgate_model::{Name, Nanos};

use crate::check::{Check, Found};
use crate::facts::{Facts, Unknown, WindowFacts, known};
use crate::finding::{Finding, Remedy, Severity, Step};
use crate::sale::{BUYER, LIMITED};

pub(super) const CHECKS: [Check; 6] = [
    Check::new(
        "budget_used_up",
        (Step::Payment, Severity::Warning),
        [
            "Budgets that are used up",
            "What a budget allows in its window is spent: calls under it are refused until the window \
             ends. That is what a budget is for, and somebody should know.",
            "Raise the limit, or wait for the next window.",
        ],
        used_up,
    ),
    Check::new(
        "budget_nearly_used_up",
        (Step::Payment, Severity::Notice),
        [
            "Budgets of which a tenth or less is left",
            "Nine tenths of what a budget allows in its window are spent. Calls with long answers are \
             refused first.",
            "Raise the limit, or tell those whom it concerns.",
        ],
        nearly_used_up,
    ),
    Check::new(
        "budget_refuses_everything",
        (Step::Configuration, Severity::Warning),
        [
            "Budgets of nothing",
            "A budget with a limit of zero refuses every call that costs something. Where that is \
             meant, revoke the keys instead: callers are then told the true reason.",
            "Give the budget a limit, or delete it.",
        ],
        refuses_everything,
    ),
    Check::new(
        "budget_of_nobody",
        (Step::Configuration, Severity::Warning),
        [
            "Budgets of keys and models that do not exist",
            "A budget names a key or a model that is not there, so it limits nothing. A misspelt name \
             looks like this.",
            "Correct the name in the budget's scope, or delete the budget.",
        ],
        of_nobody,
    ),
    Check::new(
        "budget_never_reached",
        (Step::Configuration, Severity::Notice),
        [
            "Budgets that can never be reached",
            "A wider budget over the same window has a lower limit, so it always says no first.",
            "Lower this limit, or raise the wider one.",
        ],
        never_reached,
    ),
    Check::new(
        "budget_asks_for_payment_in_vain",
        (Step::Configuration, Severity::Warning),
        [
            "Budgets that answer 402 where no payment helps",
            "A budget has `on_exhausted: 402`, and those under it do not pay from a wallet: they are \
             told to pay and there is nothing that they could pay. Waiting for the next window helps, \
             which is what 429 says.",
            "Leave `on_exhausted` out, or make the team prepaid.",
        ],
        in_vain,
    )
    .mending("sets `on_exhausted` to 429, the usual status"),
];

/// Every budget but the doctor's own.
fn budgets(facts: &Facts) -> impl Iterator<Item = (&Resource, &BudgetSpec)> {
    let budgets = facts.resources.iter().filter_map(|one| match &one.spec {
        Spec::Budget(budget) => Some((one, &**budget)),
        _ => None,
    });
    budgets.filter(|(one, _)| ![BUYER, LIMITED].contains(&one.name.as_str()))
}

fn subject(budget: &Resource) -> String {
    format!("Budget {}", budget.name)
}

/// Each budget with something to spend, and its window.
fn windows(facts: &Facts) -> Result<Vec<(&Resource, &BudgetSpec, &WindowFacts)>, Unknown> {
    let windows = known(&facts.windows)?;
    let open = budgets(facts).filter_map(|(one, budget)| {
        let window = windows.iter().find(|window| window.budget == one.name)?;
        (!budget.limit.is_zero()).then_some((one, budget, window))
    });
    Ok(open.collect())
}

fn measured(finding: Finding, budget: &BudgetSpec, window: &WindowFacts) -> Finding {
    finding
        .seen("spent", format!("{} USD", window.spent))
        .seen("limit", format!("{} USD", budget.limit))
        .seen("for", &budget.scope)
        .seen("window ends", window.ends)
}

fn used_up(facts: &Facts) -> Found {
    let windows = windows(facts)?;
    let spent = windows
        .into_iter()
        .filter(|(_, budget, window)| window.spent >= budget.limit);
    Ok(spent
        .map(|(one, budget, window)| {
            let detail = format!("It is used up until {}.", window.ends);
            let fix = "Raise the limit, or wait for the next window.";
            measured(Finding::warning(subject(one), detail, fix), budget, window)
        })
        .collect())
}

/// Whether nine tenths of a limit are spent, and not all of it.
fn is_nearly(spent: Nanos, limit: Nanos) -> bool {
    let (spent, limit) = (i128::from(spent.get()), i128::from(limit.get()));
    spent < limit && spent * 10 >= limit * 9
}

fn nearly_used_up(facts: &Facts) -> Found {
    let windows = windows(facts)?;
    let spent = windows
        .into_iter()
        .filter(|(_, budget, window)| is_nearly(window.spent, budget.limit));
    Ok(spent
        .map(|(one, budget, window)| {
            let left = budget.limit.saturating_sub(window.spent);
            let detail = format!("{left} USD are left until {}.", window.ends);
            let fix = "Raise the limit, or tell those whom it concerns.";
            measured(Finding::notice(subject(one), detail, fix), budget, window)
        })
        .collect())
}

fn refuses_everything(facts: &Facts) -> Found {
    let none = budgets(facts).filter(|(_, budget)| budget.limit.is_zero());
    Ok(none
        .map(|(one, budget)| {
            let detail = format!(
                "Its limit is zero: every call of {} is refused.",
                budget.scope
            );
            let fix = "Give it a limit, or delete it; to shut somebody out, revoke the keys.";
            Finding::warning(subject(one), detail, fix)
        })
        .collect())
}

fn of_nobody(facts: &Facts) -> Found {
    let mut findings = Vec::new();
    for (one, budget) in budgets(facts) {
        let missing = match &budget.scope {
            BudgetScope::Key(key) => !known(&facts.keys)?.iter().any(|known| known.name == *key),
            BudgetScope::Model(model) => facts.snapshot.resolve(model).is_none(),
            BudgetScope::Organization | BudgetScope::Team(_) | BudgetScope::Application(_) => false,
        };
        if missing {
            let detail = format!("There is no {}, so it limits nothing.", budget.scope);
            let fix = "Correct the name in its scope, or delete it.";
            let found = Finding::warning(subject(one), detail, fix);
            findings.push(found.by_command(format!("tollgate get budget {}", one.name)));
        }
    }
    Ok(findings)
}

/// The scopes into which whatever is in a scope falls too.
fn wider(facts: &Facts, scope: &BudgetScope) -> Result<Vec<BudgetScope>, Unknown> {
    let team = |application: &Name| {
        let plan = facts.snapshot.application(application.as_str())?;
        plan.team.parse().ok().map(BudgetScope::Team)
    };
    let mut wider = vec![BudgetScope::Organization];
    match scope {
        BudgetScope::Organization => wider.clear(),
        BudgetScope::Team(_) | BudgetScope::Model(_) => {}
        BudgetScope::Application(name) => wider.extend(team(name)),
        BudgetScope::Key(key) => {
            let key = known(&facts.keys)?.iter().find(|known| known.name == *key);
            if let Some(key) = key {
                wider.extend(team(&key.spec.application));
                wider.push(BudgetScope::Application(key.spec.application.clone()));
            }
        }
    }
    Ok(wider)
}

fn never_reached(facts: &Facts) -> Found {
    let mut findings = Vec::new();
    for (one, budget) in budgets(facts).filter(|(_, budget)| !budget.limit.is_zero()) {
        let wider = wider(facts, &budget.scope)?;
        let first = budgets(facts).find(|(_, other)| {
            wider.contains(&other.scope)
                && other.limit < budget.limit
                && same_windows(budget, other)
        });
        if let Some((other, narrower)) = first {
            let detail = format!(
                "It can never be reached: budget {} for {} allows less in the same window.",
                other.name, narrower.scope
            );
            let fix = "Lower this limit, or raise the wider one.";
            findings.push(
                Finding::notice(subject(one), detail, fix)
                    .seen("limit", format!("{} USD", budget.limit))
                    .seen("wider limit", format!("{} USD", narrower.limit)),
            );
        }
    }
    Ok(findings)
}

fn same_windows(one: &BudgetSpec, other: &BudgetSpec) -> bool {
    one.window == other.window && one.time_zone == other.time_zone
}

fn in_vain(facts: &Facts) -> Found {
    let asking =
        budgets(facts).filter(|(_, budget)| budget.on_exhausted == Exhausted::PaymentRequired);
    let mut findings = Vec::new();
    for (one, budget) in asking {
        let Some(payers) = payers(facts, &budget.scope)? else {
            continue;
        };
        if payers.contains(&Billing::Prepaid) {
            continue;
        }
        let detail = format!(
            "It answers 402 to {}, where nobody has a wallet that could be topped up.",
            budget.scope
        );
        let fix = "Leave `on_exhausted` out, so that the answer is 429; or make the team prepaid.";
        findings.push(
            Finding::warning(subject(one), detail, fix)
                .by_remedy(Remedy::UsualStatus(one.name.clone())),
        );
    }
    Ok(findings)
}

/// How those pay who are under a budget; `None` where there is nobody.
fn payers(facts: &Facts, scope: &BudgetScope) -> Result<Option<Vec<Billing>>, Unknown> {
    let billing = |application: &Name| {
        let plan = facts.snapshot.application(application.as_str())?;
        Some(vec![plan.billing])
    };
    let teams = |which: &dyn Fn(&Name) -> bool| {
        let teams = facts.resources.iter().filter_map(|one| match &one.spec {
            Spec::Team(team) if which(&one.name) => Some(team.billing),
            _ => None,
        });
        Some(teams.collect::<Vec<_>>()).filter(|teams| !teams.is_empty())
    };
    Ok(match scope {
        BudgetScope::Organization | BudgetScope::Model(_) => teams(&|name| name.as_str() != BUYER),
        BudgetScope::Team(name) => teams(&|team| team == name),
        BudgetScope::Application(name) => billing(name),
        BudgetScope::Key(key) => {
            let key = known(&facts.keys)?.iter().find(|known| known.name == *key);
            key.and_then(|key| billing(&key.spec.application))
        }
    })
}
