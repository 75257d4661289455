//! What a scripted upstream was asked.

use tokio::sync::watch;

/// A request as it arrived.
#[derive(Debug)]
pub struct Received {
    /// The method, such as `POST`.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// The headers in order; names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, without transfer coding.
    pub body: Vec<u8>,
    /// Which connection it came on, counted from 0: two requests with the same number shared one.
    pub connection: usize,
    pub(crate) gone: watch::Sender<bool>,
}

impl Received {
    /// The value of the first header of this name (in lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The body as JSON. Panics where it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("the body of the request is JSON")
    }

    /// Whether the client hung up before the answer was complete.
    pub fn is_client_gone(&self) -> bool {
        *self.gone.borrow()
    }

    /// Waits until the client hangs up before the answer is complete. Never returns where it does
    /// not: set a time limit around it.
    pub async fn client_gone(&self) {
        let mut gone = self.gone.subscribe();
        // The sender lives in `self`, so the wait cannot fail.
        let _ = gone.wait_for(|gone| *gone).await;
    }
}
