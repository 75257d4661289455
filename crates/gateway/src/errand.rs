//! Asking a provider about what it keeps for its callers: answers, files, batches. There is one place
//! to ask, the one where it lies, with the credential that knows it there.

use std::sync::Arc;

use bytes::Bytes;
use http::header::HeaderValue;
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use tollgate_dialect::outbound;
use tollgate_dialect::scan::scan;
use tollgate_model::call::FailureClass;
use tollgate_model::kept::Origin;
use tollgate_model::snapshot::{CredentialPlan, Endpoint, Platform, ProviderPlan};
use tollgate_model::{Refusal, Snapshot};

use crate::connection::{Sendable, broke, connect};
use crate::outgoing;
use crate::pieces::Pieces;
use crate::pool::{Incoming, SendError};
use crate::proof::Proof;
use crate::routing::trouble::{reason_of, rejected};
use crate::sandbox::Script;
use crate::upstream::{Failure, Head, read_error, read_whole};
use crate::worker::Worker;

/// Where something lies.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) provider: Arc<ProviderPlan>,
    /// The place of the credential in the provider's pool; `None` where it needs none.
    pub(crate) credential: Option<usize>,
}

/// What a provider has answered.
pub(crate) struct Told {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}

impl Place {
    /// Where something lies, as far as the provider is still there with that credential.
    pub(crate) fn of(snapshot: &Snapshot, origin: &Origin) -> Option<Place> {
        let mut providers = snapshot.providers().iter();
        let provider = providers.find(|provider| provider.name == origin.provider)?;
        let credential = match &origin.credential {
            None => None,
            Some(name) => {
                let mut pool = provider.credentials.iter();
                Some(pool.position(|one| one.name == *name)?)
            }
        };
        Some(Place {
            provider: Arc::clone(provider),
            credential,
        })
    }

    /// How it is written down.
    pub(crate) fn origin(&self) -> Origin {
        Origin {
            provider: Arc::clone(&self.provider.name),
            credential: self.credential().map(|one| Arc::clone(&one.name)),
        }
    }

    pub(crate) fn credential(&self) -> Option<&CredentialPlan> {
        self.provider.credentials.get(self.credential?)
    }

    /// Whether it is asked over HTTP, below an address that is the dialect's own.
    pub(crate) fn is_plain(&self) -> bool {
        let is_plain = matches!(self.provider.platform, Platform::Plain);
        is_plain && matches!(self.provider.endpoint, Endpoint::Http { .. })
    }

    fn secret(&self) -> &str {
        self.credential().map_or("", |one| one.access.secret())
    }

    async fn proof(&self, worker: &Worker) -> Result<Proof, Failure> {
        Proof::of(&self.provider, self.credential(), &worker.shared.tokens).await
    }

    /// Sends a request on one of the worker's connections, and once more where that turned out to be
    /// dead.
    pub(crate) async fn send(
        &self,
        worker: &Worker,
        request: Request<Full<Pieces>>,
        body: &Pieces,
    ) -> Result<Response<Incoming>, Failure> {
        let proof = self.proof(worker).await?;
        let (pool, tls) = (&worker.pool, &worker.shared.tls);
        let (endpoint, waits) = (&self.provider.endpoint, self.provider.timeouts);
        let proven = || {
            let mut request = request.clone();
            proof.put(&mut request, body, worker.now());
            request
        };
        let mut sent = pool.send(tls, endpoint, proven(), waits).await;
        if matches!(sent, Err(SendError::Stale)) && request.method() != Method::POST {
            sent = pool.send(tls, endpoint, proven(), waits).await;
        }
        sent.map_err(|error| {
            let class = match error {
                SendError::Timeout(_) => FailureClass::Timeout,
                SendError::Unreachable(_) | SendError::Stale => FailureClass::Unreachable,
            };
            Failure::without_answer(class, error.to_string())
        })
    }

    /// Asks about a file or a batch and waits for the head of the answer. The sandbox answers inside
    /// the process.
    pub(crate) async fn open(
        &self,
        worker: &Worker,
        (method, path): (Method, &str),
        body: Option<Bytes>,
    ) -> Result<(http::response::Parts, Incoming), Failure> {
        if self.provider.endpoint == Endpoint::Sandbox {
            let sandbox = &worker.shared.sandbox;
            let body = body.unwrap_or_default();
            let (status, body) = sandbox.answer(&method, path, &body, worker.now());
            return Ok(in_process(status, body));
        }
        let kind = body
            .as_ref()
            .map(|_| HeaderValue::from_static("application/json"));
        let body = Pieces::from(body.unwrap_or_default());
        let sent = (kind, Full::new(body.clone()));
        let request = outgoing::file_request(&self.provider, (method, path), sent);
        let request = request.map_err(Failure::unsendable)?;
        let response = self.send(worker, request, &body).await?;
        Ok(response.into_parts())
    }

