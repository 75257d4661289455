//! Stage 6: the order in which targets are tried, and the request for the first of them.

use tollgate_model::choice::{self, Choice, Skipped};
use tollgate_model::snapshot::{ModelPlan, TargetPlan};
use tollgate_model::{Reason, Refusal};

use crate::exchange::{Candidate, Exchange, impossible};
use crate::outgoing;
use crate::references;
use crate::routing::conditions;
use crate::routing::draw::by_weight;
use crate::routing::order::{self, Ranked};
use crate::task;
use crate::thread;
use crate::tier;
use crate::worker::Worker;

/// Orders the targets and writes the request for the first whose dialect can say it. Refuses what no
/// target's dialect can say. To count tokens, only targets of the caller's own dialect can be asked,
/// and where there is none, the gateway estimates.
pub(crate) fn run(worker: &Worker, call: &mut Exchange) -> Result<(), Refusal> {
    let Some(plan) = call.plan.clone() else {
        return Err(impossible("prepared before routed"));
    };
    let can = |target: &&TargetPlan| impediment(call, target).is_none();
    let able = plan.targets.iter().filter(can);
    let (fitting, left_out) = conditions::sift(call, &plan, able.collect());
    let ranked = order::order(worker, call, &plan, fitting);
    if plan.targets.len() > 1 || !left_out.is_empty() {
        call.choice = Some(Box::new(told(call, &plan, &ranked, left_out)));
    }
    if ranked.is_empty() {
        return Err(none_fits(call, &plan));
    }
    let mut refused = None;
    for ranked in ranked {
        let target = ranked.target;
        if call.is_count() && !outgoing::is_same_dialect(call, target) {
            continue;
        }
        if !references::is_at(call, target) {
            continue;
        }
        if call.outgoing.is_none() && call.session.is_none() {
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
        let able = credentials(worker, &ranked);
        let able = able
            .into_iter()
            .filter(|one| thread::may_ask(call, one) && references::may_ask(call, one));
        let able: Vec<Candidate> = able.collect();
        call.candidates.extend(able);
        if call.candidates.is_empty() {
            call.outgoing = None;
        }
    }
    if call.is_count() || !call.candidates.is_empty() {
        return Ok(());
    }
    let elsewhere = || references::elsewhere(call, &plan);
    Err(refused
        .or_else(elsewhere)
        .unwrap_or_else(|| no_credential(&plan)))
}

/// Why a target cannot be asked whatever the request says: it has no such task, or no price.
fn impediment(call: &Exchange, target: &TargetPlan) -> Option<String> {
    if let Some(head) = call
        .task
        .as_ref()
        .filter(|_| !task::is_served(call, target))
    {
        return Some(format!("does no {}", head.door.task.title()));
    }
    if !task::is_served(call, target) {
        return Some("holds no realtime sessions".to_owned());
    }
    match tier::asked(call, target) {
        Err(_) if target.price.is_some() => Some("has no price for the tier of service".to_owned()),
        Ok(tier) if target.price_in(tier).is_some() => None,
        _ => Some("has no price".to_owned()),
    }
}

/// The choice, for the record.
fn told(
    call: &Exchange,
    plan: &ModelPlan,
    ranked: &[Ranked<'_>],
    left_out: Vec<Skipped>,
) -> Choice {
    let order = ranked.iter().map(|ranked| choice::Ranked {
        provider: ranked.target.provider.name.clone(),
        model: ranked.target.model.clone(),
        by: ranked.by.clone(),
    });
    let unable = plan.targets.iter().filter_map(|target| {
        Some(Skipped {
            provider: target.provider.name.clone(),
            model: target.model.clone(),
            credential: None,
            why: impediment(call, target)?,
        })
    });
    Choice {
        strategy: plan.strategy,
        order: order.collect(),
        skipped: left_out.into_iter().chain(unable).collect(),
    }
}

/// The refusal of a request that no target is for.
fn none_fits(call: &Exchange, plan: &ModelPlan) -> Refusal {
    let skipped = call.choice.iter().flat_map(|choice| &choice.skipped);
    let each: Vec<String> = skipped
        .map(|one| format!("{} {} {}", one.provider, one.model, one.why))
        .collect();
    let detail = format!(
        "No target of model {} takes this request: {}.",
        plan.name,
        each.join("; ")
    );
    let mut refusal = Refusal::new(Reason::NoTargetFits, detail);
    refusal.rule.clone_from(&plan.rule);
    refusal
}

/// A target with each credential of its provider, by weight.
fn credentials(worker: &Worker, ranked: &Ranked<'_>) -> Vec<Candidate> {
    let candidate = |credential| Candidate {
        target: ranked.target.clone(),
        credential,
        state: ranked.state.clone(),
        put_off: false,
    };
    let provider = &ranked.target.provider;
    if provider.credentials.is_empty() {
        let bare = provider.keyless.then(|| candidate(None));
        return bare.into_iter().collect();
    }
    let list = provider.credentials.iter().zip(0..);
    let list = list
        .map(|(credential, at)| (credential.weight, at))
        .collect();
    let order = by_weight(list, |bound| worker.random_below(bound));
    order.into_iter().map(|at| candidate(Some(at))).collect()
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
