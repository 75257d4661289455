//! Calling the gateway's own listener, each time over a connection of its own.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::HttpBody;
use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Sends a call over a connection of its own.
pub(crate) async fn send(gateway: SocketAddr, call: Request) -> Result<Response<Relay>, SendError> {
    let stream = TcpStream::connect(gateway).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let mut driver = JoinSet::new();
    driver.spawn(async {
        // What breaks here breaks the answer too, which tells of it.
        let _ = connection.await;
    });
    let answer = sender.send_request(call).await?;
    Ok(answer.map(|body| Relay {
        body,
        _driver: driver,
    }))
}

/// Why a call did not come to its answer. Says nothing of the call.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(crate) enum SendError {
    /// There is no connection.
    Connect(#[from] io::Error),
    /// It broke.
    Exchange(#[from] hyper::Error),
}

/// The body of the gateway's answer. Its connection ends with it, so that the gateway sees when the
/// browser hangs up.
pub(crate) struct Relay {
    body: Incoming,
    _driver: JoinSet<()>,
}

impl HttpBody for Relay {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
