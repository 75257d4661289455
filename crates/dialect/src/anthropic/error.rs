//! Errors, as answers of their own and in place of answers.

use serde_json::Value;

use crate::codec::ProviderError;
use crate::fault;

/// Reads an error answer.
pub(super) fn read(status: u16, body: &[u8]) -> ProviderError {
    fault::read(status, body).0
}

/// The error under `error` of an answer or event that is one.
pub(super) fn told(error: &Value) -> ProviderError {
    fault::from_json(error).unwrap_or_else(|| ProviderError {
        message: "The provider told of an error and did not say which.".to_owned(),
        ..ProviderError::default()
    })
}
