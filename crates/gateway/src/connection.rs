//! One connection to a provider, and the body of an answer that comes on it.

use std::error::Error;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::Body;
use http_body_util::Full;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::rt::{Read, Write};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tollgate_model::snapshot::Endpoint;

use crate::pieces::Pieces;
use crate::tls::Tls;

/// Sends requests with bodies of a kind on a connection.
pub(crate) type Sender<B = Full<Pieces>> = SendRequest<B>;

/// The body of a request.
pub(crate) trait Sendable:
    Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static
{
}

impl<B> Sendable for B where
    B: Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static
{
}

/// Runs a connection until it ends: nothing moves on it while nobody polls this.
pub(crate) type Driver = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Connects, in at most so many milliseconds, TLS included. The error is for the operator.
pub(crate) async fn connect<B: Sendable>(
    tls: &Tls,
    endpoint: &Endpoint,
    most_ms: u32,
) -> Result<(Sender<B>, Driver), String> {
    let limit = Duration::from_millis(u64::from(most_ms));
    timeout(limit, open(tls, endpoint))
        .await
        .unwrap_or_else(|_| Err(format!("no connection within {most_ms} ms")))
}

async fn open<B: Sendable>(tls: &Tls, endpoint: &Endpoint) -> Result<(Sender<B>, Driver), String> {
    let Endpoint::Http {
        tls: encrypted,
        host,
        port,
        ca_file,
        ..
    } = endpoint
    else {
        return Err("the sandbox has no address".to_owned());
    };
    let stream = TcpStream::connect((host.as_str(), *port))
        .await
        .map_err(|error| format!("no connection to {host} port {port}: {error}"))?;
    stream
        .set_nodelay(true)
        .map_err(|error| format!("no connection to {host}: {error}"))?;
    if *encrypted {
        handshake(tls.connect(stream, host, ca_file.as_ref()).await?).await
    } else {
        handshake(stream).await
    }
}

async fn handshake<S, B: Sendable>(stream: S) -> Result<(Sender<B>, Driver), String>
where
    TokioIo<S>: Read + Write + Unpin + Send + 'static,
{
    let (sender, connection) = http1::Builder::new()
        .max_buf_size(256 * 1024)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|error| format!("the provider does not speak HTTP/1.1: {error}"))?;
    let driver = async move {
        if let Err(error) = connection.with_upgrades().await {
            tracing::debug!(%error, "a connection to a provider ended");
        }
    };
    Ok((sender, Box::pin(driver)))
}

/// Why no answer began on a connection, for the operator.
pub(crate) fn broke(error: &hyper::Error) -> String {
    format!("the connection broke before an answer began: {error}")
}

/// The body of an answer, piece by piece.
pub(crate) trait Chunks {
    /// The next piece; `None` at the end. The error is for the operator.
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, String>>>;

    /// The next piece; `None` at the end. The error is for the operator.
    fn chunk(&mut self) -> impl Future<Output = Option<Result<Bytes, String>>> {
        poll_fn(move |cx| self.poll_chunk(cx))
    }
}

impl Chunks for hyper::body::Incoming {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, String>>> {
        loop {
            let Some(frame) = ready!(Pin::new(&mut *self).poll_frame(cx)) else {
                return Poll::Ready(None);
            };
            match frame {
                // Trailers are of no use here.
                Ok(frame) => {
                    if let Ok(data) = frame.into_data() {
                        return Poll::Ready(Some(Ok(data)));
                    }
                }
                Err(error) => {
                    return Poll::Ready(Some(Err(format!("the answer broke off: {error}"))));
                }
            }
        }
    }
}
