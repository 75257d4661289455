//! Schemas as Gemini takes them: the part of OpenAPI 3.0 that its `Schema` knows. References are
//! put in place, `allOf` is merged, `null` becomes `nullable`, and what is left over is dropped:
//! what limits the values is reported, what only describes them is not.

use serde_json::Value;
use serde_json::value::RawValue;
use tollgate_model::Refusal;

use crate::codec::Loss;
use crate::ladder::malformed;
use crate::tree::{Members, Tree, get, set};

/// The most levels of a schema, references put in place.
const MOST_LEVELS: usize = 64;
/// The most schemas in a schema, references put in place: each use of one counts.
const MOST_SCHEMAS: usize = 10_000;

/// Cleans a schema. `place` names it in refusals and reports. `None` where it describes an object
/// of no properties, which Gemini wants left out.
pub(super) fn clean(raw: &RawValue, place: &str, loss: &mut Loss) -> Result<Option<Tree>, Refusal> {
    let root = Tree::read(raw)
        .map_err(|error| malformed(place, format!("The schema cannot be read: {error}")))?;
    if root.is_null() {
        return Ok(None);
    }
    if root.as_object().is_none() {
        return Err(malformed(place, "The schema is no JSON object."));
    }
    let mut cleaner = Cleaner {
        root: &root,
        place,
        inside: Vec::new(),
        left: MOST_SCHEMAS,
        loss,
    };
    let cleaned = cleaner.schema(&root, 0)?;
    let members = cleaned.as_object();
    let is_empty = members.is_some_and(|members| {
        let kind = get(members, "type").and_then(Tree::as_text);
        kind == Some("object") && get(members, "properties").is_none()
    });
    let says_nothing = root.as_object().is_some_and(Vec::is_empty);
    Ok((!is_empty && !says_nothing).then_some(cleaned))
}

struct Cleaner<'t, 'l> {
    root: &'t Tree,
    place: &'l str,
    /// The references that lead to where we are: one that is met again is a recursion.
    inside: Vec<&'t str>,
    left: usize,
    loss: &'l mut Loss,
}

/// A schema with its references and `allOf` put in place.
#[derive(Clone, Default)]
struct Flat<'t> {
    /// Keywords besides those below; of several with one name the first counts.
    keywords: Vec<(&'t str, &'t Tree)>,
    properties: Vec<(&'t str, &'t Tree)>,
    required: Vec<&'t str>,
    /// The alternatives of `anyOf` or `oneOf`.
    any: Option<&'t [Tree]>,
    recursive: bool,
}

impl<'t> Flat<'t> {
    fn keyword(&self, name: &str) -> Option<&'t Tree> {
        self.keywords
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| *value)
    }

    fn property(&mut self, name: &'t str, schema: &'t Tree) {
        match self.properties.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = schema,
            None => self.properties.push((name, schema)),
        }
    }

    /// Adds what `base` says besides.
    fn fill(&mut self, base: &Flat<'t>) {
        for (name, value) in &base.keywords {
            if self.keyword(name).is_none() {
                self.keywords.push((name, value));
            }
        }
        let own = std::mem::take(&mut self.properties);
        self.properties.clone_from(&base.properties);
        own.into_iter()
            .for_each(|(name, schema)| self.property(name, schema));
        self.required.extend(&base.required);
        self.recursive |= base.recursive;
    }
}

