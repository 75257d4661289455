//! A source as a tree of members that remembers what of it was looked at: what nobody looked at is
//! in the report, so that nothing can be lost by being forgotten.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

use crate::ImportError;
use crate::decimal::Decimal;

/// A member of a source.
pub(crate) struct Tree {
    file: Arc<str>,
    path: String,
    line: u64,
    node: Node,
    seen: Cell<bool>,
}

/// What a member is.
#[derive(Debug)]
pub(crate) enum Node {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A number, as it is written.
    Number(String),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Tree>),
    /// Members by name, in the order of the file.
    Map(Vec<(String, Tree)>),
}

/// What a member is before it knows its place.
#[derive(Debug)]
pub(crate) struct Raw {
    /// The line on which it begins; 0 where there are no lines.
    pub line: u64,
    /// What it is.
    pub node: RawNode,
}

/// What a member without a place is.
#[derive(Debug)]
pub(crate) enum RawNode {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    /// Items, each with what stands in brackets for it; the place in the list where that is `None`.
    List(Vec<(Option<String>, Raw)>),
    Map(Vec<(String, Raw)>),
}

impl Raw {
    fn without_lines(self) -> Raw {
        let node = match self.node {
            RawNode::List(items) => {
                let bare = items.into_iter();
                RawNode::List(
                    bare.map(|(label, raw)| (label, raw.without_lines()))
                        .collect(),
                )
            }
            RawNode::Map(members) => {
                let bare = members.into_iter();
                RawNode::Map(
                    bare.map(|(name, raw)| (name, raw.without_lines()))
                        .collect(),
                )
            }
            scalar => scalar,
        };
        Raw { line: 0, node }
    }
}

impl fmt::Debug for Tree {
    /// The place only: the value may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (line {})", self.path, self.line)
    }
}

impl Tree {
    /// The root of a file.
    pub(crate) fn root(file: &str, raw: Raw) -> Tree {
        Tree::grow(&file.into(), String::new(), raw)
    }

    /// A part of a file that stands in it as a text: its lines are not those of the file.
    pub(crate) fn within(outer: &Tree, raw: Raw) -> Tree {
        Tree::grow(&outer.file, outer.path.clone(), raw.without_lines())
    }

    fn grow(file: &Arc<str>, path: String, raw: Raw) -> Tree {
        let node = match raw.node {
            RawNode::Null => Node::Null,
            RawNode::Bool(value) => Node::Bool(value),
            RawNode::Number(text) => Node::Number(text),
            RawNode::Text(text) => Node::Text(text),
            RawNode::List(items) => {
                let grown = items.into_iter().enumerate().map(|(at, (label, raw))| {
                    let label = label.unwrap_or_else(|| at.to_string());
                    Tree::grow(file, format!("{path}[{label}]"), raw)
                });
                Node::List(grown.collect())
            }
            RawNode::Map(members) => {
                let grown = members.into_iter().map(|(name, raw)| {
                    let below = match path.as_str() {
                        "" => name.clone(),
                        path => format!("{path}.{name}"),
                    };
                    let tree = Tree::grow(file, below, raw);
                    (name, tree)
                });
                Node::Map(grown.collect())
            }
        };
        Tree {
            file: Arc::clone(file),
            path,
            line: raw.line,
            node,
            seen: Cell::new(false),
        }
    }

    /// Where it stands: `model_list[0].litellm_params.model`; empty for the root.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The line on which it begins; 0 where there are no lines.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// The member of this name. A member that is null counts as absent, and as looked at.
    pub(crate) fn get(&self, name: &str) -> Option<&Tree> {
        let (_, member) = self.peek().iter().find(|(known, _)| known == name)?;
        if matches!(member.node, Node::Null) {
            member.seen.set(true);
            return None;
        }
        Some(member)
    }

