//! One vector, as it is written: numbers, or base64 of 32-bit floats in little-endian order.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// How the caller wants its vectors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Numbers.
    #[default]
    Numbers,
    /// The numbers as 32-bit floats, little-endian, in base64.
    Base64,
}

/// A vector as it came.
#[derive(Clone, Debug)]
pub(super) enum Vector<'a> {
    /// An array of numbers.
    Numbers(&'a RawValue),
    /// Their bytes.
    Base64(Cow<'a, str>),
}

/// A vector as it goes on.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Written<'a> {
    /// As it came.
    Same(&'a RawValue),
    /// As numbers.
    Numbers(Numbers),
    /// As a text.
    Text(Cow<'a, str>),
}

/// Numbers that were read from bytes, in the shortest form that reads back to the same.
pub(super) struct Numbers(Vec<f32>);

impl Serialize for Numbers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.0)
    }
}

impl<'a> Vector<'a> {
    /// Reads a vector.
    pub(super) fn read(raw: &'a RawValue) -> Result<Vector<'a>, String> {
        match raw.get().as_bytes().first() {
            Some(b'[') => Ok(Vector::Numbers(raw)),
            Some(b'"') => serde_json::from_str(raw.get())
                .map(Vector::Base64)
                .map_err(|_| "a vector is not base64".to_owned()),
            _ => Err("a vector is neither an array nor base64".to_owned()),
        }
    }

    /// Writes it as the caller wants it.
    pub(super) fn written(&self, encoding: Encoding) -> Result<Written<'_>, String> {
        match (self, encoding) {
            (Vector::Numbers(raw), Encoding::Numbers) => Ok(Written::Same(raw)),
            (Vector::Base64(text), Encoding::Base64) => Ok(Written::Text(Cow::Borrowed(text))),
            (Vector::Numbers(raw), Encoding::Base64) => {
                let numbers: Vec<f32> = serde_json::from_str(raw.get())
                    .map_err(|_| "a vector has something in it that is no number".to_owned())?;
                let bytes: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
                Ok(Written::Text(STANDARD.encode(bytes).into()))
            }
            (Vector::Base64(text), Encoding::Numbers) => {
                let bytes = STANDARD.decode(text.as_bytes());
                let bytes = bytes.map_err(|_| "a vector is not base64".to_owned())?;
                let (fours, rest) = bytes.as_chunks::<4>();
                if !rest.is_empty() {
                    return Err("a vector is cut off".to_owned());
                }
                let numbers: Vec<f32> =
                    fours.iter().map(|four| f32::from_le_bytes(*four)).collect();
                if numbers.iter().any(|number| !number.is_finite()) {
                    return Err("a vector has a number in it that JSON cannot write".to_owned());
                }
                Ok(Written::Numbers(Numbers(numbers)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn json(vector: &Vector<'_>, encoding: Encoding) -> String {
        serde_json::to_string(&vector.written(encoding).unwrap()).unwrap()
    }

    #[test]
    fn numbers_are_carried_as_they_are_written() {
        let raw = RawValue::from_string("[1.0, -2e-3,0]".to_owned()).unwrap();
        let vector = Vector::read(&raw).unwrap();
        assert_eq!(json(&vector, Encoding::Numbers), "[1.0, -2e-3,0]");
        assert_eq!(json(&vector, Encoding::Base64), "\"AACAP28SA7sAAAAA\"");
    }

    #[test]
    fn what_is_no_vector_is_said_to_be_none() {
        for (text, encoding) in [
            ("[1,\"x\"]", Encoding::Base64),
            ("\"AAA\"", Encoding::Numbers),
            ("\"AAAAAAA=\"", Encoding::Numbers),
            ("\"AADAfw==\"", Encoding::Numbers),
        ] {
            let raw = RawValue::from_string(text.to_owned()).unwrap();
            assert!(
                Vector::read(&raw).unwrap().written(encoding).is_err(),
                "{text}"
            );
        }
        for text in ["null", "7", "{}"] {
            let raw = RawValue::from_string(text.to_owned()).unwrap();
            assert!(Vector::read(&raw).is_err());
        }
    }

    proptest! {
        #[test]
        fn numbers_survive_the_way_through_base64(
            numbers in proptest::collection::vec(proptest::num::f32::NORMAL, 0..50),
        ) {
            let raw = RawValue::from_string(serde_json::to_string(&numbers).unwrap()).unwrap();
            let text = json(&Vector::read(&raw).unwrap(), Encoding::Base64);
            let raw = RawValue::from_string(text).unwrap();
            let back = json(&Vector::read(&raw).unwrap(), Encoding::Numbers);
            prop_assert_eq!(serde_json::from_str::<Vec<f32>>(&back).unwrap(), numbers);
        }
    }
}
