//! Who is asked next: the candidates of a call in their order, and which of them may take over after
//! which failure.

use tollgate_model::call::FailureClass;
use tollgate_model::resources::Fallback;
use tollgate_model::snapshot::TargetPlan;

use crate::exchange::Candidate;

/// The candidates that are left.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    left: Vec<Candidate>,
    /// After which failures another target takes over.
    fallback_on: &'a [Fallback],
    last: Last,
}

/// What happened last.
#[derive(Debug)]
enum Last {
    Nothing,
    /// A candidate was passed over, since it had failed so before.
    Rests(FailureClass),
    Failed(FailureClass, Box<TargetPlan>),
}

impl<'a> Line<'a> {
    pub(crate) fn new(candidates: Vec<Candidate>, fallback_on: &'a [Fallback]) -> Line<'a> {
        Line {
            left: candidates,
            fallback_on,
            last: Last::Nothing,
        }
    }

    /// Takes the next candidate that may be asked.
    pub(crate) fn next(&mut self) -> Option<Candidate> {
        let at = self.left.iter().position(|one| self.may_ask(&one.target))?;
        Some(self.left.remove(at))
    }

    /// Takes the next candidate that may be asked beside another: one of another target.
    pub(crate) fn next_beside(&mut self, other: &TargetPlan) -> Option<Candidate> {
        let may = |one: &Candidate| !is_same(&one.target, other) && self.may_ask(&one.target);
        let at = self.left.iter().position(may)?;
        Some(self.left.remove(at))
    }

    /// Whether somebody would be asked after such a failure of a candidate.
    pub(crate) fn has_after(&self, class: FailureClass, candidate: &Candidate) -> bool {
        let mut left = self.left.iter();
        left.any(|one| self.takes_over(&one.target, class, &candidate.target))
    }

    /// Notes that a candidate was not asked, since it rests.
    pub(crate) fn rests(&mut self, class: FailureClass) {
        if matches!(self.last, Last::Nothing) {
            self.last = Last::Rests(class);
        }
    }

    /// Notes how a candidate failed.
    pub(crate) fn failed(&mut self, class: FailureClass, candidate: &Candidate) {
        self.last = Last::Failed(class, Box::new(candidate.target.clone()));
    }

    /// Whether another candidate may be asked before this one.
    pub(crate) fn has_other(&self) -> bool {
        self.left
            .iter()
            .any(|one| !one.put_off && self.may_ask(&one.target))
    }

    /// Puts a candidate that was not asked after all where it was.
    pub(crate) fn put_back(&mut self, candidate: Candidate) {
        self.left.insert(0, candidate);
    }

    /// Puts a candidate behind all others.
    pub(crate) fn put_off(&mut self, candidate: Candidate) {
        self.left.push(Candidate {
            put_off: true,
            ..candidate
        });
    }

    fn may_ask(&self, target: &TargetPlan) -> bool {
        match &self.last {
            Last::Nothing => stands_in_for(target).is_empty(),
            Last::Rests(class) => {
                let kinds = stands_in_for(target);
                kinds.is_empty() || Fallback::of(*class).is_some_and(|kind| kinds.contains(&kind))
            }
            Last::Failed(class, failed) => self.takes_over(target, *class, failed),
        }
    }

    fn takes_over(&self, target: &TargetPlan, class: FailureClass, failed: &TargetPlan) -> bool {
        let Some(kind) = Fallback::of(class) else {
            return false;
        };
        if is_same(target, failed) {
            // Another credential of the pool.
            return class.fails_over() && class != FailureClass::NotFound;
        }
        let kinds = stands_in_for(target);
        if !kinds.is_empty() {
            return kinds.contains(&kind);
        }
        let windows = target.context_window.zip(failed.context_window);
        let is_no_larger = windows.is_some_and(|(window, failed)| window <= failed);
        self.fallback_on.contains(&kind) && !(kind == Fallback::ContextTooLong && is_no_larger)
    }
}

/// After which failures of others a target is asked; empty for one that does not wait for any.
fn stands_in_for(target: &TargetPlan) -> &[Fallback] {
    target.terms.as_ref().map_or(&[], |terms| &terms.takes_over)
}

fn is_same(one: &TargetPlan, other: &TargetPlan) -> bool {
    one.provider.name == other.provider.name && one.model == other.model
}
