//! The dialect towards providers.

pub(super) mod answer;
mod input;
pub(super) mod request;
pub(super) mod stream;
