//! The one place where the time of day is read. Everything else takes it as an argument.

use std::time::{SystemTime, UNIX_EPOCH};

use tollgate_model::Micros;

/// Now. A clock before 1970 reads as the epoch, one after the year 290000 as the last moment.
#[allow(clippy::disallowed_methods)]
pub(crate) fn now() -> Micros {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
