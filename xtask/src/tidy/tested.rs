//! Every row of the tables from which pages and renderings derive is named by a test: each reason,
//! each kind.

use tollgate_model::{Kind, Reason};

use super::finding::Finding;
use super::source::Source;
use super::texts::Text;

/// Finds the rows that no test names. Tests are the files below a folder `tests`, and what is
/// compiled for tests only.
pub(crate) fn check(sources: &[Source], texts: &[Text]) -> Vec<Finding> {
    let files = texts
        .iter()
        .filter(|(path, _)| path.split('/').any(|part| part == "tests"));
    let mut tests: Vec<String> = files.map(|(_, text)| text.clone()).collect();
    tests.extend(sources.iter().map(Source::test_text));
    let named = |words: &[String]| {
        tests
            .iter()
            .any(|text| words.iter().any(|word| has_word(text, word)))
    };
    let reasons = Reason::ALL.into_iter().map(|reason| {
        let words = vec![reason.code().to_owned(), format!("Reason::{reason:?}")];
        ("untested-reason", reason.code().to_owned(), words)
    });
    let kinds = Kind::ALL.into_iter().map(|kind| {
        let words = vec![format!("kind: {kind}"), format!("Kind::{kind}")];
        ("untested-kind", kind.to_string(), words)
    });
    let untested = reasons.chain(kinds).filter(|(_, _, words)| !named(words));
    let findings = untested.map(|(rule, name, _)| {
        let message = format!("no test names {name}");
        Finding::new(rule, name, message)
    });
    findings.collect()
}

/// Whether a word stands in a text, not as a part of a longer one.
fn has_word(text: &str, word: &str) -> bool {
    let ends = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
    text.match_indices(word).any(|(at, _)| {
        ends(text[..at].chars().next_back()) && ends(text[at + word.len()..].chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_test_names_is_found() {
        let source =
            |text: &str| vec![Source::parse("crates/a/src/b.rs", text.to_owned()).unwrap()];
        let missing = |sources: &[Source], texts: &[Text]| {
            let findings = check(sources, texts).into_iter();
            findings.map(|finding| finding.subject).collect::<Vec<_>>()
        };
        let all = Reason::ALL.len() + Kind::ALL.len();
        let code = "fn f() { g(Reason::KeyMissing) }";
        assert_eq!(missing(&source(code), &[]).len(), all, "only tests count");
        let test = format!("#[cfg(test)]\nmod tests {{ {code} }}");
        assert!(!missing(&source(&test), &[]).contains(&"key_missing".to_owned()));
        let file = (
            "tests/a.py".to_owned(),
            "\"key_invalid_not\", kind: Team".to_owned(),
        );
        let left = missing(&[], &[file]);
        assert!(left.contains(&"key_invalid".to_owned()) && !left.contains(&"Team".to_owned()));
    }
}
