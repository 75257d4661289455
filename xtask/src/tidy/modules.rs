//! The modules of a crate form no circle.
//!
//! A module uses another where a path in it (`crate::…`, `super::…`, a child's name) leads there,
//! re-exports followed to where the name is defined. A parent that only re-exports what its children
//! define does not thereby use them; one that calls them does, and then they may not use the parent.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::Finding;
use super::paths::{Reference, references};
use super::source::Source;

type Module = Vec<String>;

/// Where one module uses another: for the message.
type Edges = BTreeMap<(Module, Module), String>;

/// Checks every crate. One finding per circle.
pub(crate) fn check(sources: &[Source]) -> Vec<Finding> {
    let crates: BTreeSet<&str> = sources.iter().map(|s| s.krate.as_str()).collect();
    let of_crate = |name| {
        let mine = sources.iter().filter(move |source| source.krate == name);
        check_crate(name, &mine.collect::<Vec<_>>())
    };
    crates.into_iter().flat_map(of_crate).collect()
}

fn check_crate(name: &str, sources: &[&Source]) -> Vec<Finding> {
    let edges = Graph::new(sources).edges(sources);
    let findings = circles(&edges).into_iter().map(|circle| {
        let names: Vec<String> = circle.iter().map(title).collect();
        let inside = |(from, to): &&(Module, Module)| circle.contains(from) && circle.contains(to);
        let pairs: BTreeSet<&(Module, Module)> = edges.keys().filter(inside).collect();
        let rounds = rounds(pairs)
            .into_iter()
            .map(|round| describe(&round, &edges));
        Finding::new(
            "module-circle",
            format!("{name}:{}", names.join("+")),
            format!(
                "modules of {name} use each other in a circle:\n    {}\n ",
                rounds.collect::<Vec<_>>().join("\n    ")
            ),
        )
    });
    findings.collect()
}

/// Short circles that have no use in common, until none is left: what has to be broken.
fn rounds(mut pairs: BTreeSet<&(Module, Module)>) -> Vec<Vec<&(Module, Module)>> {
    let mut rounds = Vec::new();
    while let Some(round) = shortest_round(&pairs) {
        for pair in &round {
            pairs.remove(pair);
        }
        rounds.push(round);
    }
    rounds
}

fn shortest_round<'a>(pairs: &BTreeSet<&'a (Module, Module)>) -> Option<Vec<&'a (Module, Module)>> {
    let starts: BTreeSet<&Module> = pairs.iter().map(|(from, _)| from).collect();
    let rounds = starts
        .into_iter()
        .filter_map(|start| round_from(start, pairs));
    rounds.min_by_key(Vec::len)
}

/// The shortest way from a module back to itself.
fn round_from<'a>(
    start: &Module,
    pairs: &BTreeSet<&'a (Module, Module)>,
) -> Option<Vec<&'a (Module, Module)>> {
    let mut ways: Vec<Vec<&'a (Module, Module)>> = pairs
        .iter()
        .filter(|(from, _)| from == start)
        .map(|pair| vec![*pair])
        .collect();
    let mut seen = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            let Some((_, end)) = way.last() else { continue };
            if end == start {
                return Some(way);
            }
            if !seen.insert(end) {
                continue;
            }
            for next in pairs.iter().filter(|(from, _)| from == end) {
                let mut way = way.clone();
                way.push(next);
                longer.push(way);
            }
        }
        ways = longer;
    }
    None
}

fn describe(round: &[&(Module, Module)], edges: &Edges) -> String {
    let uses = round.iter().map(|pair| {
        let place = edges.get(pair).map_or("", String::as_str);
        format!("{} uses {} ({place})", title(&pair.0), title(&pair.1))
    });
    uses.collect::<Vec<_>>().join("; ")
}

fn title(module: &Module) -> String {
    if module.is_empty() {
        "the root".to_owned()
    } else {
        module.join("::")
    }
}

/// What is known of a crate's modules.
struct Graph {
    modules: BTreeSet<Module>,
    /// Where a name that a module re-exports comes from.
    exports: BTreeMap<(Module, String), Vec<String>>,
}

impl Graph {
    fn new(sources: &[&Source]) -> Graph {
        let modules = sources.iter().map(|source| source.module.clone()).collect();
        let mut graph = Graph {
            modules,
            exports: BTreeMap::new(),
        };
        for source in sources {
            let found = graph.references(source);
            for reference in found.into_iter().filter(|r| r.public) {
                if let Some(name) = reference.name() {
                    let key = (source.module.clone(), name.to_owned());
                    let absolute = absolute(&source.module, &reference);
                    graph.exports.insert(key, absolute);
                }
            }
        }
        graph
    }

    fn references(&self, source: &Source) -> Vec<Reference> {
        let is_child = |name: &str| {
            let mut child = source.module.clone();
            child.push(name.to_owned());
            self.modules.contains(&child)
        };
        let found = references(source.tokens.clone(), &is_child);
        found
            .into_iter()
            .filter(|r| !source.is_test(r.line))
            .collect()
    }

    fn edges(&self, sources: &[&Source]) -> Edges {
        let mut edges = Edges::new();
        for source in sources {
            let from = &source.module;
            for reference in self.references(source) {
                let to = self.resolve(&absolute(from, &reference), 0);
                let re_exports = reference.public && to.starts_with(from);
                if to == *from || re_exports {
                    continue;
                }
                let place = format!("{}:{}", source.path, reference.line);
                edges.entry((from.clone(), to)).or_insert(place);
            }
        }
        edges
    }

