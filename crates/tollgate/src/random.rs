//! Randomness for secrets, from the operating system through the crypto library.

use tollgate_model::ids::key_text;

use crate::failure::Failure;

/// 32 random bytes.
pub(crate) fn bytes() -> Result<[u8; 32], Failure> {
    let mut random = [0; 32];
    aws_lc_rs::rand::fill(&mut random)
        .map_err(|_| Failure::Fault("the system gives no randomness".to_owned()))?;
    Ok(random)
}

/// A secret of 256 random bits, written as an API key is (base 62 with a checksum) behind a prefix
/// of its own, so that a scanner for leaked secrets can tell what it found.
pub(crate) fn token(prefix: &str) -> Result<String, Failure> {
    let key = key_text::from_random(bytes()?);
    let body = key.strip_prefix("tg_").unwrap_or(&key);
    Ok(format!("{prefix}{body}"))
}
