//! API keys of applications.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tollgate_model::ids::key_text;
use tollgate_model::resource::{Document, Kind, Resource, Spec};
use tollgate_model::resources::KeySpec;
use tollgate_model::{KeyHash, Micros, Name, key_pair};
use tollgate_store::{Store, Stored};

use crate::access::Principal;
use crate::configuration::{Configuration, Wish};
use crate::control::{Clock, Vault};
use crate::extract::{Body, Parameters, Path, Precondition, name, page_size, span};
use crate::failure::{missing, store_failed};
use crate::plan::Edit;
use crate::problem::{Problem, pointer};
use crate::random;
use crate::schema::{Page, described};

/// A key to be made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyBody {
    /// The application that calls with it.
    application: Name,
    /// Its name; the application's and a few random characters where it is left out.
    name: Option<Name>,
    /// RFC 3339 time from which on it no longer works.
    expires_at: Option<String>,
    /// How long it works, such as `90d` or `12h`; instead of `expires_at`.
    expires_in: Option<String>,
    /// The models that it may ask for: names, or prefixes that end in `*`. Empty allows all.
    #[serde(default)]
    models: Vec<String>,
}

/// A key that was made. The key itself is in this answer and nowhere else.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct CreatedKey {
    /// The key as callers send it.
    pub key: String,
    /// The same key as a key pair, for SDKs of AWS.
    pub aws: AwsKeyPair,
    /// What of it will be shown.
    #[serde(flatten)]
    pub view: KeyView,
}

/// An API key as a key pair in AWS's form, with which SDKs of AWS sign their requests.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "KeyPair")]
pub(crate) struct AwsKeyPair {
    /// The access key id; no secret.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
}

impl AwsKeyPair {
    fn of(hash: &KeyHash, vault: &Vault) -> AwsKeyPair {
        AwsKeyPair {
            access_key_id: key_pair::access_key_id(hash),
            secret_access_key: vault.sealing.pairs().secret_access_key(hash),
        }
    }
}

/// A key without what is secret of it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Key")]
pub(crate) struct KeyView {
    /// Its name.
    pub name: Name,
    /// The application that calls with it.
    pub application: Name,
    /// Its first characters.
    pub hint: String,
    /// Whether it works.
    pub state: KeyState,
    /// RFC 3339 time from which on it no longer works; absent where it works for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// The models that it may ask for; empty allows all.
    pub models: Vec<String>,
    /// The revision that last changed it.
    pub revision: u64,
}

/// Whether a key works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeyState {
    /// It does.
    Active,
    /// It was revoked.
    Revoked,
    /// Its time is over.
    Expired,
}

/// Keys, a page at a time.
pub(crate) type KeyPage = Page<KeyView>;

described!(KeyBody, CreatedKey, AwsKeyPair, KeyView, KeyPage);

/// Which keys to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct KeyQuery {
    /// Only those of this application.
    application: Option<String>,
    /// Only those whose names come after this one: the `next` of the page before.
    after: Option<String>,
    /// How many, from 1 to 1000; 1000 where it is left out.
    limit: Option<u32>,
}

/// How many keys are read at once: as many as the largest page holds, and one to know that it goes
/// on.
const READ_AT_ONCE: u32 = 1_001;

/// Create a key
///
/// The key is shown in this answer only; what is kept of it is a hash.
#[utoipa::path(post, path = "/keys", tag = "keys", operation_id = "create_key",
    request_body = KeyBody,
    responses((status = 201, description = "The key, this once.", body = CreatedKey)))]
