//! People who may use the console.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tollgate_model::resource::nearest;
use tollgate_model::{PersonName, Role};
use tollgate_store::{Person, PersonChange, Purpose, Store};

use super::invitations::{Invited, invited};
use crate::access::Principal;
use crate::control::Clock;
use crate::extract::{Body, Path};
use crate::failure::store_failed;
use crate::problem::Problem;
use crate::schema::{Page, described};
use crate::signin::{RESET_SECONDS, make_link};

/// A person who may use the console.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Person")]
pub(crate) struct PersonView {
    /// The name by which they sign in.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// When they came in, as RFC 3339.
    pub created: String,
    /// When they last did something here, as RFC 3339; absent where they never did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<String>,
}

/// People.
pub(crate) type PersonPage = Page<PersonView>;

/// The role that a person shall have.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoleBody {
    /// The role.
    role: Role,
}

described!(PersonView, PersonPage, RoleBody);

/// Who may use the console
#[utoipa::path(get, path = "/people", tag = "people", operation_id = "list_people",
    responses((status = 200, description = "By name.", body = PersonPage)))]
pub(crate) async fn list(State(store): State<Store>) -> Result<Json<PersonPage>, Problem> {
    let people = store.people().await.map_err(store_failed)?;
    Ok(Json(Page::whole(people.iter().map(view).collect())))
}

/// Give a person another role
///
/// The last owner stays one.
#[utoipa::path(put, path = "/people/{name}/role", tag = "people", operation_id = "set_role",
    params(("name" = String, Path, description = "The person.")),
    request_body = RoleBody,
    responses((status = 200, description = "The person.", body = PersonView)))]
pub(crate) async fn set_role(
    State(store): State<Store>,
    principal: Principal,
    Path(text): Path<String>,
    Body(body): Body<RoleBody>,
) -> Result<Json<PersonView>, Problem> {
    let name = known(&store, &text).await?.name;
    let change = store.set_role(&name, body.role).await;
    made(change.map_err(store_failed)?, &name)?;
    let actor = principal.actor();
    tracing::info!(person = %name, role = %body.role, actor, "a role was given");
    Ok(Json(view(&known(&store, &text).await?)))
}

/// Send a person away
///
/// Their sessions end; what they changed keeps their name. The last owner stays.
#[utoipa::path(delete, path = "/people/{name}", tag = "people", operation_id = "remove_person",
    params(("name" = String, Path, description = "The person.")),
    responses((status = 204, description = "Gone.")))]
pub(crate) async fn remove(
    State(store): State<Store>,
    principal: Principal,
    Path(text): Path<String>,
) -> Result<StatusCode, Problem> {
    let name = known(&store, &text).await?.name;
    let change = store.remove_person(&name).await;
    made(change.map_err(store_failed)?, &name)?;
    tracing::info!(person = %name, actor = principal.actor(), "a person was sent away");
    Ok(StatusCode::NO_CONTENT)
}

/// Make a link by which a person sets a new password
#[utoipa::path(post, path = "/people/{name}/reset", tag = "people", operation_id = "reset_password",
    params(("name" = String, Path, description = "The person.")),
    responses((status = 201, description = "The link, this once.", body = Invited)))]
pub(crate) async fn reset(
    State(store): State<Store>,
    State(clock): State<Clock>,
    principal: Principal,
    Path(text): Path<String>,
) -> Result<(StatusCode, Json<Invited>), Problem> {
    let (name, now) = (known(&store, &text).await?.name, clock());
    let (purpose, actor) = (Purpose::Reset(name.clone()), principal.actor());
    let life = (now, now.plus_seconds(RESET_SECONDS));
    let link = make_link(&store, purpose, actor, life).await?;
    tracing::info!(person = %name, actor, "a link for a new password was made");
    Ok((StatusCode::CREATED, Json(invited(link))))
}

async fn known(store: &Store, text: &str) -> Result<Person, Problem> {
    let found = match text.parse::<PersonName>() {
        Ok(name) => store.person(&name).await.map_err(store_failed)?,
        Err(_) => None,
    };
    if let Some(person) = found {
        return Ok(person);
    }
    let people = store.people().await.unwrap_or_default();
    let near = nearest(text, people.iter().map(|person| person.name.as_str()));
    let hint = near.map(|near| format!(" Did you mean {near}?"));
    let hint = hint.unwrap_or_default();
    Err(Problem::not_found(format!(
        "There is nobody called \"{text}\".{hint}"
    )))
}

fn made(change: PersonChange, name: &PersonName) -> Result<(), Problem> {
    match change {
        PersonChange::Done => Ok(()),
        PersonChange::Unknown => Err(Problem::not_found(format!(
            "There is nobody called \"{name}\" any more."
        ))),
        PersonChange::LastOwner => Err(Problem::conflict(format!(
            "There has to be an owner, and {name} is the only one. Make somebody else an owner first."
        ))),
    }
}

fn view(person: &Person) -> PersonView {
    PersonView {
        name: person.name.to_string(),
        role: person.role,
        created: person.created.to_string(),
        last_seen: person.last_seen.map(|time| time.to_string()),
    }
}
