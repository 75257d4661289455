//! Writes the catalogue's `prices.json` from the data of the crate `genai-prices`, and beside it
//! `prices.notes.md`, which lists what was rounded and what was left out.
//!
//! The crate computes in binary floats; this reads the decimal digits of its data file instead, so
//! that no float comes near a price.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, anyhow, bail, ensure};
use serde::Deserialize;
use tollgate_catalog::genai;
use tollgate_catalog::rows::ProviderRow;

const CRATE: &str = "genai-prices";

/// Writes both files. The same crate makes the same files.
pub(crate) fn import() -> anyhow::Result<()> {
    let made = make()?;
    let data = data_folder();
    std::fs::write(data.join("prices.json"), made.prices)?;
    std::fs::write(data.join("prices.notes.md"), made.notes)?;
    Ok(())
}

/// The contents of both files.
struct Made {
    prices: String,
    notes: String,
}

fn make() -> anyhow::Result<Made> {
    let (version, path) = find_crate()?;
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read the prices in {}", path.display()))?;
    let wanted = wanted_lists()?;
    let read = genai::read(&text, |list| wanted.contains(list));
    let lists = read.map_err(|faults| {
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        anyhow!(told.join("\n"))
    })?;
    if let Some(missing) = wanted.iter().find(|list| !lists.known.contains(*list)) {
        bail!("providers.json takes its prices from \"{missing}\", which {CRATE} does not have");
    }
    let mut prices = format!("{{\"source\":\"{CRATE} {version}\",\"providers\":{{\n");
    let mut separator = "";
    for (list, rows) in &lists.models {
        let lines: Result<Vec<String>, _> = rows.iter().map(serde_json::to_string).collect();
        let lines = lines?.join(",\n");
        write!(prices, "{separator}\"{list}\":[\n{lines}\n]")?;
        separator = ",\n";
    }
    prices.push_str("\n}}\n");
    let notes = format!(
        "# Notes on prices.json\n\nWritten by `cargo xtask prices` from {CRATE} {version}, whose \
         license is in `LICENSE.{CRATE}`.\n{}",
        lists.notes.text()
    );
    Ok(Made { prices, notes })
}

fn data_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/catalog/data")
}

/// The version of the crate, and the path of its data.
fn find_crate() -> anyhow::Result<(String, PathBuf)> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
    }
    #[derive(Deserialize)]
    struct Package {
        name: String,
        version: String,
        manifest_path: PathBuf,
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .context("cannot run cargo metadata")?;
    ensure!(
        output.status.success(),
        "cargo metadata: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Metadata = serde_json::from_slice(&output.stdout)?;
    let package = metadata
        .packages
        .into_iter()
        .find(|package| package.name == CRATE);
    let package = package.ok_or_else(|| anyhow!("no crate of the workspace depends on {CRATE}"))?;
    let folder = package
        .manifest_path
        .parent()
        .context("a manifest without a folder")?;
    Ok((package.version, folder.join("data/prices.json")))
}

/// The lists from which the catalogue's providers take their prices.
fn wanted_lists() -> anyhow::Result<BTreeSet<String>> {
    let text = std::fs::read_to_string(data_folder().join("providers.json"))?;
    let rows: Vec<ProviderRow> = serde_json::from_str(&text).context("providers.json")?;
    Ok(rows
        .into_iter()
        .filter(|row| row.id != "sandbox")
        .flat_map(|row| row.prices)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_prices_are_what_the_import_makes() {
        let made = make().unwrap();
        let read = |name| std::fs::read_to_string(data_folder().join(name)).unwrap();
        assert!(
            made.prices == read("prices.json"),
            "run `cargo xtask prices`"
        );
        assert!(
            made.notes == read("prices.notes.md"),
            "run `cargo xtask prices`"
        );
    }
}
