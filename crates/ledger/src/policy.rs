//! How much a node leases at a time.

use std::time::Duration;

/// How much a node leases at a time, and what it remembers of refusals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeasePolicy {
    /// The most that one lease takes of what nobody has leased, in hundredths.
    pub share_percent: u8,
    /// For how long a lease should last at the rate at which the last one was used up.
    pub lasts: Duration,
    /// How long the store's "nothing is left" or its absence is remembered, so that a fund at which
    /// thousands of calls knock is asked for once.
    pub memory: Duration,
}

impl LeasePolicy {
    /// For a node that is the only one: nobody else is kept from the money.
    pub const ALONE: LeasePolicy = LeasePolicy {
        share_percent: 50,
        lasts: Duration::from_secs(60),
        memory: Duration::from_millis(50),
    };

    /// For a node among others.
    pub const CLUSTER: LeasePolicy = LeasePolicy {
        share_percent: 5,
        lasts: Duration::from_secs(10),
        memory: Duration::from_millis(50),
    };

    /// What to ask the store for where `needed` is missing: as much as lasts a while, but only a
    /// share of what is free, so that requests shrink as a balance nears zero and are exact at the
    /// end. `last` is the last lease and how long it has lasted.
    pub(crate) fn wanted(&self, needed: i64, free: i64, last: Option<(i64, Duration)>) -> i64 {
        let Some((granted, lasted)) = last else {
            return needed;
        };
        let share = i128::from(free.max(0)) * i128::from(self.share_percent.min(100)) / 100;
        let millis = |d: Duration| i128::try_from(d.as_millis()).unwrap_or(i128::from(i64::MAX));
        let burn = i128::from(granted).saturating_mul(millis(self.lasts)) / millis(lasted).max(1);
        i64::try_from(share.min(burn))
            .unwrap_or(i64::MAX)
            .max(needed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_lasts_a_while_but_takes_only_a_share_and_is_exact_near_zero() {
        let wanted = |needed, free, last| LeasePolicy::CLUSTER.wanted(needed, free, last);
        let second = |granted| Some((granted, Duration::from_secs(1)));
        assert_eq!(wanted(7, 1_000_000, None), 7, "the first lease is exact");
        assert_eq!(
            wanted(7, 1_000_000, second(100)),
            1_000,
            "ten seconds of it"
        );
        assert_eq!(
            wanted(7, 2_000, second(100)),
            100,
            "a twentieth of what is free"
        );
        assert_eq!(
            wanted(70, 1_000, second(100)),
            70,
            "never less than is needed"
        );
        assert_eq!(wanted(7, -5, second(100)), 7);
        let at_once = Some((i64::MAX, Duration::ZERO));
        assert_eq!(wanted(1, i64::MAX, at_once), i64::MAX / 20);
    }
}
