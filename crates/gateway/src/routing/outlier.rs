//! Targets that fail while others do not: they are put behind the others for a while, which grows
//! with each time.

use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering};

use tollgate_model::Micros;
use tollgate_model::call::FailureClass;
use tollgate_model::resources::Ejection;

/// What is counted of one target.
#[derive(Debug, Default)]
pub(crate) struct Outlier {
    in_a_row: AtomicU32,
    /// Second in which the window began, answers, failures: in one word, so that they change
    /// together.
    window: AtomicU64,
    until: AtomicI64,
    times: AtomicU32,
}

impl Outlier {
    /// Until when others go first; `None` where they do not.
    pub(crate) fn ejected_until(&self, now: Micros) -> Option<Micros> {
        let until = self.until.load(Ordering::Relaxed);
        (now.0 < until).then_some(Micros(until))
    }

    /// Notes an answer.
    pub(crate) fn succeeded(&self, rules: &Ejection, now: Micros) {
        self.in_a_row.store(0, Ordering::Relaxed);
        self.count(rules, now, Counts::ANSWER);
        // It is well again once it answers after its time.
        if self.ejected_until(now).is_none() && self.times.load(Ordering::Relaxed) > 0 {
            self.times.store(0, Ordering::Relaxed);
        }
    }

    /// Notes a failure; tells until when others go first from now on, where that is news.
    pub(crate) fn failed(
        &self,
        rules: &Ejection,
        class: FailureClass,
        now: Micros,
    ) -> Option<Micros> {
        if !is_of_target(class) {
            return None;
        }
        let in_a_row = self
            .in_a_row
            .fetch_add(1, Ordering::Relaxed)
            .saturating_add(1);
        let counts = self.count(rules, now, Counts::FAILURE);
        if self.ejected_until(now).is_some() || !is_outlier(rules, in_a_row, counts) {
            return None;
        }
        let times = self.times.fetch_add(1, Ordering::Relaxed).min(16);
        let seconds = rules.for_s.saturating_mul(1 << times).min(rules.most_s);
        let until = now.plus_seconds(seconds.into());
        self.until.store(until.0, Ordering::Relaxed);
        self.in_a_row.store(0, Ordering::Relaxed);
        self.window.store(0, Ordering::Relaxed);
        Some(until)
    }

    fn count(&self, rules: &Ejection, now: Micros, one: Counts) -> Counts {
        let second = u64::try_from(now.0 / 1_000_000).unwrap_or(0) & 0xffff_ffff;
        let next = |known: u64| {
            let (since, counts) = (known >> 32, Counts::unpacked(known));
            let is_over = second.saturating_sub(since) >= u64::from(rules.window_s);
            let (since, counts) = match is_over {
                true => (second, Counts::default()),
                false => (since, counts),
            };
            (since << 32) | counts.plus(one).packed()
        };
        let mut known = self.window.load(Ordering::Relaxed);
        loop {
            let after = next(known);
            let swapped = self.window.compare_exchange_weak(
                known,
                after,
                Ordering::Relaxed,
                Ordering::Relaxed,
            );
            match swapped {
                Ok(_) => return Counts::unpacked(after),
                Err(other) => known = other,
            }
        }
    }
}

/// Answers and failures in a window. At 65535 they stay: the share is known well enough by then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    answers: u16,
    failures: u16,
}

impl Counts {
    const ANSWER: Counts = Counts {
        answers: 1,
        failures: 0,
    };
    const FAILURE: Counts = Counts {
        answers: 0,
        failures: 1,
    };

    fn plus(self, other: Counts) -> Counts {
        Counts {
            answers: self.answers.saturating_add(other.answers),
            failures: self.failures.saturating_add(other.failures),
        }
    }

    fn packed(self) -> u64 {
        (u64::from(self.answers) << 16) | u64::from(self.failures)
    }

    fn unpacked(word: u64) -> Counts {
        let low = |word: u64| u16::try_from(word & 0xffff).unwrap_or(u16::MAX);
        Counts {
            answers: low(word >> 16),
            failures: low(word),
        }
    }
}

/// Whether a failure is the target's own, not its credential's and not the request's.
fn is_of_target(class: FailureClass) -> bool {
    matches!(
        class,
        FailureClass::NotFound
            | FailureClass::Overloaded
            | FailureClass::ServerError
            | FailureClass::Unreachable
            | FailureClass::Timeout
            | FailureClass::BadResponse
    )
}

fn is_outlier(rules: &Ejection, in_a_row: u32, counts: Counts) -> bool {
    let row = rules.consecutive_failures;
    let all = u32::from(counts.answers) + u32::from(counts.failures);
    let share = u32::from(rules.failure_percent);
    (row > 0 && in_a_row >= row)
        || (share > 0
            && all >= rules.least_calls
            && u32::from(counts.failures) * 100 >= share * all)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Micros = Micros(1_795_507_200_000_000);
    const BROKEN: FailureClass = FailureClass::ServerError;

    #[test]
    fn failures_in_a_row_put_a_target_back_for_a_time_that_doubles() {
        let (outlier, rules) = (Outlier::default(), Ejection::default());
        let fail = |now| {
            (0..5)
                .filter_map(|_| outlier.failed(&rules, BROKEN, now))
                .last()
        };
        assert_eq!(fail(NOW), Some(NOW.plus_seconds(30)));
        assert_eq!(
            outlier.ejected_until(NOW.plus_seconds(29)),
            Some(NOW.plus_seconds(30))
        );
        let later = NOW.plus_seconds(30);
        assert_eq!(outlier.ejected_until(later), None);
        assert_eq!(fail(later), Some(later.plus_seconds(60)));
        outlier.succeeded(&rules, later.plus_seconds(60));
        let again = later.plus_seconds(61);
        assert_eq!(
            fail(again),
            Some(again.plus_seconds(30)),
            "an answer forgives"
        );
    }

    #[test]
    fn a_share_of_failures_puts_a_target_back_once_there_are_enough_calls() {
        let (outlier, rules) = (Outlier::default(), Ejection::default());
        for _ in 0..4 {
            outlier.succeeded(&rules, NOW);
            assert_eq!(outlier.failed(&rules, BROKEN, NOW), None);
        }
        outlier.succeeded(&rules, NOW);
        assert!(outlier.failed(&rules, BROKEN, NOW).is_some(), "five of ten");
        let fresh = Outlier::default();
        for second in 0..40 {
            let now = NOW.plus_seconds(second * 8);
            fresh.succeeded(&rules, now);
            assert_eq!(
                fresh.failed(&rules, BROKEN, now),
                None,
                "never ten in a window"
            );
        }
    }

    #[test]
    fn what_is_not_the_targets_own_and_what_is_not_wanted_ejects_nobody() {
        let (outlier, rules) = (Outlier::default(), Ejection::default());
        for class in [
            FailureClass::RateLimited,
            FailureClass::Rejected,
            FailureClass::Auth,
        ] {
            assert!((0..20).all(|_| outlier.failed(&rules, class, NOW).is_none()));
        }
        let never = Ejection {
            consecutive_failures: 0,
            failure_percent: 0,
            ..rules
        };
        assert!((0..50).all(|_| outlier.failed(&never, BROKEN, NOW).is_none()));
    }

    proptest! {
        #[test]
        fn counts_survive_their_word(answers in any::<u16>(), failures in any::<u16>()) {
            let counts = Counts { answers, failures };
            prop_assert_eq!(Counts::unpacked((77 << 32) | counts.packed()), counts);
        }
    }
}
