//! One-time links: to come in with a role, or to set a new password.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tollgate_model::people::PersonNameError;
use tollgate_model::{KeyHash, Micros, PersonName, Role};
use tollgate_store::{Invitation, Purpose, Redeemed, Store};

use super::session::{SessionView, let_in};
use crate::access::Principal;
use crate::control::Clock;
use crate::extract::{Body, Path, span};
use crate::failure::store_failed;
use crate::passwords::Password;
use crate::problem::Problem;
use crate::schema::{Page, described};
use crate::signin::{Link, Proven, START, SignIn, id, make_link};
use crate::visitor::Visitor;

/// An invitation that is open.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Invitation")]
pub(crate) struct InvitationView {
    /// What it is called here; not its secret.
    pub id: String,
    /// The role with which one comes in by it; absent where it only sets a new password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The person whose password it sets; absent where somebody new comes in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// Who made it.
    pub made_by: String,
    /// When, as RFC 3339.
    pub created: String,
    /// When it stops working, as RFC 3339.
    pub expires: String,
}

/// Invitations.
pub(crate) type InvitationPage = Page<InvitationView>;

/// An invitation to be made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InvitationBody {
    /// The role with which one comes in by it.
    role: Role,
    /// How long it works, such as `3d` or `12h`; three days where it is left out, thirty at most.
    expires_in: Option<String>,
}

/// An invitation that was made. The link is in this answer and nowhere else.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct Invited {
    /// The link, relative to the console's address: `/signin#tgs_…`. What stands after the `#` is
    /// not sent to any server by a browser, and so is in no log.
    pub link: String,
    /// What will be shown of it.
    #[serde(flatten)]
    pub view: InvitationView,
}

/// The secret of a link.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenBody {
    /// What stands after the `#` of the link.
    token: String,
}

/// The use of a link.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RedeemBody {
    /// What stands after the `#` of the link.
    token: String,
    /// The name by which to sign in from now on; where the link sets a password, the person's.
    name: String,
    /// The password: at least 10 characters.
    password: Password,
}

described!(
    InvitationView,
    InvitationPage,
    InvitationBody,
    Invited,
    TokenBody,
    RedeemBody
);

/// How long an invitation works where nothing else is asked for, in seconds.
const USUAL_SECONDS: i64 = 3 * 86_400;
/// How long an invitation works at the most, in seconds.
const LONGEST_SECONDS: i64 = 30 * 86_400;

/// Invitations that are open
#[utoipa::path(get, path = "/invitations", tag = "people", operation_id = "list_invitations",
    responses((status = 200, description = "The oldest first.", body = InvitationPage)))]
pub(crate) async fn list(
    State(store): State<Store>,
    State(clock): State<Clock>,
) -> Result<Json<InvitationPage>, Problem> {
    let open = store.invitations(clock()).await.map_err(store_failed)?;
    Ok(Json(Page::whole(open.iter().map(view).collect())))
}

/// Invite somebody
#[utoipa::path(post, path = "/invitations", tag = "people", operation_id = "invite",
    request_body = InvitationBody,
    responses((status = 201, description = "The link, this once.", body = Invited)))]
pub(crate) async fn create(
    State(store): State<Store>,
    State(clock): State<Clock>,
    principal: Principal,
    Body(body): Body<InvitationBody>,
) -> Result<(StatusCode, Json<Invited>), Problem> {
    let (now, actor) = (clock(), principal.actor());
    let expires = expiry(body.expires_in.as_deref(), now)?;
    let link = make_link(&store, Purpose::Join(body.role), actor, (now, expires)).await?;
    let invitation = id(link.invitation.hash);
    tracing::info!(invitation, role = %body.role, actor, "somebody was invited");
    Ok((StatusCode::CREATED, Json(invited(link))))
}

/// Take an invitation back
#[utoipa::path(delete, path = "/invitations/{id}", tag = "people", operation_id = "revoke_invitation",
    params(("id" = String, Path, description = "What the list calls the invitation.")),
    responses((status = 204, description = "The link no longer works.")))]
pub(crate) async fn revoke(
    State(store): State<Store>,
    State(clock): State<Clock>,
    principal: Principal,
    Path(wanted): Path<String>,
) -> Result<StatusCode, Problem> {
    let open = store.invitations(clock()).await.map_err(store_failed)?;
    let found = open.iter().find(|open| id(open.hash) == wanted);
    let revoked = match found {
        Some(open) => store
            .revoke_invitation(open.hash)
            .await
            .map_err(store_failed)?,
        None => false,
    };
    if !revoked {
        return Err(Problem::not_found(format!(
            "There is no open invitation \"{wanted}\"; it may have been used."
        )));
    }
    let actor = principal.actor();
    tracing::info!(invitation = wanted, actor, "an invitation was taken back");
    Ok(StatusCode::NO_CONTENT)
}

