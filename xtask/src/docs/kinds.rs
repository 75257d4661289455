//! The kinds of resources in `docs/configuration.md`, from their JSON Schemas.

use anyhow::{Context, Result};
use serde_json::{Map, Value};
use tollgate_model::Kind;

/// The part of the page: a section per kind.
pub(crate) fn render() -> Result<String> {
    let mut part = String::new();
    for kind in Kind::ALL {
        let schema = serde_json::to_value(kind.schema())?;
        part.push_str(&format!("## {kind}\n\n{}\n\n", kind.doc()));
        part.push_str(&section(&kind.to_string(), &schema)?);
    }
    Ok(part)
}

/// The members of a spec, then those of the objects inside it, each in a table of its own.
fn section(title: &str, schema: &Value) -> Result<String> {
    let empty = Map::new();
    let defs = schema
        .get("$defs")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    let mut text = table(schema, defs)?;
    for (name, def) in defs {
        if def.get("properties").is_some() {
            let doc = first_paragraph(def);
            text.push_str(&format!(
                "### {title}: {name}\n\n{doc}\n\n{}",
                table(def, defs)?
            ));
        }
    }
    Ok(text)
}

fn table(schema: &Value, defs: &Map<String, Value>) -> Result<String> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let properties = properties.context("a spec without members")?;
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let mut text = "| Member | Type | Default | Meaning |\n|---|---|---|---|\n".to_owned();
    for (name, property) in properties {
        let default = match property.get("default") {
            Some(value) if !is_nothing(value) => format!("`{}`", plain(value)),
            _ if required.contains(&name.as_str()) => "required".to_owned(),
            _ => String::new(),
        };
        text.push_str(&format!(
            "| `{name}` | {} | {default} | {} |\n",
            type_of(property, defs),
            meaning(property, defs)
        ));
    }
    Ok(text + "\n")
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The type of a member in a few words.
fn type_of(schema: &Value, defs: &Map<String, Value>) -> String {
    if let Some(name) = reference(schema) {
        return defs
            .get(name)
            .map_or_else(String::new, |def| named(name, def, defs));
    }
    if let Some(either) = either(schema) {
        let types: Vec<String> = either
            .filter(|s| !is_null(s))
            .map(|s| type_of(s, defs))
            .collect();
        return types.join(" or ");
    }
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        let words: Vec<String> = words.iter().map(|w| format!("`{}`", plain(w))).collect();
        return words.join(", ");
    }
    if let Some(word) = schema.get("const") {
        return format!("`{}`", plain(word));
    }
    match base(schema) {
        "array" => {
            let items = schema.get("items").map(|items| type_of(items, defs));
            format!("list of {}", items.unwrap_or_default())
        }
        "object" => object(schema, defs),
        "integer" => "number".to_owned(),
        other => other.to_owned(),
    }
}

/// An object: its one member where the schema allows a choice of members, else a map.
fn object(schema: &Value, defs: &Map<String, Value>) -> String {
    let members = schema.get("properties").and_then(Value::as_object);
    if let Some(members) = members {
        let members: Vec<String> = members
            .iter()
            .map(|(name, inner)| format!("{name}: {}", type_of(inner, defs)))
            .collect();
        return format!("{{{}}}", members.join(", "));
    }
    let values = schema.get("additionalProperties").filter(|v| v.is_object());
    match values {
        Some(values) => format!("map of {}", type_of(values, defs)),
        None => "map".to_owned(),
    }
}

fn named(name: &str, def: &Value, defs: &Map<String, Value>) -> String {
    if def.get("properties").is_some() {
        return name.to_owned();
    }
    match base(def) {
        "string" if def.get("pattern").is_some() => name.to_lowercase(),
        _ => type_of(def, defs),
    }
}

fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/$defs/")
}

fn either(schema: &Value) -> Option<impl Iterator<Item = &Value>> {
    let choices = schema.get("oneOf").or_else(|| schema.get("anyOf"))?;
    Some(choices.as_array()?.iter())
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("null")
}

/// The type of a schema; of `["string", "null"]`, the one that says something.
fn base(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(name)) => name,
        Some(Value::Array(names)) => {
            let mut names = names.iter().filter_map(Value::as_str);
            names.find(|name| *name != "null").unwrap_or_default()
        }
        _ => "",
    }
}

fn first_paragraph(schema: &Value) -> String {
    let text = schema
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let paragraph = text.split("\n\n").next().unwrap_or_default();
    paragraph.replace('\n', " ")
}

/// The description, then what each of the words that it can be means.
fn meaning(schema: &Value, defs: &Map<String, Value>) -> String {
    let mut text = first_paragraph(schema);
    let target = reference(schema)
        .and_then(|name| defs.get(name))
        .unwrap_or(schema);
    let choices = either(target).into_iter().flatten();
    let explained: Vec<String> = choices
        .filter_map(|choice| {
            let word = choice.get("const")?;
            let doc = first_paragraph(choice);
            (!doc.is_empty()).then(|| format!("`{}`: {doc}", plain(word)))
        })
        .collect();
    if !explained.is_empty() {
        text = format!("{text} {}", explained.join(" "));
    }
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_a_section_and_each_member_a_row() {
        let part = render().unwrap();
        for kind in Kind::ALL {
            assert!(part.contains(&format!("## {kind}\n")), "{kind}");
            let schema = serde_json::to_value(kind.schema()).unwrap();
            for member in schema["properties"].as_object().unwrap().keys() {
                assert!(part.contains(&format!("| `{member}` |")), "{kind}.{member}");
            }
        }
    }

    #[test]
    fn a_row_names_type_default_and_meaning() {
        let part = render().unwrap();
        let row = |member: &str| {
            let start = format!("| `{member}` |");
            part.lines()
                .find(|line| line.starts_with(&start))
                .unwrap()
                .to_owned()
        };
        assert_eq!(
            row("limit"),
            "| `limit` | amount | required | What may be spent in one window, in dollars. |"
        );
        assert!(
            row("weight").starts_with("| `weight` | number | `1` |"),
            "{}",
            row("weight")
        );
        assert!(
            row("targets").contains("| list of TargetSpec | required |"),
            "{}",
            row("targets")
        );
        assert!(part.contains("| `scope` | `organization` or {team: name}"));
        assert!(
            row("window").contains("`week`: From Monday to Monday"),
            "{}",
            row("window")
        );
    }
}
