//! Whoever answers the admin API for the command line: the running process over HTTP, or, where
//! none runs, the same router in this process.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::{Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client as HttpClient, Error as HttpError, ResponseFuture};
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tokio::task::JoinSet;
use tollgate_model::snapshot::SecretText;
use tower::ServiceExt;

use crate::ask::Ask;
use crate::events::Events;
use crate::failure::{Failure, Refused};

/// The answering side.
pub(crate) enum Client {
    /// A running process.
    Remote(Remote),
    /// This process, with the data folder held for it.
    Local(Local),
}

/// A running process.
pub(crate) struct Remote {
    address: String,
    token: SecretText,
    http: Http,
}

/// Connections to a process. Certificates are looked for only where TLS is spoken: a container may
/// have none.
pub(crate) enum Http {
    Plain(HttpClient<HttpConnector, Full<Bytes>>),
    Tls(HttpClient<HttpsConnector<HttpConnector>, Full<Bytes>>),
}

impl Http {
    /// Connections to an address.
    pub(crate) fn new(address: &str) -> Result<Http, Failure> {
        let builder = HttpClient::builder(TokioExecutor::new());
        let mut plain = HttpConnector::new();
        plain.set_connect_timeout(Some(CONNECT));
        if address.starts_with("http:") {
            return Ok(Http::Plain(builder.build(plain)));
        }
        plain.enforce_http(false);
        let connector = HttpsConnectorBuilder::new()
            .with_native_roots()
            .map_err(|why| Failure::fault("cannot read the system's certificates", why))?
            .https_only()
            .enable_http1()
            .wrap_connector(plain);
        Ok(Http::Tls(builder.build(connector)))
    }

    /// Sends a request.
    pub(crate) fn request(&self, request: Request<Full<Bytes>>) -> ResponseFuture {
        match self {
            Http::Plain(client) => client.request(request),
            Http::Tls(client) => client.request(request),
        }
    }
}

/// This process.
pub(crate) struct Local {
    /// The routes of the admin API.
    pub router: Router,
    /// What they want to see.
    pub token: SecretText,
    /// What works in the background; ends with this value.
    pub _background: JoinSet<()>,
}

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);

/// The address under which the router in this process is asked.
const INSIDE: &str = "http://localhost";

impl Remote {
    /// A client of the process at an address: `http://127.0.0.1:8403`, `https://control.example`,
    /// or without the scheme, which then is `http`.
    pub(crate) fn new(address: &str, token: SecretText) -> Result<Remote, Failure> {
        let address = match address.contains("://") {
            true => address.to_owned(),
            false => format!("http://{address}"),
        };
        let address = address.trim_end_matches('/').to_owned();
        let known = address
            .parse::<Uri>()
            .ok()
            .filter(|uri| matches!(uri.scheme_str(), Some("http" | "https")))
            .is_some_and(|uri| uri.host().is_some_and(|host| !host.is_empty()));
        if !known {
            let message = format!("\"{address}\" is not an address such as http://127.0.0.1:8403");
            return Err(Failure::Usage(message));
        }
        Ok(Remote {
            http: Http::new(&address)?,
            address,
            token,
        })
    }

    /// Where it is.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    async fn begin(&self, ask: Ask) -> Result<Response<Incoming>, Failure> {
        let request = ask.request(&self.address, &self.token)?;
        let answer = self.http.request(request).await;
        answer.map_err(|why| self.unreachable(&why))
    }

    async fn exchange(&self, ask: Ask) -> Result<(StatusCode, Bytes), Failure> {
        let answer = self.begin(ask).await?;
        self.whole(answer).await
    }

    async fn whole(&self, answer: Response<Incoming>) -> Result<(StatusCode, Bytes), Failure> {
        let (head, body) = answer.into_parts();
        let body = body
            .collect()
            .await
            .map_err(|why| Failure::fault(format!("{} broke off its answer", self.address), why))?;
        Ok((head.status, body.to_bytes()))
    }

    fn unreachable(&self, error: &HttpError) -> Failure {
        let mut cause: &dyn std::error::Error = error;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        let address = &self.address;
        if error.is_connect() {
            Failure::Absent(format!(
                "nothing answers at {address} ({cause}); start it with `tollgate serve`, or name \
                 another address with --control"
            ))
        } else {
            Failure::fault(format!("the exchange with {address} failed"), cause)
        }
    }
}

impl Local {
    async fn exchange(&self, ask: Ask) -> Result<(StatusCode, Bytes), Failure> {
        let (mut head, body) = ask.request(INSIDE, &self.token)?.into_parts();
        let host = http::HeaderValue::from_static("localhost");
        head.headers.insert(http::header::HOST, host);
        let request: Request<Body> = Request::from_parts(head, Body::new(body));
        let answer: Response<Body> = match self.router.clone().oneshot(request).await {
            Ok(answer) => answer,
            Err(never) => match never {},
        };
        let (head, body) = answer.into_parts();
        let body = body
            .collect()
            .await
            .map_err(|why| Failure::fault("the answer broke off", why))?;
        Ok((head.status, body.to_bytes()))
    }
}

impl Client {
    /// Whether no gateway runs, and this process answers itself.
    pub(crate) fn is_local(&self) -> bool {
        matches!(self, Client::Local(_))
    }

    /// Asks, and gives the answer's body. Fails with what the answering side refused.
    pub(crate) async fn send(&self, ask: Ask) -> Result<Value, Failure> {
        let (status, body) = match self {
            Client::Remote(remote) => remote.exchange(ask).await?,
            Client::Local(local) => local.exchange(ask).await?,
        };
        match status.is_success() {
            true if body.is_empty() => Ok(Value::Null),
            true => serde_json::from_slice(&body)
                .map_err(|_| Failure::Fault(self.not_ours("the answer is not JSON"))),
            false => Err(self.refused(status, &body)),
        }
    }

    /// Asks for a stream of events, which only a running process has.
    pub(crate) async fn follow(&self, ask: Ask) -> Result<Events, Failure> {
        let Client::Remote(remote) = self else {
            return Err(Failure::Absent("the gateway does not run".to_owned()));
        };
        let answer = remote.begin(ask).await?;
        if answer.status().is_success() {
            return Ok(Events::new(answer.into_body(), &remote.address));
        }
        let (status, body) = remote.whole(answer).await?;
        Err(self.refused(status, &body))
    }

    fn refused(&self, status: StatusCode, body: &[u8]) -> Failure {
        match serde_json::from_slice::<Value>(body) {
            Ok(problem) if problem.get("detail").is_some() => {
                Failure::Refused(Box::new(Refused::new(problem)))
            }
            _ => Failure::Fault(self.not_ours(&format!("it answers with status {status}"))),
        }
    }

    fn not_ours(&self, what: &str) -> String {
        let whom = match self {
            Client::Remote(remote) => remote.address.as_str(),
            Client::Local(_) => "this process",
        };
        format!("{whom} does not answer as an admin API does: {what}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_completed_or_refused() {
        let token = || SecretText::new("t");
        for (given, address) in [
            ("127.0.0.1:8403", "http://127.0.0.1:8403"),
            ("https://control.example/", "https://control.example"),
        ] {
            assert_eq!(Remote::new(given, token()).unwrap().address, address);
        }
        for wrong in ["ftp://h", "http://", "a b", ""] {
            let refused = Remote::new(wrong, token());
            assert!(matches!(refused, Err(Failure::Usage(_))), "{wrong}");
        }
    }
}
