//! Drawing at random.

/// Draws all items, each time with a chance in proportion to the weights of those left; items of no
/// weight come last, in their order. `random_below` gives a number below its argument.
pub(crate) fn by_weight<T>(
    mut items: Vec<(u32, T)>,
    mut random_below: impl FnMut(u64) -> u64,
) -> Vec<T> {
    let mut drawn = Vec::with_capacity(items.len());
    while !items.is_empty() {
        let total: u64 = items.iter().map(|(weight, _)| u64::from(*weight)).sum();
        let mut left = if items.len() == 1 {
            0
        } else {
            random_below(total)
        };
        let at = items.iter().position(|(weight, _)| {
            let weight = u64::from(*weight);
            let hit = left < weight;
            left = left.saturating_sub(weight);
            hit
        });
        drawn.push(items.remove(at.unwrap_or(0)).1);
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawing_by_weight_keeps_the_proportions_and_loses_nobody() {
        let (mut seed, mut first) = (7u64, [0u32; 3]);
        for _ in 0..4000 {
            let drawn = by_weight(vec![(3, 0usize), (1, 1), (0, 2)], |bound| {
                seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040);
                if bound == 0 { 0 } else { (seed >> 33) % bound }
            });
            assert_eq!(drawn.len(), 3);
            assert_eq!(drawn[2], 2, "no weight comes last");
            first[drawn[0]] += 1;
        }
        assert!((2800..3200).contains(&first[0]), "{first:?}");
    }
}
