//! What is remembered of targets from call to call: shared by all workers and kept when the
//! configuration changes.

use std::sync::Arc;

use tollgate_model::Micros;
use tollgate_model::snapshot::TargetPlan;

use super::busy::Busy;
use super::latency::Latency;
use super::outlier::Outlier;

/// What is remembered of one target.
#[derive(Debug, Default)]
pub(crate) struct TargetState {
    /// The calls under way.
    pub(crate) busy: Arc<Busy>,
    /// Whether it fails while others do not.
    pub(crate) outlier: Outlier,
    streamed: Latency,
    whole: Latency,
}

impl TargetState {
    /// How soon answers begin. A streamed one begins with its first byte, a whole one only when all
    /// of it is there, so they are measured apart.
    pub(crate) fn latency(&self, stream: bool) -> &Latency {
        if stream { &self.streamed } else { &self.whole }
    }
}

/// What is known of a target among which a model chooses, for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetHealth {
    /// The provider's name.
    pub provider: Arc<str>,
    /// The provider's name for the model.
    pub model: Arc<str>,
    /// How many calls are under way there.
    pub under_way: u64,
    /// Microseconds until a streamed answer begins, of late.
    pub streamed: Option<u32>,
    /// Microseconds until a whole answer is there, of late.
    pub whole: Option<u32>,
    /// Until when other targets go first, since it failed.
    pub behind_until: Option<Micros>,
}

/// What is remembered of each target among which a `Model` chooses.
#[derive(Default)]
pub(crate) struct TargetBook {
    targets: papaya::HashMap<(Arc<str>, Arc<str>), Arc<TargetState>>,
}

impl TargetBook {
    /// The state of a target. Only asked for those that a spec names, so that no caller can make the
    /// book grow.
    pub(crate) fn of(&self, target: &TargetPlan) -> Arc<TargetState> {
        let key = (Arc::clone(&target.provider.name), Arc::clone(&target.model));
        let pinned = self.targets.pin();
        Arc::clone(pinned.get_or_insert_with(key, || Arc::new(TargetState::default())))
    }

    /// What is known, in the order of names.
    pub(crate) fn report(&self, now: Micros) -> Vec<TargetHealth> {
        let pinned = self.targets.pin();
        let each = pinned
            .iter()
            .map(|((provider, model), state)| TargetHealth {
                provider: Arc::clone(provider),
                model: Arc::clone(model),
                under_way: state.busy.count(),
                streamed: state.streamed.average(),
                whole: state.whole.average(),
                behind_until: state.outlier.ejected_until(now),
            });
        let mut all: Vec<TargetHealth> = each.collect();
        all.sort_by(|a, b| (&a.provider, &a.model).cmp(&(&b.provider, &b.model)));
        all
    }
}
