//! Marks of unfinished work, in any text of the repository.

use std::path::Path;

use anyhow::{Context, Result};

use super::finding::Finding;

/// Folders that hold nothing of ours.
const SKIPPED: [&str; 6] = [
    "target",
    "node_modules",
    ".git",
    ".test",
    "tollgate-data",
    "data",
];
/// Ends of the names of files that people write.
const WRITTEN: [&str; 15] = [
    "rs", "py", "js", "mjs", "ts", "tsx", "sh", "md", "toml", "yaml", "yml", "sql", "html", "css",
    "service",
];
/// Written in halves, so that this file does not find itself.
const MARKS: [&str; 3] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("X", "XX"),
];

/// A text: its path from the root, and what is in it.
pub(crate) type Text = (String, String);

/// Reads every text that people write.
pub(crate) fn load(root: &Path) -> Result<Vec<Text>> {
    let mut texts = Vec::new();
    read_folder(root, root, &mut texts)?;
    texts.sort();
    Ok(texts)
}

fn read_folder(root: &Path, folder: &Path, texts: &mut Vec<Text>) -> Result<()> {
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            if !SKIPPED.contains(&&*name) {
                read_folder(root, &path, texts)?;
            }
        } else if is_written(&path, &name) {
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            let relative = path
                .strip_prefix(root)?
                .to_string_lossy()
                .replace('\\', "/");
            texts.push((relative, text));
        }
    }
    Ok(())
}

fn is_written(path: &Path, name: &str) -> bool {
    let extension = path
        .extension()
        .map(|extension| extension.to_string_lossy());
    match extension {
        Some(extension) => WRITTEN.contains(&&*extension),
        None => matches!(name, "Makefile" | "Dockerfile" | "run"),
    }
}

/// One finding per text and mark.
pub(crate) fn check(texts: &[Text]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in texts {
        for mark in MARKS {
            let has = |line: &str| {
                line.split(|c: char| !c.is_alphanumeric())
                    .any(|w| w == mark)
            };
            if let Some(at) = text.lines().position(has) {
                let message = format!("{path}:{}: {mark}: finish it or leave it out", at + 1);
                findings.push(Finding::new(
                    "unfinished",
                    format!("{path}:{mark}"),
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
    fn a_mark_of_unfinished_work_is_found_as_a_word() {
        let found = |line: String| check(&[("a.py".to_owned(), format!("\n# {line}"))]);
        let mark = MARKS[0];
        let marked = found(format!("{mark}: later"));
        assert_eq!(marked.len(), 1);
        assert_eq!(marked[0].subject, format!("a.py:{mark}"));
        assert!(marked[0].message.starts_with("a.py:2:"));
        assert!(found(format!("{mark}S and {}", mark.to_lowercase())).is_empty());
    }
}
