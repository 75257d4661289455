//! Where a request comes from, as far as that can be told.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use http::header;
use http::request::Parts;
use tollgate_model::KeyHash;

use crate::cookies;
use crate::problem::Problem;

/// Whoever wants to come in.
#[derive(Debug)]
pub(crate) struct Visitor {
    /// The address of the other end of the connection; `None` where there is no connection.
    pub(crate) peer: Option<IpAddr>,
    /// The browser, by its own words.
    pub(crate) agent: String,
    /// Whether the browser came over TLS.
    pub(crate) tls: bool,
    /// The session that the browser has already, good or not.
    pub(crate) session: Option<KeyHash>,
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Visitor, Problem> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let agent = parts.headers.get(header::USER_AGENT);
        let agent = agent.and_then(|agent| agent.to_str().ok());
        let session = cookies::token(&parts.headers);
        Ok(Visitor {
            peer: peer.map(|ConnectInfo(address)| address.ip()),
            agent: agent.unwrap_or_default().to_owned(),
            tls: cookies::is_tls(&parts.headers),
            session: session.map(|token| KeyHash::of(token.as_bytes())),
        })
    }
}
