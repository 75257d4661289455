//! Asking for a token: what the server that gives it is shown, and what it answers.
//!
//! Sources: RFC 6749 (client credentials, refresh), RFC 7523 (assertions), Google's guide to service
//! accounts over HTTP, and the metadata servers of Google's and Azure's machines.

use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use form_urlencoded::Serializer;
use http::header::{ACCEPT, CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderValue, Method, Request};
use http_body_util::Full;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};
use tokio::time::timeout;
use tollgate_model::Micros;
use tollgate_model::call::FailureClass;
use tollgate_model::snapshot::{Grant, TokenSource};

use crate::connection::{broke, connect};
use crate::pieces::Pieces;
use crate::settings::Clock;
use crate::tls::Tls;
use crate::upstream::{Failure, read_error, read_whole, redacted};

/// How long a connection may take, and all of it.
const CONNECT_MS: u32 = 5_000;
const WHOLE_MS: u32 = 15_000;
/// How long an assertion holds, in seconds; the most that Google takes.
const ASSERTED: i64 = 3_600;
/// How long a token holds whose server does not say so, in seconds.
const UNTOLD: i64 = 300;
/// The grant of an assertion (RFC 7523, section 2.1).
const BY_ASSERTION: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// How many seconds before its end a token is renewed, at the most; never more than half its life.
const EARLY: i64 = 300;
/// How many seconds before its end a token is not used any more, at the most; never more than a
/// tenth of its life.
const LATE: i64 = 10;
/// A token.
pub(crate) struct Token {
    /// The value of the header `Authorization`; marked as sensitive.
    pub(crate) bearer: HeaderValue,
    /// From then on it is renewed while it is used.
    pub(crate) renewed_from: Micros,
    /// From then on it is not used any more.
    pub(crate) used_until: Micros,
}

impl Token {
    /// A token that was given at a time and holds for so many seconds.
    pub(crate) fn new(bearer: HeaderValue, at: Micros, seconds: i64) -> Token {
        let seconds = seconds.max(0);
        let before_end = |margin: i64| at.plus_seconds(seconds - margin);
        Token {
            bearer,
            renewed_from: before_end(EARLY.min(seconds / 2)),
            used_until: before_end(LATE.min(seconds / 10)),
        }
    }
}

/// Asks a server for a token. Fails as a provider fails that cannot be reached, or that does not
/// accept the credential: either is the operator's trouble, never the caller's.
pub(crate) async fn ask(source: &TokenSource, tls: &Tls, clock: &Clock) -> Result<Token, Failure> {
    let now = clock();
    let request = request(source, now)?;
    let limit = Duration::from_millis(u64::from(WHOLE_MS));
    let answered = timeout(limit, send(source, tls, request)).await;
    let (status, body) = answered.unwrap_or_else(|_| {
        let why = format!("no answer within {WHOLE_MS} ms");
        Err(failed(source, FailureClass::Timeout, &why))
    })?;
    match status {
        200 => read(source, &body, now),
        _ => Err(refused(source, status, &body)),
    }
}

async fn send(
    source: &TokenSource,
    tls: &Tls,
    request: Request<Full<Pieces>>,
) -> Result<(u16, Bytes), Failure> {
    let unreachable = |why: String| failed(source, FailureClass::Unreachable, &why);
    let (mut sender, driver) = connect(tls, &source.endpoint, CONNECT_MS)
        .await
        .map_err(unreachable)?;
    tokio::spawn(driver);
    let response = sender.send_request(request).await;
    let (parts, mut body) = response
        .map_err(|error| unreachable(broke(&error)))?
        .into_parts();
    let status = parts.status.as_u16();
    let body = match status {
        200 => read_whole(&mut body, WHOLE_MS).await?,
        _ => read_error(&mut body).await,
    };
    Ok((status, body))
}

/// What a server is asked.
fn request(source: &TokenSource, now: Micros) -> Result<Request<Full<Pieces>>, Failure> {
    let endpoint = &source.endpoint;
    let path = endpoint.base_path().filter(|path| !path.is_empty());
    let host = endpoint.authority().unwrap_or_default();
    let head = Request::builder()
        .uri(path.unwrap_or("/"))
        .header(HOST, host)
        .header(ACCEPT, "application/json")
        .header(USER_AGENT, concat!("tollgate/", env!("CARGO_PKG_VERSION")));
    let (head, form) = match &source.grant {
        Grant::Machine { header, value } => (
            head.method(Method::GET).header(*header, *value),
            String::new(),
        ),
        _ => (
            head.method(Method::POST)
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded"),
            form(source, now)?,
        ),
    };
    head.body(Full::new(Bytes::from(form).into()))
        .map_err(|error| failed(source, FailureClass::Auth, &error.to_string()))
}