impl<'t> Cleaner<'t, '_> {
    fn refuse(&self, detail: impl Into<String>) -> Refusal {
        malformed(self.place, detail)
    }

    fn lost(&mut self, keyword: &str) {
        self.loss.dropped(&format!("{}.{keyword}", self.place));
    }

    fn schema(&mut self, tree: &'t Tree, level: usize) -> Result<Tree, Refusal> {
        let inside = self.inside.len();
        let mut flat = Flat::default();
        self.flatten(tree, &mut flat, level)?;
        let cleaned = self.write(flat, level)?;
        self.inside.truncate(inside);
        Ok(cleaned)
    }

    fn flatten(
        &mut self,
        tree: &'t Tree,
        flat: &mut Flat<'t>,
        level: usize,
    ) -> Result<(), Refusal> {
        if level > MOST_LEVELS {
            return Err(self.refuse(format!("The schema has more than {MOST_LEVELS} levels.")));
        }
        self.left = self.left.checked_sub(1).ok_or_else(|| {
            self.refuse(format!(
                "The schema has more than {MOST_SCHEMAS} parts, with its references put in place."
            ))
        })?;
        let Tree::Object(members) = tree else {
            return Ok(());
        };
        for (name, value) in members {
            match (name.as_str(), value) {
                ("$ref" | "allOf", _) => {}
                ("properties", Tree::Object(properties)) => {
                    properties
                        .iter()
                        .for_each(|(name, schema)| flat.property(name, schema));
                }
                ("required", Tree::Array(names)) => {
                    flat.required.extend(names.iter().filter_map(Tree::as_text));
                }
                ("anyOf" | "oneOf", Tree::Array(any)) if flat.any.is_none() => {
                    flat.any = Some(any);
                }
                (name, value) => {
                    if flat.keyword(name).is_none() {
                        flat.keywords.push((name, value));
                    }
                }
            }
        }
        for part in get(members, "allOf")
            .and_then(Tree::as_array)
            .unwrap_or_default()
        {
            self.flatten(part, flat, level + 1)?;
        }
        match get(members, "$ref").and_then(Tree::as_text) {
            Some(reference) => self.follow(reference, flat, level),
            None => Ok(()),
        }
    }

    fn follow(
        &mut self,
        reference: &'t str,
        flat: &mut Flat<'t>,
        level: usize,
    ) -> Result<(), Refusal> {
        if self.inside.contains(&reference) {
            flat.recursive = true;
            self.lost("$ref");
            return Ok(());
        }
        let root = self.root;
        let target = reference
            .strip_prefix('#')
            .and_then(|pointer| root.pointer(pointer));
        let target = target.ok_or_else(|| {
            self.refuse("A `$ref` of the schema leads to nothing in the schema itself.")
        })?;
        self.inside.push(reference);
        self.flatten(target, flat, level + 1)
    }

    fn write(&mut self, mut flat: Flat<'t>, level: usize) -> Result<Tree, Refusal> {
        let (mut kinds, mut nullable) = kinds(flat.keyword("type"));
        nullable |= flat.keyword("nullable") == Some(&Tree::flag(true));
        nullable |= values(&flat).iter().any(|value| value.is_null());
        let any = flat.any.take().unwrap_or_default();
        let (nothing, choices): (Vec<&Tree>, Vec<&Tree>) = any.iter().partition(|c| is_null(c));
        nullable |= !nothing.is_empty();
        let mut written = Vec::new();
        for choice in choices {
            let inside = self.inside.len();
            let mut joined = Flat::default();
            self.flatten(choice, &mut joined, level + 1)?;
            joined.fill(&flat);
            written.push(self.write(joined, level + 1)?);
            self.inside.truncate(inside);
        }
        if written.is_empty() {
            if kinds.is_empty() {
                kinds.push(self.inferred(&flat));
            }
            for kind in kinds {
                written.push(self.typed(&flat, kind, level)?);
            }
        }
        if nullable {
            written.iter_mut().for_each(set_nullable);
        }
        Ok(match <[Tree; 1]>::try_from(written) {
            Ok([only]) => only,
            Err(several) => Tree::Object(vec![("anyOf".to_owned(), Tree::Array(several))]),
        })
    }

    /// The type of a schema that says none.
    fn inferred(&mut self, flat: &Flat<'t>) -> String {
        let first = match flat.keyword("enum") {
            Some(Tree::Array(values)) => values.first(),
            _ => flat.keyword("const"),
        };
        let kind = match first {
            _ if flat.recursive || !flat.properties.is_empty() => "object",
            _ if flat
                .keyword("items")
                .or(flat.keyword("prefixItems"))
                .is_some() =>
            {
                "array"
            }
            Some(Tree::Leaf(Value::Bool(_))) => "boolean",
            Some(_) => "string",
            None => {
                self.lost("type");
                "string"
            }
        };
        kind.to_owned()
    }

    fn typed(&mut self, flat: &Flat<'t>, kind: String, level: usize) -> Result<Tree, Refusal> {
        let mut out = Members::new();
        let mut listed = values(flat);
        listed.retain(|value| !value.is_null());
        let texts = match kind.as_str() {
            "string" | "integer" | "number" => texts(&listed),
            _ => Vec::new(),
        };
        // Only texts can be listed; numbers are listed as texts.
        let kind = if texts.is_empty() {
            kind
        } else {
            "string".to_owned()
        };
        if texts.len() < listed.len() && !(kind == "boolean" && listed.len() > 1) {
            self.lost("enum");
        }
        out.push(("type".to_owned(), Tree::text(kind.as_str())));
        for (name, value) in &flat.keywords {
            if keeps(&kind, name, value) {
                out.push(((*name).to_owned(), (*value).clone()));
            } else if !is_silent(name, value) {
                self.lost(name);
            }
        }
        if !texts.is_empty() {
            out.push((
                "enum".to_owned(),
                Tree::Array(texts.into_iter().map(Tree::text).collect()),
            ));
        }
        match kind.as_str() {
            "object" => self.properties(flat, &mut out, level)?,
            "array" => out.push(("items".to_owned(), self.items(flat, level)?)),
            _ => {}
        }
        Ok(Tree::Object(out))
    }

    fn properties(
        &mut self,
        flat: &Flat<'t>,
        out: &mut Members,
        level: usize,
    ) -> Result<(), Refusal> {
        if flat.properties.is_empty() {
            return Ok(());
        }
        let mut written = Members::new();
        for (name, schema) in &flat.properties {
            written.push(((*name).to_owned(), self.schema(schema, level + 1)?));
        }
        out.push(("properties".to_owned(), Tree::Object(written)));
        let named = |name: &&str| flat.properties.iter().any(|(known, _)| known == name);
        let mut required: Vec<&str> = Vec::new();
        for name in flat.required.iter().copied().filter(named) {
            if !required.contains(&name) {
                required.push(name);
            }
        }
        if !required.is_empty() {
            let names = required.into_iter().map(Tree::text).collect();
            out.push(("required".to_owned(), Tree::Array(names)));
        }
        Ok(())
    }

    /// The one schema of all elements; a list of schemas by place becomes a choice among them.
    fn items(&mut self, flat: &Flat<'t>, level: usize) -> Result<Tree, Refusal> {
        let by_place = match (flat.keyword("prefixItems"), flat.keyword("items")) {
            (Some(Tree::Array(places)), _) | (None, Some(Tree::Array(places))) => places,
            (_, Some(items)) => return self.schema(items, level + 1),
            (_, None) => {
                return Ok(Tree::Object(vec![(
                    "type".to_owned(),
                    Tree::text("string"),
                )]));
            }
        };
        self.lost("prefixItems");
        let mut choices: Vec<Tree> = Vec::new();
        for place in by_place {
            let choice = self.schema(place, level + 1)?;
            if !choices.contains(&choice) {
                choices.push(choice);
            }
        }
        Ok(match <[Tree; 1]>::try_from(choices) {
            Ok([only]) => only,
            Err(several) => Tree::Object(vec![("anyOf".to_owned(), Tree::Array(several))]),
        })
    }
}

