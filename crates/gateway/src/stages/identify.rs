//! Stage 3: key to application and team.

use std::borrow::Cow;

use http::header::{AUTHORIZATION, HeaderName};
use tollgate_dialect::inbound;
use tollgate_model::call::Caller;
use tollgate_model::ids::key_text;
use tollgate_model::{Dialect, KeyHash, Reason, Refusal};

use crate::address::parameters;
use crate::exchange::Exchange;
use crate::keys;
use crate::signed::Claim;
use crate::worker::Worker;

/// Headers that hold nothing but a key.
static ALONE: [HeaderName; 3] = [
    HeaderName::from_static("x-api-key"),
    HeaderName::from_static("x-goog-api-key"),
    HeaderName::from_static("api-key"),
];

/// Finds out who calls. Refuses calls without a key, and with one that is unknown, revoked or
/// expired.
pub(crate) async fn run(worker: &Worker, call: &mut Exchange) -> Result<(), Refusal> {
    let presented = Presented::by(call)?;
    let hash = presented.hash()?;
    let found = worker
        .shared
        .keys
        .find(&hash, call.at)
        .await
        .map_err(|error| keys::unavailable(&error))?;
    let Some(key) = found else {
        return Err(presented.unknown());
    };
    if let Presented::Signed(claim) = &presented {
        claim.check(call, &worker.shared.pairs.secret_access_key(&hash))?;
    }
    let application = call.snapshot.application(key.application.as_str());
    let Some(application) = application else {
        return Err(presented.unknown());
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
    if let Some(refusal) = keys::fault(&key, call.at) {
        return Err(refusal);
    }
    call.key = Some(key);
    Ok(())
}

/// By what a caller is known.
enum Presented<'a> {
    /// An API key.
    Key(Cow<'a, str>),
    /// The signature of a key pair.
    Signed(Claim<'a>),
}

impl<'a> Presented<'a> {
    /// What a request presents. Refuses a signature beside a key: which of them pays must not be a
    /// guess.
    fn by(call: &'a Exchange) -> Result<Presented<'a>, Refusal> {
        let Some(claim) = Claim::of(call)? else {
            return presented(call).map(Presented::Key);
        };
        match sent_keys(call).next() {
            None => Ok(Presented::Signed(claim)),
            Some(_) => Err(several()),
        }
    }

    fn hash(&self) -> Result<KeyHash, Refusal> {
        match self {
            Presented::Key(key) => Ok(KeyHash::of(key.as_bytes())),
            Presented::Signed(claim) => claim.hash(),
        }
    }

    fn unknown(&self) -> Refusal {
        match self {
            Presented::Key(key) => unknown(key),
            Presented::Signed(_) => {
                let detail = "The access key id is not known here: its key was deleted, or belongs to \
                              another gateway.";
                Refusal::new(Reason::KeyInvalid, detail)
            }
        }
    }
}

/// The key, from the places where the dialects' SDKs put it. Refuses several that differ: which of
/// them pays must not be a guess.
fn presented(call: &Exchange) -> Result<Cow<'_, str>, Refusal> {
    let mut keys = sent_keys(call);
    let key = keys.next().ok_or_else(|| missing(call.dialect))?;
    if keys.any(|other| other != key) {
        return Err(several());
    }
    Ok(key)
}

fn sent_keys(call: &Exchange) -> impl Iterator<Item = Cow<'_, str>> {
    let header = |name: &HeaderName| {
        let values = call.headers.get_all(name).iter();
        values.filter_map(|value| value.to_str().ok())
    };
    let bearer = header(&AUTHORIZATION).filter_map(|text| match text.split_once(' ') {
        Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") => Some(key),
        _ => None,
    });
    let alone = ALONE.iter().flat_map(header);
    let session = call.session.iter().flat_map(|session| &session.keys);
    let trimmed = bearer
        .chain(alone)
        .chain(session.map(String::as_str))
        .map(|key| Cow::Borrowed(key.trim()));
    trimmed
        .chain(parameters(&call.uri, "key"))
        .filter(|key| !key.is_empty())
}

fn several() -> Refusal {
    let detail =
        "The request carries several API keys that differ. Send one of them, in one place.";
    Refusal::new(Reason::RequestMalformed, detail)
}

fn missing(dialect: Dialect) -> Refusal {
    let place = inbound(dialect).key_place();
    let detail = format!("The request carries no API key. Send `{place}`.");
    Refusal::new(Reason::KeyMissing, detail)
}

fn unknown(presented: &str) -> Refusal {
    let detail = if key_text::is_well_formed(presented) {
        "The API key is not known here: it was deleted, or belongs to another gateway."
    } else if presented.starts_with("tg_") {
        "The API key is misspelt or cut off: its checksum does not match."
    } else {
        "The API key is not known here. Keys that this gateway makes begin with tg_."
    };
    Refusal::new(Reason::KeyInvalid, detail)
}