pub(crate) async fn create(
    State(vault): State<Vault>,
    State(configuration): State<Configuration>,
    State(clock): State<Clock>,
    principal: Principal,
    Body(body): Body<KeyBody>,
) -> Result<(StatusCode, Json<CreatedKey>), Problem> {
    let (now, store) = (clock(), &vault.store);
    let expires_at = expiry(&body, now)?;
    let application = &body.application;
    let known = store
        .get(Kind::Application, application)
        .await
        .map_err(store_failed)?;
    if known.is_none() {
        return Err(missing(store, Kind::Application, application).await);
    }
    let name = match &body.name {
        Some(name) => free(store, name).await?,
        None => default_name(application)?,
    };
    let key = random::key()?;
    let spec = KeySpec {
        application: application.clone(),
        hash: KeyHash::of(key.as_bytes()),
        hint: key_text::hint(&key),
        expires_at,
        revoked: false,
        models: body.models,
        tags: Vec::new(),
    };
    let checked = checked(&name, &spec)?;
    let wish = Wish {
        edits: vec![Edit::Put(Box::new(checked))],
        precondition: Precondition {
            absent: true,
            ..Precondition::default()
        },
        ..Wish::default()
    };
    let applied = configuration.change(principal.actor(), &wish).await?;
    let view = view(&name, &spec, applied.revision, now);
    let aws = AwsKeyPair::of(&spec.hash, &vault);
    Ok((StatusCode::CREATED, Json(CreatedKey { key, aws, view })))
}

/// The keys, without what is secret of them
#[utoipa::path(get, path = "/keys", tag = "keys", operation_id = "list_keys",
    params(KeyQuery),
    responses((status = 200, description = "A page of them.", body = KeyPage)))]
pub(crate) async fn list(
    State(store): State<Store>,
    State(clock): State<Clock>,
    Parameters(query): Parameters<KeyQuery>,
) -> Result<Json<KeyPage>, Problem> {
    let wanted = query.application.as_deref().map(name).transpose()?;
    let mut after = query.after.as_deref().map(name).transpose()?;
    let size = page_size(query.limit, 1_000)?;
    let enough = usize::try_from(size)
        .unwrap_or(usize::MAX)
        .saturating_add(1);
    let (now, mut views) = (clock(), Vec::new());
    while views.len() < enough {
        let from = after.map(|name| (Kind::Key, name));
        let page = store
            .list(Some(Kind::Key), from, READ_AT_ONCE)
            .await
            .map_err(store_failed)?;
        after = page.last().map(|last| last.name.clone());
        views.extend(
            page.iter()
                .filter_map(|key| listed(key, wanted.as_ref(), now)),
        );
        if after.is_none() {
            break;
        }
    }
    Ok(Json(Page::cut(views, size, |last| last.name.to_string())))
}

/// Show a key as a key pair
///
/// SDKs of AWS sign their requests with it, and the gateway takes them for calls with the key. The secret
/// is made of the key's hash and the installation's sealing key, and kept nowhere.
#[utoipa::path(post, path = "/keys/{name}/aws", tag = "keys", operation_id = "show_key_pair",
    params(("name" = String, Path, description = "The key's name.")),
    responses((status = 200, description = "The key pair.", body = AwsKeyPair)))]
pub(crate) async fn pair(
    State(vault): State<Vault>,
    principal: Principal,
    Path(text): Path<String>,
) -> Result<Json<AwsKeyPair>, Problem> {
    let name = name(&text)?;
    let (_, spec) = known(&vault.store, &name).await?;
    tracing::info!(key = %name, actor = principal.actor(), "the key pair of a key was shown");
    Ok(Json(AwsKeyPair::of(&spec.hash, &vault)))
}

/// Revoke a key
///
/// It stops working, and tells its callers so. Deleting it instead makes it unknown.
#[utoipa::path(post, path = "/keys/{name}/revoke", tag = "keys", operation_id = "revoke_key",
    params(("name" = String, Path, description = "The key's name.")),
    responses((status = 200, description = "The key as it is now.", body = KeyView)))]
pub(crate) async fn revoke(
    State(store): State<Store>,
    State(configuration): State<Configuration>,
    State(clock): State<Clock>,
    principal: Principal,
    Path(text): Path<String>,
) -> Result<Json<KeyView>, Problem> {
    let name = name(&text)?;
    let (mut revision, mut spec) = known(&store, &name).await?;
    if !spec.revoked {
        spec.revoked = true;
        let wish = Wish {
            edits: vec![Edit::Put(Box::new(Resource {
                name: name.clone(),
                spec: Spec::Key(spec.clone()),
                revision: 0,
            }))],
            precondition: Precondition {
                revision: Some(revision),
                ..Precondition::default()
            },
            ..Wish::default()
        };
        revision = configuration
            .change(principal.actor(), &wish)
            .await?
            .revision;
    }
    Ok(Json(view(&name, &spec, revision, clock())))
}