    /// The module in which a path from the crate's root ends.
    fn resolve(&self, path: &[String], depth: usize) -> Module {
        let mut module = Module::new();
        for (at, segment) in path.iter().enumerate() {
            let mut child = module.clone();
            child.push(segment.clone());
            if self.modules.contains(&child) {
                module = child;
                continue;
            }
            let export = self.exports.get(&(module.clone(), segment.clone()));
            let Some(export) = export.filter(|_| depth < 8) else {
                break;
            };
            let further = [export.as_slice(), &path[at + 1..]].concat();
            return self.resolve(&further, depth + 1);
        }
        module
    }
}

/// A path as it stands in a module, from the crate's root.
fn absolute(module: &Module, reference: &Reference) -> Vec<String> {
    let mut base = [module.as_slice(), &reference.inside].concat();
    let mut rest = reference.segments.as_slice();
    while let [first, tail @ ..] = rest {
        match first.as_str() {
            "crate" => base.clear(),
            "self" => {}
            "super" => {
                base.pop();
            }
            _ => break,
        }
        rest = tail;
    }
    base.extend(rest.iter().cloned());
    base
}

/// Groups of modules of which each reaches every other.
fn circles(edges: &Edges) -> Vec<BTreeSet<Module>> {
    let mut reach: BTreeMap<&Module, BTreeSet<&Module>> = BTreeMap::new();
    for (from, to) in edges.keys() {
        reach.entry(from).or_default().insert(to);
    }
    loop {
        let mut grown = false;
        for from in reach.keys().copied().collect::<Vec<_>>() {
            let direct = reach[from].clone();
            let further: BTreeSet<&Module> = direct
                .iter()
                .filter_map(|to| reach.get(to))
                .flatten()
                .copied()
                .collect();
            if let Some(known) = reach.get_mut(from) {
                let before = known.len();
                known.extend(further);
                grown |= known.len() > before;
            }
        }
        if !grown {
            break;
        }
    }
    let reaches = |from: &Module, to: &Module| reach.get(from).is_some_and(|set| set.contains(to));
    let mut circles: Vec<BTreeSet<Module>> = Vec::new();
    for from in reach
        .keys()
        .copied()
        .filter(|module| reaches(module, module))
    {
        if circles.iter().any(|circle| circle.contains(from)) {
            continue;
        }
        let others = reach.keys().copied();
        let mutual = others.filter(|other| reaches(from, other) && reaches(other, from));
        circles.push(mutual.cloned().collect());
    }
    circles
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subjects(files: &[(&str, &str)]) -> Vec<String> {
        let parse = |(path, text): &(&str, &str)| {
            Source::parse(&format!("crates/a/src/{path}"), (*text).to_owned()).unwrap()
        };
        let sources: Vec<Source> = files.iter().map(parse).collect();
        check(&sources).into_iter().map(|f| f.subject).collect()
    }

    #[test]
    fn two_modules_that_use_each_other_are_a_circle() {
        let files = [
            ("lib.rs", "mod b; mod c;"),
            ("b.rs", "use crate::c::C; pub struct B;"),
            ("c.rs", "pub struct C; fn f() { let _ = super::b::B; }"),
        ];
        assert_eq!(subjects(&files), ["a:b+c"]);
    }

    #[test]
    fn a_longer_circle_is_one_finding() {
        let files = [
            ("lib.rs", "mod b; mod c; mod d; mod e;"),
            ("b.rs", "use crate::c::C;"),
            ("c.rs", "use crate::{d::{D, E}, e};"),
            ("d.rs", "use crate::b;"),
            ("e.rs", "use crate::b::B;"),
        ];
        assert_eq!(subjects(&files), ["a:b+c+d+e"]);
    }

    #[test]
    fn a_re_export_is_followed_to_its_origin() {
        let files = [
            (
                "lib.rs",
                "pub mod b; pub mod c; pub use b::B; pub use crate::c::C as D;",
            ),
            ("b.rs", "pub struct B;"),
            ("c.rs", "use crate::B; pub struct C;"),
        ];
        assert_eq!(subjects(&files), Vec::<String>::new());
        let circle = [files[0], ("b.rs", "use crate::D;"), files[2]];
        assert_eq!(subjects(&circle), ["a:b+c"]);
    }

    #[test]
    fn a_parent_that_calls_its_child_may_not_be_used_by_it() {
        let child = ("b.rs", "use super::Shape;");
        let calls = ("lib.rs", "mod b; pub struct Shape; fn f() { b::draw() }");
        assert_eq!(subjects(&[calls, child]), ["a:the root+b"]);
        let declares = ("lib.rs", "mod b; pub struct Shape;");
        assert_eq!(subjects(&[declares, child]), Vec::<String>::new());
    }

    #[test]
    fn tests_may_use_what_they_like() {
        let files = [
            ("lib.rs", "mod b; mod c;"),
            ("b.rs", "use crate::c::C; pub struct B;"),
            (
                "c.rs",
                "pub struct C;\n#[cfg(test)]\nmod tests { use crate::b::B; }",
            ),
        ];
        assert_eq!(subjects(&files), Vec::<String>::new());
    }
}
