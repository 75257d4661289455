//! Connections to providers, kept per worker, so that nothing about them is shared or locked.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;
use std::task::{Context, Poll, Waker, ready};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::Full;
use tokio::task::spawn_local;
use tokio::time::timeout;
use tollgate_model::resources::Timeouts;
use tollgate_model::snapshot::Endpoint;

use crate::connection::{Chunks, Sender, broke, connect};
use crate::pieces::Pieces;
use crate::sandbox::Script;
use crate::tls::Tls;

/// The most connections that wait for the next call, per endpoint.
const IDLE_MOST: usize = 256;
/// How long a connection waits for the next call.
const IDLE_TIME: Duration = Duration::from_secs(60);

/// How long an answer that is complete may take to end.
const FINISH_TIME: Duration = Duration::from_secs(1);

type Idle = Rc<RefCell<HashMap<Endpoint, VecDeque<(Sender, Instant)>>>>;

/// How a request could not be brought to a provider.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SendError {
    /// No connection, or it broke before the head of the answer.
    #[error("{0}")]
    Unreachable(String),
    /// A connection that had waited for a call broke before the head of the answer. Providers close
    /// such connections when they like, also while a request is on its way: worth a second try.
    #[error("the connection was closed while it waited for a call")]
    Stale,
    /// The head of the answer did not come in time.
    #[error("no answer began within {0} ms")]
    Timeout(u32),
}

/// A worker's connections.
#[derive(Default)]
pub(crate) struct Pool {
    idle: Idle,
}

impl Pool {
    /// Sends a request and waits for the head of the answer. A connection that the provider had
    /// closed while it waited is replaced, as long as nothing of the request was sent on it.
    pub(crate) async fn send(
        &self,
        tls: &Tls,
        endpoint: &Endpoint,
        request: Request<Full<Pieces>>,
        waits: Timeouts,
    ) -> Result<Response<Incoming>, SendError> {
        let limit = Duration::from_millis(u64::from(waits.first_byte_ms));
        let exchange = self.exchange(tls, endpoint, request, waits);
        timeout(limit, exchange)
            .await
            .unwrap_or(Err(SendError::Timeout(waits.first_byte_ms)))
    }

    async fn exchange(
        &self,
        tls: &Tls,
        endpoint: &Endpoint,
        mut request: Request<Full<Pieces>>,
        waits: Timeouts,
    ) -> Result<Response<Incoming>, SendError> {
        while let Some(mut sender) = self.take(endpoint) {
            if sender.ready().await.is_err() {
                continue;
            }
            match sender.try_send_request(request).await {
                Ok(response) => return Ok(self.answer(endpoint, sender, response)),
                Err(mut failed) => match failed.take_message() {
                    Some(unsent) => request = unsent,
                    None if failed.error().is_parse() => {
                        return Err(SendError::Unreachable(broke(failed.error())));
                    }
                    None => {
                        // What waited beside it has been closed as well, or is about to be.
                        self.idle.borrow_mut().remove(endpoint);
                        return Err(SendError::Stale);
                    }
                },
            }
        }
        let (mut sender, driver) = connect(tls, endpoint, waits.connect_ms)
            .await
            .map_err(SendError::Unreachable)?;
        spawn_local(driver);
        let response = sender
            .send_request(request)
            .await
            .map_err(|error| SendError::Unreachable(broke(&error)))?;
        Ok(self.answer(endpoint, sender, response))
    }

    fn take(&self, endpoint: &Endpoint) -> Option<Sender> {
        let mut idle = self.idle.borrow_mut();
        let waiting = idle.get_mut(endpoint)?;
        while let Some((sender, since)) = waiting.pop_back() {
            if !sender.is_closed() && since.elapsed() <= IDLE_TIME {
                return Some(sender);
            }
        }
        None
    }

    fn answer(
        &self,
        endpoint: &Endpoint,
        sender: Sender,
        response: Response<hyper::body::Incoming>,
    ) -> Response<Incoming> {
        let back = Some(Lent {
            idle: Rc::clone(&self.idle),
            endpoint: endpoint.clone(),
            sender,
        });
        response.map(|body| Incoming {
            source: Source::Http { body, back },
        })
    }
}

/// A connection that carries an answer and waits for the next call once all of it was read.
struct Lent {
    idle: Idle,
    endpoint: Endpoint,
    sender: Sender,
}

impl Lent {
    fn give_back(self) {
        if self.sender.is_closed() {
            return;
        }
        let now = Instant::now();
        let mut idle = self.idle.borrow_mut();
        let waiting = match idle.get_mut(&self.endpoint) {
            Some(waiting) => waiting,
            None => idle.entry(self.endpoint).or_default(),
        };
        while waiting
            .front()
            .is_some_and(|(_, since)| now.duration_since(*since) > IDLE_TIME)
        {
            waiting.pop_front();
        }
        if waiting.len() < IDLE_MOST {
            waiting.push_back((self.sender, now));
        }
    }
}

/// The body of a provider's answer. Dropped before its end, it takes the connection with it, so
/// that the provider stops.
pub(crate) struct Incoming {
    source: Source,
}

enum Source {
    Http {
        body: hyper::body::Incoming,
        back: Option<Lent>,
    },
    Sandbox(Script),
    Nothing,
}

impl Incoming {
    /// An answer that the sandbox makes.
    pub(crate) fn sandbox(script: Script) -> Incoming {
        Incoming {
            source: Source::Sandbox(script),
        }
    }

    /// The rest of an answer of which nothing is left.
    pub(crate) const fn nothing() -> Incoming {
        Incoming {
            source: Source::Nothing,
        }
    }

    /// Reads what may still come after the last piece that matters, which is the end of the body, so
    /// that the connection can be kept for the next call.
    pub(crate) fn finish(mut self) {
        match self.poll_chunk(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(None | Some(Err(_))) => {}
            Poll::Ready(Some(Ok(_))) | Poll::Pending => {
                spawn_local(async move {
                    let rest = async { while let Some(Ok(_)) = self.chunk().await {} };
                    // One that does not end soon is not worth keeping.
                    let _ = timeout(FINISH_TIME, rest).await;
                });
            }
        }
    }
}

impl Chunks for Incoming {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, String>>> {
        let (body, back) = match &mut self.source {
            Source::Sandbox(script) => return script.poll_chunk(cx),
            Source::Nothing => return Poll::Ready(None),
            Source::Http { body, back } => (body, back),
        };
        let next = ready!(body.poll_chunk(cx));
        let is_read = match &next {
            None => true,
            Some(Ok(_)) => body.is_end_stream(),
            Some(Err(_)) => false,
        };
        if is_read && let Some(lent) = back.take() {
            lent.give_back();
        }
        Poll::Ready(next)
    }
}