/// The key of this name, and the revision that last changed it.
async fn known(store: &Store, name: &Name) -> Result<(u64, Box<KeySpec>), Problem> {
    let stored = store.get(Kind::Key, name).await.map_err(store_failed)?;
    let Some(Stored { resource, .. }) = stored else {
        return Err(missing(store, Kind::Key, name).await);
    };
    match resource.spec {
        Spec::Key(spec) => Ok((resource.revision, spec)),
        _ => Err(Problem::internal(format!(
            "Key {name} has another kind of spec"
        ))),
    }
}

fn expiry(body: &KeyBody, now: Micros) -> Result<Option<String>, Problem> {
    let at = match (&body.expires_at, &body.expires_in) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            let detail = "Give expires_at or expires_in, not both.";
            return Err(Problem::bad_request(detail).at("#/expires_in"));
        }
        (Some(text), None) => Micros::parse(text).ok_or_else(|| {
            let detail = format!("\"{text}\" is not a time such as 2026-12-31T23:59:59Z.");
            Problem::bad_request(detail).at("#/expires_at")
        })?,
        (None, Some(text)) => {
            let length = span(text).ok_or_else(|| {
                let detail = format!("\"{text}\" is not a span such as 90d or 12h.");
                Problem::bad_request(detail).at("#/expires_in")
            })?;
            Micros(now.0.saturating_add(length))
        }
    };
    if at <= now {
        let detail = format!("The key would have expired at {at}.");
        return Err(Problem::bad_request(detail).at("#/expires_at"));
    }
    Ok(Some(at.to_string()))
}

async fn free(store: &Store, name: &Name) -> Result<Name, Problem> {
    match store.get(Kind::Key, name).await.map_err(store_failed)? {
        None => Ok(name.clone()),
        Some(_) => Err(Problem::conflict(format!("Key {name} exists already."))),
    }
}

/// The application's name and five random characters.
fn default_name(application: &Name) -> Result<Name, Problem> {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let suffix = random::bytes::<5>()?.map(|byte| {
        let letter = LETTERS.get(usize::from(byte % 32)).copied();
        char::from(letter.unwrap_or(b'0'))
    });
    let suffix = String::from_iter(suffix);
    let stem: String = application.as_str().chars().take(100).collect();
    format!("{stem}-{suffix}")
        .parse()
        .map_err(Problem::internal)
}

/// The resource of a spec that was put together here, checked like one that came in a file.
fn checked(name: &Name, spec: &KeySpec) -> Result<Resource, Problem> {
    let spec = Spec::Key(Box::new(spec.clone()));
    let document = Document {
        kind: Kind::Key,
        name: name.clone(),
        spec: spec.to_json(),
    };
    document.check().map_err(|fault| {
        let member = fault.place.rsplit("spec.").next().unwrap_or_default();
        Problem::bad_request(fault.message).at(pointer("#", member))
    })
}

fn listed(resource: &Resource, wanted: Option<&Name>, now: Micros) -> Option<KeyView> {
    let Spec::Key(spec) = &resource.spec else {
        return None;
    };
    if wanted.is_some_and(|wanted| *wanted != spec.application) {
        return None;
    }
    Some(view(&resource.name, spec, resource.revision, now))
}

fn view(name: &Name, spec: &KeySpec, revision: u64, now: Micros) -> KeyView {
    let state = match (spec.revoked, spec.expires() <= now) {
        (true, _) => KeyState::Revoked,
        (false, true) => KeyState::Expired,
        (false, false) => KeyState::Active,
    };
    KeyView {
        name: name.clone(),
        application: spec.application.clone(),
        hint: spec.hint.clone(),
        state,
        expires_at: spec.expires_at.clone(),
        models: spec.models.clone(),
        revision,
    }
}
