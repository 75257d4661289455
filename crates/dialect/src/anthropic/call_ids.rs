//! Ids of tool calls with the thought signature of another vendor in them, for callers that send
//! back nothing but the id. The dialect takes letters, digits, `_` and `-` in an id, so that the
//! signature, which is base64, travels in the alphabet for addresses and without its padding.

use std::borrow::Cow;

use crate::ladder::{split_thought, with_thought};

/// An id as it is written.
pub(crate) fn written<'a>(id: &'a str, signature: Option<&str>) -> Cow<'a, str> {
    let plain: Option<String> = signature.map(|signature| {
        let letters = signature.trim_end_matches('=').chars();
        letters
            .map(|letter| match letter {
                '+' => '-',
                '/' => '_',
                other => other,
            })
            .collect()
    });
    with_thought(id, plain.as_deref())
}

/// An id as it was, and the signature that was in it.
pub(crate) fn read(written: &str) -> (String, Option<String>) {
    let (id, plain) = split_thought(written);
    let signature = plain.map(|plain| {
        let letters = plain.trim_end_matches('=').chars();
        let mut signature: String = letters
            .map(|letter| match letter {
                '-' => '+',
                '_' => '/',
                other => other,
            })
            .collect();
        while !signature.len().is_multiple_of(4) {
            signature.push('=');
        }
        signature
    });
    (id.to_owned(), signature)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gm_08_a_signature_travels_in_letters_that_an_id_may_have() {
        for signature in ["Cg+/YWJj", "YQ==", "YWI="] {
            let id = written("call_1", Some(signature));
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
            assert!(id.chars().all(plain), "{id}");
            let want = ("call_1".to_owned(), Some(signature.to_owned()));
            assert_eq!(read(&id), want);
        }
        assert_eq!(written("a:1", None), "a:1");
        assert_eq!(read("a:1"), ("a:1".to_owned(), None));
    }
}
