//! How soon a target's answers begin: a moving average that forgets with time.

use std::sync::atomic::{AtomicU64, Ordering};

use tollgate_model::Micros;

/// The share of a new measurement that follows the last one at once, in 256ths: a quarter.
const LEAST_SHARE: u64 = 64;
/// The share gained with each second since the last measurement: after half a minute the past no
/// longer counts.
const SHARE_PER_SECOND: u64 = 6;
const WHOLE: u64 = 256;
/// After so many seconds without a measurement one call tries the target again, so that a slow
/// start does not damn it for ever.
const STALE_SECONDS: u64 = 30;

/// The time from request to answer, as it was of late. Second of the last measurement and the average in
/// microseconds, in one word, so that they are changed together without a lock; 0 where nothing was
/// measured.
#[derive(Debug, Default)]
pub(crate) struct Latency(AtomicU64);

impl Latency {
    /// Notes how long an answer took to begin, in microseconds.
    pub(crate) fn note(&self, took: u32, now: Micros) {
        let now = second(now);
        // It always gives a value, so it never fails.
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |known| {
                Some(pack(now, averaged(known, took, now)))
            });
    }

    /// The average in microseconds.
    pub(crate) fn average(&self) -> Option<u32> {
        let known = self.0.load(Ordering::Relaxed);
        (known != 0).then_some(unpack(known).1)
    }

    /// For how many seconds nothing was heard of the target, where that is long enough for a call to
    /// find out how fast it is by now.
    pub(crate) fn stale(&self, now: Micros) -> Option<u64> {
        let known = self.0.load(Ordering::Relaxed);
        let passed = second(now).saturating_sub(unpack(known).0);
        (known != 0 && passed >= STALE_SECONDS).then_some(passed)
    }

    /// Whether this call is the one to find out. True for one call in half a minute.
    pub(crate) fn explores(&self, now: Micros) -> bool {
        if self.stale(now).is_none() {
            return false;
        }
        let known = self.0.load(Ordering::Relaxed);
        let claimed = pack(second(now), unpack(known).1);
        let swapped = self
            .0
            .compare_exchange(known, claimed, Ordering::Relaxed, Ordering::Relaxed);
        swapped.is_ok()
    }
}

fn averaged(known: u64, took: u32, now: u64) -> u32 {
    if known == 0 {
        return took.max(1);
    }
    let (since, average) = unpack(known);
    let passed = now.saturating_sub(since);
    let share = passed
        .saturating_mul(SHARE_PER_SECOND)
        .saturating_add(LEAST_SHARE)
        .min(WHOLE);
    let sum = u64::from(took) * share + u64::from(average) * (WHOLE - share);
    u32::try_from(sum / WHOLE).unwrap_or(u32::MAX).max(1)
}

fn second(now: Micros) -> u64 {
    u64::try_from(now.0 / 1_000_000).unwrap_or(0)
}

fn pack(second: u64, average: u32) -> u64 {
    (second << 32) | u64::from(average)
}

fn unpack(word: u64) -> (u64, u32) {
    (
        word >> 32,
        u32::try_from(word & 0xffff_ffff).unwrap_or(u32::MAX),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Micros = Micros(1_795_507_200_000_000);

    #[test]
    fn the_average_follows_and_the_past_is_forgotten() {
        let latency = Latency::default();
        assert_eq!(latency.average(), None);
        latency.note(8_000_000, NOW);
        assert_eq!(latency.average(), Some(8_000_000), "a slow start");
        latency.note(400_000, NOW.plus_seconds(1));
        assert_eq!(latency.average(), Some(5_921_875));
        latency.note(400_000, NOW.plus_seconds(40));
        assert_eq!(latency.average(), Some(400_000));
    }

    #[test]
    fn one_call_in_half_a_minute_tries_a_target_of_which_nothing_was_heard() {
        let latency = Latency::default();
        assert!(!latency.explores(NOW), "what is unknown is tried anyway");
        latency.note(8_000_000, NOW);
        assert!(!latency.explores(NOW.plus_seconds(29)));
        let later = NOW.plus_seconds(30);
        assert!(latency.explores(later) && !latency.explores(later));
        assert_eq!(latency.average(), Some(8_000_000));
    }

    proptest! {
        #[test]
        fn the_average_stays_between_what_was_measured(
            all in proptest::collection::vec((1u32.., 0i64..100), 1..30),
        ) {
            let (latency, mut now) = (Latency::default(), NOW);
            for (took, passed) in &all {
                now = now.plus_seconds(*passed);
                latency.note(*took, now);
            }
            let least = all.iter().map(|(took, _)| *took).min().unwrap();
            let most = all.iter().map(|(took, _)| *took).max().unwrap();
            let average = latency.average().unwrap();
            // Each step may round down by less than one.
            prop_assert!((least.saturating_sub(30)..=most).contains(&average), "{average}");
        }
    }
}
