//! An answer to a task, as it comes from a provider and as it goes on.

use bytes::Bytes;
use http::HeaderValue;
use tollgate_dialect::codec::Tap;
use tollgate_model::Usage;

use crate::pool::Incoming;

/// An answer as it comes from a provider.
pub(crate) struct Came {
    /// Its content type, where it says one.
    pub(crate) kind: Option<HeaderValue>,
    pub(crate) body: Incoming,
}

/// An answer, once an attempt has succeeded.
pub(crate) struct Given {
    pub(crate) kind: HeaderValue,
    pub(crate) content: Content,
}

/// What an answer is made of.
pub(crate) enum Content {
    /// All of it, as the caller gets it.
    Whole {
        bytes: Bytes,
        usage: Option<Usage>,
        /// Units of the answer; see [`tollgate_dialect::task::Head::estimate`].
        delivered: u64,
    },
    /// Its beginning, where the rest comes from, and how it passes.
    Stream {
        first: Bytes,
        rest: Incoming,
        passing: Passing,
    },
}

/// How a streamed answer to a task passes.
pub(crate) struct Passing {
    /// Reads it as it goes by.
    pub(crate) tap: Box<dyn Tap + Send>,
    /// Whether it is sound, into which no word of ours may be put.
    pub(crate) sound: bool,
}
