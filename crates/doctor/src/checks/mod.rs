//! Every check, one file per subject.

mod budgets;
mod credentials;
mod keys;
mod leases;
mod listeners;
mod models;
mod process;
mod refusals;
mod storage;
mod transaction;
mod wallets;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod world;

use tollgate_model::Reason;

use crate::check::Check;
use crate::finding::Step;

/// The checks by subject. A new subject, such as a payment rail, is a file and a line here.
const SUBJECTS: [&[Check]; 11] = [
    &wallets::CHECKS,
    &budgets::CHECKS,
    &keys::CHECKS,
    &leases::CHECKS,
    &refusals::CHECKS,
    &credentials::CHECKS,
    &models::CHECKS,
    &listeners::CHECKS,
    &transaction::CHECKS,
    &process::CHECKS,
    &storage::CHECKS,
];

/// The reasons for which calls are looked up that were refused or failed in the last day.
pub fn told_reasons() -> impl Iterator<Item = Reason> {
    let all = Reason::ALL.into_iter();
    all.filter(|reason| refusals::is_for_money(*reason) || refusals::is_through_us(*reason))
}

/// Every check, step by step.
pub fn all() -> impl Iterator<Item = &'static Check> {
    Step::ALL.into_iter().flat_map(|step| {
        let checks = SUBJECTS.into_iter().flatten();
        checks.filter(move |check| check.step == step)
    })
}
