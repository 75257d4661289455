//! Patterns of model names: `*` stands for any text, `#` for one digit, all else for itself.

/// Whether a name fits a pattern. Both are compared as they are: fold their case before.
///
/// Takes at most `pattern.len() * name.len()` steps, whatever they are.
///
/// ```
/// use tollgate_catalog::glob::fits;
///
/// assert!(fits("gpt-6-sol-####-##-##", "gpt-6-sol-2026-09-22"));
/// assert!(!fits("gpt-6-sol-####-##-##", "gpt-6-sol-latest"));
/// ```
pub fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut at, mut read) = (0, 0);
    // Where the last star stood and how much of the name it has swallowed so far.
    let mut star: Option<(usize, usize)> = None;
    loop {
        match (pattern.get(at), name.get(read)) {
            (Some(b'*'), _) => {
                star = Some((at, read));
                at += 1;
            }
            (Some(wanted), Some(byte)) if is_of(*wanted, *byte) => {
                at += 1;
                read += 1;
            }
            (None, None) => return true,
            _ => match star {
                Some((stood, swallowed)) if swallowed < name.len() => {
                    star = Some((stood, swallowed + 1));
                    at = stood + 1;
                    read = swallowed + 1;
                }
                _ => return false,
            },
        }
    }
}

/// Whether a pattern is a plain name.
pub fn is_plain(pattern: &str) -> bool {
    !pattern.bytes().any(|byte| matches!(byte, b'*' | b'#'))
}

fn is_of(wanted: u8, byte: u8) -> bool {
    if wanted == b'#' {
        byte.is_ascii_digit()
    } else {
        wanted == byte
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn stars_and_digits_stand_for_what_they_should() {
        for (pattern, name, fit) in [
            ("gpt-4o", "gpt-4o", true),
            ("gpt-4o", "gpt-4o-mini", false),
            ("gpt-4o*", "gpt-4o", true),
            ("gpt-4o*", "gpt-4o-mini", true),
            ("*-tts", "gemini-tts", true),
            ("*-tts", "gemini-tts-1", false),
            ("*-tts-*", "gemini-tts-1", true),
            ("*o*o*", "foo", true),
            ("*o*o*", "fo", false),
            ("a*b*c", "abbbcxc", true),
            ("grok-4.3-########", "grok-4.3-20260901", true),
            ("grok-4.3-########", "grok-4.3-2026090a", false),
            ("", "", true),
            ("", "x", false),
            ("*", "", true),
        ] {
            assert_eq!(fits(pattern, name), fit, "{pattern} {name}");
        }
    }

    /// The same by the definition, slowly.
    fn by_definition(pattern: &[u8], name: &[u8]) -> bool {
        match (pattern.split_first(), name.split_first()) {
            (None, None) => true,
            (Some((b'*', rest)), None) => by_definition(rest, name),
            (Some((b'*', rest)), Some((_, tail))) => {
                by_definition(rest, name) || by_definition(pattern, tail)
            }
            (Some((wanted, rest)), Some((byte, tail))) => {
                is_of(*wanted, *byte) && by_definition(rest, tail)
            }
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn fits_is_what_the_definition_says(pattern in "[ab#*]{0,8}", name in "[ab1]{0,10}") {
            let slow = by_definition(pattern.as_bytes(), name.as_bytes());
            prop_assert_eq!(fits(&pattern, &name), slow);
        }

        #[test]
        fn a_plain_pattern_fits_only_itself(pattern in "[a-c]{0,4}", name in "[a-c]{0,4}") {
            prop_assert!(is_plain(&pattern));
            prop_assert_eq!(fits(&pattern, &name), pattern == name);
        }
    }
}
