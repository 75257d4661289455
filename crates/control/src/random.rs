//! Randomness for secrets, from the operating system through the crypto library.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tollgate_model::ids::key_text;

use crate::problem::Problem;

/// Random bytes.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], Problem> {
    let mut bytes = [0; N];
    let filled = aws_lc_rs::rand::fill(&mut bytes);
    filled.map_err(|_| Problem::internal("the system gives no random bytes"))?;
    Ok(bytes)
}

/// The token of a one-time link: `tgs_`, and 256 random bits as an API key has them, so that a
/// scanner for leaked secrets can tell what it found.
pub(crate) fn link_token() -> Result<String, Problem> {
    let key = key_text::from_random(bytes()?);
    let body = key.strip_prefix("tg_").unwrap_or(&key);
    Ok(format!("tgs_{body}"))
}

/// The token of a session: `tgc_`, and 256 random bits.
pub(crate) fn session_token() -> Result<String, Problem> {
    let body = URL_SAFE_NO_PAD.encode(bytes::<32>()?);
    Ok(format!("tgc_{body}"))
}
