//! Members that providers write in more than one way: a number that may be absent, null or of a
//! wrong type must not make a whole answer unreadable.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A count; anything that is no whole number of at least zero is absent.
pub(crate) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(Value::deserialize(deserializer)?.as_u64())
}

/// A text; anything else is absent.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(text) => Ok(Some(text)),
        _ => Ok(None),
    }
}
