//! Files, functions, lines and lists of parameters that one can take in.

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;

use super::finding::Finding;
use super::source::Source;

/// The most lines of production code in a file.
const FILE_LINES: usize = 600;
/// The most lines of a function, signature and braces included.
const FUNCTION_LINES: usize = 70;
/// The most characters of a line.
const LINE_WIDTH: usize = 110;
/// The most parameters of a function, `self` not counted.
const PARAMETERS: usize = 5;

/// Checks the sizes in one file.
pub(crate) fn check(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let path = &source.path;
    let lines = source.production_lines();
    if lines > FILE_LINES {
        let message =
            format!("{path} has {lines} production lines, more than {FILE_LINES}: split it");
        findings.push(Finding::new("file-lines", path, message).of_size(lines));
    }
    findings.extend(widest_line(source));
    for function in functions(&source.file.items) {
        if !source.is_test(function.line) {
            findings.extend(check_function(source, &function));
        }
    }
    findings
}

/// One finding per file, so that the exception does not name lines that move. Texts do not count:
/// nobody breaks a sentence for the sake of its length, and rustfmt does not either.
fn widest_line(source: &Source) -> Option<Finding> {
    let mut widths: Vec<usize> = source
        .text
        .lines()
        .map(|line| line.chars().count())
        .collect();
    discount_texts(source.tokens.clone(), &mut widths);
    let widest = widths
        .into_iter()
        .enumerate()
        .max_by_key(|(_, width)| *width);
    let (at, width) = widest.map(|(at, width)| (at + 1, width))?;
    let message = format!(
        "{}:{at} is {width} characters wide, more than {LINE_WIDTH}",
        source.path
    );
    let finding = Finding::new("line-width", &source.path, message).of_size(width);
    (width > LINE_WIDTH).then_some(finding)
}

/// Takes the string literals off the widths of the lines on which they stand.
fn discount_texts(tokens: TokenStream, widths: &mut [usize]) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => discount_texts(group.stream(), widths),
            TokenTree::Literal(literal) if literal.to_string().ends_with(['"', '#']) => {
                let (start, end) = (literal.span().start(), literal.span().end());
                for line in start.line..=end.line {
                    let Some(width) = widths.get_mut(line.saturating_sub(1)) else {
                        continue;
                    };
                    let from = if line == start.line { start.column } else { 0 };
                    let to = if line == end.line { end.column } else { *width };
                    *width = width.saturating_sub(to.saturating_sub(from));
                }
            }
            _ => {}
        }
    }
}

struct Function {
    name: String,
    line: usize,
    lines: usize,
    parameters: usize,
}

fn check_function(source: &Source, function: &Function) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Function {
        name,
        line,
        lines,
        parameters,
    } = function;
    let subject = format!("{}:{name}", source.path);
    if *lines > FUNCTION_LINES {
        let message = format!(
            "{}:{line}: {name} has {lines} lines, more than {FUNCTION_LINES}",
            source.path
        );
        findings.push(Finding::new("function-lines", &subject, message).of_size(*lines));
    }
    if *parameters > PARAMETERS {
        let message = format!(
            "{}:{line}: {name} takes {parameters} parameters, more than {PARAMETERS}",
            source.path
        );
        findings.push(Finding::new("parameters", &subject, message).of_size(*parameters));
    }
    findings
}

fn functions(items: &[syn::Item]) -> Vec<Function> {
    let mut found = Vec::new();
    for item in items {
        match item {
            syn::Item::Fn(item) => found.push(function("", &item.sig, Some(&item.block))),
            syn::Item::Impl(block) => found.extend(methods(block)),
            syn::Item::Trait(block) => found.extend(trait_methods(block)),
            syn::Item::Mod(module) => {
                let inner = module.content.as_ref().map(|(_, items)| functions(items));
                found.extend(inner.unwrap_or_default());
            }
            _ => {}
        }
    }
    found
}

fn methods(block: &syn::ItemImpl) -> Vec<Function> {
    let owner = match &*block.self_ty {
        syn::Type::Path(path) => path.path.segments.last().map(|s| s.ident.to_string()),
        _ => None,
    };
    let owner = owner.unwrap_or_default();
    let items = block.items.iter().filter_map(|item| match item {
        syn::ImplItem::Fn(item) => Some(function(&owner, &item.sig, Some(&item.block))),
        _ => None,
    });
    items.collect()
}

fn trait_methods(block: &syn::ItemTrait) -> Vec<Function> {
    let owner = block.ident.to_string();
    let items = block.items.iter().filter_map(|item| match item {
        syn::TraitItem::Fn(item) => Some(function(&owner, &item.sig, item.default.as_ref())),
        _ => None,
    });
    items.collect()
}

fn function(owner: &str, signature: &syn::Signature, block: Option<&syn::Block>) -> Function {
    let line = signature.span().start().line;
    let end = block.map_or(signature.span().end().line, |block| block.span().end().line);
    let is_typed = |input: &&syn::FnArg| matches!(input, syn::FnArg::Typed(_));
    let name = match owner {
        "" => signature.ident.to_string(),
        _ => format!("{owner}::{}", signature.ident),
    };
    Function {
        name,
        line,
        lines: end + 1 - line,
        parameters: signature.inputs.iter().filter(is_typed).count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&'static str, String, Option<usize>)> {
        let source = Source::parse("crates/a/src/b.rs", text.to_owned()).unwrap();
        let findings = check(&source).into_iter();
        findings.map(|f| (f.rule, f.subject, f.measure)).collect()
    }

    #[test]
    fn a_long_file_is_found_and_its_tests_do_not_count() {
        let long = "fn a() {}\n".repeat(601);
        assert_eq!(
            found(&long),
            [("file-lines", "crates/a/src/b.rs".to_owned(), Some(601))]
        );
        let tests = format!("fn a() {{}}\n#[cfg(test)]\nmod tests {{\n{long}}}\n");
        assert_eq!(found(&tests), []);
    }

    #[test]
    fn a_long_function_is_found_by_its_name() {
        let body = "    a();\n".repeat(69);
        let text = format!("impl Thing {{\nfn go(&self) {{\n{body}}}\n}}\n");
        assert_eq!(
            found(&text),
            [(
                "function-lines",
                "crates/a/src/b.rs:Thing::go".to_owned(),
                Some(71)
            )]
        );
        let test = format!("#[cfg(test)]\nmod tests {{\nfn go() {{\n{body}}}\n}}\n");
        assert_eq!(found(&test), []);
    }

    #[test]
    fn six_parameters_are_too_many_and_self_is_none() {
        let text = "trait T { fn a(&self, a: u8, b: u8, c: u8, d: u8, e: u8); }\n\
                    fn b(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8) {}\n";
        assert_eq!(
            found(text),
            [("parameters", "crates/a/src/b.rs:b".to_owned(), Some(6))]
        );
    }

    #[test]
    fn a_wide_line_is_found_unless_it_is_a_text() {
        let wide = "x".repeat(111);
        assert_eq!(found(&format!("const A: &str = m!(\"{wide}\");\n")), []);
        let found = found(&format!("// {wide}\n"));
        assert_eq!(
            found,
            [("line-width", "crates/a/src/b.rs".to_owned(), Some(114))]
        );
    }
}
