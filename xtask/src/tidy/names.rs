//! Names that say nothing.

use super::finding::Finding;
use super::source::Source;

const BANNED: [&str; 7] = [
    "utils", "util", "helpers", "helper", "common", "misc", "manager",
];

/// Checks the name of the file's module and of those inside it.
pub(crate) fn check(source: &Source) -> Vec<Finding> {
    let inside = source.children().map(|(name, _)| name);
    let own = source.module.last().cloned();
    let banned = inside
        .chain(own)
        .filter(|name| BANNED.contains(&name.as_str()));
    let findings = banned.map(|name| {
        let message = format!(
            "{}: a module called {name} says nothing about what is in it",
            source.path
        );
        Finding::new("module-name", format!("{}:{name}", source.path), message)
    });
    findings.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_that_says_nothing_is_found() {
        let names = |path: &str, text: &str| {
            let source = Source::parse(path, text.to_owned()).unwrap();
            check(&source).len()
        };
        assert_eq!(names("crates/a/src/utils.rs", ""), 1);
        assert_eq!(names("crates/a/src/lib.rs", "mod helpers;"), 1);
        assert_eq!(names("crates/a/src/lib.rs", "mod money { mod rate {} }"), 0);
    }
}
