//! Words that may not be said in some places: floats near money, clocks in pure code, SQL outside of
//! the store.

use proc_macro2::{TokenStream, TokenTree};

use super::finding::Finding;
use super::source::Source;

/// A rule about words: where it holds, and what it does not want to see there.
struct Rule {
    name: &'static str,
    holds_in: fn(&Source) -> bool,
    /// Whether a token is unwanted.
    unwanted: fn(&TokenTree) -> bool,
    why: &'static str,
}

const RULES: [Rule; 3] = [
    Rule {
        name: "float",
        holds_in: handles_money,
        unwanted: is_float,
        why: "no float touches money",
    },
    Rule {
        name: "impure",
        holds_in: is_pure,
        unwanted: is_impure,
        why: "time, ids and chance are arguments here, and nothing waits",
    },
    Rule {
        name: "sql",
        holds_in: |source| !matches!(source.krate.as_str(), "store" | "xtask"),
        unwanted: is_sql,
        why: "only the store speaks SQL",
    },
];

fn handles_money(source: &Source) -> bool {
    match source.krate.as_str() {
        "ledger" | "pay" | "store" => true,
        "model" => {
            let module = source.module.first().map_or("", String::as_str);
            matches!(module, "money" | "price" | "account" | "usage")
        }
        _ => false,
    }
}

fn is_pure(source: &Source) -> bool {
    matches!(
        source.krate.as_str(),
        "model" | "dialect" | "catalog" | "doctor"
    )
}

fn is_float(token: &TokenTree) -> bool {
    match token {
        TokenTree::Ident(word) => word == "f32" || word == "f64",
        TokenTree::Literal(literal) => {
            let text = literal.to_string();
            let number = text.starts_with(|c: char| c.is_ascii_digit()) && !text.starts_with("0x");
            number && (text.ends_with("f32") || text.ends_with("f64"))
        }
        _ => false,
    }
}

fn is_impure(token: &TokenTree) -> bool {
    const WORDS: [&str; 6] = [
        "tokio",
        "SystemTime",
        "Instant",
        "rand",
        "getrandom",
        "async",
    ];
    matches!(token, TokenTree::Ident(word) if WORDS.iter().any(|unwanted| word == unwanted))
}

fn is_sql(token: &TokenTree) -> bool {
    const BEGINNINGS: [&str; 9] = [
        "SELECT ",
        "INSERT INTO ",
        "UPDATE ",
        "DELETE FROM ",
        "CREATE TABLE ",
        "CREATE INDEX ",
        "ALTER TABLE ",
        "DROP TABLE ",
        "PRAGMA ",
    ];
    let TokenTree::Literal(literal) = token else {
        return false;
    };
    let text = literal.to_string();
    let text = text.trim_start_matches(['b', 'r', '#', '"', ' ', '\n', '\\']);
    let text = text.strip_prefix("n").unwrap_or(text).trim_start();
    BEGINNINGS
        .iter()
        .any(|beginning| text.starts_with(beginning))
}

/// Checks one file. One finding per file and rule, so that the exception does not name lines.
pub(crate) fn check(source: &Source) -> Vec<Finding> {
    let rules = RULES.iter().filter(|rule| (rule.holds_in)(source));
    let findings = rules.filter_map(|rule| {
        let (line, word) = first(source, source.tokens.clone(), rule)?;
        let message = format!("{}:{line}: {word}: {}", source.path, rule.why);
        Some(Finding::new(rule.name, &source.path, message))
    });
    findings.collect()
}

fn first(source: &Source, tokens: TokenStream, rule: &Rule) -> Option<(usize, String)> {
    tokens.into_iter().find_map(|token| {
        let line = token.span().start().line;
        match &token {
            TokenTree::Group(group) => first(source, group.stream(), rule),
            token if (rule.unwanted)(token) && !source.is_test(line) => {
                Some((line, token.to_string()))
            }
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(path: &str, text: &str) -> Vec<&'static str> {
        let source = Source::parse(path, text.to_owned()).unwrap();
        check(&source)
            .into_iter()
            .map(|finding| finding.rule)
            .collect()
    }

    const NONE: [&str; 0] = [];

    #[test]
    fn a_float_near_money_is_found_in_type_cast_and_suffix() {
        for text in [
            "fn f(a: f64) {}",
            "fn f() { g(1 as f32) }",
            "const A: X = y!(1.5f64);",
        ] {
            assert_eq!(rules("crates/ledger/src/a.rs", text), ["float"], "{text}");
            assert_eq!(
                rules("crates/model/src/money.rs", text),
                ["float"],
                "{text}"
            );
            assert_eq!(rules("crates/dialect/src/a.rs", text), NONE, "{text}");
        }
        assert_eq!(
            rules("crates/ledger/src/a.rs", "const A: u8 = 0x1f32 as u8;"),
            NONE
        );
    }

    #[test]
    fn a_clock_in_pure_code_is_found_unless_a_test_reads_it() {
        let clock = "fn f() { std::time::Instant::now(); }";
        assert_eq!(rules("crates/dialect/src/a.rs", clock), ["impure"]);
        assert_eq!(rules("crates/gateway/src/a.rs", clock), NONE);
        let test = format!("#[cfg(test)]\nmod tests {{ {clock} }}");
        assert_eq!(rules("crates/dialect/src/a.rs", &test), NONE);
        assert_eq!(
            rules("crates/model/src/a.rs", "async fn f() {}"),
            ["impure"]
        );
    }

    #[test]
    fn sql_outside_of_the_store_is_found() {
        let query = "const Q: &str = \"SELECT a FROM b\";";
        assert_eq!(rules("crates/control/src/a.rs", query), ["sql"]);
        assert_eq!(rules("crates/store/src/a.rs", query), NONE);
        let raw = "const Q: &str = r#\"\n  UPDATE a SET b = 1\"#;";
        assert_eq!(rules("crates/control/src/a.rs", raw), ["sql"]);
        let prose = "const A: &str = \"Select a model\"; const B: &str = \"UPDATED\";";
        assert_eq!(rules("crates/control/src/a.rs", prose), NONE);
    }
}
