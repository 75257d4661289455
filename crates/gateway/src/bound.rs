//! The most that a request for an answer can use.

use tollgate_dialect::codec::Head;
use tollgate_model::UsageClass;
use tollgate_model::price::Asked;

use crate::quantities::{PICTURES_MOST, REMOTE_PART_SECONDS};

/// Tokens that one part of a prompt can cost whose bytes are not in the request: a picture at an
/// address, a stored file.
const REMOTE_PART_TOKENS: u64 = 65_536;
/// Tokens of an answer where nobody says how long it can be.
pub(crate) const UNKNOWN_OUTPUT: u64 = 128_000;

/// What a request for an answer can use besides tokens of it, whose prompt has so many bytes.
pub(crate) fn asked(bytes: u64, chat: &Head) -> Asked {
    let mut asked = Asked::of_bytes(bytes).with(UsageClass::WebSearches, chat.searches.into());
    let remote = u64::from(chat.remote_parts);
    asked.prompt_tokens = remote
        .saturating_mul(REMOTE_PART_TOKENS)
        .saturating_add(bytes);
    let heard = remote.saturating_mul(REMOTE_PART_SECONDS);
    let seconds = asked.apart.get(UsageClass::AudioSeconds).unwrap_or(0);
    let pictures = u64::from(chat.answers).saturating_mul(PICTURES_MOST);
    asked
        .with(UsageClass::AudioSeconds, seconds.saturating_add(heard))
        .with(UsageClass::Images, pictures)
}
