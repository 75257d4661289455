//! How long a session may last and be silent.

use std::cell::Cell;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use tollgate_model::{Reason, Refusal};

/// Whether a session is alive.
pub(super) struct Pulse {
    idle: Duration,
    ends: Instant,
    whole: Duration,
    last: Cell<Instant>,
}

impl Pulse {
    /// A session that begins now.
    pub(super) fn new(idle: Duration, whole: Duration) -> Pulse {
        let now = Instant::now();
        Pulse {
            idle,
            ends: now + whole,
            whole,
            last: Cell::new(now),
        }
    }

    /// An event has passed.
    pub(super) fn beat(&self) {
        self.last.set(Instant::now());
    }

    /// Waits until the session has lasted or been silent for too long, and says which.
    pub(super) async fn stops(&self) -> Refusal {
        loop {
            let silent = self.last.get() + self.idle;
            let next = silent.min(self.ends);
            if Instant::now() < next {
                sleep_until(next).await;
                continue;
            }
            let detail = if next == self.ends {
                let seconds = self.whole.as_secs();
                format!("The session has lasted {seconds} s, which is as long as one may.")
            } else {
                let seconds = self.idle.as_secs();
                format!("Nothing was said in the session for {seconds} s.")
            };
            return Refusal::new(Reason::SessionOver, detail);
        }
    }
}
