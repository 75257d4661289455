//! Who may do what. A route exists only with a [`Permission`]; what is not public needs somebody
//! whose role has it, and that is checked here, before the handler.

use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, header};
use tollgate_model::{KeyHash, Micros, PersonName, Role};
use tollgate_store::{Session, Store};

use crate::control::Clock;
use crate::failure::store_failed;
use crate::problem::Problem;
use crate::signin::is_over;
use crate::{cookies, csrf};

macro_rules! permissions {
    ($($name:ident $word:literal $doc:literal;)*) => {
        /// What a route asks of whoever calls it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Permission { $(#[doc = $doc] $name,)* }

        impl Permission {
            /// Every permission.
            pub const ALL: [Permission; [$($word),*].len()] = [$(Permission::$name),*];

            /// The word as it stands in the API's description.
            pub const fn as_str(self) -> &'static str {
                match self { $(Permission::$name => $word,)* }
            }
        }
    };
}

permissions! {
    Public "public" "Nothing: anybody may, without a token.";
    ReadConfiguration "configuration:read" "See resources, their history and what they mean.";
    ChangeConfiguration "configuration:change" "Create, change, delete and restore resources.";
    ReadKeys "keys:read" "See which keys there are.";
    ManageKeys "keys:manage" "Create and revoke keys.";
    ReadCalls "calls:read" "See calls and their stories.";
    ReadMoney "money:read" "See wallets, budgets and the ledger.";
    CreditWallets "money:credit" "Add money to wallets and take it back.";
    ReadSecrets "secrets:read" "See the names of stored secrets.";
    ManageSecrets "secrets:manage" "Set and delete stored secrets.";
    ReadNode "node:read" "See the state of the node and of its providers.";
    TryModels "models:try" "Make calls from the console, which cost money.";
    RunDoctor "doctor:run" "Look for faults, make a simulated transaction, and mend what is safe.";
    ReadPeople "people:read" "See who may use the console.";
    ManagePeople "people:manage" "Say who may use the console, and with which role.";
    UseSession "session:use" "See and end one's own session, and change one's password.";
}

impl Permission {
    /// The roles that have it: the whole of what roles mean. A new permission is given to nobody
    /// until it stands here, and a new role has nothing.
    pub const fn roles(self) -> &'static [Role] {
        use Role::{Admin, Owner, Viewer};
        match self {
            Permission::Public
            | Permission::UseSession
            | Permission::ReadConfiguration
            | Permission::ReadKeys
            | Permission::ReadCalls
            | Permission::ReadMoney
            | Permission::ReadNode => &[Owner, Admin, Viewer],
            Permission::ChangeConfiguration
            | Permission::ManageKeys
            | Permission::CreditWallets
            | Permission::ReadSecrets
            | Permission::ManageSecrets
            | Permission::TryModels
            | Permission::RunDoctor
            | Permission::ReadPeople => &[Owner, Admin],
            Permission::ManagePeople => &[Owner],
        }
    }

    /// Whether a role has it.
    pub fn is_of(self, role: Role) -> bool {
        self.roles().contains(&role)
    }
}

/// Whoever makes a request, once they have been identified.
#[derive(Clone, Debug)]
pub(crate) struct Principal {
    /// What they may do.
    pub(crate) role: Role,
    session: Option<Arc<OwnSession>>,
}

/// The session by which a person makes a request.
#[derive(Debug)]
pub(crate) struct OwnSession {
    /// Who they are.
    pub(crate) person: PersonName,
    /// The hash of its token.
    pub(crate) hash: KeyHash,
    /// What changes have to carry in `x-csrf-token`.
    pub(crate) csrf: String,
    /// When it ends at the latest.
    pub(crate) expires: Micros,
}

impl Principal {
    /// Whoever has the operator's token.
    const OPERATOR: Principal = Principal {
        role: Role::Owner,
        session: None,
    };

    /// A person with a session of this token.
    pub(crate) fn signed_in(
        person: &PersonName,
        role: Role,
        token: &str,
        expires: Micros,
    ) -> Principal {
        let session = OwnSession {
            person: person.clone(),
            hash: KeyHash::of(token.as_bytes()),
            csrf: csrf::token(token),
            expires,
        };
        Principal {
            role,
            session: Some(Arc::new(session)),
        }
    }

    /// The name under which changes are recorded.
    pub(crate) fn actor(&self) -> &str {
        self.session
            .as_ref()
            .map_or("operator", |session| session.person.as_str())
    }

    /// The session, where it is a person.
    pub(crate) fn session(&self) -> Option<&OwnSession> {
        self.session.as_deref()
    }

    /// The session, for what only a person can do.
    pub(crate) fn own_session(&self) -> Result<&OwnSession, Problem> {
        self.session().ok_or_else(|| {
            let detail = "The operator's token has no session; sign in with a name and a password.";
            Problem::conflict(detail)
        })
    }

