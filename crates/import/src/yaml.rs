//! YAML (and so JSON) as a [`Tree`]: numbers keep the text in which they are written.

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_saphyr::Spanned;

use crate::ImportError;
use crate::tree::{Raw, RawNode, Tree};

/// Reads a file that holds one document.
pub(crate) fn parse(file: &str, text: &str) -> Result<Tree, ImportError> {
    if text.trim().is_empty() {
        return Err(ImportError::new(format!("{file} is empty")));
    }
    Ok(Tree::root(file, read(file, text)?))
}

/// Reads JSON that stands as a text in a member of another source. `None` where it is none.
pub(crate) fn embedded(outer: &Tree, text: &str) -> Option<Tree> {
    let raw = read(outer.path(), text).ok()?;
    Some(Tree::within(outer, raw))
}

fn read(file: &str, text: &str) -> Result<Raw, ImportError> {
    let options = serde_saphyr::options! { with_snippet: false };
    let parsed: Result<Part, _> = serde_saphyr::from_str_with_options(text, options);
    let part = parsed.map_err(|error| {
        let line = error.location().map_or(0, |location| location.line());
        ImportError::at(file, line, first_line(&error.without_snippet().to_string()))
    })?;
    Ok(part.raw(text))
}

/// Leaves out the place that the parser appends: it stands before the message already.
fn first_line(message: &str) -> String {
    let first = message.lines().next().unwrap_or(message);
    let end = first.rfind(" at line ").unwrap_or(first.len());
    first.get(..end).unwrap_or(first).to_owned()
}

/// A value and where its text begins and ends.
struct Part {
    line: u64,
    span: Option<(usize, usize)>,
    value: Value,
}

enum Value {
    Null,
    Bool(bool),
    /// A number with its text by whoever parsed it, for where its place is not known.
    Number(String),
    Text(String),
    List(Vec<Part>),
    Map(Vec<(String, Part)>),
}

impl Part {
    fn raw(self, source: &str) -> Raw {
        let written = |parsed: String| {
            let written = self.span.and_then(|(from, to)| source.get(from..to));
            let written = written.map(str::trim).filter(|text| is_number(text));
            written.map_or(parsed, str::to_owned)
        };
        let node = match self.value {
            Value::Null => RawNode::Null,
            Value::Bool(value) => RawNode::Bool(value),
            Value::Number(parsed) => RawNode::Number(written(parsed)),
            Value::Text(text) => RawNode::Text(text),
            Value::List(items) => {
                let items = items.into_iter().map(|item| (None, item.raw(source)));
                RawNode::List(items.collect())
            }
            Value::Map(members) => {
                let members = members
                    .into_iter()
                    .map(|(name, part)| (name, part.raw(source)));
                RawNode::Map(members.collect())
            }
        };
        Raw {
            line: self.line,
            node,
        }
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b))
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Part, D::Error> {
        let spanned = Spanned::<Value>::deserialize(deserializer)?;
        let span = spanned.defined.span();
        let bytes = span.byte_offset().zip(span.byte_len());
        let span = bytes.and_then(|(from, length)| {
            let from = usize::try_from(from).ok()?;
            Some((from, from.checked_add(usize::try_from(length).ok()?)?))
        });
        Ok(Part {
            line: spanned.referenced.line(),
            span,
            value: spanned.value,
        })
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.to_string()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Value, E> {
        Ok(Value::Number(value.to_string()))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Value, E> {
        Ok(Value::Number(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Number(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element::<Part>()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            members.push((name, map.next_value()?));
        }
        Ok(Value::Map(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_the_text_in_which_they_are_written() {
        let text = "# é\na: 0.30000000000000004\nb: [1e-07, 100.10, 7, \"8\"]\n";
        let tree = parse("f.yaml", text).unwrap();
        assert_eq!(tree.get("a").unwrap().text(), Some("0.30000000000000004"));
        let items = tree.get("b").unwrap().items();
        let texts: Vec<_> = items.iter().filter_map(Tree::text).collect();
        assert_eq!(texts, ["1e-07", "100.10", "7", "8"]);
        let tree = parse("f.json", r#"{"é": {"max": 12.340, "x": null}}"#).unwrap();
        assert_eq!(
            tree.get("é").unwrap().get("max").unwrap().text(),
            Some("12.340")
        );
    }

    #[test]
    fn an_anchor_gives_its_number_wherever_it_is_named() {
        let tree = parse("f.yaml", "a: &x {n: 0.10}\nb: *x\nc:\n  <<: *x\n").unwrap();
        for name in ["a", "b", "c"] {
            let number = tree.get(name).unwrap().get("n").unwrap();
            assert_eq!(number.text(), Some("0.10"), "{name}");
        }
    }

    #[test]
    fn what_is_no_yaml_names_the_line() {
        for (text, said) in [
            ("", "f.yaml is empty"),
            (" \n", "f.yaml is empty"),
            ("a: {\n", "f.yaml, line 1: "),
            ("a: 1\na: 2\n", "f.yaml, line 2: "),
        ] {
            let error = parse("f.yaml", text).unwrap_err().to_string();
            assert!(error.starts_with(said), "{error}");
        }
    }
}
