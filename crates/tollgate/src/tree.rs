//! YAML (and so JSON) that remembers the line on which each part stands, so that an error about a
//! value can point at it.

use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Number, Value};
use serde_saphyr::Spanned;

/// A value and the line on which it begins, counted from 1.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    /// The line.
    pub line: u64,
    node: Node,
}

#[derive(Clone, Debug)]
enum Node {
    Scalar(Value),
    List(Vec<Tree>),
    Map(Vec<Member>),
}

#[derive(Clone, Debug)]
struct Member {
    key: String,
    line: u64,
    value: Tree,
}

/// YAML that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    /// The document of the stream, counted from 1.
    pub document: usize,
    /// The line, counted from 1; 0 where it is not known.
    pub line: u64,
    /// What is wrong there.
    pub message: String,
}

/// Reads a stream of documents, up to the first that cannot be read. Empty documents are left out.
pub(crate) fn parse(text: &str) -> Result<Vec<Tree>, SyntaxError> {
    let mut bytes = text.as_bytes();
    let options = serde_saphyr::options! { with_snippet: false };
    let mut trees = Vec::new();
    for parsed in serde_saphyr::read_with_options::<_, Tree>(&mut bytes, options) {
        trees.push(parsed.map_err(|error| SyntaxError {
            document: trees.len() + 1,
            line: error.location().map_or(0, |location| location.line()),
            message: without_place(&error.without_snippet().to_string()),
        })?);
    }
    Ok(trees)
}

/// Leaves out the place that the parser appends: it stands before the message already.
fn without_place(message: &str) -> String {
    let first = message.lines().next().unwrap_or(message);
    let end = first.rfind(" at line ").unwrap_or(first.len());
    first.get(..end).unwrap_or(first).to_owned()
}

impl Tree {
    /// The value without its lines.
    pub(crate) fn to_json(&self) -> Value {
        match &self.node {
            Node::Scalar(value) => value.clone(),
            Node::List(items) => Value::Array(items.iter().map(Tree::to_json).collect()),
            Node::Map(members) => Value::Object(
                members
                    .iter()
                    .map(|member| (member.key.clone(), member.value.to_json()))
                    .collect::<Map<_, _>>(),
            ),
        }
    }

    /// The parts of a list, or the value itself where it is no list.
    pub(crate) fn into_items(self) -> Vec<Tree> {
        match self.node {
            Node::List(items) => items,
            _ => vec![self],
        }
    }

    /// The line of the member at a path such as `spec.targets[0].provider`, or of the nearest one
    /// above it that is there.
    pub(crate) fn line_of(&self, path: &str) -> u64 {
        self.find(path).unwrap_or(self.line)
    }

    fn find(&self, path: &str) -> Option<u64> {
        let path = path.trim_start_matches('.');
        match &self.node {
            Node::Scalar(_) => None,
            Node::List(items) => {
                let (at, rest) = index(path)?;
                items.get(at).map(|item| item.line_of(rest))
            }
            Node::Map(members) => {
                let leads = |member: &Member| member.rest(path).is_some();
                let nearest = members
                    .iter()
                    .filter(|member| leads(member))
                    .max_by_key(|member| member.key.len())?;
                let deeper = nearest.value.find(nearest.rest(path)?);
                Some(deeper.unwrap_or(nearest.line))
            }
        }
    }
}

impl Member {
    /// What is left of a path that leads through this member. Keys may hold dots themselves.
    fn rest<'a>(&self, path: &'a str) -> Option<&'a str> {
        let rest = path.strip_prefix(self.key.as_str())?;
        (rest.is_empty() || rest.starts_with(['.', '['])).then_some(rest)
    }
}

/// Splits `[3].name` into 3 and `.name`.
fn index(path: &str) -> Option<(usize, &str)> {
    let (digits, rest) = path.strip_prefix('[')?.split_once(']')?;
    Some((digits.parse().ok()?, rest))
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Tree, D::Error> {
        let spanned = Spanned::<Node>::deserialize(deserializer)?;
        Ok(Tree {
            line: spanned.referenced.line(),
            node: spanned.value,
        })
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Scalar(Value::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Node, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("a number is finite"))?;
        Ok(Node::Scalar(Value::Number(number)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Node, E> {
        Ok(Node::Scalar(Value::Null))
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<Node, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        Node::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element::<Tree>()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut members = Vec::new();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            members.push(Member {
                key: key.value,
                line: key.referenced.line(),
                value: map.next_value()?,
            });
        }
        Ok(Node::Map(members))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TEXT: &str = "\
kind: Model
name: smart
spec:
  targets:
    - provider: openai
      model: gpt-5
    - { provider: other,
        model: x }
  prices:
    gpt-4.1:
      input: \"2.00\"
---
# nothing
---
[1, true, null, 1.5, text]
";

    #[test]
    fn values_are_those_of_yaml() {
        let trees = parse(TEXT).unwrap();
        assert_eq!(trees.len(), 2);
        assert_eq!(trees[1].to_json(), json!([1, true, null, 1.5, "text"]));
        assert_eq!(
            trees[0].to_json()["spec"]["prices"],
            json!({ "gpt-4.1": { "input": "2.00" } })
        );
    }

    #[test]
    fn paths_lead_to_lines() {
        let tree = parse(TEXT).unwrap().remove(0);
        for (path, line) in [
            ("name", 2),
            ("spec.targets[0].provider", 5),
            ("spec.targets[0].model", 6),
            ("spec.targets[1].model", 8),
            ("spec.targets[7].model", 4),
            ("spec.prices.gpt-4.1.input", 11),
            ("spec.strategy", 3),
            ("unheard", 1),
        ] {
            assert_eq!(tree.line_of(path), line, "{path}");
        }
    }

    #[test]
    fn a_mistake_in_the_syntax_is_found_in_its_document_and_line() {
        let error = parse("kind: Team\n---\nkind: [Team\nname: x\n").unwrap_err();
        assert_eq!(error.document, 2);
        assert!(error.line >= 3, "{error:?}");
        assert!(!error.message.contains("line"), "{error:?}");
    }

    #[test]
    fn a_key_that_stands_twice_is_refused() {
        let error = parse("kind: Team\nkind: Model\n").unwrap_err();
        assert!(error.message.contains("duplicate"), "{error:?}");
        assert_eq!(error.line, 2);
    }
}
