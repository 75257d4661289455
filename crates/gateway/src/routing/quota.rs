//! What a credential may do right now: the limits of its spec, counted here, and what its provider
//! says is left. Atomics, shared by all workers of this node.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering};

use tollgate_model::Micros;
use tollgate_model::resources::CredentialLimits;

use super::left::Left;

const MINUTE: i64 = 60_000_000;
/// After how long a credential with too many calls under way is looked at again.
const SOON: i64 = 1_000_000;

/// What is counted of one credential.
#[derive(Debug, Default)]
pub(crate) struct Quota {
    requests: Bucket,
    tokens: Bucket,
    under_way: AtomicU32,
    /// The provider has said that nothing is left until then.
    used_up_until: AtomicI64,
    /// How many tokens the provider has said are left, and until when that holds.
    tokens_left: AtomicU64,
    tokens_until: AtomicI64,
}

/// Why a credential is not used right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AtLimit {
    pub(crate) until: Micros,
    pub(crate) why: &'static str,
}

impl Quota {
    /// Takes one request of about so many tokens. Where the limits do not allow it, nothing is taken.
    pub(crate) fn take(
        self: &Arc<Quota>,
        limits: &CredentialLimits,
        tokens: u64,
        now: Micros,
    ) -> Result<Taken, AtLimit> {
        let at = |until: i64, why| AtLimit {
            until: Micros(until),
            why,
        };
        let until = self.used_up_until.load(Ordering::Relaxed);
        if now.0 < until {
            return Err(at(until, "has nothing left, as its provider says"));
        }
        let under_way = self.under_way.fetch_add(1, Ordering::Relaxed);
        // From here on, dropping it gives back what was taken.
        let mut taken = Taken {
            quota: Arc::clone(self),
            limits: *limits,
            tokens: 0,
        };
        if limits.concurrent.is_some_and(|most| under_way >= most) {
            return Err(at(now.0 + SOON, "has as many calls under way as it may"));
        }
        if let Some(most) = limits.requests_per_minute {
            let taken = self.requests.take(1, most, now);
            taken.map_err(|until| at(until, "has sent as many requests as it may"))?;
        }
        if let Some(most) = limits.tokens_per_minute {
            if let Err(until) = self.tokens.take(tokens, most, now) {
                if let Some(most) = limits.requests_per_minute {
                    self.requests.put_back(1, most);
                }
                return Err(at(until, "has used as many tokens as it may"));
            }
            taken.tokens = tokens;
        }
        Ok(taken)
    }

    /// Notes what the provider says is left.
    pub(crate) fn note(&self, left: Left) {
        let none_left = [left.requests, left.tokens].into_iter().flatten();
        let none_left = none_left.filter(|(left, _)| *left == 0);
        if let Some(until) = none_left.map(|(_, until)| until.0).max() {
            self.used_up_until.store(until, Ordering::Relaxed);
        }
        if let Some((tokens, until)) = left.tokens {
            self.tokens_left.store(tokens, Ordering::Relaxed);
            self.tokens_until.store(until.0, Ordering::Relaxed);
        }
    }

    /// Whether the provider has said that fewer tokens are left than this. It may be out of date, so
    /// it only puts a credential behind others.
    pub(crate) fn is_short_of(&self, tokens: impl FnOnce() -> u64, now: Micros) -> bool {
        now.0 < self.tokens_until.load(Ordering::Relaxed)
            && self.tokens_left.load(Ordering::Relaxed) < tokens()
    }
}

/// What a credential is doing, and how much of its limits is left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QuotaState {
    /// Calls under way.
    pub under_way: u32,
    /// Requests that may still be sent within this minute; `None` where there is no limit.
    pub requests_left: Option<u32>,
    /// Tokens that may still be used within this minute; `None` where there is no limit.
    pub tokens_left: Option<u32>,
    /// Until when nothing is left, as its provider says.
    pub used_up_until: Option<Micros>,
    /// How many tokens are left, as its provider says, and until when that holds.
    pub tokens_told: Option<(u64, Micros)>,
}

