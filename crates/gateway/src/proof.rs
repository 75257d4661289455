//! What a request carries so that the provider knows who asks.

use std::sync::Arc;

use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use http::{HeaderMap, Request};
use http_body_util::Full;
use tollgate_dialect::outbound;
use tollgate_model::call::FailureClass;
use tollgate_model::snapshot::{Access, CredentialPlan, ProviderPlan, SecretText, TokenSource};

use crate::pieces::Pieces;
use crate::tokens::{Had, TokenBook};
use crate::upstream::Failure;

/// The proof of a credential, ready to be put on requests.
pub(crate) enum Proof {
    /// The provider needs none.
    None,
    /// An API key in its header.
    Key(HeaderName, HeaderValue),
    /// A token.
    Token(Arc<TokenSource>, Had),
}

impl Proof {
    /// The proof of a credential; a token is had first, where there is none yet. Fails where no
    /// token is to be had, and where a key cannot stand in a header.
    pub(crate) async fn of(
        provider: &ProviderPlan,
        credential: Option<&CredentialPlan>,
        tokens: &TokenBook,
    ) -> Result<Proof, Failure> {
        let Some(credential) = credential else {
            return Ok(Proof::None);
        };
        match &credential.access {
            Access::Key(key) => in_header(provider, credential, key),
            Access::Token(source) => {
                let had = tokens.get(source).await?;
                Ok(Proof::Token(Arc::clone(source), had))
            }
        }
    }

    /// Puts the proof on a request that is otherwise complete.
    pub(crate) fn put(&self, request: &mut Request<Full<Pieces>>) {
        let headers: &mut HeaderMap = request.headers_mut();
        match self {
            Proof::None => {}
            Proof::Key(name, value) => {
                headers.insert(name.clone(), value.clone());
            }
            Proof::Token(_, had) => {
                headers.insert(AUTHORIZATION, had.token.bearer.clone());
            }
        }
    }

    /// Forgets a token that the provider did not accept; tells whether another may do better. One
    /// that was had for this very call would be the same again.
    pub(crate) fn is_worth_renewing(&self, tokens: &TokenBook) -> bool {
        match self {
            Proof::Token(source, had) => {
                tokens.forget(source, &had.token);
                !had.is_new
            }
            Proof::None | Proof::Key(..) => false,
        }
    }
}

fn in_header(
    provider: &ProviderPlan,
    credential: &CredentialPlan,
    key: &SecretText,
) -> Result<Proof, Failure> {
    let (name, prefix) = match &provider.auth {
        Some(auth) => (auth.header.as_str(), auth.prefix.as_str()),
        None => outbound(provider.dialect).auth(),
    };
    let name = HeaderName::try_from(name).ok();
    let value = HeaderValue::try_from(format!("{prefix}{}", key.reveal())).ok();
    let Some((name, mut value)) = name.zip(value) else {
        let why = format!(
            "The key of credential {} of provider {} has characters that no header can carry.",
            credential.name, provider.name
        );
        return Err(Failure::without_answer(FailureClass::Auth, why));
    };
    value.set_sensitive(true);
    Ok(Proof::Key(name, value))
}