    /// Whether there is a member of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    fn peek(&self) -> &[(String, Tree)] {
        match &self.node {
            Node::Map(members) => members,
            _ => &[],
        }
    }

    /// The members; none of something else than a map.
    pub(crate) fn members(&self) -> &[(String, Tree)] {
        if let Node::Map(members) = &self.node
            && members.is_empty()
        {
            self.seen.set(true);
        }
        self.peek()
    }

    /// The items; none of something else than a list.
    pub(crate) fn items(&self) -> &[Tree] {
        match &self.node {
            Node::List(items) => {
                if items.is_empty() {
                    self.seen.set(true);
                }
                items
            }
            _ => &[],
        }
    }

    /// Whether it is a list.
    pub(crate) fn is_list(&self) -> bool {
        matches!(self.node, Node::List(_))
    }

    /// Whether it is a map.
    pub(crate) fn is_map(&self) -> bool {
        matches!(self.node, Node::Map(_))
    }

    /// The text of a text, a number, or true and false; it counts as looked at.
    pub(crate) fn text(&self) -> Option<&str> {
        let text = match &self.node {
            Node::Text(text) | Node::Number(text) => text,
            Node::Bool(true) => "true",
            Node::Bool(false) => "false",
            _ => return None,
        };
        self.seen.set(true);
        Some(text)
    }

    /// Takes note that a member with everything below it is accounted for.
    pub(crate) fn claim(&self) -> &Tree {
        self.seen.set(true);
        match &self.node {
            Node::List(items) => items.iter().for_each(|item| {
                item.claim();
            }),
            Node::Map(members) => members.iter().for_each(|(_, member)| {
                member.claim();
            }),
            _ => {}
        }
        self
    }

    /// What nobody looked at: the highest members of which nothing was looked at.
    pub(crate) fn forgotten(&self) -> Vec<&Tree> {
        let mut found = Vec::new();
        self.collect(&mut found);
        found
    }

    fn collect<'a>(&'a self, found: &mut Vec<&'a Tree>) {
        if !self.touched() {
            found.push(self);
            return;
        }
        match &self.node {
            Node::List(items) => items.iter().for_each(|item| item.collect(found)),
            Node::Map(members) => members.iter().for_each(|(_, tree)| tree.collect(found)),
            _ => {}
        }
    }

    fn touched(&self) -> bool {
        let below = match &self.node {
            Node::List(items) => items.iter().any(Tree::touched),
            Node::Map(members) => members.iter().any(|(_, member)| member.touched()),
            _ => false,
        };
        below || self.seen.get()
    }

    /// The text of a member, where it is there. Fails where it is a list or a map.
    pub(crate) fn text_of(&self, name: &str) -> Result<Option<&str>, ImportError> {
        let Some(member) = self.get(name) else {
            return Ok(None);
        };
        match member.text() {
            Some(text) => Ok(Some(text)),
            None => Err(member.wrong("a text")),
        }
    }

    /// The text of a member that has to be there.
    pub(crate) fn required(&self, name: &str) -> Result<&str, ImportError> {
        self.text_of(name)?.ok_or_else(|| {
            let what = match self.path.as_str() {
                "" => format!("there is no `{name}`"),
                path => format!("{path} has no `{name}`"),
            };
            ImportError::at(&self.file, self.line, what)
        })
    }

    /// The number of a member, where it is there. Fails where it is none.
    pub(crate) fn number_of(&self, name: &str) -> Result<Option<Decimal>, ImportError> {
        let Some(member) = self.get(name) else {
            return Ok(None);
        };
        match member.number() {
            Some(number) => Ok(Some(number)),
            None => Err(member.wrong("a number")),
        }
    }

    /// The number that a number or a text is.
    pub(crate) fn number(&self) -> Option<Decimal> {
        match &self.node {
            Node::Number(text) | Node::Text(text) => {
                let number = Decimal::parse(text)?;
                self.seen.set(true);
                Some(number)
            }
            _ => None,
        }
    }

    /// Whether a member is true: `true`, `1`, `yes`, `on`. Absent is false.
    pub(crate) fn flag_of(&self, name: &str) -> bool {
        let text = self.get(name).and_then(Tree::text);
        let text = text.map(str::to_ascii_lowercase);
        matches!(text.as_deref(), Some("true" | "1" | "yes" | "on" | "t"))
    }

    /// The items of a member. Fails where it is something else than a list.
    pub(crate) fn list_of(&self, name: &str) -> Result<&[Tree], ImportError> {
        match self.get(name) {
            None => Ok(&[]),
            Some(member) if member.is_list() => Ok(member.items()),
            Some(member) => Err(member.wrong("a list")),
        }
    }

    /// The texts in a list, or the one text where it is no list.
    pub(crate) fn texts(&self) -> Result<Vec<String>, ImportError> {
        if !self.is_list() {
            let text = self.text().ok_or_else(|| self.wrong("a text or a list"))?;
            return Ok(vec![text.to_owned()]);
        }
        let texts = self.items().iter().map(|item| {
            let text = item.text().ok_or_else(|| item.wrong("a text"))?;
            Ok(text.to_owned())
        });
        texts.collect()
    }

    /// That something else than this was expected here.
    pub(crate) fn wrong(&self, expected: &str) -> ImportError {
        let found = match &self.node {
            Node::Null => "nothing",
            Node::Bool(_) => "true or false",
            Node::Number(_) => "a number",
            Node::Text(_) => "a text",
            Node::List(_) => "a list",
            Node::Map(_) => "a map",
        };
        let path = match self.path.as_str() {
            "" => "the file",
            path => path,
        };
        let message = format!("{path}: expected {expected}, found {found}");
        ImportError::at(&self.file, self.line, message)
    }
}

#[cfg(test)]
mod tests {
    use crate::yaml::parse;

    #[test]
    fn what_nobody_looked_at_is_found_at_its_highest_member() {
        let text = "a: 1\nb:\n  c: 2\n  d: 3\ne:\n  f: [1, 2]\ng: []\nh: {}\ni: null\n";
        let tree = parse("f.yaml", text).unwrap();
        tree.get("a").unwrap().text();
        tree.get("b").unwrap().get("c").unwrap().text();
        tree.get("i");
        let forgotten = tree.forgotten();
        let found: Vec<_> = forgotten.iter().map(|tree| tree.path()).collect();
        assert_eq!(found, ["b.d", "e", "g", "h"]);
        tree.claim();
        assert!(tree.forgotten().is_empty());
    }

    #[test]
    fn a_wrong_type_names_file_line_and_place() {
        let tree = parse("f.yaml", "a:\n  b: [1]\n").unwrap();
        let error = tree.get("a").unwrap().text_of("b").unwrap_err();
        assert_eq!(
            error.to_string(),
            "f.yaml, line 2: a.b: expected a text, found a list"
        );
        let error = tree.get("a").unwrap().required("c").unwrap_err();
        assert_eq!(error.to_string(), "f.yaml, line 2: a has no `c`");
    }
}
