//! Consistent hashing by weighted rendezvous (Thaler and Ravishankar 1998): every target gets a
//! score from the caller's word and its own name, and the highest one wins. A target that comes or
//! goes moves only the callers that it wins or had; where one fails, its callers spread over the
//! others.

/// The order in which targets are tried for a word: the places of `targets`, which are pairs of name
/// and weight. Those of no weight come last, in their order.
pub(crate) fn order(word: &str, targets: &[(&str, u32)]) -> Vec<usize> {
    let mut scored: Vec<(f64, usize)> = targets
        .iter()
        .enumerate()
        .map(|(at, (name, weight))| (score(word, name, *weight), at))
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    scored.into_iter().map(|(_, at)| at).collect()
}

/// `-weight / ln(u)` for a `u` between 0 and 1 that only depends on word and name: the chance to be
/// the highest is in proportion to the weight.
fn score(word: &str, name: &str, weight: u32) -> f64 {
    let hash = mixed(word, name) >> 11;
    #[allow(clippy::cast_precision_loss)] // 53 bits fit.
    let u = (hash as f64 + 0.5) / (1u64 << 53) as f64;
    -f64::from(weight) / u.ln()
}

/// A hash that is the same on every node and in every version: FNV-1a, and the finish of `MurmurHash3`,
/// since FNV alone spreads the last bytes badly.
fn mixed(word: &str, name: &str) -> u64 {
    let bytes = word.bytes().chain([0xff]).chain(name.bytes());
    let mut hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAMES: [&str; 5] = ["a/m", "b/m", "c/m", "d/m", "e/m"];

    fn winner<'a>(word: &str, targets: &[(&'a str, u32)]) -> &'a str {
        targets[order(word, targets)[0]].0
    }

    #[test]
    fn calls_are_spread_by_weight_over_the_targets() {
        let targets = [("a/m", 3), ("b/m", 1), ("c/m", 0)];
        let mut first = [0u32; 3];
        for number in 0..4000 {
            first[order(&format!("key-{number}"), &targets)[0]] += 1;
        }
        assert!((2850..3150).contains(&first[0]), "{first:?}");
        assert_eq!(first[2], 0, "no weight comes last");
    }

    #[test]
    fn a_word_keeps_its_target_in_every_version() {
        let places = ["web", "shop", "batch"].map(|word| {
            let targets = NAMES.map(|name| (name, 1));
            winner(word, &targets)
        });
        assert_eq!(places, ["e/m", "d/m", "d/m"]);
    }

    proptest! {
        #[test]
        fn a_target_that_goes_moves_only_its_own_callers(
            words in proptest::collection::vec("[a-z]{1,12}", 1..40),
            weights in proptest::array::uniform5(1u32..10),
            gone in 0usize..5,
        ) {
            let all: Vec<(&str, u32)> = NAMES.into_iter().zip(weights).collect();
            let mut fewer = all.clone();
            fewer.remove(gone);
            for word in words {
                let before = order(&word, &all);
                let names: Vec<&str> = before.iter().map(|at| all[*at].0).collect();
                let after = order(&word, &fewer).into_iter().map(|at| fewer[at].0);
                let without: Vec<&str> = names.into_iter().filter(|name| *name != NAMES[gone]).collect();
                prop_assert_eq!(after.collect::<Vec<_>>(), without, "also the order of failing over stays");
            }
        }

        #[test]
        fn a_weight_that_grows_takes_callers_and_gives_none_away(
            words in proptest::collection::vec("[a-z]{1,12}", 1..40),
            weights in proptest::array::uniform5(1u32..10), more in 1u32..10,
        ) {
            let before: Vec<(&str, u32)> = NAMES.into_iter().zip(weights).collect();
            let mut after = before.clone();
            after[0].1 += more;
            for word in words {
                let (was, is) = (winner(&word, &before), winner(&word, &after));
                prop_assert!(was == is || is == NAMES[0], "{was} {is}");
            }
        }

        #[test]
        fn nobody_is_lost(word in ".{0,20}", weights in proptest::array::uniform5(0u32..3)) {
            let targets: Vec<(&str, u32)> = NAMES.into_iter().zip(weights).collect();
            let mut places = order(&word, &targets);
            places.sort_unstable();
            prop_assert_eq!(places, vec![0, 1, 2, 3, 4]);
        }
    }
}
