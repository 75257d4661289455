//! What texts in specs may look like.

use crate::resource::SpecError;

/// Whether a text is the address of a server and a path on it.
pub(super) fn check_base_url(place: &str, url: &str) -> Result<(), SpecError> {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    let Some(rest) = rest else {
        return Err(SpecError::new(
            place,
            format!("\"{url}\" begins with neither https:// nor http://"),
        ));
    };
    let host = rest.split('/').next().unwrap_or_default();
    if host.is_empty() || host.contains('@') || url.ends_with('/') {
        let message = "write scheme, host and path, without user, without a slash at the end";
        return Err(SpecError::new(place, message));
    }
    let plain = url
        .bytes()
        .all(|b| b.is_ascii_graphic() && !b"?#\"<>\\^`{}|".contains(&b));
    if plain {
        Ok(())
    } else {
        Err(SpecError::new(
            place,
            "a base URL has no query and no spaces",
        ))
    }
}

/// Whether a text is the name of a header.
pub(super) fn check_header_name(place: &str, name: &str) -> Result<(), SpecError> {
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    if !name.is_empty() && name.bytes().all(token) {
        return Ok(());
    }
    Err(SpecError::new(place, "this is not the name of a header"))
}

/// Whether a text may stand in a path as it is.
pub(super) fn check_word(place: &str, word: &str) -> Result<(), SpecError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.:@".contains(&b);
    if !word.is_empty() && !word.contains("..") && word.bytes().all(plain) {
        return Ok(());
    }
    let message = "write letters, digits, and the signs - _ . : @";
    Err(SpecError::new(place, message))
}
