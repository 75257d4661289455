//! The health of credentials: which one is cooling down, why, and until when. Shared by all workers
//! and kept when the configuration changes.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use arc_swap::ArcSwapOption;
use tollgate_catalog::money::cool_down;
use tollgate_model::Micros;
use tollgate_model::call::FailureClass;
use tollgate_model::resources::CredentialLimits;

use crate::routing::quota::{Quota, QuotaState};

/// How long one call may probe a credential whose cool-down has passed before the next one may.
const PROBE_SECONDS: i64 = 5;

/// Whether a credential may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialState {
    /// It is used.
    Ok,
    /// It has rested after a failure, and nothing has succeeded since: the next call tries it.
    Failing {
        /// When its rest was over.
        since: Micros,
    },
    /// It is left out until a time.
    CoolingDown {
        /// When it is tried again.
        until: Micros,
    },
}

/// What is known of a credential, for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialHealth {
    /// The provider's name.
    pub provider: Arc<str>,
    /// The credential's name; empty where the provider needs none.
    pub credential: Arc<str>,
    /// Whether it is used.
    pub state: CredentialState,
    /// How it failed last, when, and what the provider said.
    pub last_failure: Option<LastFailure>,
    /// What it is doing, and how much of its limits is left.
    pub quota: QuotaState,
}

/// How a credential failed last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastFailure {
    /// How.
    pub class: FailureClass,
    /// When.
    pub at: Micros,
    /// What the provider or the network said.
    pub note: String,
}

/// One credential's state.
#[derive(Default)]
pub(crate) struct Health {
    /// Microseconds; not used before.
    until: AtomicI64,
    consecutive: AtomicU32,
    last: ArcSwapOption<LastFailure>,
    /// What it may do right now.
    pub(crate) quota: Arc<Quota>,
}

impl Health {
    /// Whether a call may use the credential now. Where a cool-down has just passed, the first call
    /// probes it and the others wait for what comes of that.
    pub(crate) fn admits(&self, now: Micros) -> bool {
        let until = self.until.load(Ordering::Acquire);
        if until == 0 {
            return true;
        }
        if now.0 < until {
            return false;
        }
        let next = now.plus_seconds(PROBE_SECONDS).0;
        self.until
            .compare_exchange(until, next, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }

    /// When it will be tried again, and why it is not tried now.
    pub(crate) fn pause(&self) -> Option<(Micros, FailureClass)> {
        let until = self.until.load(Ordering::Acquire);
        let last = self.last.load();
        last.as_ref()
            .filter(|_| until != 0)
            .map(|last| (Micros(until), last.class))
    }

    pub(crate) fn succeeded(&self) {
        if self.consecutive.load(Ordering::Relaxed) != 0 {
            self.consecutive.store(0, Ordering::Relaxed);
        }
        if self.until.load(Ordering::Relaxed) != 0 {
            self.until.store(0, Ordering::Release);
        }
    }

    /// Notes that the provider has answered a probe, which costs nothing: a rest for a trouble that
    /// the probe would have met as well is over.
    pub(crate) fn reached(&self) {
        let last = self.last.load();
        let met = last.as_ref().is_none_or(|last| is_met_by_probe(last.class));
        if met {
            self.succeeded();
        }
    }

    /// Whether a failure is another than the last one that was noted.
    pub(crate) fn is_news(&self, class: FailureClass, note: &str) -> bool {
        let last = self.last.load();
        last.as_ref()
            .is_none_or(|last| last.class != class || last.note != note)
    }

    /// Notes a failure; tells whether it began a cool-down that the operator has to end.
    pub(crate) fn failed(
        &self,
        class: FailureClass,
        retry_after: Option<u64>,
        now: Micros,
        note: &str,
    ) -> bool {
        let consecutive = self
            .consecutive
            .fetch_add(1, Ordering::Relaxed)
            .saturating_add(1);
        let known = self.last.load().as_ref().map(|last| last.class);
        let note = note.to_owned();
        self.last.store(Some(Arc::new(LastFailure {
            class,
            at: now,
            note,
        })));
        let Some(seconds) = cool_down(class, consecutive, retry_after) else {
            return false;
        };
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
        let was_paused = self
            .until
            .swap(now.plus_seconds(seconds).0, Ordering::AcqRel)
            != 0;
        is_for_operator(class) && !(was_paused && known == Some(class))
    }
}

/// Whether a probe meets such a failure as a call does.
pub(crate) fn is_met_by_probe(class: FailureClass) -> bool {
    matches!(
        class,
        FailureClass::Auth
            | FailureClass::Unreachable
            | FailureClass::Timeout
            | FailureClass::ServerError
            | FailureClass::BadResponse
    )
}

/// Whether only the operator can end such a failure.
fn is_for_operator(class: FailureClass) -> bool {
    matches!(
        class,
        FailureClass::Unfunded
            | FailureClass::SpendLimit
            | FailureClass::QuotaUsed
            | FailureClass::Auth
    )
}

/// The health of every credential that was used.
#[derive(Default)]
pub(crate) struct HealthBook {
    credentials: papaya::HashMap<(Arc<str>, Arc<str>), Arc<Health>>,
}

impl HealthBook {
    /// The health of a credential; the name is empty for a provider that needs none.
    pub(crate) fn of(&self, provider: &Arc<str>, credential: &Arc<str>) -> Arc<Health> {
        let key = (Arc::clone(provider), Arc::clone(credential));
        let pinned = self.credentials.pin();
        Arc::clone(pinned.get_or_insert_with(key, || Arc::new(Health::default())))
    }