fn form(source: &TokenSource, now: Micros) -> Result<String, Failure> {
    let mut form = Serializer::new(String::new());
    match &source.grant {
        Grant::ServiceAccount { .. } => {
            form.append_pair("grant_type", BY_ASSERTION);
            form.append_pair("assertion", &assertion(source, now)?);
        }
        Grant::Refresh {
            client_id,
            client_secret,
            refresh_token,
        } => {
            form.append_pair("grant_type", "refresh_token");
            form.append_pair("client_id", client_id);
            form.append_pair("client_secret", client_secret.reveal());
            form.append_pair("refresh_token", refresh_token.reveal());
        }
        Grant::Client {
            client_id,
            client_secret,
            scope,
        } => {
            form.append_pair("grant_type", "client_credentials");
            form.append_pair("client_id", client_id);
            form.append_pair("client_secret", client_secret.reveal());
            form.append_pair("scope", scope);
        }
        Grant::Machine { .. } => {}
    }
    Ok(form.finish())
}

/// Who asks, signed with the account's private key: a JWT with RS256 (RFC 7515, RFC 7519).
fn assertion(source: &TokenSource, now: Micros) -> Result<String, Failure> {
    let Grant::ServiceAccount {
        email,
        key_id,
        key,
        audience,
        scope,
    } = &source.grant
    else {
        return Ok(String::new());
    };
    let seconds = now.0.div_euclid(1_000_000);
    let mut header = json!({ "alg": "RS256", "typ": "JWT" });
    if let Some(key_id) = key_id {
        header["kid"] = json!(key_id);
    }
    let claims = json!({
        "iss": email, "scope": scope, "aud": audience, "iat": seconds, "exp": seconds + ASSERTED,
    });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&header), part(&claims));
    let bad_key = || {
        let why = "the private key of the service account is not one of RSA, in PEM";
        failed(source, FailureClass::Auth, why)
    };
    let key = key_pair(key.reveal()).ok_or_else(bad_key)?;
    let mut signature = vec![0; key.public_modulus_len()];
    let random = SystemRandom::new();
    key.sign(
        &RSA_PKCS1_SHA256,
        &random,
        signed.as_bytes(),
        &mut signature,
    )
    .map_err(|_| bad_key())?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

fn key_pair(pem: &str) -> Option<RsaKeyPair> {
    match PrivateKeyDer::from_pem_slice(pem.as_bytes()).ok()? {
        PrivateKeyDer::Pkcs8(key) => RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()).ok(),
        PrivateKeyDer::Pkcs1(key) => RsaKeyPair::from_der(key.secret_pkcs1_der()).ok(),
        _ => None,
    }
}

/// Reads an answer with a token in it. Azure's machines write numbers as text.
fn read(source: &TokenSource, body: &[u8], now: Micros) -> Result<Token, Failure> {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    let number = |value: &Value| value.as_i64().or_else(|| value.as_str()?.parse().ok());
    let bearer = answer.get("access_token").and_then(Value::as_str);
    let bearer = bearer.filter(|token| !token.is_empty());
    let bearer = bearer.and_then(|token| HeaderValue::try_from(format!("Bearer {token}")).ok());
    let Some(mut bearer) = bearer else {
        let why = "its answer has no access_token that a header can carry";
        return Err(failed(source, FailureClass::BadResponse, why));
    };
    bearer.set_sensitive(true);
    let seconds = answer.get("expires_in").and_then(number);
    Ok(Token::new(bearer, now, seconds.unwrap_or(UNTOLD)))
}

/// The server does not give a token: what it says of that, without anything that may be a secret.
fn refused(source: &TokenSource, status: u16, body: &[u8]) -> Failure {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    let said = ["error", "error_description"].map(|name| answer.get(name).and_then(Value::as_str));
    let said: Vec<&str> = said.into_iter().flatten().collect();
    let class = match status {
        400..=404 => FailureClass::Auth,
        429 => FailureClass::RateLimited,
        _ => FailureClass::ServerError,
    };
    let mut why = format!("it answered with status {status}");
    if !said.is_empty() {
        why = format!("{why}: {}", said.join(": "));
    }
    failed(source, class, &why)
}

fn failed(source: &TokenSource, class: FailureClass, why: &str) -> Failure {
    let server = source.endpoint.authority().unwrap_or_default();
    let secret = match &source.grant {
        Grant::Client { client_secret, .. } | Grant::Refresh { client_secret, .. } => {
            client_secret.reveal()
        }
        Grant::ServiceAccount { .. } | Grant::Machine { .. } => "",
    };
    let note = redacted(why, secret);
    Failure::without_answer(class, format!("no token from {server}: {note}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_renewed_early_and_never_used_to_its_last_second() {
        let at = Micros(0);
        let seconds = |life: i64| {
            let token = Token::new(HeaderValue::from_static("Bearer t"), at, life);
            let second = |time: Micros| time.0 / 1_000_000;
            (second(token.renewed_from), second(token.used_until))
        };
        assert_eq!(seconds(3600), (3300, 3590));
        assert_eq!(seconds(100), (50, 90));
        assert_eq!(seconds(0), (0, 0));
        assert_eq!(seconds(-7), (0, 0));
    }
}
