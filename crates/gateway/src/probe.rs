//! Asking a provider which models it has: the free way to test a credential before a call is made
//! with it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::header::DATE;
use tokio::time::timeout;
use tollgate_dialect::codec::Seen;
use tollgate_dialect::{outbound, platform};
use tollgate_model::Micros;
use tollgate_model::call::FailureClass;
use tollgate_model::probe::{Probe, ProbeFailure};
use tollgate_model::snapshot::{CredentialPlan, Endpoint, ProviderPlan};

use crate::connection::{broke, connect};
use crate::pieces::Pieces;
use crate::proof::Proof;
use crate::settings::Clock;
use crate::tls::Tls;
use crate::tokens::TokenBook;
use crate::upstream::{Failure, Head, date, read_error, read_whole};
use crate::{outgoing, sandbox};

/// How long a probe may take in all; less where the provider's own timeout is shorter.
const LIMIT_MS: u32 = 10_000;

/// Asks a provider which models it has, with one of its credentials, or with none where it needs
/// none. The sandbox answers at once. Takes at most ten seconds, touches neither the provider's
/// health nor a connection of the gateway's, and runs on any Tokio runtime that has timers and I/O.
pub async fn probe(
    provider: &ProviderPlan,
    credential: Option<&CredentialPlan>,
    clock: &Clock,
) -> Probe {
    let began = Instant::now();
    let limit_ms = provider.timeouts.first_byte_ms.min(LIMIT_MS);
    let limit = Duration::from_millis(u64::from(limit_ms));
    let mut told = None;
    let asked = timeout(limit, list(provider, credential, clock, &mut told)).await;
    let took = began.elapsed();
    let outcome = asked.unwrap_or_else(|_| {
        let why = format!("no list of models came within {limit_ms} ms");
        Err(Failure::without_answer(FailureClass::Timeout, why))
    });
    let mut open_to_all = false;
    if outcome.is_ok() && credential.is_some() {
        let mut again = None;
        let asking = list(provider, None, clock, &mut again);
        let again = timeout(limit.saturating_sub(took), asking).await;
        open_to_all = matches!(again, Ok(Ok(_)));
    }
    Probe {
        took: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
        outcome: outcome.map_err(failed),
        open_to_all,
        date: told,
    }
}

/// Asks a provider for its models once, to see whether it is there.
pub(crate) async fn check(
    provider: &ProviderPlan,
    credential: Option<&CredentialPlan>,
    clock: &Clock,
) -> Result<(), Failure> {
    let limit_ms = provider.timeouts.first_byte_ms.min(LIMIT_MS);
    let limit = Duration::from_millis(u64::from(limit_ms));
    match timeout(limit, list(provider, credential, clock, &mut None)).await {
        Ok(listed) => listed.map(drop),
        Err(_) => {
            let why = format!("no list of models came within {limit_ms} ms");
            Err(Failure::without_answer(FailureClass::Timeout, why))
        }
    }
}

fn failed(failure: Failure) -> ProbeFailure {
    let Failure {
        class,
        status,
        mut note,
        ..
    } = failure;
    if let (FailureClass::NotFound, Some(status)) = (class, status) {
        note = format!(
            "the provider has no list of models (it answered with status {status}), so its key \
             cannot be tested this way; where calls fail too, base_url is wrong"
        );
    }
    ProbeFailure {
        class,
        status,
        note,
    }
}

/// The provider where it lists its models.
fn listing(provider: &ProviderPlan) -> ProviderPlan {
    let mut there = provider.clone();
    if let Endpoint::Http { host, .. } = &mut there.endpoint
        && let Some(other) = outbound(provider.dialect).models_host(host)
    {
        *host = other;
    }
    there
}

/// Asks once, on a connection of its own. Notes the time that the provider's answer tells.
async fn list(
    provider: &ProviderPlan,
    credential: Option<&CredentialPlan>,
    clock: &Clock,
    told: &mut Option<Micros>,
) -> Result<Vec<String>, Failure> {
    if provider.endpoint == Endpoint::Sandbox {
        return Ok(sandbox::models());
    }
    let provider = &listing(provider);
    let mut request = outgoing::models_request(provider).map_err(Failure::unsendable)?;
    let unreachable = |why| Failure::without_answer(FailureClass::Unreachable, why);
    let (tls, waits) = (Arc::new(Tls::default()), provider.timeouts);
    let tokens = TokenBook::new(Arc::clone(&tls), Arc::clone(clock));
    let proof = Proof::of(provider, credential, &tokens).await?;
    proof.put(&mut request, &Pieces::default(), clock());
    let (mut sender, driver) = connect(&tls, &provider.endpoint, waits.connect_ms)
        .await
        .map_err(unreachable)?;
    tokio::spawn(driver);
    let response = sender.send_request(request).await;
    let (parts, mut body) = response
        .map_err(|error| unreachable(broke(&error)))?
        .into_parts();
    let stamp = parts
        .headers
        .get(DATE)
        .and_then(|value| value.to_str().ok());
    *told = stamp.and_then(date);
    let codec = outbound(provider.dialect);
    let head = Head::of(&parts, codec.stream_type(), clock());
    let secret = credential.map_or("", |credential| credential.access.secret());
    if !parts.status.is_success() {
        let error = codec.decode_error(head.status, &read_error(&mut body).await);
        return Err(Failure::answered(provider, &head, error, secret));
    }
    let bytes = read_whole(&mut body, waits.idle_ms).await?;
    if let Ok(Seen::Error(error)) = codec.look(&bytes) {
        return Err(Failure::told_in_success(provider, error, secret));
    }
    platform::decode_models(&provider.platform, provider.dialect, &bytes)
        .map_err(Failure::unreadable)
}
