//! Ids of tool calls as Bedrock takes them: at most 64 letters, digits and `_ - . :`.

use std::borrow::Cow;

use crate::ladder::split_thought;

const LONGEST: usize = 64;
/// How much of an id that is too long stays.
const KEPT: usize = 47;

/// The id of a call, in the call and in its result alike. Other characters are written as their
/// codes; what is too long is cut, and told apart by a sum of the whole.
pub(super) fn sent(id: &str) -> Cow<'_, str> {
    let (id, _) = split_thought(id);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if !id.is_empty() && id.len() <= LONGEST && id.chars().all(plain) {
        return Cow::Borrowed(id);
    }
    let mut coded = String::with_capacity(id.len() + 1);
    for letter in id.chars() {
        match plain(letter) {
            true => coded.push(letter),
            false => coded.push_str(&format!("_{:x}", u32::from(letter))),
        }
    }
    if coded.len() > LONGEST {
        coded.truncate(KEPT);
        coded.push_str(&format!("_{:016x}", sum(id)));
    }
    if coded.is_empty() {
        coded.push('_');
    }
    Cow::Owned(coded)
}

/// FNV-1a (Fowler, Noll and Vo): no secret depends on it.
fn sum(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_bedrock_does_not_take_are_written_so_that_it_does() {
        assert_eq!(sent("tooluse_a-B9"), "tooluse_a-B9");
        assert_eq!(sent("call 1|é"), "call_201_7c_e9");
        assert_eq!(sent("call_1__thought__AbC="), "call_1");
        assert_eq!(sent(""), "_");
        let (one, other) = ("x".repeat(65), format!("{}y", "x".repeat(64)));
        assert_eq!(sent(&one).len(), LONGEST);
        assert_ne!(sent(&one), sent(&other));
        assert_eq!(sent(&one), sent(&one.clone()));
    }
}
