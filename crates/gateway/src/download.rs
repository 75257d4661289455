//! A file on its way from a provider to a caller, as it comes.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, Sleep, sleep};

use crate::connection::Chunks;
use crate::pool::Incoming;

/// A file under way. Dropped before its end, it takes the connection with it.
pub(crate) struct Download {
    incoming: Incoming,
    /// How long the provider may pause.
    idle: Duration,
    timer: Pin<Box<Sleep>>,
    ended: bool,
}

impl Download {
    /// What comes from a provider that may pause for so many milliseconds.
    pub(crate) fn new(incoming: Incoming, idle_ms: u32) -> Download {
        let idle = Duration::from_millis(u64::from(idle_ms));
        Download {
            incoming,
            idle,
            timer: Box::pin(sleep(idle)),
            ended: false,
        }
    }

    /// The next piece; the error is for the operator, and nothing follows it.
    pub(crate) fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, String>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        if let Poll::Ready(next) = self.incoming.poll_chunk(cx) {
            let after = Instant::now() + self.idle;
            self.timer.as_mut().reset(after);
            self.ended = !matches!(next, Some(Ok(_)));
            if let Some(Err(why)) = &next {
                tracing::warn!(why, "a file broke off on its way from a provider");
            }
            return Poll::Ready(next);
        }
        if self.timer.as_mut().poll(cx).is_ready() {
            self.ended = true;
            return Poll::Ready(Some(Err("the file stood still".to_owned())));
        }
        Poll::Pending
    }
}