/// The types that a schema names, and whether `null` is among them.
fn kinds(kind: Option<&Tree>) -> (Vec<String>, bool) {
    let names: Vec<&str> = match kind {
        Some(Tree::Array(kinds)) => kinds.iter().filter_map(Tree::as_text).collect(),
        Some(kind) => kind.as_text().into_iter().collect(),
        None => Vec::new(),
    };
    let lower = names.iter().map(|name| name.to_ascii_lowercase());
    let (nulls, kinds): (Vec<String>, Vec<String>) = lower.partition(|name| name == "null");
    (kinds, !nulls.is_empty())
}

fn is_null(schema: &Tree) -> bool {
    let members = schema.as_object().map(Vec::as_slice).unwrap_or_default();
    let (kinds, nullable) = kinds(get(members, "type"));
    (nullable && kinds.is_empty()) || get(members, "const").is_some_and(Tree::is_null)
}

fn set_nullable(schema: &mut Tree) {
    if let Tree::Object(members) = schema {
        match members.iter_mut().find(|(name, _)| name == "anyOf") {
            Some((_, Tree::Array(choices))) => choices.iter_mut().for_each(set_nullable),
            _ => set(members, "nullable", Tree::flag(true)),
        }
    }
}

/// The values of `enum` or `const`.
fn values<'t>(flat: &Flat<'t>) -> Vec<&'t Tree> {
    match flat.keyword("enum") {
        Some(Tree::Array(values)) => values.iter().collect(),
        _ => flat.keyword("const").into_iter().collect(),
    }
}

