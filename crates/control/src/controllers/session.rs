//! The session of whoever uses the console: signing in, out, and out everywhere.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tollgate_model::{KeyHash, Role};
use tollgate_store::Session;

use crate::access::{Permission, Principal};
use crate::cookies;
use crate::extract::{Body, Path};
use crate::failure::store_failed;
use crate::passwords::Password;
use crate::problem::Problem;
use crate::schema::{Page, described};
use crate::signin::{Proven, SESSION_SECONDS, SignIn, id, is_over};
use crate::visitor::Visitor;

/// Who is signed in, and what they may do.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Session")]
pub(crate) struct SessionView {
    /// Who it is.
    pub person: WhoView,
    /// The permissions that the role has, in the words of `x-permission`.
    pub permissions: Vec<String>,
    /// What to send as `x-csrf-token` with every request that changes something; absent for a
    /// program, which sends a token of its own and no cookie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub csrf: Option<String>,
    /// When the session ends at the latest, as RFC 3339; absent for a program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

/// A person, or the operator's token.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SignedIn")]
pub(crate) struct WhoView {
    /// The name under which changes are recorded.
    pub name: String,
    /// The role.
    pub role: Role,
}

/// A name and a password.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignInBody {
    /// The person's name.
    name: String,
    /// The password.
    password: Password,
}

/// A password to be replaced by another.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordBody {
    /// The password as it is.
    old: Password,
    /// The password as it shall be: at least 10 characters.
    new: Password,
}

/// One place where a person is signed in.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SignedInPlace")]
pub(crate) struct PlaceView {
    /// What the session is called here; not its secret.
    pub id: String,
    /// What the browser says of itself.
    pub agent: String,
    /// When it began, as RFC 3339.
    pub created: String,
    /// When it was last used, as RFC 3339.
    pub seen: String,
    /// When it ends at the latest, as RFC 3339.
    pub expires: String,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// The places where a person is signed in.
pub(crate) type PlacePage = Page<PlaceView>;

described!(
    SessionView,
    WhoView,
    SignInBody,
    PasswordBody,
    PlaceView,
    PlacePage
);

/// Who is signed in
#[utoipa::path(get, path = "/session", tag = "session", operation_id = "get_session",
    responses((status = 200, description = "Who, and what they may do.", body = SessionView)))]
pub(crate) async fn get(principal: Principal) -> Json<SessionView> {
    Json(view(&principal))
}

/// Sign in
///
/// The answer sets the session's cookie. After five wrong passwords for a name every further try has
/// to wait, longer each time.
#[utoipa::path(post, path = "/session", tag = "session", operation_id = "sign_in",
    request_body = SignInBody,
    responses((status = 201, description = "Signed in.", body = SessionView)))]
pub(crate) async fn sign_in(
    State(sign_in): State<SignIn>,
    visitor: Visitor,
    Body(body): Body<SignInBody>,
) -> Result<Response, Problem> {
    sign_in.count(&visitor)?;
    let proven = sign_in.prove(&body.name, body.password).await?;
    let proven = proven.ok_or_else(Problem::wrong_password)?;
    let_in(&sign_in, &proven, &visitor).await
}

/// Sign out
#[utoipa::path(delete, path = "/session", tag = "session", operation_id = "sign_out",
    responses((status = 204, description = "Signed out; the cookie is gone.")))]
pub(crate) async fn sign_out(
    State(sign_in): State<SignIn>,
    principal: Principal,
    visitor: Visitor,
) -> Result<Response, Problem> {
    let own = principal.own_session()?;
    let ended = sign_in.store().end_session(own.hash).await;
    ended.map_err(store_failed)?;
    tracing::info!(person = %own.person, session = id(own.hash), "signed out");
    signed_out(&visitor)
}

/// The places where I am signed in
#[utoipa::path(get, path = "/sessions", tag = "session", operation_id = "list_sessions",
    responses((status = 200, description = "The newest first.", body = PlacePage)))]
pub(crate) async fn list(
    State(sign_in): State<SignIn>,
    principal: Principal,
) -> Result<Json<PlacePage>, Problem> {
    let own = principal.own_session()?;
    let sessions = sign_in.store().sessions(&own.person).await;
    let (sessions, now) = (sessions.map_err(store_failed)?, sign_in.now());
    let live = sessions.iter().filter(|session| !is_over(session, now));
    let places = live.map(|session| place(session, own.hash));
    Ok(Json(Page::whole(places.collect())))
}

