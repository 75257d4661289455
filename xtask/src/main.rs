//! What is done to the source itself: `cargo xtask tidy` checks the house rules, `cargo xtask docs`
//! writes the generated docs, `cargo xtask prices` imports the prices of the catalogue.

mod docs;
mod prices;
mod tidy;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

const USAGE: &str =
    "usage: cargo xtask tidy | docs | prices    (--root DIR for another source tree)";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            report(&format!("xtask: {error:#}\n"));
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &[String]) -> Result<bool> {
    let mut words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = match words.iter().position(|word| *word == "--root") {
        Some(at) if at + 1 < words.len() => {
            let root = PathBuf::from(words.remove(at + 1));
            words.remove(at);
            root
        }
        _ => own_root()?,
    };
    match words.as_slice() {
        ["tidy"] => tidy(&root),
        ["docs"] => docs(&root),
        ["prices"] => prices::import().map(|()| true),
        _ => bail!("{USAGE}"),
    }
}

/// The root of the source tree that this program was built from.
fn own_root() -> Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.parent().context("xtask lies in no folder")?;
    Ok(root.to_owned())
}

fn tidy(root: &Path) -> Result<bool> {
    let faults = tidy::run(root)?;
    for fault in &faults {
        report(&format!("{fault}\n"));
    }
    match faults.len() {
        0 => report("tidy: every house rule holds\n"),
        count => report(&format!("tidy: {count} faults\n")),
    }
    Ok(faults.is_empty())
}

fn docs(root: &Path) -> Result<bool> {
    for page in docs::pages(root)? {
        if page.is_current() {
            continue;
        }
        std::fs::write(root.join(page.path), &page.wanted)
            .with_context(|| format!("cannot write {}", page.path))?;
        report(&format!("wrote {}\n", page.path));
    }
    Ok(true)
}

fn report(text: &str) {
    // Where nobody reads the output there is nobody to tell.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}