/// The values that can be listed, as texts.
fn texts(values: &[&Tree]) -> Vec<String> {
    let text = |value: &&Tree| match value {
        Tree::Leaf(Value::String(text)) if !text.is_empty() => Some(text.clone()),
        Tree::Leaf(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    values.iter().filter_map(text).collect()
}

fn keeps(kind: &str, name: &str, value: &Tree) -> bool {
    match (name, kind) {
        ("title" | "description", _) => value.as_text().is_some(),
        ("format", "string") => matches!(value.as_text(), Some("enum" | "date-time")),
        ("format", "integer") => matches!(value.as_text(), Some("int32" | "int64")),
        ("format", "number") => matches!(value.as_text(), Some("float" | "double")),
        ("minLength" | "maxLength" | "pattern", "string")
        | ("minimum" | "maximum", "integer" | "number")
        | ("minItems" | "maxItems", "array")
        | ("minProperties" | "maxProperties" | "propertyOrdering", "object") => true,
        _ => false,
    }
}

/// Whether a keyword limits no value, or what it says is said otherwise.
fn is_silent(name: &str, value: &Tree) -> bool {
    match name {
        "additionalProperties" => matches!(value, Tree::Leaf(_)),
        "type" | "nullable" | "enum" | "const" | "items" | "prefixItems" | "anyOf" | "oneOf"
        | "$schema" | "$id" | "$anchor" | "$comment" | "$defs" | "definitions" | "default"
        | "example" | "examples" | "title" | "deprecated" | "readOnly" | "writeOnly" | "strict" => {
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cleaned(text: &str) -> (Result<String, Refusal>, String) {
        let mut loss = Loss::default();
        let raw = RawValue::from_string(text.to_owned()).unwrap();
        let tree = clean(&raw, "S", &mut loss);
        let text = tree.map(|tree| tree.map_or("-".into(), |t| serde_json::to_string(&t).unwrap()));
        (text, loss.into_members().join(" "))
    }

    fn pretty(json: &str) -> String {
        serde_json::to_string_pretty(&serde_json::from_str::<Tree>(json).unwrap()).unwrap()
    }

    /// Cleans the schema of a property `p`.
    fn property(text: &str) -> (String, String) {
        let (got, lost) = cleaned(&format!(r#"{{"properties":{{"p":{text}}}}}"#));
        let got = got.unwrap();
        let inner = got.strip_prefix(r#"{"type":"object","properties":{"p":"#);
        (inner.unwrap().strip_suffix("}}").unwrap().to_owned(), lost)
    }

    #[test]
    fn gm_13_each_keyword_becomes_what_gemini_knows() {
        let cases = [
            (
                r#"{"type":"string","format":"uuid"}"#,
                r#"{"type":"string"}"#,
                "S.format",
            ),
            (
                r#"{"type":"string","format":"date-time"}"#,
                r#"{"type":"string","format":"date-time"}"#,
                "",
            ),
            (
                r#"{"type":"integer","format":"int64","minimum":1}"#,
                r#"{"type":"integer","format":"int64","minimum":1}"#,
                "",
            ),
            (
                r#"{"type":["string","null"]}"#,
                r#"{"type":"string","nullable":true}"#,
                "",
            ),
            (
                r#"{"type":["string","integer"]}"#,
                r#"{"anyOf":[{"type":"string"},{"type":"integer"}]}"#,
                "",
            ),
            (r#"{"const":"a"}"#, r#"{"type":"string","enum":["a"]}"#, ""),
            (
                r#"{"type":"integer","enum":[1,2]}"#,
                r#"{"type":"string","enum":["1","2"]}"#,
                "",
            ),
            (
                r#"{"type":"boolean","enum":[true,false]}"#,
                r#"{"type":"boolean"}"#,
                "",
            ),
            (
                r#"{"type":"boolean","const":true}"#,
                r#"{"type":"boolean"}"#,
                "S.enum",
            ),
            (
                r#"{"enum":["a",null]}"#,
                r#"{"type":"string","enum":["a"],"nullable":true}"#,
                "",
            ),
            (
                r#"{"anyOf":[{"type":"integer"},{"type":"null"}],"description":"d"}"#,
                r#"{"type":"integer","description":"d","nullable":true}"#,
                "",
            ),
            (
                r#"{"oneOf":[{"type":"integer"},{"type":"string"},{"type":"null"}]}"#,
                r#"{"anyOf":[{"type":"integer","nullable":true},
                    {"type":"string","nullable":true}]}"#,
                "",
            ),
            (
                r#"{"type":"array"}"#,
                r#"{"type":"array","items":{"type":"string"}}"#,
                "",
            ),
            (
                r#"{"items":{"type":"number","exclusiveMinimum":0}}"#,
                r#"{"type":"array","items":{"type":"number"}}"#,
                "S.exclusiveMinimum",
            ),
            (
                r#"{"type":"array","prefixItems":[{"type":"string"},{"type":"string"}]}"#,
                r#"{"type":"array","items":{"type":"string"}}"#,
                "S.prefixItems",
            ),
            (
                r#"{"type":"object","additionalProperties":false}"#,
                r#"{"type":"object"}"#,
                "",
            ),
            (
                r#"{"type":"object","additionalProperties":{"type":"string"}}"#,
                r#"{"type":"object"}"#,
                "S.additionalProperties",
            ),
            (
                r#"{"type":"STRING","default":"x","examples":["y"]}"#,
                r#"{"type":"string"}"#,
                "",
            ),
            ("{}", r#"{"type":"string"}"#, "S.type"),
            ("true", r#"{"type":"string"}"#, "S.type"),
        ];
        for (given, want, lost) in cases {
            let want = want.replace("\n                    ", "");
            assert_eq!(property(given), (want, lost.to_owned()), "{given}");
        }
    }

    #[test]
    fn gm_13_references_are_put_in_place_and_all_of_is_merged() {
        let (got, lost) = cleaned(
            r##"{"$schema":"x","type":"object","properties":{
                "z":{"$ref":"#/$defs/Name","description":"Last."},
                "a":{"allOf":[{"$ref":"#/$defs/Base"},
                    {"properties":{"more":{"type":"string"}},"required":["more"]}]}},
              "required":["z","gone"],"additionalProperties":false,
              "$defs":{"Name":{"type":"string","description":"A name."},
                "Base":{"type":"object","properties":{"id":{"type":"integer"}},
                    "required":["id"]}}}"##,
        );
        insta::assert_snapshot!(pretty(&got.unwrap()), @r#"
        {
          "type": "object",
          "properties": {
            "z": {
              "type": "string",
              "description": "Last."
            },
            "a": {
              "type": "object",
              "properties": {
                "id": {
                  "type": "integer"
                },
                "more": {
                  "type": "string"
                }
              },
              "required": [
                "id",
                "more"
              ]
            }
          },
          "required": [
            "z"
          ]
        }
        "#);
        assert_eq!(lost, "");
    }

    #[test]
    fn gm_13_alternatives_keep_what_is_said_beside_them() {
        let (got, lost) = property(
            r#"{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},
                "anyOf":[{"required":["a"]},{"required":["b"]}]}"#,
        );
        insta::assert_snapshot!(pretty(&got), @r#"
        {
          "anyOf": [
            {
              "type": "object",
              "properties": {
                "a": {
                  "type": "string"
                },
                "b": {
                  "type": "string"
                }
              },
              "required": [
                "a"
              ]
            },
            {
              "type": "object",
              "properties": {
                "a": {
                  "type": "string"
                },
                "b": {
                  "type": "string"
                }
              },
              "required": [
                "b"
              ]
            }
          ]
        }
        "#);
        assert_eq!(lost, "");
    }

    #[test]
    fn gm_13_a_recursion_ends_in_an_open_object() {
        let (got, lost) = cleaned(
            r##"{"$ref":"#/$defs/Node","$defs":{"Node":{"type":"object","properties":{
                "value":{"type":"string"},"next":{"$ref":"#/$defs/Node"},
                "children":{"type":"array","items":{"$ref":"#/$defs/Node"}}}}}}"##,
        );
        insta::assert_snapshot!(pretty(&got.unwrap()), @r#"
        {
          "type": "object",
          "properties": {
            "value": {
              "type": "string"
            },
            "next": {
              "type": "object"
            },
            "children": {
              "type": "array",
              "items": {
                "type": "object"
              }
            }
          }
        }
        "#);
        assert_eq!(lost, "S.$ref");
    }

    #[test]
    fn gm_13_an_object_without_properties_is_left_out() {
        for text in [
            "{}",
            "null",
            r#"{"type":"object"}"#,
            r#"{"type":"object","properties":{}}"#,
        ] {
            assert_eq!(cleaned(text).0.unwrap(), "-", "{text}");
        }
    }

    #[test]
    fn a_schema_that_grows_without_end_or_leads_nowhere_is_refused() {
        let doubling: Vec<String> = (0..40)
            .map(|n| {
                let next = n + 1;
                format!(
                    r##""d{n}":{{"properties":{{"a":{{"$ref":"#/$defs/d{next}"}},
                        "b":{{"$ref":"#/$defs/d{next}"}}}}}}"##
                )
            })
            .collect();
        let bomb = format!(
            r##"{{"$ref":"#/$defs/d0","$defs":{{{},"d40":{{"type":"string"}}}}}}"##,
            doubling.join(",")
        );
        let deep = format!(
            "{}{}",
            r#"{"items":"#.repeat(120),
            "{}".to_owned() + &"}".repeat(120)
        );
        let abyss = format!(
            "{}{}",
            r#"{"items":"#.repeat(9000),
            "{}".to_owned() + &"}".repeat(9000)
        );
        let cases = [
            bomb.as_str(),
            deep.as_str(),
            abyss.as_str(),
            r##"{"$ref":"#/$defs/none"}"##,
            r#"{"$ref":"https://example.com/schema"}"#,
            "[]",
            "3",
        ];
        for text in cases {
            let refusal = cleaned(text).0.unwrap_err();
            assert_eq!(refusal.param.as_deref(), Some("S"));
        }
    }

    fn any_schema() -> impl Strategy<Value = String> {
        let leaf = prop::sample::select(vec![
            r#"{"type":"string","format":"uuid","minLength":1}"#,
            r#"{"type":["integer","null"],"enum":[1,null,2]}"#,
            r#"{"const":"a"}"#,
            r##"{"$ref":"#/$defs/d","title":"t"}"##,
            r#"{"type":"null"}"#,
            r#"{"type":"boolean","enum":[true]}"#,
            "{}",
            "false",
            "7",
        ]);
        leaf.prop_map(str::to_owned)
            .prop_recursive(5, 40, 3, |inner| {
                let several = prop::collection::vec(inner, 1..4);
                let form = prop::sample::select(vec![
                    r#"{"type":"object","properties":{"a":A,"b":B},"required":["a","c"]}"#,
                    r#"{"properties":{"a":A},"anyOf":[L]}"#,
                    r#"{"type":["object","array"],"items":A,"properties":{"z":B}}"#,
                    r#"{"allOf":[L],"nullable":true}"#,
                    r#"{"oneOf":[L,{"type":"null"}]}"#,
                    r#"{"prefixItems":[L],"items":A}"#,
                    r#"{"type":"array","items":[L],"maxItems":2,"contains":A}"#,
                ]);
                (several, form).prop_map(|(schemas, form)| {
                    let (first, last) = (schemas.first().unwrap(), schemas.last().unwrap());
                    let form = form.replace("A", first).replace("B", last);
                    form.replace("[L", &format!("[{}", schemas.join(",")))
                })
            })
    }

    const KNOWN: [&str; 18] = [
        "type",
        "format",
        "title",
        "description",
        "nullable",
        "enum",
        "items",
        "properties",
        "required",
        "anyOf",
        "minLength",
        "maxLength",
        "pattern",
        "minimum",
        "maximum",
        "minItems",
        "maxItems",
        "propertyOrdering",
    ];

    /// Whether Gemini knows all of a schema.
    fn is_known(tree: &Tree) -> bool {
        let Some(members) = tree.as_object() else {
            return false;
        };
        let kind = get(members, "type").and_then(Tree::as_text);
        let choices = get(members, "anyOf").and_then(Tree::as_array);
        let properties = get(members, "properties").and_then(Tree::as_object);
        members
            .iter()
            .all(|(name, _)| KNOWN.contains(&name.as_str()))
            && (kind.is_some_and(|kind| kind != "null") != choices.is_some())
            && (choices.is_none() || members.len() == 1)
            && choices.unwrap_or_default().iter().all(is_known)
            && properties
                .into_iter()
                .flatten()
                .all(|(_, schema)| is_known(schema))
            && get(members, "items").is_none_or(is_known)
            && (kind == Some("array")) == get(members, "items").is_some()
            && (get(members, "enum").is_none() || kind == Some("string"))
    }

    proptest! {
        #[test]
        fn gm_13_what_is_left_is_known_and_cleaning_twice_changes_nothing(
            schema in any_schema(),
            shared in any_schema(),
        ) {
            let text = format!(
                r#"{{"type":"object","properties":{{"p":{schema}}},"$defs":{{"d":{shared}}}}}"#
            );
            let raw = RawValue::from_string(text).unwrap();
            let once = clean(&raw, "S", &mut Loss::default()).unwrap().unwrap();
            prop_assert!(is_known(&once), "{:?}", once);
            let written = serde_json::value::to_raw_value(&once).unwrap();
            let twice = clean(&written, "S", &mut Loss::default()).unwrap().unwrap();
            prop_assert_eq!(once, twice);
        }
    }
}
