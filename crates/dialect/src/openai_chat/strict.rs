//! Whether a schema is one that the dialect can hold an answer to: every object names all its
//! properties, requires each of them and takes no other.

use serde_json::value::RawValue;

use crate::tree::{Tree, get};

/// Keywords whose members are schemas by name.
const NAMED: [&str; 3] = ["properties", "$defs", "definitions"];
/// Keywords whose value is a schema or a list of them.
const NESTED: [&str; 2] = ["items", "anyOf"];

/// Whether an answer can be held to this schema.
pub(crate) fn holds(schema: &RawValue) -> bool {
    Tree::read(schema).is_ok_and(|tree| is_closed(&tree))
}

fn is_closed(tree: &Tree) -> bool {
    let Some(schema) = tree.as_object() else {
        return true;
    };
    let nested = schema.iter().all(|(name, value)| match value {
        Tree::Object(members) if NAMED.contains(&name.as_str()) => {
            members.iter().all(|(_, schema)| is_closed(schema))
        }
        Tree::Array(schemas) if NESTED.contains(&name.as_str()) => schemas.iter().all(is_closed),
        value if NESTED.contains(&name.as_str()) => is_closed(value),
        _ => true,
    });
    let is_object = get(schema, "type").and_then(Tree::as_text) == Some("object");
    let properties = get(schema, "properties").and_then(Tree::as_object);
    if !is_object && properties.is_none() {
        return nested;
    }
    let only_named = get(schema, "additionalProperties") == Some(&Tree::flag(false));
    let required = get(schema, "required").and_then(Tree::as_array);
    let is_required = |name: &str| {
        required.is_some_and(|names| names.iter().any(|known| known.as_text() == Some(name)))
    };
    let all = properties.is_none_or(|list| list.iter().all(|(name, _)| is_required(name)));
    nested && only_named && all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ai_20_an_object_with_a_property_that_may_be_missing_is_not_held_to() {
        let cases = [
            (
                r#"{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],
                    "additionalProperties":false}"#,
                true,
            ),
            (
                r#"{"type":"object","properties":{"a":{}},"additionalProperties":false}"#,
                false,
            ),
            (
                r#"{"type":"object","properties":{"a":{}},"required":["a"]}"#,
                false,
            ),
            (
                r#"{"type":"object","properties":{"a":{"type":"array","items":{"type":"object"}}},
                    "required":["a"],"additionalProperties":false}"#,
                false,
            ),
            (
                r#"{"anyOf":[{"type":"string"},{"properties":{"a":{}}}]}"#,
                false,
            ),
            (r#"{"type":"string"}"#, true),
            ("7", true),
        ];
        for (schema, want) in cases {
            let schema: &RawValue = serde_json::from_str(schema).unwrap();
            assert_eq!(holds(schema), want, "{schema}");
        }
    }
}
