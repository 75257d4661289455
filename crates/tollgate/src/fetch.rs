//! Reading what a person points to: a file, standard input, or an address.

use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Empty, Limited};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::time::timeout;

use crate::failure::Failure;

/// The most bytes that are read: what the admin API takes.
const MOST: usize = 4 << 20;
/// How long an address may take, redirections and all.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often an address may point to another one.
const REDIRECTIONS: usize = 3;

/// What was read.
pub(crate) struct Read {
    /// Its text.
    pub text: String,
    /// Where it was read, for people: without what of an address may be secret.
    pub origin: String,
}

/// Reads a file, standard input (`-`), or an address. An address has `https`, or `http` on this
/// machine; what it asks to sign in with is not sent.
pub(crate) async fn read(from: &str) -> Result<Read, Failure> {
    let (bytes, origin) = if from.contains("://") {
        let uri: Uri = from
            .parse()
            .map_err(|_| Failure::Usage("--from is not an address".to_owned()))?;
        let origin = shown(&uri);
        let fetched = timeout(PATIENCE, fetch(uri)).await;
        let slow = |_| {
            let seconds = PATIENCE.as_secs();
            Failure::Fault(format!("{origin} did not answer in {seconds} seconds"))
        };
        (fetched.map_err(slow)??, origin)
    } else if from == "-" {
        let mut bytes = Vec::new();
        let most = MOST as u64 + 1;
        let read = std::io::stdin().take(most).read_to_end(&mut bytes);
        read.map_err(|why| Failure::fault("cannot read standard input", why))?;
        (bytes, "standard input".to_owned())
    } else {
        let path = Path::new(from);
        let unread = |why| Failure::fault(format!("cannot read {from}"), why);
        let size = std::fs::metadata(path).map_err(unread)?.len();
        if size > MOST as u64 {
            return Err(too_large(from));
        }
        let name = path.file_name().unwrap_or(path.as_os_str());
        let name = name.to_string_lossy().into_owned();
        (std::fs::read(path).map_err(unread)?, name)
    };
    if bytes.len() > MOST {
        return Err(too_large(&origin));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::Fault(format!("{origin} is not text in UTF-8")))?;
    Ok(Read { text, origin })
}

fn too_large(what: &str) -> Failure {
    Failure::Fault(format!("{what} is larger than 4 MiB"))
}

/// An address without user, password and query.
fn shown(uri: &Uri) -> String {
    let scheme = uri.scheme_str().unwrap_or_default();
    let host = uri.host().unwrap_or_default();
    let port = uri
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    format!("{scheme}://{host}{port}{}", uri.path())
}

fn is_safe(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default();
    match uri.scheme_str() {
        Some("https") => !host.is_empty(),
        Some("http") => matches!(host, "localhost" | "127.0.0.1" | "[::1]"),
        _ => false,
    }
}

async fn fetch(mut uri: Uri) -> Result<Vec<u8>, Failure> {
    let connector = HttpsConnectorBuilder::new()
        .with_native_roots()
        .map_err(|why| Failure::fault("cannot read the system's certificates", why))?
        .https_or_http()
        .enable_http1()
        .build();
    let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build(connector);
    for _ in 0..=REDIRECTIONS {
        let origin = shown(&uri);
        if !is_safe(&uri) {
            let told = format!("{origin} is no https address; http is for this machine only");
            return Err(Failure::Usage(told));
        }
        let failed = |why: &dyn std::error::Error| {
            let mut cause = why;
            while let Some(deeper) = cause.source() {
                cause = deeper;
            }
            Failure::Fault(format!("cannot read {origin}: {cause}"))
        };
        let request = Request::get(uri.clone())
            .header(header::ACCEPT, "application/json")
            .header(
                header::USER_AGENT,
                concat!("tollgate/", env!("CARGO_PKG_VERSION")),
            )
            .body(Empty::new())
            .map_err(|why| failed(&why))?;
        let answer = client.request(request).await.map_err(|why| failed(&why))?;
        let (head, body) = answer.into_parts();
        if head.status.is_redirection() {
            uri = next(&uri, head.headers.get(header::LOCATION))
                .ok_or_else(|| Failure::Fault(format!("{origin} points nowhere")))?;
            continue;
        }
        if head.status != StatusCode::OK {
            return Err(Failure::Fault(format!("{origin} answers {}", head.status)));
        }
        let whole = Limited::new(body, MOST).collect().await;
        let whole = whole.map_err(|why| match why.is::<http_body_util::LengthLimitError>() {
            true => too_large(&origin),
            false => Failure::Fault(format!("{origin} broke off: {why}")),
        })?;
        return Ok(whole.to_bytes().into());
    }
    Err(Failure::Fault(format!(
        "{} leads round in circles",
        shown(&uri)
    )))
}

/// Where an answer points to: an address, or a path at the same place.
fn next(uri: &Uri, location: Option<&http::HeaderValue>) -> Option<Uri> {
    let location = location?.to_str().ok()?;
    if location.starts_with('/') && !location.starts_with("//") {
        let mut parts = uri.clone().into_parts();
        parts.path_and_query = location.parse().ok();
        return Uri::from_parts(parts).ok();
    }
    location.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_secret_of_an_address_is_not_shown() {
        let uri: Uri = "https://ann:pass@host.example:8443/a/b.json?token=x"
            .parse()
            .unwrap();
        assert_eq!(shown(&uri), "https://host.example:8443/a/b.json");
    }

    #[test]
    fn http_is_for_this_machine_only() {
        for (address, safe) in [
            ("https://host.example/a", true),
            ("http://host.example/a", false),
            ("http://127.0.0.1:9/a", true),
            ("http://localhost/a", true),
            ("http://[::1]/a", true),
            ("http://127.0.0.1.example/a", false),
            ("ftp://host.example/a", false),
        ] {
            assert_eq!(is_safe(&address.parse().unwrap()), safe, "{address}");
        }
    }

    #[test]
    fn a_redirection_leads_to_an_address_or_a_path() {
        let from: Uri = "https://host.example/a?x".parse().unwrap();
        let to =
            |location: &str| next(&from, Some(&location.parse().unwrap())).map(|u| u.to_string());
        assert_eq!(to("/b"), Some("https://host.example/b".to_owned()));
        assert_eq!(
            to("https://other.example/c").as_deref(),
            Some("https://other.example/c")
        );
        assert_eq!(next(&from, None), None);
    }
}
