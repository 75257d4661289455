//! Rust files, read and parsed, with the lines that are compiled for tests only.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use proc_macro2::TokenStream;
use syn::spanned::Spanned;

/// A Rust file below `src/` of a crate.
pub(crate) struct Source {
    /// The crate's folder, such as `model` or `xtask`.
    pub(crate) krate: String,
    /// The path from the root, with `/`.
    pub(crate) path: String,
    /// The module that the file is, from the crate's root: empty for `lib.rs` and `main.rs`.
    pub(crate) module: Vec<String>,
    /// The text.
    pub(crate) text: String,
    /// The text, parsed.
    pub(crate) file: syn::File,
    /// The text, split into tokens.
    pub(crate) tokens: TokenStream,
    /// Lines (from 1) that only tests see.
    test_lines: Vec<RangeInclusive<usize>>,
}

impl Source {
    /// Parses a file. `path` is `crates/NAME/src/…` or `xtask/src/…`.
    pub(crate) fn parse(path: &str, text: String) -> Result<Source> {
        let file = syn::parse_file(&text).with_context(|| format!("cannot parse {path}"))?;
        let tokens = text
            .parse()
            .map_err(|error| anyhow!("cannot parse {path}: {error}"))?;
        let (krate, inner) = split(path).with_context(|| format!("{path} lies in no crate"))?;
        let mut test_lines = Vec::new();
        if file.attrs.iter().any(is_cfg_test) {
            test_lines.push(1..=usize::MAX);
        }
        mark_tests(&file.items, &mut test_lines);
        Ok(Source {
            krate: krate.to_owned(),
            path: path.to_owned(),
            module: module_of(inner),
            text,
            file,
            tokens,
            test_lines,
        })
    }

    /// Whether a line (from 1) is compiled for tests only.
    pub(crate) fn is_test(&self, line: usize) -> bool {
        self.test_lines.iter().any(|range| range.contains(&line))
    }

    /// How many lines are compiled into the product.
    pub(crate) fn production_lines(&self) -> usize {
        let lines = 1..=self.text.lines().count();
        lines.filter(|line| !self.is_test(*line)).count()
    }

    /// The lines that only tests see.
    pub(crate) fn test_text(&self) -> String {
        let lines = self.text.lines().enumerate();
        let lines = lines
            .filter(|(at, _)| self.is_test(at + 1))
            .map(|(_, line)| line);
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Modules that the file declares, `mod name;` and `mod name { … }` alike; with whether they
    /// are for tests only.
    pub(crate) fn children(&self) -> impl Iterator<Item = (String, bool)> + '_ {
        self.file.items.iter().filter_map(|item| match item {
            syn::Item::Mod(child) => {
                Some((child.ident.to_string(), child.attrs.iter().any(is_cfg_test)))
            }
            _ => None,
        })
    }
}

/// Reads every crate's `src`.
pub(crate) fn load(root: &Path) -> Result<Vec<Source>> {
    let mut folders = vec![root.join("xtask/src")];
    for entry in list(&root.join("crates"))? {
        folders.push(entry.join("src"));
    }
    let mut sources = Vec::new();
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        for path in rust_files(folder)? {
            let relative = path
                .strip_prefix(root)?
                .to_string_lossy()
                .replace('\\', "/");
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            sources.push(Source::parse(&relative, text)?);
        }
    }
    mark_test_files(&mut sources);
    Ok(sources)
}

/// Marks the files that another file declares by `#[cfg(test)] mod name;`.
pub(crate) fn mark_test_files(sources: &mut [Source]) {
    let mut tests = BTreeSet::new();
    for source in &*sources {
        for (child, test) in source.children() {
            if test {
                let mut module = source.module.clone();
                module.push(child);
                tests.insert((source.krate.clone(), module));
            }
        }
    }
    for source in sources {
        let parents = (0..=source.module.len()).map(|length| source.module[..length].to_vec());
        let mut names = parents.map(|module| (source.krate.clone(), module));
        if names.any(|name| tests.contains(&name)) {
            source.test_lines.push(1..=usize::MAX);
        }
    }
}

