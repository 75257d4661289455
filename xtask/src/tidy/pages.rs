//! Generated pages are current, every page is in the index, and links lead somewhere.

use std::path::Path;

use anyhow::{Context, Result};

use super::finding::Finding;
use super::texts::Text;
use crate::docs;

/// The index of the docs.
const INDEX: &str = "docs/README.md";

/// Checks the docs of the tree at `root`, whose texts these are.
pub(crate) fn check(root: &Path, texts: &[Text]) -> Result<Vec<Finding>> {
    let mut findings = broken_links(texts, &|path| root.join(path).exists());
    match docs::pages(root) {
        Ok(pages) => findings.extend(pages.iter().filter(|page| !page.is_current()).map(|page| {
            let message = format!("{} is out of date: run `cargo xtask docs`", page.path);
            Finding::new("generated", page.path, message)
        })),
        Err(why) => {
            let message = format!("the generated pages cannot be checked: {why:#}");
            findings.push(Finding::new("generated", "docs", message));
        }
    }
    let index = std::fs::read_to_string(root.join(INDEX)).unwrap_or_default();
    let entries = std::fs::read_dir(root.join("docs")).context("cannot read docs/")?;
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    findings.extend(unlisted(&names, &index));
    Ok(findings)
}

fn unlisted(names: &[String], index: &str) -> Vec<Finding> {
    let pages = names
        .iter()
        .filter(|name| name.ends_with(".md") && *name != "README.md");
    let missing = pages.filter(|name| !index.contains(&format!("({name})")));
    let findings = missing.map(|name| {
        let message = format!("{INDEX} does not link {name}");
        Finding::new("unlisted", format!("docs/{name}"), message)
    });
    findings.collect()
}

/// Links to other files that are not there.
fn broken_links(texts: &[Text], exists: &dyn Fn(&Path) -> bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in texts.iter().filter(|(path, _)| path.ends_with(".md")) {
        let folder = Path::new(path).parent().unwrap_or(Path::new(""));
        for link in text.split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap_or_default();
            let elsewhere = target.is_empty() || target.contains("://");
            if !elsewhere && !exists(&folder.join(target)) {
                let message = format!("{path} links {target}, which is not there");
                findings.push(Finding::new(
                    "broken-link",
                    format!("{path}:{target}"),
                    message,
                ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_leads_nowhere_is_found() {
        let text = "[a](a.md) [b](../b.md#part) [c](https://example.com/c.md) [d](#d)";
        let texts = [("docs/x.md".to_owned(), text.to_owned())];
        let found = broken_links(&texts, &|path| path == Path::new("docs/a.md"));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].subject, "docs/x.md:../b.md");
    }

    #[test]
    fn a_page_that_the_index_does_not_link_is_found() {
        let names = ["README.md", "money.md", "cli.md", "openapi.json"].map(str::to_owned);
        let found = unlisted(&names, "* [Money](money.md)");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].subject, "docs/cli.md");
    }
}
