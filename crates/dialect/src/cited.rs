//! Places in a text, which the dialects count in characters or in bytes.

/// The byte at which a character begins; the end of the text for one beyond it.
pub(crate) fn byte_of(text: &str, character: usize) -> usize {
    let found = text.char_indices().nth(character);
    found.map_or(text.len(), |(at, _)| at)
}

/// How many characters stand before a byte; one inside a character counts as its beginning.
pub(crate) fn character_of(text: &str, byte: usize) -> usize {
    text.char_indices().take_while(|(at, _)| *at < byte).count()
}

/// The characters from one up to another.
pub(crate) fn between(text: &str, (from, to): (usize, usize)) -> &str {
    text.get(byte_of(text, from)..byte_of(text, to))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_and_bytes_lead_to_each_other() {
        let text = "Gr\u{fc}ezi \u{1f600}!";
        for (character, byte) in [(0, 0), (2, 2), (3, 4), (7, 8), (8, 12), (9, 13)] {
            assert_eq!(byte_of(text, character), byte);
            assert_eq!(character_of(text, byte), character);
        }
        assert_eq!(byte_of(text, 99), text.len());
        assert_eq!(between(text, (2, 6)), "\u{fc}ezi");
        assert_eq!(between(text, (6, 2)), "");
    }
}
