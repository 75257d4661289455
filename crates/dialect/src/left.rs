//! What a request has that finds no place in the intermediate form, by name, to be reported where it
//! is not carried.

use crate::ir::Raw;
use crate::node::{Members, Node};

/// Members without a place, each name once.
#[derive(Debug, Default)]
pub(crate) struct Left(Vec<(String, Raw)>);

impl Left {
    /// Notes a value under a name.
    pub(crate) fn add(&mut self, name: &str, node: &Node<'_>) {
        self.push(name.to_owned(), node.raw());
    }

    /// Notes what was not taken of an object that stands at `place`. What is off, empty or null says
    /// nothing.
    pub(crate) fn add_rest(&mut self, place: &str, members: Members<'_>) {
        for (name, value) in members.rest() {
            if !matches!(value.get(), "null" | "false" | "[]" | "{}") {
                self.push(format!("{place}.{name}"), value);
            }
        }
    }

    /// All of them, in the order in which they were met.
    pub(crate) fn into_members(self) -> Vec<(String, Raw)> {
        self.0
    }

    fn push(&mut self, name: String, value: Raw) {
        if !self.0.iter().any(|(known, _)| *known == name) {
            self.0.push((name, value));
        }
    }
}
