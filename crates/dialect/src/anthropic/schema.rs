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
use crate::tree::{Members, Tree, get, set, take};

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

/// Keywords whose members are schemas by name.
const NAMED: [&str; 3] = ["properties", "$defs", "definitions"];
/// Keywords whose value is a schema or a list of them.
const NESTED: [&str; 5] = ["items", "anyOf", "allOf", "oneOf", "prefixItems"];

/// The schema of a tool's arguments, whole; one that does not say what it describes describes an
/// object.
pub(super) fn of_tool<'a>(
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
pub(super) fn of_answer(raw: &RawValue, loss: &mut Loss) -> Result<Tree, Refusal> {
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
            let detail = "Anthropic holds an answer only to objects that name all their properties: \
                          `additionalProperties` must be false everywhere.";
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
    let mut words = Vec::new();
    for name in WORDS_ONLY {
        if let Some(value) = take(schema, name) {
            words.push(format!(
                "{name}: {}",
                serde_json::to_string(&value).unwrap_or_default()
            ));
            loss.dropped(&format!("{PLACE}.{name}"));
        }
    }
    // Of the least number of elements only 0 and 1 are enforced.
    let enforced = |value: &Tree| matches!(value, Tree::Leaf(least) if least.as_u64() <= Some(1));
    if get(schema, "minItems").is_some_and(|least| !enforced(least))
        && let Some(value) = take(schema, "minItems")
    {
        words.push(format!(
            "minItems: {}",
            serde_json::to_string(&value).unwrap_or_default()
        ));
        loss.dropped(&format!("{PLACE}.minItems"));
    }
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

#[cfg(test)]
mod tests {
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
            tree.map(|tree| serde_json::to_string(&tree).unwrap()),
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
        insta::assert_snapshot!(got.unwrap(), @"");
        assert!(lost.is_empty());
    }

    #[test]
    fn oa_26_what_cannot_be_enforced_is_told_in_the_description_and_reported() {
        let (got, lost) = answer(
            r#"{"type":"object","properties":{
                "n":{"type":"integer","minimum":1,"maximum":5,"description":"Stars."},
                "l":{"type":"array","items":{"type":"string","minLength":2},"minItems":3},
                "one":{"type":"array","items":{"type":"string"},"minItems":1}}}"#,
        );
        insta::assert_snapshot!(got.unwrap(), @"");
        insta::assert_snapshot!(lost.join("\n"), @"");
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