/// The entries of a folder, in order.
fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry?.path());
    }
    paths.sort();
    Ok(paths)
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in list(folder)? {
        if path.is_dir() {
            files.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(files)
}

/// Splits `crates/model/src/a/b.rs` into `model` and `a/b.rs`.
fn split(path: &str) -> Option<(&str, &str)> {
    let path = path.strip_prefix("crates/").unwrap_or(path);
    let (krate, rest) = path.split_once('/')?;
    Some((krate, rest.strip_prefix("src/")?))
}

fn module_of(inner: &str) -> Vec<String> {
    let stem = inner.strip_suffix(".rs").unwrap_or(inner);
    let mut module: Vec<String> = stem.split('/').map(str::to_owned).collect();
    let last = module.last().map(String::as_str);
    if last == Some("mod") || (module.len() == 1 && matches!(last, Some("lib" | "main"))) {
        module.pop();
    }
    module
}

fn is_cfg_test(attribute: &syn::Attribute) -> bool {
    let syn::Meta::List(list) = &attribute.meta else {
        return false;
    };
    let names_test = |tree| matches!(tree, proc_macro2::TokenTree::Ident(word) if word == "test");
    list.path.is_ident("cfg") && list.tokens.clone().into_iter().any(names_test)
}

fn mark_tests(items: &[syn::Item], lines: &mut Vec<RangeInclusive<usize>>) {
    for item in items {
        if attributes(item).iter().any(is_cfg_test) {
            let span = item.span();
            let first = attributes(item).iter().map(|a| a.span().start().line).min();
            let start = first.unwrap_or(usize::MAX).min(span.start().line);
            lines.push(start..=span.end().line);
        } else if let syn::Item::Mod(syn::ItemMod {
            content: Some((_, inner)),
            ..
        }) = item
        {
            mark_tests(inner, lines);
        }
    }
}

fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(item) => &item.attrs,
        syn::Item::Enum(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Macro(item) => &item.attrs,
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Static(item) => &item.attrs,
        syn::Item::Struct(item) => &item.attrs,
        syn::Item::Trait(item) => &item.attrs,
        syn::Item::Type(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_follows_from_the_path() {
        let module = |path: &str| {
            Source::parse(path, String::new())
                .unwrap()
                .module
                .join("::")
        };
        assert_eq!(module("crates/model/src/lib.rs"), "");
        assert_eq!(module("crates/model/src/resources/mod.rs"), "resources");
        assert_eq!(
            module("crates/model/src/resources/team.rs"),
            "resources::team"
        );
        assert_eq!(module("xtask/src/main.rs"), "");
    }

    #[test]
    fn test_code_is_cut_wherever_it_stands() {
        let text =
            "fn a() {}\n#[cfg(test)]\nfn b() {\n}\nfn c() {}\n#[cfg(test)]\nmod tests {\n}\n";
        let source = Source::parse("crates/a/src/lib.rs", text.to_owned()).unwrap();
        assert_eq!(source.production_lines(), 2);
        assert!(!source.is_test(1) && source.is_test(2) && source.is_test(4) && !source.is_test(5));
    }

    #[test]
    fn a_file_declared_for_tests_is_all_test() {
        let parse = |path: &str, text: &str| Source::parse(path, text.to_owned()).unwrap();
        let mut sources = [
            parse("crates/a/src/lib.rs", "#[cfg(test)]\nmod tests;\nmod b;\n"),
            parse("crates/a/src/tests.rs", "fn x() {}\n"),
            parse("crates/a/src/b.rs", "fn x() {}\n"),
        ];
        mark_test_files(&mut sources);
        let lines: Vec<usize> = sources.iter().map(Source::production_lines).collect();
        assert_eq!(lines, [1, 0, 1]);
    }
}
