//! What is open on a worker: connections and sessions. A worker that stops waits for them.

use std::cell::Cell;
use std::rc::Rc;

use tokio::sync::Notify;

/// What is open.
#[derive(Default)]
pub(crate) struct Open {
    count: Cell<usize>,
    one_closed: Notify,
}

/// One that is open, until it is dropped.
pub(crate) struct Guard(Rc<Open>);

impl Open {
    /// Counts one more.
    pub(crate) fn enter(self: &Rc<Open>) -> Guard {
        self.count.set(self.count.get() + 1);
        Guard(Rc::clone(self))
    }

    /// How many are open.
    pub(crate) fn count(&self) -> usize {
        self.count.get()
    }

    /// Waits until none is open.
    pub(crate) async fn none(&self) {
        while self.count.get() > 0 {
            self.one_closed.notified().await;
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.count.set(self.0.count.get().saturating_sub(1));
        self.0.one_closed.notify_one();
    }
}