/// Sign out everywhere, here too
#[utoipa::path(delete, path = "/sessions", tag = "session", operation_id = "sign_out_everywhere",
    responses((status = 204, description = "Signed out everywhere.")))]
pub(crate) async fn sign_out_everywhere(
    State(sign_in): State<SignIn>,
    principal: Principal,
    visitor: Visitor,
) -> Result<Response, Problem> {
    let person = &principal.own_session()?.person;
    let sessions = sign_in.store().end_sessions(person).await;
    let sessions = sessions.map_err(store_failed)?;
    tracing::info!(%person, sessions, "signed out everywhere");
    signed_out(&visitor)
}

/// Sign out in one place
#[utoipa::path(delete, path = "/sessions/{id}", tag = "session", operation_id = "end_session",
    params(("id" = String, Path, description = "What the list calls the session.")),
    responses((status = 204, description = "Signed out there.")))]
pub(crate) async fn end(
    State(sign_in): State<SignIn>,
    principal: Principal,
    Path(wanted): Path<String>,
) -> Result<StatusCode, Problem> {
    let (own, store) = (principal.own_session()?, sign_in.store());
    let sessions = store.sessions(&own.person).await.map_err(store_failed)?;
    let found = sessions.iter().find(|session| id(session.hash) == wanted);
    let session = found.ok_or_else(|| {
        let detail = format!("You have no session \"{wanted}\"; it may have ended already.");
        Problem::not_found(detail)
    })?;
    store
        .end_session(session.hash)
        .await
        .map_err(store_failed)?;
    tracing::info!(person = %own.person, session = wanted, "signed out");
    Ok(StatusCode::NO_CONTENT)
}

/// Change my password
///
/// Every other session of the person ends.
#[utoipa::path(put, path = "/session/password", tag = "session", operation_id = "change_password",
    request_body = PasswordBody,
    responses((status = 204, description = "It is changed.")))]
pub(crate) async fn change_password(
    State(sign_in): State<SignIn>,
    principal: Principal,
    Body(body): Body<PasswordBody>,
) -> Result<StatusCode, Problem> {
    let own = principal.own_session()?;
    let person = &own.person;
    if sign_in.prove(person.as_str(), body.old).await?.is_none() {
        return Err(Problem::bad_request("This is not your password.").at("#/old"));
    }
    let kept = sign_in.hash(body.new, person, "#/new").await?;
    let changed = sign_in.store().set_password(person, &kept, Some(own.hash));
    changed.await.map_err(store_failed)?;
    tracing::info!(%person, "a password was changed");
    Ok(StatusCode::NO_CONTENT)
}

/// Begins a session of a person, and answers with its cookie.
pub(super) async fn let_in(
    sign_in: &SignIn,
    proven: &Proven,
    visitor: &Visitor,
) -> Result<Response, Problem> {
    let begun = sign_in.begin(proven, visitor).await?;
    let person = &proven.person;
    let principal = Principal::signed_in(&person.name, person.role, &begun.token, begun.expires);
    let cookie = cookies::set(&begun.token, visitor.tls, SESSION_SECONDS)?;
    let answer = (
        StatusCode::CREATED,
        [(header::SET_COOKIE, cookie)],
        Json(view(&principal)),
    );
    Ok(answer.into_response())
}

fn signed_out(visitor: &Visitor) -> Result<Response, Problem> {
    let cookie = cookies::expire(visitor.tls)?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

fn view(principal: &Principal) -> SessionView {
    let role = principal.role;
    let own = principal.session();
    let has = |permission: &Permission| *permission != Permission::Public && permission.is_of(role);
    let permissions = Permission::ALL.into_iter().filter(has);
    SessionView {
        person: WhoView {
            name: principal.actor().to_owned(),
            role,
        },
        permissions: permissions.map(|has| has.as_str().to_owned()).collect(),
        csrf: own.map(|own| own.csrf.clone()),
        expires: own.map(|own| own.expires.to_string()),
    }
}

fn place(session: &Session, own: KeyHash) -> PlaceView {
    PlaceView {
        id: id(session.hash),
        agent: session.agent.clone(),
        created: session.created.to_string(),
        seen: session.seen.to_string(),
        expires: session.expires.to_string(),
        current: session.hash == own,
    }
}
