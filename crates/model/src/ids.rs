//! Names, ids and hashes.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::text::parsed;

/// The name of a resource: 1 to 128 characters, letters, digits and `. _ - : @`, beginning with a
/// letter or digit. No slash: `provider/model` splits at it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<str>);

/// Why a text is not a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is not a name: use 1 to 128 letters, digits and . _ - : @, beginning with a letter or digit"
)]
pub struct NameError(String);

impl Name {
    /// The text of the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name, shared.
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Name, NameError> {
        let first = text
            .bytes()
            .next()
            .is_some_and(|b| b.is_ascii_alphanumeric());
        let rest = text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-:@".contains(&b));
        if first && rest && text.len() <= 128 {
            Ok(Name(text.into()))
        } else {
            Err(NameError(text.chars().take(140).collect()))
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Name, D::Error> {
        parsed(deserializer, str::parse)
    }
}

impl JsonSchema for Name {
    fn schema_name() -> Cow<'static, str> {
        "Name".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}$",
            "description": "The name of a resource."
        })
    }
}

/// The id of one call: 128 bits whose first 48 are the time in milliseconds (UUID version 7), so
/// that ids sort by time. Written as `call_` and 26 characters of Crockford's base 32.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u128);

const CROCKFORD: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The value of each byte as a digit, capitals included; 255 for a byte that is none.
const DIGITS: [u8; 256] = {
    let mut digits = [255; 256];
    let mut value = 0;
    while value < CROCKFORD.len() {
        let digit = CROCKFORD[value];
        digits[digit as usize] = value as u8;
        digits[digit.to_ascii_uppercase() as usize] = value as u8;
        value += 1;
    }
    digits
};

impl CallId {
    /// Reads `call_…` (the prefix may be missing, capitals are accepted). `None` where it is no id.
    pub fn parse(text: &str) -> Option<CallId> {
        let digits = text.strip_prefix("call_").unwrap_or(text);
        if digits.len() != 26 {
            return None;
        }
        let mut value = 0u128;
        for (place, byte) in digits.bytes().enumerate() {
            let digit = DIGITS[usize::from(byte)];
            if digit > 31 || (place == 0 && digit > 7) {
                return None;
            }
            value = (value << 5) | u128::from(digit);
        }
        Some(CallId(value))
    }

    /// The id as bytes, in the order in which ids sort.
    pub fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    /// The id of these bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> CallId {
        CallId(u128::from_be_bytes(bytes))
    }

    /// The text of the id as ASCII bytes, without allocation.
    pub fn text(self) -> [u8; 31] {
        let mut text = *b"call_00000000000000000000000000";
        let mut value = self.0;
        for slot in text[5..].iter_mut().rev() {
            *slot = CROCKFORD[(value & 31) as usize];
            value >>= 5;
        }
        text
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(std::str::from_utf8(&self.text()).unwrap_or_default())
    }
}

impl fmt::Debug for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for CallId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(std::str::from_utf8(&self.text()).unwrap_or_default())
    }
}

impl<'de> Deserialize<'de> for CallId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<CallId, D::Error> {
        parsed(deserializer, |text| {
            CallId::parse(text).ok_or("not a call id")
        })
    }
}

impl JsonSchema for CallId {
    fn schema_name() -> Cow<'static, str> {
        "CallId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^call_[0-7][0-9a-hjkmnp-tv-z]{25}$",
            "description": "The id of a call; ids sort by time."
        })
    }
}

/// SHA-256 of an API key: all that is ever kept of it. The key itself holds 256 random bits, so a
/// plain hash cannot be searched.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyHash(pub [u8; 32]);

impl KeyHash {
    /// The hash of a key as a caller presents it.
    pub fn of(key: &[u8]) -> KeyHash {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, key);
        let mut hash = [0; 32];
        hash.copy_from_slice(digest.as_ref());
        KeyHash(hash)
    }

    /// Reads `sha256:` and 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<KeyHash> {
        let digits = text.strip_prefix("sha256:")?.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut hash = [0; 32];
        for (slot, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
            let high = char::from(pair[0]).to_digit(16)?;
            let low = char::from(pair[1]).to_digit(16)?;
            *slot = u8::try_from(high * 16 + low).ok()?;
        }
        Some(KeyHash(hash))
    }
}