/// What a link is good for
#[utoipa::path(post, path = "/invitations/check", tag = "session", operation_id = "check_invitation",
    request_body = TokenBody,
    responses((status = 200, description = "What it is good for.", body = InvitationView)))]
pub(crate) async fn check(
    State(store): State<Store>,
    State(clock): State<Clock>,
    Body(body): Body<TokenBody>,
) -> Result<Json<InvitationView>, Problem> {
    let invitation = good(&store, &body.token, clock()).await?;
    Ok(Json(view(&invitation)))
}

/// Use a link
///
/// Who uses it is signed in at once; the answer sets the session's cookie. A link works once.
#[utoipa::path(post, path = "/invitations/redeem", tag = "session", operation_id = "redeem_invitation",
    request_body = RedeemBody,
    responses((status = 201, description = "Signed in.", body = SessionView)))]
pub(crate) async fn redeem(
    State(sign_in): State<SignIn>,
    visitor: Visitor,
    Body(body): Body<RedeemBody>,
) -> Result<Response, Problem> {
    sign_in.count(&visitor)?;
    let (store, now) = (sign_in.store(), sign_in.now());
    let invitation = good(store, &body.token, now).await?;
    let name = name(&body.name, &invitation)?;
    let kept = sign_in.hash(body.password, &name, "#/password").await?;
    let redeemed = store.redeem(invitation.hash, &name, &kept, now).await;
    match redeemed.map_err(store_failed)? {
        Redeemed::Person(person) => {
            let invitation = id(invitation.hash);
            tracing::info!(invitation, person = %person.name, "a link was used");
            let_in(&sign_in, &Proven { person, kept }, &visitor).await
        }
        Redeemed::Gone => Err(gone()),
        Redeemed::NameTaken => {
            let detail = format!("Somebody is called {name} already; take another name.");
            Err(Problem::conflict(detail).at("#/name"))
        }
    }
}

/// What the makers of a link are told.
pub(super) fn invited(link: Link) -> Invited {
    Invited {
        link: format!("/signin#{}", link.token),
        view: view(&link.invitation),
    }
}

fn view(invitation: &Invitation) -> InvitationView {
    let (role, person) = match &invitation.purpose {
        Purpose::Join(role) => (Some(*role), None),
        Purpose::Reset(person) => (None, Some(person.to_string())),
    };
    InvitationView {
        id: id(invitation.hash),
        role,
        person,
        made_by: invitation.made_by.clone(),
        created: invitation.created.to_string(),
        expires: invitation.expires.to_string(),
    }
}

/// The invitation of a link that works.
async fn good(store: &Store, token: &str, now: Micros) -> Result<Invitation, Problem> {
    let hash = KeyHash::of(token.as_bytes());
    let found = store.invitation(hash).await.map_err(store_failed)?;
    let invitation = found.ok_or_else(gone)?;
    if invitation.expires > now {
        return Ok(invitation);
    }
    let again = match invitation.made_by.as_str() {
        START => "run `tollgate invite --role owner` where the gateway runs".to_owned(),
        maker => format!("ask {maker} for a new one"),
    };
    let expired = invitation.expires;
    Err(Problem::not_found(format!(
        "This link has expired, at {expired}; {again}."
    )))
}

fn gone() -> Problem {
    Problem::not_found(
        "This link is not good any more: it was used, taken back, or replaced by a newer one. Ask \
         for a new one.",
    )
}

fn expiry(text: Option<&str>, now: Micros) -> Result<Micros, Problem> {
    let Some(text) = text else {
        return Ok(now.plus_seconds(USUAL_SECONDS));
    };
    let expires = span(text).map(|length| Micros(now.0.saturating_add(length)));
    let expires = expires.filter(|expires| *expires <= now.plus_seconds(LONGEST_SECONDS));
    expires.ok_or_else(|| {
        let detail = format!("\"{text}\" is not a span such as 3d or 12h, of 30d at most.");
        Problem::bad_request(detail).at("#/expires_in")
    })
}

/// The name that somebody takes by a link: of their choice, or that of the person it is for.
fn name(text: &str, invitation: &Invitation) -> Result<PersonName, Problem> {
    let name = text
        .trim()
        .parse()
        .map_err(|why: PersonNameError| Problem::bad_request(why.to_string()).at("#/name"))?;
    match &invitation.purpose {
        Purpose::Reset(person) if *person != name => {
            let detail = format!("This link sets the password of {person}, and of nobody else.");
            Err(Problem::bad_request(detail).at("#/name"))
        }
        _ => Ok(name),
    }
}
