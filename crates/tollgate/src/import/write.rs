//! Writing the resources of a plan into files, to be read and kept by people. No secret is written.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tollgate_import::Plan;
use tollgate_model::Kind;

use crate::documents;
use crate::failure::Failure;

/// Writes the resources into a file, or a file per kind into a folder; gives the files. What is there
/// already is not written over.
pub(super) fn write(path: &Path, plan: &Plan) -> Result<Vec<String>, Failure> {
    let files = match is_file(path) {
        true => vec![(
            path.to_owned(),
            plan.documents.iter().map(|d| json!(d)).collect(),
        )],
        false => by_kind(path, plan),
    };
    let there = files.iter().find(|(file, _)| file.exists());
    if let Some((file, _)) = there {
        return Err(Failure::Usage(format!(
            "{} is there already: name another place, or remove it first",
            file.display()
        )));
    }
    let mut written = Vec::new();
    for (file, resources) in files {
        save(&file, &documents::write(&resources)?)?;
        written.push(file.display().to_string());
    }
    Ok(written)
}

fn is_file(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    !path.is_dir() && matches!(extension, Some("yaml" | "yml"))
}

fn by_kind(folder: &Path, plan: &Plan) -> Vec<(PathBuf, Vec<Value>)> {
    let files = Kind::ALL.into_iter().map(|kind| {
        let name = format!("{}s.yaml", kind.as_str().to_ascii_lowercase());
        let resources = plan.documents.iter().filter(|d| d.kind == kind);
        (
            folder.join(name),
            resources.map(|d| json!(d)).collect::<Vec<_>>(),
        )
    });
    files
        .filter(|(_, resources)| !resources.is_empty())
        .collect()
}

fn save(file: &Path, text: &str) -> Result<(), Failure> {
    let failed =
        |why: std::io::Error| Failure::fault(format!("cannot write {}", file.display()), why);
    if let Some(folder) = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut opened = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(file)
        .map_err(failed)?;
    opened.write_all(text.as_bytes()).map_err(failed)
}

/// The commands that do the rest, for whoever applies the files.
pub(super) fn what_to_do(path: &Path, plan: &Plan) -> String {
    let mut text = format!(
        "{} resources are in {}. To apply them:\n\n",
        plan.documents.len(),
        path.display()
    );
    for secret in &plan.secrets {
        let whence = match secret.value {
            Some(_) => "its value is in the source",
            None => "its value is not in the source",
        };
        let _ = writeln!(text, "  tollgate secret set {}    # {whence}", secret.name);
    }
    let _ = writeln!(text, "  tollgate apply -f {}", path.display());
    for key in &plan.keys {
        let until = key
            .expires_at
            .as_ref()
            .map(|time| format!(" --expires {time}"));
        let _ = writeln!(
            text,
            "  tollgate key create --application {} --name {}{}",
            key.application,
            key.name,
            until.unwrap_or_default()
        );
    }
    for credit in &plan.credits {
        let _ = writeln!(
            text,
            "  tollgate wallet credit {} {} --reason \"{}\" --id {}",
            credit.team, credit.amount, credit.reason, credit.id
        );
    }
    text
}