impl fmt::Display for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for KeyHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for KeyHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<KeyHash, D::Error> {
        parsed(deserializer, |text| {
            KeyHash::parse(text).ok_or("expected sha256: and 64 hexadecimal digits")
        })
    }
}

impl JsonSchema for KeyHash {
    fn schema_name() -> Cow<'static, str> {
        "KeyHash".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^sha256:[0-9a-f]{64}$" })
    }
}

/// Numbers of 256 bits in 43 letters and digits.
pub(crate) mod base62 {
    pub(crate) const DIGITS: &[u8; 62] =
        b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    pub(crate) fn from_bytes(mut number: [u8; 32]) -> String {
        let mut digits = [0u8; 43];
        for digit in digits.iter_mut().rev() {
            let mut rest = 0u32;
            for byte in &mut number {
                let part = rest * 256 + u32::from(*byte);
                *byte = (part / 62) as u8;
                rest = part % 62;
            }
            *digit = DIGITS[rest as usize];
        }
        digits.iter().map(|b| char::from(*b)).collect()
    }

    /// The number of these digits; `None` where they are none, or of a larger one.
    pub(crate) fn to_bytes(digits: &str) -> Option<[u8; 32]> {
        let mut number = [0u8; 32];
        if digits.len() != 43 {
            return None;
        }
        for digit in digits.bytes() {
            let value = DIGITS.iter().position(|known| *known == digit)?;
            let mut carry = u32::try_from(value).ok()?;
            for byte in number.iter_mut().rev() {
                let part = u32::from(*byte) * 62 + carry;
                *byte = (part % 256) as u8;
                carry = part / 256;
            }
            if carry != 0 {
                return None;
            }
        }
        Some(number)
    }
}

/// How an API key is written: `tg_`, 43 characters of base 62 (256 random bits), and a checksum of
/// six, so that a scanner for leaked secrets can tell a real key from a lookalike.
pub mod key_text {
    use super::base62;

    /// The key made of 32 random bytes.
    pub fn from_random(random: [u8; 32]) -> String {
        let body = base62::from_bytes(random);
        let sum = checksum(&body);
        format!("tg_{body}{sum}")
    }

    /// Whether `text` has the shape and the checksum of a key. A caller's typing error is told
    /// apart from an unknown key by this.
    pub fn is_well_formed(text: &str) -> bool {
        let Some(rest) = text.strip_prefix("tg_") else {
            return false;
        };
        rest.len() == 49 && rest.is_ascii() && checksum(&rest[..43]) == rest[43..]
    }

    /// What of a key may be shown: its first eleven characters.
    pub fn hint(text: &str) -> String {
        text.chars().take(11).collect()
    }

    fn checksum(body: &str) -> String {
        let hash = super::KeyHash::of(body.as_bytes()).0;
        let mut number = u64::from_be_bytes([0, 0, 0, hash[0], hash[1], hash[2], hash[3], hash[4]]);
        let mut digits = [0u8; 6];
        for digit in digits.iter_mut().rev() {
            *digit = base62::DIGITS[(number % 62) as usize];
            number /= 62;
        }
        digits.iter().map(|b| char::from(*b)).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_carry_a_checksum() {
        let key = key_text::from_random([7; 32]);
        assert_eq!(key.len(), 52);
        assert!(key_text::is_well_formed(&key));
        let mut typo = key.clone();
        typo.replace_range(10..11, if &key[10..11] == "x" { "y" } else { "x" });
        assert!(!key_text::is_well_formed(&typo));
    }

    #[test]
    fn names_with_a_slash_or_space_are_refused() {
        for text in ["", "a/b", "a b", "-a", "é", &"a".repeat(129)] {
            assert!(text.parse::<Name>().is_err(), "{text}");
        }
        assert!("gpt-5:latest@eu".parse::<Name>().is_ok());
    }

    proptest! {
        #[test]
        fn call_ids_round_trip_and_sort_by_text(a in any::<u128>(), b in any::<u128>()) {
            let (a, b) = (CallId(a), CallId(b));
            prop_assert_eq!(CallId::parse(&a.to_string()), Some(a));
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        }
    }
}