    fn require(&self, permission: Permission) -> Result<(), Problem> {
        if permission.is_of(self.role) {
            return Ok(());
        }
        let (word, role) = (permission.as_str(), self.role);
        let able = permission
            .roles()
            .iter()
            .map(|able| format!("an {able}"))
            .collect::<Vec<_>>()
            .join(" or ");
        Err(Problem::forbidden(format!(
            "This takes the permission {word}, which the role {role} does not have. Ask {able} to \
             do it, or an owner to give you another role."
        )))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Principal {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Principal, Problem> {
        let principal = parts.extensions.get::<Principal>().cloned();
        principal.ok_or_else(|| Problem::unauthorized("Nobody has been identified."))
    }
}

/// How often the last use of a session is noted at the most, in seconds.
const TOUCH_SECONDS: i64 = 60;

/// Tells who makes a request: by the operator's token, or by a session.
#[derive(Clone)]
pub(crate) struct Gate {
    operator: KeyHash,
    store: Store,
    clock: Clock,
}

impl Gate {
    /// A gate for the bearer of this token, and for the sessions in this store.
    pub(crate) fn new(operator: KeyHash, store: Store, clock: Clock) -> Gate {
        Gate {
            operator,
            store,
            clock,
        }
    }

    /// Who makes a request with these headers. A token goes before a cookie, which is then not
    /// looked at. What would change something is believed a cookie only from our own pages.
    async fn identify(&self, method: &Method, headers: &HeaderMap) -> Result<Principal, Problem> {
        if let Some(value) = headers.get(header::AUTHORIZATION) {
            return self.operator(value);
        }
        let Some(token) = cookies::token(headers) else {
            let detail =
                "Sign in, or send `Authorization: Bearer TOKEN` with the operator's token.";
            return Err(Problem::unauthorized(detail));
        };
        let session = self.live_session(token).await?;
        if !method.is_safe() {
            csrf::check_origin(headers)?;
            csrf::check_token(headers, token)?;
        }
        let Session {
            person,
            role,
            expires,
            ..
        } = session;
        Ok(Principal::signed_in(&person, role, token, expires))
    }

    /// The hashes are compared in constant time; that they are hashes keeps the length of the token
    /// out of it.
    fn operator(&self, value: &HeaderValue) -> Result<Principal, Problem> {
        let token = value.to_str().ok().and_then(bearer).ok_or_else(|| {
            Problem::unauthorized("The Authorization header is not of the form `Bearer TOKEN`.")
        })?;
        let given = KeyHash::of(token.as_bytes());
        match verify_slices_are_equal(&given.0, &self.operator.0) {
            Ok(()) => Ok(Principal::OPERATOR),
            Err(_) => Err(Problem::unauthorized("This is not the operator's token.")),
        }
    }

    async fn live_session(&self, token: &str) -> Result<Session, Problem> {
        let (hash, now) = (KeyHash::of(token.as_bytes()), (self.clock)());
        let found = self.store.session(hash).await.map_err(store_failed)?;
        let Some(session) = found.filter(|session| !is_over(session, now)) else {
            return Err(Problem::unauthorized(
                "The session has ended; sign in again.",
            ));
        };
        if session.seen.plus_seconds(TOUCH_SECONDS) <= now {
            // A store that can only be read shall still be looked at.
            if let Err(error) = self.store.touch_session(hash, now).await {
                tracing::warn!(%error, "the use of a session cannot be noted");
            }
        }
        Ok(session)
    }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// Lets a request through to its handler if whoever makes it may do so, and notes who that is.
pub(crate) async fn authorise(
    State(permission): State<Permission>,
    mut request: Request,
    next: Next,
) -> Response {
    let gate = request.extensions().get::<Gate>().cloned();
    match admit(permission, gate, request.method(), request.headers()).await {
        Ok(Some(principal)) => {
            request.extensions_mut().insert(principal);
            next.run(request).await
        }
        Ok(None) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

async fn admit(
    permission: Permission,
    gate: Option<Gate>,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Option<Principal>, Problem> {
    if permission == Permission::Public {
        // Or a foreign page could sign its visitor in as somebody else.
        return match method.is_safe() {
            true => Ok(None),
            false => csrf::check_origin(headers).map(|()| None),
        };
    }
    let gate = gate.ok_or_else(|| Problem::internal("the listener has no gate"))?;
    let principal = gate.identify(method, headers).await?;
    principal.require(permission)?;
    Ok(Some(principal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_form_of_a_bearer_is_read_as_a_token() {
        assert_eq!(bearer("Bearer right"), Some("right"));
        assert_eq!(bearer("bearer  right "), Some("right"));
        for wrong in ["Bearer ", "Bearer", "right", "Basic right", ""] {
            assert_eq!(bearer(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_owner_has_every_permission_and_no_role_has_more_than_the_one_above_it() {
        for permission in Permission::ALL {
            let has = Role::ALL.map(|role| permission.is_of(role));
            assert!(has[0], "{permission:?}");
            assert!(
                has.is_sorted_by(|above, below| above >= below),
                "{permission:?}"
            );
        }
    }

    #[test]
    fn whoever_may_not_is_told_what_it_takes_and_whom_to_ask() {
        let viewer = Principal {
            role: Role::Viewer,
            session: None,
        };
        let told = [Permission::ManageKeys, Permission::ManagePeople]
            .map(|permission| viewer.require(permission).unwrap_err().to_string());
        insta::assert_snapshot!(told.join("\n"), @"
        forbidden: This takes the permission keys:manage, which the role viewer does not have. Ask an owner or an admin to do it, or an owner to give you another role.
        forbidden: This takes the permission people:manage, which the role viewer does not have. Ask an owner to do it, or an owner to give you another role.
        ");
        assert!(viewer.require(Permission::ReadCalls).is_ok());
    }
}
