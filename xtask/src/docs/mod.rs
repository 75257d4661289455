//! Pages, and parts of pages, that are made from the code.

mod catalogue;
mod doctor;
mod kinds;
mod reasons;
mod tasks;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

/// A page with what it should hold.
pub(crate) struct Page {
    /// The path from the root.
    pub(crate) path: &'static str,
    current: String,
    /// The text that it should have.
    pub(crate) wanted: String,
}

impl Page {
    /// Whether it holds that already.
    pub(crate) fn is_current(&self) -> bool {
        self.current == self.wanted
    }
}

const CONFIGURATION: &str = "docs/configuration.md";
const PROVIDERS: &str = "docs/providers-and-models.md";
const BEYOND: &str = "docs/beyond-chat.md";
const REASONS: &str = "docs/reasons.md";
const DOCTOR: &str = "docs/doctor.md";
const CLI: &str = "docs/cli.md";

/// Every generated page of the tree at `root`.
pub(crate) fn pages(root: &Path) -> Result<Vec<Page>> {
    let binary = binary()?;
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap_or_default();
    let configuration = read(CONFIGURATION);
    let with_kinds = replace_part(&configuration, "kinds", &kinds::render()?)?;
    let settings = ask(&binary, "server-settings")?;
    let providers = read(PROVIDERS);
    let listed = catalogue::render(tollgate_catalog::providers());
    let beyond = read(BEYOND);
    let having = tasks::render(tollgate_catalog::providers());
    Ok(vec![
        Page {
            path: CONFIGURATION,
            wanted: replace_part(&with_kinds, "server settings", &settings)?,
            current: configuration,
        },
        Page {
            path: PROVIDERS,
            wanted: replace_part(&providers, "catalogue", &listed)?,
            current: providers,
        },
        Page {
            path: BEYOND,
            wanted: replace_part(&beyond, "tasks", &having)?,
            current: beyond,
        },
        Page {
            path: REASONS,
            current: read(REASONS),
            wanted: reasons::render(),
        },
        Page {
            path: DOCTOR,
            current: read(DOCTOR),
            wanted: doctor::render(),
        },
        Page {
            path: CLI,
            current: read(CLI),
            wanted: ask(&binary, "cli-reference")?,
        },
    ])
}

/// The `tollgate` that lies beside this program: what the command line is, only it knows.
fn binary() -> Result<PathBuf> {
    let own = std::env::current_exe().context("this program does not know where it lies")?;
    let binary = own.with_file_name("tollgate");
    ensure!(
        binary.is_file(),
        "{} is missing: run `cargo build` first",
        binary.display()
    );
    Ok(binary)
}

fn ask(binary: &Path, part: &str) -> Result<String> {
    let output = Command::new(binary).args(["generate", part]).output();
    let output = output.with_context(|| format!("cannot run {}", binary.display()))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!("`tollgate generate {part}` failed: {}", complaint.trim());
    }
    String::from_utf8(output.stdout).context("the page is not UTF-8")
}

/// Replaces what stands between `<!-- generated: NAME -->` and `<!-- end -->`.
fn replace_part(text: &str, name: &str, part: &str) -> Result<String> {
    let begin = format!("<!-- generated: {name} -->\n");
    let missing = || format!("the page has no part `{}`", begin.trim());
    let start = text.find(&begin).with_context(missing)? + begin.len();
    let length = text[start..].find("<!-- end -->");
    let length = length.with_context(|| format!("the part `{name}` has no `<!-- end -->`"))?;
    let (before, after) = (&text[..start], &text[start + length..]);
    Ok(format!("{before}\n{}\n\n{after}", part.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_replaced_and_the_rest_of_the_page_stays() {
        let page = "a\n<!-- generated: x -->\nold\n<!-- end -->\nb\n";
        let new = replace_part(page, "x", "new\n").unwrap();
        assert_eq!(new, "a\n<!-- generated: x -->\n\nnew\n\n<!-- end -->\nb\n");
        assert_eq!(replace_part(&new, "x", "new").unwrap(), new);
        assert!(replace_part(page, "y", "new").is_err());
    }
}
