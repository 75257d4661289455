//! Schemas as Anthropic takes them. Those of tools are kept whole; those that an answer must follow
//! to the letter may only use a part of JSON Schema.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use tollgate_model::Refusal;

use crate::codec::Loss;
use crate::ir::Raw;
use crate::ladder::{malformed, unsupported};
use crate::tree::{Members, Tree, get, set};

/// Keywords that an answer cannot be held to. They are told to the model in words.
const WORDS_ONLY: [&str; 12] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "contains",
];

/// The forms of texts that an answer can be held to.
const FORMATS: [&str; 10] = [
    "date-time",
    "time",
    "date",
    "duration",
    "email",
    "hostname",
    "uri",
    "ipv4",
    "ipv6",
    "uuid",
];

/// Keywords whose members are schemas by name.
const NAMED: [&str; 3] = ["properties", "$defs", "definitions"];
/// Keywords whose value is a schema or a list of them.
const NESTED: [&str; 5] = ["items", "anyOf", "allOf", "oneOf", "prefixItems"];

/// The schema of a tool's arguments, whole; one that does not say what it describes describes an
/// object.
pub(crate) fn of_tool<'a>(
    parameters: Option<&'a Raw>,
    name: &str,
    at: usize,
) -> Result<Cow<'a, RawValue>, Refusal> {
    #[derive(Deserialize)]
    struct Probe {
        #[serde(rename = "type")]
        kind: Option<IgnoredAny>,
    }
    let bad = || {
        let detail = format!("The parameters of the tool `{name}` are no JSON Schema object.");
        malformed(format!("tools[{at}].function.parameters"), detail)
    };
    let whole = |text: String| {
        RawValue::from_string(text)
            .map(Cow::Owned)
            .map_err(|_| bad())
    };
    let Some(raw) = parameters.filter(|raw| raw.get() != "null") else {
        return whole(r#"{"type":"object","properties":{}}"#.to_owned());
    };
    let inside = raw.get().strip_prefix('{').ok_or_else(bad)?.trim_start();
    let probe: Probe = serde_json::from_str(raw.get()).map_err(|_| bad())?;
    match probe.kind {
        Some(_) => Ok(Cow::Borrowed(raw)),
        None if inside == "}" => whole(r#"{"type":"object","properties":{}}"#.to_owned()),
        None => whole(format!(r#"{{"type":"object",{inside}"#)),
    }
}

/// The schema of an answer: closed objects, and what cannot be enforced told in the descriptions.
pub(crate) fn of_answer(raw: &RawValue, loss: &mut Loss) -> Result<Tree, Refusal> {
    let mut tree = Tree::read(raw).map_err(|error| {
        malformed(
            PLACE,
            format!("The schema of the answer cannot be read: {error}"),
        )
    })?;
    close(&mut tree, loss)?;
    Ok(tree)
}

const PLACE: &str = "response_format.json_schema.schema";

fn close(tree: &mut Tree, loss: &mut Loss) -> Result<(), Refusal> {
    let Tree::Object(schema) = tree else {
        return Ok(());
    };
    for (name, value) in schema.iter_mut() {
        // Of alternatives that exclude each other a writer takes one as well.
        if name == "oneOf" {
            "anyOf".clone_into(name);
        }
        match value {
            Tree::Object(members) if NAMED.contains(&name.as_str()) => {
                members
                    .iter_mut()
                    .try_for_each(|(_, schema)| close(schema, loss))?;
            }
            Tree::Array(schemas) if NESTED.contains(&name.as_str()) => {
                schemas
                    .iter_mut()
                    .try_for_each(|schema| close(schema, loss))?;
            }
            _ if NESTED.contains(&name.as_str()) => close(value, loss)?,
            _ => {}
        }
    }
    tell_in_words(schema, loss);
    close_object(schema)
}

fn close_object(schema: &mut Members) -> Result<(), Refusal> {
    let is_object = match get(schema, "type") {
        Some(Tree::Array(kinds)) => kinds.iter().any(|kind| kind.as_text() == Some("object")),
        Some(kind) => kind.as_text() == Some("object"),
        None => get(schema, "properties").is_some(),
    };
    match get(schema, "additionalProperties") {
        Some(Tree::Leaf(open)) if open == false => Ok(()),
        Some(_) => {
            let detail = "Anthropic holds an answer only to objects that name all their \
                          properties: `additionalProperties` must be false everywhere.";
            Err(unsupported(PLACE, detail))
        }
        None => {
            if is_object {
                set(schema, "additionalProperties", Tree::flag(false));
            }
            Ok(())
        }
    }
}

fn tell_in_words(schema: &mut Members, loss: &mut Loss) {
    let told = |(name, value): &mut (String, Tree)| !is_enforced(name, value);
    let words: Vec<String> = schema
        .extract_if(.., told)
        .map(|(name, value)| {
            loss.dropped(&format!("{PLACE}.{name}"));
            format!(
                "{name}: {}",
                serde_json::to_string(&value).unwrap_or_default()
            )
        })
        .collect();
    if words.is_empty() {
        return;
    }
    let words = format!("({})", words.join(", "));
    let described = match get(schema, "description").and_then(Tree::as_text) {
        Some(text) => format!("{text} {words}"),
        None => words,
    };
    set(schema, "description", Tree::text(described));
}

/// Whether an answer can be held to a keyword.
fn is_enforced(name: &str, value: &Tree) -> bool {
    match (name, value) {
        ("minItems", Tree::Leaf(least)) => least.as_u64() <= Some(1),
        ("format", format) => format
            .as_text()
            .is_some_and(|format| FORMATS.contains(&format)),
        _ => !WORDS_ONLY.contains(&name),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn raw(text: &str) -> Raw {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    #[test]
    fn oa_11_a_tool_always_has_a_schema_of_an_object() {
        let cases = [
            (None, r#"{"type":"object","properties":{}}"#),
            (Some("null"), r#"{"type":"object","properties":{}}"#),
            (Some("{}"), r#"{"type":"object","properties":{}}"#),
            (Some("{ }"), r#"{"type":"object","properties":{}}"#),
            (
                Some(r#"{ "properties":{"a":{"type":"string"}}}"#),
                r#"{"type":"object","properties":{"a":{"type":"string"}}}"#,
            ),
        ];
        for (given, want) in cases {
            let given = given.map(raw);
            assert_eq!(of_tool(given.as_ref(), "t", 0).unwrap().get(), want);
        }
        let refusal = of_tool(Some(&raw("[1]")), "find", 2).unwrap_err();
        assert_eq!(
            refusal.param.as_deref(),
            Some("tools[2].function.parameters")
        );
        assert!(refusal.detail.contains("`find`"));
    }

    #[test]
    fn oa_12_a_schema_with_a_type_is_kept_to_the_byte() {
        let text = r#"{"type": "object","additionalProperties":false,"$defs":{"z":{},"a":{}},
            "properties":{"n":{"anyOf":[{"const":1e2},{"enum":[9007199254740993]}]}}}"#;
        assert_eq!(of_tool(Some(&raw(text)), "t", 0).unwrap().get(), text);
    }

    fn answer(text: &str) -> (Result<String, Refusal>, Vec<String>) {
        let mut loss = Loss::default();
        let tree = of_answer(&raw(text), &mut loss);
        (
            tree.map(|tree| serde_json::to_string_pretty(&tree).unwrap()),
            loss.into_members(),
        )
    }

    #[test]
    fn oa_26_every_object_is_closed() {
        let (got, lost) = answer(
            r##"{"type":"object","properties":{
                "z":{"type":["object","null"],"properties":{"b":{"type":"string"}}},
                "a":{"type":"array","items":{"properties":{}}},
                "u":{"anyOf":[{"type":"object"},{"$ref":"#/$defs/d"}]}},
              "required":["z"],"$defs":{"d":{"type":"object","additionalProperties":false}}}"##,
        );
        insta::assert_snapshot!(got.unwrap(), @r##"
        {
          "type": "object",
          "properties": {
            "z": {
              "type": [
                "object",
                "null"
              ],
              "properties": {
                "b": {
                  "type": "string"
                }
              },
              "additionalProperties": false
            },
            "a": {
              "type": "array",
              "items": {
                "properties": {},
                "additionalProperties": false
              }
            },
            "u": {
              "anyOf": [
                {
                  "type": "object",
                  "additionalProperties": false
                },
                {
                  "$ref": "#/$defs/d"
                }
              ]
            }
          },
          "required": [
            "z"
          ],
          "$defs": {
            "d": {
              "type": "object",
              "additionalProperties": false
            }
          },
          "additionalProperties": false
        }
        "##);
        assert!(lost.is_empty());
    }

    #[test]
    fn oa_26_what_cannot_be_enforced_is_told_in_the_description_and_reported() {
        let (got, lost) = answer(
            r#"{"type":"object","properties":{
                "n":{"type":"integer","minimum":1,"maximum":5,"description":"Stars."},
                "l":{"type":"array","items":{"type":"string","minLength":2},"minItems":3},
                "s":{"oneOf":[{"type":"string","format":"uuid"},{"format":"color"}]},
                "one":{"type":"array","items":{"type":"string"},"minItems":1}}}"#,
        );
        insta::assert_snapshot!(got.unwrap(), @r#"
        {
          "type": "object",
          "properties": {
            "n": {
              "type": "integer",
              "description": "Stars. (minimum: 1, maximum: 5)"
            },
            "l": {
              "type": "array",
              "items": {
                "type": "string",
                "description": "(minLength: 2)"
              },
              "description": "(minItems: 3)"
            },
            "s": {
              "anyOf": [
                {
                  "type": "string",
                  "format": "uuid"
                },
                {
                  "description": "(format: \"color\")"
                }
              ]
            },
            "one": {
              "type": "array",
              "items": {
                "type": "string"
              },
              "minItems": 1
            }
          },
          "additionalProperties": false
        }
        "#);
        insta::assert_snapshot!(lost.join("\n"), @r"
        response_format.json_schema.schema.minimum
        response_format.json_schema.schema.maximum
        response_format.json_schema.schema.minLength
        response_format.json_schema.schema.minItems
        response_format.json_schema.schema.format
        ");
    }

    fn any_schema() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            Just(r#"{"type":"string","maxLength":3}"#.to_owned()),
            Just(r#"{"type":"integer","minimum":0,"description":"n"}"#.to_owned()),
            Just(r#"{"type":["object","null"]}"#.to_owned()),
            Just("true".to_owned()),
            Just("[1]".to_owned()),
        ];
        leaf.prop_recursive(5, 40, 3, |inner| {
            let several = prop::collection::vec(inner, 1..3);
            let keyword = prop::sample::select(vec!["items", "anyOf", "oneOf", "allOf", "$defs"]);
            (several, keyword).prop_map(|(schemas, keyword)| {
                let list = schemas.join(",");
                let first = schemas.first().cloned().unwrap_or_default();
                match keyword {
                    "items" => format!(r#"{{"type":"array","items":{first},"minItems":2}}"#),
                    "$defs" => {
                        format!(r#"{{"properties":{{"a":{first}}},"$defs":{{"d":{first}}}}}"#)
                    }
                    list_of => format!(r#"{{"{list_of}":[{list}]}}"#),
                }
            })
        })
    }

    fn open_objects(tree: &Tree) -> usize {
        let Tree::Object(members) = tree else {
            return tree
                .as_array()
                .map_or(0, |list| list.iter().map(open_objects).sum());
        };
        let names_object = format!("{:?}", get(members, "type")).contains("object");
        let open = names_object && get(members, "additionalProperties") != Some(&Tree::flag(false));
        usize::from(open)
            + members
                .iter()
                .map(|(_, value)| open_objects(value))
                .sum::<usize>()
    }

    proptest! {
        #[test]
        fn oa_26_no_object_stays_open_and_closing_twice_changes_nothing(text in any_schema()) {
            let mut loss = Loss::default();
            let tree = of_answer(&raw(&text), &mut loss).unwrap();
            prop_assert_eq!(open_objects(&tree), 0);
            let written = serde_json::value::to_raw_value(&tree).unwrap();
            let mut again = Loss::default();
            prop_assert_eq!(of_answer(&written, &mut again).unwrap(), tree);
            prop_assert!(again.is_empty());
        }
    }

    #[test]
    fn oa_26_an_open_object_is_refused_since_closing_it_would_change_the_answer() {
        for open in ["true", r#"{"type":"string"}"#] {
            let (got, _) = answer(&format!(
                r#"{{"type":"object","additionalProperties":{open}}}"#
            ));
            assert_eq!(got.unwrap_err().param.as_deref(), Some(PLACE));
        }
    }
}
