//! Gemini's schemas, a part of OpenAPI 3.0, as JSON Schema.

use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use tollgate_model::Refusal;

use super::fields::{camel, whole};
use crate::ir::Raw;
use crate::node::Node;
use crate::tree::{Members, Tree, get, set};

/// Keywords of OpenAPI that JSON Schema lacks; what they say is said otherwise.
const OWN: [&str; 2] = ["nullable", "propertyOrdering"];
/// Counts, which may be written in quotes.
const COUNTS: [&str; 6] = [
    "minItems",
    "maxItems",
    "minLength",
    "maxLength",
    "minProperties",
    "maxProperties",
];

/// Rewrites a schema.
pub(super) fn json_schema(node: &Node<'_>) -> Result<Raw, Refusal> {
    let raw = node.raw();
    let tree = Tree::read(&raw)
        .map_err(|error| node.malformed(format!("The schema cannot be read: {error}.")))?;
    if tree.as_object().is_none() {
        return Err(node.wrong("a schema, which is an object"));
    }
    Ok(to_raw_value(&rewritten(tree)).unwrap_or_else(|_| RawValue::NULL.to_owned()))
}

fn rewritten(tree: Tree) -> Tree {
    let Tree::Object(written) = tree else {
        return tree;
    };
    let mut members = Members::new();
    for (name, value) in written {
        let name = camel(&name);
        let value = keyword(&name, value);
        set(&mut members, &name, value);
    }
    order(&mut members);
    let is_nullable = get(&members, "nullable") == Some(&Tree::flag(true));
    let unsaid = |value: &Tree| value.as_text() == Some("TYPE_UNSPECIFIED");
    // A format of `enum` says no more than that there is a list of values.
    let idle = |name: &str, value: &Tree| match name {
        "format" => value.as_text() == Some("enum"),
        "type" => unsaid(value),
        _ => OWN.contains(&name),
    };
    members.retain(|(name, value)| !idle(name, value));
    if is_nullable {
        allow_null(&mut members);
    }
    Tree::Object(members)
}

fn keyword(name: &str, value: Tree) -> Tree {
    match (name, value) {
        ("type", Tree::Leaf(Value::String(kind))) if kind != "TYPE_UNSPECIFIED" => {
            Tree::text(kind.to_ascii_lowercase())
        }
        ("properties" | "$defs", Tree::Object(members)) => Tree::Object(
            members
                .into_iter()
                .map(|(name, schema)| (name, rewritten(schema)))
                .collect(),
        ),
        ("anyOf" | "oneOf" | "allOf" | "prefixItems", Tree::Array(schemas)) => {
            Tree::Array(schemas.into_iter().map(rewritten).collect())
        }
        ("items" | "additionalProperties", schema) => rewritten(schema),
        (name, Tree::Leaf(Value::String(text))) if COUNTS.contains(&name) => match whole(&text) {
            Some(count) => Tree::Leaf(count.into()),
            None => Tree::text(text),
        },
        (_, value) => value,
    }
}

/// Puts the properties in the order in which they are to be written.
fn order(members: &mut Members) {
    let wanted = get(members, "propertyOrdering").and_then(Tree::as_array);
    let Some(names) = wanted.map(<[Tree]>::to_vec) else {
        return;
    };
    let found = members.iter_mut().find(|(name, _)| name == "properties");
    if let Some((_, Tree::Object(properties))) = found {
        let place = |name: &str| names.iter().position(|known| known.as_text() == Some(name));
        properties.sort_by_key(|(name, _)| place(name).unwrap_or(usize::MAX));
    }
}

fn allow_null(members: &mut Members) {
    let null = || Tree::text("null");
    for (name, value) in members.iter_mut() {
        match (name.as_str(), &mut *value) {
            ("type", Tree::Leaf(kind)) => {
                *value = Tree::Array(vec![Tree::Leaf(std::mem::take(kind)), null()]);
            }
            ("enum", Tree::Array(values)) => values.push(Tree::Leaf(Value::Null)),
            ("anyOf", Tree::Array(schemas)) => {
                schemas.push(Tree::Object(vec![("type".to_owned(), null())]));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(schema: &str) -> String {
        let node = Node::root(schema.as_bytes()).unwrap();
        json_schema(&node).unwrap().get().to_owned()
    }

    #[test]
    fn gi_08_a_schema_becomes_json_schema() {
        let cases = [
            (r#"{"type":"STRING"}"#, r#"{"type":"string"}"#),
            (
                r#"{"type":"string","pattern":"^A"}"#,
                r#"{"type":"string","pattern":"^A"}"#,
            ),
            (
                r#"{"type":"STRING","format":"enum","enum":["A","B"]}"#,
                r#"{"type":"string","enum":["A","B"]}"#,
            ),
            (
                r#"{"type":"STRING","enum":["A"],"nullable":true}"#,
                r#"{"type":["string","null"],"enum":["A",null]}"#,
            ),
            (
                r#"{"type":"INTEGER","nullable":false}"#,
                r#"{"type":"integer"}"#,
            ),
            (r#"{"type":"TYPE_UNSPECIFIED"}"#, "{}"),
            (
                r#"{"type":"ARRAY","items":{"type":"NUMBER"},"min_items":"1","maxItems":3}"#,
                r#"{"type":"array","items":{"type":"number"},"minItems":1,"maxItems":3}"#,
            ),
            (
                r#"{"any_of":[{"type":"STRING"},{"type":"BOOLEAN"}],"nullable":true}"#,
                r#"{"anyOf":[{"type":"string"},{"type":"boolean"},{"type":"null"}]}"#,
            ),
            (
                r#"{"type":"OBJECT","properties":{"b_c":{"type":"STRING"},"type":{"type":"INTEGER",
                    "format":"int32"},"a":{"type":"OBJECT"}},"required":["a"],
                    "propertyOrdering":["a","b_c"]}"#,
                r#"{"type":"object","properties":{"a":{"type":"object"},"b_c":{"type":"string"},
                    "type":{"type":"integer","format":"int32"}},"required":["a"]}"#,
            ),
        ];
        for (given, want) in cases {
            let want = want.replace("\n                    ", "");
            assert_eq!(read(given), want, "{given}");
        }
    }

    #[test]
    fn what_is_no_schema_is_refused() {
        for text in ["[]", "7", "\"OBJECT\""] {
            let node = Node::root(text.as_bytes()).unwrap();
            assert!(json_schema(&node).is_err(), "{text}");
        }
    }
}
