//! How long calls took, in buckets: eight to an octave, so that a bucket's largest duration is at
//! most an eighth above its smallest. Integers only. Pure.

/// Buckets of an octave, as a power of two.
const BITS: u32 = 3;
/// Buckets of an octave; durations below have a bucket each.
const OCTAVE: u64 = 1 << BITS;

/// The bucket of a duration, in microseconds. Longer durations have higher buckets; the highest is
/// 495.
pub fn bucket(micros: u64) -> u16 {
    let shift = micros.checked_ilog2().unwrap_or(0).saturating_sub(BITS);
    // Between one and two octaves, or less where the duration has a bucket of its own.
    let place = micros >> shift;
    // At most 60 * 8 + 15.
    (u64::from(shift) * OCTAVE + place) as u16
}

/// The longest duration of a bucket, in microseconds.
pub fn upper(bucket: u16) -> u64 {
    let bucket = u64::from(bucket);
    let shift = (bucket / OCTAVE).saturating_sub(1);
    let place = u128::from(bucket - shift * OCTAVE);
    // No more than 64 bits of it matter, and every bucket beyond the highest is as long as that.
    let next = (place + 1) << shift.min(64);
    u64::try_from(next - 1).unwrap_or(u64::MAX)
}

/// The duration, in microseconds and at most an eighth too high, within which so many of a thousand
/// calls were done: 500 for the median, 990 for all but one of a hundred. Takes pairs of bucket and
/// calls in any order, a bucket more than once where slots of time are put together. `None` where
/// there are no calls.
pub fn quantile(buckets: &[(u16, u64)], per_mille: u32) -> Option<u64> {
    let mut buckets = buckets.to_vec();
    buckets.sort_unstable();
    let total: u128 = buckets.iter().map(|(_, calls)| u128::from(*calls)).sum();
    let wanted = (total * u128::from(per_mille.min(1_000)))
        .div_ceil(1_000)
        .max(1);
    let mut done = 0;
    let reached = buckets.iter().find(|(_, calls)| {
        done += u128::from(*calls);
        done >= wanted
    });
    reached.map(|(bucket, _)| upper(*bucket))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn buckets_follow_each_other_without_a_gap() {
        let mut first = 0;
        for number in 0..=495 {
            assert_eq!(bucket(first), number);
            assert_eq!(bucket(upper(number)), number);
            first = upper(number).wrapping_add(1);
        }
        assert_eq!(upper(495), u64::MAX);
        assert_eq!(upper(u16::MAX), u64::MAX);
    }

    #[test]
    fn quantiles_are_those_of_the_calls_together() {
        let (short, long) = (bucket(1_000), bucket(1_000_000));
        let apart = [(long, 10), (short, 45), (short, 45)];
        assert_eq!(quantile(&apart, 500), Some(upper(short)));
        assert_eq!(quantile(&apart, 900), Some(upper(short)));
        assert_eq!(quantile(&apart, 901), Some(upper(long)));
        assert_eq!(quantile(&apart, 5_000), Some(upper(long)));
        assert_eq!(quantile(&apart, 0), Some(upper(short)));
        assert_eq!(quantile(&[(long, 0)], 500), None);
        assert_eq!(quantile(&[], 500), None);
    }

    proptest! {
        #[test]
        fn the_end_of_a_bucket_is_at_most_an_eighth_above_what_is_in_it(
            micros in any::<u64>(), shift in 0u32..64,
        ) {
            let micros = micros >> shift;
            let end = upper(bucket(micros));
            prop_assert!(end >= micros);
            prop_assert!(end - micros <= micros / 8, "{micros} {end}");
        }

        #[test]
        fn a_quantile_is_at_most_an_eighth_above_the_exact_one(
            mut micros in proptest::collection::vec(0u64..100_000_000, 1..60),
            per_mille in 0u32..=1_000,
        ) {
            let buckets: Vec<(u16, u64)> = micros.iter().map(|m| (bucket(*m), 1)).collect();
            micros.sort_unstable();
            let rank = (micros.len() * per_mille as usize).div_ceil(1_000).max(1);
            let exact = micros[rank - 1];
            let told = quantile(&buckets, per_mille).unwrap();
            prop_assert!(exact <= told && told - exact <= exact / 8, "{exact} {told}");
        }
    }
}
