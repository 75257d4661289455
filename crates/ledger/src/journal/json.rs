//! JSON as `serde_json` writes it, byte for byte, for what a worker writes on every call. The names of
//! members are literals of ours, so nothing in them is looked at; a text is looked at once, and copied
//! in one piece where nothing in it wants escaping. That is about a quarter of the instructions.

use serde::Serialize;
use serde::ser::{
    Error as _, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use serde_json::Error;

/// Appends the JSON of a value. Fails where a value does so by itself, and where the keys of a map are
/// no texts, and where there is a floating-point number.
pub(super) fn write(value: &(impl Serialize + ?Sized), out: &mut Vec<u8>) -> Result<(), Error> {
    value.serialize(Json(out))
}

/// A record has none: what it counts is whole.
const NO_FLOAT: &str = "a floating-point number in a record of the journal";

/// Whether a byte stands in a string as it is.
const PLAIN: [bool; 256] = {
    let mut plain = [true; 256];
    let mut byte = 0;
    while byte < 0x20 {
        plain[byte] = false;
        byte += 1;
    }
    plain[b'"' as usize] = false;
    plain[b'\\' as usize] = false;
    plain
};

fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| PLAIN[usize::from(byte)])
}

/// What a value is written to.
struct Json<'a>(&'a mut Vec<u8>);

impl Json<'_> {
    fn literal(self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }

    fn integer(self, number: impl itoa::Integer) {
        self.literal(itoa::Buffer::new().format(number));
    }
}

/// Writes `"name":`, for a name of a member or variant that is a literal of ours.
fn name(out: &mut Vec<u8>, name: &'static str) {
    debug_assert!(is_plain(name), "{name}");
    out.push(b'"');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
}

macro_rules! integers {
    ($($method:ident($type:ty)),*) => {$(
        fn $method(self, number: $type) -> Result<(), Error> {
            self.integer(number);
            Ok(())
        }
    )*};
}

