//! Who may do what. A route exists only with a [`Permission`]; what is not public needs a token.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header;
use http::request::Parts;
use tollgate_model::KeyHash;

use crate::problem::Problem;

macro_rules! permissions {
    ($($name:ident $word:literal $doc:literal;)*) => {
        /// What a route asks of whoever calls it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Permission { $(#[doc = $doc] $name,)* }

        impl Permission {
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
}

/// Whoever makes a request, once the token has been checked.
#[derive(Clone, Debug)]
pub(crate) struct Principal {
    name: &'static str,
}

impl Principal {
    /// The name under which changes are recorded.
    pub(crate) fn actor(&self) -> &'static str {
        self.name
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Principal {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Principal, Problem> {
        let principal = parts.extensions.get::<Principal>().cloned();
        principal.ok_or_else(|| Problem::unauthorized("Nobody has been identified."))
    }
}

/// The operator's token, as its hash.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gate {
    operator: KeyHash,
}

impl Gate {
    /// A gate that lets the bearer of this token through.
    pub(crate) fn new(operator: KeyHash) -> Gate {
        Gate { operator }
    }

    /// Who bears the token of these headers. The hashes are compared in constant time; that they
    /// are hashes keeps the length of the token out of it.
    fn identify(self, headers: &http::HeaderMap) -> Result<Principal, Problem> {
        let Some(value) = headers.get(header::AUTHORIZATION) else {
            let detail = "Send `Authorization: Bearer TOKEN` with the operator's token.";
            return Err(Problem::unauthorized(detail));
        };
        let token = value.to_str().ok().and_then(bearer).ok_or_else(|| {
            Problem::unauthorized("The Authorization header is not of the form `Bearer TOKEN`.")
        })?;
        let given = KeyHash::of(token.as_bytes());
        match verify_slices_are_equal(&given.0, &self.operator.0) {
            Ok(()) => Ok(Principal { name: "operator" }),
            Err(_) => Err(Problem::unauthorized("This is not the operator's token.")),
        }
    }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// Lets a request through to its handler if its token is good, and notes whose it is.
pub(crate) async fn authorise(
    State(gate): State<Gate>,
    mut request: Request,
    next: Next,
) -> Response {
    match gate.identify(request.headers()) {
        Ok(principal) => {
            request.extensions_mut().insert(principal);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::*;

    fn identify(value: Option<&'static str>) -> Result<&'static str, String> {
        let gate = Gate::new(KeyHash::of(b"right"));
        let mut headers = HeaderMap::new();
        if let Some(value) = value {
            headers.insert(header::AUTHORIZATION, HeaderValue::from_static(value));
        }
        let identified = gate.identify(&headers);
        identified
            .map(|who| who.actor())
            .map_err(|problem| problem.to_string())
    }

    #[test]
    fn only_the_operators_token_is_let_through() {
        assert_eq!(identify(Some("Bearer right")), Ok("operator"));
        assert_eq!(identify(Some("bearer  right ")), Ok("operator"));
        for wrong in [
            None,
            Some("Bearer wrong"),
            Some("Bearer "),
            Some("right"),
            Some("Basic right"),
        ] {
            let told = identify(wrong).unwrap_err();
            assert!(told.starts_with("unauthorized: "), "{wrong:?}: {told}");
        }
    }
}
