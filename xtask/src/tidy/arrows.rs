//! Which crate may know which: the walls of the workspace.

use std::path::Path;

use anyhow::{Context, Result};

use super::finding::Finding;

/// Each crate with those that it may depend on. `tollgate` knows all.
const ARROWS: [(&str, &[&str]); 14] = [
    ("model", &[]),
    ("dialect", &["model"]),
    ("catalog", &["model"]),
    ("doctor", &["model"]),
    ("import", &["model", "catalog"]),
    ("store", &["model"]),
    ("ledger", &["model"]),
    ("pay", &["model", "ledger"]),
    ("gateway", &["model", "dialect", "catalog", "ledger", "pay"]),
    (
        "control",
        &[
            "model", "dialect", "catalog", "doctor", "store", "ledger", "pay",
        ],
    ),
    ("site", &["model", "catalog", "store", "ledger", "pay"]),
    ("testkit", &["model"]),
    ("xtask", &["model", "catalog", "doctor"]),
    (
        "tollgate",
        &[
            "model", "dialect", "catalog", "doctor", "import", "store", "ledger", "pay", "gateway",
            "control", "site",
        ],
    ),
];

/// What a manifest says: the crate, and each crate of ours that it depends on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Manifest {
    krate: String,
    path: String,
    /// The name without `tollgate-`, and whether only tests depend on it.
    needs: Vec<(String, bool)>,
}

/// Reads the manifest of every crate.
pub(crate) fn load(root: &Path) -> Result<Vec<Manifest>> {
    let mut folders = vec!["xtask".to_owned()];
    for entry in std::fs::read_dir(root.join("crates")).context("cannot read crates/")? {
        folders.push(format!("crates/{}", entry?.file_name().to_string_lossy()));
    }
    folders.sort();
    let manifests = folders
        .iter()
        .filter(|folder| root.join(folder).join("Cargo.toml").is_file());
    manifests
        .map(|folder| {
            let path = format!("{folder}/Cargo.toml");
            let text = std::fs::read_to_string(root.join(&path))
                .with_context(|| format!("cannot read {path}"))?;
            let krate = folder.strip_prefix("crates/").unwrap_or(folder);
            Ok(parse(krate, &path, &text))
        })
        .collect()
}

/// Reads the keys that begin with `tollgate-` below each heading of dependencies.
fn parse(krate: &str, path: &str, text: &str) -> Manifest {
    let mut needs = Vec::new();
    let mut heading = "";
    for line in text.lines().map(str::trim) {
        if let Some(inner) = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            heading = inner;
        }
        let table = heading
            .strip_prefix("dependencies")
            .or(heading.strip_suffix("dependencies"));
        let dotted = heading.split_once("dependencies.").map(|(_, name)| name);
        let name = match dotted {
            Some(name) if line.starts_with('[') => name,
            Some(_) => continue,
            None if table.is_some() && !line.starts_with('[') => line,
            None => continue,
        };
        if let Some(rest) = name.strip_prefix("tollgate-") {
            let end = rest.find(['.', ' ', '=']).unwrap_or(rest.len());
            needs.push((rest[..end].to_owned(), heading.starts_with("dev-")));
        }
    }
    Manifest {
        krate: krate.to_owned(),
        path: path.to_owned(),
        needs,
    }
}

/// Finds the arrows that are not drawn, and the crates that are not on the map.
pub(crate) fn check(manifests: &[Manifest]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for manifest in manifests {
        let Manifest { krate, path, needs } = manifest;
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| name == krate) else {
            let message = format!("{path}: the crate {krate} is not on the map of crates");
            findings.push(Finding::new("crate-arrow", krate, message));
            continue;
        };
        for (need, for_tests) in needs {
            if allowed.contains(&need.as_str()) || (*for_tests && need == "testkit") {
                continue;
            }
            let message = format!("{path}: {krate} may not know {need}; see the map of crates");
            findings.push(Finding::new(
                "crate-arrow",
                format!("{krate}->{need}"),
                message,
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subjects(krate: &str, text: &str) -> Vec<String> {
        let findings = check(&[parse(krate, "Cargo.toml", text)]);
        findings.into_iter().map(|f| f.subject).collect()
    }

    #[test]
    fn an_arrow_that_is_not_drawn_is_found_however_it_is_written() {
        let none = Vec::<String>::new();
        let text = "[package]\nname = \"tollgate-store\"\n[dependencies]\ntollgate-model.workspace = true\n";
        assert_eq!(subjects("store", text), none);
        let dashed = format!("{text}tollgate-gateway = {{ path = \"../gateway\" }}\n");
        assert_eq!(subjects("store", &dashed), ["store->gateway"]);
        let dotted = format!("{text}[dependencies.tollgate-ledger]\nworkspace = true\n");
        assert_eq!(subjects("store", &dotted), ["store->ledger"]);
        let target = "[target.'cfg(unix)'.dependencies]\ntollgate-pay.workspace = true\n";
        assert_eq!(subjects("store", target), ["store->pay"]);
    }

    #[test]
    fn tests_may_know_the_testkit_and_nothing_more() {
        let text = "[dev-dependencies]\ntollgate-testkit.workspace = true\ntollgate-store.workspace = true\n";
        assert_eq!(subjects("gateway", text), ["gateway->store"]);
        let product = "[dependencies]\ntollgate-testkit.workspace = true\n";
        assert_eq!(subjects("gateway", product), ["gateway->testkit"]);
    }

    #[test]
    fn a_crate_that_is_not_on_the_map_is_found() {
        assert_eq!(subjects("common", ""), ["common"]);
    }

    #[test]
    fn the_map_itself_has_no_circle() {
        for (place, (name, allowed)) in ARROWS.iter().enumerate() {
            let known: Vec<&str> = ARROWS[..place].iter().map(|(name, _)| *name).collect();
            for need in *allowed {
                assert!(
                    known.contains(need),
                    "{name} may know {need}, which stands below it"
                );
            }
        }
    }
}
