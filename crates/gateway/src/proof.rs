//! What a request carries so that the provider knows who asks.

use std::sync::Arc;

use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, HeaderValue};
use http::{HeaderMap, Request};
use tollgate_dialect::outbound;
use tollgate_model::Micros;
use tollgate_model::call::FailureClass;
use tollgate_model::snapshot::{
    Access, AwsKeys, CredentialPlan, ProviderPlan, SecretText, TokenSource,
};

use crate::pieces::Pieces;
use crate::sigv4::{self, Scope, Signed};
use crate::tokens::{Had, TokenBook};
use crate::upstream::Failure;

/// How a key pair that works for a time says so.
const SESSION_TOKEN: &str = "x-amz-security-token";
/// The service for which AWS has requests signed.
const AWS_SERVICE: &str = "bedrock";

/// The proof of a credential, ready to be put on requests.
pub(crate) enum Proof {
    /// The provider needs none.
    None,
    /// An API key in its header.
    Key(HeaderName, HeaderValue),
    /// A token.
    Token(Arc<TokenSource>, Had),
    /// A key pair of AWS, and the region for which it signs.
    Aws(AwsKeys, Arc<str>),
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
            Access::Aws(keys) => {
                let region = provider.region.clone().filter(|_| is_sendable(keys));
                let region = region.ok_or_else(|| unsendable(provider, credential))?;
                Ok(Proof::Aws(keys.clone(), region))
            }
        }
    }

    /// Puts the proof on a request that is otherwise complete and has this body, as of now.
    pub(crate) fn put<B>(&self, request: &mut Request<B>, body: &Pieces, now: Micros) {
        if let Proof::Aws(keys, region) = self {
            // That headers can carry it was seen when the proof was made.
            let _ = sign(keys, region, now, body, request);
        }
        let headers: &mut HeaderMap = request.headers_mut();
        match self {
            Proof::None | Proof::Aws(..) => {}
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
            Proof::None | Proof::Key(..) | Proof::Aws(..) => false,
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
        return Err(unsendable(provider, credential));
    };
    value.set_sensitive(true);
    Ok(Proof::Key(name, value))
}

fn unsendable(provider: &ProviderPlan, credential: &CredentialPlan) -> Failure {
    let why = format!(
        "The key of credential {} of provider {} has characters that no header can carry.",
        credential.name, provider.name
    );
    Failure::without_answer(FailureClass::Auth, why)
}

/// Whether headers can carry what is sent of a key pair.
fn is_sendable(keys: &AwsKeys) -> bool {
    let sent = [Some(&keys.access_key_id), keys.session_token.as_ref()];
    let mut sent = sent.into_iter().flatten();
    sent.all(|text| HeaderValue::try_from(text.reveal()).is_ok())
}

/// Signs a request with a key pair of AWS. `None` where no header can carry what is added.
fn sign<B>(
    keys: &AwsKeys,
    region: &str,
    now: Micros,
    body: &Pieces,
    request: &mut Request<B>,
) -> Option<()> {
    let time = sigv4::time(now);
    let headers = request.headers_mut();
    headers.insert(sigv4::DATE, HeaderValue::try_from(&time).ok()?);
    let mut names = vec![HOST.as_str(), sigv4::DATE];
    if headers.contains_key(CONTENT_TYPE) {
        names.insert(0, CONTENT_TYPE.as_str());
    }
    if let Some(token) = &keys.session_token {
        headers.insert(SESSION_TOKEN, secret_value(token.reveal().to_owned())?);
        names.push(SESSION_TOKEN);
    }
    let names = names.join(";");
    let scope = Scope {
        day: time.get(..8)?,
        region,
        service: AWS_SERVICE,
    };
    let signed = Signed {
        method: request.method().as_str(),
        path: request.uri().path(),
        query: request.uri().query().unwrap_or_default(),
        headers: request.headers(),
        names: &names,
        payload: &sigv4::hash(&body.whole()),
    };
    let signature = signed.signature(keys.secret_access_key.reveal(), &time, scope);
    let value = format!(
        "{} Credential={}/{}, SignedHeaders={names}, Signature={signature}",
        sigv4::ALGORITHM,
        keys.access_key_id.reveal(),
        scope.text(),
    );
    let value = secret_value(value)?;
    request.headers_mut().insert(AUTHORIZATION, value);
    Some(())
}

fn secret_value(text: String) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}
