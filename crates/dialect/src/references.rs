//! The files that a request refers to by their ids at a provider, wherever they stand in it. Whoever
//! has an id can have the file read, so each of them is looked up before it is passed on.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use memchr::memmem;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use tollgate_model::{Reason, Refusal};

/// The members that name files.
const ONE: &str = "file_id";
const SEVERAL: &str = "file_ids";
/// The most files of one request.
const MOST: usize = 256;
/// As many characters of a text are looked at: no id is longer.
const LONGEST: usize = 512;

/// The ids of the files to which a request refers; empty where its body is no JSON. What an earlier
/// answer has told of a file is no reference: a citation, the result of a search.
///
/// Fails with `request_malformed` where there are more than can be looked up.
pub fn file_ids(body: &[u8]) -> Result<BTreeSet<String>, Refusal> {
    let mut found = BTreeSet::new();
    if !may_refer(body) {
        return Ok(found);
    }
    let mut text = serde_json::Deserializer::from_slice(body);
    if Walk(&mut found).deserialize(&mut text).is_err() {
        return Ok(BTreeSet::new());
    }
    if found.len() > MOST {
        let detail = format!("The request refers to more than {MOST} files.");
        return Err(Refusal::new(Reason::RequestMalformed, detail));
    }
    Ok(found)
}

/// Whether a body can have such a member. A member's name may be written with escapes, and every
/// letter of these is in the ASCII range.
fn may_refer(body: &[u8]) -> bool {
    memmem::find(body, ONE.as_bytes()).is_some() || memmem::find(body, b"\\u00").is_some()
}

/// A walk through a request. Members that stand twice are all looked at: which of them the provider
/// reads is not known.
struct Walk<'f>(&'f mut BTreeSet<String>);

/// What a value is to the member that has it.
enum Leaf {
    Text(String),
    /// The texts of a list.
    Texts(Vec<String>),
    Other,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = Leaf;

    fn deserialize<D: Deserializer<'de>>(self, text: D) -> Result<Leaf, D::Error> {
        text.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = Leaf;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Leaf, E> {
        Ok(Leaf::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Leaf, E> {
        Ok(Leaf::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Leaf, E> {
        Ok(Leaf::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Leaf, E> {
        Ok(Leaf::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Leaf, E> {
        Ok(Leaf::Other)
    }

    fn visit_str<E>(self, text: &str) -> Result<Leaf, E> {
        Ok(Leaf::Text(text.chars().take(LONGEST).collect()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Leaf, A::Error> {
        let mut texts = Vec::new();
        while let Some(leaf) = list.next_element_seed(Walk(self.0))? {
            if let Leaf::Text(text) = leaf {
                texts.push(text);
            }
        }
        Ok(Leaf::Texts(texts))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Leaf, A::Error> {
        let mut found = BTreeSet::new();
        let (mut types, mut told) = (0u32, 0u32);
        while let Some(name) = members.next_key::<Cow<'_, str>>()? {
            // What a caller notes for itself is read by nobody.
            if name == "metadata" {
                members.next_value::<IgnoredAny>()?;
                continue;
            }
            match (&*name, members.next_value_seed(Walk(&mut found))?) {
                (ONE, Leaf::Text(id)) => {
                    found.insert(id);
                }
                (SEVERAL, Leaf::Texts(ids)) => found.extend(ids),
                ("type", Leaf::Text(kind)) => {
                    types += 1;
                    told += u32::from(is_told(&kind));
                }
                _ => {}
            }
        }
        if types == 0 || told < types {
            self.0.append(&mut found);
        }
        Ok(Leaf::Other)
    }
}

/// Whether an object of this type is part of an earlier answer, and only tells of files.
fn is_told(kind: &str) -> bool {
    kind.ends_with("_citation") || matches!(kind, "file_path" | "file_search_call")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(body: &str) -> Vec<String> {
        file_ids(body.as_bytes()).unwrap().into_iter().collect()
    }

    #[test]
    fn ids_are_found_in_every_place_that_refers() {
        for (body, found) in [
            (
                r#"{"messages":[{"content":[{"type":"file","file":{"file_id":"a"}}]}]}"#,
                &["a"][..],
            ),
            (
                r#"{"input":[{"content":[{"type":"input_file","file_id":"a"},{"type":"input_image","file_id":"b"}]}]}"#,
                &["a", "b"],
            ),
            (
                r#"{"tools":[{"type":"code_interpreter","container":{"type":"auto","file_ids":["a","b"]}}]}"#,
                &["a", "b"],
            ),
            (
                r#"{"messages":[{"content":[{"type":"document","source":{"type":"file","file_id":"a"}}]}]}"#,
                &["a"],
            ),
            (r#"{"images":[{"\u0066ile_id":"a"}]}"#, &["a"]),
            (r#"{"x":{"file\u005fid":"a"}}"#, &["a"]),
            (
                r#"{"input":[{"content":[{"annotations":[{"type":"file_citation","file_id":"a"}]}]}]}"#,
                &[],
            ),
            (r#"{"x":{"file_id":"a","file_id":"b"}}"#, &["a", "b"]),
            (
                r#"{"x":{"type":"input_file","type":"url_citation","file_id":"a"}}"#,
                &["a"],
            ),
            (r#"{"metadata":{"file_id":"a"}}"#, &[]),
            (
                r#"{"tools":[{"parameters":{"properties":{"file_id":{"type":"string"}}}}]}"#,
                &[],
            ),
            (r#"{"messages":[{"content":"my file_id is a"}]}"#, &[]),
            ("file_id, and no JSON", &[]),
        ] {
            assert_eq!(ids(body), found, "{body}");
        }
    }

    #[test]
    fn more_files_than_can_be_looked_up_are_refused() {
        let ids: Vec<String> = (0..=MOST).map(|n| n.to_string()).collect();
        let body = serde_json::json!({ "file_ids": ids }).to_string();
        assert!(file_ids(body.as_bytes()).is_err());
    }
}
