//! A WebSocket (RFC 6455) to a caller or a provider, and what a caller wants of the one it asks for.

use http::HeaderValue;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

/// What a WebSocket runs over.
pub(crate) trait Wire: AsyncRead + AsyncWrite + Unpin {}

impl<T: AsyncRead + AsyncWrite + Unpin> Wire for T {}

/// A WebSocket whose handshake is done.
pub(crate) type Socket = WebSocketStream<Box<dyn Wire>>;

/// A WebSocket over a connection whose handshake is done. No message, whole or in parts, may be longer
/// than `most` bytes.
pub(crate) async fn socket(wire: impl Wire + 'static, role: Role, most: usize) -> Socket {
    let config = WebSocketConfig::default()
        .max_message_size(Some(most))
        .max_frame_size(Some(most));
    let wire: Box<dyn Wire> = Box::new(wire);
    WebSocketStream::from_raw_socket(wire, role, Some(config)).await
}

/// A session that a caller asks for.
pub(crate) struct Wish {
    /// The model as the caller names it.
    pub(crate) model: String,
    /// The parameters of the query that are the provider's business: empty, or `a=b&c=d`.
    pub(crate) query: String,
    /// The subprotocols that the caller speaks, without those that carry a key.
    pub(crate) protocols: Vec<String>,
    /// The keys that stand where only callers of sessions put them.
    pub(crate) keys: Vec<String>,
    /// The proof that its handshake was understood.
    pub(crate) accept: Option<HeaderValue>,
}

impl Wish {
    /// Nothing but a model: what a part of a session has.
    pub(crate) fn of(model: &str) -> Wish {
        Wish {
            model: model.to_owned(),
            query: String::new(),
            protocols: Vec::new(),
            keys: Vec::new(),
            accept: None,
        }
    }
}

/// A session that a provider has opened.
pub(crate) struct Dialed {
    pub(crate) socket: Socket,
    /// The subprotocol that it speaks.
    pub(crate) protocol: Option<HeaderValue>,
}