    /// Asks about a file or a batch. What the provider says of a request that is wrong is an answer
    /// too.
    pub(crate) async fn ask(
        &self,
        worker: &Worker,
        asked: (Method, &str),
        body: Option<Bytes>,
    ) -> Result<Told, Failure> {
        let (parts, incoming) = self.open(worker, asked, body).await?;
        self.told(worker, parts, incoming).await
    }

    /// Sends a body that is too large to be held, on a connection of its own.
    pub(crate) async fn upload<B: Sendable>(
        &self,
        worker: &Worker,
        path: &str,
        (kind, body): (HeaderValue, B),
    ) -> Result<Told, Failure> {
        let provider = &*self.provider;
        let unreachable = |why| Failure::without_answer(FailureClass::Unreachable, why);
        let sent = (Some(kind), body);
        let request = outgoing::file_request(provider, (Method::POST, path), sent);
        let mut request = request.map_err(Failure::unsendable)?;
        let proof = self.proof(worker).await?;
        proof.put(&mut request, &Pieces::default(), worker.now());
        let waits = provider.timeouts;
        let (mut sender, driver) =
            connect(&worker.shared.tls, &provider.endpoint, waits.connect_ms)
                .await
                .map_err(unreachable)?;
        let driver = tokio::task::spawn_local(driver);
        let told = async {
            let response = sender.send_request(request).await;
            let (parts, incoming) = response
                .map_err(|error| unreachable(broke(&error)))?
                .into_parts();
            self.told(worker, parts, incoming).await
        };
        let told = told.await;
        driver.abort();
        told
    }

    async fn told(
        &self,
        worker: &Worker,
        parts: http::response::Parts,
        mut incoming: impl crate::connection::Chunks,
    ) -> Result<Told, Failure> {
        let status = parts.status;
        if status.is_success() || is_about_the_request(status) {
            let body = read_whole(&mut incoming, self.provider.timeouts.idle_ms).await?;
            let is_json = scan(&body, []).is_ok();
            if is_json {
                return Ok(Told { status, body });
            }
            if status.is_success() {
                let why = "what came is no JSON object".to_owned();
                return Err(Failure::unreadable(why));
            }
        }
        Err(self.failed(worker, &parts, incoming).await)
    }

    /// How an answer that is none failed.
    pub(crate) async fn failed(
        &self,
        worker: &Worker,
        parts: &http::response::Parts,
        mut incoming: impl crate::connection::Chunks,
    ) -> Failure {
        let codec = outbound(self.provider.dialect);
        let head = Head::of(parts, codec.stream_type(), worker.now());
        let error = codec.decode_error(head.status, &read_error(&mut incoming).await);
        Failure::answered(&self.provider, &head, error, self.secret())
    }

    /// What a caller is told of a failure.
    pub(crate) fn refusal(&self, failure: Failure) -> Refusal {
        if !failure.class.fails_over() && failure.class != FailureClass::NotFound {
            return rejected(failure);
        }
        let (reason, told) = reason_of(failure.class);
        tracing::warn!(
            provider = %self.provider.name, class = failure.class.as_str(), note = failure.note,
            "a provider was asked about a file or a batch in vain"
        );
        let detail = format!("Provider {} did not answer: {told}.", self.provider.name);
        let mut refusal = Refusal::new(reason, detail).by(self.provider.rule.clone());
        refusal.retry_after = failure.retry_after;
        refusal
    }
}

/// Whether an answer with this status tells the caller what is wrong with the request.
fn is_about_the_request(status: StatusCode) -> bool {
    matches!(status.as_u16(), 400 | 404 | 409 | 413 | 415 | 422)
}

fn in_process(status: StatusCode, body: Bytes) -> (http::response::Parts, Incoming) {
    let mut response = Response::new(());
    *response.status_mut() = status;
    let script = Script::of((!body.is_empty()).then_some(body));
    (response.into_parts().0, Incoming::sandbox(script))
}
