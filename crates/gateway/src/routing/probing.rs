//! Asking providers from time to time whether they are there, where their specs say so: for the list
//! of their models, which costs nothing. One worker does it for all.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_local;
use tokio::time::{Instant, sleep};
use tollgate_model::snapshot::{CredentialPlan, Endpoint, ProviderPlan};

use crate::health::is_met_by_probe;
use crate::probe::check;
use crate::worker::Worker;

/// How often it is looked whether somebody is due.
const TICK: Duration = Duration::from_secs(1);

/// Asks, until it is dropped.
pub(crate) async fn run(worker: Rc<Worker>) {
    let mut asked: HashMap<Arc<str>, Instant> = HashMap::new();
    loop {
        let snapshot = worker.shared.snapshot.load_full();
        for provider in snapshot.providers() {
            let Some(every) = provider.probe_every.filter(|_| is_remote(provider)) else {
                continue;
            };
            let every = Duration::from_secs(every.into());
            let is_due = |last: &Instant| last.elapsed() >= every;
            if asked.get(&provider.name).is_none_or(is_due) {
                asked.insert(Arc::clone(&provider.name), Instant::now());
                ask(&worker, provider);
            }
        }
        asked.retain(|name, _| snapshot.providers().iter().any(|one| one.name == *name));
        sleep(TICK).await;
    }
}

fn is_remote(provider: &ProviderPlan) -> bool {
    provider.endpoint != Endpoint::Sandbox
}

/// Asks a provider with each of its credentials, or with none where it needs none.
fn ask(worker: &Rc<Worker>, provider: &Arc<ProviderPlan>) {
    let each = provider.credentials.iter().cloned().map(Some);
    let bare = (provider.credentials.is_empty() && provider.keyless).then_some(None);
    for credential in each.chain(bare) {
        let (worker, provider) = (Rc::clone(worker), Arc::clone(provider));
        spawn_local(async move { one(&worker, &provider, credential.as_ref()).await });
    }
}

/// What a call would not have met either, such as a provider without a list of models, says nothing.
async fn one(worker: &Worker, provider: &ProviderPlan, credential: Option<&CredentialPlan>) {
    let name = credential.map_or_else(|| "".into(), |credential| Arc::clone(&credential.name));
    let health = worker.shared.health.of(&provider.name, &name);
    match check(provider, credential, &worker.shared.clock).await {
        Ok(()) => health.reached(),
        Err(failure) if is_met_by_probe(failure.class) => {
            let (class, after) = (failure.class, failure.retry_after);
            if health.failed(class, after, worker.now(), &failure.note) {
                tracing::warn!(
                    provider = %provider.name, credential = %name, class = class.as_str(),
                    note = failure.note, "a credential needs the operator"
                );
            }
        }
        Err(_) => {}
    }
}
