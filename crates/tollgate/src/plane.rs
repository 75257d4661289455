//! The data plane of this process, as the control side sees it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use tokio::sync::watch;
use tollgate_control::{
    Control, Cooling, CredentialHealth, LimitsLeft, NodeStatus, Opening, Probing, Refreshed,
    Runtime, TargetHealth,
};
use tollgate_doctor::Known;
use tollgate_doctor::facts::ServerFacts;
use tollgate_gateway::{CredentialState, QuotaState};
use tollgate_ledger::Ledger;
use tollgate_model::resources::CredentialLimits;
use tollgate_model::snapshot::ProviderPlan;
use tollgate_model::{KeyHash, Name, Snapshot};

use crate::assets::CONSOLE;
use crate::clock;
use crate::failure::Failure;
use crate::follow::Followed;
use crate::machine::Machine;
use crate::node::Node;
use crate::passes::Passes;
use crate::running::Running;
use crate::secrets::Opener;

/// How much of the journal the store does not have yet, in bytes.
pub(crate) type Backlog = Arc<dyn Fn() -> u64 + Send + Sync>;

/// The data plane of this process.
pub(crate) struct Plane {
    /// What the process works on.
    pub node: Arc<Node>,
    /// The gateway, if it runs.
    pub running: Arc<Running>,
    /// The money.
    pub ledger: Arc<Ledger>,
    /// Who takes in changes.
    pub followed: Followed,
    /// Whether calls are taken: not before the start is complete, and not while it drains.
    pub open: Arc<AtomicBool>,
    /// What the store does not have yet.
    pub backlog: Backlog,
    /// With which the console makes calls.
    pub passes: Arc<Passes>,
    /// What is known of process and machine.
    pub machine: Machine,
    /// Tells when the control listener closes.
    pub closing: watch::Receiver<bool>,
}

impl Plane {
    /// The routes of the control side, for these names besides loopback.
    pub(crate) fn routes(self, hosts: &[String]) -> Result<Router, Failure> {
        let token = self.node.folder.admin_token()?;
        Ok(tollgate_control::router(Control {
            store: self.node.store.clone(),
            sealing: Arc::clone(&self.node.sealing),
            clock: Arc::new(clock::now),
            operator: KeyHash::of(token.as_bytes()),
            hosts: hosts.to_vec(),
            console: CONSOLE,
            version: env!("CARGO_PKG_VERSION"),
            closing: self.closing.clone(),
            runtime: Arc::new(self),
        }))
    }
}

impl Runtime for Plane {
    fn snapshot(&self) -> Arc<Snapshot> {
        self.node.snapshot.load_full()
    }

    fn credentials(&self) -> Vec<CredentialHealth> {
        let used = self.running.credentials();
        let snapshot = self.node.snapshot.load();
        let mut all = Vec::new();
        for provider in snapshot.providers() {
            let pool = provider.credentials.iter();
            let mut pool: Vec<_> = pool
                .map(|plan| (Some(Arc::clone(&plan.name)), plan.limits))
                .collect();
            if pool.is_empty() && provider.keyless {
                pool.push((None, CredentialLimits::default()));
            }
            for (credential, limits) in pool {
                let found = used.iter().find(|health| {
                    health.provider == provider.name
                        && *health.credential == *credential.as_deref().unwrap_or_default()
                });
                all.push(CredentialHealth {
                    provider: Arc::clone(&provider.name),
                    credential,
                    cooling: found.and_then(cooling),
                    disabled: false,
                    limits: left(limits, found.map(|health| health.quota)),
                });
            }
            all.extend(provider.disabled.iter().map(|name| CredentialHealth {
                provider: Arc::clone(&provider.name),
                credential: Some(Arc::clone(name)),
                cooling: None,
                disabled: true,
                limits: LimitsLeft::default(),
            }));
        }
        all
    }

    fn targets(&self) -> Vec<TargetHealth> {
        let known = self.running.targets().into_iter();
        let told = known.map(|target| TargetHealth {
            provider: target.provider,
            model: target.model,
            under_way: target.under_way,
            streamed: target.streamed,
            whole: target.whole,
            behind_until: target.behind_until,
        });
        told.collect()
    }

    fn status(&self) -> NodeStatus {
        NodeStatus {
            node: self.node.id.clone(),
            started: self.node.started,
            revision: self.node.snapshot.load().revision,
            backlog: (self.backlog)(),
            ready: self.open.load(Ordering::Acquire),
            troubles: self.node.troubles.list(),
        }
    }

    fn secrets(&self) -> Opening<'_> {
        Box::pin(async {
            match self.node.opener().await {
                Ok(opener) => Box::new(opener) as _,
                Err(why) => Box::new(Opener::away(why.to_string())) as _,
            }
        })
    }

    fn refresh_configuration(&self, revision: u64) -> Refreshed<'_> {
        Box::pin(self.followed.reaches(revision))
    }

    fn refresh_secrets(&self) -> Refreshed<'_> {
        Box::pin(self.followed.again())
    }

    fn refresh_funds(&self) -> Refreshed<'_> {
        Box::pin(async {
            let funds = self.node.snapshot.load().all_funds();
            self.ledger.refresh(&funds).await;
        })
    }

    fn gateway(&self) -> Option<SocketAddr> {
        self.running.address().map(reachable)
    }

    fn pass(&self, application: &Name, holder: &Name) -> Result<String, String> {
        let issued = self.passes.issue(application, holder, clock::now());
        issued.map_err(|why| why.to_string())
    }

    fn server(&self) -> Known<ServerFacts> {
        let troubles = self.node.troubles.list();
        Ok(self.machine.facts((self.backlog)(), troubles))
    }

    fn make_private(&self, entry: &str) -> Result<(), String> {
        self.machine.make_private(entry)
    }

    fn probe(&self, provider: Arc<ProviderPlan>, credential: Option<Arc<str>>) -> Probing<'_> {
        Box::pin(async move {
            let mut known = provider.credentials.iter();
            let credential = credential.and_then(|name| known.find(|known| known.name == name));
            let clock: tollgate_gateway::Clock = Arc::new(clock::now);
            tollgate_gateway::probe(&provider, credential, &clock).await
        })
    }
}

/// The address by which this machine reaches a listener.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

/// What is left of a credential's limits; `state` is absent for one that was not used yet.
fn left(spec: CredentialLimits, state: Option<QuotaState>) -> LimitsLeft {
    let state = state.unwrap_or_else(|| QuotaState::unused(&spec));
    LimitsLeft {
        under_way: state.under_way,
        spec,
        requests: state.requests_left,
        tokens: state.tokens_left,
        used_up_until: state.used_up_until,
        tokens_told: state.tokens_told,
    }
}

fn cooling(health: &tollgate_gateway::CredentialHealth) -> Option<Cooling> {
    let until = match health.state {
        CredentialState::Ok => return None,
        CredentialState::CoolingDown { until } => until,
        CredentialState::Failing { since } => since,
    };
    let failure = health.last_failure.as_ref()?;
    Some(Cooling {
        class: failure.class,
        since: failure.at,
        until,
        error: failure.note.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_on_every_address_is_reached_on_loopback() {
        for (listens, reached) in [
            ("0.0.0.0:8402", "127.0.0.1:8402"),
            ("[::]:8402", "[::1]:8402"),
            ("10.0.0.7:1", "10.0.0.7:1"),
        ] {
            let address = reachable(listens.parse().unwrap());
            assert_eq!(address.to_string(), reached);
        }
    }
}
