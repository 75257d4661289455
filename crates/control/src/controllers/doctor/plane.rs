//! What the running gateway and the providers say when they are asked.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use bytes::Bytes;
use futures_util::future::join_all;
use http::response::Parts;
use http::{Method, header};
use tokio::time::timeout;
use tollgate_doctor::facts::{DoorFacts, ProbeFacts};
use tollgate_doctor::{Known, Unknown};
use tollgate_model::snapshot::SANDBOX;

use super::Doctor;
use crate::calling::send;

/// How long an answer of the gateway may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much of an answer is read.
const MOST_BYTES: usize = 1 << 20;

/// What everybody may ask for, whatever it costs elsewhere.
const FREE: [(Method, &str); 5] = [
    (Method::GET, "/robots.txt"),
    (Method::GET, "/sitemap.xml"),
    (Method::GET, "/.well-known/security.txt"),
    (Method::OPTIONS, "/v1/chat/completions"),
    (Method::OPTIONS, "/v1/messages"),
];

/// Asks the gateway. The error is a sentence.
pub(super) async fn ask(
    gateway: SocketAddr,
    mut request: Request,
) -> Result<(Parts, Bytes), String> {
    if let Ok(host) = gateway.to_string().parse() {
        request.headers_mut().insert(header::HOST, host);
    }
    let asked = async {
        let answer = send(gateway, request)
            .await
            .map_err(|why| why.to_string())?;
        let (head, body) = answer.into_parts();
        let body = to_bytes(Body::new(body), MOST_BYTES).await;
        Ok((head, body.map_err(|why| why.to_string())?))
    };
    let answer = timeout(PATIENCE, asked).await;
    let answer = answer.unwrap_or_else(|_| Err("no answer came within 10 s".to_owned()));
    answer.map_err(|why| format!("the gateway at {gateway} does not answer: {why}"))
}

impl Doctor {
    /// How the gateway answers where no wall may stand.
    pub(super) async fn doors(&self) -> Known<Vec<DoorFacts>> {
        let Some(gateway) = self.surgery.runtime.gateway() else {
            return Err(no_gateway());
        };
        let mut doors = Vec::new();
        for (method, path) in FREE {
            let asked = format!("{method} {path}");
            let request = Request::builder()
                .method(method)
                .uri(path)
                .header(header::ORIGIN, "https://browser.example")
                .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
                .body(Body::empty())
                .map_err(|why| Unknown(why.to_string()))?;
            let (head, _) = ask(gateway, request).await.map_err(Unknown)?;
            let status = head.status.as_u16();
            doors.push(DoorFacts { asked, status });
        }
        Ok(doors)
    }

    /// What providers say to each of their credentials.
    pub(super) async fn probes(&self) -> Known<Vec<ProbeFacts>> {
        if !self.probe {
            return Err(Unknown("providers are asked with --probe only".to_owned()));
        }
        let (snapshot, clock) = (self.surgery.runtime.snapshot(), &self.surgery.clock);
        let providers = snapshot.providers().iter();
        let asked = providers
            .filter(|provider| &*provider.name != SANDBOX)
            .flat_map(|provider| {
                let names = provider
                    .credentials
                    .iter()
                    .map(|one| Some(one.name.clone()));
                let bare = provider.keyless.then_some(None);
                names.chain(bare).map(move |name| (provider.clone(), name))
            });
        let probes = asked.map(|(provider, credential)| {
            let runtime = self.runtime();
            async move {
                let probe = runtime.probe(provider.clone(), credential.clone()).await;
                ProbeFacts {
                    provider: provider.name.to_string(),
                    credential: credential.map(|name| name.to_string()),
                    probe,
                    at: clock(),
                }
            }
        });
        Ok(join_all(probes).await)
    }
}

/// Why a running gateway cannot be looked at.
pub(super) fn no_gateway() -> Unknown {
    Unknown("no gateway runs in this process; start it with `tollgate serve`".to_owned())
}
