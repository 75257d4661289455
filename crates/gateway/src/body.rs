//! The body of our answers.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::download::Download;
use crate::stream::Relay;

/// The body of an answer: all at once, or relayed as it comes.
pub(crate) enum Reply {
    /// All at once; empty once it was sent.
    Whole(Bytes),
    /// Relayed from a provider.
    Relay(Box<Relay>),
    /// A file, as it comes from a provider.
    Download(Box<Download>),
}

/// An answer ends before its end, and the connection with it: nothing else tells the caller so.
#[derive(Debug, thiserror::Error)]
#[error("the provider's answer broke off")]
pub(crate) struct BrokenOff;

impl Body for Reply {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        match self.get_mut() {
            Reply::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Reply::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Reply::Download(download) => download
                .poll_next(cx)
                .map(|next| next.map(|piece| piece.map(Frame::data).map_err(|_| BrokenOff))),
            Reply::Relay(relay) => match relay.poll_next(cx) {
                Poll::Ready(None) if relay.breaks() => Poll::Ready(Some(Err(BrokenOff))),
                next => next.map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes)))),
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Reply::Whole(bytes) => bytes.is_empty(),
            Reply::Download(_) => false,
            Reply::Relay(relay) => relay.is_finished(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Reply::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Reply::Relay(_) | Reply::Download(_) => SizeHint::default(),
        }
    }
}
