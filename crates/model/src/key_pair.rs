//! Key pairs in AWS's form, for callers whose SDK signs its requests: every API key has one.
//!
//! The access key id is the key's hash in other letters, so that it is looked up as the key itself is.
//! The secret access key is made of that hash under a root that only the gateway's nodes know: nothing
//! secret is stored, and who reads the store, or an export of it, can sign nothing.

use std::fmt;

use aws_lc_rs::hmac;

use crate::KeyHash;
use crate::ids::base62;

/// What an access key id begins with.
const PREFIX: &str = "TGAK";

/// Makes the secrets of key pairs. Never printed.
#[derive(Clone)]
pub struct KeyPairs(hmac::Key);

impl fmt::Debug for KeyPairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyPairs")
    }
}

impl KeyPairs {
    /// The pairs under this root, which must be secret and random. Another root makes other secrets.
    pub fn new(root: &[u8; 32]) -> KeyPairs {
        KeyPairs(hmac::Key::new(hmac::HMAC_SHA256, root))
    }

    /// The secret access key of the API key of this hash: 43 letters and digits.
    pub fn secret_access_key(&self, hash: &KeyHash) -> String {
        let tag = hmac::sign(&self.0, &hash.0);
        let mut bytes = [0; 32];
        bytes.copy_from_slice(tag.as_ref());
        base62::from_bytes(bytes)
    }
}

/// The access key id of the API key of this hash: `TGAK` and 43 letters and digits. It is no secret.
pub fn access_key_id(hash: &KeyHash) -> String {
    format!("{PREFIX}{}", base62::from_bytes(hash.0))
}

/// The hash of the API key that has this access key id; `None` where it is no id of ours.
pub fn hash_of(access_key_id: &str) -> Option<KeyHash> {
    base62::to_bytes(access_key_id.strip_prefix(PREFIX)?).map(KeyHash)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_secret_depends_on_the_key_and_on_the_root() {
        let (one, other) = (KeyPairs::new(&[1; 32]), KeyPairs::new(&[2; 32]));
        let (web, app) = (KeyHash::of(b"web"), KeyHash::of(b"app"));
        let secret = one.secret_access_key(&web);
        assert_eq!(secret.len(), 43);
        assert_eq!(secret, one.secret_access_key(&web));
        assert_ne!(secret, one.secret_access_key(&app));
        assert_ne!(secret, other.secret_access_key(&web));
        assert_eq!(format!("{one:?}"), "KeyPairs");
    }

    #[test]
    fn what_is_no_access_key_id_of_ours_names_no_key() {
        let id = access_key_id(&KeyHash([255; 32]));
        assert_eq!(id.len(), 47);
        let beyond = format!("TGAK{}", "z".repeat(43));
        for text in [
            "",
            "TGAK",
            "AKIAIOSFODNN7EXAMPLE",
            &id[..46],
            &beyond,
            &id.replace('T', "t"),
        ] {
            assert_eq!(hash_of(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_access_key_id_tells_the_hash(bytes in any::<[u8; 32]>()) {
            let hash = KeyHash(bytes);
            prop_assert_eq!(hash_of(&access_key_id(&hash)), Some(hash));
        }
    }
}
