//! A JSON text in the one form that all texts with the same meaning have: members in the order of
//! their names, nothing between tokens. Numbers and strings stay as they were written, so that no
//! two texts that a provider might read differently become the same.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The most levels of a text.
const MOST_LEVELS: u32 = 128;

/// The canonical form of a JSON object, and the names of its own members in their order. `None`
/// for what is no object, for one in which a name stands twice, since which of the two counts is up
/// to the reader, and for one of more than 128 levels.
pub fn canonical(body: &[u8]) -> Option<(Vec<u8>, Vec<Cow<'_, str>>)> {
    let members: Members<'_> = serde_json::from_slice(body).ok()?;
    let mut out = Vec::with_capacity(body.len());
    object(&members, MOST_LEVELS, &mut out)?;
    Some((out, members.0.into_iter().map(|(name, _)| name).collect()))
}

fn value(raw: &RawValue, levels: u32, out: &mut Vec<u8>) -> Option<()> {
    match raw.get().as_bytes().first()? {
        b'{' => object(&serde_json::from_str(raw.get()).ok()?, levels, out),
        b'[' => {
            let levels = levels.checked_sub(1)?;
            let elements: Vec<&RawValue> = serde_json::from_str(raw.get()).ok()?;
            out.push(b'[');
            for (at, element) in elements.into_iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                value(element, levels, out)?;
            }
            out.push(b']');
            Some(())
        }
        _ => {
            out.extend_from_slice(raw.get().as_bytes());
            Some(())
        }
    }
}

fn object(members: &Members<'_>, levels: u32, out: &mut Vec<u8>) -> Option<()> {
    let levels = levels.checked_sub(1)?;
    let twice = members.0.windows(2).any(|pair| pair[0].0 == pair[1].0);
    if twice {
        return None;
    }
    out.push(b'{');
    for (at, (name, raw)) in members.0.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        serde_json::to_writer(&mut *out, name).ok()?;
        out.push(b':');
        value(raw, levels, out)?;
    }
    out.push(b'}');
    Some(())
}

/// The members of an object in the order of their names, doubled ones included.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Members<'a>, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some((Name(name), raw)) = map.next_entry()? {
            members.push((name, raw));
        }
        members.sort_by(|a: &(Cow<'_, str>, _), b| a.0.cmp(&b.0));
        Ok(Members(members))
    }
}

/// A name, borrowed where nothing in it is escaped.
#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> Option<String> {
        canonical(text.as_bytes()).map(|(text, _)| String::from_utf8(text).unwrap())
    }

    #[test]
    fn order_and_space_make_no_difference_and_lexemes_stay() {
        let want = r#"{"a":[1.0,1e2,{"x":"\u00fc","y":null}],"b":90071992547409931234}"#;
        let other = r#" { "b" : 90071992547409931234 ,
            "a":[ 1.0,1e2 , {"y":null,"x":"\u00fc"} ] }"#;
        assert_eq!(of(want).as_deref(), Some(want));
        assert_eq!(of(other).as_deref(), Some(want));
        assert_ne!(of(r#"{"a":1.0}"#), of(r#"{"a":1}"#));
    }

    #[test]
    fn what_could_be_read_in_two_ways_has_no_canonical_form() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"x":{"a":1,"\u0061":2}}"#,
            "[]",
            "",
            "{",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
        let deep =
            |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
        assert!(of(&deep(127)).is_some());
        assert_eq!(of(&deep(128)), None);
        assert_eq!(of(&deep(100_000)), None);
    }

    #[test]
    fn the_names_of_the_members_are_told() {
        let (_, names) = canonical(br#"{"tools":[],"model":"m"}"#).unwrap();
        assert_eq!(names, ["model", "tools"]);
    }

    proptest! {
        #[test]
        fn the_canonical_form_is_its_own(text in r#"\{("[a-c]":(1|"x"|\[\]|\{"z":2,"y":[3]\}),){0,3}"d":0\}"#) {
            if let Some(once) = of(&text) {
                prop_assert_eq!(of(&once), Some(once.clone()));
                let (read, was): (serde_json::Value, serde_json::Value) =
                    (serde_json::from_str(&once).unwrap(), serde_json::from_str(&text).unwrap());
                prop_assert_eq!(read, was);
            }
        }
    }
}