impl QuotaState {
    /// That of a credential which was not used yet.
    pub fn unused(limits: &CredentialLimits) -> QuotaState {
        Quota::default().state(limits, Micros(0))
    }
}

impl Quota {
    /// What is counted, against these limits.
    pub(crate) fn state(&self, limits: &CredentialLimits, now: Micros) -> QuotaState {
        let ahead =
            |at: &AtomicI64| Some(Micros(at.load(Ordering::Relaxed))).filter(|at| *at > now);
        let tokens = self.tokens_left.load(Ordering::Relaxed);
        QuotaState {
            under_way: self.under_way.load(Ordering::Relaxed),
            requests_left: limits
                .requests_per_minute
                .map(|most| self.requests.left(most, now)),
            tokens_left: limits
                .tokens_per_minute
                .map(|most| self.tokens.left(most, now)),
            used_up_until: ahead(&self.used_up_until),
            tokens_told: ahead(&self.tokens_until).map(|until| (tokens, until)),
        }
    }
}

/// What one call has taken of a credential's limits; dropping it ends the call.
#[derive(Debug)]
pub(crate) struct Taken {
    quota: Arc<Quota>,
    limits: CredentialLimits,
    tokens: u64,
}

impl Taken {
    /// The call has used so many tokens: what was taken for it is put right.
    pub(crate) fn used(&mut self, tokens: u64) {
        if let Some(most) = self.limits.tokens_per_minute {
            self.quota.tokens.put_back(self.tokens, most);
            self.quota.tokens.add(tokens, most);
            self.tokens = 0;
        }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.quota.under_way.fetch_sub(1, Ordering::Relaxed);
        if let Some(most) = self.limits.tokens_per_minute {
            self.quota.tokens.put_back(self.tokens, most);
        }
    }
}

/// A bucket that holds a minute's worth and fills evenly: the moment at which it is full again.
#[derive(Debug, Default)]
struct Bucket(AtomicI64);

impl Bucket {
    /// Takes so many of a limit per minute. Where they are not there, says when they will be. What
    /// is more than a whole minute's worth is taken from a full bucket.
    fn take(&self, count: u64, most: u32, now: Micros) -> Result<(), i64> {
        let cost = time_of(count, most);
        let mut full_at = self.0.load(Ordering::Relaxed);
        loop {
            let from = full_at.max(now.0);
            let after = from.saturating_add(cost);
            if after > now.0 + MINUTE && from > now.0 {
                return Err(after.saturating_sub(MINUTE).min(from));
            }
            match self
                .0
                .compare_exchange_weak(full_at, after, Ordering::Relaxed, Ordering::Relaxed)
            {
                Ok(_) => return Ok(()),
                Err(known) => full_at = known,
            }
        }
    }

    /// How many of a limit per minute are there.
    fn left(&self, most: u32, now: Micros) -> u32 {
        let missing = self.0.load(Ordering::Relaxed).saturating_sub(now.0);
        let time = MINUTE.saturating_sub(missing).clamp(0, MINUTE);
        u32::try_from(time.saturating_mul(i64::from(most)) / MINUTE).unwrap_or(most)
    }

    fn put_back(&self, count: u64, most: u32) {
        self.0.fetch_sub(time_of(count, most), Ordering::Relaxed);
    }

    fn add(&self, count: u64, most: u32) {
        self.0.fetch_add(time_of(count, most), Ordering::Relaxed);
    }
}

