//! Paths into the own crate, wherever they stand: in `use`, in types, in calls, in macros.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path that begins with `crate`, `self`, `super` or the name of a child module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    /// The inline modules of the file in which it stands.
    pub(crate) inside: Vec<String>,
    /// Its segments as written; a glob ends in `*`.
    pub(crate) segments: Vec<String>,
    /// The name after `as`.
    pub(crate) alias: Option<String>,
    /// Whether it is re-exported: a `use` with any visibility.
    pub(crate) public: bool,
    /// The line of its first segment, from 1.
    pub(crate) line: usize,
}

impl Reference {
    /// The name under which a `use` makes it known; `None` for a glob.
    pub(crate) fn name(&self) -> Option<&str> {
        let last = self.segments.last().map(String::as_str);
        self.alias.as_deref().or(last).filter(|name| *name != "*")
    }
}

/// Every such path in a file.
pub(crate) fn references(tokens: TokenStream, is_child: &dyn Fn(&str) -> bool) -> Vec<Reference> {
    let mut scan = Scan {
        is_child,
        inside: Vec::new(),
        found: Vec::new(),
    };
    scan.run(&tokens.into_iter().collect::<Vec<_>>());
    scan.found
}

struct Scan<'a> {
    is_child: &'a dyn Fn(&str) -> bool,
    inside: Vec<String>,
    found: Vec<Reference>,
}

impl Scan<'_> {
    fn run(&mut self, tokens: &[TokenTree]) {
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            at += match token {
                TokenTree::Ident(word) if word == "use" => self.import(tokens, at),
                TokenTree::Ident(word) if word == "mod" => self.module(tokens, at),
                TokenTree::Ident(word) => self.mention(tokens, at, &word.to_string()),
                TokenTree::Group(group) => {
                    self.run(&group.stream().into_iter().collect::<Vec<_>>());
                    1
                }
                _ => 1,
            };
        }
    }

    /// `use …;`. Returns how many tokens it takes.
    fn import(&mut self, tokens: &[TokenTree], at: usize) -> usize {
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        let public = match before {
            Some(TokenTree::Ident(word)) => word == "pub",
            Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Parenthesis,
            _ => false,
        };
        let line = line(&tokens[at]);
        let mut trees = Vec::new();
        let end = tree(tokens, at + 1, Vec::new(), &mut trees);
        for (segments, alias) in trees {
            let first = segments.first().map_or("", String::as_str);
            if self.is_own(first) {
                self.add(segments, alias, public, line);
            }
        }
        end - at
    }

    /// `mod name { … }` or `mod name;`. Returns how many tokens it takes.
    fn module(&mut self, tokens: &[TokenTree], at: usize) -> usize {
        let (Some(TokenTree::Ident(name)), Some(TokenTree::Group(body))) =
            (tokens.get(at + 1), tokens.get(at + 2))
        else {
            return 2;
        };
        self.inside.push(name.to_string());
        self.run(&body.stream().into_iter().collect::<Vec<_>>());
        self.inside.pop();
        3
    }

    /// A word that may begin a path. Returns how many tokens it takes.
    fn mention(&mut self, tokens: &[TokenTree], at: usize, word: &str) -> usize {
        let follows = at > 1 && is_colon(tokens.get(at - 1)) && is_colon(tokens.get(at - 2));
        let leads = is_colon(tokens.get(at + 1)) && is_colon(tokens.get(at + 2));
        if follows || !leads || !self.is_own(word) {
            return 1;
        }
        let mut trees = Vec::new();
        let end = tree(tokens, at, Vec::new(), &mut trees);
        for (segments, alias) in trees {
            self.add(segments, alias, false, line(&tokens[at]));
        }
        end - at
    }

    fn is_own(&self, word: &str) -> bool {
        let keyword = matches!(word, "crate" | "self" | "super");
        keyword || (self.inside.is_empty() && (self.is_child)(word))
    }

    fn add(&mut self, segments: Vec<String>, alias: Option<String>, public: bool, line: usize) {
        self.found.push(Reference {
            inside: self.inside.clone(),
            segments,
            alias,
            public,
            line,
        });
    }
}

type Trees = Vec<(Vec<String>, Option<String>)>;

/// Reads the path, or the tree of paths, that begins at a token. Returns where it ends.
fn tree(tokens: &[TokenTree], mut at: usize, mut prefix: Vec<String>, out: &mut Trees) -> usize {
    loop {
        match tokens.get(at) {
            Some(TokenTree::Ident(word)) => prefix.push(word.to_string()),
            Some(TokenTree::Punct(star)) if star.as_char() == '*' => prefix.push("*".to_owned()),
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let is_comma =
                    |t: &TokenTree| matches!(t, TokenTree::Punct(p) if p.as_char() == ',');
                for part in inner.split(is_comma).filter(|part| !part.is_empty()) {
                    tree(part, 0, prefix.clone(), out);
                }
                return at + 1;
            }
            _ => break,
        }
        at += 1;
        if !(is_colon(tokens.get(at)) && is_colon(tokens.get(at + 1))) {
            break;
        }
        at += 2;
    }
    let alias = match (tokens.get(at), tokens.get(at + 1)) {
        (Some(TokenTree::Ident(word)), Some(TokenTree::Ident(alias))) if word == "as" => {
            at += 2;
            Some(alias.to_string())
        }
        _ => None,
    };
    // `{self, B}` names the module that precedes the brace.
    if prefix.len() > 1 && prefix.last().is_some_and(|last| last == "self") {
        prefix.pop();
    }
    out.push((prefix, alias));
    at.max(1)
}

fn is_colon(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Punct(mark)) if mark.as_char() == ':')
}

fn line(token: &TokenTree) -> usize {
    token.span().start().line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let tokens = text.parse().unwrap();
        let references = references(tokens, &|name| name == "child").into_iter();
        let texts = references.map(|r| {
            let alias = r
                .alias
                .map(|alias| format!(" as {alias}"))
                .unwrap_or_default();
            let public = if r.public { "pub " } else { "" };
            format!("{public}{}{alias}", r.segments.join("::"))
        });
        texts.collect()
    }

    #[test]
    fn imports_are_taken_apart() {
        let text =
            "use crate::a::{self, B, c::{D as E, *}}; use serde::Serialize; pub use child::F;";
        assert_eq!(
            found(text),
            [
                "crate::a",
                "crate::a::B",
                "crate::a::c::D as E",
                "crate::a::c::*",
                "pub child::F"
            ]
        );
    }

    #[test]
    fn paths_in_code_are_found_and_foreign_ones_are_not() {
        let text =
            "fn f(a: crate::A<super::B>) { child::go(std::child::x(), self.child); m!(self::y) }";
        assert_eq!(
            found(text),
            ["crate::A", "super::B", "child::go", "self::y"]
        );
    }

    #[test]
    fn a_visibility_is_no_re_export_of_itself() {
        assert_eq!(
            found("pub(crate) use crate::a; pub(crate) fn b() {}"),
            ["pub crate::a"]
        );
    }
}
