//! A check: what is looked for, why, and what to do, together with the looking.

use crate::facts::{Facts, Unknown};
use crate::finding::{Finding, Severity, Step};

/// What a check finds; the error says why it cannot tell.
pub type Found = Result<Vec<Finding>, Unknown>;

/// A check.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// The stable id, in snake_case. Programs may match on it.
    pub id: &'static str,
    /// To which step it belongs.
    pub step: Step,
    /// The worst that it finds.
    pub worst: Severity,
    /// What it looks for, in a few words.
    pub title: &'static str,
    /// Why that matters, in sentences for the operator.
    pub meaning: &'static str,
    /// What to do where it is found.
    pub fix: &'static str,
    /// What `--fix` does, where it does something.
    pub mends: Option<&'static str>,
    /// Looks for it.
    pub find: fn(&Facts) -> Found,
}

impl Check {
    /// A check that mends nothing.
    pub(crate) const fn new(
        id: &'static str,
        (step, worst): (Step, Severity),
        [title, meaning, fix]: [&'static str; 3],
        find: fn(&Facts) -> Found,
    ) -> Check {
        Check {
            id,
            step,
            worst,
            title,
            meaning,
            fix,
            mends: None,
            find,
        }
    }

    /// The same check, which can mend what it finds.
    pub(crate) const fn mending(mut self, what: &'static str) -> Check {
        self.mends = Some(what);
        self
    }
}
