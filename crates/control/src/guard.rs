//! What holds for every answer of the listener: by which names it may be asked, and which headers
//! keep browsers from doing what nobody meant.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::problem::Problem;

/// The names under which the listener may be asked.
///
/// A foreign web page can make its own name point at this listener (DNS rebinding) and would then
/// be of the same origin; only the `Host` gives it away. Addresses are let through whatever they
/// are: a page that a browser fetched from an address cannot make it another one.
#[derive(Clone, Debug)]
pub(crate) struct Hosts(Arc<[String]>);

impl Hosts {
    /// Loopback names, addresses, and these.
    pub(crate) fn new(names: &[String]) -> Hosts {
        Hosts(
            names
                .iter()
                .map(|name| host_of(name).to_ascii_lowercase())
                .collect(),
        )
    }

    fn allow(&self, authority: &str) -> bool {
        let host = host_of(authority).to_ascii_lowercase();
        let host = host.trim_end_matches('.');
        let literal = host.trim_start_matches('[').trim_end_matches(']');
        literal.parse::<IpAddr>().is_ok()
            || host == "localhost"
            || host.ends_with(".localhost")
            || self.0.iter().any(|known| known == host)
    }
}

/// The host of `host:port`, brackets of an address included.
fn host_of(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    }
}

/// Health checks come by whatever name the machine is known to its watcher, and tell no secrets.
const FOR_WATCHERS: [&str; 2] = ["/healthz", "/readyz"];

/// What every answer says, unless it says otherwise itself. A policy that lets a page load nothing
/// is right for all that is no page.
const HEADERS: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cache-control", "no-store"),
    (
        "content-security-policy",
        "default-src 'none'; frame-ancestors 'none'",
    ),
];

/// Refuses requests by a foreign name, and marks every answer.
pub(crate) async fn guard(State(hosts): State<Hosts>, request: Request, next: Next) -> Response {
    let mut response = match admit(&hosts, &request) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    mark(response.headers_mut());
    response
}

fn admit(hosts: &Hosts, request: &Request) -> Result<(), Problem> {
    if FOR_WATCHERS.contains(&request.uri().path()) {
        return Ok(());
    }
    let named = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    match named.or_else(|| {
        request
            .uri()
            .authority()
            .map(|authority| authority.as_str())
    }) {
        Some(authority) if hosts.allow(authority) => Ok(()),
        Some(authority) => Err(Problem::misdirected(format!(
            "\"{authority}\" is no name of this listener; if it should be, add it to the names of \
             the control listener."
        ))),
        None => Err(Problem::misdirected("The request has no Host header.")),
    }
}

fn mark(headers: &mut HeaderMap) {
    for (name, value) in HEADERS {
        headers
            .entry(HeaderName::from_static(name))
            .or_insert(HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_names_and_addresses_are_allowed() {
        let hosts = Hosts::new(&["Control.Example:8403".to_owned()]);
        for own in [
            "localhost:8403",
            "LOCALHOST",
            "a.localhost:1",
            "127.0.0.1:8403",
            "[::1]:8403",
            "[::1]",
            "10.0.0.7",
            "control.example",
            "control.example.:9000",
        ] {
            assert!(hosts.allow(own), "{own}");
        }
        for foreign in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "",
            ":80",
        ] {
            assert!(!hosts.allow(foreign), "{foreign}");
        }
    }
}
