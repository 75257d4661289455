//! Stage 6: the order in which targets are tried, and the request for the first of them.

use tollgate_model::resources::Strategy;
use tollgate_model::snapshot::{ModelPlan, TargetPlan};
use tollgate_model::{Reason, Refusal};

use crate::exchange::{Candidate, Exchange, impossible};
use crate::outgoing;
use crate::task;
use crate::worker::Worker;

/// Orders the targets and writes the request for the first whose dialect can say it. Refuses what no
/// target's dialect can say. To count tokens, only targets of the caller's own dialect can be asked,
/// and where there is none, the gateway estimates.
pub(crate) fn run(worker: &Worker, call: &mut Exchange) -> Result<(), Refusal> {
    let Some(plan) = call.plan.clone() else {
        return Err(impossible("prepared before routed"));
    };
    let mut refused = None;
    for target in order(worker, &plan) {
        if call.is_count() && !outgoing::is_same_dialect(call, target) {
            continue;
        }
        if !task::is_served(call, target) {
            continue;
        }
        if call.outgoing.is_none() {
            match outgoing::build(call, target) {
                Ok(built) => {
                    call.outgoing = Some(built);
                    call.prepared_for = Some((target.provider.name.clone(), target.model.clone()));
                }
                Err(refusal) => {
                    refused.get_or_insert(refusal);
                    continue;
                }
            }
        }
        call.candidates.extend(credentials(worker, target));
        if call.candidates.is_empty() {
            call.outgoing = None;
        }
    }
    if call.is_count() || !call.candidates.is_empty() {
        return Ok(());
    }
    Err(refused.unwrap_or_else(|| no_credential(&plan)))
}

/// The targets in the order in which they are tried; those without a price are left out.
fn order<'a>(worker: &Worker, plan: &'a ModelPlan) -> Vec<&'a TargetPlan> {
    let targets = plan.targets.iter().filter(|target| target.price.is_some());
    let list: Vec<(u32, &TargetPlan)> = targets.map(|target| (target.weight, target)).collect();
    match plan.strategy {
        Strategy::Priority => list.into_iter().map(|(_, target)| target).collect(),
        Strategy::Weighted => by_weight(list, |bound| worker.random_below(bound)),
    }
}

/// A target with each credential of its provider, by weight.
fn credentials(worker: &Worker, target: &TargetPlan) -> Vec<Candidate> {
    let pool = &target.provider.credentials;
    if pool.is_empty() {
        let bare = Candidate {
            target: target.clone(),
            credential: None,
        };
        return target
            .provider
            .keyless
            .then_some(bare)
            .into_iter()
            .collect();
    }
    let list = pool
        .iter()
        .enumerate()
        .map(|(at, credential)| (credential.weight, at))
        .collect();
    let order = by_weight(list, |bound| worker.random_below(bound));
    let candidate = |at| Candidate {
        target: target.clone(),
        credential: Some(at),
    };
    order.into_iter().map(candidate).collect()
}

/// Draws all items, each time with a chance in proportion to the weights of those left; items of no
/// weight come last, in their order.
fn by_weight<T>(mut items: Vec<(u32, T)>, mut random_below: impl FnMut(u64) -> u64) -> Vec<T> {
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

fn no_credential(plan: &ModelPlan) -> Refusal {
    let Some(target) = plan.targets.first() else {
        return impossible("a model without a target");
    };
    let provider = &target.provider;
    for missing in &provider.missing {
        tracing::warn!(provider = %provider.name, missing, "a call found no usable credential");
    }
    let detail = format!("Provider {} has no usable credential.", provider.name);
    Refusal::new(Reason::UpstreamAuthFailed, detail).by(provider.rule.clone())
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