/// How long a bucket takes to gain so many, in microseconds.
fn time_of(count: u64, most: u32) -> i64 {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    count.saturating_mul(MINUTE) / i64::from(most.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Micros = Micros(1_795_507_200_000_000);

    fn limits(requests: Option<u32>, tokens: Option<u32>, calls: Option<u32>) -> CredentialLimits {
        CredentialLimits {
            requests_per_minute: requests,
            tokens_per_minute: tokens,
            concurrent: calls,
        }
    }

    #[test]
    fn requests_per_minute_are_a_bucket_that_fills_evenly() {
        let (quota, limits) = (Arc::new(Quota::default()), limits(Some(2), None, None));
        let take = |now| quota.take(&limits, 0, now).map(drop).map_err(|at| at.until);
        assert_eq!(take(NOW), Ok(()));
        assert_eq!(take(NOW), Ok(()));
        assert_eq!(take(NOW), Err(NOW.plus_seconds(30)));
        assert!(take(NOW.plus_seconds(29)).is_err());
        assert_eq!(take(NOW.plus_seconds(30)), Ok(()));
    }

    #[test]
    fn what_is_left_is_what_may_still_be_taken() {
        let quota = Arc::new(Quota::default());
        let limits = limits(Some(4), Some(1_000), None);
        let unused = QuotaState {
            requests_left: Some(4),
            tokens_left: Some(1_000),
            ..QuotaState::default()
        };
        assert_eq!(quota.state(&limits, NOW), unused);
        assert_eq!(QuotaState::unused(&limits), unused);
        let call = quota.take(&limits, 600, NOW).unwrap();
        let used = QuotaState {
            under_way: 1,
            requests_left: Some(3),
            tokens_left: Some(400),
            ..unused
        };
        assert_eq!(quota.state(&limits, NOW), used);
        drop(call);
        let until = NOW.plus_seconds(5);
        quota.note(Left {
            requests: Some((0, until)),
            tokens: Some((70, until)),
        });
        let state = quota.state(&limits, NOW.plus_seconds(1));
        assert_eq!(state.used_up_until, Some(until));
        assert_eq!(state.tokens_told, Some((70, until)));
        assert_eq!(quota.state(&limits, NOW.plus_seconds(60)), unused);
    }

    #[test]
    fn tokens_are_reckoned_before_and_put_right_after_a_call() {
        let (quota, limits) = (Arc::new(Quota::default()), limits(None, Some(1_000), None));
        let mut call = quota.take(&limits, 900, NOW).unwrap();
        assert!(quota.take(&limits, 200, NOW).is_err());
        call.used(100);
        drop(call);
        let other = quota.take(&limits, 900, NOW).unwrap();
        drop(other);
        let next = quota.take(&limits, 900, NOW).unwrap();
        assert!(
            quota.take(&limits, 1, NOW).is_err(),
            "what failed was put back, and taken again"
        );
        drop(next);
        let fresh = Arc::new(Quota::default());
        assert!(
            fresh.take(&limits, 5_000, NOW).is_ok(),
            "larger than a minute's worth"
        );
    }

    #[test]
    fn calls_at_a_time_are_counted_and_nothing_is_taken_of_what_is_refused() {
        let quota = Arc::new(Quota::default());
        let limits = limits(Some(1), Some(10), Some(1));
        let first = quota.take(&limits, 1, NOW).unwrap();
        assert!(quota.take(&limits, 1, NOW).is_err());
        drop(first);
        assert!(quota.take(&limits, 1, NOW).is_err(), "one request a minute");
        let later = NOW.plus_seconds(60);
        assert!(quota.take(&limits, 1, later).is_ok());
        assert_eq!(quota.under_way.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn a_credential_of_which_nothing_is_left_waits_until_its_provider_says() {
        let (quota, limits) = (Arc::new(Quota::default()), CredentialLimits::default());
        quota.note(Left {
            requests: Some((0, NOW.plus_seconds(5))),
            tokens: Some((70, NOW.plus_seconds(9))),
        });
        assert_eq!(
            quota.take(&limits, 1, NOW).unwrap_err().until,
            NOW.plus_seconds(5)
        );
        assert!(quota.take(&limits, 1, NOW.plus_seconds(5)).is_ok());
        assert!(quota.is_short_of(|| 71, NOW) && !quota.is_short_of(|| 70, NOW));
        assert!(!quota.is_short_of(|| 71, NOW.plus_seconds(9)));
    }
}