impl<'a> Serializer for Json<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Many<'a>;
    type SerializeTuple = Many<'a>;
    type SerializeTupleStruct = Many<'a>;
    type SerializeTupleVariant = Many<'a>;
    type SerializeMap = Many<'a>;
    type SerializeStruct = Many<'a>;
    type SerializeStructVariant = Many<'a>;

    integers! {
        serialize_i8(i8), serialize_i16(i16), serialize_i32(i32), serialize_i64(i64), serialize_i128(i128),
        serialize_u8(u8), serialize_u16(u16), serialize_u32(u32), serialize_u64(u64), serialize_u128(u128)
    }

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.literal(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_f32(self, _: f32) -> Result<(), Error> {
        Err(Error::custom(NO_FLOAT))
    }

    fn serialize_f64(self, _: f64) -> Result<(), Error> {
        Err(Error::custom(NO_FLOAT))
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<(), Error> {
        if !is_plain(text) {
            return serde_json::to_writer(self.0, text);
        }
        self.0.reserve(text.len() + 2);
        self.0.push(b'"');
        self.0.extend_from_slice(text.as_bytes());
        self.0.push(b'"');
        Ok(())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), Error> {
        self.collect_seq(bytes)
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.literal("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.0.push(b'{');
        name(self.0, variant);
        value.serialize(Json(self.0))?;
        self.0.push(b'}');
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Many<'a>, Error> {
        Ok(Many::begin(self.0, b'[', "]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Many<'a>, Error> {
        Ok(Many::begin(self.0, b'[', "]"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Many<'a>, Error> {
        Ok(Many::begin(self.0, b'[', "]"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Many<'a>, Error> {
        self.0.push(b'{');
        name(self.0, variant);
        Ok(Many::begin(self.0, b'[', "]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Many<'a>, Error> {
        Ok(Many::begin(self.0, b'{', "}"))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Many<'a>, Error> {
        Ok(Many::begin(self.0, b'{', "}"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Many<'a>, Error> {
        self.0.push(b'{');
        name(self.0, variant);
        Ok(Many::begin(self.0, b'{', "}}"))
    }
}

/// An array or object that is being written.
struct Many<'a> {
    out: &'a mut Vec<u8>,
    is_first: bool,
    end: &'static str,
}

impl<'a> Many<'a> {
    fn begin(out: &'a mut Vec<u8>, begin: u8, end: &'static str) -> Many<'a> {
        out.push(begin);
        Many {
            out,
            is_first: true,
            end,
        }
    }

    fn next(&mut self) {
        if !std::mem::take(&mut self.is_first) {
            self.out.push(b',');
        }
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.next();
        value.serialize(Json(self.out))
    }

    fn member<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Error> {
        self.next();
        name(self.out, key);
        value.serialize(Json(self.out))
    }

    fn finish(self) -> Result<(), Error> {
        self.out.extend_from_slice(self.end.as_bytes());
        Ok(())
    }
}

macro_rules! elements {
    ($($trait:ident::$method:ident),*) => {$(
        impl $trait for Many<'_> {
            type Ok = ();
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.element(value)
            }

            fn end(self) -> Result<(), Error> {
                self.finish()
            }
        }
    )*};
}

macro_rules! members {
    ($($trait:ident),*) => {$(
        impl $trait for Many<'_> {
            type Ok = ();
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), Error> {
                self.member(key, value)
            }

            fn end(self) -> Result<(), Error> {
                self.finish()
            }
        }
    )*};
}

elements! {
    SerializeSeq::serialize_element, SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field, SerializeTupleVariant::serialize_field
}
members! { SerializeStruct, SerializeStructVariant }

impl SerializeMap for Many<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.next();
        let begin = self.out.len();
        key.serialize(Json(self.out))?;
        if self.out.get(begin) != Some(&b'"') {
            return Err(Error::custom("a key of a map is not a text"));
        }
        self.out.push(b':');
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(Json(self.out))
    }

    fn end(self) -> Result<(), Error> {
        self.finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn written(value: &(impl Serialize + ?Sized)) -> String {
        let mut out = b"before ".to_vec();
        write(value, &mut out).unwrap();
        String::from_utf8(out).unwrap().split_off("before ".len())
    }

    #[derive(Serialize)]
    #[serde(rename_all = "snake_case")]
    enum Shape {
        Nothing,
        One(u8),
        Two(i128, Option<bool>),
        Named { first: char, second: () },
    }

    #[derive(Serialize)]
    struct Bare;

    #[derive(Serialize)]
    struct Pair(i16, Bare);

    #[derive(Serialize)]
    struct Whole {
        #[serde(rename = "type")]
        kind: Vec<Shape>,
        pair: Pair,
        #[serde(skip_serializing_if = "Option::is_none")]
        absent: Option<String>,
        #[serde(flatten)]
        more: BTreeMap<String, u64>,
        tuple: (u128, i8, &'static [u8]),
    }

    #[test]
    fn every_kind_of_value_is_written_as_serde_json_writes_it() {
        let whole = Whole {
            kind: vec![
                Shape::Nothing,
                Shape::One(7),
                Shape::Two(i128::MIN, None),
                Shape::Two(0, Some(true)),
                Shape::Named {
                    first: '"',
                    second: (),
                },
            ],
            pair: Pair(-25, Bare),
            absent: None,
            more: BTreeMap::from([("a\nb".to_owned(), u64::MAX), ("é".to_owned(), 0)]),
            tuple: (u128::MAX, -128, b"ab"),
        };
        assert_eq!(written(&whole), serde_json::to_string(&whole).unwrap());
        let empty: (Vec<u8>, BTreeMap<String, u8>) = Default::default();
        assert_eq!(written(&empty), "[[],{}]");
    }

    #[test]
    fn what_has_no_place_in_a_record_is_an_error() {
        let map = BTreeMap::from([(vec![1], 2)]);
        assert!(write(&map, &mut Vec::new()).is_err());
        assert!(write(&json!([0.5]), &mut Vec::new()).is_err());
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            "[ -~]{0,40}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                proptest::collection::vec((any::<String>(), inner), 0..6)
                    .prop_map(|members| json!(members.into_iter().collect::<BTreeMap<_, _>>())),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_value_is_written_as_serde_json_writes_it(value in values()) {
            prop_assert_eq!(written(&value), serde_json::to_string(&value).unwrap());
        }
    }
}
