//! Stage 3: key to application and team.

use http::header::AUTHORIZATION;
use tollgate_model::call::Caller;
use tollgate_model::ids::key_text;
use tollgate_model::{KeyHash, Reason, Refusal};

use crate::exchange::Exchange;
use crate::worker::Worker;

/// Finds out who calls. Refuses calls without a key, and with one that is unknown, revoked or
/// expired.
pub(crate) async fn run(worker: &Worker, call: &mut Exchange) -> Result<(), Refusal> {
    let presented = presented(call).ok_or_else(|| {
        let detail = "The request carries no API key. Send `Authorization: Bearer tg_…`.";
        Refusal::new(Reason::KeyMissing, detail)
    })?;
    let hash = KeyHash::of(presented.as_bytes());
    let found = worker
        .shared
        .keys
        .find(&hash, call.at)
        .await
        .map_err(|error| {
            tracing::error!(%error, "a key could not be looked up");
            let detail = "The key cannot be checked right now: the store does not answer.";
            Refusal::new(Reason::LedgerUnavailable, detail).retry_after(2)
        })?;
    let Some(key) = found else {
        return Err(unknown(presented));
    };
    let application = call.snapshot.application(key.application.as_str());
    let Some(application) = application else {
        return Err(unknown(presented));
    };
    let caller = Caller {
        key: key.rule.name.shared(),
        application: application.name.clone(),
        team: application.team.clone(),
    };
    let funds = call
        .snapshot
        .funds(application, key.rule.name.as_str(), call.model_name());
    call.funds = funds.cloned().collect();
    call.caller = Some(caller);
    let refused = if key.revoked {
        Some(Refusal::new(
            Reason::KeyRevoked,
            format!("Key {} was revoked.", key.rule.name),
        ))
    } else if call.at >= key.expires {
        let detail = format!("Key {} expired at {}.", key.rule.name, key.expires);
        Some(Refusal::new(Reason::KeyExpired, detail))
    } else {
        None
    };
    match refused {
        Some(refusal) => Err(refusal.by(key.rule.clone())),
        None => {
            call.key = Some(key);
            Ok(())
        }
    }
}

/// The key in the place where one of the dialects' SDKs puts it.
fn presented(call: &Exchange) -> Option<&str> {
    let header = |name: &str| call.headers.get(name)?.to_str().ok();
    let bearer = call
        .headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let bearer = bearer.and_then(|text| match text.split_once(' ') {
        Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") => Some(key.trim()),
        _ => None,
    });
    let query = || {
        let pairs = call.uri.query()?.split('&');
        pairs
            .filter_map(|pair| pair.split_once('='))
            .find(|(name, _)| *name == "key")
            .map(|p| p.1)
    };
    let given = |key: &&str| !key.is_empty();
    bearer
        .filter(given)
        .or_else(|| header("x-api-key").filter(given))
        .or_else(|| header("x-goog-api-key").filter(given))
        .or_else(|| query().filter(given))
}

fn unknown(presented: &str) -> Refusal {
    let detail = if key_text::is_well_formed(presented) {
        "The API key is not known here: it was deleted, or belongs to another gateway."
    } else if presented.starts_with("tg_") {
        "The API key is misspelt or cut off: its checksum does not match."
    } else {
        "This is not a key of this gateway: those begin with tg_."
    };
    Refusal::new(Reason::KeyInvalid, detail)
}
