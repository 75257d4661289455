//! Randomness for secrets, from the operating system through the crypto library: the one place
//! where the control side and the binary get it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tollgate_model::ids::key_text;

use crate::problem::Problem;

/// The system gives no random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the system gives no random bytes")]
pub struct NoRandomness;

impl From<NoRandomness> for Problem {
    fn from(why: NoRandomness) -> Problem {
        Problem::internal(why)
    }
}

/// Random bytes. Fails where the system has none to give.
pub fn bytes<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    let filled = aws_lc_rs::rand::fill(&mut bytes);
    filled.map(|()| bytes).map_err(|_| NoRandomness)
}

/// A new API key: 256 random bits. Fails where the system has no random bytes.
pub fn key() -> Result<String, NoRandomness> {
    bytes().map(key_text::from_random)
}

/// A secret of 256 random bits, written as an API key is (base 62 with a checksum) behind a prefix
/// of its own, so that a scanner for leaked secrets can tell what it found. Fails where the system
/// has no random bytes.
pub fn token(prefix: &str) -> Result<String, NoRandomness> {
    let key = key()?;
    let body = key.strip_prefix("tg_").unwrap_or(&key);
    Ok(format!("{prefix}{body}"))
}

/// The token of a session: `tgc_`, and 256 random bits.
pub(crate) fn session_token() -> Result<String, NoRandomness> {
    let body = URL_SAFE_NO_PAD.encode(bytes::<32>()?);
    Ok(format!("tgc_{body}"))
}
