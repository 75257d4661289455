//! A JSON value together with the path at which it stands, so that whatever is wrong with it can be
//! named: `messages[2].content[0].type`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use tollgate_model::{Reason, Refusal};

use crate::ir::Raw;

/// A value and its path.
#[derive(Clone, Debug)]
pub(crate) struct Node<'a> {
    raw: &'a RawValue,
    path: String,
}

/// The members of an object that nobody has taken yet, in order.
#[derive(Debug)]
pub(crate) struct Members<'a> {
    left: Vec<(String, &'a RawValue)>,
    path: String,
}

impl<'a> Node<'a> {
    /// The whole of a body, which must be JSON.
    pub(crate) fn root(body: &'a [u8]) -> Result<Node<'a>, Refusal> {
        let raw = serde_json::from_slice(body).map_err(|error| {
            let detail = format!("The body is not JSON: {error}.");
            Refusal::new(Reason::RequestMalformed, detail)
        })?;
        Ok(Node {
            raw,
            path: String::new(),
        })
    }

    /// The path of the value.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The text of the value.
    pub(crate) fn text(&self) -> &'a str {
        self.raw.get()
    }

    /// The value as it is, to be carried.
    pub(crate) fn raw(&self) -> Raw {
        self.raw.to_owned()
    }

    /// Whether the value is a string.
    pub(crate) fn is_string(&self) -> bool {
        self.text().starts_with('"')
    }

    /// Whether the value is an object.
    pub(crate) fn is_object(&self) -> bool {
        self.text().starts_with('{')
    }

    /// The members of an object.
    pub(crate) fn members(&self) -> Result<Members<'a>, Refusal> {
        let Pairs(left) = self.read("an object")?;
        Ok(Members {
            left,
            path: self.path.clone(),
        })
    }

    /// The elements of an array.
    pub(crate) fn elements(&self) -> Result<Vec<Node<'a>>, Refusal> {
        let elements: Vec<&'a RawValue> = self.read("an array")?;
        let node = |(at, raw)| Node {
            raw,
            path: format!("{}[{at}]", self.path),
        };
        Ok(elements.into_iter().enumerate().map(node).collect())
    }

    /// A string.
    pub(crate) fn string(&self) -> Result<String, Refusal> {
        self.read("a string")
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self) -> Result<bool, Refusal> {
        self.read("true or false")
    }

    /// A number.
    pub(crate) fn number(&self) -> Result<f64, Refusal> {
        self.read("a number")
    }

    /// A whole number of at least zero.
    pub(crate) fn count(&self) -> Result<u64, Refusal> {
        self.read("a whole number of at least 0")
    }

    /// A whole number.
    pub(crate) fn integer(&self) -> Result<i64, Refusal> {
        self.read("a whole number")
    }

    /// The value is not what it should be.
    pub(crate) fn wrong(&self, expected: &str) -> Refusal {
        self.malformed(format!("`{}` must be {expected}.", self.path))
    }

    /// The value is wrong in a way that `detail` tells.
    pub(crate) fn malformed(&self, detail: impl Into<String>) -> Refusal {
        Refusal::new(Reason::RequestMalformed, detail).at(&self.path)
    }

    /// The value asks for what cannot be done.
    pub(crate) fn unsupported(&self, detail: impl Into<String>) -> Refusal {
        Refusal::new(Reason::ParameterUnsupported, detail).at(&self.path)
    }

    fn read<T: Deserialize<'a>>(&self, expected: &str) -> Result<T, Refusal> {
        serde_json::from_str(self.raw.get()).map_err(|_| self.wrong(expected))
    }
}

impl<'a> Members<'a> {
    /// Takes a member out; `None` where it is absent or null. Where it stands several times, the
    /// last counts.
    pub(crate) fn take(&mut self, name: &str) -> Option<Node<'a>> {
        let at = self.left.iter().rposition(|(key, _)| key == name)?;
        let (_, raw) = self.left.remove(at);
        self.left.retain(|(key, _)| key != name);
        let node = Node {
            raw,
            path: self.join(name),
        };
        (raw.get() != "null").then_some(node)
    }

    /// Takes a member out that must be there.
    pub(crate) fn need(&mut self, name: &str) -> Result<Node<'a>, Refusal> {
        self.take(name).ok_or_else(|| {
            let path = self.join(name);
            let detail = format!("`{path}` is missing.");
            Refusal::new(Reason::RequestMalformed, detail).at(path)
        })
    }

    /// Takes a member out and reads it.
    pub(crate) fn read<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&Node<'a>) -> Result<T, Refusal>,
    ) -> Result<Option<T>, Refusal> {
        self.take(name).map(|node| read(&node)).transpose()
    }

    /// What was not taken, in order.
    pub(crate) fn rest(self) -> Vec<(String, Raw)> {
        self.left
            .into_iter()
            .map(|(key, raw)| (key, raw.to_owned()))
            .collect()
    }

    fn join(&self, name: &str) -> String {
        match self.path.as_str() {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        }
    }
}

struct Pairs<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Pairs<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Pairs<'de>, D::Error> {
        deserializer.deserialize_map(PairsVisitor)
    }
}

struct PairsVisitor;

impl<'de> Visitor<'de> for PairsVisitor {
    type Value = Pairs<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<'de>, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_value_is_named_by_its_path() {
        let root = Node::root(br#"{"a":[{"b":7}],"n":null}"#).unwrap();
        let mut members = root.members().unwrap();
        let elements = members.need("a").unwrap().elements().unwrap();
        let refusal = elements[0]
            .members()
            .unwrap()
            .need("b")
            .unwrap()
            .string()
            .unwrap_err();
        assert_eq!(refusal.param.as_deref(), Some("a[0].b"));
        assert_eq!(refusal.detail, "`a[0].b` must be a string.");
        assert_eq!(members.need("n").unwrap_err().detail, "`n` is missing.");
    }

    #[test]
    fn the_last_of_members_with_one_name_counts_and_the_rest_stays_in_order() {
        let root = Node::root(br#"{"x":1.0,"a":1,"y":1e2,"a":2}"#).unwrap();
        let mut members = root.members().unwrap();
        assert_eq!(members.read("a", Node::count).unwrap(), Some(2));
        let rest: Vec<_> = members
            .rest()
            .into_iter()
            .map(|(key, raw)| format!("{key}={}", raw.get()))
            .collect();
        assert_eq!(rest, ["x=1.0", "y=1e2"]);
    }
}