    /// What is known, in the order of names; `limits` gives those of a provider's credential.
    pub(crate) fn report(
        &self,
        limits: impl Fn(&str, &str) -> CredentialLimits,
        now: Micros,
    ) -> Vec<CredentialHealth> {
        let mut all: Vec<CredentialHealth> = self
            .credentials
            .pin()
            .iter()
            .map(|((provider, credential), health)| {
                let until = Micros(health.until.load(Ordering::Acquire));
                CredentialHealth {
                    provider: Arc::clone(provider),
                    credential: Arc::clone(credential),
                    state: match until {
                        Micros(0) => CredentialState::Ok,
                        until if until > now => CredentialState::CoolingDown { until },
                        since => CredentialState::Failing { since },
                    },
                    last_failure: health.last.load().as_deref().cloned(),
                    quota: health.quota.state(&limits(provider, credential), now),
                }
            })
            .collect();
        all.sort_by(|a, b| (&a.provider, &a.credential).cmp(&(&b.provider, &b.credential)));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unfunded_credential_rests_is_probed_by_one_call_and_recovers() {
        let health = Health::default();
        let start = Micros(1_000_000);
        assert!(health.admits(start));
        assert!(
            health.failed(FailureClass::Unfunded, None, start, "no money"),
            "told once"
        );
        assert!(
            !health.failed(FailureClass::Unfunded, None, start, "no money"),
            "not again"
        );
        assert!(!health.admits(start));
        let (until, class) = health.pause().unwrap();
        assert_eq!(class, FailureClass::Unfunded);
        assert!(health.admits(until), "the first call probes");
        assert!(!health.admits(until), "the second one waits");
        health.succeeded();
        assert!(health.admits(until));
        assert!(health.pause().is_none());
    }

    #[test]
    fn a_probe_ends_a_rest_only_for_what_it_would_have_met() {
        let now = Micros(1_000_000);
        for (class, ends) in [
            (FailureClass::Auth, true),
            (FailureClass::Unreachable, true),
            (FailureClass::Unfunded, false),
            (FailureClass::RateLimited, false),
        ] {
            let health = Health::default();
            for _ in 0..3 {
                health.failed(class, None, now, "no");
            }
            assert!(health.pause().is_some());
            health.reached();
            assert_eq!(health.pause().is_none(), ends, "{class:?}");
        }
    }

    #[test]
    fn a_rejected_request_rests_nothing() {
        let health = Health::default();
        assert!(!health.failed(FailureClass::Rejected, None, Micros(1), ""));
        assert!(health.admits(Micros(1)));
    }
}
