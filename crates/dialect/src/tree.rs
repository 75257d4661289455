//! JSON as a tree that keeps the order of its members, for schemas that must be rewritten: the
//! order of properties tells a model in which order to write.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// Members of an object in order, each name once.
pub(crate) type Members = Vec<(String, Tree)>;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tree {
    /// An object.
    Object(Members),
    /// An array.
    Array(Vec<Tree>),
    /// A string, number, boolean or null; never an array or object.
    Leaf(Value),
}

impl Tree {
    /// Reads a tree of at most 127 levels, the parser's own limit. Of members with the same name
    /// the last one counts.
    pub(crate) fn read(raw: &RawValue) -> Result<Tree, serde_json::Error> {
        serde_json::from_str(raw.get())
    }

    /// A string.
    pub(crate) fn text(text: impl Into<String>) -> Tree {
        Tree::Leaf(Value::String(text.into()))
    }

    /// `true` or `false`.
    pub(crate) const fn flag(flag: bool) -> Tree {
        Tree::Leaf(Value::Bool(flag))
    }

    /// The text of a string.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Tree::Leaf(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The elements of an array.
    pub(crate) fn as_array(&self) -> Option<&[Tree]> {
        match self {
            Tree::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// The members of an object.
    pub(crate) fn as_object(&self) -> Option<&Members> {
        match self {
            Tree::Object(members) => Some(members),
            _ => None,
        }
    }

    /// Whether it is `null`.
    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Tree::Leaf(Value::Null))
    }

    /// The value at a JSON pointer (RFC 6901); the empty one is the tree itself.
    pub(crate) fn pointer(&self, pointer: &str) -> Option<&Tree> {
        if pointer.is_empty() {
            return Some(self);
        }
        let mut steps = pointer.strip_prefix('/')?.split('/');
        steps.try_fold(self, |at, step| match at {
            Tree::Object(members) => get(members, &step.replace("~1", "/").replace("~0", "~")),
            Tree::Array(elements) => elements.get(step.parse::<usize>().ok()?),
            Tree::Leaf(_) => None,
        })
    }
}

/// The member of this name.
pub(crate) fn get<'a>(members: &'a [(String, Tree)], name: &str) -> Option<&'a Tree> {
    members
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value)
}

/// Sets a member: in its place where there is one of this name, else at the end.
pub(crate) fn set(members: &mut Members, name: &str, value: Tree) {
    match members.iter_mut().find(|(known, _)| known == name) {
        Some((_, old)) => *old = value,
        None => members.push((name.to_owned(), value)),
    }
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Tree::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
            Tree::Array(elements) => serializer.collect_seq(elements),
            Tree::Leaf(value) => value.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Tree, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Leaf(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::flag(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Leaf(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Leaf(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Tree, E> {
        Ok(Tree::Leaf(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Tree, E> {
        Ok(Tree::text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Tree, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = access.next_element()? {
            elements.push(element);
        }
        Ok(Tree::Array(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Tree, A::Error> {
        let mut members = Members::new();
        while let Some(member) = access.next_entry()? {
            members.push(member);
        }
        Ok(Tree::Object(last_of_each(members)))
    }
}

fn last_of_each(members: Members) -> Members {
    let mut seen = HashSet::new();
    let backwards = members.into_iter().rev();
    let mut kept: Members = backwards
        .filter(|(name, _)| seen.insert(name.clone()))
        .collect();
    kept.reverse();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Tree {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn the_order_of_members_is_kept_and_the_last_of_a_name_counts() {
        let tree = read(r#"{"z":1,"a":[true,null,-2,1.5,"x"],"z":{"b":{},"a":[]}}"#);
        let text = serde_json::to_string(&tree).unwrap();
        assert_eq!(text, r#"{"a":[true,null,-2,1.5,"x"],"z":{"b":{},"a":[]}}"#);
    }

    #[test]
    fn a_pointer_finds_members_with_escaped_names_and_elements() {
        let tree = read(r#"{"a/b":{"~":[10,20]}}"#);
        assert_eq!(tree.pointer("/a~1b/~0/1"), Some(&read("20")));
        assert_eq!(tree.pointer(""), Some(&tree));
        assert_eq!(tree.pointer("/a~1b/none"), None);
        assert_eq!(tree.pointer("a"), None);
    }

    #[test]
    fn a_tree_that_is_too_deep_is_an_error_and_no_overflow() {
        let deep = "[".repeat(100_000);
        assert!(serde_json::from_str::<Tree>(&deep).is_err());
    }

    #[test]
    fn a_member_is_set_in_its_place_or_at_the_end() {
        let Tree::Object(mut members) = read(r#"{"a":1,"b":2}"#) else {
            panic!("an object")
        };
        set(&mut members, "a", read("3"));
        set(&mut members, "c", Tree::flag(true));
        assert_eq!(Tree::Object(members), read(r#"{"a":3,"b":2,"c":true}"#));
    }
}
