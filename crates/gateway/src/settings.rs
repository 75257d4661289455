//! How the gateway runs.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tollgate_model::Micros;

/// Where the time comes from.
pub type Clock = Arc<dyn Fn() -> Micros + Send + Sync>;

/// Limits on what a caller may send and how long the gateway waits for it.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The largest body of a request, in bytes.
    pub body_bytes: usize,
    /// The largest body of a request that brings files, in bytes.
    pub upload_bytes: usize,
    /// The largest body of a request that brings a file to be kept, in bytes.
    pub file_bytes: u64,
    /// The largest headers of a request, in bytes.
    pub header_bytes: usize,
    /// How long the headers may take to arrive.
    pub header_timeout: Duration,
    /// How long a pause within a body may be.
    pub body_timeout: Duration,
    /// How many targets and credentials one call may try.
    pub attempts: u32,
    /// The largest message of a realtime session, in bytes, either way.
    pub message_bytes: usize,
    /// How long a realtime session may be silent.
    pub session_idle: Duration,
    /// How long a realtime session may last.
    pub session: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            body_bytes: 20 * 1024 * 1024,
            upload_bytes: 32 * 1024 * 1024,
            file_bytes: 512 * 1024 * 1024,
            header_bytes: 1024 * 1024,
            header_timeout: Duration::from_secs(30),
            body_timeout: Duration::from_secs(60),
            attempts: 3,
            message_bytes: 16 * 1024 * 1024,
            session_idle: Duration::from_secs(15 * 60),
            session: Duration::from_secs(60 * 60),
        }
    }
}

/// How the gateway runs.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// How many workers; at least one, and as many as there are journals.
    pub workers: usize,
    /// What a caller may send.
    pub limits: Limits,
    /// How many bytes of answers are kept in memory.
    pub cache_bytes: usize,
    /// Whether the last bytes of an answer wait until its settlement is on disk.
    pub strict_settlement: bool,
    /// How often a provider is asked how a batch goes.
    pub batch_pause: Duration,
    /// Whether a batch of which its provider knows nothing any more is charged what was set aside for
    /// it.
    pub charge_lost: bool,
}
